"""The Images page chooses, sorts and pages exactly the samples that its filters name."""

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.menu import MENU
from hpa_core.classes import CLASS_NAMES
from hpa_core.data.dataset import Dataset, open_dataset, write_dataset
from hpa_core.labeling import Decision, open_store
from hpa_core.runs.folder import RunInfo, create_run
from hpa_core.runs.predictions import Predictions, write_predictions
from hpa_core.runs.thresholds import ThresholdSet, save_thresholds
from hpa_core.selections.saved import read_selection, save_selection
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.pages.conftest import OpenPage, picker
from tests.scored import score_dataset


@pytest.fixture
def dataset(make_dataset: MakeDataset, workspace: Workspace) -> Dataset:
    made = make_dataset(samples=140)
    score_dataset(workspace, made)
    return made


def viewer(page: AppTest) -> dict[str, Any]:
    """What the page hands to the viewer."""
    assert not page.exception
    component = page.get("bidi_component")[0].proto
    return json.loads(component.json)


def shown(page: AppTest) -> list[str]:
    return [tile["id"] for tile in viewer(page)["tiles"]]


def test_the_first_page_shows_48_images_of_the_split_by_id(
    dataset: Dataset, open_page: OpenPage
) -> None:
    page = open_page("images", dataset="tiny")
    sent = viewer(page)
    assert shown(page) == [f"sample-{row:04d}" for row in range(70, 118)]
    assert (sent["first"], sent["total"], sent["pageSize"]) == (0, 70, 48)
    assert [tile["row"] for tile in sent["tiles"]] == list(range(70, 118))
    assert sent["address"] == f"hpa/tiles/tiny/{dataset.info.hash}"


def test_a_tile_tells_truth_calls_and_scores(dataset: Dataset, open_page: OpenPage) -> None:
    sent = viewer(open_page("images", dataset="tiny"))
    missed, false = sent["tiles"][:2]
    assert missed["truth"] == np.flatnonzero(dataset.targets[70]).tolist()
    assert missed["calls"] == []
    assert set(false["calls"]) == {*np.flatnonzero(dataset.targets[71]), 27}
    assert false["probs"][27] == pytest.approx(0.6, abs=1e-5)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("wrong", [70, 71]),
        ("missed", [70]),
        ("false", [71]),
        ("false:27", [71]),
        ('false:"Cytoplasmic bodies"', []),
        ("id~E-0099", [99]),
        ("wrong or id~0099", [70, 71, 99]),
        ("true:3 labels=2", None),
        ("called:rods", None),
    ],
)
def test_a_filter_in_the_link_shows_exactly_what_it_names(
    dataset: Dataset, open_page: OpenPage, text: str, rows: list[int] | None
) -> None:
    split = range(70, 140)
    if text.startswith("true"):
        rows = [r for r in split if dataset.targets[r, 3] and dataset.targets[r].sum() == 2]
    if text.startswith("called"):
        rows = [r for r in split if r == 71 or (r != 70 and dataset.targets[r, 27])]
    page = open_page("images", dataset="tiny", filter=text)
    assert shown(page) == [f"sample-{row:04d}" for row in rows]
    assert f"{len(rows):,} of 70 images" in page.markdown[0].value
    assert page.sidebar.caption[0].value == f"{len(rows):,} of 70 samples of split validation"


def labelled(page: AppTest, label: str) -> Any:
    """A picker of the page's body, whose key changes with what it mirrors."""
    return next(box for box in [*page.selectbox, *page.text_input] if box.label == label)


def test_pickers_write_the_filter_and_go_back_to_the_first_page(
    dataset: Dataset, open_page: OpenPage
) -> None:
    page = open_page("images", dataset="tiny", page="2")
    assert viewer(page)["first"] == 48
    labelled(page, "Outcome").set_value("right").run()
    assert viewer(page)["first"] == 0
    assert viewer(page)["total"] == 68
    labelled(page, "True class").set_value("Golgi apparatus").run()
    assert labelled(page, "Filter").value == 'right true:"Golgi apparatus"'
    assert page.query_params["filter"] == 'right true:"Golgi apparatus"'
    assert all(7 in tile["truth"] for tile in viewer(page)["tiles"])
    labelled(page, "Outcome").set_value("any").run()
    assert labelled(page, "Filter").value == 'true:"Golgi apparatus"'


def test_pickers_show_what_the_text_says_and_keep_the_rest_of_it(
    dataset: Dataset, open_page: OpenPage
) -> None:
    page = open_page("images", dataset="tiny")
    labelled(page, "Filter").set_value("missed:7 (labels=1 or id~00)").run()
    assert labelled(page, "Missed class").value == "Golgi apparatus"
    assert labelled(page, "True labels").value == "any"
    labelled(page, "Missed class").set_value("Cytosol").run()
    assert labelled(page, "Filter").value == "(labels=1 or id~00) missed:Cytosol"


