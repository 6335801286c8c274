"""Whether one source, plate or brightness goes wrong more often than the others."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.charts import BLUE, GREY, ORANGE, tidy
from dashboard.errors.judged import Judged
from dashboard.errors.opening import NoSuchPickError, Opened, draw_clickable, draw_clickable_table
from hpa_core.classes import CHANNELS, STAINS
from hpa_core.data.intensities import mean_intensities
from hpa_core.evaluation.errors.groups import (
    GroupErrors,
    Trend,
    count_group_errors,
    quantile_groups,
    trends,
)
from hpa_core.evaluation.mistakes import sort_by_mistake
from hpa_core.selections.expression import Among, And, Expression, WholeSet

PARTS = 10
MOST_GROUPS = 40
SOURCE, PLATE, BRIGHTNESS = "source", "plate", "brightness"


class Grouping(NamedTuple):
    """How the samples are grouped: each one's key, and how a key is told."""

    keys: np.ndarray
    told: Callable[[str], str]


def draw_groups(judged: Judged) -> None:
    """Draw the share of wrong images of every group; each opens its wrong images."""
    by = st.segmented_control(
        "Group by",
        [SOURCE, PLATE, *(f"{BRIGHTNESS} {channel}" for channel in CHANNELS)],
        default=SOURCE,
        required=True,
        key="errors-by",
        bind="query-params",
        format_func=_told,
    )
    grouping = _grouping(judged, by)
    if isinstance(grouping, str):
        st.info(grouping, icon=":material/info:")
        return
    found = _counted(f"{judged.key} {by}", judged, grouping.keys)
    out = int(found.stands_out.sum())
    wrong = judged.wrong
    st.markdown(
        f"**{wrong.sum():,} of {len(wrong):,} images** ({100 * wrong.mean():.1f} %) are not called "
        f"exactly their labels. **{out or 'None'} of {len(found.keys):,} groups** "
        f"{'stands' if out == 1 else 'stand'} out: exact test against the others, 5 % over all "
        "groups together (Holm). Click a group to see its wrong "
        f"{judged.opens}."
    )
    if by.startswith(BRIGHTNESS):
        st.markdown(_trend_told(judged, by))
    order = _order(found, by)
    labels = [grouping.told(str(key)) for key in found.keys[order]]
    draw_clickable(_chart(found, order, labels, by, float(wrong.mean())), key=f"errors-groups-{by}")
    table = _table(found, order, labels)
    draw_clickable_table(
        table,
        lambda row, _: f"{by}.{found.keys[order[row]]}",
        key=f"errors-group-table-{by}",
        column_config={
            "wrong %": st.column_config.NumberColumn(format="%.1f"),
            "micro F1": st.column_config.NumberColumn(format="%.3f"),
            "p (Holm)": st.column_config.NumberColumn(format="%.2g"),
        },
    )
    if len(found.keys) > MOST_GROUPS:
        st.caption(f"The {MOST_GROUPS} of {len(found.keys):,} groups that differ most.")


def open_group(judged: Judged, pick: str) -> Opened:
    """Open `plate.1610` or `brightness green.9`: its wrong images, most confident first."""
    by, dot, key = pick.partition(".")
    grouping = _grouping(judged, by)
    if not dot or isinstance(grouping, str) or key not in grouping.keys:
        raise NoSuchPickError(pick)
    mine = grouping.keys == key
    rows = np.flatnonzero(mine & judged.wrong)
    if judged.samples.confidence is not None:
        rows = sort_by_mistake(rows, judged.samples.confidence)
    return Opened(
        title=f"wrong, of the {mine.sum():,} of {_told(by)} {grouping.told(key)}",
        rows=rows,
        expression=_expression(by, key),
    )


def _expression(by: str, key: str) -> Expression | None:
    match by, key:
        case (_, "not told"):
            return None
        case ("source" | "plate") as field, _:
            return And((Among(field, (key,)), WholeSet("wrong")))
    return None


def _told(by: str) -> str:
    """Name a way of grouping: a channel by its stain."""
    kind, _, channel = by.partition(" ")
    return f"{STAINS[channel]} intensity" if kind == BRIGHTNESS else by


def _grouping(judged: Judged, by: str) -> Grouping | str:
    """Return the groups, or a sentence that says why there are none."""
    kind, _, channel = by.partition(" ")
    if kind == PLATE:
        return _by_plate(judged)
    if kind == SOURCE:
        return _by_source(judged)
    if kind == BRIGHTNESS and channel in CHANNELS:
        return _by_brightness(judged, CHANNELS.index(channel))
    raise NoSuchPickError(by)


