"""What a person may ask of a strategy beyond scores and truth."""

from dataclasses import dataclass

from hpa_core.errors import ConfigError


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
