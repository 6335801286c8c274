"""Selections: the one filter language, what it reads of the samples, and filters saved by name."""
