"""The filter in force: one for every page, in the link, saved by name."""
