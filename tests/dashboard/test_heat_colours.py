"""Heat maps begin, and diverge, near to the ground of either theme, for colour-blind eyes too."""

import tomllib

import numpy as np
import plotly.graph_objects as go
import pytest

from dashboard.imbalance.charts import pair_heatmap
from dashboard.training.charts import Curves, class_heatmap
from tests.conftest import ROOT

THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
GROUND = {"light": 1.0, "dark": 0.0}
COUNTS = np.arange(28 * 28).reshape(28, 28)
# What protanopes and deuteranopes see of linear RGB: Machado, Oliveira and Fernandes, 2009.
EYES = {
    "full": np.eye(3),
    "no red": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "no green": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
}


def luminance(colours: list[str], eyes: str) -> np.ndarray:
    """Return how bright each colour is to such eyes, 0 to 1 (WCAG 2)."""
    coded = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in colours])
    share = coded / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.transpose(EYES[eyes]) @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("scheme", GROUND)
def test_the_lower_a_value_the_nearer_its_colour_is_to_the_ground(scheme: str, eyes: str) -> None:
    colours = THEME[scheme]
    rising, diverging = colours["chartSequentialColors"], colours["chartDivergingColors"]
    for scale in (rising, diverging[4::-1], diverging[5:]):
        far = np.abs(luminance(scale, eyes) - GROUND[scheme])
        assert far[0] < 0.12
        assert np.all(np.diff(far) > 0)


@pytest.mark.parametrize("name", ["chartSequentialColors", "chartDivergingColors"])
def test_white_numbers_are_read_on_every_cell_on_dark_ground(name: str) -> None:
    colours = THEME["dark"][name]
    contrast = (1 + 0.05) / (luminance(colours, "full") + 0.05)
    assert contrast.min() >= 4.5
    bright = [
        np.dot([299, 587, 114], [int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 1000
        for colour in colours
    ]
    assert max(bright) < 128, "from where Plotly writes in grey"


@pytest.mark.parametrize(
    "figure",
    [
        pair_heatmap(COUNTS, title="count", diverging=False),
        pair_heatmap(COUNTS - 400, title="residual", diverging=True),
        class_heatmap(Curves("run", [{"epoch": 1, "f1/validation": [0.5] * 28}])),
    ],
    ids=["pairs", "residuals", "epochs"],
)
def test_a_heat_map_leaves_its_colours_to_the_theme(figure: go.Figure) -> None:
    (trace,) = figure.data
    assert trace.autocolorscale
    assert trace.colorscale is None
