"""Channel ablation: what calls and scores lose without each stain, and who reads which."""

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from jaxtyping import Int

from dashboard import cache
from dashboard.charts import BLUE, CLASS_LABELS, GREY, heatmap, tidy, unseen_points
from dashboard.errors.explanations import why_unknown
from dashboard.errors.judged import Judged
from dashboard.errors.opening import NoSuchPickError, Opened, class_of, draw_clickable
from dashboard.jobs import NOTHING_KEPT, offer_job
from dashboard.wording import counted, signed
from hpa_core.classes import CHANNELS
from hpa_core.evaluation.ablation import ChannelEffect, Leaning, channel_effects, leanings
from hpa_core.evaluation.calls import calls_of
from hpa_core.evaluation.metrics import evaluate
from hpa_core.runs.ablations import FILLS, Ablation, Fill, ablation_path
from hpa_core.runs.networks import network_of
from hpa_core.runs.thresholds import Rule
from hpa_core.targets import rows_of

NAMES: dict[Fill, str] = {"zero": "black", "mean": "even grey", "swap": "another image's"}
STAINS = {
    "red": "microtubules (red)",
    "green": "protein (green)",
    "blue": "nucleus (blue)",
    "yellow": "reticulum (yellow)",
}
MOST_IMAGES = 5_000
ROW_PIXELS = 28
_STALE = ":material/update:"


