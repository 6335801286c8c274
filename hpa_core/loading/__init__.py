"""Packed images to batches on the device, augmented there."""
