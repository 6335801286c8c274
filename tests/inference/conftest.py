"""Runs whose networks were never trained: what predictions are made of needs no learning."""

from collections.abc import Callable

import pytest
import torch

from hpa_core.config import TrainConfig
from hpa_core.data.dataset import Dataset
from hpa_core.models.registry import build
from hpa_core.models.weights import WeightsInfo, save_weights
from hpa_core.runs.folder import BEST, LAST, RunFolder
from hpa_core.runs.training import create_training_run
from hpa_core.workspace import Workspace

MakeUntrained = Callable[..., RunFolder]
SIZE = 32


@pytest.fixture
def cells(make_dataset: Callable[..., Dataset]) -> Dataset:
    return make_dataset("cells", samples=70, size=2 * SIZE)


@pytest.fixture
def untrained(workspace: Workspace, cells: Dataset) -> MakeUntrained:
    """Return a function that makes a run with random weights, another for each seed."""

    def make(seed: int = 0, **splits: str) -> RunFolder:
        config = TrainConfig(dataset="cells", image_size=SIZE, seed=seed, **splits)
        run = create_training_run(
            workspace,
            config,
            name=f"seed-{seed}",
            dataset_hash=cells.content_hash(config.train_split, config.validation_split),
            synthetic=False,
        )
        for number, file in enumerate((BEST, LAST)):
            torch.manual_seed(10 * seed + number)
            info = WeightsInfo(model="small", image_size=SIZE, run=run.id)
            save_weights(run.checkpoints / file, build("small"), info)
        return run

    return make
