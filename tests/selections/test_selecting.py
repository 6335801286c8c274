"""Selections of samples, against a reading of the filter one sample at a time."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpa_core.errors import FilterError
from hpa_core.labeling.state import SampleState
from hpa_core.runs.predictions import Predictions
from hpa_core.selections import expression as e
from hpa_core.selections.annotators import with_annotators
from hpa_core.selections.identities import Identities
from hpa_core.selections.parsing import parse_filter
from hpa_core.selections.samples import Samples, outside_samples, predicted_samples
from hpa_core.selections.selecting import select, selected_rows
from tests.selections.drawn import IDS, NAMES, expressions, random_samples


def compare(sign: str, left: float, right: float) -> bool:
    python = {"=": "==", "!=": "!="}.get(sign, sign)
    return bool(eval(f"left {python} right"))  # noqa: S307 - one of six signs


def parts_of(sample_id: str) -> list[str]:
    parts = sample_id.split("_")
    is_atlas = len(parts) >= 4 and parts[0].isdigit() and parts[1].isdigit()
    return parts if is_atlas else ["", ""]


def holds(expression: Any, samples: Samples, row: int) -> bool:  # noqa: C901, PLR0911
    """Read the filter for one sample, in sets."""
    truth = set(np.flatnonzero(samples.targets[row]).tolist())
    calls = set(np.flatnonzero(samples.calls[row]).tolist())
    missed, false = (truth - calls, calls - truth) if truth else (set(), set())
    match expression:
        case e.Everything():
            return True
        case e.And(parts):
            return all(holds(part, samples, row) for part in parts)
        case e.Or(parts):
            return any(holds(part, samples, row) for part in parts)
        case e.Not(part):
            return not holds(part, samples, row)
        case e.HasClass(kind, classes):
            held = {"true": truth, "called": calls, "missed": missed, "false": false}[kind]
            return bool(held & set(classes)) if classes else bool(held)
        case e.WholeSet(verdict):
            return bool(truth) and (truth == calls) == (verdict == "right")
        case e.Counted(what, sign, number):
            counted = {"labels": truth, "calls": calls, "mistakes": missed | false}[what]
            return compare(sign, len(counted), number)
        case e.Scored(class_id, sign, bound):
            return compare(sign, float(samples.probs[row, class_id]), bound)
        case e.IdContains(text):
            return text.lower() in str(samples.ids[row]).lower()
        case e.Among("annotator", names):
            return any(samples.annotators[name][row] for name in named("annotator", names, samples))
        case e.Among(field, values):
            sample_id = str(samples.ids[row])
            value = {
                "id": sample_id,
                "split": str(samples.splits[row]),
                "source": str(samples.sources[row]),
                "antibody": parts_of(sample_id)[0],
                "plate": parts_of(sample_id)[1],
            }[field]
            return value in named(field, values, samples)
    raise AssertionError(expression)


def named(field: str, values: Any, samples: Samples) -> set[str]:
    """Read the values of a field as what there is: themselves, or in another case."""
    known = {
        "split": samples.known_splits,
        "source": samples.known_sources,
        "annotator": tuple(samples.annotators),
        "antibody": {parts_of(each)[0] for each in samples.ids.tolist()} - {""},
        "plate": {parts_of(each)[1] for each in samples.ids.tolist()} - {""},
    }.get(field)
    if known is None:
        return set(values)
    return {
        each
        for value in values
        for each in known
        if each == value or (value not in known and each.lower() == value.lower())
    }


def names_nothing(expression: Any, samples: Samples) -> bool:
    """Whether any condition names a split, a source, an annotator or the like that there is not."""
    match expression:
        case e.And(parts) | e.Or(parts):
            return any(names_nothing(part, samples) for part in parts)
        case e.Not(part):
            return names_nothing(part, samples)
        case e.Among(field, values):
            return any(not named(field, (value,), samples) for value in values)
    return False


@given(expressions(st.sampled_from([*NAMES, *IDS, "B", "_92"])), st.integers(0, 2**32 - 1))
def test_a_filter_keeps_exactly_the_samples_that_a_reader_would(expression, seed) -> None:
    samples = random_samples(seed)
    if names_nothing(expression, samples):
        with pytest.raises(
            FilterError, match=r"there is no (split|source|annotator|antibody|plate) "
        ):
            select(expression, samples)
        return
    expected = [holds(expression, samples, row) for row in range(len(samples.ids))]
    assert select(expression, samples).tolist() == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("split:trian", "there is no split 'trian'; there are: train, validation, 7."),
        (
            "not source:demo",
            """there is no source 'demo'; there are: atlas, Atlas, "Ünusual name",""",
        ),
        ("wrong or annotator:nobody", "there is no annotator 'nobody'; there are: 7, \"or\"."),
        ("antibody:7 plate:7", "there is no plate '7'; there are: 921, 922."),
    ],
)
def test_a_value_that_there_is_not_is_told_with_those_there_are(text, told) -> None:
    with pytest.raises(FilterError) as raised:
        select(parse_filter(text), random_samples(0))
    assert told in str(raised.value)


def test_a_plate_is_known_by_the_ids_of_the_dataset_and_many_are_counted() -> None:
    part = random_samples(0)
    ids = [f"{number}_{1000 - number}_B9_1" for number in range(1, 14)]
    whole = replace(part, known_identities=Identities(np.array(ids)))
    assert not select(parse_filter("antibody:13 plate:987"), whole).any()
    for text in ("antibody:14", "plate:14"):
        with pytest.raises(FilterError, match=f"no {text[:-3]} '14'; the ids name 13 others"):
            select(parse_filter(text), whole)
    nameless = replace(part, known_identities=Identities(np.array(["demo-01203"])))
    with pytest.raises(FilterError, match="no plate '921'; the ids name none"):
        select(parse_filter("plate:921"), nameless)


@pytest.mark.parametrize(
    ("text", "calls", "run"),
    [
        ("true:2 labels>=2 not (split:train or id~a)", False, False),
        ("labels=1 or not (true:2 score(2)>0.1)", False, True),
        *((f"labels=1 or not (true:2 {asked})", True, True) for asked in ("wrong", "calls=0")),
        *((f"true:2 {asked}", True, True) for asked in ("missed:2", "called", "mistakes>1")),
    ],
)
def test_a_filter_tells_whether_it_asks_for_calls_and_for_a_run(text, calls, run) -> None:
    expression = parse_filter(text)
    assert (e.asks_for_calls(expression), e.asks_for_run(expression)) == (calls, run)


def test_a_value_in_another_case_matches_and_one_as_written_comes_first() -> None:
    samples = random_samples(0)
    validation = samples.splits == "validation"
    assert select(parse_filter("split:Validation"), samples).tolist() == validation.tolist()
    both = replace(samples, sources=np.array(["atlas", "Atlas", ""] * 10))
    assert select(parse_filter("source:Atlas"), both).sum() == 10
    assert select(parse_filter("source:ATLAS"), both).sum() == 20


def test_a_split_that_no_scored_sample_has_finds_none_and_is_no_error(make_dataset) -> None:
    dataset = make_dataset()
    rows = dataset.rows("validation")
    probs = np.zeros((len(rows), 28), np.float32)
    predictions = Predictions(ids=dataset.ids[rows], probs=probs)
    scored = predicted_samples(dataset, predictions)
    assert not select(parse_filter("split:train"), scored).any()
    assert select(parse_filter("not split:train source:TEST"), scored).all()
    with pytest.raises(FilterError, match="there are: train, validation"):
        select(parse_filter("split:holdout"), scored)
    outside = outside_samples(predictions, "stage2")
    assert not select(parse_filter("split:train"), outside).any()
    with pytest.raises(FilterError, match="there is no source 'atlas'; there are none"):
        select(parse_filter("source:atlas"), outside)


def test_a_score_on_the_bound_is_compared_as_calls_are() -> None:
    samples = outside_samples(
        Predictions(ids=np.array(["a"]), probs=np.full((1, 28), 0.3, np.float32)), "test"
    )
    # 0.3 as a 32-bit number lies above 0.3 as a 64-bit one.
    assert select(parse_filter("score(0)>0.3"), samples).tolist() == [True]
    assert select(parse_filter("score(0)=0.3"), samples).tolist() == [False]


def test_rows_come_by_id_whatever_their_order() -> None:
    ids = np.array([f"s{9 - row % 10}-{row}" for row in range(30)])
    samples = replace(random_samples(1), identities=Identities(ids))
    rows = selected_rows(parse_filter("labels>=0"), samples)
    assert samples.ids[rows].tolist() == sorted(samples.ids.tolist())


@pytest.mark.parametrize("text", ["missed:2", "right", "calls=0", "mistakes>1", "called"])
def test_a_filter_about_calls_needs_a_run(text) -> None:
    samples = replace(random_samples(0), calls=None)
    with pytest.raises(FilterError, match="choose a run with scores"):
        select(parse_filter(text), samples)
    with pytest.raises(FilterError, match="choose a run with scores"):
        select(parse_filter("score(2)>0.1"), replace(samples, probs=None))


def test_without_a_label_nothing_is_right_wrong_missed_or_false() -> None:
    blank = replace(random_samples(0), targets=np.zeros((30, 28), dtype=bool))
    for text in ("right", "wrong", "missed", "false", "mistakes>0"):
        assert not select(parse_filter(text), blank).any()
    assert select(parse_filter("labels=0 called"), blank).tolist() == blank.calls.any(1).tolist()


def test_an_annotator_is_whoever_took_a_decision_that_stands() -> None:
    samples = outside_samples(
        Predictions(ids=np.array(["a", "b", "c"]), probs=np.zeros((3, 28), np.float32)), "test"
    )
    opinions = {
        ("a", ""): SampleState(version=1, labels=(2,), decision="label", annotator="Ana"),
        ("b", "Ben#1"): SampleState(version=1, labels=(2,), decision="label", annotator="Ben"),
        ("b", ""): SampleState(version=3, labels=(1,), decision="accept", annotator="Ana"),
        ("c", ""): SampleState(version=2),  # Taken back.
        ("elsewhere", ""): SampleState(version=1, decision="skip", annotator="Cem"),
    }
    expression = parse_filter("not annotator:Ana or (labels=0 annotator:Ben)")
    assert e.asks_for_annotators(expression)
    assert not e.asks_for_annotators(parse_filter("labels=0 or not split:test"))
    known = with_annotators(samples, opinions)
    assert select(parse_filter("annotator:Ana"), known).tolist() == [True, True, False]
    assert select(expression, known).tolist() == [False, True, True]
    assert not select(parse_filter("annotator:Cem"), known).any()
    assert select(parse_filter("annotator:ana"), known).tolist() == [True, True, False]
