"""Who labels, and what each role may do.

A role holds what the one before it may, and more. Whoever is not known yet is an annotator.
"""

import re
from typing import Literal, get_args

from hpa_core.errors import RoleError

Role = Literal["annotator", "reviewer", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
MAY = {
    "annotator": "label, and take back what they labelled",
    "reviewer": "adjudicate, import, publish, and take back anybody's labels",
    "admin": "give roles",
}
"""What each role adds."""

LONGEST_NAME = 100
_NAME = re.compile(rf"[^\W_][^\x00-\x1f\x7f#]{{0,{LONGEST_NAME - 1}}}")


def checked_annotator(name: str) -> str:
    """Return a person's name, stripped, if it can stand in a history.

    Raises:
        RoleError: it is empty, too long, begins with no letter or digit (as a formula would), or
            holds a control character or '#'.

    >>> checked_annotator(" Ana López ")
    'Ana López'
    """
    stripped = name.strip()
    if not _NAME.fullmatch(stripped):
        raise RoleError(
            f"{name[:60]!r} cannot be the name of an annotator: expected 1 to {LONGEST_NAME} "
            "characters, beginning with a letter or a digit, and no '#'."
        )
    return stripped


def checked_role(role: str) -> Role:
    """Return `role` as one of `ROLES`.

    Raises:
        RoleError: it is none of them.
    """
    for known in ROLES:
        if role == known:
            return known
    raise RoleError(f"{role[:40]!r} is no role; expected one of {', '.join(ROLES)}.")


def includes(role: Role, needed: Role) -> bool:
    """Tell whether whoever has `role` may do what takes `needed`.

    >>> includes("admin", "reviewer"), includes("annotator", "reviewer")
    (True, False)
    """
    return ROLES.index(role) >= ROLES.index(needed)
