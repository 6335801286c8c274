"""A report in plain sentences: what was compared, where it helps, where it does not."""

from collections.abc import Sequence
from dataclasses import dataclass

from hpa_core.classes import CLASS_NAMES
from hpa_core.evaluation.paired import Difference, Verdict
from hpa_core.oversampling.report import Comparison, Report
from hpa_core.oversampling.settings import OWN

NAMES = {
    OWN: "the run's own head",
    "as-is": "the retrained head",
    "copies": "copied rows",
    "mlsmote": "synthetic rows (MLSMOTE)",
    "weighted": "class weights",
}
"""What each variant is called."""

AGAINST = {
    OWN: NAMES[OWN],
    "as-is": "the same head without",
    "copies": "copies of the same rows",
}
LEVELS = {"fixed": "at 0.5", "fitted": "with fitted thresholds"}
TOLD = (
    ("mlsmote", "as-is", "fixed"),
    ("mlsmote", "as-is", "fitted"),
    ("mlsmote", "copies", "fitted"),
    ("as-is", OWN, "fitted"),
)
"""The comparisons that answer whether synthetic rows, and retraining at all, are worth it."""

SEEN = (
    "The network learnt from these very samples: every figure here is flattered. Choose a split "
    "that it did not learn from."
)
MOST_NAMED = 6


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One comparison in words: what is asked, the answer, and the figures behind it."""

    question: str
    verdict: Verdict
    figures: str

    def __str__(self) -> str:
        return f"{self.question}: {self.verdict}. {self.figures}"


def findings(report: Report) -> list[Finding]:
    """Say what synthetic rows do, against none and against copies; and what retraining does."""
    return [_finding(report.comparison(*key), report.positives) for key in TOLD]


def pair_name(variant: str, against: str) -> str:
    """Name a pair of variants.

    >>> pair_name("weighted", "as-is")
    'class weights against the same head without'
    """
    return f"{NAMES[variant]} against {AGAINST[against]}"


def span(found: Difference, *, digits: int = 4) -> str:
    """Write a difference with its interval."""
    value, low, high = (f"{part:+.{digits}f}" for part in (found.value, found.low, found.high))
    return f"{value} (95 %: {low} to {high})"


def _finding(comparison: Comparison, positives: Sequence[int]) -> Finding:
    name = pair_name(comparison.variant, comparison.against)
    return Finding(
        question=f"{name[0].upper()}{name[1:]}, {LEVELS[comparison.thresholds]}",
        verdict=comparison.macro.verdict,
        figures=f"Macro F1 {span(comparison.macro)}. {_classes(comparison, positives)}",
    )


def _classes(comparison: Comparison, positives: Sequence[int]) -> str:
    known = sum(count > 0 for count in positives)
    parts = []
    for verdict in ("helps", "hurts"):
        found = [n for n, one in enumerate(comparison.classes) if one.verdict == verdict]
        if found:
            parts.append(f"{verdict} {_named(found)}")
    told = "; ".join(parts) or "none can be told apart from no change"
    return f"Of {known} classes: {told}."


def _named(classes: Sequence[int]) -> str:
    names = [f"{number} {CLASS_NAMES[number]}" for number in classes[:MOST_NAMED]]
    more = len(classes) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")
