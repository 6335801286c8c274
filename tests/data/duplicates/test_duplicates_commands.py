"""`duplicates find|import|list|review|apply`, as a person calls them."""

import json
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from hpa_core.data.dataset import open_dataset
from hpa_core.workspace import Workspace
from tests.command import Hpa
from tests.data.duplicates.conftest import CopiedDataset

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(hpa: Hpa) -> Hpa:
    return partial(hpa, "duplicates")


def test_copies_are_found_judged_listed_and_put_to_use(
    copied: CopiedDataset, run: Hpa, workspace: Workspace, tmp_path: Path
) -> None:
    copied(copies={11: 7}, hashes={5: 1})
    found = json.loads(run("find", "copied", "--json").stdout)
    assert [group["ids"] for group in found["groups"]] == [["s1", "s5"], ["s7", "s11"]]
    assert (found["search"]["samples"], found["search"]["pairs"]) == (23, 1)
    assert found["groups"][1]["splits"] == ["train", "validation"]
    assert found["groups"][1]["labels"] == [[3], [3]]
    leaks = {(item["learnt"], item["scored"]): item for item in found["leaks"]}
    assert leaks["train", "validation"]["leaking"] == 2

    listed = tmp_path / "list.txt"
    listed.write_text("s8,s9\nunknown,s2\n")
    said = run("import", "copied", listed).stdout
    assert "list.txt: 2 lines, 3 of 4 ids are in 'copied', 1 pairs." in said
    assert run("review", "copied", "s8", "s9").stdout == "1 pair is now rejected.\n"
    shown = run("list", "copied").stdout
    assert "Dataset 'copied': 2 groups with 4 samples; the labels differ within 0." in shown
    assert "2 of 8 validation images have a copy in train" in shown

    assert "has 2 groups with 4 samples; 2 samples changed" in run("apply", "copied").stdout
    fresh = json.loads(run("apply", "copied", "--as", "fresh", "--json").stdout)
    assert all(item["leaking"] == 0 for item in fresh["leaks"])
    assert open_dataset(workspace, "fresh").manifest["group"][11] == "s7"


def test_what_cannot_be_done_is_one_sentence(copied: CopiedDataset, run: Hpa) -> None:
    copied()
    for arguments, sentence in (
        (["find", "copied", "--similarity", "0"], "tells no copies"),
        (["apply", "copied", "--as", "../x"], "cannot be the name of a dataset"),
    ):
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.strip().count("\n") == 0
        assert sentence in done.stderr
