"""The board's numeric core under Node, against scikit-learn and numpy."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_score, recall_score

from dashboard.components.assets import module_source
from dashboard.thresholds.score_file import encode_scores
from hpa_core.evaluation.curves import best_thresholds
from hpa_core.runs.predictions import Predictions

BOARD = Path(__file__).parents[3] / "dashboard" / "components" / "threshold_board"
CORE = ("score_file.js", "class_order.js", "threshold_state.js")
CLASSES = 28
Play = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def play(node: str, tmp_path_factory: pytest.TempPathFactory) -> Play:
    """Return a function that plays moves on a state in Node and returns every snapshot."""
    folder = tmp_path_factory.mktemp("core")
    (folder / "core.mjs").write_text(module_source(BOARD, *CORE))

    def run(probs: np.ndarray, targets: np.ndarray | None, moves: list[dict]) -> dict[str, Any]:
        ids = np.array([f"s{row}" for row in range(len(probs))])
        predictions = Predictions(ids=ids, probs=probs.astype(np.float32), targets=targets)
        (folder / "scores").write_bytes(encode_scores(predictions))
        (folder / "moves.json").write_text(json.dumps(moves))
        runner = Path(__file__).parent / "node_runner.mjs"
        command = [
            node,
            str(runner),
            *(str(folder / n) for n in ("core.mjs", "scores", "moves.json")),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def calls_of(probs: np.ndarray, thresholds: list[float], *, fallback: bool) -> np.ndarray:
    """The rule, written apart from the product: strictly above, else perhaps the highest."""
    scores = probs.astype(np.float32).astype(np.float64)
    calls = np.array([[s > t for s, t in zip(row, thresholds, strict=True)] for row in scores])
    for row in np.flatnonzero(~calls.any(axis=1)) if fallback else ():
        calls[row, max(range(CLASSES), key=lambda c: (scores[row, c], -c))] = True
    return calls


def assert_agrees(step: dict, probs: np.ndarray, targets: np.ndarray, *, fallback: bool) -> None:
    """Compare one snapshot with scikit-learn's figures for its thresholds."""
    calls = calls_of(probs, step["thresholds"], fallback=fallback)
    bare = calls_of(probs, step["thresholds"], fallback=False)
    for average in ("macro", "micro", "samples"):
        expected = f1_score(targets, calls, average=average, zero_division=0)
        assert step[average] == pytest.approx(expected, abs=1e-12)
    for score, name in ((f1_score, "f1"), (precision_score, "precision"), (recall_score, "recall")):
        shown = [row[name] for row in step["perClass"]]
        np.testing.assert_allclose(
            shown, score(targets, calls, average=None, zero_division=0), rtol=0, atol=1e-12
        )
    counts = [[row[name] for name in ("tp", "fp", "fn")] for row in step["perClass"]]
    expected_counts = [(targets & calls), (~targets & calls), (targets & ~calls)]
    assert np.array_equal(np.array(counts).T, [matrix.sum(axis=0) for matrix in expected_counts])
    assert step["silent"] == int((~bare.any(axis=1)).sum())
    assert step["labelsPerImage"] == pytest.approx(calls.sum() / len(calls), abs=1e-12)


