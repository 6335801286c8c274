"""The Overview's forms for the atlas's images, and what it tells of a merge."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from hpa_core.data.importing import import_labels
from hpa_core.data.merging.merging import merge_datasets
from hpa_core.workspace import Workspace
from tests.pages.conftest import OpenPage


def label_datasets(workspace: Workspace, folder: Path) -> None:
    for name, rows in {"base": "a,0\nb,1 2\n", "more": "c,0\nd,27\ne,0 27\n"}.items():
        table = folder / f"{name}.csv"
        table.write_text(f"Id,Target\n{rows}")
        import_labels(workspace, table, name=name)


def opened(open_page: OpenPage, form: str) -> AppTest:
    page = open_page("overview")
    page.segmented_control(key="import-kind").set_value(form)
    return page.run()


def press(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click()
    return page.run()


def test_a_merge_asks_for_two_datasets(open_page: OpenPage) -> None:
    page = opened(open_page, "Merge two datasets")
    assert not page.exception
    assert "needs two datasets" in page.info[-1].value


def test_what_a_merge_did_is_told_by_class(
    workspace: Workspace, tmp_path: Path, open_page: OpenPage
) -> None:
    label_datasets(workspace, tmp_path)
    merge_datasets(
        workspace, "base", "more", name="both", rule="union-of-labels", listed=[("b", "d")]
    )
    page = open_page("overview")
    assert not page.exception
    assert page.selectbox(key="merged-dataset").options == ["both"]
    figures = {metric.label: metric.value for metric in page.metric}
    told = {"Samples": "4", "Duplicates": "1", "Dropped": "1", "Held out": "0"}
    assert figures.items() >= told.items()
    table = next(frame.value for frame in page.dataframe if "merged" in frame.value)
    assert table.loc[table["id"] == 0, ["base", "external", "merged"]].values.tolist() == [
        [1, 2, 3]
    ]
    assert table.loc[table["id"] == 27, ["base", "external", "merged"]].values.tolist() == [
        [0, 2, 2]
    ]


@pytest.mark.parametrize(
    ("form", "button", "fields", "sentence"),
    [
        ("Download", "Start the download", {"download-base": "https://x"}, "Name the folder"),
        (
            "Download",
            "Start the download",
            {"download-folder": "there", "download-base": "file:///etc"},
            "expected http:// or https://",
        ),
        (
            "Download",
            "Start the download",
            {"download-folder": "there"},
            "expected http:// or https://",
        ),
        ("External images (HPA)", "Import external images", {}, "cannot be the name"),
        (
            "External images (HPA)",
            "Import external images",
            {"external-name": "x", "external-folder": "/nowhere"},
            "There is nothing at '/nowhere'",
        ),
        ("Merge two datasets", "Merge", {"merge-name": "../x"}, "cannot be the name"),
        (
            "Merge two datasets",
            "Merge",
            {"merge-name": "x", "merge-lists-path": "/nowhere"},
            "There is nothing at '/nowhere'",
        ),
    ],
)
def test_what_a_form_cannot_mean_is_told_and_starts_no_job(
    form: str,
    button: str,
    fields: dict[str, str],
    sentence: str,
    workspace: Workspace,
    tmp_path: Path,
    open_page: OpenPage,
) -> None:
    label_datasets(workspace, tmp_path)
    page = opened(open_page, form)
    for key, value in fields.items():
        page.text_input(key=key).set_value(value)
    page = press(page, button)
    assert not page.exception
    assert sentence in page.error[0].value
    assert not list(workspace.jobs.glob("[!.]*"))
