"""Labels out and back: export, publish as a new dataset, import, and what training gains."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import streamlit as st

from dashboard import cache
from dashboard.guard import guarded
from dashboard.labeling.gain import draw_gain
from dashboard.labeling.person import Person
from dashboard.labeling.review import draw_counts
from dashboard.labeling.roles import draw_roles
from dashboard.session import session
from dashboard.wording import counted
from hpa_core.classes import CLASS_NAMES
from hpa_core.data.dataset import Dataset
from hpa_core.labeling.current import CurrentLabels, current_labels
from hpa_core.labeling.exchange.exporting import FORMATS, WHICH, changes, export_labels
from hpa_core.labeling.exchange.foreign.reading import read_foreign_labels
from hpa_core.labeling.exchange.importing import import_labels
from hpa_core.labeling.exchange.publishing import publish_labels, read_version

_ENDINGS = {"parquet": "parquet", "coco": "json"}


def draw_out(dataset: Dataset, person: Person) -> None:
    """Draw what changed and the forms that take labels out and in."""
    current = current_labels(cache.label_store(), dataset)
    draw_counts(current)
    _draw_origin(dataset)
    _draw_changes(current)
    export, publish = st.columns(2, gap="large")
    with export, guarded():
        _draw_export(current)
    with publish, guarded():
        _draw_publish(dataset, person)
    draw_gain()
    bring, roles = st.columns(2, gap="large")
    with bring, guarded():
        _draw_import(dataset, person)
    with roles, guarded():
        draw_roles(person)


def _draw_origin(dataset: Dataset) -> None:
    """Say what a published dataset was made from."""
    if (version := read_version(dataset)) is None:
        return
    note = f" Note: {version.note}" if version.note else ""
    day = version.at[:10]  # noqa: PD008 - a time, not a table
    st.text(
        f"Published from dataset {version.parent} by {version.by}, {day}: "
        f"{counted(len(version.changes), 'image')} with other labels, hash "
        f"{version.hash[:12]}.{note}"
    )


def _draw_changes(current: CurrentLabels) -> None:
    rows = changes(current)
    if not rows:
        st.write(f"No label of dataset {current.dataset.info.name} has been changed yet.")
        return
    table = pd.DataFrame(
        {
            "Image": [row["id"] for row in rows],
            "Added": [_named(row["added"]) for row in rows],
            "Removed": [_named(row["removed"]) for row in rows],
            "By": [row["annotator"] for row in rows],
            "At (UTC)": [row["at"][:16].replace("T", " ") for row in rows],
            "Note": [row["note"] for row in rows],
        }
    )
    st.dataframe(table, hide_index=True, key="label-changes")


def _named(labels: list[int]) -> str:
    return ", ".join(CLASS_NAMES[label] for label in labels)


def _draw_export(current: CurrentLabels) -> None:
    st.subheader("Export")
    form = st.selectbox(
        "Format", list(FORMATS), format_func=lambda key: f"{key}: {FORMATS[key]}", key="label-form"
    )
    which = st.segmented_control(
        "Images", WHICH, default="all", required=True, key="label-which", disabled=form == "diff"
    )
    name = f"{current.dataset.info.name}-{form}.{_ENDINGS.get(form, 'csv')}"
    st.download_button(
        "Download",
        data=lambda: _exported(current, name, form=form, which=which or "all"),
        file_name=name,
        key="label-download",
        icon=":material/download:",
        on_click="ignore",
    )


def _exported(current: CurrentLabels, name: str, *, form: str, which: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        export_labels(current, path, form=form, which=which)
        return path.read_bytes()


def _draw_publish(dataset: Dataset, person: Person) -> None:
    """Make a new dataset of the labels in force; the store itself refuses who is no reviewer."""
    st.subheader("Publish")
    with st.form("label-publish", border=False):
        name = st.text_input("Name of the new dataset", f"{dataset.info.name}-corrected")
        note = st.text_input("Why", key="label-publish-note")
        asked = st.form_submit_button(
            "Publish", icon=":material/publish:", help="Takes a reviewer."
        )
    if asked:
        with st.spinner("Writing the dataset; images are linked, not copied"):
            made = publish_labels(
                cache.workspace(),
                cache.label_store(),
                dataset,
                name=name,
                by=person.name,
                note=note,
            )
        version = read_version(made)
        changed = len(version.changes) if version else 0
        st.success(
            f"Dataset {made.info.name}: {counted(made.info.samples, 'image')}, {changed:,} with "
            f"other labels, hash {made.info.hash[:12]}. Train on it with the settings of the run "
            "before, then compare both below."
        )
        session().dataset = made.info.name
        st.page_link("../pages/train.py", label="Train on it", icon=":material/model_training:")


def _draw_import(dataset: Dataset, person: Person) -> None:
    st.subheader("Import")
    with st.form("label-import", border=False, clear_on_submit=True):
        file = st.file_uploader(
            "Export of Label Studio or FiftyOne", type=["json", "csv", "tsv"], key="label-file"
        )
        tag = st.text_input("Field or control tag, if there are several", key="label-tag")
        replace = st.checkbox("Also where somebody has decided here", key="label-replace")
        asked = st.form_submit_button("Import", icon=":material/upload:", help="Takes a reviewer.")
    if not asked or file is None:
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"labels{Path(file.name).suffix}"
        path.write_bytes(file.getvalue())
        foreign = read_foreign_labels(path, field=tag.strip())
    done = import_labels(
        cache.label_store(), dataset, foreign, by=person.name, replace=bool(replace)
    )
    st.success(
        f"{foreign.program}: {counted(done.recorded, 'image')} recorded, {done.same:,} had the "
        f"same labels, {done.kept:,} decided here were kept, {len(done.unknown):,} are not in this "
        f"dataset, {len(foreign.refused):,} refused."
    )
