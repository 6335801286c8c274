"""The label store: versions, conflicts, retries, undo and redo, roles."""

import pytest
from sqlalchemy.exc import DBAPIError

from hpa_core.errors import ConflictError, LabelingError, RoleError
from hpa_core.labeling import UNTOUCHED, Decision, LabelStore, blind_track, new_key
from hpa_core.labeling.events import Labels
from tests.labeling.conftest import DATASET, Give, on_both


@on_both
def test_a_recorded_label_is_read_back_with_who_and_from_which_version(
    store: LabelStore, give: Give
) -> None:
    give(note="two nuclei")
    (event,) = store.history(DATASET)
    assert (event.annotator, event.sample, event.labels, event.note) == (
        "Ana", "a", (0, 25), "two nuclei",
    )  # fmt: skip
    assert (event.version, event.dataset, event.dataset_hash) == (1, *DATASET)
    state = store.state(DATASET, "a")
    assert (state.version, state.labels, state.decision, state.annotator) == (
        1, (0, 25), "label", "Ana",
    )  # fmt: skip
    assert store.state(DATASET, "b") == UNTOUCHED


@on_both
def test_a_stale_base_is_refused_and_tells_who_did_what_meanwhile(
    store: LabelStore, give: Give
) -> None:
    give(labels=(7,), by="Bo", base=0)
    with pytest.raises(ConflictError, match=r"Bo gave Golgi apparatus to a at .* UTC") as error:
        give(labels=(0,), by="Ana", base=0)
    assert [(event.annotator, event.labels) for event in error.value.meanwhile] == [("Bo", (7,))]
    assert store.state(DATASET, "a").labels == (7,)
    assert len(store.history(DATASET)) == 1


@on_both
def test_a_retried_act_is_recorded_once_and_gets_the_same_answer(
    store: LabelStore, give: Give
) -> None:
    first = give(key="once", base=0)
    again = give(key="once", base=0)
    assert again.repeated
    assert again.events == first.events
    assert len(store.history(DATASET)) == 1


def test_a_key_of_another_act_is_refused(give: Give) -> None:
    give(key="once", base=0)
    with pytest.raises(LabelingError, match="belongs to another act"):
        give("b", key="once", base=0)


@on_both
def test_undo_and_redo_are_events_that_refer_to_the_old_one(store: LabelStore, give: Give) -> None:
    give(labels=(1,))
    second = give(labels=(2,))
    (undone,) = store.undo(by="Ana", dataset=DATASET, key="u").events
    assert (undone.kind, undone.refers_to) == ("undo", second.events[0].id)
    assert store.state(DATASET, "a").labels == (1,)
    again = store.undo(by="Ana", dataset=DATASET, key="u")
    assert again.repeated
    (redone,) = store.redo(by="Ana", dataset=DATASET, key="r").events
    assert (redone.kind, redone.refers_to, redone.version) == ("redo", second.events[0].id, 4)
    assert store.state(DATASET, "a").labels == (2,)
    with pytest.raises(LabelingError, match="nothing of Ana to redo"):
        store.redo(by="Ana", dataset=DATASET, key="r2")


def test_undo_goes_back_act_by_act_and_a_new_label_ends_redo(store: LabelStore, give: Give) -> None:
    give("a")
    give("b")
    store.undo(by="Ana", dataset=DATASET, key=new_key())
    store.undo(by="Ana", dataset=DATASET, key=new_key())
    assert {state.labels for state in store.states(DATASET).values()} == {None}
    give("c")
    assert store.undoable(DATASET, "Ana").redo is None


@on_both
def test_one_answer_for_a_grid_is_undone_at_once(store: LabelStore) -> None:
    names = ["a", "b", "c"]
    grid = [Decision(sample=name, base=0, kind="label", labels=(7,)) for name in names]
    store.record(grid, by="Ana", dataset=DATASET, key="grid")
    assert len(store.undo(by="Ana", dataset=DATASET, key="u").events) == 3
    assert all(store.state(DATASET, name).labels is None for name in names)


@on_both
def test_one_stale_sample_refuses_the_whole_grid(store: LabelStore, give: Give) -> None:
    give("b", by="Bo")
    grid = [Decision(sample=name, base=0, kind="label", labels=(7,)) for name in "abc"]
    with pytest.raises(ConflictError, match="Bo"):
        store.record(grid, by="Ana", dataset=DATASET, key="grid")
    assert store.state(DATASET, "a") == UNTOUCHED


@on_both
def test_undo_passes_over_what_somebody_has_built_on_until_that_is_taken_back(
    store: LabelStore, give: Give
) -> None:
    give("a", by="Ana")
    give("b", by="Ana")
    give("b", labels=(3,), by="Bo")
    assert [event.annotator for event in store.undoable(DATASET, "Ana").passed] == ["Bo"]
    (undone,) = store.undo(by="Ana", dataset=DATASET, key="u").events
    assert undone.sample == "a"
    with pytest.raises(ConflictError, match="Bo gave Nucleoli fibrillar center to b"):
        store.undo(by="Ana", dataset=DATASET, key="u2")
    store.undo(by="Bo", dataset=DATASET, key="his")
    (undone,) = store.undo(by="Ana", dataset=DATASET, key="u3").events
    assert undone.sample == "b"


