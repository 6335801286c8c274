"""The active threshold set: how one is made of numbers, taken up, and remembered for this visit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from dashboard import cache
from dashboard.session import session
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.thresholds import ThresholdSet, chosen_on

STANDS = "hpa-threshold-history"
MOST = 200


@dataclass(frozen=True)
class Stand:
    """Where the thresholds came to rest while one split of a run was shown."""

    at: datetime
    run: str | None
    split: str | None
    thresholds: ThresholdSet


def unsaved_set(
    run: RunFolder,
    split: str,
    thresholds: Iterable[float],
    strategy: str,
    *,
    fixed: bool = False,
) -> ThresholdSet:
    """Return thresholds as a set that is not saved yet, with the active set's fallback.

    Args:
        run: whose predictions they were chosen on.
        split: of these.
        thresholds: 28 numbers in [0, 1].
        strategy: how they were chosen.
        fixed: whether they were chosen on no predictions at all.
    """
    return chosen_on(
        run,
        split,
        thresholds,
        strategy=strategy,
        fallback=session().thresholds.fallback,
        data_hash=cache.predictions_hash(run.id, split),
        fixed=fixed,
    )


def take_up(thresholds: ThresholdSet) -> None:
    """Make a set the active one, as every button that offers one does."""
    remember_stand(thresholds)
    session().thresholds = thresholds


def remember_stand(thresholds: ThresholdSet) -> None:
    """Note where the thresholds of what is shown came to rest; the oldest are forgotten."""
    chosen = session()
    stands = remembered_stands()
    stands.insert(0, Stand(datetime.now(UTC), chosen.run, chosen.split, thresholds))
    del stands[MOST:]


def remembered_stands() -> list[Stand]:
    """Return where the thresholds stood during this visit, newest first."""
    stands: list[Stand] = st.session_state.setdefault(STANDS, [])
    return stands
