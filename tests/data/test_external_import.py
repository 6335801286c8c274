"""Importing the atlas's own files: what comes in, what is refused, and what a second time does."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hpa_core.data.dataset import open_dataset
from hpa_core.data.importing import NOTHING_TO_DO, import_external
from hpa_core.data.sources import stale_samples
from hpa_core.errors import DatasetError
from hpa_core.workspace import Workspace
from tests.command import Hpa
from tests.data.jpegs import cells, false_colour, write_external

ROOT = Path(__file__).parents[2]
IDS = [f"100_{row}_A1_1" for row in range(6)]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_external(tmp_path / "jpg", IDS)


@pytest.fixture
def labels(source: Path) -> Path:
    return source.parent / "labels.csv"


def test_the_real_files_come_in_and_the_incomplete_sample_is_refused_by_id_and_reason(
    realdata: Path, workspace: Workspace, hpa: Hpa
) -> None:
    table = realdata / "labels" / "HPAv18RBGY_wodpl.csv"
    command = ["import", "external", realdata / "external", "--labels", table, "--name", "atlas"]
    done = hpa(*command, "--json")
    told = json.loads(done.stdout)
    assert (told["samples"], told["refused"], told["image_size"]) == (2, 74_604, 512)

    folder = workspace.dataset("atlas")
    images = np.load(folder / "images.npy")
    assert images.shape == (2, 4, 512, 512)
    assert sorted(open_dataset(workspace, "atlas").file_sides) == [1728, 2048]
    with Image.open(realdata / "external" / "10580_1610_C1_1_green.jpg") as image:
        green = np.asarray(image, dtype=float)[..., 1]
    blocks = green.reshape(512, 4, 512, 4).mean(axis=(1, 3))
    assert np.corrcoef(images[0, 1].ravel(), blocks.ravel())[0, 1] > 0.99
    refused = {row["id"]: row for row in json.loads((folder / "refused.json").read_text())}
    assert refused["10814_51_A1_1"]["reason"] == (
        "10814_51_A1_1_green.jpg, 10814_51_A1_1_yellow.jpg are missing"
    )
    assert "none of its four files" in refused["10580_1610_C1_2"]["reason"]


def test_samples_of_several_sizes_become_one_and_bad_files_are_listed(
    source: Path, labels: Path, workspace: Workspace
) -> None:
    for channel in ("red", "green", "blue", "yellow"):
        large = false_colour(cells(150), channel)
        (source / f"{IDS[1]}_{channel}.jpg").write_bytes(large)
    swapped = (source / f"{IDS[2]}_red.jpg").read_bytes()
    (source / f"{IDS[2]}_green.jpg").write_bytes(swapped)
    (source / f"{IDS[3]}_blue.jpg").write_bytes(b"<html>")
    (source / f"{IDS[4]}_red.jpg").unlink()
    (source / f"{IDS[4]}_red.jpg").symlink_to("/etc/hostname")

    dataset = import_external(workspace, source, labels, name="atlas", size=64)
    assert set(dataset.ids) == {IDS[0], IDS[1], IDS[5]}
    assert dataset.images.shape == (3, 4, 64, 64)
    sides = dict(zip(dataset.ids.tolist(), dataset.file_sides.tolist(), strict=True))
    assert (sides[IDS[0]], sides[IDS[1]]) == (96, 150)
    assert dataset.info.source == "external"
    assert set(dataset.manifest["source"]) == {"external"}
    reasons = {row["file"]: row["reason"] for row in dataset.refused}
    assert "shows its light in red" in reasons[f"{IDS[2]}_green.jpg"]
    assert "is not a JPEG" in reasons[f"{IDS[3]}_blue.jpg"]
    assert "is a link that leaves the folder" in reasons[f"{IDS[4]}_red.jpg"]


def test_the_same_import_again_has_nothing_to_do_and_changed_files_are_told(
    source: Path, labels: Path, workspace: Workspace
) -> None:
    first = import_external(workspace, source, labels, name="atlas", size=64)
    notes: list[str] = []

    def progress(done: int, total: int, *, unit: str, note: str = "") -> None:
        notes.append(note)

    again = import_external(workspace, source, labels, name="atlas", size=64, progress=progress)
    assert again.info == first.info
    assert notes == [NOTHING_TO_DO]
    (source / f"{IDS[0]}_red.jpg").write_bytes(false_colour(cells(96, seed=99), "red"))
    assert [stale.file for stale in stale_samples(first, source)] == [f"{IDS[0]}_red.jpg"]
    with pytest.raises(DatasetError, match="have changed since they were packed"):
        import_external(workspace, source, labels, name="atlas", size=64)


def test_a_folder_of_pngs_is_told_what_was_expected(
    write_quartets, tmp_path: Path, workspace: Workspace
) -> None:
    folder = write_quartets(["a"])
    with pytest.raises(DatasetError, match=r"holds no image of the table; expected a_red\.jpg"):
        import_external(workspace, folder, tmp_path / "labels.csv", name="atlas")
