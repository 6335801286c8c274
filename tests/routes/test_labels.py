"""The labels route: acknowledged is on the disk, once; nobody acts without a ticket."""

import json
import sqlite3
import time
from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st

from dashboard import cache
from dashboard.labeling.tickets import issue_ticket, ticket_holder
from hpa_core.data.dataset import Dataset
from hpa_core.labeling import open_store
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset

Act = Callable[..., Any]


@pytest.fixture
def dataset(make_dataset: MakeDataset) -> Dataset:
    return make_dataset()


def decision(sample: str = "sample-0003", **fields: Any) -> dict[str, Any]:
    plain = {"base": 0, "track": "", "kind": "label", "labels": [7, 25], "note": ""}
    return {"sample": sample, **plain, **fields}


@pytest.fixture
def act(post: Any, dataset: Dataset) -> Act:
    """Return a function that posts an act; `by` holds a ticket."""

    def send(key: str, *decisions: dict[str, Any], by: str = "Ana", **fields: Any) -> Any:
        body = {"key": key, "kind": "decide", "hash": dataset.info.hash, **fields}
        body |= {"decisions": decisions} if decisions else {}
        ticket = {"X-HPA-Annotator": issue_ticket(by)}
        return post("/hpa/labels/tiny/acts", body, **ticket)

    return send


@pytest.fixture
def events(dataset: Dataset, workspace: Workspace) -> Callable[[], list[Any]]:
    """Return a function that reads every event, as another process would."""

    def read() -> list[Any]:
        store = open_store(workspace)
        found = store.history(dataset.info)
        store.close()
        return found

    return read


def test_an_acknowledged_act_is_on_the_disk_and_its_repetition_adds_nothing(
    act: Act, events: Any
) -> None:
    first, again = (
        act("one", decision(note="<b>dim</b>"), decision("sample-0004", kind="unsure", labels=None))
        for _ in range(2)
    )
    assert json.loads(first.body) == json.loads(again.body)
    assert json.loads(first.body)["acked"] == [
        {"id": "sample-0003", "version": 1},
        {"id": "sample-0004", "version": 1},
    ]
    [label, unsure] = events()
    assert (label.annotator, label.labels, label.note) == ("Ana", (7, 25), "<b>dim</b>")
    assert (unsure.kind, unsure.labels) == ("unsure", None)


def test_who_comes_second_hears_what_the_first_said_and_overwrites_nothing(
    act: Act, events: Any, dataset: Dataset
) -> None:
    act("one", decision(labels=[4]), by="Ana")
    answer = json.loads(act("two", decision(), decision("sample-0009"), by="Bo").body)
    assert answer["acked"] == []
    [conflict] = answer["conflicts"]
    assert (conflict["id"], conflict["version"]) == ("sample-0003", 1)
    assert (conflict["now"]["by"], conflict["now"]["labels"]) == ("Ana", [4])
    assert [event.annotator for event in events()] == ["Ana"]
    assert json.loads(act("three", decision(base=1), by="Bo").body)["acked"]


def test_an_act_is_taken_back_by_its_key_and_one_never_recorded_needs_no_undo(
    act: Act, events: Any, dataset: Dataset, workspace: Workspace
) -> None:
    act("one", decision())
    assert json.loads(act("two", kind="undo", of="one").body)["acked"][0]["version"] == 2
    assert open_store(workspace).state(dataset.info, "sample-0003").labels is None
    assert json.loads(act("three", kind="redo", of="one").body)["acked"][0]["version"] == 3
    assert json.loads(act("four", kind="undo", of="nobody's").body) == {
        "acked": [],
        "conflicts": [],
    }
    assert json.loads(act("five", kind="undo", of="one", by="Bo").body)["acked"] == []
    assert len(events()) == 3
    act("six", decision(base=3, labels=[4]), by="Bo")
    answer = json.loads(act("seven", kind="undo", of="one").body)
    assert (answer["acked"], answer["conflicts"][0]["now"]["by"]) == ([], "Bo")
    assert answer["told"].startswith("Bo gave Nuclear speckles to sample-0003 at ")
    assert len(events()) == 4


