"""Strategies on the Thresholds page: estimates as a job leaves them, the meter, the wishes."""

from dataclasses import replace
from time import monotonic, sleep

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.session import KEY
from dashboard.thresholds.wishes import CLASS, MOST, PRECISION, TOP, constraints_of
from hpa_core.data.dataset import Dataset
from hpa_core.errors import ConfigError
from hpa_core.evaluation.estimates import estimate_strategies, read_estimates, write_estimates
from hpa_core.evaluation.strategies import ready_strategies, strategy_named
from hpa_core.jobs import open_backend
from hpa_core.jobs.backend import ENDED
from hpa_core.runs.folder import RunFolder, RunInfo, create_run
from hpa_core.runs.predictions import Predictions, read_predictions, write_predictions
from hpa_core.runs.thresholds import ThresholdSet, save_thresholds
from hpa_core.workspace import Workspace
from tests.pages.conftest import OpenPage, picker, said

NAMES = ("fixed-0.5", "exact")


@pytest.fixture
def estimated(run: RunFolder) -> RunFolder:
    list(estimate_strategies(run, "validation", [strategy_named(name) for name in NAMES]))
    return run


def use(page: AppTest, name: str) -> AppTest:
    return picker(page, "Thresholds").select(name).run()


def table(page: AppTest) -> pd.DataFrame:
    return next(each.value for each in page.dataframe if "Expected" in each.value.columns)


def active(page: AppTest) -> ThresholdSet:
    return page.session_state[KEY].thresholds


def test_every_way_is_estimated_by_a_job_that_can_be_stopped(
    run: RunFolder, workspace: Workspace, open_page: OpenPage
) -> None:
    page = open_page("thresholds")
    page.button(key="estimate").click().run()
    backend = open_backend(workspace)
    job = backend.list()[0]
    assert job.title == "Estimate thresholds of scored, validation"
    assert page.button(key="estimate").disabled
    page.button(key=f"stop-{job.id}").click().run()
    deadline = monotonic() + 60
    while backend.status(job.id).state not in ENDED and monotonic() < deadline:
        sleep(0.1)
    assert backend.status(job.id).state == "stopped"


def test_ways_stand_side_by_side_with_what_they_claim_and_what_to_expect(
    estimated: RunFolder, open_page: OpenPage
) -> None:
    page = open_page("thresholds")
    stored = read_estimates(estimated, "validation", "none")
    assert stored is not None
    shown = table(page).set_index("Way")
    assert list(shown.index) == list(NAMES)
    for name in NAMES:
        honest = stored.found[name].honest
        figures = [honest.in_sample, honest.expected, *honest.interval, honest.gains.noise.sum()]
        assert (
            shown.loc[name, ["In-sample", "Expected", "Low", "High", "Noise"]].tolist() == figures
        )
    left = len(ready_strategies()) - len(NAMES)
    assert page.button(key="estimate").label == f"Estimate the other {left} strategies"


def test_a_way_is_adopted_with_one_click(estimated: RunFolder, open_page: OpenPage) -> None:
    page = open_page("thresholds")
    page.selectbox(key="gains-strategy").select("exact").run()
    page.button(key="use-strategy").click().run()
    stored = read_estimates(estimated, "validation", "none")
    assert stored is not None
    exact = stored.found["exact"].honest
    assert list(active(page).thresholds) == exact.thresholds.tolist()
    assert (active(page).run, active(page).split) == ("scored", "validation")
    assert active(page).data_hash == stored.data_hash
    assert f"**exact** claims macro F1 **{exact.in_sample:.4f}**" in said(page)


def test_classes_whose_gain_is_noise_are_named_with_their_positives(
    estimated: RunFolder, open_page: OpenPage
) -> None:
    page = open_page("thresholds")
    page.selectbox(key="gains-strategy").select("fixed-0.5").run()
    support = read_predictions(estimated, "validation").targets.sum(axis=0)
    assert "**Noise in 28 of 28 classes**" in said(page)
    assert f"27 Rods & rings ({support[27]})" in said(page)


