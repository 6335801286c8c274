"""Queues and leases: who is asked what, in which order, and nobody twice at the same time."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from hpa_core.labeling import (
    SHARED,
    Decision,
    LabelStore,
    Queue,
    QueueSettings,
    blind_track,
    new_key,
    next_samples,
    open_store,
)
from hpa_core.labeling.queue.ordering import at_random, by_disagreement, by_rarity, by_uncertainty
from hpa_core.labeling.queue.planning import CONTROL, REPEAT, SECOND
from hpa_core.labeling.store.watching import by_sample
from hpa_core.workspace import Workspace
from tests.labeling.conftest import DATASET, Give, on_both

IDS = [f"s{row:02d}" for row in range(40)]


def ask(
    store: LabelStore,
    by: str,
    count: int = 1,
    *,
    order: Sequence[str] = IDS,
    seconds: float = 300.0,
    **settings: Any,
) -> list[str]:
    queue = Queue(order=order, reason="rare", settings=QueueSettings(**settings))
    leases = next_samples(store, queue, by=by, dataset=DATASET, count=count, seconds=seconds)
    return [lease.sample for lease in leases]


@on_both
def test_two_people_never_hold_the_same_sample(store: LabelStore, give: Give) -> None:
    assert ask(store, "Ana", 3) == ["s00", "s01", "s02"]
    assert ask(store, "Bo", 3) == ["s03", "s04", "s05"]
    assert ask(store, "Ana", 3) == ["s00", "s01", "s02"]
    give("s00", by="Ana")
    assert ask(store, "Ana", 3) == ["s01", "s02", "s06"]


@on_both
def test_a_lease_ends_by_time_and_when_it_is_given_back(store: LabelStore) -> None:
    ask(store, "Ana", 2, seconds=0.0)
    assert ask(store, "Bo", 2) == ["s00", "s01"]
    store.release(["s00"], by="Bo", dataset=DATASET)
    assert ask(store, "Cy", 1) == ["s00"]


def test_another_queue_gives_back_what_the_first_one_gave(store: LabelStore) -> None:
    ask(store, "Ana", 2)
    assert ask(store, "Ana", 1, order=IDS[5:]) == ["s05"]
    assert ask(store, "Bo", 2) == ["s00", "s01"]


def test_what_is_decided_is_not_asked_again_but_a_skip_is_asked_of_somebody_else(
    store: LabelStore, give: Give
) -> None:
    give("s00", by="Ana")
    give("s01", None, by="Ana", kind="skip")
    assert ask(store, "Ana", 1) == ["s02"]
    assert ask(store, "Bo", 1) == ["s01"]
    assert ask(store, "Cy", 2, decided=True) == ["s00", "s03"]


def test_a_second_opinion_is_asked_blind_of_somebody_else(store: LabelStore, give: Give) -> None:
    give("s00", by="Ana")
    queue = Queue(order=["s00"], reason="rare", settings=QueueSettings(opinions=2))
    assert next_samples(store, queue, by="Ana", dataset=DATASET) == []
    (lease,) = next_samples(store, queue, by="Bo", dataset=DATASET)
    assert (lease.track, lease.reason, lease.blind) == (blind_track("Bo"), SECOND, True)
    assert next_samples(store, queue, by="Cy", dataset=DATASET) == []
    give("s00", (3,), by="Bo", track=lease.track)
    store.release(["s00"], by="Bo", dataset=DATASET)
    assert next_samples(store, queue, by="Cy", dataset=DATASET) == []


@on_both
def test_two_opinions_at_the_same_time_are_one_shared_and_one_blind(store: LabelStore) -> None:
    queue = Queue(order=["s00"], reason="rare", settings=QueueSettings(opinions=2))
    tracks = [
        [lease.track for lease in next_samples(store, queue, by=name, dataset=DATASET)]
        for name in ("Ana", "Bo", "Cy")
    ]
    assert tracks == [[SHARED], [blind_track("Bo")], []]


def test_a_settled_sample_wants_no_further_opinion(store: LabelStore, give: Give) -> None:
    store.give_role("Rita", "admin", by="Rita")
    give("s00", by="Rita", kind="adjudicate")
    assert ask(store, "Bo", 1, order=["s00"], opinions=3) == []


def test_the_reason_is_kept_with_the_answer(store: LabelStore, give: Give) -> None:
    ask(store, "Ana", 1)
    give("s00", by="Ana")
    give("s07", by="Ana")
    assert [event.reason for event in store.history(DATASET)] == ["rare", ""]


def test_controls_and_hidden_repeats_come_in_their_shares(store: LabelStore, give: Give) -> None:
    order, control = [f"m{row}" for row in range(900)], [f"c{row}" for row in range(900)]
    # One act a sample, as their order tells how long ago they were decided.
    for row in range(60):
        give(f"old{row:02d}", by="Ana", base=0)
    settings = QueueSettings(control_share=0.3, repeat_share=0.08, repeat_after=10)
    queue = Queue(order=order, reason="rare", control=control, settings=settings)
    leases = next_samples(store, queue, by="Ana", dataset=DATASET, count=400)
    reasons = [lease.reason for lease in leases]
    # Binomial: 400 draws stay within five deviations.
    assert reasons.count(CONTROL) == pytest.approx(120, abs=46)
    assert reasons.count(REPEAT) == pytest.approx(32, abs=27)
    repeated = [lease for lease in leases if lease.reason == REPEAT]
    assert all(lease.track == blind_track("Ana", 2) for lease in repeated)
    assert all(int(lease.sample.removeprefix("old")) < 50 for lease in repeated)


def test_a_sample_that_somebody_decided_meanwhile_is_passed_over(store: LabelStore) -> None:
    from hpa_core.labeling.store.leases import Candidate  # noqa: PLC0415

    stale = [Candidate(sample=name, version=0) for name in ("s00", "s01")]
    decision = Decision(sample="s00", base=0, kind="label", labels=(1,))
    store.record([decision], by="Bo", dataset=DATASET, key=new_key())
    leases = store.lease(stale, by="Ana", dataset=DATASET, count=1)
    assert [lease.sample for lease in leases] == ["s01"]


@on_both
def test_a_watch_sees_what_another_store_writes(
    store: LabelStore, give: Give, workspace: Workspace
) -> None:
    with open_store(workspace) as other:
        assert other.watch(DATASET) == {}
        for turn in range(3):
            give(f"s{turn}", by="Ana")
            give("s0", (turn,), by="Bo", track=blind_track("Bo"))
            store.undo(by="Bo", dataset=DATASET, key=new_key())
            assert other.watch(DATASET) == by_sample(store.opinions(DATASET))


def test_the_most_uncertain_comes_first() -> None:
    rng = np.random.default_rng(0)
    probs = rng.random((30, 28))
    calls = probs >= rng.random(28)
    ids = np.array(IDS[:30])
    wrong = [
        sum(1 - p if call else p for p, call in zip(*row, strict=True))
        for row in zip(probs, calls, strict=True)
    ]
    expected = [name for _, name in sorted(zip(wrong, ids, strict=True), reverse=True)]
    assert by_uncertainty(ids, probs, calls) == expected


def test_a_rarer_class_comes_before_a_frequent_one() -> None:
    targets = np.zeros((6, 28), dtype=bool)
    targets[:5, 0] = True
    targets[5, 27] = True
    order = by_rarity(np.array(IDS[:6]), targets.astype(float), targets)
    assert order == ["s05", "s00", "s01", "s02", "s03", "s04"]


def test_disagreements_are_ordered_by_differing_classes_and_end_when_settled(
    store: LabelStore, give: Give
) -> None:
    store.give_role("Rita", "admin", by="Rita")
    for sample, second in (("a", (1, 2)), ("b", (1,)), ("c", (3, 4)), ("d", (5,))):
        give(sample, (1,), by="Ana")
        give(sample, second, by="Bo", track=blind_track("Bo"))
    give("d", (5,), by="Rita", kind="adjudicate")
    assert by_disagreement(store.opinions(DATASET)) == ["c", "a"]


def test_a_random_order_depends_on_ids_and_seed_alone() -> None:
    ids = np.array(IDS)
    assert at_random(ids, seed=1) == at_random(ids[::-1], seed=1)
    assert at_random(ids, seed=1) != at_random(ids, seed=2)
    assert sorted(at_random(ids, seed=1)) == IDS