@pytest.mark.parametrize(
    ("ticket", "origin"),
    [
        (lambda own: "", None),
        (lambda own: "QW5h.4000000000.0000", None),
        (lambda own: own[:-1], None),
        (lambda own: own, "http://elsewhere.example"),
        (lambda own: own, "null"),
    ],
)
def test_without_a_ticket_or_from_another_site_nothing_is_recorded(
    post: Any, events: Any, ticket: Callable[[str], str], origin: str | None
) -> None:
    body = {"key": "one", "kind": "decide", "hash": "", "decisions": [decision()]}
    headers = {"X-HPA-Annotator": ticket(issue_ticket("Ana"))}
    headers |= {} if origin is None else {"Origin": origin}
    assert post("/hpa/labels/tiny/acts", body, **headers).status == 403
    assert events() == []


def test_another_address_is_told_the_setting_that_allows_it_and_then_taken(
    post: Any, events: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"key": "one", "kind": "decide", "hash": "", "decisions": [decision()]}
    seen = {"Origin": "https://labels.example", "X-HPA-Annotator": issue_ticket("Ana")}
    claimed = {**seen, "X-Forwarded-Host": "labels.example"}
    refused = post("/hpa/labels/tiny/acts", body, **claimed)
    assert (refused.status, events()) == (403, [])
    assert "--server.corsAllowedOrigins https://labels.example." in refused.text
    allowed = {"server.corsAllowedOrigins": ["https://labels.example/"], "server.enableCORS": True}
    monkeypatch.setattr(st, "get_option", allowed.__getitem__)
    assert post("/hpa/labels/tiny/acts", body, **seen).status == 200
    assert len(events()) == 1


@pytest.mark.parametrize("sent", [[1], [None, {}], ["label"]])
def test_decisions_that_are_none_are_refused(act: Act, events: Any, sent: list[Any]) -> None:
    answer = act("one", *sent)
    assert (answer.status, events()) == (400, [])
    assert "decisions that cannot be meant" in answer.text


def test_a_ticket_runs_out_and_outlives_the_process_that_issued_it(
    workspace: Workspace, post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = issue_ticket("Ana López")
    st.cache_resource.clear()  # As a new process begins.
    assert ticket_holder(ticket) == "Ana López"
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 25 * 3600)
    assert ticket_holder(ticket) is None
    assert (workspace.root / ".label-tickets").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "broken",
    [
        {"sample": "nobody"},
        {"sample": "../../etc"},
        {"sample": 3},
        {"labels": []},
        {"labels": [28]},
        {"labels": [1, 1]},
        {"labels": ["7"]},
        {"labels": [True]},
        {"labels": None},
        {"kind": "unsure"},
        {"kind": "undo", "labels": None},
        {"kind": "adjudicate"},
        {"kind": "drop table"},
        {"track": "Bo#1"},
        {"base": "0"},
        {"note": "x" * 3000},
    ],
)
def test_a_decision_that_cannot_be_meant_is_one_sentence(
    act: Act, events: Any, broken: dict[str, Any]
) -> None:
    answer = act("one", decision() | broken)
    assert answer.status == 400
    assert answer.text.strip().endswith(".")
    assert "\n" not in answer.text
    assert events() == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff", b"{}", b"0" * 2**21])
def test_a_body_that_is_no_act_is_refused(post: Any, dataset: Dataset, body: bytes) -> None:
    ticket = {"X-HPA-Annotator": issue_ticket("Ana")}
    assert post("/hpa/labels/tiny/acts", body, **ticket).status == 400
    assert post("/hpa/labels/none/acts", b"{}", **ticket).status == 400


def test_a_database_that_cannot_be_written_asks_to_send_again(
    act: Act, workspace: Workspace, events: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty = open_store(workspace, lock_seconds=0.05)
    monkeypatch.setattr(cache, "label_store", lambda: hasty)
    with sqlite3.connect(workspace.labels, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = act("one", decision())
        assert answer.status == 503
        assert "locked" in answer.text
        other.execute("COMMIT")
    assert act("one", decision()).status == 200
    assert len(events()) == 1
