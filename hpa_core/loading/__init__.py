"""Packed images on disk -> shuffled, augmented batches on the device."""
