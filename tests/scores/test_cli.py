"""`import scores`, `thresholds fit`, `evaluate` and `submit` as a user types them."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import f1_score

from hpa_core.runs.folder import open_run
from hpa_core.runs.thresholds import load_thresholds


def test_from_scores_to_a_submission(hpa, workspace, tmp_path, run_name, probs, truth, ids) -> None:
    fitted = hpa("thresholds", "fit", run_name, "--strategy", "exact", "--name", "best", "--json")
    said = json.loads(fitted.stdout)
    saved = load_thresholds(open_run(workspace, run_name), "best")
    assert list(saved.thresholds) == said["thresholds"]
    assert (saved.run, saved.split, saved.strategy) == ("mine", "validation", "exact")
    oracle = f1_score(truth, probs > np.array(said["thresholds"]), average="macro", zero_division=0)
    assert said["macro_f1"] == pytest.approx(oracle, abs=1e-12)
    low, high = said["interval"]
    assert low <= said["expected_macro_f1"] <= high
    assert said["expected_macro_f1"] < said["macro_f1"]

    evaluated = json.loads(hpa("evaluate", run_name, "--thresholds", "best", "--json").stdout)
    assert evaluated["macro_f1"] == pytest.approx(oracle, abs=1e-12)
    assert [row["id"] for row in evaluated["per_class"]] == list(range(28))
    assert [row["support"] for row in evaluated["per_class"]] == truth.sum(axis=0).tolist()

    ended = hpa("submit", run_name, "--thresholds", "best", "--out", tmp_path / "out.csv")
    assert ended.returncode == 0, ended.stderr
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["Id", *ids]


@pytest.mark.parametrize("form", ["number", "list", "object"])
def test_thresholds_may_be_a_number_or_a_file(hpa, tmp_path, run_name, probs, truth, form) -> None:
    file = tmp_path / "thresholds.json"
    value = [0.4] * 28 if form == "list" else {"thresholds": [0.4] * 28, "source": "mine"}
    file.write_text(json.dumps(value))
    chosen = "0.4" if form == "number" else file
    said = json.loads(hpa("evaluate", run_name, "--thresholds", chosen, "--json").stdout)
    oracle = f1_score(truth, probs > np.float64(0.4), average="macro", zero_division=0)
    assert said["macro_f1"] == pytest.approx(oracle, abs=1e-12)


def test_a_saved_set_is_replaced_only_on_demand(hpa, workspace, run_name) -> None:
    fit = ("thresholds", "fit", run_name, "--name", "lb", "--strategy")
    assert hpa(*fit, "fixed-0.5").returncode == 0
    ended = hpa(*fit, "fixed-0.15")
    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1)
    assert "has a set 'lb' already" in ended.stderr
    run = open_run(workspace, run_name)
    assert load_thresholds(run, "lb").thresholds == (0.5,) * 28
    assert hpa(*fit, "fixed-0.15", "--replace").returncode == 0
    assert load_thresholds(run, "lb").thresholds == (0.15,) * 28


@pytest.mark.parametrize("threshold", ["0.5", "0.15"])
def test_the_built_in_sets_are_taken_by_the_names_of_the_page(hpa, run_name, threshold) -> None:
    named = hpa("evaluate", run_name, "--thresholds", f"fixed-{threshold}", "--json")
    number = hpa("evaluate", run_name, "--thresholds", threshold, "--json")
    assert (named.returncode, named.stdout) == (0, number.stdout)
    ended = hpa("compare", run_name, "--against", threshold, "--thresholds", f"fixed-{threshold}")
    assert ended.returncode == 0, ended.stderr


def test_a_file_of_27_numbers_is_named_as_it_was_given(hpa, tmp_path, run_name) -> None:
    file = tmp_path / "short.json"
    file.write_text(json.dumps([0.4] * 27))
    ended = hpa("evaluate", run_name, "--thresholds", file)
    assert ended.stderr == f"{file} has 27 numbers; a threshold set has 28, one a class.\n"


def test_an_empty_csv_is_called_empty(hpa, tmp_path, run_name) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()
    options = ("--thresholds", "0.5", "--order", empty, "--out", tmp_path / "out.csv")
    ended = hpa("submit", run_name, *options)
    assert (ended.returncode, "empty.csv is empty; expected the column Id" in ended.stderr) == (
        1,
        True,
    )


def test_the_fallback_gives_every_sample_a_call(hpa, tmp_path, run_name) -> None:
    options = ("--thresholds", "1", "--fallback", "top1", "--out", tmp_path / "out.csv")
    assert hpa("submit", run_name, *options).returncode == 0
    rows = [line.split(",")[1] for line in (tmp_path / "out.csv").read_text().splitlines()[1:]]
    assert all(row.isdigit() for row in rows)


@pytest.mark.parametrize("name", ["final_submission", "inceptionv3_650"])
def test_the_commands_reproduce_a_real_submission(hpa, tmp_path, realdata, name) -> None:
    sample = realdata / "labels" / "sample_submission.csv"
    scores = realdata / "submission" / f"{name}_score.npy"
    hpa("import", "scores", scores, "--ids", sample, "--name", "theirs", "--split", "test")
    thresholds = ("--thresholds", realdata / "submission" / "thresholds.json", "--fallback", "top1")
    out = ("--order", sample, "--out", tmp_path / "out.csv")
    assert hpa("submit", "theirs", *thresholds, "--split", "test", *out).returncode == 0
    theirs = (realdata / "submission" / f"{name}_multhr.csv").read_bytes()
    assert (tmp_path / "out.csv").read_bytes() == theirs


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("evaluate", "none", "--thresholds", "0.5"), "There is no run 'none'"),
        (("evaluate", "mine", "--thresholds", "best"), "has no threshold set 'best'"),
        (("evaluate", "mine", "--thresholds", "./no.json"), "There is no thresholds file"),
        (("evaluate", "mine", "--thresholds", "1.5"), "between 0 and 1; found 1.5."),
        (("evaluate", "mine", "--thresholds", "-0.1"), "between 0 and 1; found -0.1."),
        (("evaluate", "mine", "--thresholds", "/"), "thresholds file / cannot be read"),
        (("evaluate", "mine", "--thresholds", "nan"), "between 0 and 1; found nan."),
        (
            ("evaluate", "mine", "--thresholds", "0.5", "--split", "test"),
            "no predictions of 'test'",
        ),
        (("thresholds", "fit", "mine", "--strategy", "x", "--name", "y"), "no threshold strategy"),
        (
            ("thresholds", "fit", "mine", "--strategy", "single", "--name", "fixed-0.5"),
            "'fixed-0.5' cannot name a saved threshold set",
        ),
        (("submit", "mine", "--thresholds", "0.5", "--out", "."), "to ., which is a folder"),
        (("submit", "mine", "--thresholds", "0.5", "--out", "/no/x.csv"), "make the folder first"),
    ],
)
def test_a_user_error_is_one_line_on_stderr_and_status_1(hpa, run_name, arguments, said) -> None:
    ended = hpa(*arguments)
    assert ended.returncode == 1
    assert said in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_without_a_truth_scores_cannot_be_evaluated(hpa, tmp_path, probs, ids) -> None:
    np.save(tmp_path / "scores.npy", probs)
    (tmp_path / "bare.csv").write_text("\n".join(["Id", *ids]) + "\n")
    source = (tmp_path / "scores.npy", "--ids", tmp_path / "bare.csv")
    assert hpa("import", "scores", *source, "--name", "bare").returncode == 0
    ended = hpa("evaluate", "bare", "--thresholds", "0.5")
    assert (ended.returncode, "has no truth" in ended.stderr) == (1, True)


def test_scores_of_a_dataset_that_is_not_there_are_refused(hpa, tmp_path, probs, ids_csv) -> None:
    np.save(tmp_path / "scores.npy", probs)
    source = (tmp_path / "scores.npy", "--ids", ids_csv, "--name", "mine")
    ended = hpa("import", "scores", *source, "--dataset", "none")
    assert ended.returncode == 1
    assert "There is no dataset 'none'" in ended.stderr


def test_wrong_usage_is_status_2(hpa) -> None:
    assert hpa("evaluate").returncode == 2


def test_strategies_are_estimated_side_by_side(hpa, run_name, truth) -> None:
    options = ("--strategy", "fixed-0.5", "--strategy", "prevalence-target")
    shares = ",".join(["0.25"] * 28)
    said = json.loads(
        hpa("thresholds", "estimate", run_name, *options, "--prevalence", shares, "--json").stdout
    )
    assert list(said["found"]) == ["fixed-0.5", "prevalence-target"]
    assert said["positives"] == truth.sum(axis=0).tolist()
    fixed = said["found"]["fixed-0.5"]["honest"]
    assert fixed["expected"] == pytest.approx(fixed["in_sample"], abs=1e-12)
    assert fixed["gains"]["noise"] == [True] * 28
    ended = hpa("thresholds", "estimate", run_name, "--strategy", "constrained")
    assert (ended.returncode, ended.stderr.splitlines()[-1]) == (
        1,
        "The strategy 'constrained' needs constraints; give some.",
    )


def test_a_constraint_and_a_table_of_shares_reach_the_strategy(
    hpa, tmp_path, run_name, probs
) -> None:
    fitted = hpa(
        *("thresholds", "fit", run_name, "--strategy", "constrained", "--name", "bound"),
        *("--constraint", "3:top=2", "--json"),
    )
    assert (probs[:, 3] > json.loads(fitted.stdout)["thresholds"][3]).sum() == 2
    table = tmp_path / "shares.csv"
    table.write_text("a,b\n" + "0,0.5\n" * 28)
    fitted = hpa(
        *("thresholds", "fit", run_name, "--strategy", "prevalence-target", "--name", "matched"),
        *("--prevalence", table, "--column", "b", "--json"),
    )
    calls = probs > np.array(json.loads(fitted.stdout)["thresholds"])
    assert calls.sum(axis=0).tolist() == [round(len(probs) / 2)] * 28
    ended = hpa(
        *("thresholds", "fit", run_name, "--strategy", "prevalence-target", "--name", "x"),
        *("--prevalence", "train"),
    )
    assert (ended.returncode, "names no dataset" in ended.stderr) == (1, True)


@pytest.fixture
def bare_run(hpa, tmp_path: Path, probs: np.ndarray, ids: list[str]) -> str:
    """Scores of a test split, whose truth nobody has."""
    np.save(tmp_path / "scores.npy", probs)
    (tmp_path / "bare.csv").write_text("\n".join(["Id", *ids]) + "\n")
    source = (tmp_path / "scores.npy", "--ids", tmp_path / "bare.csv", "--split", "test")
    assert hpa("import", "scores", *source, "--name", "bare").returncode == 0
    return "bare"


def test_a_prevalence_is_matched_on_a_split_without_truth(
    hpa, workspace, tmp_path, bare_run, probs
) -> None:
    table = tmp_path / "label_dist.csv"
    table.write_text("class,lb\n" + "".join(f"{number},0.05\n" for number in range(28)))
    fit = ("thresholds", "fit", bare_run, "--split", "test", "--strategy", "prevalence-target")
    fit += ("--prevalence", table, "--column", "lb", "--name", "lb", "--replace")
    said = json.loads(hpa(*fit, "--json").stdout)
    calls = probs > np.array(said["thresholds"])
    assert said["calls"] == calls.sum(axis=0).tolist() == [2] * 28
    assert said["without_call"] == np.count_nonzero(calls.sum(axis=1) == 0) > 0
    assert said["macro_f1"] is said["expected_macro_f1"] is said["interval"] is None
    saved = load_thresholds(open_run(workspace, bare_run), "lb")
    assert list(saved.thresholds) == said["thresholds"]
    assert (saved.split, saved.strategy) == ("test", "prevalence-target")
    told = hpa(*fit).stdout
    assert f"1.40 calls an image, {said['without_call']} of 40 images without one." in told
    assert "Split test has no truth: nothing of it can be scored." in told
    assert json.loads(hpa(*fit, "--fallback", "top1", "--json").stdout)["without_call"] == 0


def test_a_strategy_that_needs_the_truth_names_those_that_do_not(hpa, bare_run) -> None:
    fit = ("thresholds", "fit", bare_run, "--split", "test", "--name", "x")
    ended = hpa(*fit, "--strategy", "auto")
    assert ended.returncode == 1
    assert ended.stderr == (
        "The strategy 'auto' needs the truth, which these scores come without; those that do not: "
        "fixed-0.5, fixed-0.15, prevalence-target.\n"
    )
    assert hpa(*fit, "--strategy", "fixed-0.5").returncode == 0


def test_a_number_chosen_beforehand_is_of_no_predictions_and_a_swept_one_is_of_its_own(
    hpa, run_name: str, workspace
) -> None:
    fit = ("thresholds", "fit", run_name, "--name")
    assert hpa(*fit, "half", "--strategy", "fixed-0.5").returncode == 0
    assert hpa(*fit, "best", "--strategy", "single").returncode == 0
    half, best = (load_thresholds(open_run(workspace, run_name), name) for name in ("half", "best"))
    assert (half.run, half.split, half.data_hash, half.origin_known) == ("", "", "", True)
    assert (best.run, best.split, best.fixed) == (run_name, "validation", False)
