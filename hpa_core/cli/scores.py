"""Commands: scores."""
