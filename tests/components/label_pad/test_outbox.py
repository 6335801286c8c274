"""Decisions on their way: kept until acknowledged, sent again with the same key, in order."""

from tests.components.label_pad.conftest import Javascript

# A server that remembers keys, and an outbox whose next failures are given.
SERVER = """
const store = new Store(input?.room ?? Infinity), recorded = new Map(), sent = [], settled = [];
let failures = [...(input?.failures ?? [])];
const send = async (act) => {
  sent.push([act.key, act.decisions.map(({ base }) => base)]);
  const failure = failures.shift();
  if (failure === 'stranger') throw new core.StrangerError('started anew.');
  if (failure === 'refused') throw new core.RefusedError('No such sample.');
  if (failure === 'before') throw new Error('it does not answer.');
  const again = recorded.has(act.key);
  const acked = act.decisions.map(({ id, base }) => ({ id, version: base + 1 }));
  if (!again) recorded.set(act.key, acked);
  if (failure === 'after') throw new Error('it does not answer.');
  return { acked: recorded.get(act.key), conflicts: [] };
};
const open = () => new core.Outbox({
  scope: 'Ana', storage: store, send, changed: () => {}, wait: async () => {},
  settled: (act) => settled.push(act.key),
});
const decisions = (ids) => ids.map((id) => ({ id, base: 0 }));
const act = (key, ...ids) => ({ key, kind: 'decide', decisions: decisions(ids) });
"""


def test_what_was_not_acknowledged_is_sent_again_with_its_key_and_recorded_once(
    javascript: Javascript,
) -> None:
    found = javascript(
        SERVER
        + """const box = open();
        box.add(act('one', 'a')); box.add(act('two', 'b'));
        const early = box.status;
        await settle();
        return { early, sent, recorded: [...recorded.keys()], settled, kept: Object.keys(store),
                 late: box.status };""",
        {"failures": ["before", "after"]},
    )
    assert found["early"] == {"state": "saving", "text": "Saving"}
    assert [key for key, _ in found["sent"]] == ["one", "one", "one", "two"]
    assert found["recorded"] == found["settled"] == ["one", "two"]
    assert found["kept"] == []
    assert found["late"]["state"] == "saved"


def test_after_a_reload_the_rest_is_sent_in_its_old_order(javascript: Javascript) -> None:
    found = javascript(
        SERVER
        + """const before = open();
        for (const key of ['z', 'y', 'x']) before.add(act(key, key));
        await settle();
        before.close();
        failures = [];
        const other = new core.Outbox({ ...before, scope: 'Bo', storage: store, send });
        const after = open();
        const status = after.status;
        await after.flush();
        return { status, others: other.waiting, settled, kept: Object.keys(store) };""",
        {"failures": ["stranger"]},
    )
    assert found["settled"] == ["z", "y", "x"]
    assert found["status"]["state"] == "saving"
    assert found["others"] == 0
    assert found["kept"] == []


def test_a_second_decision_on_an_image_builds_on_the_version_of_the_first(
    javascript: Javascript,
) -> None:
    sent = javascript(
        SERVER
        + """const box = open();
        box.add(act('one', 'a', 'b')); box.add(act('two', 'b', 'c'));
        await settle();
        return sent;"""
    )
    assert sent == [["one", [0, 0]], ["two", [1, 0]]]


def test_the_status_tells_how_many_wait_why_and_whether_they_are_kept(
    javascript: Javascript,
) -> None:
    kept, lost = (
        javascript(
            SERVER
            + """const box = open();
            box.add(act('one', 'a', 'b')); box.add(act('two', 'c'));
            await settle();
            return box.status;""",
            {"failures": ["stranger"], **room},
        )
        for room in ({}, {"room": 0})
    )
    assert kept["state"] == lost["state"] == "waiting"
    assert kept["text"].startswith("3 not yet saved: started anew.")
    assert "kept in this browser" in kept["text"]
    assert "do not close the page" in lost["text"]


def test_a_refusal_stops_the_line_until_the_person_gives_the_act_up(
    javascript: Javascript,
) -> None:
    refused, recorded = javascript(
        SERVER
        + """const box = open();
        box.add(act('bad', 'a')); box.add(act('good', 'b'));
        await settle();
        const { status } = box;
        box.discardRefused();
        await settle();
        return [status, [...recorded.keys()]];""",
        {"failures": ["refused"]},
    )
    assert refused == {"state": "refused", "text": "No such sample."}
    assert recorded == ["good"]


def test_an_outbox_has_an_end(javascript: Javascript) -> None:
    assert javascript(
        SERVER
        + """failures = ['stranger'];
        const box = open();
        for (let at = 0; at < core.MOST_WAITING; at += 1) { box.acts.push(act(`k${at}`, `${at}`)); }
        return [box.full, box.waiting === core.MOST_WAITING];"""
    ) == [True, True]
