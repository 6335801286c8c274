"""The filter language: what is printed is read again, and what is wrong is named with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpa_core.classes import CLASS_NAMES
from hpa_core.errors import FilterError
from hpa_core.selections.expression import (
    Among,
    And,
    Counted,
    Everything,
    HasClass,
    IdContains,
    Not,
    Or,
    Scored,
    WholeSet,
)
from hpa_core.selections.parsing import WORDS, class_named, parse_filter
from tests.selections.drawn import expressions


@given(expressions(st.text(max_size=12), saved=True))
def test_what_is_printed_is_read_as_the_same_expression(expression) -> None:
    assert parse_filter(str(expression)) == expression


@given(st.text() | st.lists(st.sampled_from([*WORDS, ":", "(", ")", "7", "or", "not", "<"])))
def test_any_text_is_a_filter_or_is_refused_with_a_place_in_it(text) -> None:
    text = text if isinstance(text, str) else " ".join(text)
    refused: FilterError | None = None
    try:
        parse_filter(text)
    except FilterError as error:
        refused = error
    if refused:
        place = refused.position
        assert place is not None
        assert 1 <= place <= len(text) + 1
        assert str(refused).startswith(f"Filter, position {place}: ")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", Everything()),
        ("missed:Golgi", HasClass("missed", (7,))),
        ('Called:2,"rods & rings"', HasClass("called", (2, 27))),
        ("false", HasClass("false")),
        ("true:nucleoli", HasClass("true", (2,))),
        ("score(Cytosol) > 0.3", Scored(25, ">", 0.3)),
        ("labels>=2", Counted("labels", ">=", 2)),
        ('id~"a b"', IdContains("a b")),
        ("split:train, validation", Among("split", ("train", "validation"))),
        ("right and not wrong", And((WholeSet("right"), Not(WholeSet("wrong"))))),
        (
            "wrong labels=1 or right",
            Or((And((WholeSet("wrong"), Counted("labels", "=", 1))), WholeSet("right"))),
        ),
        (
            "wrong (labels=1 or right)",
            And((WholeSet("wrong"), Or((Counted("labels", "=", 1), WholeSet("right"))))),
        ),
        ("not wrong right", And((Not(WholeSet("wrong")), WholeSet("right")))),
    ],
)
def test_a_text_means_what_a_reader_would_expect(text, meant) -> None:
    assert parse_filter(text) == meant


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("missed:Golgy", "Filter, position 8: there is no class 'Golgy'."),
        (
            "true:cytosoll",
            "Filter, position 6: there is no class 'cytosoll'; did you mean 'Cytosol'?",
        ),
        (
            "true:Nuclear",
            "position 6: 'Nuclear' could be Nuclear membrane, Nuclear speckles, Nuclear",
        ),
        ("wrong mised:2", "position 7: 'mised' is no condition; did you mean 'missed'?"),
        (
            "missed:Golgi apparatus",
            "position 14: 'apparatus' is no condition; there are: all, right",
        ),
        ("score(2)>1.5", "position 10: a score is a number from 0 to 1, found '1.5'."),
        ("score(2)", "position 9: expected one of < <= > >= = !=, found the end."),
        ("labels>some", "position 8: expected a whole number, found 'some'."),
        ('id~"abc', "position 4: this quote is not closed."),
        ("(wrong or", "position 10: a condition is missing at the end."),
        ("(wrong", "position 7: expected ')', found the end."),
        ("wrong)", "position 6: nothing was opened that ')' could close."),
        ("right or or wrong", "position 10: a condition is missing before 'or'."),
        ("split:", "position 7: a value is missing before the end."),
        ("wrong ! right", "position 7: '!' means nothing here."),
        ("not " * 60 + "wrong", "more than 50 levels"),
        ("x" * (2**20 + 1), "at most 1,048,576"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence_with_its_place(text, sentence) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert sentence in str(caught.value)


def test_every_class_is_found_by_its_name_and_its_number() -> None:
    for class_id, name in enumerate(CLASS_NAMES):
        assert class_named(name.upper()) == class_named(str(class_id)) == class_id
