"""Two datasets become one: rows by rule, images byte for byte, and a killed merge goes on."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from hpa_core.data.dataset import Dataset, open_dataset, write_dataset
from hpa_core.data.importing import import_labels
from hpa_core.data.merging import copying
from hpa_core.data.merging.links import read_id_groups
from hpa_core.data.merging.merging import NOTHING_TO_DO, Merged, merge_datasets
from hpa_core.errors import DatasetError
from hpa_core.workspace import Workspace
from tests.command import Hpa
from tests.conftest import MakeDataset

ROOT = Path(__file__).parents[3]


def renamed(dataset: Dataset, prefix: str, **columns: object) -> Dataset:
    """Give a dataset other ids, and other columns where they are named."""
    manifest = dataset.manifest.copy()
    ids = [f"{prefix}{row}" for row in range(len(manifest))]
    manifest = manifest.assign(id=ids, group=ids, sha256=[f"{prefix}{name}" for name in ids])
    info = dataset.info
    write_dataset(
        dataset.folder,
        manifest.assign(**columns),
        name=info.name,
        source=info.source,
        image_size=info.image_size,
    )
    return Dataset(
        dataset.folder, open_dataset(Workspace(dataset.folder.parents[1]), info.name).info
    )


@pytest.fixture
def pair(make_dataset: MakeDataset) -> tuple[Dataset, Dataset]:
    """Two datasets of images: `base` with rows b0 ..., `more` with rows m0 ..., half validation."""
    base = renamed(make_dataset("base", samples=20, seed=1), "b")
    more = renamed(make_dataset("more", samples=30, seed=2), "m")
    return base, more


def merge(workspace: Workspace, **options: object) -> Merged:
    return merge_datasets(
        workspace, "base", "more", **{"name": "both", "rule": "keep-base", **options}
    )


def test_the_images_of_both_lie_in_the_merged_rows_byte_for_byte(
    pair: tuple[Dataset, Dataset], workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "PIECE_BYTES", 7 * 4 * 32 * 32)
    base, more = pair
    merged = merge(workspace, listed=[("b3", "m0"), ("b4", "m29", "m7")])
    dataset = merged.dataset
    assert dataset.info.samples == 47
    for row, (name, origin) in enumerate(zip(dataset.ids, dataset.manifest["origin"], strict=True)):
        source = {"base": base, "more": more}[origin]
        at = source.ids.tolist().index(name)
        assert (dataset.images[row] == source.images[at]).all()
        assert (dataset.thumbnails[row] == source.thumbnails[at]).all()
        assert (dataset.targets[row] == source.targets[at]).all()
        assert dataset.manifest["sha256"][row] == source.manifest["sha256"][at]
    assert {"m0", "m29", "m7"}.isdisjoint(dataset.ids)
    assert merged.report.rows == {"base": 20, "external": 30, "merged": 47}
    assert merged.report.duplicates["listed"] == merged.report.duplicates["in all"] == 3
    assert sorted(path.name for path in dataset.folder.iterdir()) == [
        "dataset.json",
        "images.npy",
        "import.json",
        "manifest.parquet",
        "merge.json",
        "refused.json",
        "thumbnails.npy",
    ]


def test_validation_is_the_bases_own(pair: tuple[Dataset, Dataset], workspace: Workspace) -> None:
    base, _ = pair
    dataset = merge(workspace).dataset
    validation = dataset.ids[dataset.rows("validation")]
    assert validation.tolist() == base.ids[base.rows("validation")].tolist()


def test_identical_images_are_found_without_a_list(
    make_dataset: MakeDataset, workspace: Workspace
) -> None:
    base = make_dataset("base", samples=20)
    renamed(make_dataset("more", samples=20), "m", sha256=base.manifest["sha256"].to_numpy())
    merged = merge(workspace)
    assert merged.report.duplicates == {
        "equal ids": 0,
        "listed": 0,
        "identical images": 20,
        "in all": 20,
    }
    assert merged.dataset.ids.tolist() == base.ids.tolist()


def test_earlier_groups_stay_groups_and_are_tied_to_new_ones(
    make_dataset: MakeDataset, workspace: Workspace
) -> None:
    renamed(make_dataset("base", samples=4), "b", group=["x", "x", "b2", "b3"])
    renamed(make_dataset("more", samples=4), "m", group=["m0", "x", "x", "m3"])
    manifest = merge(workspace, rule="keep-both", listed=[("b1", "m3")]).dataset.manifest
    groups = dict(zip(manifest["id"], manifest["group"], strict=True))
    assert groups == {
        "b0": "b0",
        "b1": "b0",
        "b2": "b2",
        "b3": "b3",
        "m0": "m0",
        "m1": "m1",
        "m2": "m1",
        "m3": "b0",
    }


def test_labels_alone_are_merged_where_one_has_no_images(
    pair: tuple[Dataset, Dataset], workspace: Workspace, tmp_path: Path
) -> None:
    table = tmp_path / "labels.csv"
    table.write_text("Id,Target\nx,1\ny,2 3\n")
    import_labels(workspace, table, name="bare")
    dataset = merge_datasets(workspace, "base", "bare", name="both", rule="keep-base").dataset
    assert dataset.info.samples == 22
    assert not dataset.info.has_images
    assert dataset.info.note.endswith("Labels only: bare has no images.")
    assert set(dataset.manifest["sha256"]) == {""}
    assert dict(zip(dataset.ids, dataset.manifest["source"], strict=True))["x"] == "labels"


def test_images_of_two_sizes_are_refused(make_dataset: MakeDataset, workspace: Workspace) -> None:
    make_dataset("base", size=32)
    make_dataset("more", size=16)
    with pytest.raises(DatasetError, match=r"'base' have 32 px a side, those of 'more' 16 px"):
        merge(workspace)


def test_a_dataset_is_not_merged_with_itself(
    pair: tuple[Dataset, Dataset], workspace: Workspace
) -> None:
    with pytest.raises(DatasetError, match="cannot be merged with itself"):
        merge_datasets(workspace, "base", "base", name="both", rule="keep-base")


def test_what_was_rendered_stays_marked_as_synthetic(
    pair: tuple[Dataset, Dataset], workspace: Workspace
) -> None:
    _, more = pair
    write_dataset(more.folder, more.manifest, name="more", source="synthetic", image_size=32)
    assert merge(workspace).dataset.info.synthetic


def test_the_same_merge_again_has_nothing_to_do_and_another_one_is_refused(
    pair: tuple[Dataset, Dataset], workspace: Workspace
) -> None:
    first, notes = merge(workspace), []

    def progress(done: int, total: int, *, unit: str, note: str = "") -> None:
        notes.append(note)

    again = merge(workspace, progress=progress)
    assert notes == [NOTHING_TO_DO]
    assert (again.dataset.info, again.report) == (first.dataset.info, first.report)
    for change in ({"rule": "keep-both"}, {"listed": [("b1", "m1")]}):
        with pytest.raises(DatasetError, match="exists already, with other content"):
            merge(workspace, **change)


KILLED = """
import os, signal, sys
from pathlib import Path
from hpa_core.data.merging import copying
from hpa_core.data.merging.merging import merge_datasets
from hpa_core.workspace import Workspace

