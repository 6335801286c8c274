"""One dataset from two: links between duplicates, a rule for them, and one table."""
