"""The active thresholds in the page's address, `?thresholds=`: a saved set's name, or the numbers.

`threshold_link.js` writes the same words while a hand moves thresholds.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable

import numpy as np

from dashboard import cache
from hpa_core.classes import N_CLASSES
from hpa_core.errors import RunError
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.predictions import predicted_splits
from hpa_core.runs.thresholds import UNSAVED, Fallback, ThresholdSet

_FALLBACKS: dict[str, Fallback] = {"none": "none", "top1": "top1"}


def threshold_word(thresholds: ThresholdSet, run_id: str) -> str:
    """Return what stands for a set in the link of a page about a run.

    A set without a name is `unsaved.<split>.<fallback>.<numbers>`: the split of that run it was
    chosen on (empty if on none of it), and 28 little-endian doubles in the URL's base 64.
    """
    if thresholds.name != UNSAVED:
        return thresholds.name
    numbers = urlsafe_b64encode(np.array(thresholds.thresholds, dtype="<f8").tobytes()).decode()
    split = thresholds.split if thresholds.run == run_id else ""
    return ".".join([UNSAVED, split, thresholds.fallback, numbers.rstrip("=")])


def linked_thresholds(
    word: str, run: RunFolder, known: Iterable[ThresholdSet]
) -> ThresholdSet | None:
    """Return the set that a link to `run` names or spells; None if it does neither.

    Args:
        word: as `threshold_word` writes it.
        run: the run that is shown.
        known: the sets that a name can mean.
    """
    named = next((item for item in known if item.name == word), None)
    return named or _spelt(word, run)


def _spelt(word: str, run: RunFolder) -> ThresholdSet | None:
    """Read an unsaved set; one chosen on a split that the run has not is of unknown origin."""
    head, _, numbers = word.rpartition(".")
    head, _, fallback = head.rpartition(".")
    unsaved, _, split = head.partition(".")
    if unsaved != UNSAVED or fallback not in _FALLBACKS:
        return None
    here = split in predicted_splits(run)
    try:
        content = urlsafe_b64decode(numbers + "=" * (-len(numbers) % 4))
        return ThresholdSet(
            name=UNSAVED,
            thresholds=tuple(np.frombuffer(content, dtype="<f8", count=N_CLASSES).tolist()),
            fallback=_FALLBACKS[fallback],
            run=run.id if here else "",
            split=split if here else "",
            strategy="taken from a link",
            data_hash=cache.predictions_hash(run.id, split) if here else "",
        )
    except (ValueError, RunError):  # Not base 64, too short, or no probabilities.
        return None
