"""What the Duplicates section shows in figures: the groups, the members of one, leaks by class."""

import numpy as np
import pandas as pd
import streamlit as st
from jaxtyping import Bool

from hpa_core.classes import CLASS_NAMES
from hpa_core.data.duplicates.known import Duplicates, Group
from hpa_core.data.duplicates.leaks import Leaks
from hpa_core.data.duplicates.members import Member
from hpa_core.data.duplicates.orientation import NAMES

GROUP_COLUMNS = {
    "similarity": st.column_config.NumberColumn(
        format="%.3f",
        help="Of the group's weakest link: correlation of the two images once one is laid on the "
        "other, 0 to 1. Empty: a list says so, and there are no images to compare.",
    ),
    "images": st.column_config.NumberColumn(help="Members of the group."),
    "splits": st.column_config.TextColumn(help="Where they are; two splits are a leak."),
    "labels": st.column_config.TextColumn(help="Whether all members have the same labels."),
    "told by": st.column_config.TextColumn(
        help="exact: the same image hash or pixels. near: found by the search. listed: an "
        "imported list says so."
    ),
}
CLASS_COLUMNS = {
    "groups that differ": st.column_config.NumberColumn(
        help="Groups in which some copies of the image have this class and others lack it."
    ),
    "leaking": st.column_config.NumberColumn(help="Those of them that have a copy in train."),
    "share": st.column_config.NumberColumn(format="%.1f %%"),
}
MEMBER_COLUMNS = {
    "": st.column_config.NumberColumn(width=40),
    "image": st.column_config.TextColumn(width=180),
    "labels": st.column_config.TextColumn(help="Labels that all members have."),
    "also": st.column_config.TextColumn(
        help="Labels that this member has and another lacks. The same image cannot show two "
        "things: a label is wrong, or one is missing."
    ),
    "copy of": st.column_config.TextColumn(
        help="Number of the image that this one is most like, and how similar they are, 0 to 1."
    ),
    "lies": st.column_config.TextColumn(
        help="How this image must be laid to look like that one; below it is shown so."
    ),
}


def group_table(known: Duplicates, groups: list[Group]) -> pd.DataFrame:
    """One row a group, in the order given."""
    splits = known.dataset.manifest["split"].to_numpy(dtype=str)
    kinds, verdicts = (known.pairs[name].to_numpy() for name in ("kind", "verdict"))
    return pd.DataFrame(
        {
            "first image": [str(known.dataset.ids[group.rows[0]]) for group in groups],
            "images": [len(group.rows) for group in groups],
            "similarity": pd.array([group.weakest for group in groups], dtype="Float64"),
            "splits": [" + ".join(sorted(set(splits[list(group.rows)]))) for group in groups],
            "labels": ["same" if group.agree else "differ" for group in groups],
            "told by": [", ".join(sorted(set(kinds[list(group.pairs)]))) for group in groups],
            "judged": [
                ", ".join(sorted(set(verdicts[list(group.pairs)]) - {""})) for group in groups
            ],
        }
    )


def member_table(known: Duplicates, members: list[Member]) -> pd.DataFrame:
    """One row an image of a group, each compared with one of the images above it."""
    dataset, rows = known.dataset, [member.row for member in members]
    number = {row: place for place, row in enumerate(rows, start=1)}
    shared: np.ndarray = np.all(dataset.targets[rows], axis=0)
    more = [_class_names(dataset.targets[row] & ~shared) for row in rows]
    return pd.DataFrame(
        {
            "": list(number.values()),
            "image": dataset.ids[rows],
            "split": dataset.manifest["split"].iloc[rows].to_numpy(dtype=str),
            "source": dataset.manifest["source"].iloc[rows].to_numpy(dtype=str),
            "labels": _class_names(shared) or "-",
            "also": [f"\N{WARNING SIGN} {names}" if names else "" for names in more],
            "copy of": [_like(one, number) for one in members],
            "lies": ["" if one.similarity is None else NAMES[one.orientation] for one in members],
        }
    )


def class_table(known: Duplicates, leaks: Leaks | None) -> pd.DataFrame:
    """One row a class that leaks, or that some copies of an image have and others lack."""
    table = pd.DataFrame(
        {
            "class": range(len(CLASS_NAMES)),
            "name": CLASS_NAMES,
            "groups that differ": known.class_disagreements(),
        }
    )
    if leaks:
        table[f"{leaks.scored} images"] = leaks.positives
        table["leaking"] = leaks.per_class
        table["share"] = 100 * leaks.per_class / leaks.positives.clip(1)
    told = table["groups that differ"] + (leaks.per_class if leaks else 0)
    return table[told > 0]


def _like(member: Member, number: dict[int, int]) -> str:
    if member.like is None:
        return ""
    similarity = "" if member.similarity is None else f" ({member.similarity:.3f})"
    return f"{number[member.like]}{similarity}"


def _class_names(targets: Bool[np.ndarray, " C"]) -> str:
    return ", ".join(name for name, has in zip(CLASS_NAMES, targets, strict=True) if has)
