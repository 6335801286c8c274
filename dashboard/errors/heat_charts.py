"""A heat map over the protein channel, and what the score loses without each channel."""

from base64 import b64encode
from io import BytesIO

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float, UInt8
from PIL import Image

from dashboard.charts import BLUE, GREEN, GREY, ORANGE, RED, see_through, tidy
from hpa_core.classes import CHANNELS

CHANNEL_COLOURS = {"red": RED, "green": GREEN, "blue": BLUE, "yellow": ORANGE}
BRIGHTEST_SHARE = 99.7
"""Percentile of the brightness that is drawn white, so that one hot pixel does not darken all."""
CLEAR, DENSE = 0.0, 0.75


LEAST_REACH = 0.01
"""The score up to which bars are drawn at least: less than that is nothing."""


def heat_figure(
    green: UInt8[np.ndarray, "S S"],
    evidence: Float[np.ndarray, "H W"],
    *,
    offset: Float[np.ndarray, " 2"],
    reach: float,
) -> go.Figure:
    """Lay evidence over the protein in grey: orange speaks for the class, blue against it.

    Args:
        green: brightness of the protein.
        evidence: in log-odds, of places that together cover the image.
        offset: how far down and right the places lie of an even grid, in places.
        reach: the evidence that is drawn in full colour; the same for images to be compared.
    """
    size, (rows, columns) = green.shape[0], evidence.shape
    step_y, step_x = size / rows, size / columns
    figure = go.Figure(go.Image(source=_grey(green), x0=0.5, y0=0.5, hoverinfo="skip"))
    figure.add_heatmap(
        z=np.pad(evidence, 1, mode="edge"),  # As places off the grid would leave a bare edge.
        x0=step_x * (offset[1] - 0.5),
        dx=step_x,
        y0=step_y * (offset[0] - 0.5),
        dy=step_y,
        zsmooth="best",
        zmin=-reach,
        zmax=reach,
        colorscale=_diverging(),
        colorbar={
            "title": {"text": "log-odds", "side": "right"},
            "orientation": "h",
            "thickness": 8,
            "len": 0.8,
            "x": 0,
            "xanchor": "left",
            "y": -0.02,
            "yanchor": "top",
        },
        hovertemplate="%{z:+.2f} log-odds<extra></extra>",
    )
    figure.update_xaxes(visible=False, range=[0, size], constrain="domain", constraintoward="left")
    figure.update_yaxes(
        visible=False,
        range=[size, 0],
        scaleanchor="x",
        constrain="domain",
        constraintoward="top",
    )
    return tidy(figure, height=330)


def channel_figure(score: float, without: Float[np.ndarray, " 4"]) -> go.Figure:
    """Draw the class's score with each channel blacked out; the line is the image as it is.

    The axis reaches as far as the highest of them.
    """
    figure = go.Figure(
        go.Bar(
            x=without,
            y=[f"no {name}" for name in CHANNELS],
            orientation="h",
            marker_color=[CHANNEL_COLOURS[name] for name in CHANNELS],
            text=[f"{value:.3f}" for value in without],
            textposition="auto",
            hovertemplate="%{y}: score %{x:.3f}<extra></extra>",
        )
    )
    figure.add_vline(x=score, line_dash="dot", line_color=GREY)
    highest = max(score, float(without.max()), LEAST_REACH)
    figure.update_xaxes(
        range=[0, 1.02 * highest],
        nticks=5,
        title=f"score, of 0 to 1; dotted: {score:.3f} with all",
    )
    figure.update_yaxes(autorange="reversed")
    return tidy(figure, height=150)


def _diverging() -> list[tuple[float, str]]:
    """Return a scale from blue over nothing to orange."""
    stops = ((0.0, BLUE, DENSE), (0.5, BLUE, CLEAR), (0.5, ORANGE, CLEAR), (1.0, ORANGE, DENSE))
    return [(place, see_through(colour, opacity)) for place, colour, opacity in stops]


def _grey(green: np.ndarray) -> str:
    """Write brightness as a PNG within an address."""
    white = max(float(np.percentile(green, BRIGHTEST_SHARE)), 1.0)
    shown = np.clip(green * (255 / white), 0, 255).astype(np.uint8)
    content = BytesIO()
    Image.fromarray(shown).save(content, "PNG")
    return "data:image/png;base64," + b64encode(content.getvalue()).decode()
