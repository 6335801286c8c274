"""A chart of what each class gains: one dot and its interval a class, noise in grey."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import BLUE, CLASS_LABELS, GREY, ORANGE, tidy


def gain_chart(
    value: np.ndarray, low: np.ndarray, high: np.ndarray, *, positives: np.ndarray
) -> go.Figure:
    """Draw the gains of all classes, all (C,), the largest on top."""
    table = pd.DataFrame(
        {"f1": value, "low": low, "high": high, "positives": positives, "label": CLASS_LABELS}
    ).sort_values("f1", ascending=False, kind="stable")
    better, worse = table["low"] > 0, table["high"] < 0
    said = np.select([better, worse], ["a gain", "a loss"], "noise: the interval spans 0")
    figure = go.Figure(
        go.Scatter(
            x=table["f1"],
            y=[f"{row.label} ({row.positives:,})" for row in table.itertuples()],
            error_x={
                "symmetric": False,
                "array": table["high"] - table["f1"],
                "arrayminus": table["f1"] - table["low"],
                "thickness": 1.2,
                "color": GREY,  # The default is black, on dark ground too.
                "width": 0,
            },
            mode="markers",
            marker={
                "size": 8,
                "color": np.select([better, worse], [BLUE, ORANGE], GREY),
                # The shape says it as well, for those who do not see the colours.
                "symbol": np.select([better, worse], ["circle", "diamond"], "line-ns-open"),
            },
            customdata=np.column_stack([table["low"], table["high"], said]),
            hovertemplate="%{y}<br>%{x:+.3f} (95 %: %{customdata[0]:+.3f} to "
            "%{customdata[1]:+.3f}), %{customdata[2]}<extra></extra>",
        )
    )
    figure.add_vline(x=0, line_width=1, line_color=GREY)
    figure.update_xaxes(
        title="F1 gained; blue dots better, orange diamonds worse, grey strokes noise (95 % "
        "interval spans 0)"
    )
    figure.update_yaxes(autorange="reversed", title="class (positives)")
    return tidy(figure, height=28 * 22 + 80)
