"""The neighbours that a run keeps: among labelled samples, until predictions or samples change."""

import json
import sys
import time
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from hpa_core.evaluation.neighbours import nearest_rows
from hpa_core.jobs import RunSpec, open_backend
from hpa_core.progress import read_progress
from hpa_core.runs.folder import RunFolder, RunInfo, create_run
from hpa_core.runs.neighbours import neighbours_path, read_neighbours
from hpa_core.runs.predictions import Predictions, write_predictions
from hpa_core.selections.neighbours import find_neighbours
from hpa_core.selections.samples import Samples, outside_samples
from hpa_core.selections.suspicion import suspicious_labels, weigh_labels
from hpa_core.workspace import Workspace
from tests import command

UNLABELLED = np.arange(3, 60, 4)


@pytest.fixture
def run(workspace: Workspace) -> RunFolder:
    return create_run(workspace, RunInfo(id="embedded", kind="scores"))


def predict(run: RunFolder, *, seed: int = 0, samples: int = 60, features: int = 6) -> Samples:
    """Write predictions of one class a sample, but for a quarter of them that have no label.

    The scores of sample 4 speak against its label.
    """
    rng = np.random.default_rng(seed)
    targets = np.eye(28, dtype=bool)[rng.integers(0, 4, samples)]
    targets[UNLABELLED] = False
    probs = np.where(targets, 0.8, 0.1).astype(np.float32)
    probs[4] = np.roll(probs[4], 1)
    predictions = Predictions(
        ids=np.array([f"sample-{row}" for row in range(samples)]),
        probs=probs,
        targets=targets,
        embeddings=rng.normal(size=(samples, features)).astype(np.float16),
    )
    write_predictions(run, "validation", predictions)
    return outside_samples(predictions, "validation")


def telling(told: list[int], done: int, total: int, *, unit: str, note: str = "") -> None:
    told.append(done)


def test_what_is_kept_is_found_again_until_the_predictions_change(run: RunFolder) -> None:
    samples, told = predict(run), list[int]()
    first = find_neighbours(run, "validation", samples, progress=partial(telling, told))
    kept = read_neighbours(run, "validation")
    assert first
    assert kept
    assert told[-1] == 45
    assert np.array_equal(kept.nearest, first.nearest)
    assert np.array_equal(kept.ids, first.ids)
    told.clear()
    again = find_neighbours(run, "validation", samples, progress=partial(telling, told))
    assert again
    assert (told, again.seconds) == ([], first.seconds)
    changed = predict(run, seed=1)
    other = find_neighbours(run, "validation", changed, progress=partial(telling, told))
    assert other
    assert told[-1] == 45
    assert not np.array_equal(other.nearest, first.nearest)


def test_only_labelled_samples_are_neighbours_and_new_labels_of_theirs_change_nothing(
    run: RunFolder, workspace: Workspace
) -> None:
    samples = predict(run)
    found = find_neighbours(run, "validation", samples)
    assert found
    labelled = np.setdiff1d(np.arange(60), UNLABELLED)
    embeddings = np.load(run.predictions / "validation.npz")["embeddings"]
    assert found.ids.tolist() == samples.ids[labelled].tolist()
    assert np.array_equal(found.nearest, nearest_rows(embeddings[labelled], 10))
    told: list[int] = []
    relabelled = replace(samples, targets=np.roll(samples.targets, 1, axis=1))
    find_neighbours(run, "validation", relabelled, progress=partial(telling, told))
    assert not told
    more = samples.targets.copy()
    more[UNLABELLED[0], 5] = True
    grown = find_neighbours(
        run, "validation", replace(samples, targets=more), progress=partial(telling, told)
    )
    assert grown
    assert (told[-1], len(grown.ids)) == (46, 46)


def test_a_labels_votes_are_those_of_its_labelled_neighbours(run: RunFolder) -> None:
    samples = predict(run)
    found = find_neighbours(run, "validation", samples)
    assert found
    ranked = suspicious_labels(samples, found.nearest, least=0, limit=None)
    assert (ranked.samples, ranked.neighbours) == (45, 10)
    assert not np.isin(ranked.row, UNLABELLED).any()
    places = {sample: place for place, sample in enumerate(samples.ids.tolist())}
    for cell in range(0, len(ranked.row), 50):
        mine = found.ids.tolist().index(samples.ids[ranked.row[cell]])
        near = [places[each] for each in found.ids[found.nearest[mine]].tolist()]
        assert ranked.votes[cell] == samples.targets[near, ranked.class_id[cell]].sum()
    against = weigh_labels(samples, found.nearest)
    weighed = suspicious_labels(samples, found.nearest, against=against, least=0, limit=None)
    assert np.array_equal(weighed.suspicion, ranked.suspicion)
    assert np.array_equal(weighed.row, ranked.row)
    unheard = suspicious_labels(samples, None, least=0, limit=None)
    assert not np.array_equal(unheard.suspicion, ranked.suspicion)
    among = np.array([4, 5, 6])
    some = suspicious_labels(samples, found.nearest, among=among, least=0, limit=None)
    assert set(some.row.tolist()) == {4, 5, 6}
    assert some.samples == 45


