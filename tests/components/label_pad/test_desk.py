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
