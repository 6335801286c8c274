"""The Duplicates section shows what is known of copies and takes judgements."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from hpa_core.data.dataset import Dataset
from hpa_core.data.duplicates.gathering import import_list, search_duplicates
from hpa_core.data.duplicates.known import known_duplicates
from hpa_core.data.importing import import_labels
from hpa_core.workspace import Workspace
from tests.data.duplicates.conftest import CopiedDataset, copied
from tests.pages.conftest import OpenPage

__all__ = ["copied"]


@pytest.fixture
def dataset(copied: CopiedDataset, tmp_path: Path) -> Dataset:
    """Rows 1 = 5 by hash, 7 = 11 by pixels (both on two sides), and a list that says 0 = 9."""
    made = copied(hashes={5: 1}, copies={11: 7}, name="tiny")
    search_duplicates(made)
    path = tmp_path / "list.txt"
    path.write_text("s0,s9\n")
    import_list(made, path)
    return made


def metrics(page: AppTest) -> dict[str, str]:
    assert not page.exception
    return {metric.label: metric.value for metric in page.metric}


def table(page: AppTest, column: str):
    return next(item.value for item in page.dataframe if column in item.value)


def button(page: AppTest, label: str):
    return next(one for one in page.button if one.label == label)


def test_the_figures_and_the_groups_are_what_is_known(
    dataset: Dataset, open_page: OpenPage
) -> None:
    page = open_page("imbalance", dataset="tiny", section="Duplicates", groups="all")
    assert metrics(page) == {
        "Groups": "3",
        "Images in them": "6",
        "Groups whose labels differ": "1",
        "Leak into validation": "2 of 8",
    }
    groups = table(page, "told by")
    assert groups["first image"].tolist() == ["s1", "s7", "s0"]
    assert groups["told by"].tolist() == ["exact", "exact", "listed"]
    assert groups["splits"].tolist() == ["train + validation"] * 2 + ["train"]
    members = table(page, "copy of")
    assert members["image"].tolist() == ["s1", "s5"]
    assert "all pairs of 23 images" in page.caption[0].value
    classes = table(page, "groups that differ").set_index("class")
    assert classes["groups that differ"].to_dict() == {0: 1, 1: 1, 3: 0}
    assert classes["leaking"].to_dict() == {0: 0, 1: 1, 3: 1}


def test_a_link_names_the_group(dataset: Dataset, open_page: OpenPage) -> None:
    link = {"dataset": "tiny", "section": "Duplicates", "groups": "all", "group": "s0"}
    page = open_page("imbalance", **link)
    members = table(page, "copy of")
    assert members["image"].tolist() == ["s0", "s9"]
    assert members["also"].tolist() == ["⚠ Nucleoplasm", "⚠ Nuclear membrane"]
    assert "**Group 3 of 3**" in [item.value for item in page.markdown]


def test_a_judgement_is_kept_and_can_be_taken_back(dataset: Dataset, open_page: OpenPage) -> None:
    page = open_page("imbalance", dataset="tiny", section="Duplicates")
    assert table(page, "told by")["first image"].tolist() == ["s0"]
    button(page, "Different images").click().run()
    assert metrics(page)["Groups"] == "2"
    assert "No group waits for a judgement." in [item.value for item in page.caption]
    assert known_duplicates(dataset).pairs["verdict"].tolist().count("rejected") == 1

    page = open_page("imbalance", dataset="tiny", section="Duplicates", groups="rejected")
    assert table(page, "told by")["judged"].tolist() == ["rejected"]
    button(page, "Different images").click().run()
    assert metrics(page)["Groups"] == "3"


def test_labels_alone_offer_lists_only(
    open_page: OpenPage, workspace: Workspace, tmp_path: Path
) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("Id,Target\na,1\nb,1\nc,2\n")
    import_labels(workspace, labels, name="labels")
    page = open_page("imbalance", dataset="labels", section="Duplicates")
    assert metrics(page)["Groups"] == "0"
    assert "It has no images to search" in page.caption[0].value
    assert not any("Search" in one.label for one in page.button)


def test_what_was_not_searched_says_so(open_page: OpenPage, copied: CopiedDataset) -> None:
    copied(name="tiny")
    page = open_page("imbalance", dataset="tiny", section="Duplicates")
    assert "were not searched yet" in page.caption[0].value
    assert button(page, "Search the images for copies")