def make_scores(seed: int, samples: int, *, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores on a coarse grid (many ties, 0 and 1 among them) with classes of every rarity."""
    rng = np.random.default_rng(seed)
    targets = rng.random((samples, CLASSES)) < np.linspace(0, 0.5, CLASSES)
    targets[:, 1] = np.arange(samples) == samples // 2
    targets[:, -1] = True
    scores = np.clip(rng.normal(0.3, 0.25, targets.shape) + 0.25 * targets, 0, 1)
    return (np.round(scores * steps) / steps).astype(np.float32), targets


@st.composite
def sessions(draw: st.DrawFn) -> tuple[int, int, int, list[dict]]:
    threshold = st.one_of(
        st.floats(0, 1), st.sampled_from([0.0, 0.25, 0.5, float(np.float32(0.1)), 0.1, 1.0])
    )
    one = st.fixed_dictionaries({"index": st.integers(0, CLASSES - 1), "threshold": threshold})
    every = st.fixed_dictionaries({"all": st.lists(threshold, min_size=CLASSES, max_size=CLASSES)})
    same = threshold.map(lambda value: {"all": [value] * CLASSES})
    switch = st.fixed_dictionaries({"fallback": st.booleans()})
    moves = draw(st.lists(st.one_of(one, one, every, same, switch), min_size=1, max_size=8))
    steps = draw(st.sampled_from([4, 20, 2**20]))
    return draw(st.integers(0, 2**16)), draw(st.integers(1, 60)), steps, moves


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(session=sessions())
def test_any_sequence_of_moves_ends_where_a_recomputation_would(play: Play, session) -> None:
    seed, samples, steps, moves = session
    probs, targets = make_scores(seed, samples, steps=steps)
    fallback = False
    for move, step in zip(moves, play(probs, targets, moves)["steps"], strict=True):
        fallback = move.get("fallback", fallback)
        assert_agrees(step, probs, targets, fallback=fallback)


def test_a_score_on_the_threshold_is_not_a_call(play: Play) -> None:
    probs = np.full((3, CLASSES), 0.25, dtype=np.float32)
    moves = [{"all": [0.25] * CLASSES}, {"index": 5, "threshold": np.nextafter(0.25, 0)}]
    at, below = play(probs, np.ones((3, CLASSES), dtype=bool), moves)["steps"]
    assert (at["silent"], at["macro"]) == (3, 0)
    assert below["perClass"][5]["tp"] == 3


def test_scores_and_thresholds_are_compared_as_64_bit_numbers(play: Play) -> None:
    probs = np.full((2, CLASSES), 0.1, dtype=np.float32)  # As a double, 1.5e-9 above 0.1.
    step = play(probs, np.ones((2, CLASSES), dtype=bool), [{"all": [0.1] * CLASSES}])["steps"][0]
    assert step["macro"] == 1


def test_a_class_without_positives_and_without_calls_has_f1_zero(play: Play) -> None:
    probs, targets = np.zeros((4, CLASSES)), np.zeros((4, CLASSES), dtype=bool)
    step = play(probs, targets, [{"all": [0.0] * CLASSES}])["steps"][0]
    assert (step["macro"], step["micro"], step["samples"]) == (0, 0, 0)


def test_negative_zero_sorts_as_zero(play: Play) -> None:
    probs = np.array([[-0.0] * CLASSES, [0.5] * CLASSES], dtype=np.float32)
    targets = np.array([[False] * CLASSES, [True] * CLASSES])
    assert play(probs, targets, [{"all": [0.0] * CLASSES}])["steps"][0]["macro"] == 1


@pytest.mark.parametrize("steps", [4, 20, 2**20])
def test_the_optimum_is_the_cores_own(play: Play, steps: int) -> None:
    probs, targets = make_scores(3, 200, steps=steps)
    expected = best_thresholds(probs, targets)
    optima = play(probs, targets, [])["optima"]
    assert [best["threshold"] for best in optima] == expected.thresholds.tolist()
    assert [best["f1"] for best in optima] == expected.f1.tolist()


@pytest.mark.parametrize("fallback", [False, True])
def test_the_curve_is_what_the_class_scores_when_moved_there(play: Play, *, fallback: bool) -> None:
    probs, targets = make_scores(5, 120, steps=50)
    grid, rest = np.linspace(0, 1, 23).tolist(), {"all": [0.55] * CLASSES, "fallback": fallback}
    drawn = play(probs, targets, [{**rest, "curve": 9, "grid": grid}])["steps"][0]["curve"]
    moved = play(probs, targets, [rest, *({"index": 9, "threshold": t} for t in grid)])["steps"][1:]
    assert drawn == [step["perClass"][9] for step in moved]


def test_scores_without_truth_are_counted_but_not_scored(play: Play) -> None:
    probs, _ = make_scores(7, 50, steps=20)
    played = play(probs, None, [{"all": [0.4] * CLASSES}])
    assert not played["hasTruth"]
    calls = calls_of(probs, [0.4] * CLASSES, fallback=False)
    assert [row["called"] for row in played["steps"][0]["perClass"]] == calls.sum(axis=0).tolist()
