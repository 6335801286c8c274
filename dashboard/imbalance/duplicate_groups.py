"""Groups of duplicates to look at and to judge: a list of them, then the images of one."""

import numpy as np
import streamlit as st

from dashboard import cache
from dashboard.components.channel_viewer import Page, Tile, channel_viewer
from dashboard.guard import guarded
from dashboard.imbalance import duplicate_tables as tables
from dashboard.session import write_link
from hpa_core.data.duplicates.gathering import review_samples
from hpa_core.data.duplicates.known import Duplicates, Group
from hpa_core.data.duplicates.members import Member, group_members
from hpa_core.data.duplicates.ranking import most_suspicious, open_groups, rejected_pairs
from hpa_core.data.duplicates.store import Verdict

OPEN, EVERY, REJECTED = "to judge", "all", "rejected"
NOTHING = {
    OPEN: "No group waits for a judgement.",
    EVERY: "No copies are known.",
    REJECTED: "No pair was rejected.",
}
PLACE = "duplicate-group-place"
TABLE_HEIGHT = 250


def draw_groups(known: Duplicates) -> None:
    """Offer the groups of one kind, most suspicious first, and draw the chosen one."""
    name = known.dataset.info.name
    view = st.segmented_control(
        "Groups",
        [OPEN, EVERY, REJECTED],
        default=OPEN,
        required=True,
        key="groups",
        bind="query-params",
        help="Groups on two sides come first, then those whose labels differ, then the most "
        "similar. Copies with the same image hash need no judgement: they are among all.",
    )
    version = cache.duplicates_version(name)
    groups = _groups(name, version, view)
    if not groups:
        st.caption(NOTHING[view])
        return
    place = _choose(known, groups, key=f"groups-{name}-{view}-{version}")
    _draw_group(known, groups[place], f"Group {place + 1:,} of {len(groups):,}")


def _choose(known: Duplicates, groups: list[Group], *, key: str) -> int:
    """Draw the list; return the place of the group that is selected, or that the link names."""
    first_ids = known.dataset.ids[[group.rows[0] for group in groups]]
    linked = np.flatnonzero(first_ids == st.query_params.get("group"))
    # A group that was judged leaves the list, and the next one takes its place.
    before = min(st.session_state.get(PLACE, 0), len(groups) - 1)
    default = int(linked[0]) if linked.size else before
    picked = st.dataframe(
        tables.group_table(known, groups),
        column_config=tables.GROUP_COLUMNS,
        placeholder="",
        height=min(TABLE_HEIGHT, 38 + 35 * len(groups)),
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [default], "columns": [], "cells": []}},
    )
    rows = picked["selection"]["rows"]
    place = rows[0] if rows and rows[0] < len(groups) else default
    st.session_state[PLACE] = place
    write_link(group=str(first_ids[place]))
    return place


def _draw_group(known: Duplicates, group: Group, title: str) -> None:
    members = group_members(known, group)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{title}**")
        _draw_verdict(known, group)
    st.dataframe(
        tables.member_table(known, members),
        column_config=tables.MEMBER_COLUMNS,
        hide_index=True,
        key=f"members-{known.dataset.info.name}-{group.rows[0]}-{len(group.rows)}",
    )
    if known.dataset.info.has_images:
        _draw_images(known, members)


def _draw_verdict(known: Duplicates, group: Group) -> None:
    """Ask whether the images are copies; what was said is shown and can be taken back."""
    pairs = known.pairs.loc[list(group.pairs)]
    judged = pairs[pairs["kind"] != "exact"]
    said = set(judged["verdict"])
    if judged.empty:
        st.caption("The same image hash or pixels: there is nothing to judge.")
        return
    ids = known.dataset.ids[list(group.rows)].tolist()
    for label, verdict, icon in (
        ("Copies", "accepted", ":material/check:"),
        ("Different images", "rejected", ":material/close:"),
    ):
        st.button(
            label,
            icon=icon,
            key=f"duplicates-{verdict}",
            type="primary" if said == {verdict} else "secondary",
            on_click=_judge,
            args=(known, ids, None if said == {verdict} else verdict),
            help="Press again to take it back." if said == {verdict} else None,
        )


def _judge(known: Duplicates, ids: list[str], verdict: Verdict | None) -> None:
    with guarded():
        review_samples(known, ids, verdict)


def _draw_images(known: Duplicates, members: list[Member]) -> None:
    """Show the members side by side, each laid like the first."""
    dataset = known.dataset
    tiles = [
        Tile(
            row=member.row,
            id=str(dataset.ids[member.row]),
            truth=np.flatnonzero(dataset.targets[member.row]).tolist(),
            laid=member.to_first,
        )
        for member in members
    ]
    page = Page(tiles=tiles, first=0, total=len(tiles), size=len(tiles), compared=True)
    channel_viewer(dataset.info, page, thresholds=None)


@st.cache_resource(max_entries=12, show_spinner=False)
def _groups(name: str, version: tuple[int, ...], view: str) -> list[Group]:
    known = cache.duplicates(name)
    of_view = {OPEN: open_groups, EVERY: lambda _: known.groups, REJECTED: rejected_pairs}
    return most_suspicious(known, of_view[view](known))
