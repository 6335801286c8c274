"""The Overview page: what is here, what comes next, imports."""
