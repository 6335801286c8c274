"""Fetching the atlas's image files: concurrent, polite, checked, and restartable at any point."""
