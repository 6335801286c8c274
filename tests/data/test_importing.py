"""Importing: what is taken and what is refused, once, again, twice at a time and on a full disk."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from PIL import Image

from hpa_core.data.dataset import list_datasets, open_dataset
from hpa_core.data.importing import NOTHING_TO_DO, import_kaggle, import_labels
from hpa_core.data.sources import stale_samples
from hpa_core.errors import DatasetError, LabelTableError, WorkspaceError
from hpa_core.workspace import Workspace

IDS = [f"s{row:02}" for row in range(56)]


@pytest.fixture
def source(write_quartets) -> Path:
    return write_quartets(IDS)


@pytest.fixture
def labels(source: Path) -> Path:
    return source.parent / "labels.csv"


def refusals(folder: Path) -> dict[str, tuple[str, str]]:
    rows = json.loads((folder / "refused.json").read_text())
    return {row["id"]: (row["file"], row["reason"]) for row in rows}


def content(folder: Path) -> dict[str, bytes]:
    names = ("images.npy", "thumbnails.npy", "manifest.parquet", "refused.json", "sources.parquet")
    return {name: (folder / name).read_bytes() for name in names}


def leftovers(workspace: Workspace) -> list[str]:
    return [path.name for path in workspace.datasets.glob(".*.partial")]


def test_the_sixty_real_quartets_are_packed_pixel_for_pixel(
    realdata: Path, workspace: Workspace
) -> None:
    table = realdata / "labels" / "train.csv"
    dataset = import_kaggle(workspace, realdata / "quartets", table, name="real")
    assert dataset.info.samples == 60
    assert dataset.images.shape == (60, 4, 512, 512)
    assert dataset.thumbnails.shape == (60, 4, 96, 96)
    for row, sample_id in enumerate(dataset.ids):
        for number, channel in enumerate(("red", "green", "blue", "yellow")):
            with Image.open(realdata / "quartets" / f"{sample_id}_{channel}.png") as image:
                assert (dataset.images[row, number] == np.asarray(image)).all()
    assert dataset.info.refused == 31072 - 60
    assert stale_samples(dataset, realdata / "quartets") == []


def test_the_real_odd_files_are_handled_by_name(
    realdata: Path, workspace: Workspace, tmp_path: Path
) -> None:
    folder = tmp_path / "png"
    shutil.copytree(realdata / "odd", folder)
    (folder / "sixteen_bit_green.png").rename(folder / "sixteen_green.png")
    for channel in ("red", "blue", "yellow"):
        shutil.copyfile(folder / "sixteen_green.png", folder / f"sixteen_{channel}.png")
    odd = sorted(path.name.rpartition("_")[0] for path in folder.glob("0*.png"))
    table = tmp_path / "labels.csv"
    table.write_text("Id,Target\n" + "".join(f"{name},0\n" for name in [*odd, "sixteen"]))

    dataset = import_kaggle(workspace, folder, table, name="odd", size=256)
    assert dataset.ids.tolist() == ["sixteen"]
    assert dataset.info.note == "Scaled from 16 to 8 bit as round(v / 257): sixteen."
    assert sorted(refusals(dataset.folder)) == odd
    for sample_id, (file, reason) in refusals(dataset.folder).items():
        assert file.startswith(sample_id)
        assert reason.endswith("are missing")


def test_the_real_label_table_imports_alone(realdata: Path, workspace: Workspace) -> None:
    dataset = import_labels(workspace, realdata / "labels" / "train.csv", name="train")
    assert dataset.info.samples == 31072
    assert not dataset.info.has_images
    opened = open_dataset(workspace, "train")
    assert opened.targets.sum() == 50782
    validation = opened.targets[opened.rows("validation")].sum(axis=0)
    assert np.abs(validation - 0.2 * opened.targets.sum(axis=0)).max() <= 1


def test_bad_samples_are_listed_by_id_file_and_reason_and_the_rest_is_imported(
    source: Path, labels: Path, workspace: Workspace
) -> None:
    (source / "s00_red.png").write_bytes(b"")
    (source / "s01_green.png").write_bytes((source / "s01_green.png").read_bytes()[:-20])
    (source / "s02_blue.png").write_text("no image")
    Image.new("RGB", (32, 32)).save(source / "s03_yellow.png")
    Image.new("L", (16, 16)).save(source / "s04_red.png")
    (source / "s05_red.png").unlink()
    labels.write_text(labels.read_text() + "../../etc,1\ns06,3\nz,28\n")

    dataset = import_kaggle(workspace, source, labels, name="some")
    listed = refusals(dataset.folder)
    assert {sample_id: file for sample_id, (file, _) in listed.items()} == {
        "s00": "s00_red.png",
        "s01": "s01_green.png",
        "s02": "s02_blue.png",
        "s03": "s03_yellow.png",
        "s04": "s04_red.png",
        "s05": "s05_red.png",
        "s06": "labels.csv",
        "../../etc": "labels.csv",
        "z": "labels.csv",
    }
    assert dataset.info.samples == 49
    assert dataset.info.refused == 10  # s06 stands in two rows
    for row, sample_id in enumerate(dataset.ids):
        with Image.open(source / f"{sample_id}_blue.png") as image:
            assert (dataset.images[row, 2] == np.asarray(image)).all()
        assert dataset.targets[row].nonzero()[0].tolist() == [IDS.index(sample_id) % 28]
    assert "s06_blue.png" in dataset.info.note


def test_an_import_of_the_same_content_says_that_there_is_nothing_to_do(
    source: Path, labels: Path, workspace: Workspace
) -> None:
    first = import_kaggle(workspace, source, labels, name="one")
    before = {path: path.stat().st_mtime_ns for path in first.folder.iterdir()}
    notes = []

    def progress(done: int, total: int, *, unit: str, note: str = "") -> None:
        notes.append(note)

    again = import_kaggle(workspace, source, labels, name="one", progress=progress)
    assert notes == [NOTHING_TO_DO]
    assert again.info == first.info
    assert {path: path.stat().st_mtime_ns for path in first.folder.iterdir()} == before


def test_copied_files_are_the_same_content(
    source: Path, labels: Path, workspace: Workspace, tmp_path: Path
) -> None:
    first = import_kaggle(workspace, source, labels, name="one")
    shutil.copytree(source, tmp_path / "copy", copy_function=shutil.copyfile)
    assert import_kaggle(workspace, tmp_path / "copy", labels, name="one").info == first.info


@pytest.mark.parametrize("change", ["labels", "size", "fewer"])
def test_other_content_under_a_name_that_is_taken_is_refused(
    change: str, source: Path, labels: Path, workspace: Workspace
) -> None:
    before = content(import_kaggle(workspace, source, labels, name="one").folder)
    if change == "labels":
        labels.write_text(labels.read_text().replace("s00,0", "s00,5"))
    if change == "fewer":
        (source / "s00_red.png").unlink()
    size = 16 if change == "size" else None
    with pytest.raises(DatasetError, match="exists already, with other content"):
        import_kaggle(workspace, source, labels, name="one", size=size)
    assert content(workspace.dataset("one")) == before
    assert leftovers(workspace) == []


def test_labels_alone_do_not_replace_images(
    source: Path, labels: Path, workspace: Workspace
) -> None:
    import_kaggle(workspace, source, labels, name="one")
    with pytest.raises(DatasetError, match="exists already, with other content"):
        import_labels(workspace, labels, name="one")


def test_a_png_that_changes_after_packing_is_found_stale(
    source: Path, labels: Path, workspace: Workspace
) -> None:
    dataset = import_kaggle(workspace, source, labels, name="one")
    Image.new("L", (32, 32), 7).save(source / "s03_blue.png")
    (source / "s04_red.png").unlink()
    os.utime(source / "s05_green.png", ns=(1, 1))
    stale = stale_samples(dataset, source)
    assert [(item.id, item.file) for item in stale] == [
        ("s03", "s03_blue.png"),
        ("s04", "s04_red.png"),
        ("s05", "s05_green.png"),
    ]
    assert "is missing" in stale[1].reason


def test_an_import_over_changed_images_is_refused_by_id(
    source: Path, labels: Path, workspace: Workspace
) -> None:
    import_kaggle(workspace, source, labels, name="one")
    Image.new("L", (32, 32), 7).save(source / "s03_blue.png")
    os.utime(source / "s05_green.png", ns=(1, 1))
    with pytest.raises(DatasetError, match="have changed since they were packed: s03; import"):
        import_kaggle(workspace, source, labels, name="one")


def test_a_dataset_of_labels_has_no_files_to_be_stale(labels: Path, workspace: Workspace) -> None:
    dataset = import_labels(workspace, labels, name="labels")
    with pytest.raises(DatasetError, match="was not packed from image files"):
        stale_samples(dataset, labels.parent)


def test_labels_import_again_as_the_same_and_from_an_open_file(
    labels: Path, workspace: Workspace
) -> None:
    first = import_labels(workspace, labels, name="labels")
    again = import_labels(workspace, BytesIO(labels.read_bytes()), name="labels")
    assert again.info == first.info


def test_identical_images_share_a_group_and_a_split(
    source: Path, labels: Path, workspace: Workspace
) -> None:
    for copied in ("s10", "s20", "s30"):
        for channel in ("red", "green", "blue", "yellow"):
            shutil.copyfile(source / f"s00_{channel}.png", source / f"{copied}_{channel}.png")
    manifest = import_kaggle(workspace, source, labels, name="one").manifest.set_index("id")
    same = manifest.loc[["s00", "s10", "s20", "s30"]]
    assert set(same["group"]) == {"s00"}
    assert same["split"].nunique() == 1
    assert manifest["group"].nunique() == len(IDS) - 3


def test_unlabelled_samples_are_the_test_split_where_they_are_allowed(
    source: Path, labels: Path, workspace: Workspace
) -> None:
    labels.write_text(labels.read_text().replace("s00,0\n", "s00,\n").replace("s01,1\n", "s01,\n"))
    dataset = import_kaggle(workspace, source, labels, name="one", allow_unlabelled=True)
    assert dataset.ids[dataset.rows("test")].tolist() == ["s00", "s01"]
    assert not dataset.targets[dataset.rows("test")].any()


def test_a_class_without_positives_and_a_single_sample_import(
    source: Path, workspace: Workspace
) -> None:
    dataset = import_kaggle(workspace, source, BytesIO(b"Id,Target\ns00,3\n"), name="single")
    assert dataset.splits == ["train"]
    assert dataset.targets.sum(axis=0).tolist() == [0, 0, 0, 1] + [0] * 24


def test_a_bad_table_or_no_usable_image_leaves_nothing_behind(
    source: Path, labels: Path, workspace: Workspace
) -> None:
    with pytest.raises(LabelTableError):
        import_kaggle(workspace, source, BytesIO(b"a,b\n"), name="one")
    for file in source.iterdir():
        file.write_bytes(b"")
    with pytest.raises(DatasetError):
        import_kaggle(workspace, source, labels, name="one")
    for file in source.glob("*_red.png"):
        file.unlink()
    with pytest.raises(DatasetError, match=r"is complete: s00_red.png is missing"):
        import_kaggle(workspace, source, labels, name="one")
    assert leftovers(workspace) == []
    assert list_datasets(workspace) == []


@pytest.mark.parametrize("name", ["../x", "/x", ".hidden", "a/b", "a\0b", ""])
def test_a_name_that_is_no_folder_name_is_refused(
    name: str, labels: Path, workspace: Workspace
) -> None:
    with pytest.raises(WorkspaceError, match="cannot be the name of a dataset"):
        import_labels(workspace, labels, name=name)


def test_a_second_import_of_one_name_at_a_time_is_refused(
    labels: Path, workspace: Workspace
) -> None:
    with (
        FileLock(workspace.datasets / ".one.lock"),
        pytest.raises(DatasetError, match="is being imported by another process"),
    ):
        import_labels(workspace, labels, name="one")


def test_a_partial_import_of_other_labels_is_not_taken_up(
    source: Path, labels: Path, workspace: Workspace
) -> None:
    partial = workspace.datasets / ".one.partial"
    finished = import_kaggle(workspace, source, labels, name="one").folder
    finished.rename(partial)
    labels.write_text(labels.read_text().replace("s00,0", "s00,5"))
    dataset = import_kaggle(workspace, source, labels, name="one")
    assert dataset.targets[0].nonzero()[0].tolist() == [5]
    assert leftovers(workspace) == []


def test_an_import_killed_before_its_last_step_goes_on_to_the_same_bytes(
    source: Path, labels: Path, workspace: Workspace
) -> None:
    (source / "s01_red.png").write_bytes(b"")
    finished = import_kaggle(workspace, source, labels, name="one").folder
    before = content(finished)
    finished.rename(workspace.datasets / ".one.partial")
    assert list_datasets(workspace) == []
    assert content(import_kaggle(workspace, source, labels, name="one").folder) == before


FULL_DISK = """
import sys
from pathlib import Path
from hpa_core.data.importing import import_kaggle
from hpa_core.errors import WorkspaceError
from hpa_core.workspace import Workspace

