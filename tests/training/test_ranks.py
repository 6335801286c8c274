"""Two processes that share every batch end as one; and a lost one costs an epoch at most."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from hpa_core.models.tensorfile import read_tensors
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.metrics import METRICS, read_metrics
from hpa_core.runs.predictions import read_predictions
from hpa_core.runs.status import read_status
from hpa_core.training import train
from hpa_core.workspace import Workspace

soak = pytest.mark.skipif("HPA_SOAK" not in os.environ, reason="`make soak-cluster` runs it")
MakeRun = Callable[..., RunFolder]
ROOT = Path(__file__).parents[2]
SETTINGS = {"optimizer": "sgd", "learning_rate": 0.01, "epochs": 2, "batch_size": 14}
# One step differs by the order of sums alone; every further one feeds on the difference before it.
STEP_TOLERANCE, EPOCHS_TOLERANCE = 2e-5, 1e-3


@contextmanager
def started(workspace: Workspace, *arguments: str, **variables: str) -> Iterator[subprocess.Popen]:
    environment = {**os.environ, "HPA_WORKSPACE": str(workspace.root), "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "hpa_core", "train", *arguments],
        cwd=ROOT,
        env={**environment, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()  # Its ranks die with it.


def by_two(workspace: Workspace, run: RunFolder) -> None:
    with started(workspace, "--resume", run.id, "--processes", "2") as process:
        output, errors = process.communicate(timeout=200)
    assert (process.returncode, output) == (0, f"{run.id}\n"), errors


def ranks_of(launcher: int) -> list[int]:
    """Return the processes of a launcher in the order of their ranks."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
            variables = (folder / "environ").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        rank = [item for item in variables if item.startswith(b"RANK=")]
        if int(stat[1]) == launcher and rank and stat[0] not in "ZX":
            found[int(rank[0].partition(b"=")[2])] = int(folder.name)
    return [found[rank] for rank in sorted(found)]


def wait_until(reached: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 120
    while not reached():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.02)


def wait_for_checkpoint(run: RunFolder, process: subprocess.Popen) -> None:
    wait_until(
        lambda: any(run.checkpoints.glob("state-*")) or process.poll() is not None, "a checkpoint"
    )
    assert process.poll() is None, process.communicate()


def figures(run: RunFolder) -> dict[str, np.ndarray]:
    """Return metrics, weights and predictions; no times."""
    records = read_metrics(run.path / METRICS)
    newest = max(run.checkpoints.glob("state-*.safetensors"))
    tensors = read_tensors(newest, checksum=True).tensors
    return {
        **{
            f"figures/{number}/{key}": np.asarray(value, float)
            for number, record in enumerate(records)
            for key, value in record.items()
            if not key.startswith(("time/", "rate/"))
        },
        **{name: value.double().numpy() for name, value in tensors.items()},
        "figures/probs": read_predictions(run, "validation").probs,
    }


def assert_equal_within(
    run: RunFolder, other: RunFolder, tolerance: float, *, compared: str = ""
) -> None:
    ours, theirs = figures(run), figures(other)
    assert ours.keys() == theirs.keys()
    for name, values in ours.items():
        if not name.startswith(compared):
            continue
        np.testing.assert_allclose(
            values, theirs[name], rtol=tolerance, atol=tolerance, err_msg=name
        )


def test_two_processes_learn_in_a_step_what_one_learns(
    workspace: Workspace, make_run: MakeRun
) -> None:
    settings = {**SETTINGS, "epochs": 1, "batch_size": 28, "accumulate": 2}
    alone, together = make_run(**settings), make_run(**settings)
    train(workspace, alone)
    by_two(workspace, together)
    assert_equal_within(together, alone, STEP_TOLERANCE)


def test_a_killed_process_is_named_and_a_resume_ends_as_if_it_had_lived(
    workspace: Workspace, make_run: MakeRun
) -> None:
    """And by two processes the figures of all epochs are those of one."""
    settings = {**SETTINGS, "epochs": 6}
    run, whole, alone = (make_run(**settings) for _ in range(3))
    with started(workspace, "--run", run.id, "--processes", "2") as process:
        wait_for_checkpoint(run, process)
        ranks = ranks_of(process.pid)
        os.kill(ranks[1], signal.SIGKILL)
        _, errors = process.communicate(timeout=100)
    sentence = "Process 1 of the training was killed (SIGKILL); resume the run"
    assert process.returncode == 1
    assert sentence in errors.splitlines()[-1]
    status = read_status(run.path)
    assert status is not None
    assert status.state == "failed"
    assert sentence in status.message
    assert max(run.checkpoints.glob("state-*")).name < "state-e00006", "it was killed too late"
    by_two(workspace, run)
    by_two(workspace, whole)
    assert_equal_within(run, whole, 0.0)
    train(workspace, alone)
    assert_equal_within(whole, alone, EPOCHS_TOLERANCE, compared="figures")


@soak
def test_a_process_that_hangs_ends_the_training_in_the_stated_time(
    workspace: Workspace, make_run: MakeRun
) -> None:
    """FAULTS 22. torchrun gives the hung one 30 seconds more to end before it kills it."""
    run = make_run(**{**SETTINGS, "epochs": 1000})
    variables = {"HPA_RANK_SECONDS": "10"}
    with started(workspace, "--run", run.id, "--processes", "2", **variables) as process:
        wait_for_checkpoint(run, process)
        ranks = ranks_of(process.pid)
        os.kill(ranks[1], signal.SIGSTOP)
        _, errors = process.communicate(timeout=300)
    assert process.returncode == 1
    assert "did not answer within 10 seconds; resume the run" in errors.splitlines()[-1]
    assert not any(map(alive, ranks))


def test_no_process_outlives_the_one_that_started_them(
    workspace: Workspace, make_run: MakeRun
) -> None:
    run = make_run(**{**SETTINGS, "epochs": 1000})
    with started(workspace, "--run", run.id, "--processes", "2") as process:
        wait_for_checkpoint(run, process)
        ranks = ranks_of(process.pid)
        assert len(ranks) == 2
        process.kill()
    wait_until(lambda: not any(map(alive, ranks)), "the end of both processes")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