def test_a_file_that_is_not_whole_is_found_anew(run: RunFolder) -> None:
    samples = predict(run)
    first = find_neighbours(run, "validation", samples)
    assert first
    path = neighbours_path(run, "validation")
    path.write_bytes(path.read_bytes()[:200])
    assert read_neighbours(run, "validation") is None
    again = find_neighbours(run, "validation", samples)
    assert again
    assert np.array_equal(again.nearest, first.nearest)
    with pytest.raises(ValueError, match="none of the samples"):
        replace(first, nearest=first.nearest + 40)
    with pytest.raises(ValueError, match="do not fit"):
        replace(first, ids=first.ids[1:])


def test_the_command_keeps_what_suspicious_then_takes(workspace: Workspace, run: RunFolder) -> None:
    predict(run)
    ended = command.hpa(workspace, "neighbours", "embedded", "--json")
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout)
    assert (said["samples"], said["neighbours"]) == (45, 10)
    path = neighbours_path(run, "validation")
    assert said["file"] == str(path)
    written = path.stat().st_mtime_ns
    assert (
        "10 nearest of 45 labelled samples"
        in command.hpa(workspace, "neighbours", "embedded").stdout
    )
    listed = json.loads(command.hpa(workspace, "suspicious", "embedded", "--json").stdout)
    assert (listed["samples"], listed["neighbours"]) == (45, 10)
    assert "of the 10 nearest images carry the label" in listed["cells"][0]["reason"]
    assert path.stat().st_mtime_ns == written
    path.unlink()
    command.hpa(workspace, "suspicious", "embedded")
    assert read_neighbours(run, "validation") is not None


def test_the_likes_of_a_sample_are_named_with_their_cosine(
    workspace: Workspace, run: RunFolder
) -> None:
    embeddings = np.array([[1, 0], [0, 1], [1, 0.1], [-1, -1]], dtype=np.float16)
    ids, probs = np.array(list("abcd")), np.zeros((4, 28), np.float32)
    write_predictions(run, "validation", Predictions(ids=ids, probs=probs, embeddings=embeddings))
    arguments = ("neighbours", "embedded", "--id", "a", "--count", "2", "--json")
    near = json.loads(command.hpa(workspace, *arguments).stdout)["neighbours"]
    assert [each["id"] for each in near] == ["c", "b"]
    assert near[0]["cosine"] > 0.9
    assert not neighbours_path(run, "validation").exists()
    refused = command.hpa(workspace, "neighbours", "embedded", "--id", "x")
    assert (refused.returncode, "no sample 'x'" in refused.stderr) == (1, True)


def test_what_has_no_neighbours_is_one_sentence(workspace: Workspace, run: RunFolder) -> None:
    ids, probs = np.array(list("ab")), np.zeros((2, 28), np.float32)
    write_predictions(run, "validation", Predictions(ids=ids, probs=probs, targets=probs == 0))
    ended = command.hpa(workspace, "neighbours", "embedded")
    assert ended.returncode == 1
    assert "has no embeddings in 'validation'" in ended.stderr
    embeddings = np.eye(2, dtype=np.float16)
    write_predictions(run, "validation", Predictions(ids=ids, probs=probs, embeddings=embeddings))
    assert "has fewer in" in command.hpa(workspace, "neighbours", "embedded").stderr


def test_a_search_tells_its_progress_and_a_stopped_one_leaves_nothing(
    workspace: Workspace, run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    predict(run, samples=60_000, features=128)
    monkeypatch.setenv("HPA_WORKSPACE", str(workspace.root))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    backend = open_backend(workspace)
    folder = workspace.job("search")
    folder.mkdir(parents=True)
    argv = (sys.executable, "-m", "hpa_core", "neighbours", "embedded")
    job = backend.submit(RunSpec(argv=argv, folder=folder, devices=0, title="search"))
    deadline = time.monotonic() + 120
    while not ((report := read_progress(folder)) and report.done):
        assert not backend.status(job).ended, backend.logs(job)
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert (report.total, report.unit) == (60_000 - len(UNLABELLED), "samples")
    backend.stop(job)
    while not backend.status(job).ended:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert backend.status(job).state == "stopped"
    assert not neighbours_path(run, "validation").exists()