def test_a_filter_that_cannot_be_read_is_told_and_stands_there_to_be_mended(
    dataset: Dataset, open_page: OpenPage
) -> None:
    page = open_page("images", dataset="tiny", filter="wronk")
    assert not page.exception
    assert "position 1: 'wronk' is no condition; did you mean 'wrong'?" in page.error[0].value
    for text in ('saved:"a b"', "saved:none", "(wrong"):
        labelled(page, "Filter").set_value(text).run()
        assert [each.value for each in page.error] == [page.sidebar.error[0].value]
        assert "until the filter beside is put right" in page.info[0].value
    labelled(page, "Filter").set_value("wrong").run()
    assert shown(page) == ["sample-0070", "sample-0071"]


@pytest.mark.parametrize("before", ["wrong", ""])
@pytest.mark.parametrize("half", ["wrong (", "mis", "split:tra", "saved:none"])
def test_a_filter_half_typed_leaves_what_was_found_before_and_the_image_open(
    dataset: Dataset, open_page: OpenPage, before: str, half: str
) -> None:
    page = open_page("images", dataset="tiny", filter=before or "all", image="sample-0071")
    found = shown(page)
    labelled(page, "Filter").set_value(half).run()
    assert labelled(page, "Filter").value == half
    assert len(page.error) == 1
    told = f"`{before}`," if before else "no filter"
    assert any(told in each.value for each in page.sidebar.caption)
    assert shown(page) == found
    assert viewer(page)["opened"]["id"] == "sample-0071"
    assert page.query_params["filter"] == (before or "all")
    page.switch_page("../pages/label.py").run()
    assert labelled(page, "Filter").value == half
    labelled(page, "Filter").set_value("missed").run()
    assert not page.error
    page.switch_page("../pages/images.py").run()
    assert shown(page) == ["sample-0070"]


def test_a_selection_is_saved_picked_on_another_page_and_deleted(
    dataset: Dataset, open_page: OpenPage
) -> None:
    page = open_page("images", dataset="tiny", filter="wrong")
    assert page.button(key="filter-save").disabled
    page.text_input(key="filter-name").set_value("faults").run()
    page.button(key="filter-save").click().run()
    assert picker(page, "Saved filters").value == "faults"
    assert labelled(page, "Filter").value == "saved:faults"
    labelled(page, "Filter").set_value("saved:faults missed").run()
    assert shown(page) == ["sample-0070"]
    assert picker(page, "Saved filters").value is None
    page = open_page("train", dataset="tiny")
    picker(page, "Saved filters").set_value("faults").run()
    told = "2 of 70 samples of split validation; not used on this page"
    assert page.sidebar.caption[0].value == told
    page.switch_page("../pages/images.py").run()
    assert shown(page) == ["sample-0070", "sample-0071"]
    assert page.button(key="filter-rename").disabled
    page.text_input(key="filter-rename-faults").set_value("mistakes").run()
    page.button(key="filter-rename").click().run()
    assert labelled(page, "Filter").value == "saved:mistakes"
    assert shown(page) == ["sample-0070", "sample-0071"]
    assert picker(page, "Saved filters").options == ["mistakes"]
    page.button(key="filter-delete").click().run()
    assert labelled(page, "Filter").value == "wrong"
    assert "Saved filters" not in [box.label for box in page.sidebar.selectbox]


def test_a_saved_filter_is_replaced_only_where_that_is_ticked(
    dataset: Dataset, open_page: OpenPage
) -> None:
    save_selection(dataset.folder, "faults", "wrong")
    page = open_page("images", dataset="tiny", filter="missed")
    page.text_input(key="filter-name").set_value("other").run()
    assert not page.checkbox
    page.text_input(key="filter-name").set_value("faults").run()
    assert page.button(key="filter-save").disabled
    page.checkbox(key="filter-replace-faults").check().run()
    assert read_selection(dataset.folder, "faults").filter == "wrong"
    page.button(key="filter-save").click().run()
    assert read_selection(dataset.folder, "faults").filter == "missed"
    assert picker(page, "Saved filters").value == "faults"


def test_pickers_wait_and_leave_a_filter_alone_that_is_still_being_typed(
    dataset: Dataset, open_page: OpenPage
) -> None:
    page = open_page("images", dataset="tiny", filter="wrong")
    labelled(page, "Outcome").set_value("right")  # Both at once, in whatever order they arrive.
    labelled(page, "Filter").set_value("wrong (labels=1").run()
    assert labelled(page, "Filter").value == "wrong (labels=1"
    assert labelled(page, "Outcome").disabled
    assert "expected ')', found the end" in labelled(page, "Outcome").help
    labelled(page, "Filter").set_value("wrong (labels=1)").run()
    assert not labelled(page, "Outcome").disabled
    assert labelled(page, "Outcome").value == "wrong"


