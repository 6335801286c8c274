"""F1 to expect on as many new samples, given the recall at a cut and what it calls.

New data bring other counts: of a class with P positives the next sample of the same size holds a
random number, and so does the calls' wrong part. Both counts are negative binomial (a Poisson count
whose rate was seen once); their mean F1 then is one integral, taken by Gauss-Laguerre quadrature.
"""

import numpy as np
from jaxtyping import Float, Int
from numpy.polynomial.laguerre import laggauss

NODES, WEIGHTS = laggauss(24)
UNSEEN = 0.5
"""What Jeffreys' prior adds to a count: a class without positives may have some next time."""


def expected_f1(
    recall: Float[np.ndarray, "C K"],
    called: Int[np.ndarray, "C K"],
    positives: Int[np.ndarray, " C"],
) -> Float[np.ndarray, "C K"]:
    """Return the mean F1 over new samples of the same number.

    With P' positives and W' wrong calls on the new data, F1 = 2 recall P' / (P' + recall P' + W'),
    and E[1 / n] is the integral of E[s^(n - 1)] over s from 0 to 1.

    Args:
        recall: share of the positives that a cut calls.
        called: calls at the cut on the samples at hand.
        positives: of each class on the samples at hand.
    """
    present = positives[:, None].astype(np.float64)
    wrong = np.maximum(called - recall * present, 0) + UNSEEN
    present = present + UNSEEN
    reach = 1 + recall
    scale = present * reach + wrong
    total = np.zeros_like(recall)
    for node, weight in zip(NODES, WEIGHTS, strict=True):
        near = np.exp(-node / scale)
        both = near**reach
        # E[P' u^P'] and E[s^W'] of the two counts, at s = exp(-node / scale).
        log_density = -(present + 1) * np.log(2 - both) - wrong * np.log(2 - near) + node
        total += weight * both * np.exp(log_density)
    return np.asarray(2 * recall * present * total / scale)
