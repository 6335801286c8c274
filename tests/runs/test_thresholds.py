"""Names of threshold sets: each means one set."""

import json
from pathlib import Path

import pytest

from hpa_core.errors import RunError
from hpa_core.runs.folder import RunFolder, RunInfo, create_run
from hpa_core.runs.thresholds import (
    ThresholdSet,
    known_thresholds,
    list_thresholds,
    load_thresholds,
    save_thresholds,
    unreadable_thresholds,
)
from hpa_core.workspace import Workspace

RESERVED = ["fixed-0.5", "fixed-0.15", "unsaved", "0.15", "1", "1e-3", "nan", "Infinity"]


@pytest.fixture
def run(workspace: Workspace) -> RunFolder:
    return create_run(workspace, RunInfo(id="mine", kind="scores"))


def set_named(name: str, threshold: float = 0.3) -> ThresholdSet:
    return ThresholdSet(name=name, thresholds=(threshold,) * 28)


@pytest.mark.parametrize("name", RESERVED)
def test_no_set_is_saved_under_a_name_that_means_something_else(run: RunFolder, name: str) -> None:
    with pytest.raises(RunError, match=f"'{name}' cannot name a saved threshold set, as numbers"):
        save_thresholds(run, set_named(name))
    assert not list_thresholds(run)


def test_a_name_that_only_begins_like_a_reserved_one_is_free(run: RunFolder) -> None:
    save_thresholds(run, set_named("fixed-0.5-mine"))
    assert load_thresholds(run, "fixed-0.5-mine").thresholds == (0.3,) * 28


@pytest.mark.parametrize("name", RESERVED)
def test_a_set_saved_earlier_under_such_a_name_is_found_under_another(
    run: RunFolder, name: str
) -> None:
    (run.thresholds / f"{name}.json").write_text(
        json.dumps({"name": name, "thresholds": [0.7] * 28})
    )
    assert load_thresholds(run, f"saved-{name}").thresholds == (0.7,) * 28
    names = [item.name for item in known_thresholds(run)]
    assert names == [f"saved-{name}", "fixed-0.5", "fixed-0.15"]


def test_the_built_in_sets_are_loaded_by_name(run: RunFolder) -> None:
    assert load_thresholds(run, "fixed-0.15").thresholds == (0.15,) * 28
    with pytest.raises(RunError, match="has no threshold set 'best'; it has: fixed"):
        load_thresholds(run, "best")


def test_a_damaged_file_hides_no_other_set_and_says_what_it_is(run: RunFolder) -> None:
    save_thresholds(run, set_named("good"))
    (run.thresholds / "bad.json").write_text("[1, 2")
    assert [item.name for item in list_thresholds(run)] == ["good"]
    assert [Path(each.split()[0]).name for each in unreadable_thresholds(run)] == ["bad.json"]
    with pytest.raises(RunError, match=r"bad\.json is not JSON"):
        load_thresholds(run, "bad")
    with pytest.raises(RunError, match="has a set 'bad' already"):
        save_thresholds(run, set_named("bad"))
    save_thresholds(run, set_named("bad"), over=True)
    assert not unreadable_thresholds(run)