source, root = Path(sys.argv[1]), Path(sys.argv[2])
workspace = Workspace(root).create()
ballast = root / "ballast"
ballast.write_bytes(bytes(int(sys.argv[3])))
try:
    import_kaggle(workspace, source, source.parent / "labels.csv", name="one")
except WorkspaceError as error:
    print(error)
ballast.unlink()
dataset = import_kaggle(workspace, source, source.parent / "labels.csv", name="one")
print(dataset.info.samples, dataset.info.hash)
"""


def test_a_full_disk_is_told_and_the_import_goes_on_once_there_is_space(
    source: Path, labels: Path, workspace: Workspace, tmp_path: Path
) -> None:
    mount = tmp_path / "small"
    mount.mkdir()
    # 56 samples of 32 px take 230 kB, and as much for thumbnails; 300 kB are left of 4 MB.
    script = textwrap.dedent(FULL_DISK)
    commands = (
        f"mount -t tmpfs -o size=4m tmpfs {mount} || exit 99; "
        f"exec {sys.executable} -c '{script}' {source} {mount} {4 * 1024**2 - 300_000}"
    )
    unshare = shutil.which("unshare")
    if not unshare:
        pytest.skip("needs `unshare` for a disk that is full (Linux only)")
    done = subprocess.run(
        [unshare, "--user", "--map-root-user", "--mount", "sh", "-c", commands],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode in (1, 99) and "import" not in done.stderr:
        pytest.skip(f"this system lets nobody mount a small disk: {done.stderr.strip()}")
    sentence, result = done.stdout.splitlines()
    assert "the disk is full; free some space and try again" in sentence
    expected = import_kaggle(workspace, source, labels, name="one").info
    assert result == f"{expected.samples} {expected.hash}"
