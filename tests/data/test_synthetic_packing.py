"""Rendering datasets: whole or not at all, taken up where it stopped, the same on any workers."""

import multiprocessing
import os
import signal
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from hpa_core.data.dataset import THUMBNAIL_SIZE, Dataset, list_datasets
from hpa_core.data.synthetic import packing
from hpa_core.data.synthetic.packing import BLOCK_SAMPLES, write_demo, write_synthetic
from hpa_core.data.synthetic.rendering import Sample, render
from hpa_core.errors import DatasetError
from hpa_core.workspace import Workspace

SPLITS = {"train": BLOCK_SAMPLES, "validation": 20, "shifted": 5}


class StoppedError(Exception):
    """What a test raises in the middle of the work, as a kill would end it."""


def written(workspace: Workspace, name: str = "cells", *, workers: int = 1) -> Dataset:
    return write_synthetic(workspace, name, splits=SPLITS, size=32, workers=workers)


def test_a_rendered_dataset_says_what_it_is_and_holds_what_was_rendered(
    workspace: Workspace,
) -> None:
    dataset = written(workspace)
    assert dataset.info.synthetic
    assert dataset.splits == ["train", "validation", "shifted"]
    assert dataset.images.shape == (75, 4, 32, 32)
    assert dataset.thumbnails.shape == (75, 4, THUMBNAIL_SIZE, THUMBNAIL_SIZE)
    row = dataset.manifest.iloc[60]
    sample = Sample(id=row["id"], classes=tuple(row["clean_targets"]))
    assert np.array_equal(dataset.images[60], render(sample, size=32))


def test_the_labels_in_force_stand_beside_the_clean_ones(workspace: Workspace) -> None:
    manifest = write_synthetic(
        workspace, "noisy", splits={"train": 400}, size=16, workers=1
    ).manifest
    differ = [
        list(borne) != list(shown)
        for borne, shown in zip(manifest["targets"], manifest["clean_targets"], strict=True)
    ]
    assert 2 <= sum(differ) <= 30


def test_two_processes_render_what_one_does(workspace: Workspace, tmp_path: Path) -> None:
    other = Workspace(tmp_path / "other").create()
    one, two = written(workspace, workers=1), written(other, workers=2)
    assert one.info.hash == two.info.hash
    assert np.array_equal(one.thumbnails, two.thumbnails)


def test_a_killed_worker_is_one_sentence_and_the_work_is_taken_up_again(
    workspace: Workspace,
) -> None:
    def kill_a_worker(done: int, total: int, *, unit: str, note: str = "") -> None:
        if not done:
            return
        for worker in multiprocessing.active_children():
            if worker.pid:
                os.kill(worker.pid, signal.SIGKILL)

    splits = {"train": 4 * BLOCK_SAMPLES}
    with pytest.raises(DatasetError, match="was killed, perhaps out of memory; run the same"):
        write_synthetic(
            workspace, "cells", splits=splits, size=16, workers=2, progress=kill_a_worker
        )
    assert list_datasets(workspace) == []
    whole = write_synthetic(workspace, "cells", splits=splits, size=16, workers=1)
    assert len(whole.ids) == 4 * BLOCK_SAMPLES


def stop_after_a_block(done: int, total: int, *, unit: str, note: str = "") -> None:
    assert (total, unit, note) == (75, "samples", "")
    if done:
        raise StoppedError


def interrupted(workspace: Workspace) -> Path:
    with pytest.raises(StoppedError):
        write_synthetic(
            workspace, "cells", splits=SPLITS, size=32, workers=1, progress=stop_after_a_block
        )
    return workspace.datasets / ".cells.partial"


def test_an_interrupted_rendering_is_no_dataset_and_is_taken_up_again(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    partial = interrupted(workspace)
    assert list_datasets(workspace) == []
    assert partial.is_dir()
    rendered = []
    monkeypatch.setattr(
        "hpa_core.data.synthetic.blocks.render",
        lambda sample, *, size: rendered.append(sample.id) or render(sample, size=size),
    )
    resumed = written(workspace)
    assert len(rendered) == 25
    assert not partial.exists()
    assert resumed.info.hash == written(Workspace(tmp_path / "whole").create()).info.hash


def test_rendered_rows_that_were_spoilt_are_rendered_again(
    workspace: Workspace, tmp_path: Path
) -> None:
    images = interrupted(workspace) / "images.npy"
    content = bytearray(images.read_bytes())
    content[1000] ^= 0xFF
    images.write_bytes(content)
    whole = written(Workspace(tmp_path / "whole").create())
    assert np.array_equal(written(workspace).images, whole.images)


def test_the_rest_of_another_plan_is_thrown_away(workspace: Workspace) -> None:
    interrupted(workspace)
    dataset = write_synthetic(workspace, "cells", splits={"train": 30}, size=48, workers=1)
    assert dataset.images.shape == (30, 4, 48, 48)


def test_a_name_that_is_taken_is_refused(workspace: Workspace) -> None:
    written(workspace)
    with pytest.raises(DatasetError, match="'cells' exists already"):
        written(workspace)


def test_two_renderings_of_one_name_at_a_time_are_refused(workspace: Workspace) -> None:
    with (
        FileLock(workspace.datasets / ".cells.lock"),
        pytest.raises(DatasetError, match="being rendered by another process"),
    ):
        written(workspace)


def test_the_demo_is_split_six_three_one(workspace: Workspace) -> None:
    dataset = write_demo(workspace, samples=40, size=16, workers=1)
    assert dataset.info.name == "demo"
    assert [len(dataset.rows(split)) for split in dataset.splits] == [24, 12, 4]
    assert dataset.info.note == packing.NOTE
