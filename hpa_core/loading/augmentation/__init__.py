"""Augmentation on the device: what to do is drawn on the CPU, once an epoch, for every position.

    draws        what an epoch does to each sample, and doing it to a batch
    turns        flips and quarter turns: pixels move, no value changes
    affine       zoom, rotation and shift, fused into one resampling
    brightness   gain, background and photon noise of each channel
    rectangles   places in the image, cut out of it or taken from a partner
    mixing       mixup and CutMix with a partner of the same epoch, targets too

What happens to a sample is a function of the seed, the epoch and its position: the same on every
device, for every batch size, and after a resume. Copies of one sample are at different positions
and differ.
"""

from hpa_core.loading.augmentation.draws import Draws, augment, draw_augmentation, mix_targets

__all__ = ["Draws", "augment", "draw_augmentation", "mix_targets"]
