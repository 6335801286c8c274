"""Named ways to choose thresholds from scores and their truth.

Axes: N samples, C classes. No plain recipe wins everywhere: `estimates` tells what each would get
on new data. A new strategy is one function in `choosing` and one entry here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hpa_core.errors import ConfigError, ScoresError
from hpa_core.evaluation.choosing.blended import blended_thresholds
from hpa_core.evaluation.choosing.constrained import constrained_thresholds
from hpa_core.evaluation.choosing.direct import (
    exact_thresholds,
    shrunk_thresholds,
    single_threshold,
)
from hpa_core.evaluation.choosing.fbr import fbr_thresholds
from hpa_core.evaluation.choosing.micro_macro import micro_macro_thresholds
from hpa_core.evaluation.choosing.prevalence import matching_prevalence, matching_shares
from hpa_core.evaluation.choosing.recalibrated import recalibrated_thresholds
from hpa_core.evaluation.choosing.soft_f1 import soft_f1_thresholds
from hpa_core.evaluation.contract import Probs, Targets, Thresholds, check_probs
from hpa_core.evaluation.options import Options

LOWERED = 0.7
"""What the competition's second place multiplied its exact thresholds by."""

Need = Literal["nothing", "prevalence", "constraints"]


@dataclass(frozen=True, kw_only=True)
class Strategy:
    """One way to choose thresholds.

    Attributes:
        name: what the command line, the pages and saved sets call it.
        summary: what it does, in one line.
        source: who described or used it; empty for what goes without saying.
        needs: what the options must hold for it.
        needs_truth: whether it looks at the truth; else it can choose on scores alone.
        fixed: whether it looks at neither, so that no score of it is in-sample.
        choose: scores, truth and options in, thresholds (C,) in [0, 1] out.
    """

    name: str
    summary: str
    source: str = ""
    needs: Need = "nothing"
    needs_truth: bool = True
    fixed: bool = False
    choose: Callable[[Probs, Targets, Options], Thresholds]

    def fit(
        self, probs: Probs, targets: Targets | None, options: Options | None = None
    ) -> Thresholds:
        """Choose thresholds, (C,).

        Args:
            probs: (N, C) in [0, 1].
            targets: the truth, (N, C), or None where it is unknown.
            options: what the strategy is told beside them.

        Raises:
            ConfigError: the options lack what this strategy needs.
            ScoresError: a score is NaN or outside [0, 1], there is no sample, or this strategy
                needs the truth and there is none.
        """
        told = options or Options()
        self.check(told)
        if targets is not None:
            return self.choose(probs, targets, told)
        if self.needs_truth:
            able = ", ".join(each.name for each in STRATEGIES.values() if not each.needs_truth)
            raise ScoresError(
                f"The strategy {self.name!r} needs the truth, which these scores come without; "
                f"those that do not: {able}."
            )
        check_probs(probs)
        not_looked_at = np.zeros(probs.shape, dtype=bool)
        return self.choose(probs, not_looked_at, told)

    def check(self, options: Options) -> None:
        """Refuse options that lack what this strategy needs.

        Raises:
            ConfigError: they do.
        """
        if not self.ready(options):
            raise ConfigError(f"The strategy {self.name!r} needs {self.needs}; give some.")

    def ready(self, options: Options) -> bool:
        """Whether the options hold what this strategy needs."""
        return self.needs == "nothing" or bool(getattr(options, self.needs))


def strategy_named(name: str) -> Strategy:
    """Return the strategy of that name.

    Raises:
        ConfigError: there is none.
    """
    if name not in STRATEGIES:
        raise ConfigError(
            f"There is no threshold strategy {name!r}; there is: {', '.join(STRATEGIES)}."
        )
    return STRATEGIES[name]


def ready_strategies(options: Options | None = None) -> list[Strategy]:
    """Return the strategies that can be used with these options, in the order of the list."""
    return [strategy for strategy in STRATEGIES.values() if strategy.ready(options or Options())]


def _fixed(threshold: float) -> Strategy:
    return Strategy(
        name=f"fixed-{threshold}",
        summary=f"{threshold} for every class, whatever the scores are",
        needs_truth=False,
        fixed=True,
        choose=lambda probs, _targets, _options: np.full(probs.shape[1], threshold),
    )


def _plain(
    name: str, fit: Callable[[Probs, Targets], Thresholds], summary: str, source: str = ""
) -> Strategy:
    return Strategy(
        name=name,
        summary=summary,
        source=source,
        choose=lambda probs, targets, _options: fit(probs, targets),
    )


_ALL = (
    _fixed(0.5),
    _fixed(0.15),
    _plain(
        "single",
        single_threshold,
        "the one threshold for all classes that has the highest macro F1",
    ),
    _plain(
        "exact", exact_thresholds, "each class's own threshold of highest F1", "SCut, Yang 2001"
    ),
    _plain(
        "exact-x0.7",
        lambda probs, targets: LOWERED * exact_thresholds(probs, targets),
        f"the exact thresholds times {LOWERED}",
        "2nd place of the competition",
    ),
    _plain(
        "soft-f1",
        soft_f1_thresholds,
        "least squares on a smooth F1, started at 0.5",
        "iafoss 2018",
    ),
    _plain(
        "prevalence",
        matching_prevalence,
        "each class is called as often as it is present here",
        "PCut, Yang 2001",
    ),
    Strategy(
        name="prevalence-target",
        summary="each class is called on the share of samples that is given",
        source="1st place of the competition",
        needs="prevalence",
        needs_truth=False,
        choose=lambda probs, _targets, options: matching_shares(probs, options.prevalence or ()),
    ),
    Strategy(
        name="fbr",
        summary="exact on three folds; where a class does badly, its highest score; averaged",
        source="SCutFBR, Yang 2001; Fan and Lin 2007",
        choose=lambda probs, targets, options: fbr_thresholds(probs, targets, seed=options.seed),
    ),
    Strategy(
        name="micro-macro",
        summary="frequent classes first, each maximising micro plus macro F1; three folds averaged",
        source="Lin and Lin 2023",
        choose=lambda probs, targets, options: micro_macro_thresholds(
            probs, targets, seed=options.seed
        ),
    ),
    _plain(
        "shrunk",
        shrunk_thresholds,
        "each class's own optimum, pulled to the common one where positives are few",
    ),
    _plain(
        "recalibrated",
        recalibrated_thresholds,
        "scores mended into probabilities, then half the best F1 that these promise",
        "Platt 1999; Lipton et al. 2014",
    ),
    Strategy(
        name="constrained",
        summary="auto, within the bounds given for named classes",
        needs="constraints",
        choose=lambda probs, targets, options: constrained_thresholds(
            probs, targets, options.constraints
        ),
    ),
    _plain(
        "auto",
        blended_thresholds,
        "highest expected F1 under models of each class, weighed on samples left out",
        "docs/thresholds.md",
    ),
)

STRATEGIES: dict[str, Strategy] = {strategy.name: strategy for strategy in _ALL}
"""Every strategy by its name, simplest first."""
