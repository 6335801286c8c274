"""What a heat map's bars show of a score."""

import numpy as np

from dashboard.errors.heat_charts import channel_figure


def test_bars_of_low_scores_fill_their_axis_which_says_what_scores_are_of() -> None:
    without = np.array([0.02, 0.0, 0.13, 0.05])
    figure = channel_figure(0.11, without)
    low, high = figure.layout.xaxis.range
    assert low == 0
    assert 0.13 <= high < 0.15
    assert "score, of 0 to 1; dotted: 0.110" in figure.layout.xaxis.title.text
    assert list(figure.data[0].text) == ["0.020", "0.000", "0.130", "0.050"]


def test_the_line_of_all_channels_lies_on_the_axis_and_scores_of_nothing_are_not_blown_up() -> None:
    assert channel_figure(0.8, np.zeros(4)).layout.xaxis.range[1] >= 0.8
    assert channel_figure(1e-5, np.full(4, 1e-6)).layout.xaxis.range[1] >= 0.01
