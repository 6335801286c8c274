"""The label store: acts recorded, read, checked, and who is looking at what."""
