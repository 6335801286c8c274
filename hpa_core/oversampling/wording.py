"""A report in plain sentences: what was compared, where it helps, where it does not."""

from collections.abc import Sequence

from hpa_core.classes import CLASS_NAMES
from hpa_core.evaluation.paired import Verdict
from hpa_core.oversampling.report import Comparison, Report
from hpa_core.oversampling.settings import OWN

NAMES = {
    OWN: "the run's own head",
    "as-is": "the retrained head",
    "copies": "copied rows",
    "mlsmote": "synthetic rows (MLSMOTE)",
    "weighted": "class weights",
}
"""What each variant is called in a sentence."""

LEVELS = {"fixed": "at 0.5", "fitted": "with fitted thresholds"}
SAYS: dict[Verdict, str] = {
    "helps": "raise macro F1 by",
    "hurts": "lower macro F1 by",
    "cannot tell": "change macro F1 by an amount that these samples cannot tell from nothing:",
}
MOST_NAMED = 6


def in_words(report: Report) -> list[str]:
    """Say what synthetic rows do: against none, and against copies of the same rows."""
    wanted = [
        ("mlsmote", "as-is", "fixed"),
        ("mlsmote", "as-is", "fitted"),
        ("mlsmote", "copies", "fitted"),
    ]
    made = {(one.variant, one.against, one.thresholds): one for one in report.comparisons}
    return [sentence(made[key], report.positives) for key in wanted if key in made]


def sentence(comparison: Comparison, positives: Sequence[int]) -> str:
    """Say one comparison: macro F1 first, then the classes that can be told."""
    macro = comparison.macro
    against = "" if comparison.against == "as-is" else f" against {NAMES[comparison.against]}"
    said = (
        f"{NAMES[comparison.variant]}{against}, {LEVELS[comparison.thresholds]}, "
        f"{SAYS[macro.verdict]} {macro.value:+.4f} (95 %: {macro.low:+.4f} to {macro.high:+.4f})."
    )
    return f"{said[0].upper()}{said[1:]} {_classes(comparison, positives)}"


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
