"""Conflicts: both words are kept until the person decides, and the rest of a grid goes on."""

from tests.components.label_pad.conftest import Javascript

CONTEST = """
globalThis.window = { localStorage: new Store() };
const desk = new core.Desk(newKey), sent = [];
desk.add([task('a'), task('b'), task('c')]);
const contest = new core.Contest('Ana', desk, (act) => sent.push(act));
const word = { note: '', kind: 'label', by: 'Bo' };
const theirs = (id, labels) => ({ id, version: 4, now: { labels, ...word } });
const all = () => desk.decideMany(desk.tasks.map((each) => ({ task: each, labels: [7] })));
"""


def test_the_rest_of_a_grid_is_sent_as_one_act_and_the_contested_image_waits(
    javascript: Javascript,
) -> None:
    rest, waiting, kept, undone = javascript(
        CONTEST
        + """const act = all();
        contest.take(act, [theirs('b', [3])]);
        const again = new core.Contest('Ana', desk, () => {}).open;
        const undone = desk.undo();
        const [rest] = sent;
        return [rest.decisions.map(({ id }) => id), contest.open, again, undone.of === rest.key];"""
    )
    assert rest == ["a", "c"]
    [conflict] = waiting
    assert (conflict["mine"]["labels"], conflict["theirs"]["labels"]) == ([7], [3])
    assert kept == waiting
    assert undone


def test_ones_own_word_replaces_the_others_only_when_the_person_says_so(
    javascript: Javascript,
) -> None:
    silent, told, left = javascript(
        CONTEST
        + """contest.take(desk.decide('save'), [theirs('a', [3])]);
        contest.take(desk.decide('save'), [theirs('b', [3])]);
        contest.resolve(contest.open[0], false);
        const silent = sent.length;
        contest.resolve(contest.open[0], true);
        return [silent, sent[0].decisions, contest.open];"""
    )
    assert silent == 0
    [decision] = told
    assert (decision["id"], decision["base"]) == ("b", 4)
    assert (decision["after"]["kind"], decision["after"]["labels"]) == ("label", [0])
    assert left == []


def test_an_undo_that_somebody_has_built_on_leaves_all_as_it_is_and_is_passed_over(
    javascript: Javascript,
) -> None:
    waiting, labels, again, before = javascript(
        CONTEST
        + """desk.toggle(7); desk.decide('save');
        const first = desk.decide('save');
        desk.undo();
        desk.redo();
        const undo = desk.undo();
        contest.take(undo, [theirs('b', [3])]);
        const labels = desk.tasks.map(({ labels }) => labels);
        return [contest.open, labels, desk.redo(), desk.undo().decisions[0].id];"""
    )
    assert (waiting, again, before) == ([], None, "a")
    assert labels == [[0, 7], [3], [0]]
