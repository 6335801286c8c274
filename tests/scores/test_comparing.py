"""`compare`, `sweep` and `score` as a user types them."""

import json

import numpy as np
import pytest
from sklearn.metrics import f1_score


def macro(truth: np.ndarray, calls: np.ndarray) -> float:
    return f1_score(truth, calls, average="macro", zero_division=0)


def test_two_sets_are_compared_with_an_interval(hpa, run_name, probs, truth) -> None:
    ended = hpa("compare", run_name, "--thresholds", "0.4", "--against", "0.9", "--json")
    said = json.loads(ended.stdout)
    expected = macro(truth, probs > 0.4) - macro(truth, probs > 0.9)
    assert said["difference"] == pytest.approx(expected, abs=1e-12)
    assert said["interval"][0] <= expected <= said["interval"][1]
    assert [row["support"] for row in said["per_class"]] == truth.sum(axis=0).tolist()


def test_a_sweep_moves_the_named_classes(hpa, run_name, probs, truth) -> None:
    ended = hpa("sweep", run_name, "--classes", "0,25", "--base", "0.3", "--json")
    said = json.loads(ended.stdout)
    thresholds = np.full(28, 0.3)
    thresholds[[0, 25]] = said["values"][4]
    assert said["macro_f1"][4] == pytest.approx(macro(truth, probs > thresholds), abs=1e-12)


def test_a_sweep_follows_the_fallback(hpa, run_name, probs, truth) -> None:
    ended = hpa("sweep", run_name, "--fallback", "top1", "--json")
    said = json.loads(ended.stdout)
    calls = probs > said["values"][-1]
    silent = np.flatnonzero(~calls.any(axis=1))
    assert len(silent)
    calls[silent, probs[silent].argmax(axis=1)] = True
    assert said["macro_f1"][-1] == pytest.approx(macro(truth, calls), abs=1e-12)


def test_a_class_that_is_none_is_refused_in_one_sentence(hpa, run_name) -> None:
    ended = hpa("sweep", run_name, "--classes", "0,28")
    assert ended.returncode == 1
    assert ended.stderr == "'28' is no class; name numbers from 0 to 27, as in 0,25.\n"


def test_a_submission_is_scored_against_a_solution_in_any_order(hpa, tmp_path) -> None:
    mine, solution = tmp_path / "mine.csv", tmp_path / "solution.csv"
    mine.write_text("Id,Predicted\na,0 25\nb,\nc,3\n")
    solution.write_text("Id,Target\nc,3\na,0\nb,7\n")
    said = json.loads(hpa("score", mine, "--against", solution, "--json").stdout)
    assert (said["samples"], said["differ"]) == (3, 2)
    truth, calls = np.zeros((2, 3, 28), dtype=bool)
    truth[[0, 1, 2], [3, 0, 7]] = True
    calls[[0, 1, 1], [3, 0, 25]] = True
    assert said["macro_f1"] == pytest.approx(macro(truth, calls), abs=1e-12)


def test_two_submissions_are_compared(hpa, tmp_path) -> None:
    for name, call in (("one", "5"), ("two", "")):
        (tmp_path / f"{name}.csv").write_text(f"Id,Predicted\na,0\nb,{call}\n")
    ended = hpa("score", tmp_path / "one.csv", "--against", tmp_path / "two.csv", "--json")
    assert json.loads(ended.stdout)["differ"] == 1


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("Id,Predicted\na,0\nc,1\n", "other.csv lacks 1 of the samples predicted ('b') and"),
        ("Id,Score\na,0\nb,1\n", "expected Id with either Predicted"),
        ("Id,Target\na,0\nb,\n", "sample b: A target lists class numbers"),
        ("Id,Predicted\na,0\nb,28\n", "found '28'"),
    ],
)
def test_tables_that_do_not_fit_are_refused_in_one_sentence(
    hpa, tmp_path, table: str, sentence: str
) -> None:
    mine, other = tmp_path / "mine.csv", tmp_path / "other.csv"
    mine.write_text("Id,Predicted\na,0\nb,1\n")
    other.write_text(table)
    ended = hpa("score", mine, "--against", other)
    assert ended.returncode == 1
    assert sentence in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_shift_is_measured_against_another_run(hpa, tmp_path, run_name, probs, truth) -> None:
    ids = tmp_path / "new.csv"
    ids.write_text("Id\n" + "".join(f"new-{row}\n" for row in range(len(probs))))
    np.save(tmp_path / "new.npy", np.clip(probs * 0.5, 0, 1))
    brought = hpa(
        "import", "scores", tmp_path / "new.npy", "--ids", ids, "--name", "new", "--split", "test"
    )
    assert brought.returncode == 0, brought.stderr
    said = json.loads(hpa("shift", run_name, "--against", "new:test", "--json").stdout)
    np.testing.assert_allclose(said["known"], truth.mean(axis=0))
    assert len(said["em"]) == len(said["shifted"]) == 28
    assert max(said["distance"]) <= 1
    assert "labelled" in hpa("shift", run_name, "--against", "new:test").stdout
