"""`auto` within bounds that a person sets for named classes.

Axes: N samples, C classes, K cuts.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool

from hpa_core.errors import ConfigError
from hpa_core.evaluation.choosing.blended import Expected, expect
from hpa_core.evaluation.choosing.prevalence import calling_most
from hpa_core.evaluation.contract import Probs, Targets, Thresholds
from hpa_core.evaluation.optimum import NO_CALL
from hpa_core.evaluation.options import Constraint


def constrained_thresholds(
    probs: Probs, targets: Targets, constraints: Sequence[Constraint]
) -> Thresholds:
    """Return the thresholds of highest expected F1 among those that fulfil the constraints.

    Precision is the one to expect on new samples, not the luckier one of these. A class that
    cannot fulfil its constraint is not called at all.

    Raises:
        ConfigError: a constraint names a class that the scores do not have.
        ScoresError: a score is NaN or outside [0, 1], or there is no sample.
    """
    expected = expect(probs, targets)
    allowed = np.ones(expected.f1.shape, dtype=bool)
    top = np.full(len(allowed), -1)
    for constraint in constraints:
        if constraint.class_id >= len(allowed):
            raise ConfigError(
                f"There is no class {constraint.class_id}; the scores have {len(allowed)} classes, "
                "numbered from 0."
            )
        allowed[constraint.class_id] = _allowed(expected, constraint)
        if constraint.top is not None:
            top[constraint.class_id] = constraint.top
    best = np.where(allowed, expected.f1, -1).argmax(axis=1)
    thresholds = np.where(allowed.any(axis=1), expected.ranked.thresholds(best), NO_CALL)
    return np.where(top >= 0, calling_most(probs, np.clip(top, 0, len(probs))), thresholds)


def _allowed(expected: Expected, constraint: Constraint) -> Bool[np.ndarray, " K"]:
    called = expected.ranked.called[constraint.class_id]
    most = len(expected.ranked.ordered) if constraint.most_calls is None else constraint.most_calls
    precision = expected.precision[constraint.class_id]
    return np.asarray((called <= most) & (precision >= (constraint.least_precision or 0)))
