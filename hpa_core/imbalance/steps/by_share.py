"""A step that states what is wanted of the labels and leaves the copying to the solver.

Axes: N rows of a split, C classes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hpa_core.errors import ConfigError
from hpa_core.imbalance.steps.step import Copies, Step, Targets
from hpa_core.imbalance.target_shares import (
    ShareRequest,
    ShareSolution,
    ShareTarget,
    solve_shares,
)
from hpa_core.settings import setting


@dataclass(frozen=True, kw_only=True)
class TargetShares(Step):
    """Meet wanted shares of all labels with as few copies as possible.

    Copies of a label set go evenly to its samples; which of them get the rest is drawn. Without
    `drop` nothing is left out. A sample shown more often than the cap before stays so.

    Raises:
        ConfigError: from `apply`, the shares cannot be met, with the reason.
    """

    kind = "target-shares"
    description = "Meet wanted shares of all labels with as few copies as possible."

    targets: tuple[ShareTarget, ...] = setting(
        help="Wishes: {'classes': [8], 'kind': 'at least', 'share': 0.01}; or 'at most', 'about'"
    )
    copy: tuple[int, ...] = setting(
        (), help="Only samples with one of these classes may be copied; any if there is none"
    )
    cap: int | None = setting(
        None, help="How often one sample may be shown; the smallest cap that will do if empty"
    )
    drop: tuple[int, ...] = setting(
        (), help="Samples whose only label is one of these may be left out"
    )
    spread: bool = setting(False, help="Rather copy many samples a little than few often")

    def __post_init__(self) -> None:
        given = self.targets
        wishes = tuple(map(_wish, given)) if isinstance(given, list | tuple) else ()
        request = self._request(wishes)
        for name, value in vars(request).items():
            object.__setattr__(self, name, value)

    @property
    def request(self) -> ShareRequest:
        """What is asked of the solver."""
        return self._request(self.targets)

    def _request(self, targets: tuple[ShareTarget, ...]) -> ShareRequest:
        return ShareRequest(
            targets=targets, copy=self.copy, cap=self.cap, drop=self.drop, spread=self.spread
        )

    def apply(self, copies: Copies, targets: Targets, *, rng: np.random.Generator) -> Copies:
        return self.solve(copies, targets, rng=rng).copies

    def solve(self, copies: Copies, targets: Targets, *, rng: np.random.Generator) -> ShareSolution:
        """Return the new copies with what they cost; arguments as for `apply`."""
        return solve_shares(targets, self.request, rng=rng, copies=copies)

    def to_dict(self) -> dict[str, Any]:
        wishes = [vars(target) | {"classes": list(target.classes)} for target in self.targets]
        return {
            "step": self.kind,
            "targets": wishes,
            "copy": list(self.copy),
            "cap": self.cap,
            "drop": list(self.drop),
            "spread": self.spread,
        }


def _wish(values: Any) -> ShareTarget:
    if isinstance(values, ShareTarget):
        return values
    known = ("classes", "kind", "share", "tolerance")
    if not isinstance(values, Mapping) or set(values) - set(known) or set(known[:3]) - set(values):
        raise ConfigError(
            f"A target share is an object with {', '.join(known[:3])} and perhaps a tolerance; "
            f"found {values!r:.80}."
        )
    return ShareTarget(**values)
