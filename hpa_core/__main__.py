"""`python -m hpa_core`."""

import sys

from hpa_core.runs.stopping import listen

if __name__ == "__main__":
    if sys.argv[1:2] == ["train"]:
        listen()  # Before the slow imports: a stop that comes this early must be heard too.
    from hpa_core.cli.app import main

    main()
