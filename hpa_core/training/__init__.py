"""Training: losses, the loop, checkpoints."""

from hpa_core.training.loop import train

__all__ = ["train"]