copying.PIECE_BYTES = 4 * 4 * 32 * 32

def progress(done, total, *, unit, note=""):
    if unit == "samples" and done >= 24:
        os.kill(os.getpid(), signal.SIGKILL)

merge_datasets(
    Workspace(Path(sys.argv[1])), "base", "more", name="both", rule="keep-base", progress=progress
)
"""


def test_a_killed_merge_goes_on_after_the_last_piece_to_the_same_bytes(
    pair: tuple[Dataset, Dataset], workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(workspace.root)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == -signal.SIGKILL
    assert not workspace.dataset("both").exists()

    reports: list[tuple[str, int]] = []

    def progress(done: int, total: int, *, unit: str, note: str = "") -> None:
        reports.append((unit, done))

    monkeypatch.setattr(copying, "PIECE_BYTES", 4 * 4 * 32 * 32)
    merged = merge(workspace, progress=progress)
    images = [count for unit, count in reports if unit == "samples"]
    assert images[0] == 24
    assert images[1] == 28
    base, more = pair
    assert (merged.dataset.images == np.concatenate([base.images, more.images])).all()
    assert (merged.dataset.thumbnails == np.concatenate([base.thumbnails, more.thumbnails])).all()


def tied(groups: list[tuple[str, ...]]) -> dict[str, set[str]]:
    """Follow published groups from id to id; the set that every id belongs to."""
    sets: dict[str, set[str]] = {}
    for group in groups:
        together = set(group).union(*(sets.get(name, ()) for name in group))
        sets |= dict.fromkeys(together, together)
    return sets


REAL_ROWS = {
    "keep-base": 101_647,
    "keep-external": 101_627,
    "union-of-labels": 101_647,
    "keep-both": 105_678,
}


def test_the_real_lists_merge_as_following_them_by_hand_says(
    realdata: Path, workspace: Workspace
) -> None:
    tables = {"base": "train.csv", "more": "HPAv18RBGY_wodpl.csv"}
    for name, file in tables.items():
        import_labels(workspace, realdata / "labels" / file, name=name)
    base, more = (open_dataset(workspace, name) for name in tables)
    assert more.targets.sum(axis=0)[[0, 25, 27]].tolist() == [28_073, 29_138, 116]
    lists = [
        read_id_groups(realdata / "leaks" / file)
        for file in ("external_train_duplicates.txt", "train_duplicates.txt")
    ]
    listed = [group for one in lists for group in one]
    ours, theirs, sets = set(base.ids), set(more.ids), tied(listed)
    shared = {name for name, together in sets.items() if together & ours and together & theirs}
    assert len(shared & theirs) == 4_031
    for rule, samples in REAL_ROWS.items():
        merged = merge(workspace, name=rule, rule=rule, listed=listed)
        gone = shared & {"keep-external": ours, "keep-both": set()}.get(rule, theirs)
        assert set(merged.dataset.ids) == (ours | theirs) - gone
        assert merged.dataset.info.samples == samples
        assert merged.report.duplicates["listed"] == 4_031
        manifest = merged.dataset.manifest
        assert manifest.groupby("group")["split"].nunique().max() == 1
        groups = dict(zip(manifest["id"], manifest["group"], strict=True))
        for together in sets.values():
            assert len({groups[name] for name in together & groups.keys()}) <= 1
    both = base.targets.sum(axis=0) + more.targets.sum(axis=0)
    assert merged.dataset.targets.sum(axis=0).tolist() == both.tolist()


def test_the_command_reports_rows_duplicates_and_labels(
    pair: tuple[Dataset, Dataset], hpa: Hpa, tmp_path: Path
) -> None:
    pairs = tmp_path / "pairs.txt"
    pairs.write_text("b1,m1\nb2,elsewhere\n")
    options = ("--rule", "union-of-labels", "--duplicates", pairs)
    texts = [
        hpa("merge", "base", "more", "--name", "both", *options, *more).stdout
        for more in ([], ["--json"])
    ]
    assert "1 of 4 listed ids are in neither dataset" in texts[0]
    told = json.loads(texts[1])
    assert told["samples"] == 49
    assert told["dropped"] == {"base": 0, "external": 1}
    assert told["listed"] == {"ids": 4, "unknown": 1}
    base, more = pair
    union = base.targets[1] | more.targets[1]
    expected = base.targets.sum(axis=0) + more.targets.sum(axis=0) - more.targets[1]
    expected += union & ~base.targets[1]
    assert told["labels"]["merged"] == expected.tolist()
