"""What a person may ask of a strategy beyond scores and truth."""

from dataclasses import dataclass, replace
from typing import Any

from hpa_core.errors import ConfigError

FORM = "CLASS:precision=SHARE,most=NUMBER or CLASS:top=NUMBER, as in 27:top=11"
_FIELDS = {"precision": "least_precision", "most": "most_calls", "top": "top"}


@dataclass(frozen=True, kw_only=True)
class Constraint:
    """What the calls of one class must fulfil.

    Attributes:
        class_id: the class that is meant.
        least_precision: share of its calls expected to be right, at least.
        most_calls: calls among the samples at hand, at most.
        top: calls exactly its so many highest scores (fewer where scores tie); alone, if given.
    """

    class_id: int
    least_precision: float | None = None
    most_calls: int | None = None
    top: int | None = None

    def __post_init__(self) -> None:
        told = f"class {self.class_id}"
        if self.class_id < 0:
            raise ConfigError(f"A class is named by its number from 0 up, not {self.class_id}.")
        if self.least_precision is not None and not 0 <= self.least_precision <= 1:
            raise ConfigError(
                f"A least precision lies between 0 and 1; {told} has {self.least_precision}."
            )
        if min(self.most_calls or 0, self.top or 0) < 0:
            raise ConfigError(f"A number of calls is 0 or more; {told} has a negative one.")
        if self.top is not None and (self.least_precision, self.most_calls) != (None, None):
            raise ConfigError(f"{told.capitalize()} has a top number and another constraint too.")
        if self.top is self.least_precision is self.most_calls is None:
            raise ConfigError(f"The constraint of {told} says nothing; give it one number.")

    def scaled(self, share: float) -> "Constraint":
        """Return the same for that share of the samples; what may be called once, still may."""
        most, top = (
            count and max(round(count * share), 1) for count in (self.most_calls, self.top)
        )
        return replace(self, most_calls=most, top=top)

    @property
    def text(self) -> str:
        """The constraint as `parse_constraint` reads it."""
        told = {word: getattr(self, field) for word, field in _FIELDS.items()}
        words = [f"{word}={value:g}" for word, value in told.items() if value is not None]
        return f"{self.class_id}:{','.join(words)}"


def parse_constraint(text: str) -> Constraint:
    """Read a constraint as it is written on the command line.

    Raises:
        ConfigError: the text is not of that form, or its numbers cannot be meant.

    >>> parse_constraint("27:top=11")
    Constraint(class_id=27, least_precision=None, most_calls=None, top=11)
    """
    number, _, wishes = text.partition(":")
    told: dict[str, Any] = {}
    try:
        class_id = int(number)
        for wish in wishes.split(","):
            word, _, value = wish.partition("=")
            told[_FIELDS[word.strip()]] = (
                float(value) if word.strip() == "precision" else int(value)
            )
    except (ValueError, KeyError):
        raise ConfigError(f"A constraint is written {FORM}; found {text[:60]!r}.") from None
    return Constraint(class_id=class_id, **told)


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a strategy is told.

    Attributes:
        prevalence: share of samples that each class shall be called on, (C,), each in [0, 1].
        constraints: at most one a class.
        seed: of the strategies that split the samples at random.
    """

    prevalence: tuple[float, ...] | None = None
    constraints: tuple[Constraint, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        if self.prevalence and not all(0 <= share <= 1 for share in self.prevalence):
            raise ConfigError("A prevalence is a share between 0 and 1; one given here is not.")
        named = [constraint.class_id for constraint in self.constraints]
        if twice := {number for number in named if named.count(number) > 1}:
            raise ConfigError(f"Class {min(twice)} has two constraints; join them into one.")

    def scaled(self, share: float) -> "Options":
        """Return what to tell a strategy that sees only that share of the samples."""
        return replace(self, constraints=tuple(each.scaled(share) for each in self.constraints))
