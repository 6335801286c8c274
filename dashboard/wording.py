"""Numbers and their nouns, as people say them; differences with their sign."""

from typing import SupportsInt


def counted(count: SupportsInt, one: str, many: str = "") -> str:
    """Return a number with what it counts: `1 image`, `1,200 images`.

    Args:
        count: how many, 0 or more.
        one: what is said of one; a verb may follow, as in `image carries`.
        many: what is said of any other number; `one` with an s by default.

    >>> counted(1, "image"), counted(1200, "image"), counted(0, "image carries", "images carry")
    ('1 image', '1,200 images', '0 images carry')
    """
    number = int(count)
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def signed(difference: float, digits: int) -> str:
    """Return a difference with its sign; none where it rounds to zero.

    >>> signed(0.126, 2), signed(-3.0, 1), signed(-0.004, 2)
    ('+0.13', '-3.0', '0.00')
    """
    text = f"{difference:+z.{digits}f}"
    return text.removeprefix("+") if float(text) == 0 else text
