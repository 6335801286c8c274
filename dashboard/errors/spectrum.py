"""One class's score axis, with images laid along it and the threshold marked."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from jaxtyping import Int
from plotly.subplots import make_subplots

from dashboard.charts import CLASS_LABELS, ORANGE, RED, SKY, tidy
from dashboard.errors.judged import Judged
from dashboard.errors.opening import NoSuchPickError, Opened, class_of, draw_clickable, numbers_of
from dashboard.errors.thumbnails import CHANNELS_TOLD, picture_addresses
from dashboard.session import write_link
from dashboard.wording import counted
from hpa_core.evaluation.calls import calls_of
from hpa_core.evaluation.errors.spectrum import SCALES, Scale, Spectrum, lay_out_scores, pick_along

LINK, KEY = "class", "errors-spectrum-class"
BINS = 24
BAR = 0.96
"""What of its bin's width a bar or an image takes."""

SIDE = 96
TICKS = (0.00001, 0.0001, 0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999, 0.9999)


def draw_spectrum(judged: Judged) -> None:
    """Draw counts and images along the axis; bars open their images, images themselves."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = _choose_class(judged)
        scale: Scale = st.segmented_control(
            "Axis even in",
            SCALES,
            default=SCALES[0],
            required=True,
            key="errors-scale",
            bind="query-params",
            help="log-odds spreads out what crowds at 0 and 1; rank gives every image its width.",
        )
    truth, called = judged.targets[:, number], judged.calls[:, number]
    st.markdown(
        f"{counted(truth.sum(), 'image carries', 'images carry')} **{CLASS_LABELS[number]}**, "
        f"{(truth & called).sum():,} found; "
        f"{counted((~truth & called).sum(), 'other is', 'others are')} called it. Threshold "
        f"{judged.thresholds.thresholds[number]:.4f}. {_under(judged, number)}{_way_in(judged)}"
    )
    draw_clickable(
        _chart(judged.key, number, scale, judged),
        key=f"errors-spectrum-{number}-{scale}",
        image_after=r"\d+\.image\.",
    )
    told = [
        "Bars are as high as the root of their counts; dashed: the threshold, where a bar ends."
    ]
    if judged.dataset is not None:
        told.append(f"Of every stretch the image nearest its middle. {CHANNELS_TOLD}")
    st.caption(" ".join(told))


def open_spectrum(judged: Judged, pick: str) -> Opened:
    """Open `7.log-odds.3.1` (bin 3, those that carry 7; 0: the others) or `7.image.ID`."""
    text, _, where = pick.partition(".")
    kind, _, rest = where.partition(".")
    number = class_of(text)
    if kind == "image":
        place = judged.place_of(rest)
        if place is None:
            raise NoSuchPickError(pick)
        title = f"score of {CLASS_LABELS[number]} {judged.probs[place, number]:.4f}"
        return Opened(title=title, rows=np.array([place]), scored_class=number)
    if kind not in SCALES:
        raise NoSuchPickError(pick)
    laid, told = _laid(judged, number, kind), numbers_of(rest, ".")
    if len(told) != 2 or not 0 <= told[0] < len(laid.scores) - 1:
        raise NoSuchPickError(pick)
    stretch, carried = told
    has = judged.targets[:, number] == bool(carried)
    rows = np.flatnonzero(has & (laid.bins == stretch))
    low, high = laid.scores[stretch : stretch + 2]
    verb = "carry" if carried else "do not carry"
    return Opened(
        title=f"{verb} {CLASS_LABELS[number]}, score {low:.4f} to {high:.4f}",
        rows=rows[np.argsort(judged.probs[rows, number], kind="stable")],
        scored_class=number,
    )


def _under(judged: Judged, number: int) -> str:
    """Say how many are called though no threshold calls them, where there are any."""
    above = calls_of(judged.thresholds.rule._replace(fallback="none"), judged.probs)
    under = int((judged.calls & ~above)[:, number].sum())
    if not under:
        return ""
    told = counted(under, "of these calls lies", "of these calls lie")
    return f"{told} under it: the class is the image's highest and none is above its threshold. "


def _way_in(judged: Judged) -> str:
    return f"Click a bar for its {judged.opens}{', or an image' if judged.dataset else ''}."


def _choose_class(judged: Judged) -> int:
    """Ask for the class, which the link names; else the one with the most errors."""
    text = st.query_params.get(LINK, "")
    try:
        st.session_state[KEY] = class_of(text)
    except NoSuchPickError:
        st.session_state[KEY] = int((judged.targets != judged.calls).sum(axis=0).argmax())
    number: int = st.selectbox(
        "Class",
        range(len(CLASS_LABELS)),
        key=KEY,
        format_func=CLASS_LABELS.__getitem__,
        on_change=lambda: write_link(**{LINK: str(st.session_state[KEY])}),
        width=320,
    )
    return number


def _laid(judged: Judged, number: int, scale: Scale) -> Spectrum:
    return _lay_out(judged.key, number, scale, judged)


@st.cache_resource(max_entries=64, show_spinner=False)
def _lay_out(key: str, number: int, scale: Scale, _judged: Judged) -> Spectrum:
    return lay_out_scores(
        _judged.probs[:, number],
        _judged.targets[:, number],
        _judged.thresholds.thresholds[number],
        scale=scale,
        bins=BINS,
    )


@st.cache_resource(max_entries=128, show_spinner=False)
def _picked(
    key: str, number: int, scale: Scale, carried: int, _judged: Judged
) -> Int[np.ndarray, " n"]:
    has = _judged.targets[:, number] == bool(carried)
    return pick_along(_laid(_judged, number, scale), has)


@st.cache_resource(max_entries=32, show_spinner=False)
def _chart(key: str, number: int, scale: Scale, _judged: Judged) -> go.Figure:
    """Positives above, the others below, any images outside; the threshold crosses all."""
    judged, laid = _judged, _laid(_judged, number, scale)
    pictured = judged.dataset is not None
    heights = [0.2, 0.3, 0.3, 0.2] if pictured else [0.5, 0.5]
    last, upper = len(heights), len(heights) // 2
    figure = make_subplots(last, 1, shared_xaxes=True, vertical_spacing=0.01, row_heights=heights)
    for carried, row, name, colour in (
        (1, upper, "carry it", ORANGE),
        (0, upper + 1, "do not", SKY),
    ):
        counts = laid.positives if carried else laid.negatives
        _add_bars(
            figure,
            laid,
            counts,
            row=row,
            carried=carried,
            number=number,
            scale=scale,
            name=name,
            colour=colour,
        )
        if pictured:
            outside = 1 if carried else last
            places = _picked(judged.key, number, scale, carried, judged)
            _add_images(figure, judged, laid, places, number=number, row=outside)
            figure.update_yaxes(visible=False, range=[0, 1], row=outside, col=1)
    figure.update_yaxes(autorange="reversed", row=upper + 1, col=1)
    for row in range(1, last + 1):
        figure.add_vline(
            x=laid.threshold, line={"dash": "dash", "width": 2, "color": RED}, row=row, col=1
        )
    figure.add_annotation(
        x=laid.threshold,
        y=1,
        xref="x",
        yref="paper",
        yanchor="bottom",
        text=f"threshold {judged.thresholds.thresholds[number]:.4f}",
        font={"color": RED},
        showarrow=False,
    )
    _label_axis(figure, laid, scale, row=last)
    side = "left" if laid.threshold > laid.edges[[0, -1]].mean() else "right"
    at = {"x": 0 if side == "left" else 1, "xanchor": side}  # Away from the threshold's value.
    figure.update_layout(legend={"orientation": "h", "y": 1.06, **at})
    return tidy(figure, height=620 if pictured else 400)


def _add_bars(  # noqa: PLR0913 - what tells one row of bars from the other
    figure: go.Figure,
    laid: Spectrum,
    counts: np.ndarray,
    *,
    row: int,
    carried: int,
    number: int,
    scale: Scale,
    name: str,
    colour: str,
) -> None:
    middles = (laid.edges[1:] + laid.edges[:-1]) / 2
    figure.add_bar(
        x=middles,
        width=np.diff(laid.edges) * BAR,
        # A root, for most images of a rare class lie in one bar.
        y=np.sqrt(counts),
        name=f"{name} ({counts.sum():,})",
        marker={"color": colour, "line": {"width": 0}},
        text=[f"{count:,}" if count else "" for count in counts],
        textangle=0,
        textposition="auto",
        customdata=[
            [f"{number}.{scale}.{place}.{carried}", count, *laid.scores[place : place + 2]]
            for place, count in enumerate(counts.tolist())
        ],
        hovertemplate=f"%{{customdata[1]:,}} {name}, score %{{customdata[2]:.4f}} to "
        "%{customdata[3]:.4f}<extra></extra>",
        row=row,
        col=1,
    )
    figure.update_yaxes(showticklabels=False, showgrid=False, zeroline=False, row=row, col=1)


def _add_images(  # noqa: PLR0913 - as above
    figure: go.Figure, judged: Judged, laid: Spectrum, places: np.ndarray, *, number: int, row: int
) -> None:
    addresses = picture_addresses(judged, places, side=SIDE)
    if addresses is None:
        return
    middles = (laid.edges[1:] + laid.edges[:-1]) / 2
    x, widths = middles[laid.bins[places]], np.diff(laid.edges)[laid.bins[places]] * BAR
    shared = {"y": 0.5, "sizey": 1, "xanchor": "center"}
    shared |= {"yanchor": "middle", "layer": "below", "xref": f"x{row}", "yref": f"y{row}"}
    pictures = [
        {"source": address, "x": at, "sizex": width, **shared}
        for at, width, address in zip(x.tolist(), widths.tolist(), addresses, strict=True)
    ]
    figure.update_layout(images=[*figure.layout.images, *pictures])
    figure.add_scatter(
        x=x,
        y=np.full(len(places), 0.5),
        mode="markers",
        marker={"symbol": "square", "size": 40, "color": "rgba(0,0,0,0)"},
        customdata=[
            [f"{number}.image.{judged.ids[place]}", judged.ids[place], judged.probs[place, number]]
            for place in places.tolist()
        ],
        hovertemplate="%{customdata[1]}<br>score %{customdata[2]:.4f}<extra></extra>",
        showlegend=False,
        row=row,
        col=1,
    )


def _label_axis(figure: go.Figure, laid: Spectrum, scale: Scale, *, row: int) -> None:
    """Name scores on an axis of log-odds."""
    title = {"score": "score", "log-odds": "score, even in its log-odds"}.get(
        scale, "share of the images that score no higher"
    )
    figure.update_xaxes(range=[laid.edges[0], laid.edges[-1]], showgrid=False, zeroline=False)
    ticks = np.array(TICKS)
    at = np.log(ticks / (1 - ticks))
    if scale == "log-odds":
        figure.update_xaxes(tickvals=at, ticktext=[f"{tick:g}" for tick in TICKS])
    figure.update_xaxes(title=title, row=row, col=1)
