"""Threshold sets: 28 numbers with a name, and where they come from."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from hpa_core.classes import N_CLASSES
from hpa_core.errors import RunError
from hpa_core.files import checked_name, write_json
from hpa_core.runs.folder import RunFolder

Fallback = Literal["none", "top1"]
"""What becomes of a sample without a call: nothing, or its highest class is called."""

_WORDS = ("name", "fallback", "run", "split", "strategy", "data_hash", "created")


@dataclass(frozen=True, kw_only=True)
class ThresholdSet:
    """One threshold a class; a call is a score strictly above it.

    Attributes:
        thresholds: 28 numbers in [0, 1].
        fallback: what becomes of a sample that gets no call.
        run, split, data_hash: the predictions it was chosen on.
        strategy: how it was chosen (`exact`, `manual`, `fixed 0.5`, ...).
    """

    name: str
    thresholds: tuple[float, ...]
    fallback: Fallback = "none"
    run: str = ""
    split: str = ""
    strategy: str = ""
    data_hash: str = ""
    created: str = ""

    def __post_init__(self) -> None:
        checked_name(self.name, what="threshold set")
        if len(self.thresholds) != N_CLASSES:
            raise RunError(
                f"A threshold set has {N_CLASSES} numbers, one a class; "
                f"{self.name!r} has {len(self.thresholds)}."
            )
        if not all(_is_probability(value) for value in self.thresholds):
            raise RunError(f"Thresholds lie between 0 and 1; {self.name!r} has one that does not.")
        if self.fallback not in ("none", "top1"):
            raise RunError(
                f"The fallback is 'none' or 'top1'; {self.name!r} says {self.fallback!r}."
            )


def save_thresholds(run: RunFolder, chosen: ThresholdSet) -> Path:
    """Save a set under its name in the run's folder, replacing one of the same name."""
    path = run.thresholds / f"{chosen.name}.json"
    created = chosen.created or datetime.now(UTC).isoformat(timespec="seconds")
    write_json(path, {**asdict(chosen), "created": created})
    return path


def list_thresholds(run: RunFolder) -> list[ThresholdSet]:
    """Every saved set of a run, oldest first."""
    sets = [read_thresholds(path) for path in run.thresholds.glob("*.json")]
    return sorted(sets, key=lambda item: (item.created, item.name))


def load_thresholds(run: RunFolder, name: str) -> ThresholdSet:
    """Load a set by its name.

    Raises:
        RunError: the run has no such set.
    """
    path = run.thresholds / f"{checked_name(name, what='threshold set')}.json"
    if not path.is_file():
        names = ", ".join(item.name for item in list_thresholds(run)) or "none yet"
        raise RunError(f"Run {run.id!r} has no threshold set {name!r}; it has: {names}.")
    return read_thresholds(path)


def read_thresholds(path: Path) -> ThresholdSet:
    """Read a thresholds file: a JSON list of 28 numbers, or an object with the key `thresholds`.

    Raises:
        RunError: the file is neither, or its numbers break the contract.
    """
    try:
        value = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise RunError(f"There is no thresholds file {path}.") from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise RunError(f"{path} is not JSON; expected a list of {N_CLASSES} numbers.") from None
    fields = value if isinstance(value, dict) else {"thresholds": value}
    numbers = fields.get("thresholds")
    if not isinstance(numbers, list) or not all(_is_probability(item) for item in numbers):
        raise RunError(f"{path} has no list of {N_CLASSES} numbers between 0 and 1.")
    words = {key: str(fields[key]) for key in _WORDS if key in fields}
    return ThresholdSet(
        name=words.pop("name", "from-file"),
        thresholds=tuple(map(float, numbers)),
        fallback=_fallback(words.pop("fallback", "none"), path),
        **words,
    )


def _fallback(word: str, path: Path) -> Fallback:
    match word:
        case "none" | "top1":
            return word
    raise RunError(f"The fallback is 'none' or 'top1'; {path} says {word[:40]!r}.")


def _is_probability(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
