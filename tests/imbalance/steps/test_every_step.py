"""What holds for every step of a resampling plan: counts, rows, seeds, and plain values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hpa_core.errors import ConfigError
from hpa_core.imbalance.measures import class_counts
from hpa_core.imbalance.plan import planned_counts
from hpa_core.imbalance.planning import plan_copies
from hpa_core.imbalance.preview import preview_plan
from hpa_core.imbalance.steps import (
    STEPS,
    ClassAware,
    CopyAlone,
    CopyClasses,
    DeleteAlone,
    LpRos,
    LpRus,
    MlRos,
    MlRus,
    RepeatFactor,
    Step,
    TargetShares,
    step_from_dict,
    steps_from_dicts,
)

EXAMPLES: dict[str, Step] = {
    "copy-classes": CopyClasses(factors={1: 2.5, 2: 4}),
    "copy-alone": CopyAlone(factors={0: 1.5}),
    "delete-alone": DeleteAlone(fractions={0: 0.5, 1: 0.25}),
    "ml-ros": MlRos(percent=50),
    "ml-rus": MlRus(percent=30),
    "lp-ros": LpRos(percent=50),
    "lp-rus": LpRus(percent=30),
    "repeat-factor": RepeatFactor(threshold=0.5),
    "class-aware": ClassAware(length=1.5),
    "target-shares": TargetShares(
        targets=({"classes": [3], "kind": "at least", "share": 0.05},), drop=(0,)
    ),
}
GROWING = ("copy-classes", "copy-alone", "ml-ros", "lp-ros", "repeat-factor")
SHRINKING = ("delete-alone", "ml-rus", "lp-rus")

label_tables = arrays(bool, st.tuples(st.integers(1, 40), st.just(4)))
step_lists = st.lists(st.sampled_from(sorted(EXAMPLES)), min_size=1, max_size=3)


def applied(step: Step, targets: np.ndarray, *, seed: int = 0) -> np.ndarray:
    ones = np.ones(len(targets), dtype=np.int64)
    return step.apply(ones, targets, rng=np.random.default_rng(seed))


def tried(
    step: Step, copies: np.ndarray, targets: np.ndarray, *, seed: int = 0
) -> np.ndarray | None:
    """Apply a step; None where it asks for shares that the table cannot have."""
    try:
        return step.apply(copies, targets, rng=np.random.default_rng(seed))
    except ConfigError:
        assert step.kind == "target-shares"
        return None


def skewed(rows: int = 400) -> np.ndarray:
    """Return random labels whose classes go from frequent to rare."""
    rng = np.random.default_rng(3)
    targets = rng.random((rows, 4)) < [0.6, 0.2, 0.08, 0.03]
    targets[~targets.any(axis=1), 0] = True
    return targets


def test_every_kind_has_an_example_here() -> None:
    assert set(EXAMPLES) == set(STEPS)
    assert all(EXAMPLES[kind].kind == kind for kind in STEPS)


@given(label_tables, step_lists, st.integers(0, 5))
def test_the_counts_promised_are_the_counts_drawn(
    targets: np.ndarray, kinds: list[str], seed: int
) -> None:
    try:
        copies = plan_copies(targets, [EXAMPLES[kind] for kind in kinds], seed=seed)
    except ConfigError:
        return  # Nothing is left to show.
    assert copies.dtype == np.int64
    assert copies.min() >= 0
    drawn = targets[np.repeat(np.arange(len(targets)), copies)]
    assert planned_counts(targets, copies).tolist() == class_counts(drawn).tolist()
    seen = preview_plan(targets, copies)
    assert seen.after.counts.tolist() == class_counts(drawn).tolist()
    assert seen.samples == len(drawn)


@given(label_tables, st.sampled_from(GROWING), st.integers(0, 5))
def test_a_step_that_copies_loses_nothing(targets: np.ndarray, kind: str, seed: int) -> None:
    assert applied(EXAMPLES[kind], targets, seed=seed).min() >= 1


@given(label_tables, st.sampled_from(SHRINKING), st.integers(0, 5))
def test_a_step_that_deletes_adds_nothing(targets: np.ndarray, kind: str, seed: int) -> None:
    assert applied(EXAMPLES[kind], targets, seed=seed).max() <= 1


@given(label_tables, st.sampled_from(sorted(STEPS)))
def test_the_copies_given_are_left_as_they_are(targets: np.ndarray, kind: str) -> None:
    given_copies = np.arange(len(targets)) % 3
    before = given_copies.copy()
    tried(EXAMPLES[kind], given_copies, targets)
    assert given_copies.tolist() == before.tolist()


@given(label_tables, st.sampled_from(sorted(set(STEPS) - {"class-aware"})), st.integers(0, 5))
def test_a_row_that_was_left_out_stays_out(targets: np.ndarray, kind: str, seed: int) -> None:
    copies = np.arange(len(targets)) % 3
    after = tried(EXAMPLES[kind], copies, targets, seed=seed)
    assert after is None or not after[copies == 0].any()


@pytest.mark.parametrize("kind", STEPS)
def test_the_same_seed_gives_the_same_plan_and_another_seed_another(kind: str) -> None:
    targets = skewed()
    plans = [plan_copies(targets, [EXAMPLES[kind]], seed=seed).tolist() for seed in (0, 0, 1)]
    assert plans[0] == plans[1]
    assert plans[0] != plans[2]


@pytest.mark.parametrize("kind", STEPS)
def test_a_step_survives_plain_values(kind: str) -> None:
    step = EXAMPLES[kind]
    assert step_from_dict(step.to_dict()) == step
    assert step.to_dict()["step"] == kind
    assert step.description.endswith(".")
    assert (type(step).__doc__ or "").strip()


def test_a_later_step_sees_the_copies_so_far() -> None:
    targets = np.array([[True, False], [False, True]])
    steps = [CopyClasses(factors={0: 2}), CopyClasses(factors={0: 3})]
    assert plan_copies(targets, steps, seed=0).tolist() == [6, 1]


def test_a_changed_later_step_leaves_the_draws_of_the_earlier_ones() -> None:
    targets = skewed()
    first = EXAMPLES["delete-alone"]
    alone = plan_copies(targets, [first], seed=4)
    both = plan_copies(targets, [first, CopyClasses(factors={3: 2})], seed=4)
    assert both[alone == 0].tolist() == [0] * int((alone == 0).sum())
    assert np.flatnonzero(both == 0).tolist() == np.flatnonzero(alone == 0).tolist()


REFUSED: list[tuple[object, str]] = [
    ({}, "step must be one of copy-classes, .*; found None"),
    ({"step": "smote"}, "step must be one of .*; found 'smote'"),
    ({"step": ["ml-ros"]}, "step must be one of"),
    ({"step": "ml-ros", "part": 1}, "has no setting 'part'; it has: percent"),
    ({"step": "copy-classes"}, "needs 'factors': How many times as often"),
    ({"step": "ml-ros", "percent": "10"}, "percent must be a finite number; found '10'"),
    ({"step": "ml-ros", "percent": True}, "percent must be a finite number"),
    ({"step": "ml-ros", "percent": 0}, "percent must lie between 0.1 and 500"),
    ({"step": "ml-ros", "percent": 10**400}, "percent must be a finite number"),
    ({"step": "copy-classes", "factors": {}}, "factors must give a number for at least one class"),
    ({"step": "copy-classes", "factors": [1, 2]}, "factors must give a number for at least one"),
    ({"step": "copy-classes", "factors": {"28": 2}}, "must name classes from 0 to 27; found '28'"),
    ({"step": "copy-classes", "factors": {"-1": 2}}, "must name classes from 0 to 27"),
    ({"step": "copy-classes", "factors": {"01": 2}}, "must name classes from 0 to 27"),
    ({"step": "copy-classes", "factors": {True: 2}}, "must name classes from 0 to 27"),
    ({"step": "copy-classes", "factors": {"8": 0.5}}, "factors of class 8 must lie between 1"),
    ({"step": "copy-classes", "factors": {"8": None}}, "factors of class 8 must be a finite"),
    ({"step": "target-shares"}, "needs 'targets': Wishes"),
    ({"step": "target-shares", "targets": []}, "no target share; state at least one"),
    ({"step": "target-shares", "targets": "8"}, "no target share; state at least one"),
    ({"step": "target-shares", "targets": [{"share": 1}]}, "an object with classes, kind, share"),
    ({"step": "delete-alone", "fractions": {"0": 1.1}}, "fractions of class 0 must lie between"),
]


@pytest.mark.parametrize(("values", "sentence"), REFUSED)
def test_a_step_that_cannot_be_meant_is_one_sentence(
    values: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ConfigError, match=sentence) as refused:
        step_from_dict(values)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


def test_a_refusal_names_the_step_by_its_number() -> None:
    good = {"step": "ml-ros"}
    with pytest.raises(ConfigError, match="Step 2: percent must lie"):
        steps_from_dicts([good, {"step": "ml-rus", "percent": 101}])
    with pytest.raises(ConfigError, match="Step 1 must be an object with the key 'step'"):
        steps_from_dicts(["ml-ros"])


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (DeleteAlone(fractions={0: 1.0}), r"shows no sample after step 2 \(delete-alone\)"),
        (CopyClasses(factors={0: 1000}), r"shows 20,000,000 samples an epoch after step 2"),
    ],
)
def test_an_epoch_of_nothing_and_an_endless_one_are_refused(step: Step, sentence: str) -> None:
    targets = np.ones((20_000, 1), dtype=bool)
    with pytest.raises(ConfigError, match=sentence):
        plan_copies(targets, [CopyClasses(factors={0: 1}), step], seed=0)


@settings(max_examples=30)
@given(arrays(bool, st.tuples(st.integers(1, 12), st.just(4))))
def test_rows_without_labels_break_no_step(targets: np.ndarray) -> None:
    targets[0] = False
    for step in EXAMPLES.values():
        after = tried(step, np.ones(len(targets), dtype=np.int64), targets)
        assert after is None or len(after) == len(targets)
