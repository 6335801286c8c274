"""The forms for the atlas's own images: fetch them, import them, merge them with the base."""

import streamlit as st

from dashboard import cache
from dashboard.overview import imports
from dashboard.uploads import ask_for_file, ask_for_files, ask_for_name
from hpa_core.data.dataset import list_datasets
from hpa_core.data.download.manners import MOST_WORKERS, Manners

EXAMPLE_ADDRESS = "https://v18.proteinatlas.org/images"
RULES = {
    "keep-base": "keep the base's sample",
    "keep-external": "keep the external sample",
    "union-of-labels": "keep the base's sample, with the labels of both",
    "keep-both": "keep both, in one group",
}


def download_form() -> None:
    """Ask for a list of ids, a folder and an address."""
    usual = Manners()
    with st.form("download", border=False):
        st.write(
            "Fetches `<id>_{red,green,blue,yellow}.jpg` for a list of ids. It may be stopped at "
            "any time; started again with the same folder, it brings what is missing."
        )
        left, right = st.columns(2)
        with left:
            table = ask_for_file(
                "List of ids (CSV with the column Id)", ["csv"], key="download-list"
            )
        with right:
            sums = ask_for_file(
                "Checksums of sha256sum, if there are any", ["txt"], key="download-sums"
            )
        folder = st.text_input("Folder on this machine to fetch into", key="download-folder")
        address = st.text_input(
            "Address of the images",
            key="download-base",
            placeholder=f"for example {EXAMPLE_ADDRESS}",
            help="Without fields it is continued as the atlas's own addresses are, by "
            "`/{antibody}/{image}_{colour}.jpg`; fields are `{antibody}`, `{image}` (the rest of "
            "the id), `{id}` and `{colour}`.",
        )
        left, right = st.columns(2)
        workers = left.number_input(
            "Requests at a time", 1, MOST_WORKERS, usual.workers, key="download-workers"
        )
        delay = right.number_input(
            "Seconds between two requests", 0.0, 60.0, usual.delay_seconds, key="download-delay"
        )
        if st.form_submit_button("Start the download", type="primary"):
            imports.download_images(
                table, folder, address, checksums=sums, workers=workers, delay_seconds=delay
            )


def external_form() -> None:
    """Ask for a folder of false-colour JPEGs with its label table."""
    with st.form("import-external", border=False):
        st.write(
            "A folder of the atlas's own `<id>_{red,green,blue,yellow}.jpg`, in false colour and "
            "of any size, and a CSV `Id,Target`. Each file becomes one grey channel, scaled down."
        )
        folder = st.text_input("Folder of the JPEGs on this machine", key="external-folder")
        labels = ask_for_file("Label table", ["csv"], key="external-labels")
        left, right = st.columns(2)
        with left:
            name = ask_for_name("external")
        size = right.selectbox(
            "Pixels a side",
            [512, 256, 224, 128],
            format_func="{} px".format,
            key="external-size",
            help="To merge with another dataset, choose what its images have.",
        )
        if st.form_submit_button("Import external images", type="primary"):
            imports.import_external(folder, labels, name=name, size=size)


def merge_form() -> None:
    """Ask for two datasets, lists of duplicates and a rule."""
    names = [info.name for info in list_datasets(cache.workspace())]
    if len(names) < 2:
        st.info("Merging needs two datasets; import them first.", icon=":material/info:")
        return
    with st.form("merge", border=False):
        st.write(
            "One dataset from two. Duplicates are rows with equal ids, on one line of a list, or "
            "with identical images; they share a group and are never on two sides."
        )
        left, right = st.columns(2)
        base = left.selectbox(
            "Base", names, key="merge-base", help="Its validation rows stay validation."
        )
        external = right.selectbox(
            "External", names, index=1, key="merge-external", help="Its rows go to train."
        )
        lists = ask_for_files("Lists of duplicates, if there are any", ["txt"], key="merge-lists")
        left, right = st.columns(2)
        rule = left.selectbox(
            "What to do with duplicates",
            list(RULES),
            format_func=RULES.__getitem__,
            key="merge-rule",
        )
        with right:
            name = ask_for_name("merge")
        if st.form_submit_button("Merge", type="primary"):
            imports.merge_datasets(base, external, name=name, rule=rule, lists=lists)
