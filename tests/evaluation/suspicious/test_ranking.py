"""The ranking of suspicious labels: its properties, and noise that was planted on purpose."""

import numpy as np
import pytest
from hypothesis import given, settings
from sklearn.metrics import average_precision_score, f1_score

from hpa_core.errors import ScoresError
from hpa_core.evaluation.neighbours import nearest_rows
from hpa_core.evaluation.suspicious.calibration import calibrate_through_errors
from hpa_core.evaluation.suspicious.ranking import (
    NEGLIGIBLE,
    NEIGHBOURS,
    Suspicions,
    correction_gains,
    order_samples,
    rank_suspicious,
)
from hpa_core.evaluation.suspicious.wording import reason_of
from tests.evaluation.arrays import scored

NAMES = ("common", "middling", "rare")


def made_up(*, samples: int = 900, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw scores, what the samples really show, and embeddings that tell it too."""
    rng = np.random.default_rng(seed)
    truth = rng.random((samples, 3)) < [0.5, 0.2, 0.03]
    truth[~truth.any(axis=1), 0] = True
    logits = rng.normal(size=truth.shape) + np.where(truth, 2.0, -2.0) + [0.0, -1.0, -3.0]
    embeddings = truth @ rng.normal(size=(3, 8)) + rng.normal(size=(samples, 8)) * 0.3
    return 1 / (1 + np.exp(-logits)), truth, embeddings


def with_noise(truth: np.ndarray, *, seed: int = 1) -> np.ndarray:
    """Lose one in twenty labels of each class, and set as many by mistake."""
    rng = np.random.default_rng(seed)
    labels = truth.copy()
    for number in range(truth.shape[1]):
        carried, free = np.flatnonzero(truth[:, number]), np.flatnonzero(~truth[:, number])
        count = max(len(carried) // 20, 1)
        labels[rng.choice(carried, count, replace=False), number] = False
        labels[rng.choice(free, count, replace=False), number] = True
    return labels


def as_matrix(found: Suspicions, shape: tuple[int, ...]) -> np.ndarray:
    """Turn a ranking of every cell into scores."""
    scores = np.empty(shape)
    scores[found.row, found.class_id] = -np.arange(len(found.row))
    return scores


def test_wrong_labels_are_found_before_one_minus_the_probability_finds_them() -> None:
    found = []
    for seed in range(4):
        probs, truth, embeddings = made_up(seed=seed)
        labels = with_noise(truth, seed=seed + 10)
        wrong = labels != truth
        rankings = [
            rank_suspicious(probs, labels, nearest, order="suspicion", limit=None)
            for nearest in (None, nearest_rows(embeddings, NEIGHBOURS))
        ]
        scores = [np.where(labels, 1 - probs, probs)]
        scores += [as_matrix(each, wrong.shape) for each in rankings]
        found.append([average_precision_score(wrong.ravel(), each.ravel()) for each in scores])
    plain, alone, with_neighbours = np.mean(found, axis=0)
    assert plain + 0.03 < alone < with_neighbours


def test_embeddings_that_say_nothing_change_next_to_nothing() -> None:
    probs, truth, _ = made_up()
    labels = with_noise(truth)
    noise = np.random.default_rng(5).normal(size=(len(probs), 8))
    alone = rank_suspicious(probs, labels, order="suspicion", limit=50)
    beside = rank_suspicious(
        probs, labels, nearest_rows(noise, NEIGHBOURS), order="suspicion", limit=50
    )
    kept = set(zip(alone.row, alone.class_id, strict=True)) & set(
        zip(beside.row, beside.class_id, strict=True)
    )
    assert len(kept) >= 45


@settings(max_examples=15)
@given(scored())
def test_every_cell_is_ranked_once_with_numbers_in_their_ranges(
    pair: tuple[np.ndarray, np.ndarray],
) -> None:
    probs, targets = pair
    found = rank_suspicious(probs, targets, order="suspicion", limit=None)
    assert sorted(zip(found.row, found.class_id, strict=True)) == list(np.ndindex(probs.shape))
    assert (np.diff(found.suspicion) <= 1e-12).all()
    assert ((found.suspicion >= 0) & (found.suspicion <= 1)).all()
    assert ((found.beyond >= 0) & (found.beyond <= found.alike)).all()
    assert np.array_equal(found.missing, ~targets[found.row, found.class_id])
    higher = (probs[:, found.class_id] > found.prob).sum(axis=0)
    assert np.array_equal(found.rank, higher)


def test_a_limit_gives_the_first_of_the_whole_ranking() -> None:
    probs, truth, embeddings = made_up(samples=200)
    nearest = nearest_rows(embeddings, NEIGHBOURS)
    whole = rank_suspicious(probs, with_noise(truth), nearest, limit=None)
    first = rank_suspicious(probs, with_noise(truth), nearest, limit=30)
    assert np.array_equal(whole.row[:30], first.row)
    assert np.array_equal(whole.gain[:30], first.gain)
    assert (np.diff(whole.gain) <= 0).all()


def test_a_ranking_of_some_rows_is_the_whole_ones_without_the_others() -> None:
    probs, truth, embeddings = made_up(samples=200)
    nearest = nearest_rows(embeddings, NEIGHBOURS)
    whole = rank_suspicious(probs, with_noise(truth), nearest, limit=None)
    wanted = np.arange(5, 200, 7)
    some = rank_suspicious(probs, with_noise(truth), nearest, among=wanted, limit=40)
    kept = np.flatnonzero(np.isin(whole.row, wanted))[:40]
    for name in ("row", "class_id", "suspicion", "gain", "rank", "beyond", "votes", "partner"):
        assert np.array_equal(getattr(some, name), getattr(whole, name)[kept]), name
    assert some.samples == 200


def test_a_higher_score_speaks_for_a_missing_label_and_against_a_surplus_one() -> None:
    probs, truth, _ = made_up(samples=300)
    found = rank_suspicious(probs[:, :1], truth[:, :1], order="suspicion", limit=None)
    upwards = np.argsort(found.prob)
    suspicion, missing = found.suspicion[upwards], found.missing[upwards]
    assert (np.diff(suspicion[missing]) > -1e-12).all()
    assert (np.diff(suspicion[~missing]) < 1e-12).all()


def test_gains_are_the_changes_of_scikit_learns_macro_f1() -> None:
    rng = np.random.default_rng(3)
    truth, calls = rng.random((2, 12, 3)) < 0.4
    gains = correction_gains(truth, calls)
    now = f1_score(truth, calls, average="macro", zero_division=0)
    for row, number in np.ndindex(truth.shape):
        turned = truth.copy()
        turned[row, number] ^= True
        then = f1_score(turned, calls, average="macro", zero_division=0)
        assert gains[row, number] == pytest.approx(then - now)


def test_the_reason_counts_what_anyone_can_count() -> None:
    probs, truth, embeddings = made_up()
    labels = with_noise(truth)
    alone = np.flatnonzero(truth[:, 2] & (truth.sum(axis=1) == 1))
    row = int(alone[probs[alone, 1].argmin()])
    labels[row] = [False, True, False]  # One class in the place of another.
    nearest = nearest_rows(embeddings, NEIGHBOURS)
    found = rank_suspicious(probs, labels, nearest, order="suspicion", limit=None)
    place = int(np.flatnonzero((found.row == row) & (found.class_id == 2))[0])
    higher = int((probs[:, 2] > probs[row, 2]).sum())
    beyond = (probs[~labels[:, 2], 2] < probs[row, 2]).sum()
    assert reason_of(found, place, NAMES) == (
        f"Not labelled rare, but scored {probs[row, 2]:.3f}: number {higher + 1} of 900 images, "
        f"higher than {beyond} of the other {(~labels[:, 2]).sum() - 1} without the label. "
        f"{found.votes[place]} of the 10 nearest images carry the label. "
        "If it is a mix-up, in the place of middling."
    )


def test_the_lowest_score_of_a_label_and_the_only_one_with_it_are_told_by_their_counts() -> None:
    probs = np.array([[0.1, 0.3], [0.9, 0.2], [0.8, 0.1]])
    targets = np.array([[True, True], [True, False], [True, False]])
    found = rank_suspicious(probs, targets, order="suspicion", limit=None)
    told = {
        number: reason_of(found, place, ["common", "rare"])
        for place, (row, number) in enumerate(zip(found.row, found.class_id, strict=True))
        if row == 0
    }
    assert "number 3 of 3 images, lower than 2 of the other 2 with it." in told[0]
    assert "number 1 of 3 images, the only one with it." in told[1]


@pytest.mark.parametrize("lost", [True, False])
def test_whether_labels_are_lost_or_set_by_mistake_is_learnt(lost: bool) -> None:
    probs, truth, _ = made_up(samples=2_000)
    noise = with_noise(truth)
    rates = calibrate_through_errors(probs, truth & noise if lost else truth | noise).rates
    assert (rates.lost > 3 * rates.mistaken) if lost else (rates.mistaken > 3 * rates.lost)
    assert max(rates.lost, rates.mistaken) == pytest.approx(0.05, abs=0.025)


def test_scores_that_are_no_probabilities_are_refused() -> None:
    with pytest.raises(ScoresError):
        rank_suspicious(np.array([[1.5]]), np.array([[True]]))


@pytest.mark.parametrize("labels", [np.zeros((5, 2), dtype=bool), np.ones((5, 2), dtype=bool)])
def test_classes_that_nobody_or_everybody_carries_are_ranked_too(labels: np.ndarray) -> None:
    nearest = nearest_rows(np.eye(5), NEIGHBOURS)
    found = rank_suspicious(np.full((5, 2), 0.5), labels, nearest, limit=None)
    assert np.isfinite(found.suspicion).all()
    assert np.isfinite(found.gain).all()


@settings(max_examples=30)
@given(scored())
def test_samples_stand_where_the_first_of_their_labels_is_listed(
    case: tuple[np.ndarray, np.ndarray],
) -> None:
    probs, labels = case
    listed = rank_suspicious(probs, labels, limit=None).row
    first = listed[np.sort(np.unique(listed, return_index=True)[1])]
    assert order_samples(probs, labels).tolist() == first.tolist()


def test_a_list_ends_where_suspicion_is_negligible_and_says_but_only_of_other_calls() -> None:
    probs, truth, _ = made_up()
    labels = with_noise(truth)
    calls = probs > 0.5
    whole = rank_suspicious(probs, labels, calls=calls, limit=None)
    found = rank_suspicious(probs, labels, calls=calls, least=NEGLIGIBLE, limit=None)
    assert found.suspicion.tolist() == whole.suspicion[whole.suspicion >= NEGLIGIBLE].tolist()
    count = int(np.argmax(whole.suspicion < NEGLIGIBLE)) + 1  # A negligible one among the first.
    assert 1 < count < len(found.row)
    first = rank_suspicious(probs, labels, calls=calls, least=NEGLIGIBLE, limit=count)
    assert first.suspicion.tolist() == found.suspicion[:count].tolist()
    said = np.array(["but scored" in reason_of(found, n, NAMES) for n in range(len(found.row))])
    assert said.tolist() == (calls != labels)[found.row, found.class_id].tolist()
    assert {False, True} == set(said.tolist())
    sure = rank_suspicious(probs, labels, least=1.1, limit=None)
    assert not len(sure.row)
