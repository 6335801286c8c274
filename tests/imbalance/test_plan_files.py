"""Plans on disk: saved, listed, made again; refused where they are stale, damaged or hostile."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hpa_core.data.dataset import Dataset, open_dataset, write_dataset
from hpa_core.errors import ConfigError, DatasetError, PlanError, WorkspaceError
from hpa_core.files import write_json
from hpa_core.imbalance.plan import Plan
from hpa_core.imbalance.plan_files import (
    delete_plan,
    list_plans,
    read_plan,
    read_plan_file,
    remake_plan,
    write_plan,
)
from hpa_core.imbalance.planning import default_split, make_plan
from hpa_core.imbalance.steps import CopyClasses, MlRos
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset

STEPS = (CopyClasses(factors={3: 2.5}), MlRos(percent=50))


@pytest.fixture
def tiny(make_dataset: MakeDataset) -> Dataset:
    return make_dataset()


def saved(dataset: Dataset, name: str = "mine") -> Plan:
    plan = make_plan(dataset, STEPS, seed=7, name=name)
    write_plan(dataset, plan)
    return plan


def relabelled(
    workspace: Workspace, dataset: Dataset, change: Callable[[pd.DataFrame], None]
) -> Dataset:
    """Write the dataset again with a changed manifest."""
    manifest = dataset.manifest.copy()
    change(manifest)
    write_dataset(dataset.folder, manifest, name="tiny", source="kaggle", image_size=32)
    return open_dataset(workspace, "tiny")


def first_sample_is_a_class_9(manifest: pd.DataFrame) -> None:
    manifest["targets"] = [[9], *manifest["targets"][1:]]


def first_sample_is_validated(manifest: pd.DataFrame) -> None:
    manifest.loc[0, "split"] = "validation"


def test_a_plan_comes_back_as_it_was_written(tiny: Dataset) -> None:
    plan, read = saved(tiny), read_plan(tiny, "mine", split="train")
    assert read.copies.tolist() == plan.copies.tolist()
    assert (read.name, read.split, read.seed, read.steps) == ("mine", "train", 7, plan.steps)
    assert read.hash == plan.hash
    assert len(read.positions) == read.copies.sum()


def test_the_default_split_is_what_a_training_learns_from(
    tiny: Dataset, workspace: Workspace
) -> None:
    folder = workspace.dataset("labels")
    folder.mkdir()
    write_dataset(folder, tiny.manifest, name="labels", source="labels")
    assert default_split(tiny) == "train"
    assert default_split(open_dataset(workspace, "labels")) == "all"


def test_plans_are_listed_by_name_and_deleted(tiny: Dataset) -> None:
    assert list_plans(tiny) == []
    for name in ("b", "a"):
        saved(tiny, name)
    assert [(item.name, item.problem) for item in list_plans(tiny)] == [("a", ""), ("b", "")]
    delete_plan(tiny, "a")
    assert [item.name for item in list_plans(tiny)] == ["b"]
    for refused in (lambda: delete_plan(tiny, "a"), lambda: read_plan(tiny, "a")):
        with pytest.raises(PlanError, match=r"has no plan 'a'; it has: b\."):
            refused()


@pytest.mark.parametrize("change", [first_sample_is_a_class_9, first_sample_is_validated])
def test_a_plan_of_other_labels_or_splits_is_refused_and_can_be_made_again(
    tiny: Dataset, workspace: Workspace, change: Callable[[pd.DataFrame], None]
) -> None:
    old = saved(tiny)
    changed = relabelled(workspace, tiny, change)
    with pytest.raises(PlanError, match=r"other labels or splits .* plan tiny --remake mine"):
        read_plan(changed, "mine")
    with pytest.raises(PlanError, match="other labels or splits"):
        write_plan(changed, old)
    (listed,) = list_plans(changed)
    assert listed.plan is not None
    assert "--remake mine" in listed.problem
    made = remake_plan(changed, "mine")
    assert read_plan(changed, "mine").hash == made.hash != old.hash
    assert made.steps == old.steps
    assert made.copies.tolist() == make_plan(changed, STEPS, seed=7).copies.tolist()


def test_a_plan_of_another_split_is_refused_where_one_is_asked_for(tiny: Dataset) -> None:
    saved(tiny)
    with pytest.raises(PlanError, match="resamples split 'train' of dataset 'tiny', and 'all' was"):
        read_plan(tiny, "mine", split="all")


def test_a_plan_needs_a_split_of_the_dataset(tiny: Dataset) -> None:
    with pytest.raises(DatasetError, match="has no split 'test'"):
        make_plan(tiny, STEPS, split="test")


@pytest.mark.parametrize("name", ["../out", "", "a/b", ".hidden", "a\0b", "x" * 101])
def test_a_name_that_could_leave_the_folder_is_refused(tiny: Dataset, name: str) -> None:
    plan = make_plan(tiny, STEPS, name=name)
    for refused in (
        lambda: write_plan(tiny, plan),
        lambda: read_plan(tiny, name),
        lambda: delete_plan(tiny, name),
    ):
        with pytest.raises(WorkspaceError, match="cannot be the name of a plan"):
            refused()
    assert not (tiny.folder / "plans").exists() or not list((tiny.folder / "plans").iterdir())


def changes_of(values: dict[str, Any]) -> list[Any]:
    copies = values["copies"]
    return [
        [1, 2],
        "plan",
        {},
        values | {"copies": [*copies[:-1], -1]},
        values | {"copies": [*copies[:-1], 1.0]},
        values | {"copies": [*copies[:-1], True]},
        values | {"copies": [*copies[:-1], "1"]},
        values | {"copies": [*copies[:-1], None]},
        values | {"copies": [*copies[:-1], 10**30]},
        values | {"copies": [0] * len(copies)},
        values | {"copies": [10**6] * len(copies)},
        values | {"copies": copies[::-1]},
        values | {"copies": []},
        values | {"copies": {"0": 1}},
        values | {"hash": "0" * 64},
        values | {"seed": -1},
        values | {"seed": 2**70},
        values | {"seed": True},
        values | {"steps": {}},
        values | {"steps": ["ml-ros"]},
        values | {"split": None},
        values | {"dataset_hash": 7},
    ]


def test_a_damaged_or_hostile_file_is_one_sentence_and_hides_no_other_plan(tiny: Dataset) -> None:
    saved(tiny)
    good = tiny.folder / "plans" / "mine.json"
    bad = tiny.folder / "plans" / "bad.json"
    for number, values in enumerate(changes_of(json.loads(good.read_bytes()))):
        write_json(bad, values)
        with pytest.raises(PlanError, match="is not a plan that can be used") as refused:
            read_plan_file(bad)
        assert len(str(refused.value)) < 400, number
        with pytest.raises(PlanError):
            read_plan(tiny, "bad")
        assert [bool(item.problem) for item in list_plans(tiny)] == [True, False]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"1" * 5000, b'{"copies": NaN}'],
    ids=["empty", "cut", "binary", "deep", "long number", "not a number"],
)
def test_a_file_that_is_no_plan_is_refused(tiny: Dataset, content: bytes) -> None:
    path = tiny.folder / "bad.json"
    path.write_bytes(content)
    with pytest.raises(PlanError, match="is not a plan that can be used"):
        read_plan_file(path)


def test_a_plan_of_another_length_is_refused(tiny: Dataset) -> None:
    plan = make_plan(tiny, STEPS, name="mine")
    longer = Plan(**(vars(plan) | {"copies": np.append(plan.copies, 1)}))
    with pytest.raises(PlanError, match="other labels or splits"):
        write_plan(tiny, longer)


def test_a_huge_file_is_not_read(tiny: Dataset) -> None:
    path = tiny.folder / "huge.json"
    with path.open("wb") as file:
        file.truncate(2**27)
    with pytest.raises(PlanError, match="larger than 64 MiB"):
        read_plan_file(path)


def test_a_plan_of_steps_that_are_gone_is_read_but_not_made_again(tiny: Dataset) -> None:
    plan = make_plan(tiny, STEPS, name="old")
    write_plan(tiny, Plan(**(vars(plan) | {"steps": ({"step": "gone"},)})))
    assert read_plan(tiny, "old").hash == plan.hash
    with pytest.raises(ConfigError, match="Step 1: step must be one of"):
        remake_plan(tiny, "old")


def test_names_that_no_plan_can_have_break_no_list(tiny: Dataset) -> None:
    saved(tiny)
    (tiny.folder / "plans" / "not a name.json").write_text("{}")
    (tiny.folder / "plans" / "folder.json").mkdir()
    assert [item.name for item in list_plans(tiny) if not item.problem] == ["mine"]
    assert len(list_plans(tiny)) == 3
