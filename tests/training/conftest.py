"""A small training that takes about a second: 28 samples of 32 px, 4 steps an epoch."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import torch

from hpa_core.config import TrainConfig
from hpa_core.data.dataset import Dataset
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.training import create_training_run
from hpa_core.workspace import Workspace

MakeRun = Callable[..., RunFolder]

QUICK = TrainConfig(
    dataset="tiny",
    image_size=32,
    epochs=2,
    batch_size=7,  # odd, so that batches cut the pairs that are mixed
    optimizer="adamw",
    learning_rate=0.01,
    schedule="cosine",
    clip_norm=1.0,
    ema_decay=0.9,
    intensity=0.2,
    offset=0.1,
    noise=0.1,
    affine=0.1,
    cutout=0.2,
    mixup=0.4,
    cutmix=0.4,
    device="cpu",
)


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep these small networks from waiting for threads on a busy machine."""
    monkeypatch.setitem(os.environ, "OMP_NUM_THREADS", "1")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def tiny(make_dataset: Callable[..., Dataset]) -> Dataset:
    return make_dataset("tiny", samples=56, size=32)


@pytest.fixture
def make_run(workspace: Workspace, tiny: Dataset) -> MakeRun:
    """Return a function that makes a run on `tiny`, with changes to the quick config."""

    def make(**changes: object) -> RunFolder:
        config = replace(QUICK, **changes)  # type: ignore[arg-type]
        return create_training_run(
            workspace, config, name="t", dataset_hash=tiny.info.hash, synthetic=False
        )

    return make
