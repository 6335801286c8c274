"""What a user may want of the shares, and what may be done to reach it."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import Any

from hpa_core.classes import CLASS_NAMES, N_CLASSES
from hpa_core.errors import ConfigError

KINDS = ("at least", "at most", "about")
MOST_COPIES = 1000
"""The largest cap: how often an epoch may show one sample."""
RESOLUTION = 100_000
"""Shares are kept to 1 / RESOLUTION, a thousandth of a percent."""


@dataclass(frozen=True, kw_only=True)
class ShareTarget:
    """One wish: the share that classes, taken together, have of all labels of an epoch.

    Attributes:
        classes: class numbers; their positives are added up.
        kind: one of `KINDS`.
        share: 0 to 1, kept to a thousandth of a percent.
        tolerance: how far `about` may miss the share on either side, 0 to 1.

    Raises:
        ConfigError: at construction, a value cannot be meant.
    """

    classes: tuple[int, ...]
    kind: str
    share: float
    tolerance: float = 0.001

    def __post_init__(self) -> None:
        object.__setattr__(self, "classes", checked_classes("classes", self.classes))
        if not self.classes:
            raise ConfigError("A target share needs at least one class; choose one.")
        if self.kind not in KINDS:
            raise ConfigError(f"kind must be one of {', '.join(KINDS)}; found {self.kind!r:.40}.")
        for name in ("share", "tolerance"):
            object.__setattr__(self, name, _checked_share(name, getattr(self, name)))

    @property
    def lowest(self) -> Fraction | None:
        """The least share that meets it, None where any is low enough."""
        if self.kind == "at most":
            return None
        return max(_exact(self.share) - self._slack, Fraction(0))

    @property
    def highest(self) -> Fraction | None:
        """The largest share that meets it, None where any is high enough."""
        if self.kind == "at least":
            return None
        return min(_exact(self.share) + self._slack, Fraction(1))

    @property
    def _slack(self) -> Fraction:
        return _exact(self.tolerance) if self.kind == "about" else Fraction(0)

    @property
    def group(self) -> str:
        """Its classes by number and name."""
        return name_classes(self.classes)

    def __str__(self) -> str:
        slack = f" (± {percent(self.tolerance)} %)" if self.kind == "about" else ""
        return f"{self.group} {self.kind} {percent(self.share)} %{slack}"


@dataclass(frozen=True, kw_only=True)
class ShareRequest:
    """Wishes, and what may be done to meet them.

    Attributes:
        targets: the wishes, at least one.
        copy: a sample may be copied if it carries one of these classes; without any, every sample
            may. A cap of 1 forbids copies.
        cap: how often an epoch may show one sample, 1 to `MOST_COPIES`; None: the smallest cap that
            meets the targets. A sample that is shown more often already stays so.
        drop: samples whose only label is one of these may be left out; no other sample may.
        spread: rather copy many samples a little than few samples often: the sum of the squares of
            what is added to each sample becomes least instead of the sum, which leaves a cap of
            None without effect.

    Raises:
        ConfigError: at construction, a value cannot be meant.
    """

    targets: tuple[ShareTarget, ...]
    copy: tuple[int, ...] = ()
    cap: int | None = None
    drop: tuple[int, ...] = ()
    spread: bool = False

    def __post_init__(self) -> None:
        if not self.targets:
            raise ConfigError("There is no target share; state at least one.")
        object.__setattr__(self, "copy", checked_classes("copy", self.copy))
        object.__setattr__(self, "drop", checked_classes("drop", self.drop))
        cap = self.cap
        if cap is not None and (type(cap) is not int or not 1 <= cap <= MOST_COPIES):
            raise ConfigError(
                f"cap must be a whole number between 1 and {MOST_COPIES}; found {cap!r:.40}."
            )


def checked_classes(name: str, value: Any) -> tuple[int, ...]:
    """Return class numbers ascending, each once.

    Raises:
        ConfigError: something else than whole numbers from 0 to 27 stands there.
    """
    numbers = list(value) if isinstance(value, Iterable) and not isinstance(value, str) else [value]
    wrong = [one for one in numbers if type(one) is not int or not 0 <= one < N_CLASSES]
    if wrong:
        raise ConfigError(
            f"{name} must list class numbers from 0 to {N_CLASSES - 1}; found {wrong[0]!r:.40}."
        )
    return tuple(sorted(set(numbers)))


def name_classes(classes: Iterable[int]) -> str:
    """Class numbers with their names, as a sentence has them.

    >>> name_classes([0, 25])
    '0 Nucleoplasm + 25 Cytosol'
    """
    return " + ".join(f"{number} {CLASS_NAMES[number]}" for number in classes)


def percent(share: float | Fraction | None) -> str:
    """Write a share in percent, without the sign and without idle zeros.

    >>> percent(0.4), percent(0.0077)
    ('40', '0.77')
    """
    return f"{100 * float(share or 0):.3f}".rstrip("0").rstrip(".")


def _checked_share(name: str, value: Any) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not isfinite(value) or not 0 <= value <= 1:
        raise ConfigError(f"{name} must be a number from 0 to 1; found {value!r:.40}.")
    return round(float(value), 5)


def _exact(share: float) -> Fraction:
    return Fraction(round(share * RESOLUTION), RESOLUTION)
