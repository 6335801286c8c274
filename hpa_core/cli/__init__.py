"""`python -m hpa_core <command>`: every page action, scriptable."""
