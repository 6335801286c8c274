"""Fields of a configuration that know their help text, choices and limits, and check their values.

A form is built from them, a command line takes its options from them, and a dataclass refuses
what cannot be meant, all from one place. Types: `int`, `float`, `bool`, `str`, and `dict[int,
float]`, a number for each class that it names (JSON's keys, which are text, are taken too).
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, field, fields
from math import isfinite
from typing import Any

from hpa_core.classes import N_CLASSES
from hpa_core.errors import ConfigError

CLASS_OF = {str(number): number for number in range(N_CLASSES)}
WORDS: dict[Any, str] = {
    int: "whole number",
    float: "finite number",
    bool: "true or false",
    str: "text",
}


def setting(  # noqa: PLR0913 - what a form needs to know of a field
    default: Any = MISSING,
    *,
    help: str,  # noqa: A002 - the word that forms and command lines use
    choices: Mapping[str, str] | None = None,
    low: float | None = None,
    high: float | None = None,
    optional: bool = False,
    prefix: str = "",
) -> Any:
    """Declare a field: default, help text, choices (value -> meaning), limits, may it be empty.

    A value that begins with `prefix` is taken beside the choices.
    """
    metadata = {
        "help": help,
        "choices": choices,
        "low": low,
        "high": high,
        "optional": optional,
        "prefix": prefix,
    }
    return field(default=default, metadata=metadata)


def check_settings(config: Any) -> None:
    """Check every field of a frozen dataclass in its `__post_init__`, and keep what was meant.

    Raises:
        ConfigError: naming the field, what it takes and what was found.
    """
    for item in fields(config):
        object.__setattr__(config, item.name, _checked(item, getattr(config, item.name)))


def _checked(item: Field[Any], value: Any) -> Any:
    """Return `value` as the field's type, or refuse it."""
    if item.type == dict[int, float]:
        return _checked_by_class(item, value)
    checked = _typed(item.name, item.type, value)
    choices, prefix = item.metadata["choices"], item.metadata["prefix"]
    named = prefix and checked.startswith(prefix) and checked != prefix
    if choices and checked not in choices and not named:
        known = ", ".join([*choices, *([f"{prefix}<name>"] if prefix else [])])
        raise ConfigError(f"{item.name} must be one of {known}; found {checked!r:.80}.")
    _check_limits(item, item.name, checked)
    if checked == "" and not item.metadata["optional"]:
        raise ConfigError(f"{item.name} must not be empty.")
    return checked


def _checked_by_class(item: Field[Any], value: Any) -> dict[int, float]:
    if not isinstance(value, Mapping) or not value:
        raise ConfigError(
            f"{item.name} must give a number for at least one class, as {{'8': 2.5}}; "
            f"found {value!r:.80}."
        )
    checked: dict[int, float] = {}
    for key, number in value.items():
        text = str(key)
        if text not in CLASS_OF or isinstance(key, bool):
            raise ConfigError(
                f"{item.name} must name classes from 0 to {N_CLASSES - 1}; found {text[:40]!r}."
            )
        name = f"{item.name} of class {text}"
        checked[CLASS_OF[text]] = _typed(name, float, number)
        _check_limits(item, name, checked[CLASS_OF[text]])
    return dict(sorted(checked.items()))


def _typed(name: str, kind: Any, value: Any) -> Any:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value) if abs(value) < 2**53 else float("inf")
    if type(value) is not kind or (kind is float and not isfinite(value)):
        raise ConfigError(f"{name} must be a {WORDS[kind]}; found {value!r:.80}.")
    return value


def _check_limits(item: Field[Any], name: str, value: Any) -> None:
    low, high = item.metadata["low"], item.metadata["high"]
    if low is not None and not low <= value <= high:
        raise ConfigError(f"{name} must lie between {low} and {high}; found {value!r:.80}.")