@pytest.mark.parametrize("name", [entry.page for entry in MENU])
def test_the_field_stands_beside_every_page_and_its_fault_takes_none_down_that_needs_it_not(
    dataset: Dataset, open_page: OpenPage, name: str
) -> None:
    page = open_page(name, dataset="tiny", filter="split:trian")
    assert not page.exception
    told = "Filter: there is no split 'trian'; there are: train, validation."
    assert [error.value for error in page.sidebar.error] == [told]
    assert labelled(page, "Filter").value == "split:trian"
    assert len(page.error) == 1
    assert page.title


def test_the_most_confident_mistake_comes_first(dataset: Dataset, open_page: OpenPage) -> None:
    page = open_page("images", dataset="tiny", sort="mistake")
    assert shown(page)[:2] == ["sample-0070", "sample-0071"]
    assert shown(open_page("images", dataset="tiny", sort="score", by=CLASS_NAMES[27]))[-1] != (
        "sample-0071"
    )


def test_the_score_that_sorts_is_shown_on_every_tile(dataset: Dataset, open_page: OpenPage) -> None:
    page = open_page("images", dataset="tiny", sort="score", by=CLASS_NAMES[25])
    assert viewer(page)["scoredClass"] == 25
    assert viewer(open_page("images", dataset="tiny", sort="id"))["scoredClass"] is None


def test_calls_follow_the_active_threshold_set(
    dataset: Dataset, workspace: Workspace, open_page: OpenPage
) -> None:
    run = score_dataset(workspace, dataset, name="other")
    save_thresholds(run, ThresholdSet(name="low", thresholds=(0.15,) * 28))
    page = open_page("images", dataset="tiny", run="other", filter="missed")
    chosen = picker(page, "Thresholds")
    chosen.select("low").run()
    assert shown(page) == []
    assert "thresholds low" in page.markdown[0].value
    link = {
        key: page.query_params[key] for key in ("dataset", "run", "split", "thresholds", "filter")
    }
    assert link["thresholds"] == "low"
    followed = open_page("images", **link)
    assert picker(followed, "Thresholds").value.name == "low"
    assert shown(followed) == []


