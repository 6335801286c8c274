"""Label tables, image files, the packed store, splits and synthetic cells."""