def test_estimates_under_the_other_rule_are_not_shown(
    estimated: RunFolder, open_page: OpenPage
) -> None:
    top1 = ThresholdSet(name="forced", thresholds=(0.5,) * 28, fallback="top1")
    save_thresholds(estimated, top1)
    page = use(open_page("thresholds"), "forced + top class")
    assert not [each for each in page.dataframe if "Expected" in each.value.columns]


def test_what_the_active_set_claims_too_much_is_called_over_fitting(
    estimated: RunFolder, open_page: OpenPage
) -> None:
    stored = read_estimates(estimated, "validation", "none")
    assert stored is not None
    one = stored.found["exact"]
    honest = replace(one.honest, in_sample=0.9, expected=0.7, interval=(0.65, 0.75))
    write_estimates(estimated, replace(stored, found={"exact": replace(one, honest=honest)}))
    tuned = ThresholdSet(
        name="tuned",
        thresholds=tuple(honest.thresholds.tolist()),
        run="scored",
        split="validation",
        strategy="exact",
    )
    save_thresholds(estimated, tuned)
    page = use(open_page("thresholds"), "tuned")
    assert "expect **0.700** (95 %: 0.650 to 0.750). **0.200 of the claim is over-fitting.**" in (
        said(page)
    )


def test_another_splits_scores_from_elsewhere_are_warned_of(
    run: RunFolder, open_page: OpenPage
) -> None:
    scores = np.linspace(0.2, 0.8, 400, dtype=np.float32)[:, None].repeat(28, axis=1)
    ids = np.array([f"new-{row}" for row in range(400)])
    write_predictions(run, "test", Predictions(ids=ids, probs=scores))
    page = open_page("thresholds")
    assert "**The scores of split test come from elsewhere**: those of 28 of 28" in said(page)


def test_the_training_splits_shares_become_thresholds_at_once(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    page = open_page("thresholds")
    page.button(key="wish-use-prevalence-target").click().run()
    assert not page.exception
    probs = read_predictions(run, "validation").probs
    wanted = dataset.targets[dataset.rows("train")].mean(axis=0) * len(probs)
    calls = (probs > np.array(active(page).thresholds)).sum(axis=0)
    # The scores have few levels: whom a tie would call too many stay uncalled.
    assert (calls <= np.rint(wanted)).all()
    assert active(page).strategy == "prevalence-target"
    assert page.button(key="wish-use-constrained").disabled


def test_scores_of_no_dataset_offer_a_file_alone(workspace: Workspace, open_page: OpenPage) -> None:
    folder = create_run(workspace, RunInfo(id="outside", kind="scores"))
    probs = np.linspace(0, 1, 56 * 28, dtype=np.float32).reshape(56, 28)
    ids = np.array([f"id-{row}" for row in range(56)])
    targets = np.eye(28, dtype=bool).repeat(2, axis=0)
    write_predictions(folder, "validation", Predictions(ids=ids, probs=probs, targets=targets))
    page = open_page("thresholds", run="outside")
    assert not page.error
    assert page.segmented_control(key="wish-source-1").options == ["a file"]


def test_rows_of_the_form_are_constraints_and_unfinished_ones_are_not() -> None:
    rows = pd.DataFrame(
        {
            CLASS: ["27 Rods & rings", "0 Nucleoplasm", "1 Nuclear membrane", None],
            PRECISION: [None, 0.9, None, 0.5],
            MOST: [None, 300, None, None],
            TOP: [11, None, None, None],
        }
    )
    assert [each.text for each in constraints_of(rows)] == ["27:top=11", "0:precision=0.9,most=300"]
    twice = pd.concat([rows, rows])
    with pytest.raises(ConfigError, match="two constraints"):
        constraints_of(twice)
