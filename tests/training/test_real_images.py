"""A real training on the competition's own images: 60 quartets, and the loss falls."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from hpa_core.classes import CHANNELS
from hpa_core.config import TrainConfig
from hpa_core.data.dataset import Dataset, open_dataset, write_dataset
from hpa_core.runs.metrics import METRICS, read_metrics
from hpa_core.runs.predictions import read_predictions
from hpa_core.runs.training import create_training_run
from hpa_core.training import train
from hpa_core.workspace import Workspace

SIZE = 128


@pytest.fixture
def quartets(workspace: Workspace, realdata: Path) -> Dataset:
    """Return the 60 quartets at a quarter of their size, every fourth one for validation."""
    labels = pd.read_csv(realdata / "labels" / "train.csv", index_col="Id")["Target"]
    ids = sorted(
        path.name[: -len("_red.png")] for path in (realdata / "quartets").glob("*_red.png")
    )
    folder = workspace.dataset("quartets")
    folder.mkdir(parents=True)
    images = np.stack([read_quartet(realdata / "quartets", sample_id) for sample_id in ids])
    np.save(folder / "images.npy", images)
    manifest = pd.DataFrame(
        {
            "id": ids,
            "targets": [sorted(map(int, labels[sample_id].split())) for sample_id in ids],
            "split": np.where(np.arange(len(ids)) % 4 == 3, "validation", "train"),
            "group": ids,
            "source": "kaggle",
            "sha256": "",
        }
    )
    write_dataset(folder, manifest, name="quartets", source="kaggle", image_size=SIZE)
    return open_dataset(workspace, "quartets")


def read_quartet(folder: Path, sample_id: str) -> np.ndarray:
    channels = [Image.open(folder / f"{sample_id}_{channel}.png") for channel in CHANNELS]
    return np.stack([channel.resize((SIZE, SIZE), Image.Resampling.BOX) for channel in channels])


def test_the_loss_falls_on_real_images(workspace: Workspace, quartets: Dataset) -> None:
    config = TrainConfig(
        dataset="quartets",
        image_size=SIZE,
        epochs=8,
        batch_size=9,
        optimizer="adamw",
        learning_rate=0.003,
        device="cpu",
    )
    run = create_training_run(
        workspace, config, name="real", dataset_hash=quartets.info.hash, synthetic=False
    )
    train(workspace, run)
    figures = read_metrics(run.path / METRICS)
    losses = [epoch["loss/train"] for epoch in figures]
    assert len(losses) == 8
    # From a fresh network to one that knows 45 images: not by a hair, by a quarter.
    assert losses[-1] < 0.75 * losses[0]
    assert read_predictions(run, "validation").probs.shape == (15, 28)
