"""The error atlas: which classes, pairs, images, label sets and groups go wrong, and how."""
