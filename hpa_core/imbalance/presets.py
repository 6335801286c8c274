"""Resampling plans by name: each a function from the labels to steps."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool

from hpa_core.imbalance.measures import class_counts
from hpa_core.imbalance.report_plans import report_best, report_copy, report_delete
from hpa_core.imbalance.steps import ClassAware, LpRos, MlRos, MlRus, RepeatFactor, Step

Preset = Callable[[Bool[np.ndarray, "N C"]], tuple[Step, ...]]
"""Labels of the rows to be resampled -> the steps of the plan."""


def repeat_factor(targets: Bool[np.ndarray, "N C"]) -> tuple[Step, ...]:
    """Repeat-factor sampling of every class rarer than the median class (Gupta et al. 2019).

    The paper's own threshold, 0.1 % of the samples, fits its 1,200 classes: of these 28 it reaches
    three.
    """
    counts = class_counts(targets)
    median = float(np.median(counts[counts > 0])) if counts.any() else 1.0
    return (RepeatFactor(threshold=min(max(median / max(len(targets), 1), 1e-6), 1.0)),)


def class_aware(_targets: Bool[np.ndarray, "N C"]) -> tuple[Step, ...]:
    """Class-aware sampling, the epoch as long as before (Shen et al. 2016)."""
    return (ClassAware(length=1.0),)


def ml_ros(_targets: Bool[np.ndarray, "N C"]) -> tuple[Step, ...]:
    """ML-ROS with 10 % clones (Charte et al. 2015)."""
    return (MlRos(percent=10.0),)


def ml_rus(_targets: Bool[np.ndarray, "N C"]) -> tuple[Step, ...]:
    """ML-RUS with 10 % deletions (Charte et al. 2015)."""
    return (MlRus(percent=10.0),)


def lp_ros(_targets: Bool[np.ndarray, "N C"]) -> tuple[Step, ...]:
    """LP-ROS with 10 % clones (Charte et al. 2013)."""
    return (LpRos(percent=10.0),)


PLAN_PRESETS: dict[str, Preset] = {
    "report-copy": report_copy,
    "report-delete": report_delete,
    "report-best": report_best,
    "repeat-factor": repeat_factor,
    "class-aware": class_aware,
    "ml-ros": ml_ros,
    "ml-rus": ml_rus,
    "lp-ros": lp_ros,
}
