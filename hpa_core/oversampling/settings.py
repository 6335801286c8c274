"""What a comparison is asked to do, and the pairs it compares."""

from dataclasses import dataclass
from typing import Literal

from hpa_core.evaluation.strategies import ready_strategies
from hpa_core.imbalance.mlsmote import LABEL_RULES
from hpa_core.settings import check_settings, setting

Thresholds = Literal["fixed", "fitted"]
FIXED = 0.5
"""The threshold of every class where none is fitted."""

OWN = "run"
"""Name of the run's own scores among the variants: the head that it came with."""

PAIRS = (
    ("mlsmote", "as-is"),
    ("copies", "as-is"),
    ("mlsmote", "copies"),
    ("weighted", "as-is"),
    ("as-is", OWN),
)
"""Which variant is compared with which. Synthetic rows against copies: what interpolation adds."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How variants are compared.

    Two repeats are the least: one would not show how much the heads vary.

    Raises:
        ConfigError: a setting has a value that cannot be meant.
    """

    folds: int = setting(5, help="Parts that are held back in turn", low=2, high=20)
    repeats: int = setting(3, help="How often the parts are dealt anew", low=2, high=100)
    seed: int = setting(0, help="Of everything drawn", low=0, high=2**31 - 1)
    k: int = setting(5, help="Neighbours that MLSMOTE looks at", low=1, high=1000)
    times: int = setting(
        1, help="Rows made of every row of a rare class; the paper makes one", low=1, high=100
    )
    rule: str = setting("ranking", help="Labels of a synthetic row", choices=LABEL_RULES)
    strategy: str = setting(
        "exact",
        help="How the fitted thresholds are chosen",
        choices={strategy.name: strategy.summary for strategy in ready_strategies()},
    )

    def __post_init__(self) -> None:
        check_settings(self)