def test_the_way_back_is_told_with_what_each_step_changes(store: LabelStore, give: Give) -> None:
    give("a", labels=(1,))
    give("a", labels=(2,), note="dim")
    give("b", labels=(3,))
    give("b", labels=(4,), by="Bo")
    give("c", labels=None, kind="unsure")
    store.undo(by="Ana", dataset=DATASET, key="u")
    steps = store.steps(DATASET, "Ana", limit=2)
    assert [[event.sample for event in step.events] for step in steps.done] == [["a"], ["b"]]
    second, third = steps.done
    assert second.in_the_way is None
    assert (second.before["a", ""].labels, second.after["a", ""].labels) == ((1,), (2,))
    assert (second.before["a", ""].note, second.after["a", ""].note) == ("", "dim")
    assert third.in_the_way is not None
    assert third.in_the_way.annotator == "Bo"
    [undone] = steps.undone
    assert (undone.after["c", ""].decision, undone.before["c", ""]) == ("unsure", UNTOUCHED)


def test_what_was_taken_back_cannot_come_back_over_somebody_elses_label(
    store: LabelStore, give: Give
) -> None:
    give(labels=(1,), by="Ana")
    store.undo(by="Ana", dataset=DATASET, key="u")
    give(labels=(2,), by="Bo")
    with pytest.raises(ConflictError, match="Bo gave Nucleoli to a"):
        store.redo(by="Ana", dataset=DATASET, key="r")


def test_skip_unsure_and_note_leave_the_labels(store: LabelStore, give: Give) -> None:
    give(labels=(5,))
    give(labels=None, kind="unsure", note="blurred")
    give(labels=None, kind="note", note="mitosis?")
    state = store.state(DATASET, "a")
    assert (state.labels, state.decision, state.note, state.version) == (
        (5,), "unsure", "mitosis?", 3,
    )  # fmt: skip


@on_both
def test_a_blind_opinion_is_in_conflict_with_nobody_and_hidden_from_the_label(
    store: LabelStore,
    give: Give,
) -> None:
    give(labels=(5,), by="Ana")
    give(labels=(6,), by="Bo", track=blind_track("Bo"), base=0)
    assert store.state(DATASET, "a").labels == (5,)
    opinions = {track: state.labels for (_, track), state in store.opinions(DATASET).items()}
    assert opinions == {"": (5,), "Bo#1": (6,)}
    with pytest.raises(RoleError, match="blind opinion of Bo"):
        give(by="Ana", track=blind_track("Bo"), base=1)


@on_both
def test_only_a_reviewer_settles_and_only_a_reviewer_changes_what_is_settled(
    store: LabelStore,
    give: Give,
) -> None:
    store.give_role("Root", "admin", by="Root")
    store.give_role("Rita", "reviewer", by="Root")
    with pytest.raises(RoleError, match="takes the role reviewer"):
        give(by="Ana", kind="adjudicate")
    give(labels=(9,), by="Rita", kind="adjudicate")
    with pytest.raises(RoleError, match="settled by Rita: Endosomes"):
        give(by="Ana")
    give(by="Root")


def test_only_a_reviewer_takes_back_what_another_one_did(store: LabelStore, give: Give) -> None:
    store.give_role("Root", "admin", by="Root")
    act = give(by="Ana").act
    with pytest.raises(RoleError, match="Bo is an annotator"):
        store.undo(by="Bo", dataset=DATASET, key="u", act=act)
    store.undo(by="Root", dataset=DATASET, key="v", act=act)
    assert store.undoable(DATASET, "Ana").undo is None


def test_roles_are_given_by_admins_and_the_last_admin_stays(store: LabelStore) -> None:
    with pytest.raises(RoleError, match="Ana can become the first"):
        store.give_role("Bo", "reviewer", by="Ana")
    store.give_role("Ana", "admin", by="Ana")
    with pytest.raises(RoleError, match="Bo is no admin"):
        store.give_role("Bo", "admin", by="Bo")
    with pytest.raises(RoleError, match="only admin"):
        store.give_role("Ana", "annotator", by="Ana")
    assert store.roles() == {"Ana": "admin"}


@pytest.mark.parametrize("name", ["", "  ", "=cmd", "-x", "a#1", "a\nb", "x" * 101])
def test_a_name_that_cannot_stand_in_a_history_is_refused(give: Give, name: str) -> None:
    with pytest.raises(RoleError, match="cannot be the name"):
        give(by=name, base=0)


@pytest.mark.parametrize("labels", [(), (28,), (-1,), (1, 1), (True,)])
def test_labels_that_cannot_be_meant_are_refused(give: Give, labels: Labels) -> None:
    with pytest.raises(LabelingError, match="one or more different classes"):
        give(labels=labels)


@pytest.mark.parametrize("sample", ["../x", "=1", "", "a\0b"])
def test_an_id_that_cannot_be_a_samples_is_refused(give: Give, sample: str) -> None:
    with pytest.raises(LabelingError, match="cannot be a sample's id"):
        give(sample, base=0)


@on_both
def test_history_cannot_be_changed_or_deleted_even_by_hand(store: LabelStore, give: Give) -> None:
    give()
    for statement in ("DELETE FROM events", "UPDATE acts SET annotator = 'Bo'"):
        with (
            store.engine.connect() as connection,
            pytest.raises(DBAPIError, match="append-only"),
        ):
            connection.exec_driver_sql(statement)
    assert store.check(DATASET) == 1


def test_an_act_is_found_by_its_key_and_only_by_whose_it_is(store: LabelStore, give: Give) -> None:
    receipt = give(key="mine")
    found = store.act_of_key("mine", by="Ana")
    assert found is not None
    assert (found.act, found.events) == (receipt.act, receipt.events)
    assert store.act_of_key("mine", by="Bo") is None
    assert store.act_of_key("other", by="Ana") is None
