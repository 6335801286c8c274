"""Copies of real quartets, planted to be found again: turned, scaled, compressed, noisy, cut.

Axes: 4 channels, S pixels a side, uint8.
"""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from hpa_core.data.dataset import THUMBNAIL_SIZE, Dataset, open_dataset, write_dataset
from hpa_core.data.downscaling import downscaled
from hpa_core.data.duplicates.orientation import ORIENTATIONS, laid
from hpa_core.workspace import Workspace

Plant = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def turned(quartet: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One of the seven other orientations."""
    return laid(quartet, int(rng.integers(1, len(ORIENTATIONS)))).copy()


def rescaled(quartet: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Scaled down to 0.5 to 0.9 of the side, and up again."""
    side = quartet.shape[-1]
    small = round(side * rng.uniform(0.5, 0.9))
    return _each(quartet, lambda image: _sized(_sized(image, small), side))


def compressed(quartet: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Through JPEG of quality 50 to 90."""
    quality = int(rng.integers(50, 91))

    def through_jpeg(image: Image.Image) -> Image.Image:
        buffer = BytesIO()
        image.save(buffer, "JPEG", quality=quality)
        return Image.open(buffer)

    return _each(quartet, through_jpeg)


def noisy(quartet: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """With Gaussian noise of 5 to 20 grey levels."""
    return _levels(quartet + rng.normal(0, rng.uniform(5, 20), quartet.shape))


def brightened(quartet: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each channel times 0.5 to 1.6, plus -5 to 15 grey levels, cut off at 255."""
    factors, offsets = rng.uniform(0.5, 1.6, (4, 1, 1)), rng.uniform(-5, 15, (4, 1, 1))
    return _levels(quartet * factors + offsets)


def cut(
    quartet: np.ndarray, rng: np.random.Generator, *, least: float = 0.02, most: float = 0.05
) -> np.ndarray:
    """A window with 2 to 5 % of the side cut away, scaled up to the old side."""
    side = quartet.shape[-1]
    kept = round(side * (1 - rng.uniform(least, most)))
    top, left = rng.integers(0, side + 1 - kept, 2)
    window = quartet[:, top : top + kept, left : left + kept]
    return _each(window, lambda image: _sized(image, side))


def shifted(quartet: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shifted by 2 to 5 % of the side both ways, the border mirrored."""
    side = quartet.shape[-1]
    room = round(side * 0.05)
    steps = rng.integers(round(side * 0.02), room + 1, 2) * rng.choice([-1, 1], 2)
    top, left = room + steps
    padded = np.pad(quartet, ((0, 0), (room, room), (room, room)), mode="reflect")
    return padded[:, top : top + side, left : left + side]


def all_at_once(quartet: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turned, cut, brightened and compressed."""
    for plant in (turned, cut, brightened, compressed):
        quartet = plant(quartet, rng)
    return quartet


def cut_by_a_tenth(quartet: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A window with 8 to 12 % of the side cut away."""
    return cut(quartet, rng, least=0.08, most=0.12)


def cut_by_a_fifth(quartet: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A window with 18 to 22 % of the side cut away."""
    return cut(quartet, rng, least=0.18, most=0.22)


PROMISED: dict[str, Plant] = {
    "turned or flipped": turned,
    "rescaled 0.5 to 0.9": rescaled,
    "JPEG quality 50 to 90": compressed,
    "noise of 5 to 20 levels": noisy,
    "brightness per channel": brightened,
    "cut by 2 to 5 %": cut,
    "shifted by 2 to 5 %": shifted,
    "turned, cut, brightened, JPEG": all_at_once,
}
BEYOND: dict[str, Plant] = {
    "cut by 8 to 12 %": cut_by_a_tenth,
    "cut by 18 to 22 %": cut_by_a_fifth,
}


def quarters(quartets: np.ndarray) -> np.ndarray:
    """Cut every image into four: different images of the same plate and stain."""
    half = quartets.shape[-1] // 2
    return np.concatenate(
        [quartets[:, :, y : y + half, x : x + half] for y in (0, half) for x in (0, half)]
    )


def write_images(
    workspace: Workspace, images: np.ndarray, ids: list[str], *, name: str, **columns: object
) -> Dataset:
    """Write a dataset of these images; columns of the manifest may be given."""
    folder = workspace.dataset(name)
    folder.mkdir(parents=True)
    np.save(folder / "images.npy", images)
    side = min(THUMBNAIL_SIZE, images.shape[-1])
    small = [_each(image, lambda plane: downscaled(plane, side)) for image in images]
    np.save(folder / "thumbnails.npy", np.stack(small))
    manifest = {
        "id": ids,
        "targets": [[0]] * len(ids),
        "split": "train",
        "group": ids,
        "source": "kaggle",
        "sha256": [f"{row:064x}" for row in range(len(ids))],
    }
    write_dataset(
        folder,
        pd.DataFrame(manifest | columns),
        name=name,
        source="kaggle",
        image_size=images.shape[-1],
    )
    return open_dataset(workspace, name)


def real_quartets(realdata: Path) -> tuple[list[str], np.ndarray]:
    """The 60 quartets: their ids, and (60, 4, 512, 512)."""
    files = sorted((realdata / "quartets").glob("*_green.png"))
    ids = [file.name.removesuffix("_green.png") for file in files]
    channels = ("red", "green", "blue", "yellow")
    paths = [
        [realdata / "quartets" / f"{one}_{channel}.png" for channel in channels] for one in ids
    ]
    return ids, np.array([[np.asarray(Image.open(path)) for path in row] for row in paths])


def _each(quartet: np.ndarray, change: Callable[[Image.Image], Image.Image]) -> np.ndarray:
    planes = [change(Image.fromarray(np.ascontiguousarray(plane))) for plane in quartet]
    return np.stack([np.asarray(plane) for plane in planes])


def _sized(image: Image.Image, side: int) -> Image.Image:
    return image.resize((side, side), Image.Resampling.BILINEAR)


def _levels(values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
