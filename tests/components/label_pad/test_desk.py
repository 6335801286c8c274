"""The desk: drafts become acts, acts are taken back and done again, the queue goes on."""

import itertools

import numpy as np
import pytest

from hpa_core.evaluation.calls import apply_thresholds
from tests.components.label_pad.conftest import Javascript

DESK = """
const desk = new core.Desk(newKey);
desk.add([task('a'), task('b', { labels: [1, 2], note: 'dim' }), task('c')]);
const fields = ({ id, after }) => [id, after.kind, after.labels, after.note];
const after = (act) => act.decisions.map(fields);
const seen = () => desk.tasks.map(({ id, labels, kind }) => [id, labels, kind]);
"""


def test_changed_labels_are_a_label_and_unchanged_ones_an_acceptance(
    javascript: Javascript,
) -> None:
    first, second, place = javascript(
        DESK
        + """desk.toggle(25); desk.toggle(7); desk.toggle(0);
        const first = desk.decide('save');
        desk.toggle(9); desk.toggle(9);
        return [after(first), after(desk.decide('save')), desk.task.id];"""
    )
    assert first == [["a", "label", [7, 25], ""]]
    assert second == [["b", "accept", [1, 2], "dim"]]
    assert place == "c"


@pytest.mark.parametrize("kind", ["unsure", "skip"])
def test_unsure_and_skip_leave_the_labels(javascript: Javascript, kind: str) -> None:
    assert javascript(
        DESK + "desk.toggle(5); desk.draft = { note: 'why' }; return after(desk.decide(input));",
        kind,
    ) == [["a", kind, [0], "why"]]


def test_undo_and_redo_walk_back_and_forth_and_a_new_decision_ends_redo(
    javascript: Javascript,
) -> None:
    found = javascript(
        DESK
        + """const none = desk.undo();
        desk.toggle(3); const one = desk.decide('save');
        const two = desk.decide('unsure');
        const back = [desk.undo(), desk.undo()], first = [desk.task.id, seen()];
        const again = desk.redo(), second = [desk.task.id, seen()];
        desk.decide('skip');
        return { none, keys: [one.key, two.key], first,
                 back: back.map(({ kind, of }) => [kind, of]),
                 again: [again.kind, again.of], second, over: desk.redo() };"""
    )
    one, two = found["keys"]
    assert found["none"] is found["over"] is None
    assert found["back"] == [["undo", two], ["undo", one]]
    assert found["first"] == ["a", [["a", [0], ""], ["b", [1, 2], ""], ["c", [0], ""]]]
    assert found["again"] == ["redo", one]
    assert found["second"] == ["b", [["a", [0, 3], "label"], ["b", [1, 2], ""], ["c", [0], ""]]]


def test_a_grid_is_one_act_that_one_undo_takes_back(javascript: Javascript) -> None:
    act, labels, undone = javascript(
        DESK
        + """const changes = desk.tasks.map((each) => ({ task: each, labels: [0, 7] }));
        changes[2] = { task: desk.tasks[2], labels: [] };
        const act = after(desk.decideMany(changes)), after_ = [seen(), desk.at];
        desk.undo();
        return [act, after_, [seen(), desk.at]];"""
    )
    assert act == [
        ["a", "label", [0, 7], ""],
        ["b", "label", [0, 7], "dim"],
        ["c", "unsure", [0], ""],
    ]
    assert labels[1] == 3
    assert undone == [[["a", [0], ""], ["b", [1, 2], ""], ["c", [0], ""]], 0]


def test_what_goes_over_the_wire_states_labels_only_where_they_were_decided(
    javascript: Javascript,
) -> None:
    wired = javascript(
        DESK
        + """const acts = [desk.decide('save'), desk.decide('unsure'), desk.undo()];
        return acts.map(core.wire);"""
    )
    assert wired[0]["decisions"] == [
        {"sample": "a", "base": 0, "track": "", "kind": "accept", "labels": [0], "note": ""}
    ]
    assert wired[1]["decisions"][0]["labels"] is None
    assert wired[2] == {"key": "key-3", "kind": "undo", "of": "key-2"}


def test_the_suggestion_is_what_the_thresholds_call(javascript: Javascript) -> None:
    """Against the core's own calls, which scikit-learn's metrics are computed from."""
    rng = np.random.default_rng(3)
    probs = rng.random((40, 28)).round(2)
    thresholds = rng.random(28).round(2)
    probs[0] = thresholds  # A score on its threshold is no call.
    probs[1] = 0.0
    for fallback, keyword in itertools.product((False, True), ("callsOf",)):
        found = javascript(
            f"return input[0].map((row) => core.{keyword}(row, input[1], input[2]));",
            [probs.tolist(), thresholds.tolist(), fallback],
        )
        wanted = apply_thresholds(probs, thresholds, fallback="top1" if fallback else "none")
        assert found == [np.flatnonzero(row).tolist() for row in wanted]
    assert javascript("return core.callsOf(null, [], false);") is None


PAST = """
const said = (labels, kind = '') => ({ labels, note: '', kind });
const earlier = (id, key, fields = {}) => ({ key, blocked: '', decisions: [
  { id, track: '', base: 0, before: said([0]), after: said([7], 'label') }], ...fields });
"""


def test_an_earlier_visit_is_taken_back_by_its_keys_and_counts_for_no_visit(
    javascript: Javascript,
) -> None:
    found = javascript(
        DESK
        + PAST
        + """const tasks = [task('x', { labels: [7] }), task('y', { labels: [7] })];
        desk.remember({ tasks, done: [earlier('x', 'k1'), earlier('y', 'k2')], undone: [] });
        const first = desk.task.id, own = desk.decide('save').key;
        const counted = desk.decided;
        const back = [desk.undo(), desk.undo(), desk.undo(), desk.undo()];
        return { first, own, counted, at: desk.task.id, labels: desk.task.labels,
                 back: back.map((act) => act && [act.kind, act.of]) };"""
    )
    assert (found["first"], found["counted"]) == ("a", 1)
    assert found["back"] == [["undo", found["own"]], ["undo", "k2"], ["undo", "k1"], None]
    assert (found["at"], found["labels"]) == ("x", [0])


def test_what_others_have_built_on_is_passed_over_and_said(javascript: Javascript) -> None:
    passed, of, none = javascript(
        DESK
        + PAST
        + """const late = { key: 'k2', blocked: 'Bo came after you.', decisions: [] };
        desk.remember({ tasks: [task('x')], done: [earlier('x', 'k1'), late], undone: [] });
        const { of } = desk.undo(), passed = desk.passed;
        return [passed, of, [desk.undo(), desk.passed]];"""
    )
    assert (passed, of, none) == ("Bo came after you.", "k1", [None, ""])


def test_an_image_that_the_queue_asks_again_begins_anew(javascript: Javascript) -> None:
    ids, at, undone = javascript(
        DESK
        + PAST
        + """const tasks = [task('x'), task('a'), task('y')];
        const done = [earlier('x', 'k1'), earlier('a', 'k2'), earlier('y', 'k3')];
        desk.remember({ tasks, done, undone: [] });
        const added = desk.add([task('y', { track: 'Ana#2' }), task('b')]);
        const ids = desk.tasks.map(({ id }) => id), at = [desk.task.id, added];
        return [ids, at, [desk.undo().of, desk.undo()]];"""
    )
    assert ids == ["x", "a", "b", "c", "y"]
    assert at == ["a", 1]
    assert undone == ["k1", None]
