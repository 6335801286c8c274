"""The Label page: who labels, what is asked, and what reaches the pad."""

import json
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.labeling.tickets import ticket_holder
from hpa_core.classes import CLASS_NAMES
from hpa_core.data.dataset import list_datasets, open_dataset, write_dataset
from hpa_core.labeling import Decision, LabelStore, new_key, open_store
from hpa_core.selections.saved import save_selection
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.pages.conftest import OpenPage
from tests.scored import score_dataset


def pad(page: AppTest) -> dict[str, Any]:
    """What the page hands to the pad."""
    assert not page.exception
    return json.loads(page.get("bidi_component")[0].proto.json)


def test_nobody_labels_without_a_name_and_the_name_given_is_in_the_link(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    make_dataset()
    page = open_page("label", dataset="tiny")
    assert "Say who labels" in page.info[0].value
    assert not page.get("bidi_component")
    page.text_input(key="label-annotator").set_value("  Ana López ").run()
    assert page.query_params["annotator"] == "Ana López"
    assert pad(page)["annotator"] == "Ana López"
    assert ticket_holder(pad(page)["ticket"]) == "Ana López"
    assert "is an annotator" in page.caption[0].value


class LoggedIn(dict[str, Any]):
    """Streamlit's user, as it is once an identity provider has vouched for somebody."""

    is_logged_in = True

    def to_dict(self) -> dict[str, Any]:
        return {**self, "is_logged_in": True}


def test_who_is_logged_in_labels_under_no_other_name(
    make_dataset: MakeDataset, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_dataset()
    monkeypatch.setattr(st, "user", LoggedIn(email="ana@lab.example", name="Ana"))
    page = open_page("label", dataset="tiny", annotator="Bo")
    assert pad(page)["annotator"] == ticket_holder(pad(page)["ticket"]) == "ana@lab.example"
    assert not [field for field in page.text_input if field.key == "label-annotator"]


@pytest.mark.parametrize("name", ["=1+1", "#", "a\x07b", "Bo#1"])
def test_a_name_that_cannot_stand_in_a_history_is_refused(
    make_dataset: MakeDataset, open_page: OpenPage, name: str
) -> None:
    make_dataset()
    page = open_page("label", dataset="tiny", annotator=name)
    assert "cannot be the name of an annotator" in page.error[0].value
    assert not page.get("bidi_component")


def test_a_name_is_shown_as_it_is_and_never_as_markup(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    make_dataset()
    page = open_page("label", dataset="tiny", annotator="A**b** <i>[x](http://e.example)")
    assert r"A\*\*b\*\* \<i\>\[x\]\(http\:" in page.caption[0].value
    assert not page.caption[0].allow_html


def test_the_queue_follows_the_sidebars_run_and_the_form(
    make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    made = make_dataset(samples=140)
    score_dataset(workspace, made)
    save_selection(made.folder, "odd", "missed:Nucleoli")
    link = {"label-need": "rare", "filter": "saved:odd"}
    sent = pad(open_page("label", dataset="tiny", annotator="Ana", **link))
    queue = sent["queue"]
    assert (queue["need"], queue["run"], queue["split"]) == ("rare", "scored", "validation")
    assert queue["filter"] == "saved:odd"
    assert queue["thresholds"] == [0.5] * 28 == sent["thresholds"]
    assert sent["question"] is None
    page = open_page("label", dataset="tiny", annotator="Ana")
    page.number_input(key="label-opinions").set_value(2)
    page.slider(key="label-control").set_value(20).run()
    settings = pad(page)["queue"]["settings"]
    assert (settings["opinions"], settings["control_share"]) == (2, 0.2)


def test_the_grid_asks_about_the_class_of_the_link(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    make_dataset()
    link = {"labelling": "Grid", "label-asked": CLASS_NAMES[3], "label-of": "missing"}
    sent = pad(open_page("label", dataset="tiny", annotator="Ana", **link))
    assert sent["question"] == sent["queue"]["question"] == 3
    assert (sent["queue"]["need"], sent["queue"]["split"]) == ("missing", "all")


def test_a_dataset_of_labels_alone_says_what_is_missing(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    made = make_dataset()
    write_dataset(made.folder, made.manifest, name="tiny", source="labels")
    page = open_page("label", dataset="tiny", annotator="Ana")
    assert not page.exception
    assert "labels only" in page.info[0].value


@pytest.fixture
def store(make_dataset: MakeDataset, workspace: Workspace) -> LabelStore:
    """Ana and Bo see two images: alike, and differently; Bo gave his opinion blind."""
    made, opened = make_dataset(), open_store(workspace)
    words = [
        ("Ana", "sample-0001", "", (7,)),
        ("Bo", "sample-0001", "Bo#1", (7,)),
        ("Ana", "sample-0002", "", (7, 25)),
        ("Bo", "sample-0002", "Bo#1", (3,)),
    ]
    for by, sample, track, labels in words:
        decision = Decision(sample=sample, base=0, kind="label", labels=labels, track=track)
        opened.record([decision], by=by, dataset=made.info, key=new_key())
    return opened


def metrics(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def test_the_review_counts_what_is_decided_and_how_far_people_agree(
    store: LabelStore, open_page: OpenPage
) -> None:
    page = open_page("label", dataset="tiny", annotator="Ana", labelling="Review")
    assert metrics(page)["Decided"] == "2 of 56"
    assert metrics(page)["Disputed"] == "1"
    assert "a reviewer settles" in page.info[0].value
    assert not pad(page)["settles"]
    assert pad(page)["queue"]["settings"]["decided"]
    overall, classes = (frame.value for frame in page.dataframe)
    assert overall[["Who", "Images"]].values.tolist() == [["Ana and Bo", 2]]
    by_class = classes.set_index("Class")["Observed"]
    assert by_class["Golgi apparatus"] == by_class["Cytosol"] == 0.5
    store.give_role("Rita", "admin", by="Rita")
    assert pad(open_page("label", dataset="tiny", annotator="Rita", labelling="Review"))["settles"]


def test_publishing_takes_a_reviewer_and_makes_a_dataset_with_its_changes(
    store: LabelStore, workspace: Workspace, open_page: OpenPage
) -> None:
    page = open_page("label", dataset="tiny", annotator="Ana", labelling="Out and back")
    assert page.dataframe[0].value["Image"].tolist() == ["sample-0001", "sample-0002"]
    publish = next(button for button in page.button if button.label == "Publish")
    publish.click().run()
    assert "it takes the role reviewer" in page.error[0].value
    assert len(list_datasets(workspace)) == 1
    page.selectbox(key="label-role-role").set_value("admin")
    next(button for button in page.button if button.label == "Give the role").click().run()
    assert store.role("Ana") == "admin"
    page.text_input(key="label-publish-note").set_value("<b>first</b> round")
    next(button for button in page.button if button.label == "Publish").click().run()
    assert "Train on it" in page.success[0].value
    made = open_dataset(workspace, "tiny-corrected")
    assert made.targets[2].nonzero()[0].tolist() == [7, 25]
    again = open_page("label", dataset="tiny-corrected", annotator="Ana", labelling="Out and back")
    assert "Published from dataset tiny by Ana" in again.text[0].value
    assert "<b>first</b> round" in again.text[0].value
