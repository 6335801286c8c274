"""The Errors page: what goes wrong, and the images behind every number."""
