"""A training on the device that HPA_DEVICE names comes to what one on the CPU comes to.

`python -m benchmarks.gpu` runs it on a GPU, and its rehearsal on the CPU. A GPU adds up in an order
of its own, so figures are compared within a tolerance.
"""

import os
from collections.abc import Callable

import pytest
import torch

from hpa_core.errors import TrainingError
from hpa_core.loading import source
from hpa_core.models.tensorfile import read_tensors, write_tensors
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.metrics import METRICS, read_metrics
from hpa_core.training import train
from hpa_core.workspace import Workspace
from tests.training.test_resume import stop_at

DEVICE = os.environ.get("HPA_DEVICE", "")
TOLERANCE = 0.03
"""Of the losses of two epochs, relatively; bf16 keeps 8 bits."""
CALM = {"optimizer": "sgd", "learning_rate": 1e-3}
"""Steps so small that rounding is not amplified."""
MakeRun = Callable[..., RunFolder]
pytestmark = [
    pytest.mark.skipif(not DEVICE, reason="`python -m benchmarks.gpu` runs it"),
    pytest.mark.filterwarnings("ignore:`torch.jit.script_method`:DeprecationWarning"),
]
on_a_gpu = pytest.mark.skipif(DEVICE != "cuda", reason="needs a GPU")


def losses(run: RunFolder) -> list[float]:
    records = read_metrics(run.path / METRICS)
    return [record[f"loss/{part}"] for record in records for part in ("train", "validation")]


@pytest.fixture
def plain(workspace: Workspace, make_run: MakeRun) -> list[float]:
    """The losses of a training on the CPU."""
    run = make_run(**CALM)
    train(workspace, run)
    return losses(run)


@pytest.mark.parametrize(
    "settings",
    [
        {"precision": "fp32"},
        {"precision": "auto"},
        {"precision": "fp16"},
        pytest.param({"precision": "fp32", "compile": "default"}, marks=on_a_gpu),
        pytest.param({"precision": "fp32", "compile": "graphs"}, marks=on_a_gpu),
    ],
    ids=str,
)
def test_it_learns_what_the_cpu_learns(
    workspace: Workspace, make_run: MakeRun, plain: list[float], settings: dict[str, object]
) -> None:
    run = make_run(device=DEVICE, **CALM, **settings)
    train(workspace, run)
    assert losses(run) == pytest.approx(plain, rel=TOLERANCE)


def test_a_stop_and_a_resume_change_nothing(workspace: Workspace, make_run: MakeRun) -> None:
    whole, stopped = (make_run(device=DEVICE, precision="fp32") for _ in range(2))
    train(workspace, whole)
    train(workspace, stopped, stop=stop_at(6))
    train(workspace, stopped, resume=True)
    assert losses(stopped) == pytest.approx(losses(whole), rel=TOLERANCE)


def test_streamed_images_teach_what_resident_ones_do(
    workspace: Workspace, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    resident, streamed = (make_run(device=DEVICE, precision="fp32") for _ in range(2))
    train(workspace, resident)
    monkeypatch.setattr(source, "free_memory", lambda _: 0)
    train(workspace, streamed)
    assert losses(streamed) == pytest.approx(losses(resident), rel=TOLERANCE)


def test_a_loss_that_is_no_number_is_named_and_never_saved(
    workspace: Workspace, make_run: MakeRun
) -> None:
    run = make_run(device=DEVICE, ema_decay=0.0, epochs=20)
    train(workspace, run, stop=stop_at(3))
    newest = max(run.checkpoints.glob("state-*"))
    file = read_tensors(newest)
    file.tensors["network/head.1.bias"][3] = float("nan")
    write_tensors(newest, file.tensors, file.metadata)
    before = {path.name: path.read_bytes() for path in run.checkpoints.iterdir()}
    with pytest.raises(TrainingError, match="in the batch of sample-00"):
        train(workspace, run, resume=True)
    assert {path.name: path.read_bytes() for path in run.checkpoints.iterdir()} == before


@on_a_gpu
def test_too_little_memory_is_one_sentence(workspace: Workspace, make_run: MakeRun) -> None:
    torch.cuda.set_per_process_memory_fraction(0.01)
    try:
        with pytest.raises(TrainingError, match="GPU's memory is too small for batches of 28"):
            train(workspace, make_run(device=DEVICE, image_size=2048, batch_size=28))
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
