"""Predictions from checkpoints: the same numbers as the training's own validation."""

from pathlib import Path

import numpy as np
import pytest
import torch

from hpa_core.config import TrainConfig
from hpa_core.data.dataset import Dataset
from hpa_core.errors import CheckpointError, DatasetError
from hpa_core.inference import predict, predict_dataset
from hpa_core.models.registry import ARCHITECTURES
from hpa_core.models.weights import WeightsInfo, save_weights
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.predictions import read_predictions
from hpa_core.runs.training import create_training_run
from hpa_core.training import train
from hpa_core.workspace import Workspace


@pytest.fixture
def trained(workspace: Workspace, cells: Dataset) -> RunFolder:
    """Return a run of two epochs at half the packed size."""
    config = TrainConfig(dataset="cells", image_size=32, epochs=2, batch_size=16, ema_decay=0.9)
    run = create_training_run(
        workspace, config, name="t", dataset_hash=cells.info.hash, synthetic=False
    )
    train(workspace, run)
    return run


def test_predicting_the_validation_split_again_gives_what_training_wrote(
    workspace: Workspace, trained: RunFolder
) -> None:
    written = read_predictions(trained, "validation")
    again = predict_dataset(workspace, trained, "validation")
    np.testing.assert_array_equal(again.ids, written.ids)
    np.testing.assert_allclose(again.probs, written.probs, atol=1e-6)
    assert again.embeddings is not None
    assert written.embeddings is not None
    np.testing.assert_allclose(again.embeddings, written.embeddings, atol=1e-2)


def test_predictions_of_any_split_are_kept_in_the_run(
    workspace: Workspace, trained: RunFolder, cells: Dataset
) -> None:
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int, *, unit: str, note: str = "") -> None:
        seen.append((done, total))

    predict_dataset(workspace, trained, "train", checkpoint="last", progress=progress)
    kept = read_predictions(trained, "train")
    rows = cells.rows("train")
    np.testing.assert_array_equal(kept.ids, cells.ids[rows])
    np.testing.assert_array_equal(kept.targets, cells.targets[rows])
    assert kept.probs.shape == (35, 28)
    assert seen[-1] == (35, 35)


def test_a_weights_file_alone_is_enough_to_predict(cells: Dataset, tmp_path: Path) -> None:
    network = ARCHITECTURES["small"].build().eval()
    path = tmp_path / "demo.safetensors"
    save_weights(path, network, WeightsInfo(model="small", image_size=64, synthetic=True))
    predictions = predict(path, cells, "all")
    with torch.no_grad():
        expected = network(torch.from_numpy(np.array(cells.images))).logits.sigmoid()
    np.testing.assert_allclose(predictions.probs, expected, atol=1e-5)
    assert predictions.embeddings is not None
    assert predictions.embeddings.shape == (70, 256)


def test_a_run_without_a_checkpoint_is_refused(workspace: Workspace, cells: Dataset) -> None:
    config = TrainConfig(dataset="cells")
    run = create_training_run(
        workspace, config, name="t", dataset_hash=cells.info.hash, synthetic=False
    )
    with pytest.raises(CheckpointError, match="no checkpoint 'best' yet"):
        predict_dataset(workspace, run, "validation")


def test_a_split_that_is_not_there_is_refused(workspace: Workspace, trained: RunFolder) -> None:
    with pytest.raises(DatasetError, match="no split 'test'"):
        predict_dataset(workspace, trained, "test")
    assert not (trained.predictions / "test.npz").exists()


def test_a_damaged_checkpoint_is_refused_and_the_old_predictions_kept(
    workspace: Workspace, trained: RunFolder
) -> None:
    before = (trained.predictions / "validation.npz").read_bytes()
    path = trained.checkpoints / "best.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(CheckpointError, match=r"best\.safetensors"):
        predict_dataset(workspace, trained, "validation")
    assert (trained.predictions / "validation.npz").read_bytes() == before
