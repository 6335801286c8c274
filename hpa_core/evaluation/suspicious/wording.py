"""Why a label is suspicious, in a sentence or two."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from hpa_core.evaluation.suspicious.ranking import Suspicions

GAIN_DIGITS = 5


def rounded_gains(gains: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """Round gains in macro F1 to what is shown of them, and never to -0.

    >>> f"{rounded_gains(np.array([-1e-9]))[0]:+.{GAIN_DIGITS}f}"
    '+0.00000'
    """
    return np.asarray(gains.round(GAIN_DIGITS) + 0.0)


def reason_of(found: Suspicions, place: int, names: Sequence[str]) -> str:
    """Say what speaks against the label at `place` of a ranking.

    Args:
        found: the ranking.
        place: from 0.
        names: of the classes.
    """
    missing = bool(found.missing[place])
    name = names[found.class_id[place]]
    label = f"{'Not labelled' if missing else 'Labelled'} {name}"
    joint = "but" if found.contradicted[place] else "and"
    parts = [
        f"{label}, {joint} scored {found.prob[place]:.3f}: "
        f"number {found.rank[place] + 1:,} of {found.samples:,} images, "
        + _beyond(int(found.beyond[place]), int(found.alike[place]), missing=missing)
    ]
    if found.neighbours:
        parts.append(
            f"{found.votes[place]} of the {found.neighbours} nearest images carry the label."
        )
    if (partner := int(found.partner[place])) >= 0:
        told = "in the place of" if missing else "the right one may be"
        parts.append(f"If it is a mix-up, {told} {names[partner]}.")
    return " ".join(parts)


def expected_wrong(suspicion: Float[np.ndarray, " n"]) -> str:
    """Say how many of the labels listed are wrong by their own suspicions, n of them, at least one.

    >>> expected_wrong(np.array([0.9, 0.4, 0.1]))
    'Of the 3 listed about 1 is expected to be wrong.'
    """
    expected = round(float(suspicion.sum()))
    about = f"about {expected:,} {'is' if expected == 1 else 'are'}" if expected else "not one is"
    return f"Of the {len(suspicion):,} listed {about} expected to be wrong."


def _beyond(beyond: int, alike: int, *, missing: bool) -> str:
    """Say how unusual such a score is among the others labelled so."""
    side, labelled = ("higher", "without the label") if missing else ("lower", "with it")
    if not alike:
        return f"the only one {labelled}."
    return f"{side} than {beyond:,} of the other {alike:,} {labelled}."
