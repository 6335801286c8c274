"""Labels out and back: files for other programs and from them, and published datasets."""
