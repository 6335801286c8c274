"""Threshold sets: 28 numbers with a name, and where they come from."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

from hpa_core.classes import N_CLASSES
from hpa_core.errors import HpaError, RunError
from hpa_core.files import checked_name, write_json
from hpa_core.runs.folder import RunFolder

Fallback = Literal["none", "top1"]
"""What becomes of a sample without a call: nothing, or its highest class is called."""


class Rule(NamedTuple):
    """What calls follow: a threshold a class, and what becomes of a sample without a call."""

    thresholds: tuple[float, ...]
    fallback: Fallback = "none"


UNSAVED = "unsaved"
"""Name of a set that is in use and not saved."""

_WORDS = ("name", "fallback", "run", "split", "strategy", "data_hash", "created")


def _is_probability(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


@dataclass(frozen=True, kw_only=True)
class ThresholdSet:
    """One threshold a class; a call is a score strictly above it.

    Attributes:
        thresholds: 28 numbers in [0, 1].
        fallback: what becomes of a sample that gets no call.
        run, split, data_hash: the predictions it was chosen on.
        strategy: how it was chosen (`exact`, `manual`, `fixed 0.5`, ...).
        fixed: whether it was chosen beforehand, on no predictions.
    """

    name: str
    thresholds: tuple[float, ...]
    fallback: Fallback = "none"
    run: str = ""
    split: str = ""
    strategy: str = ""
    data_hash: str = ""
    created: str = ""
    fixed: bool = False

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

    @property
    def rule(self) -> Rule:
        """What its calls follow, whatever its name and origin."""
        return Rule(self.thresholds, self.fallback)

    @property
    def origin_known(self) -> bool:
        """Whether it is known on which predictions the set was chosen, or that it was on none."""
        return bool(self.run) or self.fixed


def chosen_on(  # noqa: PLR0913 - what a set says of its origin, all named by the caller
    run: RunFolder,
    split: str,
    thresholds: Iterable[float],
    *,
    strategy: str,
    data_hash: str,
    fallback: Fallback = "none",
    name: str = UNSAVED,
    fixed: bool = False,
) -> ThresholdSet:
    """Return the set of thresholds chosen on a split of a run's predictions.

    Args:
        run: whose predictions they were chosen on.
        split: of these.
        thresholds: 28 numbers in [0, 1].
        strategy: how they were chosen.
        data_hash: `predictions_hash` of these predictions.
        fallback: what becomes of a sample that gets no call.
        name: of the set.
        fixed: whether the strategy looked at no predictions; the set is then of none.

    Raises:
        RunError: the numbers break the contract.
        WorkspaceError: `name` cannot be one.
    """
    return ThresholdSet(
        name=name,
        thresholds=tuple(map(float, thresholds)),
        fallback=fallback,
        run="" if fixed else run.id,
        split="" if fixed else split,
        strategy=strategy,
        data_hash="" if fixed else data_hash,
        fixed=fixed,
    )


def fixed_thresholds(value: float) -> ThresholdSet:
    """Return the set that has `value` for every class."""
    return ThresholdSet(
        name=f"fixed-{value:g}",
        thresholds=(value,) * N_CLASSES,
        strategy=f"fixed {value:g}",
        fixed=True,
    )


BUILT_IN = (fixed_thresholds(0.5), fixed_thresholds(0.15))
"""The sets that every run has."""

_RESERVED = (*(item.name for item in BUILT_IN), UNSAVED)


def save_thresholds(run: RunFolder, chosen: ThresholdSet, *, over: bool = False) -> Path:
    """Save a set under its name in the run's folder.

    Args:
        run: the run it is for.
        chosen: the set.
        over: replace a set of the same name.

    Raises:
        RunError: as `check_free`.
    """
    check_free(run, chosen.name, over=over)
    path = _path(run, chosen.name)
    created = chosen.created or datetime.now(UTC).isoformat(timespec="seconds")
    write_json(path, {**asdict(chosen), "created": created})
    return path


def check_free(run: RunFolder, name: str, *, over: bool = False) -> None:
    """Refuse a name that no set can be saved under.

    Args:
        run: the run the set is for.
        name: the name wanted.
        over: whether a saved set may be replaced.

    Raises:
        RunError: the name means something else, or the run has such a set and `over` is false.
        WorkspaceError: it cannot be the name of a file.
    """
    checked_name(name, what="threshold set")
    if _is_reserved(name):
        raise RunError(
            f"{name!r} cannot name a saved threshold set, as numbers and the names "
            f"{', '.join(_RESERVED)} mean something else; choose another name."
        )
    taken = _path(run, name).exists() or any(item.name == name for item in list_thresholds(run))
    if taken and not over:
        raise RunError(
            f"Run {run.id!r} has a set {name!r} already; choose another name, or replace it "
            "(Replace on the page, --replace on the command line)."
        )


def list_thresholds(run: RunFolder) -> list[ThresholdSet]:
    """Every saved set of a run that can be read, oldest first; see `unreadable_thresholds`.

    A set that an earlier version saved as `fixed-0.5` or `0.15` is called `saved-fixed-0.5` or
    `saved-0.15`, so that no name means two sets.
    """
    sets, _ = _read_all(run)
    named = [
        replace(item, name=f"saved-{item.name}") if _is_reserved(item.name) else item
        for item in sets
    ]
    return sorted(named, key=lambda item: (item.created, item.name))


def unreadable_thresholds(run: RunFolder) -> list[str]:
    """Say of each file among a run's saved sets that holds none what is wrong with it."""
    _, refused = _read_all(run)
    return refused


