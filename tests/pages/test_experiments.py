"""The Experiments page: starts the report's questions, and shows what they have shown."""

from dataclasses import replace

import pytest

from hpa_core.config import PRESETS
from hpa_core.experiments.experiment import create_experiment, list_experiments
from hpa_core.experiments.kinds import KINDS
from hpa_core.jobs import open_backend
from hpa_core.runs.folder import open_run
from hpa_core.runs.metrics import METRICS, append_metrics
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.pages.conftest import OpenPage, said

pytestmark = pytest.mark.usefixtures("jobs_end_at_once")


def test_the_form_queues_one_training_a_variant_and_seed(
    workspace: Workspace, make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    make_dataset(samples=56)
    page = open_page("experiments")
    page.selectbox(key="experiment-kind").select("model")
    page.number_input(key="experiment-seeds").set_value(2)
    page.text_input(key="experiment-name").input("nets").run()
    assert "4 trainings on dataset tiny" in said(page)
    page.button(key="experiment-start").click().run()
    assert not page.exception
    (made,) = list_experiments(workspace)
    assert (made.name, len(made.members)) == ("nets", 4)
    assert {job.id for job in open_backend(workspace).list()} == {
        member.run for member in made.members
    }
    assert page.selectbox(key="experiment").value == "nets"
    page.button(key="experiment-start").click().run()
    assert "'nets' exists already" in page.error[0].value


def test_scores_stand_beside_the_reports_and_the_verdict_is_hedged(
    workspace: Workspace, make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    dataset = make_dataset(samples=56)
    base = replace(PRESETS["demo"](dataset.info.name), epochs=1)
    made = create_experiment(
        workspace, dataset, KINDS["model"], base=base, seeds=[0, 1], name="nets"
    )
    scores = {("bninception", 0): 0.5, ("bninception", 1): 0.3}
    scores |= {("wide", 0): 0.2, ("wide", 1): 0.4}
    for member in made.members:
        record = {"epoch": 1, "f1_macro/validation": scores[member.variant, member.seed]}
        append_metrics(open_run(workspace, member.run).path / METRICS, record)
    page = open_page("experiments", experiment="nets")
    assert not page.exception
    table = page.dataframe[0].value
    assert table["macro F1"].tolist() == pytest.approx([0.4, 0.3])
    assert table["the report"].tolist() == [0.479, 0.075]
    told = said(page)
    assert "**bninception** is best here, +0.1000 over wide" in told
    assert "do not tell from nothing" in told
    assert "The report: BN-Inception is far better." in told


def test_without_a_dataset_the_page_says_what_to_do(open_page: OpenPage) -> None:
    page = open_page("experiments")
    assert "no dataset yet" in page.info[0].value
