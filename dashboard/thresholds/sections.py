"""What the Thresholds page can show below its board, in the order of its menu.

A section draws one split of a run whose scores are known; whether the truth is, it asks itself.
"""

from collections.abc import Callable

from dashboard.thresholds.calibration import draw_calibration
from dashboard.thresholds.compare import draw_compare
from dashboard.thresholds.flips import draw_flips
from dashboard.thresholds.shift import draw_shift
from dashboard.thresholds.strategies import draw_strategies
from dashboard.thresholds.submissions import draw_submissions
from dashboard.thresholds.sweeps import draw_sweeps
from hpa_core.runs.folder import RunFolder

SECTIONS: dict[str, Callable[[RunFolder, str], None]] = {
    "Strategies": draw_strategies,
    "Flips": draw_flips,
    "Compare": draw_compare,
    "Sweeps": draw_sweeps,
    "Shift": draw_shift,
    "Calibration": draw_calibration,
    "Submissions": draw_submissions,
}
