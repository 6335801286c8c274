"""What an import refused: one entry a row or sample, listed in `refused.json` and on the page."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

TEXT_LIMIT = 80


@dataclass(frozen=True)
class Refusal:
    """One sample that was not taken.

    Attributes:
        id: the sample's id, shortened to `TEXT_LIMIT` characters.
        file: the name of the file at fault.
        reason: what was expected and what was found.
    """

    id: str
    file: str
    reason: str


def refusal_rows(refusals: Iterable[Refusal]) -> list[dict[str, str]]:
    """Return the refusals as `refused.json` holds them."""
    return [asdict(refusal) for refusal in refusals]


def shortened(text: str) -> str:
    """Cut a text from outside so that one hostile cell cannot fill a page.

    >>> len(shortened("x" * 4096))
    80
    """
    return text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1] + "…"


def named_few(names: Iterable[str], *, limit: int = 5) -> str:
    """Join the first names, and say how many more there are.

    >>> named_few(["a", "b", "c"], limit=2)
    'a, b and 1 more'
    """
    every = list(names)
    rest = f" and {len(every) - limit} more" if len(every) > limit else ""
    return ", ".join(map(shortened, every[:limit])) + rest
