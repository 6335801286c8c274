"""Losses, the loop and checkpoints."""
