"""Numbers and their nouns, as the pages say them."""

import numpy as np
import pytest

from dashboard.wording import counted, signed


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 images"), (1, "1 image"), (np.int64(1), "1 image"), (12_345, "12,345 images")],
)
def test_one_is_said_as_one_and_any_other_number_as_many(count: int, said: str) -> None:
    assert counted(count, "image") == said


def test_a_verb_follows_the_number() -> None:
    said = [counted(count, "other is", "others are") for count in (1, 2)]
    assert said == ["1 other is", "2 others are"]


@pytest.mark.parametrize(
    ("difference", "digits", "said"),
    [
        (0.04, 1, "0.0"),
        (-0.04, 1, "0.0"),
        (-0.05001, 1, "-0.1"),
        (2.25, 2, "+2.25"),
        (-0.0, 2, "0.00"),
    ],
)
def test_a_difference_has_a_sign_unless_it_rounds_to_zero(
    difference: float, digits: int, said: str
) -> None:
    assert signed(difference, digits) == said
