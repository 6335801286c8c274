"""What every function here demands of probabilities and truth, checked once at the door."""

import numpy as np
from jaxtyping import Bool, Float

from hpa_core.errors import ScoresError

Probs = Float[np.ndarray, "N C"]
Targets = Bool[np.ndarray, "N C"]
Thresholds = Float[np.ndarray, " C"]


def check_probs(probs: Float[np.ndarray, "N C"]) -> None:
    """Refuse scores that are not probabilities.

    Raises:
        ScoresError: a score is NaN or lies outside [0, 1].
        ValueError: the array is not a matrix of floating-point numbers.
    """
    if probs.ndim != 2 or not np.issubdtype(probs.dtype, np.floating):
        raise ValueError(f"probs must be a float matrix (N, C), not {probs.dtype} {probs.shape}")
    if probs.size and not (probs.min() >= 0 and probs.max() <= 1):
        raise ScoresError(
            "Scores must lie between 0 and 1, none of them NaN; these reach from "
            f"{probs.min()} to {probs.max()}. Apply a sigmoid to logits first."
        )


def check_thresholds(thresholds: Float[np.ndarray, "..."], *, classes: int) -> None:
    """Refuse thresholds that are not one probability for all classes, or one for each.

    Raises:
        ScoresError: there is another number of them, or one is NaN or lies outside [0, 1].
    """
    if thresholds.shape not in ((), (classes,)):
        raise ScoresError(
            f"Thresholds are one number, or one for each of {classes} classes; these have the "
            f"shape {thresholds.shape}."
        )
    bad = thresholds[~((thresholds >= 0) & (thresholds <= 1))]
    if bad.size:
        raise ScoresError(f"Thresholds must lie between 0 and 1, none of them NaN; found {bad[0]}.")


def check_truth(probs: Float[np.ndarray, "N C"], targets: Bool[np.ndarray, "N C"]) -> None:
    """Refuse scores that are not probabilities, and a truth that does not fit them.

    Raises:
        ScoresError: as `check_probs`, or there is no sample at all.
        ValueError: the shapes differ, or the truth is not boolean.
    """
    check_probs(probs)
    if targets.dtype != np.bool_ or targets.shape != probs.shape:
        raise ValueError(f"targets must be bool {probs.shape}, not {targets.dtype} {targets.shape}")
    if not len(probs):
        raise ScoresError("There are no samples; thresholds need at least one sample with truth.")
