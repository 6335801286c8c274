"""Analysis and training for imbalanced multi-label classification of four-channel protein images."""
