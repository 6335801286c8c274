"""Analysis and training for imbalanced multi-label four-channel protein images."""
