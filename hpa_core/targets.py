"""Sample ids and target strings: what a table of ids and class numbers may hold.

Label tables, ids of scores from outside and submissions all follow these two contracts.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from hpa_core.classes import N_CLASSES
from hpa_core.errors import LabelTableError

_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")
_CLASS_IDS = {str(class_id): class_id for class_id in range(N_CLASSES)}


@lru_cache(maxsize=65_536)
def parse_target(text: str) -> tuple[int, ...]:
    """Read class numbers separated by spaces, in any order; return them ascending.

    Raises:
        LabelTableError: there is none, one is not 0 to 27, or one stands there twice.

    >>> parse_target("7 1 2 0")
    (0, 1, 2, 7)
    """
    words = text.split()
    unknown = [word for word in words if word not in _CLASS_IDS]
    if unknown or not words or len(set(words)) < len(words):
        found = f"{unknown[0][:40]!r}" if unknown else f"{text[:40]!r}"
        raise LabelTableError(
            f"A target lists class numbers from 0 to {N_CLASSES - 1}, each at most once and at "
            f"least one, separated by spaces; found {found}."
        )
    return tuple(sorted(_CLASS_IDS[word] for word in words))


def format_target(class_ids: Iterable[int]) -> str:
    """Write class numbers as a target string, ascending.

    >>> format_target([25, 0])
    '0 25'
    """
    return " ".join(map(str, sorted(class_ids)))


def check_ids(ids: Sequence[str], *, source: str) -> None:
    """Refuse ids that are unsafe as file names or in a spreadsheet, and ids that come twice.

    An id is 1 to 200 ASCII letters, digits, `_`, `-` and `.`, starting with a letter, a digit or
    `_`: so it is no path, no formula (`= + - @`) and never needs quoting.

    Args:
        ids: the ids, in order.
        source: where they come from, named in the message.

    Raises:
        LabelTableError: an id breaks the contract.
    """
    seen: set[str] = set()
    for row, sample_id in enumerate(ids):
        if not _ID.fullmatch(sample_id):
            raise LabelTableError(
                f"{source}, sample {row + 1}: {sample_id[:60]!r} cannot be an id; expected 1 to "
                "200 letters, digits, '_', '-' or '.', starting with a letter, a digit or '_'."
            )
        if sample_id in seen:
            raise LabelTableError(
                f"{source}, sample {row + 1}: the id {sample_id!r} comes twice; keep one of them."
            )
        seen.add(sample_id)
