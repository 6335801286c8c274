"""The forms that bring data in; each starts one job of `dashboard.overview.imports`."""

import streamlit as st

from dashboard import cache
from dashboard.jobs import GOES_ON, submit_job
from dashboard.overview import imports
from dashboard.overview.external_forms import download_form, external_form, merge_form
from dashboard.uploads import ask_for_file, ask_for_name
from hpa_core.data.dataset import SPLITS, list_datasets
from hpa_core.runs.predictions import awaited_predictions_path


def demo_form() -> None:
    """Offer the built-in data."""
    st.write(
        "2,000 rendered cells of the 28 patterns with a small trained network's predictions: "
        "everything can be tried at once. The images are synthetic and are marked so."
    )
    if st.button("Open the demo", type="primary", key="open-demo"):
        makes = awaited_predictions_path(cache.workspace(), "demo", "validation")
        submit_job("Build the demo", "demo", makes=makes)


def images_form() -> None:
    """Ask for a folder of images in the competition's layout."""
    with st.form("import-images", border=False):
        st.write("A folder of `<id>_{red,green,blue,yellow}.png` and a CSV `Id,Target`.")
        folder = st.text_input("Folder of the images on this machine", key="images-folder")
        labels = ask_for_file("Label table", ["csv"], key="images-labels")
        name, size = ask_for_name("images"), _size_field()
        if st.form_submit_button("Import images", type="primary"):
            imports.import_images(folder, labels, name=name, size=size)


def labels_form() -> None:
    """Ask for a label table alone."""
    with st.form("import-labels", border=False):
        st.write("A CSV `Id,Target`: enough for the Imbalance page.")
        labels = ask_for_file("Label table", ["csv"], key="labels-file")
        name = ask_for_name("labels")
        if st.form_submit_button("Import labels", type="primary"):
            imports.import_labels(labels, name=name)


def scores_form() -> None:
    """Ask for the probabilities of a model trained elsewhere."""
    with st.form("import-scores", border=False):
        st.write(
            "An array (N, 28) of probabilities and a CSV of the N ids in row order; with a column "
            "`Target` there is a truth to tune thresholds against."
        )
        left, right = st.columns(2)
        with left:
            scores = ask_for_file("Scores", ["npy", "npz", "csv", "parquet"], key="scores-file")
        with right:
            ids = ask_for_file("Ids", ["csv"], key="scores-ids")
        name = ask_for_name("scores")
        split = st.selectbox(
            "Split that they are of",
            SPLITS,
            index=SPLITS.index("validation"),
            key="scores-split",
            accept_new_options=True,
            help="Scores of another split under the name of a run from outside join that run: "
            "those of validation choose the thresholds, those of test become the submission.",
        )
        dataset = st.selectbox(
            "Dataset they belong to",
            ["", *(info.name for info in list_datasets(cache.workspace()))],
            format_func=lambda dataset: dataset or "none of these",
            key="scores-dataset",
            help="Its labels are then the truth, and its images can be looked at.",
        )
        if st.form_submit_button("Import scores", type="primary"):
            imports.import_scores(scores, ids, name=name, dataset=dataset, split=split)


def _size_field() -> int:
    return st.selectbox(
        "Pixels a side",
        [0, 128, 224, 256, 512],
        format_func=lambda size: f"{size} px" if size else "as the files",
        key="images-size",
        help="Images are decoded once and packed; scaling down saves disk and training time.",
    )


KEPT: dict[tuple[str, ...], str] = {
    ("demo",): GOES_ON,
    ("import",): GOES_ON,
    ("download",): "Every file fetched by then was kept: started again, it brings what is missing.",
    ("merge",): GOES_ON,
}
"""What remains of a form's job that was stopped, by the command that it ran."""

FORMS = {
    "Demo": demo_form,
    "Images and labels": images_form,
    "Labels only": labels_form,
    "Scores from outside": scores_form,
    "Download": download_form,
    "External images (HPA)": external_form,
    "Merge two datasets": merge_form,
}
