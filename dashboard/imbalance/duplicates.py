"""The section of duplicates: search for copies, see what leaks, judge groups, put them to use."""

import re
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard import cache
from dashboard.guard import guarded
from dashboard.imbalance.duplicate_groups import draw_groups
from dashboard.imbalance.duplicate_tables import CLASS_COLUMNS, class_table
from dashboard.jobs import NOTHING_KEPT, offer_stopped, submit_job, watch_jobs
from dashboard.uploads import ask_for_file
from dashboard.wording import counted
from hpa_core.data.dataset import Dataset, info_path
from hpa_core.data.duplicates.applying import pending_changes
from hpa_core.data.duplicates.known import Duplicates
from hpa_core.data.duplicates.leaks import Leaks, find_leaks
from hpa_core.data.duplicates.store import LISTS, SEARCH
from hpa_core.files import checked_name

LEARNT, SCORED = "train", "validation"


def draw_duplicates(dataset: Dataset) -> None:
    """Draw the state of the search, the figures, the groups, and what can be done with them."""
    known = cache.duplicates(dataset.info.name)
    _draw_state(known)
    _draw_start(known)
    with guarded():
        _draw_jobs(dataset.info.name)
    leaks = _leaks(known)
    _draw_figures(known, leaks)
    if known.groups:
        with st.expander("By class: labels that differ, and what leaks"):
            st.dataframe(
                _by_class(dataset.info.name, cache.duplicates_version(dataset.info.name)),
                column_config=CLASS_COLUMNS,
                hide_index=True,
                key="duplicates-by-class",
            )
    draw_groups(known)
    if known.groups:
        _draw_use(known)


def _draw_jobs(name: str) -> None:
    """Draw what was stopped of the dataset's own jobs, and what is under way."""
    offer_stopped(
        {("duplicates", word, name): NOTHING_KEPT for word in ("find", "import", "apply")}
    )
    watch_jobs()


def _draw_state(known: Duplicates) -> None:
    info, search = known.dataset.info, known.search
    kind = "synthetic image" if info.synthetic else "image" if info.has_images else "sample"
    said = [f"Dataset {info.name!r}, {counted(info.samples, kind)}."]
    if search:
        said.append(
            f"Searched on {search.created[:16].replace('T', ' ')} UTC: all pairs of "
            f"{search.samples:,} images compared in eight orientations, "
            f"{counted(search.looked_at, 'pair')} looked at closely, {len(search.pairs):,} with a "
            f"similarity of {search.least:g} or more."
        )
    elif info.has_images:
        said.append("Its images were not searched yet: only copies with one image hash are known.")
    else:
        said.append("It has no images to search: a published list can tell what is a copy.")
    if search and search.blank:
        said.append(
            f"{counted(len(search.blank), 'image')} without any contrast could not be compared."
        )
    said.extend(
        f"List {item.name}: {counted(len(item.pairs), 'pair')}, {item.known:,} of {item.ids:,} ids "
        "known."
        for item in known.lists
    )
    st.caption(" ".join(said))


def _draw_start(known: Duplicates) -> None:
    name = known.dataset.info.name
    with st.container(horizontal=True, vertical_alignment="top"):
        if known.dataset.info.has_images:
            st.button(
                "Search again" if known.search else "Search the images for copies",
                type="secondary" if known.search else "primary",
                icon=":material/search:",
                key="duplicates-find",
                on_click=_submit,
                args=(f"Search {name} for copies", known.dataset.folder / SEARCH, "find", name),
                help="Finds copies that were turned, flipped, rescaled, compressed, brightened, "
                "made noisy, cut or shifted by up to 5 %. It runs as a job of its own.",
            )
        with st.popover("Take in a published list", icon=":material/playlist_add:"):
            _draw_list_form(name, known.dataset.folder)


def _draw_list_form(name: str, folder: Path) -> None:
    with st.form("duplicates-import", border=False):
        st.write("Lines `id,id`, or a table with the columns `Extra` and `Test`.")
        source = ask_for_file("List", ["txt", "csv"], key="duplicates-list")
        if st.form_submit_button("Take it in", type="primary"):
            with guarded():
                upload = source.upload.name if source.upload else source.path
                title = re.sub(r"[^A-Za-z0-9._-]+", "-", re.split(r"[/\\]", upload)[-1])
                options = ("--name", checked_name(title or "list", what="list"))
                command = ("duplicates", "import", name, source, *options)
                submit_job(f"Take {title} into {name}", *command, makes=folder / LISTS)


def _draw_figures(known: Duplicates, leaks: Leaks | None) -> None:
    groups = known.groups
    columns = st.columns(4)
    columns[0].metric("Groups", f"{len(groups):,}", help="Two or more copies of one image.")
    images = sum(len(group.rows) for group in groups)
    columns[1].metric("Images in them", f"{images:,}")
    differing = sum(not group.agree for group in groups)
    columns[2].metric(
        "Groups whose labels differ",
        f"{differing:,}",
        help="One image, two opinions: label noise that can be mended.",
    )
    if leaks:
        columns[3].metric(
            f"Leak into {leaks.scored}",
            f"{len(leaks.leaks):,} of {leaks.samples:,}",
            help=f"Images of {leaks.scored} with a copy in {leaks.learnt}: "
            f"{100 * leaks.share:.1f} %. A network answers for these from memory, so every score "
            "on this split is too high.",
        )


def _draw_use(known: Duplicates) -> None:
    name = known.dataset.info.name
    changes = _pending(name, cache.duplicates_version(name))
    st.subheader("Put the groups to use")
    keep, split = st.columns(2, gap="large")
    with keep:
        st.write(
            "**Write the groups into the dataset.** Folds and new splits then keep copies on one "
            "side. Splits stay as they are, so no run is touched."
        )
        st.button(
            f"Write the groups ({counted(changes, 'image changes its', 'images change theirs')})"
            if changes
            else "Written",
            disabled=not changes,
            icon=":material/save:",
            key="duplicates-apply",
            on_click=_submit,
            args=(f"Write the groups of {name}", info_path(cache.workspace(), name), "apply", name),
        )
    with split:
        st.write(
            "**Split anew.** A new dataset of the same image files, dealt so that no group is on "
            "two sides; runs of this one stay as they are."
        )
        with st.form("duplicates-split", border=False):
            new = st.text_input("Name of the new dataset", f"{name}-split", key="duplicates-as")
            if st.form_submit_button("Split anew", icon=":material/call_split:"):
                _split_anew(name, new.strip())


def _split_anew(name: str, new: str) -> None:
    with guarded():
        makes = info_path(cache.workspace(), new)
        _submit(f"Split {name} anew as {new}", makes, "apply", name, "--as", new)


def _submit(title: str, makes: Path, *command: str) -> None:
    with guarded():
        submit_job(title, "duplicates", *command, makes=makes)


def _leaks(known: Duplicates) -> Leaks | None:
    both = {LEARNT, SCORED} <= set(known.dataset.splits)
    return find_leaks(known, LEARNT, SCORED) if both else None


@st.cache_resource(max_entries=8, show_spinner=False)
def _by_class(name: str, version: tuple[int, ...]) -> pd.DataFrame:
    known = cache.duplicates(name)
    return class_table(known, _leaks(known))


@st.cache_resource(max_entries=8, show_spinner=False)
def _pending(name: str, version: tuple[int, ...]) -> int:
    return pending_changes(cache.duplicates(name))
