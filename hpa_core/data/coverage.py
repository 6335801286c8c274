"""Which classes a dealing leaves out of a part, and how to leave out as few as can be.

Axes: U kinds of groups (groups with the same samples of every class), C classes, K parts. A dealing
is how many groups of each kind every part holds.

To deal groups so that each class is in every part is to colour a hypergraph so that each edge shows
all K colours: no quick rule decides whether that can be done. Classes with few groups more than K
may be bound together so that it cannot. An integer program settles it.
"""

import numpy as np
from jaxtyping import Bool, Int

MOST_SECONDS = 20.0
"""The search ends here, with the best dealing found so far.

What can be covered was found within 2 s in every trial, and within 0.1 s on subsets of the
competition's labels. The rest of the time goes into proving that no other dealing covers more.
"""


def needed_classes(
    carries: Bool[np.ndarray, "U C"], held: Int[np.ndarray, "U K"]
) -> Bool[np.ndarray, " C"]:
    """Return which classes have a group for every part."""
    needed: np.ndarray = held.sum(axis=1) @ carries >= held.shape[1]
    return needed


def covered(
    carries: Bool[np.ndarray, "U C"], held: Int[np.ndarray, "U K"]
) -> Int[np.ndarray, "U K"]:
    """Return a dealing that leaves the fewest needed classes out of a part.

    Args:
        carries: the classes of each kind; a column of nothing but True asks for a group at all.
        held: the dealing as it is. It comes back as it is if nothing is left out; otherwise few
            groups are moved.
    """
    carries = carries[:, needed_classes(carries, held)]
    if (carries.T @ held).all():
        return held
    found = _solve(carries, held)
    better = (carries.T @ found > 0).sum() > (carries.T @ held > 0).sum()
    return found if better else held


def _solve(
    carries: Bool[np.ndarray, "U C"], held: Int[np.ndarray, "U K"]
) -> Int[np.ndarray, "U K"]:
    """Maximise the covered (class, part) pairs; among such dealings, prefer few moves.

    Variables: x (U, K) the dealing, y (C, K) whether covered, z (U, K) groups that came. y and z
    need not be declared whole: where x is, they are.
    """
    # Seldom needed, and half a second to import.
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415
    from scipy.sparse import block_array, csr_array, eye_array, kron  # noqa: PLC0415

    (kinds, parts), pairs, dealt = held.shape, carries.shape[1] * held.shape[1], held.size
    sizes = held.sum(axis=1)
    all_dealt = kron(eye_array(kinds), np.ones((1, parts)))
    covering = kron(csr_array(carries.T.astype(float)), eye_array(parts))
    came = eye_array(dealt)
    rows = [[all_dealt, None, None], [covering, -eye_array(pairs), None], [-came, None, came]]
    low = np.concatenate([sizes, np.zeros(pairs), -held.ravel()])
    high = np.concatenate([sizes, np.full(pairs + dealt, np.inf)])
    most = np.repeat(sizes, parts)
    upper = np.concatenate([most, np.ones(pairs), most])
    worth = held.sum() + 1.0  # One more pair is worth any number of moves.
    costs = np.concatenate([np.zeros(dealt), np.full(pairs, -worth), np.ones(dealt)])
    result = milp(
        costs,
        constraints=LinearConstraint(block_array(rows), low, high),
        bounds=Bounds(0, upper),
        integrality=np.arange(len(costs)) < dealt,
        # Within this gap no further pair can be covered; how few the moves are need not be proved.
        options={"mip_rel_gap": 0.5 / pairs, "time_limit": MOST_SECONDS},
    )
    if result.x is None:
        return held
    solved: np.ndarray = result.x[:dealt].round().astype(np.int64).reshape(held.shape)
    return solved
