"""A training that was stopped or killed anywhere ends as one that never was, bit for bit."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from hpa_core.loading import source
from hpa_core.models.weights import kept_weights, open_network
from hpa_core.runs.folder import BEST, RunFolder
from hpa_core.runs.metrics import METRICS, read_metrics
from hpa_core.runs.status import read_status
from hpa_core.training import train
from hpa_core.workspace import Workspace
from tests.training.outcomes import outcome
from tests.training.programs import told_by

KILLS = int(os.environ.get("HPA_KILLS", "20"))
MakeRun = Callable[..., RunFolder]


def stop_at(call: int) -> Callable[[], bool]:
    """Return a function that says yes from the `call`-th time on, counted from 1."""
    calls = iter(range(1, 1_000_000))
    return lambda: next(calls) >= call


# An epoch has 4 steps, then 4 batches of validation; a stop may be asked for before each.
def test_a_stop_anywhere_and_a_resume_change_nothing(
    workspace: Workspace, make_run: MakeRun
) -> None:
    whole = make_run()
    train(workspace, whole)
    for call in (1, 2, 4, 5, 7, 8, 9, 12, 16):
        halved = make_run()
        train(workspace, halved, stop=stop_at(call))
        status = read_status(halved.path)
        assert status is not None
        assert status.state == "stopped"
        train(workspace, halved, resume=True)
        assert outcome(halved) == outcome(whole), f"stopped at call {call}"


@pytest.mark.parametrize(
    "settings",
    [
        {"model": "wide", "optimizer": "sgd", "batch_size": 14},
        {"precision": "fp16", "accumulate": 3},
    ],
)
def test_dropout_momentum_parts_and_the_scale_of_fp16_go_on_too(
    workspace: Workspace, make_run: MakeRun, settings: dict[str, Any]
) -> None:
    settings = {**settings, "epochs": 1, "ema_decay": 0.0}
    whole, halved = make_run(**settings), make_run(**settings)
    train(workspace, whole)
    train(workspace, halved, stop=stop_at(2))
    train(workspace, halved, resume=True)
    assert outcome(halved) == outcome(whole)


def test_kills_at_random_moments_change_nothing(workspace: Workspace, make_run: MakeRun) -> None:
    whole, killed = make_run(epochs=3, keep_best=2), make_run(epochs=3, keep_best=2)
    met = told_by("kill_and_resume.py", workspace.root, whole.id, killed.id, str(KILLS))
    assert len(met) == KILLS
    assert len(set(met)) > 1, "every kill met the same state: the delays are wrong"
    assert outcome(killed) == outcome(whole)


def test_a_kill_between_any_two_changes_to_the_checkpoints_changes_nothing(
    workspace: Workspace, make_run: MakeRun
) -> None:
    met = told_by("kill_between_writes.py", workspace.root, make_run(epochs=3, keep_best=2).id)
    assert [call.split("-")[0] for call in met] == [
        "replace best.safetensors",
        "replace epoch",
        "replace last.safetensors",
        "replace state",
        "unlink state",
        "unlink epoch",
    ]


def test_a_run_that_is_finished_stays_as_it_is(workspace: Workspace, make_run: MakeRun) -> None:
    run = make_run(epochs=1)
    train(workspace, run)
    before = outcome(run)
    train(workspace, run, resume=True)
    assert outcome(run) == before
    assert len(read_metrics(run.path / METRICS)) == 1


def test_images_that_are_streamed_teach_the_same_as_those_held_in_memory(
    workspace: Workspace, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, streamed = make_run(epochs=1), make_run(epochs=1)
    train(workspace, held)
    monkeypatch.setattr(source, "free_memory", lambda _: 0)
    train(workspace, streamed)
    assert outcome(held) == outcome(streamed)


def test_two_trainings_of_one_seed_are_the_same_and_of_two_seeds_are_not(
    workspace: Workspace, make_run: MakeRun
) -> None:
    first, second, other = make_run(epochs=1), make_run(epochs=1), make_run(epochs=1, seed=1)
    for run in (first, second, other):
        train(workspace, run)
    assert outcome(first) == outcome(second)
    assert outcome(first)["probs"] != outcome(other)["probs"]


def test_a_training_that_gets_no_better_ends_early_and_keeps_its_best_epoch(
    workspace: Workspace, make_run: MakeRun
) -> None:
    run = make_run(
        epochs=30, patience=2, keep_best=3, best_by="loss", optimizer="sgd", learning_rate=0.5
    )
    train(workspace, run)
    losses = [record["loss/validation"] for record in read_metrics(run.path / METRICS)]
    best = losses.index(min(losses)) + 1  # Random labels: what is learnt by heart is wrong there.
    ranked = sorted(range(1, len(losses) + 1), key=lambda epoch: losses[epoch - 1])
    assert len(losses) == best + 2 < 30
    assert open_network(run.checkpoints / BEST)[1].epoch == best
    kept = kept_weights(run.checkpoints)
    assert list(kept) == sorted(ranked[:3])
    assert {open_network(path)[1].epoch for path in kept.values()} == set(kept)
    status = read_status(run.path)
    assert status is not None
    assert status.state == "finished"
    expected = f"no better epoch in 2: ended early; best loss {min(losses):.4f} in epoch {best}"
    assert status.message == expected
    before = outcome(run)
    train(workspace, run, resume=True)
    assert outcome(run) == before