def test_without_a_run_the_truth_alone_is_shown(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    make_dataset(samples=56)
    page = open_page("images", dataset="tiny", filter="true:5")
    sent = viewer(page)
    assert sent["thresholds"] is None
    assert all(tile["calls"] is None and 5 in tile["truth"] for tile in sent["tiles"])
    assert "labels alone" in page.markdown[0].value
    assert "Outcome" not in [box.label for box in page.selectbox]


def test_a_dataset_of_labels_alone_says_what_is_missing(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    made = make_dataset()
    write_dataset(made.folder, made.manifest, name="tiny", source="labels")
    page = open_page("images", dataset="tiny")
    assert not page.exception
    assert "labels only" in page.info[0].value


def test_without_a_dataset_the_page_points_to_the_overview(open_page: OpenPage) -> None:
    page = open_page("images")
    assert not page.exception
    assert "no dataset yet" in page.info[0].value


def test_outside_scores_are_shown_only_if_chosen_and_those_of_other_images_are_named(
    make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    make_dataset()
    run = create_run(workspace, RunInfo(id="foreign", kind="scores"))
    ids = np.array(["x", "y"])
    write_predictions(run, "test", Predictions(ids=ids, probs=np.zeros((2, 28), np.float32)))
    page = open_page("images", dataset="tiny")
    assert not page.warning
    assert "No run: labels alone." in page.markdown[0].value
    assert picker(page, "Run").value == ""
    assert viewer(page)["total"] == 56
    assert "run" not in page.query_params
    picker(page, "Run").set_value("foreign").run()
    assert "no scores of this dataset's images" in page.warning[0].value
    assert "No run" not in page.markdown[0].value
    assert viewer(page)["total"] == 56


def test_scores_in_another_order_meet_their_own_images(
    make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    made = make_dataset()
    run = create_run(workspace, RunInfo(id="shuffled", kind="scores", dataset="tiny"))
    rows = np.random.default_rng(0).permutation(56)[:20]
    probs = np.zeros((22, 28), np.float32)
    probs[np.arange(20), rows % 28] = 0.8
    ids = np.array([*made.ids[rows], "zz-unknown", "aa-unknown"])
    write_predictions(run, "validation", Predictions(ids=ids, probs=probs))
    sent = viewer(open_page("images", dataset="tiny"))
    assert [tile["row"] for tile in sent["tiles"]] == sorted(rows.tolist())
    assert all(tile["calls"] == [tile["row"] % 28] for tile in sent["tiles"])


def test_samples_without_any_label_are_not_called_wrong(
    make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    made = make_dataset()
    manifest = made.manifest.assign(targets=[[]] * 56)
    write_dataset(made.folder, manifest, name="tiny", source="kaggle", image_size=32)
    score_dataset(workspace, made)
    page = open_page("images", dataset="tiny")
    assert all(tile["truth"] is None for tile in viewer(page)["tiles"])
    assert "Outcome" not in [box.label for box in page.selectbox]


def test_a_link_to_an_image_opens_it_on_its_own_page(dataset: Dataset, open_page: OpenPage) -> None:
    sent = viewer(open_page("images", dataset="tiny", image="sample-0130"))
    assert sent["opened"]["id"] == "sample-0130"
    assert sent["first"] == 48
    assert "sample-0130" in [tile["id"] for tile in sent["tiles"]]


def test_a_link_to_an_image_outside_the_selection_still_opens_it(
    dataset: Dataset, open_page: OpenPage
) -> None:
    page = open_page("images", dataset="tiny", image="sample-0003", filter="wrong")
    sent = viewer(page)
    assert sent["opened"]["row"] == 3
    assert sent["opened"]["probs"] is None
    assert sent["total"] == 2


@pytest.mark.parametrize("image", ["nobody", "<script>alert(1)</script>", "**bold**", "../../x"])
def test_a_link_to_an_image_that_is_not_there_says_so(
    dataset: Dataset, open_page: OpenPage, image: str
) -> None:
    page = open_page("images", dataset="tiny", image=image)
    assert viewer(page)["opened"] is None
    assert "does not hold" in page.warning[0].value
    assert image not in page.warning[0].value


@pytest.mark.parametrize("number", ["0", "-1", "999999999", "²", "two", ""])
def test_a_page_that_is_not_there_is_the_nearest_one(
    dataset: Dataset, open_page: OpenPage, number: str
) -> None:
    assert viewer(open_page("images", dataset="tiny", page=number))["first"] in (0, 48)


def test_an_open_image_comes_with_its_likes_its_kin_and_its_labels_past(
    make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    made = make_dataset(samples=56)
    ids = [f"{row % 5}_{row % 3}_A{row}_1" for row in range(56)]
    write_dataset(
        made.folder, made.manifest.assign(id=ids), name="tiny", source="external", image_size=32
    )
    run = create_run(workspace, RunInfo(id="embedded", kind="scores", dataset="tiny"))
    angles = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    predictions = Predictions(
        ids=np.array(ids[28:]),
        probs=np.zeros((28, 28), np.float32),
        embeddings=np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float16),
    )
    write_predictions(run, "validation", predictions)
    with open_store(workspace) as store:
        decision = Decision(sample=ids[30], base=0, kind="label", labels=(2, 25), note="dim")
        store.record([decision], by="Ana", dataset=open_dataset(workspace, "tiny").info, key="k")
    page = open_page("images", dataset="tiny", image=ids[30])
    context = viewer(page)["context"]
    assert context["image"] == ids[30]
    likes, protein, plate = context["strips"]
    assert "cosine of standardised features" in likes["title"]
    assert {tile["id"] for tile in likes["tiles"][:2]} == {ids[29], ids[31]}
    assert likes["tiles"][0]["note"] == "cosine 0.975"
    same = {each for each in ids if each.startswith("0_") and each != ids[30]}
    assert {tile["id"] for tile in protein["tiles"]} == same
    assert (protein["filter"], protein["found"]) == ("antibody:0", 6)
    assert "Same plate: 0" in plate["title"]
    (sentence,) = context["history"]
    assert sentence.endswith("UTC, Ana labelled it: Nucleoli, Cytosol “dim”")
    assert shown(open_page("images", dataset="tiny", filter="annotator:Ana")) == [ids[30]]
    assert viewer(open_page("images", dataset="tiny"))["context"] is None


def test_images_that_a_run_has_not_scored_follow_the_split_chosen_beside(
    dataset: Dataset, workspace: Workspace, open_page: OpenPage
) -> None:
    outside = create_run(workspace, RunInfo(id="outside", kind="scores"))
    scores = Predictions(ids=np.array(["elsewhere"]), probs=np.zeros((1, 28), np.float32))
    for split in ("train", "other"):
        write_predictions(outside, split, scores)
    page = open_page("images", dataset="tiny", run="outside", split="train")
    assert "labels alone are shown, of split train." in page.warning[0].value
    assert viewer(page)["total"] == 70
    assert not [each for each in page.main.segmented_control if each.label == "Split"]
    page = open_page("images", dataset="tiny", run="outside", split="other")
    assert "labels alone are shown, of every split." in page.warning[0].value
    assert viewer(page)["total"] == 140