def draw_ablation(judged: Judged) -> None:
    """Draw what was lost without each channel, or the button that finds out."""
    st.caption(
        "The network scores every image again with one channel taken away. One that reads the "
        "protein loses its calls without green; one that guesses from the nucleus loses them "
        "without blue."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        fill = st.segmented_control(
            "A channel is replaced by",
            list(FILLS),
            default="zero",
            required=True,
            format_func=NAMES.__getitem__,
            key="ablation-fill",
            bind="query-params",
            help="  \n".join(f"{NAMES[name]}: {meaning}." for name, meaning in FILLS.items()),
        )
    found = cache.ablation(judged.run.id, judged.split, fill)
    if why := why_unknown(judged.run):
        st.info(why)
        return
    if found is not None and found.truth_known:
        _draw(judged, found)
    offer_job(
        "Ablate the channels" if found is None else "Ablate again",
        f"Channel ablation of {judged.run.id}, {judged.split}, {fill}",
        "ablate",
        judged.run.id,
        f"--split={judged.split}",
        f"--fill={fill}",
        f"--samples={MOST_IMAGES}",
        key=f"ablation-start-{fill}",
        told=f"Five predictions of up to {MOST_IMAGES:,} images of the split, drawn by chance. "
        "Nothing is done again while network and images are the same.",
        primary=found is None,
        kept=NOTHING_KEPT if found is None else f"{NOTHING_KEPT} What is shown was there before.",
        makes=ablation_path(judged.run, judged.split, fill),
    )


def open_ablation(judged: Judged, pick: str) -> Opened:
    """Open `7.blue.zero`: the positives of class 7, those that lose most without blue first."""
    words = pick.split(".")
    if len(words) != 3 or words[1] not in CHANNELS or words[2] not in FILLS:
        raise NoSuchPickError(pick)
    fill = next(name for name in FILLS if name == words[2])
    whole, number = cache.ablation(judged.run.id, judged.split, fill), class_of(words[0])
    if whole is None:
        raise NoSuchPickError(pick)
    found, places = _of_judged(judged, whole)
    loss = (found.probs - found.without[CHANNELS.index(words[1])])[:, number]
    order = np.argsort(-loss, kind="stable")
    title = f"{CLASS_LABELS[number]}, by what the score loses without {STAINS[words[1]]}"
    rows = places[order[found.targets[order, number]]]
    return Opened(title=title, rows=rows, scored_class=number)


def _draw(judged: Judged, found: Ablation) -> None:
    if not _fits(judged, found):
        st.warning("Network, images or labels have changed since: ablate again.", icon=_STALE)
    found, _ = _of_judged(judged, found)
    if not found.truth_known:
        st.info("None of these images is among those that were scored without a channel.")
        return
    effects, leaning, whole = _measured(f"{judged.key} {found.key}", judged.thresholds.rule, found)
    for sentence in _sentences(effects, leaning, found.fill):
        st.markdown(f"- {sentence}")
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.plotly_chart(_macro_chart(effects, whole), key="ablation-macro")
        st.caption(
            f"{len(found.ids):,} of the {counted(len(judged.ids), 'image')} judged, at thresholds "
            f"{judged.thresholds.name}; dotted: {whole:.3f} with all channels. Whiskers: 95 %."
        )
    with right:
        draw_clickable(_class_chart(effects, found.fill), key="ablation-classes")
        st.caption(
            "Mean change of each class's score over its positives (0 to 1 scale), and how far its "
            "95 % interval reaches; one positive has none. Click a cell to see its images, those "
            "that lose most first."
        )


def _fits(judged: Judged, found: Ablation) -> bool:
    """Whether the network and the dataset are still those that were asked."""
    same, dataset = cache.file_hash(network_of(judged.run)) == found.weights, judged.dataset
    return same and (dataset is None or dataset.content_hash(found.split) == found.content)


def _of_judged(judged: Judged, found: Ablation) -> tuple[Ablation, Int[np.ndarray, " n"]]:
    """Return the part of an ablation that is judged, and its places in what is judged."""
    places = rows_of(judged.ids, found.ids)
    kept = places >= 0
    part = replace(
        found,
        ids=found.ids[kept],
        targets=found.targets[kept],
        probs=found.probs[kept],
        without=found.without[:, kept],
    )
    return part, places[kept]


@st.cache_resource(max_entries=8, show_spinner="Comparing calls with and without each channel")
def _measured(
    key: str, rule: Rule, _found: Ablation
) -> tuple[list[ChannelEffect], list[Leaning], float]:
    whole = evaluate(_found.targets, calls_of(rule, _found.probs)).macro_f1
    return channel_effects(_found, rule), leanings(_found), whole


def _sentences(effects: list[ChannelEffect], leaning: list[Leaning], fill: Fill) -> list[str]:
    most, *others = sorted(effects, key=lambda effect: effect.gain.difference)
    rest = ", ".join(f"{STAINS[effect.channel]} {_change(effect)}" for effect in others)
    said = [
        f"Macro F1 falls most without **{STAINS[most.channel]}**: {_change(most)}. "
        f"Without the others: {rest}."
    ]
    if not leaning:
        said.append("No class is seen to read another stain more than the protein.")
    said += [
        f"**{CLASS_LABELS[one.class_id]}** reads {STAINS[one.channel]} more than the protein: its "
        f"positives lose {one.lost:.2f} without it and {one.lost_without_green:.2f} without green."
        for one in leaning
    ]
    if leaning and fill != "swap":
        said.append(
            "No image that the network learnt from was black or even grey in a channel: believe "
            f"this only where {NAMES['swap']} says it too."
        )
    return said


def _change(effect: ChannelEffect) -> str:
    """Say the change of macro F1, with the interval of the paired bootstrap."""
    difference, low, high = (signed(x, 3) for x in (effect.gain.difference, *effect.gain.interval))
    return f"{difference} (95 %: {low} to {high})"


def _macro_chart(effects: list[ChannelEffect], whole: float) -> go.Figure:
    figure = go.Figure(
        go.Bar(
            x=[effect.macro_f1 for effect in effects],
            y=[f"without {STAINS[effect.channel]}" for effect in effects],
            orientation="h",
            marker_color=BLUE,
            error_x={
                "symmetric": False,
                "array": [effect.interval.high - effect.macro_f1 for effect in effects],
                "arrayminus": [effect.macro_f1 - effect.interval.low for effect in effects],
                "color": GREY,
            },
            customdata=[_change(effect) for effect in effects],
            hovertemplate="%{y}: macro F1 %{x:.3f}, %{customdata}<extra></extra>",
        )
    )
    figure.add_vline(x=whole, line_dash="dot", line_color=GREY)
    reach = max(whole, *(effect.interval.high for effect in effects))
    figure.update_xaxes(title="macro F1", range=[0, 1.05 * reach or 1])
    figure.update_yaxes(autorange="reversed")
    return tidy(figure, height=260)


def _class_chart(effects: list[ChannelEffect], fill: Fill) -> go.Figure:
    """Every class and channel as a cell, and on it an unseen point that can be clicked."""
    classes, columns = range(len(CLASS_LABELS)), range(len(effects))
    change = np.stack([effect.change.mean for effect in effects], axis=1)
    cells = np.argwhere(~np.isnan(change)).tolist()
    figure = go.Figure(
        heatmap(
            change,
            zmin=-1,
            zmax=1,
            xgap=1,
            ygap=1,
            hoverinfo="skip",
            text=[[_cell(effect, number) for effect in effects] for number in classes],
            texttemplate="%{text}",
            textfont={"size": 10},
            colorbar={"title": "change", "thickness": 12, "len": 0.6},
        )
    )
    points = unseen_points(
        [column for _, column in cells],
        [number for number, _ in cells],
        customdata=[
            [
                f"{number}.{effects[column].channel}.{fill}",
                signed(change[number, column], 2),
                *_ends(effects[column], number),
            ]
            for number, column in cells
        ],
        hovertemplate="%{customdata[1]} (95 %: %{customdata[2]} to %{customdata[3]})"
        "<extra></extra>",
    )
    figure.add_trace(points)
    figure.update_layout(hoverdistance=-1)  # A wide cell is clicked at its edges too.
    figure.update_xaxes(
        tickvals=list(columns),
        ticktext=[STAINS[effect.channel].replace(" ", "<br>") for effect in effects],
        side="top",
        range=[-0.5, len(effects) - 0.5],
        showgrid=False,
        zeroline=False,
    )
    figure.update_yaxes(
        tickvals=list(classes),
        ticktext=list(CLASS_LABELS),
        range=[len(CLASS_LABELS) - 0.5, -0.5],
        showgrid=False,
        zeroline=False,
    )
    return tidy(figure, height=ROW_PIXELS * len(CLASS_LABELS) + 70)


def _ends(effect: ChannelEffect, number: int) -> tuple[str, str]:
    low, high = effect.change.low[number], effect.change.high[number]
    return ("unknown", "unknown") if np.isnan(low) else (signed(low, 2), signed(high, 2))


def _cell(effect: ChannelEffect, number: int) -> str:
    """Write a mean change with half the width of its 95 % interval, where there is one."""
    change, low, high = (ends[number] for ends in effect.change)
    if np.isnan(change):
        return ""
    return signed(change, 2) + ("" if np.isnan(low) else f" \u00b1 {(high - low) / 2:.2f}")
