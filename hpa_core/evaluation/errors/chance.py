"""What is beyond chance where many things are looked at together.

References:
    Holm (1979), A simple sequentially rejective multiple test procedure.
"""

import numpy as np
from jaxtyping import Float

LEVEL = 0.05
"""What is less likely than this, corrected for all that was looked at, is beyond chance."""


def correct_for_many(p: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """Return each p so that one below 0.05 turns up by chance in one of twenty tables, not cells.

    Holm's step-down correction over all values of the array.

    >>> correct_for_many(np.array([0.01, 0.04, 0.03])).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    flat = p.ravel()
    order = np.argsort(flat)
    steps = np.maximum.accumulate(flat[order] * np.arange(flat.size, 0, -1))
    corrected = np.empty_like(flat)
    corrected[order] = np.minimum(steps, 1)
    return corrected.reshape(p.shape)
