"""What the Thresholds page can show below its board, in the order of its menu.

A section that looks at sets is of the images measured; one that chooses thresholds, or hands in, is
of the whole split, and says so where the page is narrowed. Whether the truth is known, it asks
itself.
"""

from collections.abc import Callable

import streamlit as st

from dashboard import cache
from dashboard.thresholds.calibration import draw_calibration
from dashboard.thresholds.compare import draw_compare
from dashboard.thresholds.flips import draw_flips
from dashboard.thresholds.measured import Measured
from dashboard.thresholds.shift import draw_shift
from dashboard.thresholds.strategies import draw_strategies
from dashboard.thresholds.submissions import draw_submissions
from dashboard.thresholds.sweeps import draw_sweeps
from hpa_core.runs.folder import RunFolder

Draw = Callable[[Measured], None]


def _of_whole_split(draw: Callable[[RunFolder, str], None]) -> Draw:
    def draw_whole(measured: Measured) -> None:
        if measured.rows is not None:
            count = len(cache.predictions(measured.run.id, measured.split).ids)
            st.caption(
                f":material/filter_alt_off: Of all {count:,} images of split {measured.split}, "
                "whatever the filter finds: thresholds are chosen, and handed in, for all of them."
            )
        draw(measured.run, measured.split)

    return draw_whole


SECTIONS: dict[str, Draw] = {
    "Strategies": _of_whole_split(draw_strategies),
    "Flips": draw_flips,
    "Compare": draw_compare,
    "Sweeps": _of_whole_split(draw_sweeps),
    "Shift": _of_whole_split(draw_shift),
    "Calibration": _of_whole_split(draw_calibration),
    "Submissions": _of_whole_split(draw_submissions),
}
