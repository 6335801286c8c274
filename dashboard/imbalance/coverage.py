"""The coverage of a split: one row a class, one column a part, and what it means in words."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
from jaxtyping import Bool, Int
from pandas.io.formats.style import Styler

from dashboard.charts import BLUE, CLASS_LABELS, RED, see_through
from dashboard.wording import counted
from hpa_core.evaluation.proportions import WIDEST, recall_interval, too_few_positives
from hpa_core.imbalance.coverage import Coverage

FEWER, MORE = BLUE, RED
FULL_COLOUR = 2.0
"""Deviation, in standard deviations of a random split, that is painted in the full colour."""
ROW_HEIGHT = 30
MOST_LINES, MOST_WITH_INTERVALS = 8, 7
_HELP = {
    "all": "Positives in all parts together.",
    "groups": "Groups of identical or duplicate images that carry the class; a group is one image "
    "where no copy of it is known.",
    "spread": "Positives in the fold with most of them, less those in the fold with fewest.",
    "least": "The spread if dealt as evenly as the number of positives allows: 0 or 1.",
    "random": "The spread to expect if samples were dealt at random.",
    "recall": "What a recall of one half, measured on the fewest positives that the class is "
    "validated on, may be in truth: 95 % Wilson interval.",
}


@dataclass(frozen=True)
class Shown:
    """A split that is looked at.

    Attributes:
        part: the part of every row of the dataset, or -1, (N,).
        names: of the parts.
        folds: whether they are folds, which should be alike, and each of which validates.
    """

    part: Int[np.ndarray, " N"]
    names: list[str]
    folds: bool

    def measured(self, coverage: Coverage) -> Int[np.ndarray, " C"]:
        """Positives that each class is validated on; in folds, in the poorest of them."""
        if self.folds:
            return coverage.fewest
        place = self.names.index("validation") if "validation" in self.names else -1
        measured: np.ndarray = coverage.counts[place]
        return measured

    @property
    def where(self) -> str:
        """The part that validates, in words."""
        own = "validation" if "validation" in self.names else self.names[-1]
        return "in a fold" if self.folds else f"in {own}"

    def told(self, coverage: Coverage) -> str:
        """Say how many samples each part has."""
        sizes = coverage.sizes
        if self.folds:
            most = f" to {sizes.max():,}" if np.ptp(sizes) else ""
            return f"{len(sizes)} folds of {sizes.min():,}{most}"
        parts = zip(self.names, sizes, strict=True)
        return ", ".join(f"{name} {size:,}" for name, size in parts)


def draw_table(coverage: Coverage, shown: Shown) -> None:
    """Draw one row a class; the colour tells how far from even."""
    table = _table(coverage, shown)
    known = {name: told for name, told in _HELP.items() if name in table}
    st.dataframe(
        _painted(table, coverage, shown),
        column_config={
            **{name: st.column_config.Column(help=told) for name, told in known.items()},
            "class": st.column_config.Column(pinned=True, width="medium"),
        },
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=(len(CLASS_LABELS) + 1) * ROW_HEIGHT + 5,
        key="coverage-table",
    )
    st.caption(
        "Blue: fewer positives than the part's share of the samples; orange: more. The full colour "
        "is two standard deviations of a random split away."
    )


def draw_verdict(coverage: Coverage, shown: Shown) -> None:
    """Say which classes are in every fold, and which have too few positives to be validated."""
    if shown.folds:
        _say_covered(coverage)
    few = np.flatnonzero(_few(coverage, shown))
    if not few.size:
        st.markdown(
            f":material/check: Every class has enough positives {shown.where} to be validated: "
            "the 95 % Wilson interval of a recall is nowhere wider than "
            f"{100 * WIDEST:.0f} points."
        )
        return
    st.warning(
        f"**{len(few)} of 28 classes have too few positives {shown.where} to be validated**: fewer "
        "than 21, so that the 95 % Wilson interval of a recall of one half is wider than "
        f"{100 * WIDEST:.0f} points.\n{_list_few(coverage, shown, few)}",
        icon=":material/warning:",
    )


def _list_few(coverage: Coverage, shown: Shown, few: Int[np.ndarray, " n"]) -> str:
    """Give the rarest classes a line each, and the others one together."""
    reasons, measured = _reasons(coverage, shown), shown.measured(coverage)
    rarest_first = few[np.argsort(measured[few], kind="stable")]
    told, rest = np.split(rarest_first, [MOST_LINES])
    lines = [f"- **{CLASS_LABELS[number]}**: {reasons[number]}" for number in told]
    if rest.size:
        others = [f"{CLASS_LABELS[number]} ({measured[number]})" for number in rest]
        lines.append(f"- {len(rest)} more, with their positives: {', '.join(others)}")
    return "\n".join(lines)


def _say_covered(coverage: Coverage) -> None:
    parts = len(coverage.sizes)
    if coverage.bound.any():
        st.error(
            f"{_named(coverage.bound)}: some fold has no positive, though {parts} groups or more "
            "carry the class. Folds dealt here would cover it, unless rare classes on the same "
            "samples bind each other.",
            icon=":material/link:",
        )
    else:
        st.markdown(
            f":material/check: Every class that {parts} groups or more carry is in every fold."
        )
    if (scarce := coverage.absent & ~coverage.bound).any():
        st.markdown(
            f":material/remove: {_named(scarce)}: fewer groups than folds, so some fold has no "
            "positive."
        )


def _reasons(coverage: Coverage, shown: Shown) -> list[str]:
    """Say for every class what a recall, measured on so few positives, is worth."""
    measured, total = shown.measured(coverage), coverage.counts.sum(axis=0)
    here = [
        f"{counted(count, 'positive')} {shown.where}"
        + (f", where a recall of 50 % means {interval}" if count else "")
        for count, interval in zip(measured, _intervals(measured), strict=True)
    ]
    if not shown.folds:
        return here
    together = zip(here, total, _intervals(total), strict=True)
    return [
        f"{told}; {counted(count, 'positive')} over all folds: {text}"
        for told, count, text in together
    ]


def _few(coverage: Coverage, shown: Shown) -> Bool[np.ndarray, " C"]:
    """Classes that occur, with too few positives to be validated."""
    return too_few_positives(shown.measured(coverage)) & (coverage.groups > 0)


def _table(coverage: Coverage, shown: Shown) -> pd.DataFrame:
    """One row a class; what says nothing new is left out, and of many folds the intervals too."""
    measured, total = shown.measured(coverage), coverage.counts.sum(axis=0)
    marks = np.where(_few(coverage, shown), " ⚠", "")
    columns: dict[str, object] = {
        "class": [label + mark for label, mark in zip(CLASS_LABELS, marks, strict=True)],
        "all": total,
    }
    if (coverage.groups != total).any():
        columns["groups"] = coverage.groups
    columns |= zip(shown.names, coverage.counts, strict=True)
    if shown.folds:
        columns["spread"] = coverage.spread
        columns["least"] = coverage.least_spread
        columns["random"] = coverage.random_spread.round(1)
    if len(shown.names) <= MOST_WITH_INTERVALS:
        columns["recall"] = _intervals(measured)
    return pd.DataFrame(columns)


def _painted(table: pd.DataFrame, coverage: Coverage, shown: Shown) -> Styler:
    colours = pd.DataFrame("", index=table.index, columns=table.columns)
    for name, deviations in zip(shown.names, coverage.deviation, strict=True):
        colours[name] = [_colour(value) for value in deviations]
    return table.style.apply(lambda _: colours, axis=None).format(precision=1, thousands=",")


def _colour(deviation: float) -> str:
    strength = min(abs(deviation) / FULL_COLOUR, 1.0)
    colour = see_through(MORE if deviation > 0 else FEWER, round(0.75 * strength, 2))
    return f"background-color: {colour}"


def _intervals(positives: Int[np.ndarray, " C"]) -> list[str]:
    ends = zip(*recall_interval(positives), strict=True)
    return [f"{100 * low:.0f} to {100 * high:.0f} %" for low, high in ends]


def _named(classes: Bool[np.ndarray, " C"]) -> str:
    return ", ".join(CLASS_LABELS[number] for number in np.flatnonzero(classes))
