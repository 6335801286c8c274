"""What goes wrong while training: each fault is named, and nothing good is lost."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from hpa_core.data.dataset import Dataset, write_dataset
from hpa_core.errors import (
    CheckpointError,
    ConfigError,
    DatasetError,
    RunError,
    TrainingError,
    WorkspaceError,
)
from hpa_core.models import devices
from hpa_core.models.registry import ARCHITECTURES
from hpa_core.models.tensorfile import read_tensors, write_tensors
from hpa_core.models.weights import WeightsInfo, save_weights
from hpa_core.runs.folder import RunFolder, open_run
from hpa_core.runs.lock import run_lock
from hpa_core.runs.metrics import METRICS, read_metrics
from hpa_core.runs.status import read_status
from hpa_core.training import train
from hpa_core.training.steps import Watch
from hpa_core.workspace import Workspace
from tests.conftest import MountDisk
from tests.training.outcomes import outcome
from tests.training.programs import told_by

ROOT = Path(__file__).parents[2]
MakeRun = Callable[..., RunFolder]


def states(run: RunFolder) -> list[Path]:
    return sorted(run.checkpoints.glob("state-*.safetensors"))


def state_of(run: RunFolder) -> tuple[str, str]:
    status = read_status(run.path)
    assert status is not None
    return status.state, status.message


@pytest.mark.parametrize("fault", ["truncated", "flipped bit"])
def test_a_damaged_checkpoint_is_passed_over_for_the_one_before(
    workspace: Workspace, make_run: MakeRun, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    run, whole = make_run(), make_run()
    train(workspace, run)
    train(workspace, whole)
    newest = states(run)[-1]
    content = bytearray(newest.read_bytes())
    content[len(content) // 2] ^= 4
    newest.write_bytes(content if fault == "flipped bit" else content[:-1000])
    train(workspace, run, resume=True)
    assert newest.name in caplog.text
    assert "Its predecessor is used" in caplog.text
    assert newest.with_suffix(".damaged").is_file()
    assert outcome(run) == outcome(whole)


def test_a_run_whose_checkpoints_are_all_damaged_says_so(
    workspace: Workspace, make_run: MakeRun
) -> None:
    run = make_run()
    train(workspace, run)
    for path in states(run):
        path.write_bytes(b"")
    with pytest.raises(CheckpointError, match=r"No checkpoint .* can be used"):
        train(workspace, run, resume=True)
    assert state_of(run)[0] == "failed"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_names_the_samples_and_keeps_the_last_good_checkpoint(
    workspace: Workspace, make_run: MakeRun, tiny: Dataset, value: float
) -> None:
    run = make_run(ema_decay=0.0)
    train(workspace, run, stop=iter([False] * 8 + [True] * 99).__next__)
    path = states(run)[-1]
    file = read_tensors(path)
    file.tensors["network/head.1.bias"][3] = value
    write_tensors(path, file.tensors, file.metadata)
    before = {item.name: item.read_bytes() for item in run.checkpoints.iterdir()}
    with pytest.raises(TrainingError, match="in the batch of sample-00") as caught:
        train(workspace, run, resume=True)
    assert sum(name in str(caught.value) for name in tiny.ids[:28]) == 5  # and 3 more
    assert {item.name: item.read_bytes() for item in run.checkpoints.iterdir()} == before
    assert state_of(run) == ("failed", str(caught.value))


def test_scores_that_are_no_numbers_after_the_last_step_of_an_epoch_are_named_too(
    workspace: Workspace, make_run: MakeRun
) -> None:
    run = make_run(ema_decay=0.0)
    train(workspace, run, stop=iter([False] * 4 + [True] * 9).__next__)
    path = states(run)[-1]
    file = read_tensors(path)
    file.tensors["network/head.1.bias"][3] = float("inf")
    write_tensors(path, file.tensors, file.metadata)
    with pytest.raises(TrainingError, match=r"lost for sample-0028, .* and 23 more; the"):
        train(workspace, run, resume=True)
    assert read_metrics(run.path / METRICS) == []
    assert [item.name for item in run.checkpoints.iterdir()] == [path.name]


def test_the_watch_names_the_first_bad_step_of_those_it_looks_at_together() -> None:
    watch = Watch(np.array(["a", "b", "c", "d"]), interval=10)
    watch.add(torch.tensor([0.5, 1.0]), np.array([0]))
    watch.add(torch.tensor([0.5, float("inf")]), np.array([2, 3]))
    watch.add(torch.tensor([float("nan"), float("nan")]), np.array([1]))
    with pytest.raises(TrainingError, match=r"became 0.5 \(gradient norm inf\) .* of c, d;"):
        watch.look()


def test_a_run_that_was_trained_is_not_trained_over(
    workspace: Workspace, make_run: MakeRun
) -> None:
    run = make_run(epochs=1)
    train(workspace, run)
    before = outcome(run)
    with pytest.raises(RunError, match="was trained before"):
        train(workspace, run)
    assert outcome(run) == before


def test_a_run_that_is_being_trained_is_left_alone(workspace: Workspace, make_run: MakeRun) -> None:
    run = make_run()
    with run_lock(run.path), pytest.raises(RunError, match="another process"):
        train(workspace, run)
    assert read_status(run.path) is None


def test_a_dataset_that_changed_since_is_refused(
    workspace: Workspace, make_run: MakeRun, tiny: Dataset
) -> None:
    run = make_run()
    manifest = tiny.manifest.copy()
    manifest.loc[0, "split"] = "test"
    write_dataset(tiny.folder, manifest, name="tiny", source="kaggle", image_size=32)
    with pytest.raises(DatasetError, match="have changed since run"):
        train(workspace, run)
    assert state_of(run)[0] == "failed"


def test_a_split_that_is_not_there_is_refused(workspace: Workspace, make_run: MakeRun) -> None:
    run = make_run(validation_split="holdout")
    with pytest.raises(DatasetError, match="no split 'holdout'"):
        train(workspace, run)


def test_first_weights_that_do_not_fit_end_the_run_as_failed(
    workspace: Workspace, make_run: MakeRun, tmp_path: Path
) -> None:
    path = tmp_path / "wide.safetensors"
    save_weights(path, ARCHITECTURES["wide"].build(), WeightsInfo(model="wide", image_size=32))
    run = make_run(weights=str(path))
    with pytest.raises(
        CheckpointError, match=r"\(64, 4, 7, 7\), the network expects \(24, 4, 5, 5\)"
    ):
        train(workspace, run)
    assert state_of(run)[0] == "failed"


def test_a_run_folder_that_cannot_be_written_is_refused_at_the_start(
    workspace: Workspace, make_run: MakeRun
) -> None:
    run = make_run()
    # Root may write anywhere but under /sys, so a folder there stands for a read-only disk.
    locked = RunFolder(Path("/sys/kernel"), run.info) if os.geteuid() == 0 else run
    if os.geteuid() != 0:
        run.path.chmod(0o555)
    with pytest.raises(WorkspaceError, match="cannot be written"):
        train(workspace, locked)
    run.path.chmod(0o755)
    assert list(run.checkpoints.iterdir()) == []


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_disk_that_is_full_from_the_nth_write_on_costs_nothing_for_any_n(
    workspace: Workspace, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    run, whole = make_run(epochs=1), make_run(epochs=1)
    train(workspace, whole)
    real, refusals, went_through = getattr(os, call), 0, False
    while not went_through:
        writes = iter(range(1000))

        def refused(*given: Any, writes: Iterator[int] = writes, last: int = refusals) -> None:
            if next(writes) >= last:
                raise OSError(errno.ENOSPC, "No space left on device")
            real(*given)

        with monkeypatch.context() as patched:
            patched.setattr(os, call, refused)
            try:
                train(workspace, run, resume=True)
                went_through = True
            except WorkspaceError as error:
                assert "disk is full" in str(error)  # noqa: PT017 - the last one gets through
                refusals += 1
    assert refusals > 5
    assert outcome(run) == outcome(whole)


@pytest.mark.skipif(sys.platform == "win32", reason="limits file sizes as Unix does")
def test_a_write_that_the_kernel_refuses_after_any_number_of_bytes_costs_nothing(
    workspace: Workspace, make_run: MakeRun
) -> None:
    told = told_by("limited_writes.py", workspace.root, make_run(keep_best=2).id)
    reason = "cannot be written: files may not grow as large here; raise `ulimit -f`"
    assert all(reason in sentence for sentence in told)
    files = [Path(sentence.partition(" cannot be")[0]).name for sentence in told]
    assert list(dict.fromkeys(files)) == [
        "status.json",
        "metrics.jsonl",
        "validation.npz",
        "best.safetensors",
        "state-e00002-s0000000.safetensors",
    ]


# Before Python runs, before anything is imported, among the imports, after them.
@pytest.mark.parametrize("delay", [0.0, 0.02, 0.05, 0.1, 1.0, 2.0])
def test_a_stop_right_after_the_start_ends_in_peace(
    workspace: Workspace, make_run: MakeRun, delay: float
) -> None:
    run = make_run(epochs=500)
    child = subprocess.Popen(
        [sys.executable, "-m", "hpa_core", "train", "--run", run.id],
        cwd=ROOT,
        env={**os.environ, "HPA_WORKSPACE": str(workspace.root), "OMP_NUM_THREADS": "1"},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    time.sleep(delay)
    child.send_signal(signal.SIGTERM)
    _, errors = child.communicate(timeout=120)
    if child.returncode == -signal.SIGTERM:
        assert not states(run)  # Python itself had not started yet
    else:
        assert (child.returncode, state_of(run)[0]) == (0, "stopped"), errors
        assert len(states(run)) >= 1
    assert open_run(workspace, run.id).info == run.info


def test_a_network_that_cannot_be_compiled_is_one_sentence(
    workspace: Workspace, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("no C++ compiler")

    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend=broken))
    monkeypatch.setattr(devices, "MODES", {"default": None, "graphs": None})
    run = make_run(compile="default")
    with pytest.raises(ConfigError, match=r"cannot be compiled here \(.*no C\+\+ compiler"):
        train(workspace, run)
    assert state_of(run)[0] == "failed"


@pytest.mark.parametrize("left_mib", [1, 5])  # Too little for the weights, for a checkpoint.
def test_a_disk_that_is_really_full_stops_the_run_and_space_lets_it_go_on(
    workspace: Workspace, tiny: Dataset, make_run: MakeRun, mount_disk: MountDisk, left_mib: int
) -> None:
    run, whole = make_run(), make_run()
    train(workspace, whole)
    small_disk = mount_disk(40)
    small = RunFolder(small_disk / run.id, run.info)
    shutil.copytree(run.path, small.path)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes((40 - left_mib) * 2**20))
    with pytest.raises(WorkspaceError, match="the disk is full; free some space and try again"):
        train(workspace, small)
    assert not list(small_disk.rglob("*.partial"))
    for path in small.checkpoints.glob("*.safetensors"):
        read_tensors(path, checksum=True)
    ballast.unlink()
    train(workspace, small, resume=True)
    assert outcome(small) == outcome(whole)


def test_a_clock_that_is_set_forward_and_back_disturbs_no_duration(
    workspace: Workspace, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    jumps = cycle([1e9, -1e9, 3600.0, -86400.0])
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + next(jumps))
    run = make_run()
    began = time.monotonic()
    train(workspace, run)
    elapsed = time.monotonic() - began
    seconds = [record["time/epoch(s)"] for record in read_metrics(run.path / METRICS)]
    assert all(each > 0 for each in seconds)
    assert sum(seconds) <= elapsed
    assert state_of(run)[0] == "finished"
