"""From a run to a report on disk, and what is refused on the way."""

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import f1_score

from hpa_core.errors import HpaError, RunError
from hpa_core.evaluation.paired import Difference
from hpa_core.oversampling.comparing import Trial, cross_fit
from hpa_core.oversampling.judging import compare_on_run
from hpa_core.oversampling.report import Report, read_report, write_report
from hpa_core.oversampling.settings import PAIRS, Settings
from hpa_core.oversampling.wording import findings
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.predictions import read_predictions, write_predictions
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.oversampling.conftest import MakeRun, write_run

QUICK = Settings(folds=2, repeats=2)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunFolder, Report]:
    workspace = Workspace(tmp_path_factory.mktemp("report")).create()
    run = write_run(workspace, synthetic=True)
    return run, compare_on_run(run, "validation", settings=QUICK)


def test_a_report_says_of_what_data_it_is(made) -> None:
    run, report = made
    predictions = read_predictions(run, "validation")
    assert (report.run, report.split, report.synthetic) == (run.id, "validation", True)
    assert (report.samples, report.groups, report.width) == (90, 90, 3)
    assert report.positives == tuple(predictions.targets.sum(axis=0))
    assert report.minority == (8,)
    assert report.settings == QUICK


def test_its_scores_are_scikit_learns_of_the_held_out_calls(made) -> None:
    run, report = made
    found = read_predictions(run, "validation")
    trial = Trial(
        features=found.embeddings, targets=found.targets, settings=QUICK, own_probs=found.probs
    )
    calls = cross_fit(trial).calls
    assert {(one.variant, one.thresholds) for one in report.scores} == calls.keys()
    for one in report.scores:
        oracle = [
            f1_score(found.targets, repeat, average="macro", zero_division=0)
            for repeat in calls[one.variant, one.thresholds]
        ]
        assert one.macro.value == pytest.approx(np.mean(oracle), abs=1e-12)
        assert one.macro.low <= one.macro.value <= one.macro.high
        assert np.mean(one.f1) == pytest.approx(one.macro.value, abs=1e-12)


def test_every_pair_is_compared_at_both_kinds_of_thresholds(made) -> None:
    _, report = made
    value = {(one.variant, one.thresholds): one.macro.value for one in report.scores}
    assert len(report.comparisons) == 2 * len(PAIRS)
    for one in report.comparisons:
        gain = value[one.variant, one.thresholds] - value[one.against, one.thresholds]
        assert one.macro.value == pytest.approx(gain, abs=1e-12)
        absent = [
            row for row, count in zip(one.classes, report.positives, strict=True) if not count
        ]
        assert {row.verdict for row in absent} == {"cannot tell"}


def test_a_report_reads_back_as_it_was_written(made) -> None:
    run, report = made
    path = write_report(run, report)
    assert read_report(run, "validation") == report
    plain = json.loads(path.read_text())
    assert plain["comparisons"][0]["macro"]["verdict"] == report.comparisons[0].macro.verdict
    assert read_report(run, "train") is None


def test_a_report_that_lacks_parts_is_refused_by_name(made) -> None:
    run, report = made
    path = write_report(run, report)
    values = json.loads(path.read_text())
    del values["scores"]
    path.write_text(json.dumps(values))
    with pytest.raises(RunError, match=r"validation\.json lacks parts"):
        read_report(run, "validation")


def test_scores_may_serve_as_features(make_run: MakeRun) -> None:
    run = make_run(embeddings=False)
    report = compare_on_run(run, "validation", settings=QUICK, features="scores")
    assert (report.features, report.width) == ("scores", 28)


def test_duplicates_of_the_dataset_are_kept_whole(
    make_dataset: MakeDataset, make_run: MakeRun
) -> None:
    dataset = make_dataset(samples=120)
    dataset.manifest["group"] = [f"pair-{row // 2}" for row in range(120)]
    run = make_run(dataset="tiny")
    report = compare_on_run(run, "validation", settings=QUICK, dataset=dataset)
    assert report.groups == 45  # 90 samples were predicted.


@pytest.mark.parametrize(
    ("lacks", "said"),
    [
        ({"embeddings": False}, "predict embedded --split validation"),
        ({"truth": False}, "has no truth for 'validation'"),
    ],
)
def test_what_is_missing_is_said_with_the_way_to_it(
    make_run: MakeRun, lacks: dict[str, bool], said: str
) -> None:
    with pytest.raises(HpaError, match=said):
        compare_on_run(make_run(**lacks), "validation", settings=QUICK)


def test_embeddings_that_are_not_finite_are_refused(make_run: MakeRun) -> None:
    run = make_run()
    found = read_predictions(run, "validation")
    spoilt = found.embeddings.copy()
    spoilt[3, 1] = np.inf
    write_predictions(run, "validation", replace(found, embeddings=spoilt))
    with pytest.raises(RunError, match="not all finite"):
        compare_on_run(run, "validation", settings=QUICK)


def test_samples_that_the_dataset_has_lost_are_refused(
    make_dataset: MakeDataset, make_run: MakeRun
) -> None:
    with pytest.raises(RunError, match="not in dataset 'tiny' any more"):
        compare_on_run(
            make_run(dataset="tiny"), "validation", settings=QUICK, dataset=make_dataset(samples=60)
        )


def test_the_findings_name_the_classes_that_can_be_told(made) -> None:
    _, report = made
    number = next(
        number
        for number, one in enumerate(report.comparisons)
        if (one.variant, one.against, one.thresholds) == ("mlsmote", "as-is", "fitted")
    )
    first = report.comparisons[number]
    classes = list(first.classes)
    classes[8] = Difference(value=0.3, low=0.1, high=0.5)
    classes[0] = Difference(value=-0.2, low=-0.3, high=-0.1)
    macro = Difference(value=0.01, low=0.002, high=0.018)
    comparisons = list(report.comparisons)
    comparisons[number] = replace(first, macro=macro, classes=tuple(classes))
    assert str(findings(replace(report, comparisons=tuple(comparisons)))[1]) == (
        "Synthetic rows (MLSMOTE) against the same head without, with fitted thresholds: helps. "
        "Macro F1 +0.0100 (95 %: +0.0020 to +0.0180). Of 2 classes: helps 8 Peroxisomes; hurts 0 "
        "Nucleoplasm."
    )


@pytest.mark.parametrize(("split", "seen"), [("train", True), ("validation", False)])
def test_samples_that_the_network_learnt_from_are_told(
    workspace: Workspace, split: str, seen: bool
) -> None:
    run = write_run(workspace, split=split)
    assert compare_on_run(run, split, settings=QUICK).seen == seen
