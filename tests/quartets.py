"""The real quartets as a dataset, packed by numpy and Pillow alone: an oracle for what is shown."""

from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from hpa_core.classes import CHANNELS
from hpa_core.data.dataset import Dataset, open_dataset, write_dataset
from hpa_core.workspace import Workspace

THUMBNAIL = 96


def quartet_pixels(realdata: Path, sample_id: str) -> np.ndarray:
    """The four PNGs of one sample as they lie on disk, uint8 (4, 512, 512)."""
    files = [realdata / "quartets" / f"{sample_id}_{channel}.png" for channel in CHANNELS]
    return np.stack([np.asarray(Image.open(file)) for file in files])


def write_quartets(workspace: Workspace, realdata: Path, *, samples: int = 60) -> Dataset:
    """Write the first `samples` quartets as the dataset `quartets`, in the order of their ids."""
    files = sorted((realdata / "quartets").glob("*_green.png"))[:samples]
    ids = [file.name.removesuffix("_green.png") for file in files]
    images = np.stack([quartet_pixels(realdata, sample_id) for sample_id in ids])
    folder = workspace.dataset("quartets")
    folder.mkdir(parents=True)
    np.save(folder / "images.npy", images)
    np.save(folder / "thumbnails.npy", np.stack([_thumbnails(quartet) for quartet in images]))
    labels = pd.read_csv(realdata / "labels" / "train.csv", index_col="Id")["Target"]
    manifest = pd.DataFrame(
        {
            "id": ids,
            "targets": [sorted(map(int, labels[sample_id].split())) for sample_id in ids],
            "split": "validation",
            "group": ids,
            "source": "kaggle",
            "sha256": [f"{row:064x}" for row in range(len(ids))],
        }
    )
    write_dataset(folder, manifest, name="quartets", source="kaggle", image_size=512)
    return open_dataset(workspace, "quartets")


def _thumbnails(quartet: np.ndarray) -> np.ndarray:
    size = (THUMBNAIL, THUMBNAIL)
    planes = [Image.fromarray(plane).resize(size, Image.Resampling.BOX) for plane in quartet]
    return np.stack([np.asarray(plane) for plane in planes])
