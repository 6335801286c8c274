"""The feature-space section: what it asks for, shows of a report, and says is missing."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from hpa_core.oversampling.judging import compare_on_run
from hpa_core.oversampling.report import Report, write_report
from hpa_core.oversampling.settings import PAIRS, Settings
from hpa_core.oversampling.wording import findings, span
from hpa_core.runs.folder import open_run
from hpa_core.runs.predictions import read_predictions, write_predictions
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.oversampling.conftest import write_run
from tests.pages.conftest import OpenPage, said

OpenSection = Callable[..., AppTest]


@pytest.fixture
def open_section(make_dataset: MakeDataset, open_page: OpenPage) -> OpenSection:
    """Return a function that opens the section on the run `embedded`."""
    make_dataset()

    def open_(run: str = "embedded", **link: str) -> AppTest:
        page = open_page("imbalance", section="Feature space", run=run, **link)
        assert not page.exception
        return page

    return open_


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    run = write_run(Workspace(tmp_path_factory.mktemp("report")).create(), synthetic=True)
    return compare_on_run(run, "validation", settings=Settings(folds=2, repeats=2))


def test_a_report_is_shown_in_words_figures_and_by_class(
    workspace: Workspace, open_section: OpenSection, report: Report
) -> None:
    write_report(write_run(workspace, synthetic=True), report)
    page = open_section(oversampling="copied rows against the same head without")
    about = next(item.value for item in page.caption if item.value.startswith("Run embedded"))
    assert "split validation: 90 samples, 3 embedding features" in about
    assert about.endswith("**Synthetic cells**, not microscopy.")
    shown = said(page).replace("**", "")
    assert all(str(found) in shown for found in findings(report))
    macro, classes = (frame.value for frame in page.dataframe)
    for kind, name in (("fixed", "at 0.5"), ("fitted", "with fitted thresholds")):
        gains = [report.comparison(*pair, kind).macro for pair in PAIRS]
        assert macro[name].tolist() == [f"{span(one, digits=3)}: {one.verdict}" for one in gains]
    one = report.comparison("copies", "as-is", "fitted")
    assert sorted(classes["positives"]) == sorted(count for count in report.positives if count)
    gains = [one.classes[number].value for number in (0, 8)]
    assert classes["gain"].tolist() == sorted(gains, reverse=True)
    assert not page.warning or "anew" not in page.warning[-1].value


def test_another_pair_and_other_thresholds_show_their_own_differences(
    workspace: Workspace, open_section: OpenSection, report: Report
) -> None:
    write_report(write_run(workspace), report)
    page = open_section()
    page.selectbox(key="oversampling").set_value("mlsmote-copies")
    page.segmented_control(key="oversampling-thresholds").set_value("fixed").run()
    assert not page.exception
    classes = page.dataframe[1].value.set_index("class")
    one = report.comparison("mlsmote", "copies", "fixed").classes[8]
    assert classes.loc["8 Peroxisomes", "gain"] == one.value
    assert classes.loc["8 Peroxisomes", "verdict"] == one.verdict


def test_predictions_made_anew_make_a_report_old(
    workspace: Workspace, open_section: OpenSection, report: Report
) -> None:
    run = write_run(workspace)
    write_report(run, report)
    predictions = read_predictions(run, "validation")
    write_predictions(run, "validation", predictions)
    assert not any("anew" in item.value for item in open_section().warning)
    predictions.probs[0] = 0.5
    write_predictions(run, "validation", predictions)
    assert any("made anew since" in item.value for item in open_section().warning)


def test_without_embeddings_the_scores_can_serve_and_the_way_to_embeddings_is_told(
    workspace: Workspace, open_section: OpenSection
) -> None:
    write_run(workspace, embeddings=False)
    page = open_section()
    assert page.segmented_control(key="feature-space-features-1").options == ["the 28 scores"]
    assert any("hpa_core predict embedded --split validation" in item.value for item in page.info)
    assert not page.dataframe


def test_without_truth_or_a_run_there_is_nothing_to_start(
    workspace: Workspace, open_section: OpenSection
) -> None:
    page = open_section(run="")
    assert "Choose a run beside" in page.info[0].value
    write_run(workspace, truth=False)
    page = open_section()
    assert "is not known" in page.info[0].value
    assert not page.button


def test_settings_are_kept_while_another_section_is_shown(
    workspace: Workspace, open_section: OpenSection
) -> None:
    write_run(workspace)
    page = open_section()
    page.number_input(key="feature-space-repeats").set_value(7).run()
    page.segmented_control(key="section").set_value("Measures").run()
    page.segmented_control(key="section").set_value("Feature space").run()
    assert page.number_input(key="feature-space-repeats").value == 7
    assert open_run(workspace, "embedded")