def known_thresholds(run: RunFolder) -> list[ThresholdSet]:
    """Every set that a name can mean for a run: the saved ones, then the built-in ones."""
    return [*list_thresholds(run), *BUILT_IN]


def load_thresholds(run: RunFolder, name: str) -> ThresholdSet:
    """Load a saved or built-in set by its name.

    Raises:
        RunError: the run has no such set, or its file cannot be read.
    """
    sets = {item.name: item for item in known_thresholds(run)}
    if name not in sets and _path(run, name).exists():
        return read_thresholds(_path(run, name))
    if name not in sets:
        raise RunError(f"Run {run.id!r} has no threshold set {name!r}; it has: {', '.join(sets)}.")
    return sets[name]


def read_thresholds(path: Path) -> ThresholdSet:
    """Read a thresholds file: a JSON list of 28 numbers, or an object with the key `thresholds`.

    Raises:
        RunError: the file cannot be read, is neither, or its numbers break the contract.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise RunError(f"There is no thresholds file {path}.") from None
    except OSError as error:
        raise RunError(f"The thresholds file {path} cannot be read: {error.strerror}.") from None
    return parse_thresholds(content, source=str(path))


def parse_thresholds(content: bytes, *, source: str) -> ThresholdSet:
    """Read what a thresholds file holds.

    Args:
        content: the JSON, as `read_thresholds` takes it.
        source: where it comes from, for the message.

    Raises:
        RunError: it is something else, or its numbers break the contract.
    """
    try:
        value = json.loads(content)
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise RunError(f"{source} is not JSON; expected a list of {N_CLASSES} numbers.") from None
    fields = value if isinstance(value, dict) else {"thresholds": value}
    numbers = fields.get("thresholds")
    if not isinstance(numbers, list) or not all(_is_probability(item) for item in numbers):
        raise RunError(f"{source} has no list of {N_CLASSES} numbers between 0 and 1.")
    if len(numbers) != N_CLASSES:
        raise RunError(
            f"{source} has {len(numbers)} numbers; a threshold set has {N_CLASSES}, one a class."
        )
    words = {key: str(fields[key]) for key in _WORDS if key in fields}
    return ThresholdSet(
        name=words.pop("name", "from-file"),
        thresholds=tuple(map(float, numbers)),
        fallback=_fallback(words.pop("fallback", "none"), source),
        fixed=fields.get("fixed") is True,
        **words,
    )


def _path(run: RunFolder, name: str) -> Path:
    return run.thresholds / f"{name}.json"


def _read_all(run: RunFolder) -> tuple[list[ThresholdSet], list[str]]:
    """Return the saved sets in the order of their files, and what is wrong with the others."""
    sets, refused = [], []
    for path in sorted(run.thresholds.glob("*.json")):
        try:
            sets.append(read_thresholds(path))
        except HpaError as error:
            refused.append(str(error))
    return sets, refused


def _fallback(word: str, source: str) -> Fallback:
    match word:
        case "none" | "top1":
            return word
    raise RunError(f"The fallback is 'none' or 'top1'; {source} says {word[:40]!r}.")


def _is_reserved(name: str) -> bool:
    """Whether a name means a built-in set, the unsaved one, or one number for all classes."""
    if name in _RESERVED:
        return True
    try:
        float(name)
    except ValueError:
        return False
    return True
