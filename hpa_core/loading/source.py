"""Packed images on disk -> uint8 batches on the device.

Axes: N rows of the plan (a row may stand there more than once: that is a resampling plan), B
samples a batch, 4 channels, S pixels a side.

What fits into a part of the free memory is held on the device. What does not is read from the
memory map while the device computes, one batch ahead.
"""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np
import torch
from jaxtyping import Int, UInt8
from torch import Tensor
from torch.nn.functional import interpolate

from hpa_core.loading.transfer import to_device

MEMORY_SHARE = 0.6
CHUNK = 64


class Source(Protocol):
    """Images of a plan; positions count within the plan."""

    def batches(self, positions: Iterable[Int[np.ndarray, " B"]]) -> Iterator[Tensor]:
        """Yield uint8 images (B, 4, S, S) on the device for each array of positions."""


def open_source(
    images: UInt8[np.ndarray, "M 4 P P"],
    rows: Int[np.ndarray, " N"],
    *,
    image_size: int,
    device: torch.device,
) -> Source:
    """Return the images of `rows` at `image_size`, held on the device or streamed to it.

    Args:
        images: the packed images, most often a memory map.
        rows: row numbers in `images`, with repeats where the plan copies a sample.
        image_size: pixels a side wanted; other sizes than the packed one are resampled.
        device: where the batches are wanted.
    """
    needed = len(np.unique(rows)) * 4 * image_size**2
    if needed <= MEMORY_SHARE * free_memory(device):
        return Resident(images, rows, image_size=image_size, device=device)
    return Streamed(images, rows, image_size=image_size, device=device)


class Resident:
    """All images of the plan on the device, each once."""

    def __init__(
        self, images: np.ndarray, rows: np.ndarray, *, image_size: int, device: torch.device
    ) -> None:
        unique, self._places = np.unique(rows, return_inverse=True)
        shape = (len(unique), 4, image_size, image_size)
        self._images = torch.empty(shape, dtype=torch.uint8, device=device)
        for start in range(0, len(unique), CHUNK):
            chunk = _read(images, unique[start : start + CHUNK]).to(device)
            self._images[start : start + CHUNK] = resize(chunk, image_size)

    def batches(self, positions: Iterable[np.ndarray]) -> Iterator[Tensor]:
        """Yield the images of each array of positions."""
        for wanted in positions:
            yield self._images[to_device(self._places[wanted], self._images.device)]


class Streamed:
    """Images read while the device computes; the next batch is always under way."""

    def __init__(
        self, images: np.ndarray, rows: np.ndarray, *, image_size: int, device: torch.device
    ) -> None:
        self._images, self._rows = images, rows
        self._image_size, self._device = image_size, device

    def batches(self, positions: Iterable[np.ndarray]) -> Iterator[Tensor]:
        """Yield the images of each array of positions."""
        with ThreadPoolExecutor(max_workers=1) as reader:
            under_way = None
            for wanted in positions:
                following = reader.submit(self._load, wanted)
                if under_way:
                    yield self._finish(under_way.result())
                under_way = following
            if under_way:
                yield self._finish(under_way.result())

    def _load(self, positions: np.ndarray) -> Tensor:
        batch = _read(self._images, self._rows[positions])
        # Only pinned memory is copied to a GPU while it computes.
        return batch.pin_memory() if self._device.type == "cuda" else batch

    def _finish(self, batch: Tensor) -> Tensor:
        return resize(batch.to(self._device, non_blocking=True), self._image_size)


def resize(images: UInt8[Tensor, "B 4 P P"], size: int) -> UInt8[Tensor, "B 4 S S"]:
    """Resample to `size` pixels a side, averaging over what is made smaller."""
    if images.shape[-1] == size:
        return images
    scaled = interpolate(images.float(), (size, size), mode="bilinear", antialias=True)
    return scaled.round().clamp(0, 255).to(torch.uint8)


def free_memory(device: torch.device) -> int:
    """Return the bytes that may still be taken on `device`; 0 where the system does not say."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    names = getattr(os, "sysconf_names", {})
    pages = "SC_AVPHYS_PAGES" if "SC_AVPHYS_PAGES" in names else "SC_PHYS_PAGES"
    if pages not in names:
        return 0
    share = 1.0 if pages == "SC_AVPHYS_PAGES" else 0.25  # macOS tells only the total.
    return int(share * os.sysconf(pages) * os.sysconf("SC_PAGE_SIZE"))


def _read(images: np.ndarray, rows: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(images[rows]))
