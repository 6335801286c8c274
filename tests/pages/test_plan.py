"""The Plan section of the Imbalance page: it shows, and saves, what the core works out."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from hpa_core.data.dataset import Dataset
from hpa_core.data.importing import import_labels
from hpa_core.imbalance.plan_files import read_plan, write_plan
from hpa_core.imbalance.planning import make_plan, plan_copies
from hpa_core.imbalance.presets import PLAN_PRESETS
from hpa_core.imbalance.preview import preview_plan
from hpa_core.imbalance.steps import CopyClasses, TargetShares, steps_from_dicts
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.pages.conftest import OpenPage


@pytest.fixture
def tiny(make_dataset: MakeDataset) -> Dataset:
    return make_dataset(samples=56)


def section(open_page: OpenPage, **link: str) -> AppTest:
    page = open_page("imbalance", section="Plan", **{"dataset": "tiny", **link})
    assert not page.exception
    return page


def classes(page: AppTest) -> np.ndarray:
    """The counts after the plan, as the table of classes shows them."""
    table = next(one.value for one in page.dataframe if "by-product" in one.value)
    return table["after"].to_numpy()


def metric(page: AppTest, label: str) -> str:
    return str(next(one.value for one in page.metric if one.label == label))


def saved_plan(dataset: Dataset, *, name: str = "kept") -> None:
    wish = {"classes": [3], "kind": "at least", "share": 0.08}
    steps = [CopyClasses(factors={5: 3.0}), TargetShares(targets=(wish,), cap=40)]
    write_plan(dataset, make_plan(dataset, steps, seed=4, name=name))


def test_without_steps_an_epoch_shows_every_sample_once(tiny: Dataset, open_page: OpenPage) -> None:
    page = section(open_page)
    assert metric(page, "Samples an epoch") == "28"
    assert classes(page).tolist() == tiny.targets[:28].sum(axis=0).tolist()


@pytest.mark.parametrize("preset", PLAN_PRESETS)
def test_a_preset_in_the_link_shows_what_the_core_works_out(
    tiny: Dataset, open_page: OpenPage, preset: str
) -> None:
    page = section(open_page, plan=preset)
    targets = tiny.targets[:28]
    seen = preview_plan(targets, plan_copies(targets, PLAN_PRESETS[preset](targets), seed=0))
    assert page.selectbox(key="plan-origin").value == preset
    assert metric(page, "Samples an epoch") == f"{seen.samples:,}"
    assert metric(page, "Left out") == f"{seen.dropped:,}"
    assert classes(page).tolist() == seen.after.counts.tolist()
    assert page.query_params["plan"] == preset


def test_the_reports_copies_stand_beside_the_reports_table(
    workspace: Workspace, open_page: OpenPage, realdata: Path
) -> None:
    import_labels(workspace, realdata / "labels" / "train.csv", name="hpa")
    page = section(open_page, dataset="hpa", plan="report-copy")
    report = next(one.value for one in page.dataframe if "report" in one.value)
    assert report["report"].tolist() == pytest.approx([40, 0.77, 1.47, 1.4, 0.39, 0.55])
    assert np.abs(report["points"]).max() <= 0.0051
    assert "31,072 samples: dataset 'hpa', every split." in [one.value for one in page.caption]
    assert any("of whose labels the public list has 7,768 fewer" in c.value for c in page.caption)
    assert float(metric(page, "SCUMBLE")) < 0.12


def test_steps_are_added_reordered_edited_and_removed(tiny: Dataset, open_page: OpenPage) -> None:
    page = section(open_page)
    for kind in ("ml-ros", "repeat-factor"):
        page.selectbox(key="plan-kind").set_value(kind).run()
        page.button(key="plan-add").click().run()
    page.number_input(key="plan-0-percent").set_value(50.0).run()
    page.number_input(key="plan-1-threshold").set_value(0.2).run()
    page.button(key="plan-1-earlier").click().run()
    assert page.selectbox(key="plan-origin").value == "own"
    steps = [{"step": "repeat-factor", "threshold": 0.2}, {"step": "ml-ros", "percent": 50.0}]
    targets = tiny.targets[:28]

    def expected() -> list[int]:
        copies = plan_copies(targets, steps_from_dicts(steps), seed=0)
        return preview_plan(targets, copies).after.counts.tolist()

    assert not page.exception
    assert classes(page).tolist() == expected()
    page.button(key="plan-1-remove").click().run()
    steps.pop(0)
    assert page.number_input(key="plan-0-percent").value == 50.0
    assert classes(page).tolist() == expected()


def test_a_changed_preset_leaves_the_link(tiny: Dataset, open_page: OpenPage) -> None:
    page = section(open_page, plan="ml-ros")
    page.number_input(key="plan-0-percent").set_value(30.0).run()
    assert "plan" not in page.query_params
    assert page.selectbox(key="plan-origin").value == "own"


def test_the_split_and_the_seed_are_those_of_the_plan(tiny: Dataset, open_page: OpenPage) -> None:
    page = section(open_page, plan="ml-ros")
    page.selectbox(key="plan-split").set_value("validation").run()
    page.number_input(key="plan-seed").set_value(7).run()
    targets = tiny.targets[28:]
    copies = plan_copies(targets, PLAN_PRESETS["ml-ros"](targets), seed=7)
    assert classes(page).tolist() == preview_plan(targets, copies).after.counts.tolist()


def test_what_cannot_be_met_is_one_sentence_and_cannot_be_saved(
    tiny: Dataset, open_page: OpenPage
) -> None:
    page = section(open_page)
    page.selectbox(key="plan-kind").set_value("target-shares").run()
    page.button(key="plan-add").click().run()
    assert not page.error
    page.number_input(key="plan-0-cap").set_value(1).run()
    (error,) = page.error
    assert error.value.startswith("Step 1: ")
    assert "can reach at most" in error.value
    assert "\n" not in error.value
    assert metric(page, "Samples an epoch") == "28"
    save = next(one for one in page.button if one.label == "Save with the dataset")
    assert save.disabled


def test_the_plan_that_is_saved_is_the_plan_that_was_shown(
    tiny: Dataset, open_page: OpenPage
) -> None:
    page = section(open_page, plan="class-aware")
    shown = classes(page).tolist()
    page.text_input(key="plan-name").set_value("even")
    next(one for one in page.button if one.label == "Save with the dataset").click().run()
    assert not page.exception
    plan = read_plan(tiny, "even", split="train")
    assert preview_plan(tiny.targets[:28], plan.copies).after.counts.tolist() == shown
    assert page.selectbox(key="plan-origin").value == "saved:even"
    page.text_input(key="plan-name").set_value("even")
    next(one for one in page.button if one.label == "Save with the dataset").click().run()
    assert "has a plan 'even' already" in page.error[0].value


def test_a_saved_plan_comes_back_with_its_steps_and_seed(
    tiny: Dataset, open_page: OpenPage
) -> None:
    saved_plan(tiny)
    page = section(open_page, plan="saved:kept")
    plan = read_plan(tiny, "kept")
    assert page.number_input(key="plan-seed").value == 4
    assert page.number_input(key="plan-1-cap").value == 40
    assert page.selectbox(key="plan-origin").value == "saved:kept"
    assert metric(page, "Samples an epoch") == f"{plan.copies.sum():,}"


def test_a_plan_survives_a_visit_elsewhere(tiny: Dataset, open_page: OpenPage) -> None:
    page = section(open_page, plan="ml-ros")
    page.number_input(key="plan-0-percent").set_value(35.0).run()
    page.switch_page("../pages/overview.py").run()
    page.switch_page("../pages/imbalance.py").run()
    page.segmented_control(key="section").set_value("Plan").run()
    assert page.number_input(key="plan-0-percent").value == 35.0


def test_labels_alone_name_the_most_copied_samples(
    workspace: Workspace, open_page: OpenPage, tmp_path: Path
) -> None:
    table = tmp_path / "labels.csv"
    rows = [f"s{number:02d},{0 if number else 27}" for number in range(20)]
    table.write_text("Id,Target\n" + "\n".join(rows) + "\n")
    import_labels(workspace, table, name="tiny")
    page = section(open_page, plan="class-aware")
    copied = next(one.value for one in page.dataframe if "sample" in one.value)
    assert copied["sample"].tolist() == ["s00"]
    assert copied["times"].tolist() == [10]


def test_an_unknown_plan_in_the_link_begins_with_nothing(
    tiny: Dataset, open_page: OpenPage
) -> None:
    page = section(open_page, plan="saved:gone")
    assert page.selectbox(key="plan-origin").value == "nothing"
    assert metric(page, "Samples an epoch") == "28"
