"""`python -m hpa_core`."""

from hpa_core.cli.app import main

if __name__ == "__main__":
    main()