def _by_source(judged: Judged) -> Grouping | str:
    sources = judged.samples.sources
    if not (sources != "").any():
        return "These scores belong to no dataset, so their sources are not told."
    if len(np.unique(sources)) < 2:
        return f"All of these images come from one source, {sources[0]}: nothing to compare."
    return Grouping(sources, str)


def _by_plate(judged: Judged) -> Grouping | str:
    plates = judged.samples.identities.atlas_parts[:, 1]
    if not (told := plates != "").any():
        return (
            "These ids tell no plate. Ids of the Human Protein Atlas do: "
            "antibody_plate_well_number, as in 10580_1610_C1_1."
        )
    return Grouping(np.where(told, plates, "not told"), str)


def _by_brightness(judged: Judged, channel: int) -> Grouping | str:
    if judged.dataset is None:
        return "The images of these scores are not in the dataset chosen beside."
    levels = _intensities(f"{judged.key} intensity", judged)[:, channel]
    parts = quantile_groups(levels, PARTS)

    def told(key: str) -> str:
        mine = levels[parts == int(key)]
        return f"{mine.min():.1f} to {mine.max():.1f}"

    return Grouping(np.array([f"{part:02d}" for part in parts]), told)


def _trend_told(judged: Judged, by: str) -> str:
    """Say in Markdown whether wrong images are brighter or darker, which no tenth may show."""
    key = f"{judged.key} intensity"
    trend = _trends(key, judged)[CHANNELS.index(by.partition(" ")[2])]
    paired = f"of a wrong and a right image the wrong one is brighter in {100 * trend.share:.0f} %"
    tested = f"p = {trend.p:.2g}, Mann and Whitney's test, all four channels together (Holm)"
    if not trend.stands_out:
        return f"From dark to bright **no trend** beyond chance: {paired} ({tested})."
    way = "brighter" if trend.share > 0.5 else "darker"
    return f"Wrong images are **{way}** than right ones: {paired} ({tested})."


@st.cache_resource(max_entries=8, show_spinner=False)
def _trends(key: str, _judged: Judged) -> list[Trend]:
    return trends(_intensities(key, _judged), _judged.wrong)


@st.cache_resource(max_entries=8, show_spinner="Measuring the images' brightness\u2026")
def _intensities(key: str, _judged: Judged) -> np.ndarray:
    if _judged.dataset is None:
        raise ValueError("intensities need images")
    return mean_intensities(_judged.dataset.thumbnails, _judged.samples.rows)


@st.cache_resource(max_entries=32, show_spinner=False)
def _counted(key: str, _judged: Judged, _keys: np.ndarray) -> GroupErrors:
    return count_group_errors(_judged.targets, _judged.calls, _keys)


def _order(found: GroupErrors, by: str) -> np.ndarray:
    """Brightness from dark to bright; else what differs most first."""
    if by.startswith(BRIGHTNESS):
        return np.arange(len(found.keys))
    return np.lexsort((-found.share, found.p))[:MOST_GROUPS]


def _chart(
    found: GroupErrors, order: np.ndarray, labels: list[str], by: str, overall: float
) -> go.Figure:
    shares = found.share[order]
    figure = go.Figure(
        go.Scatter(
            x=labels,
            y=shares,
            error_y={
                "symmetric": False,
                "array": found.high[order] - shares,
                "arrayminus": shares - found.low[order],
                "thickness": 1.5,
                "color": GREY,
            },
            mode="markers",
            marker={"size": 11, "color": np.where(found.stands_out[order], ORANGE, BLUE)},
            customdata=[
                [f"{by}.{found.keys[place]}", found.wrong[place], found.samples[place]]
                for place in order.tolist()
            ],
            hovertemplate="%{x}: %{customdata[1]:,} of %{customdata[2]:,} wrong<extra></extra>",
            showlegend=False,
        )
    )
    figure.add_hline(y=overall, line={"dash": "dot", "color": GREY}, annotation_text="all")
    unit = " (mean level of 0 to 255, tenths of the images)" if by.startswith(BRIGHTNESS) else ""
    figure.update_xaxes(title=f"{_told(by)}{unit}", type="category")
    figure.update_yaxes(title="wrong images, 95 % interval", tickformat=".0%", rangemode="tozero")
    return tidy(figure, height=380)


def _table(found: GroupErrors, order: np.ndarray, labels: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "group": labels,
            "images": found.samples[order],
            "wrong": found.wrong[order],
            "wrong %": 100 * found.share[order],
            "missed labels": found.missed[order],
            "false calls": found.false[order],
            "micro F1": found.micro_f1[order],
            "p (Holm)": found.p[order],
            "stands out": np.where(found.stands_out[order], "yes", ""),
        }
    )
