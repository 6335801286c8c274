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
from hpa_core.evaluation.gains import drawn_gains
from hpa_core.evaluation.index import ThresholdIndex
from hpa_core.runs.predictions import Predictions

BOARD = Path(__file__).parents[3] / "dashboard" / "components" / "threshold_board"
CORE = ("score_file.js", "class_order.js", "threshold_state.js", "gain_interval.js")
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
    index = ThresholdIndex(probs, targets)
    for move, step in zip(moves, play(probs, targets, moves)["steps"], strict=True):
        if "index" in move:
            index.move(move["index"], move["threshold"])
        else:
            fallback = move.get("fallback", fallback)
            stands = np.array(move.get("all", index.thresholds))
            rule = "top1" if fallback else "none"
            index = ThresholdIndex(probs, targets, thresholds=stands, fallback=rule)
        assert_agrees(step, probs, targets, fallback=fallback)
        assert step["macro"] == pytest.approx(index.macro_f1, abs=1e-12)
        assert step["micro"] == pytest.approx(index.micro_f1, abs=1e-12)


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


def best_f1(
    probs: np.ndarray, targets: np.ndarray, standing: list[float], index: int
) -> tuple[float, float]:
    """Highest F1 of one class under the fallback, the others standing, and where it is highest."""
    levels = np.unique(np.append(probs[:, index], [0.0, 1.0]).astype(np.float64))
    tried = np.unique(np.append(levels, (levels[1:] + levels[:-1]) / 2))
    scores = []
    for threshold in tried:
        moved = [*standing[:index], float(threshold), *standing[index + 1 :]]
        calls = calls_of(probs, moved, fallback=True)[:, index]
        scores.append(f1_score(targets[:, index], calls, zero_division=0))
    best = max(scores)
    return best, max(t for t, score in zip(tried, scores, strict=True) if score > best - 1e-12)


def test_under_the_fallback_the_optimum_is_the_top_of_the_curve_as_drawn(play: Play) -> None:
    probs, targets = make_scores(11, 60, steps=20)
    standing = np.random.default_rng(0).choice([0.3, 0.5, 0.7, 0.95], CLASSES).tolist()
    rest = {"all": standing, "fallback": True}
    steps = play(probs, targets, [{**rest, "optimum": index} for index in range(0, CLASSES, 3)])
    for index, step in zip(range(0, CLASSES, 3), steps["steps"], strict=True):
        f1, highest = best_f1(probs, targets, standing, index)
        assert step["best"]["f1"] == pytest.approx(f1, abs=1e-12)
        threshold = step["best"]["threshold"]
        moved = [*standing[:index], threshold, *standing[index + 1 :]]
        calls = calls_of(probs, moved, fallback=True)[:, index]
        assert f1_score(targets[:, index], calls, zero_division=0) == pytest.approx(f1, abs=1e-12)
        above = [level for level in np.unique(probs[:, index]) if level > threshold]
        assert highest <= (above[0] if above else 1.0)  # No higher cut is as good.


def test_climbing_under_the_fallback_ends_where_no_optimum_betters_it(play: Play) -> None:
    probs, targets = make_scores(13, 80, steps=50)
    start = {"all": [0.8] * CLASSES, "fallback": True}
    everything = list(range(CLASSES))
    began = play(probs, targets, [{**start, "climb": everything}])["steps"][0]
    moves = [{"all": began["climbed"], "fallback": True, "optimum": each} for each in everything]
    reached = play(probs, targets, moves)["steps"]
    assert reached[0]["macro"] > began["macro"]
    assert began["thresholds"] == [0.8] * CLASSES  # Asking does not move.
    for each in everything:
        moved = [*began["climbed"]]
        moved[each] = reached[each]["best"]["threshold"]
        calls = calls_of(probs, moved, fallback=True)
        macro = f1_score(targets, calls, average="macro", zero_division=0)
        assert macro <= reached[0]["macro"] + 1e-9


def test_without_the_fallback_climbing_goes_to_the_exact_optima_of_the_classes_named(
    play: Play,
) -> None:
    probs, targets = make_scores(15, 90, steps=50)
    step = play(probs, targets, [{"all": [0.6] * CLASSES, "climb": [2, 5]}])["steps"][0]
    expected = np.full(CLASSES, 0.6)
    expected[[2, 5]] = best_thresholds(probs, targets).thresholds[[2, 5]]
    assert step["climbed"] == expected.tolist()


@pytest.mark.parametrize(
    ("few", "many"), [((3, 4), (5, 9)), ((0, 0), (2, 2)), ((80, 99), (120, 200))]
)
@pytest.mark.parametrize("widened", [True, False])
def test_the_interval_of_a_gain_is_the_cores_own(
    play: Play, few: tuple[int, int], many: tuple[int, int], *, widened: bool
) -> None:
    support, samples = many[0] + 5, 400
    targets = np.arange(samples)[:, None] < support
    before, after = (few, many) if widened else (many, few)
    calls = []
    for tp, called in (before, after):
        rows = np.arange(samples)[:, None]
        calls.append((rows < tp) | ((rows >= support) & (rows < support + called - tp)))
    drawn = np.concatenate(
        [drawn_gains(targets, *calls, rng=np.random.default_rng(seed)) for seed in range(20)]
    )
    counts = [{"tp": tp, "called": called} for tp, called in (before, after)]
    move = {"now": counts[0], "gained": counts[1], "support": support}
    probs = np.full((3, CLASSES), 0.5)
    interval = play(probs, np.ones((3, CLASSES), dtype=bool), [move])["steps"][0]["interval"]
    np.testing.assert_allclose(interval, np.quantile(drawn, [0.025, 0.975]), atol=0.06)
    spans = np.quantile(drawn, 0.025) <= 0 <= np.quantile(drawn, 0.975)
    assert (interval[0] <= 0 <= interval[1]) == spans


def test_scores_without_truth_are_counted_but_not_scored(play: Play) -> None:
    probs, _ = make_scores(7, 50, steps=20)
    played = play(probs, None, [{"all": [0.4] * CLASSES}])
    assert not played["hasTruth"]
    calls = calls_of(probs, [0.4] * CLASSES, fallback=False)
    assert [row["called"] for row in played["steps"][0]["perClass"]] == calls.sum(axis=0).tolist()
