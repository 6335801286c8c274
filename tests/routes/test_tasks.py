"""The labels route hands out images: by need, to one person at a time, without others' opinions."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dashboard.labeling.queue import QueueChoice, queue_fields
from dashboard.labeling.tickets import issue_ticket
from hpa_core.data.dataset import Dataset
from hpa_core.evaluation.neighbours import nearest_rows
from hpa_core.evaluation.suspicious.ranking import NEIGHBOURS, rank_suspicious
from hpa_core.labeling import Decision, new_key, open_store
from hpa_core.labeling.queue.planning import QueueSettings
from hpa_core.runs.folder import open_run
from hpa_core.runs.predictions import read_predictions, write_predictions
from hpa_core.selections.neighbours import find_neighbours
from hpa_core.selections.samples import outside_samples
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.scored import score_dataset

Ask = Callable[..., Any]


@pytest.fixture
def dataset(make_dataset: MakeDataset, workspace: Workspace) -> Dataset:
    made = make_dataset(samples=140)
    score_dataset(workspace, made)
    return made


@pytest.fixture
def ask(post: Any, dataset: Dataset) -> Ask:
    """Return a function that asks for tasks of a queue, as the pad does."""

    def send(
        by: str = "Ana", *, want: int = 5, holding: Any = (), past: bool = False, **choice: Any
    ) -> Any:
        plain = {"split": "validation", "run": "scored", "thresholds": (0.5,) * 28}
        queue = queue_fields(QueueChoice(**{**plain, **choice}))
        body = {"queue": queue, "want": want, "holding": list(holding), "past": past}
        return post("/hpa/labels/tiny/tasks", body, **{"X-HPA-Annotator": issue_ticket(by)})

    return send


def tasks(answer: Any) -> list[dict[str, Any]]:
    assert answer.status == 200, answer.text
    return json.loads(answer.body)["tasks"]


def ids(answer: Any) -> list[str]:
    return [task["id"] for task in tasks(answer)]


def test_a_task_tells_the_label_in_force_and_the_models_scores(ask: Ask, dataset: Dataset) -> None:
    [missed, false] = tasks(ask(need="suspicious", want=2))
    by_id = {task["id"]: task for task in (missed, false)}
    assert by_id.keys() == {"sample-0070", "sample-0071"}
    task = by_id["sample-0071"]
    assert task["row"] == 71
    assert task["labels"] == np.flatnonzero(dataset.targets[71]).tolist()
    assert task["probs"][27] == pytest.approx(0.6, abs=1e-5)
    assert (task["version"], task["said"], task["note"]) == (0, "", "")


def test_two_people_get_different_images_and_a_held_one_is_not_sent_twice(ask: Ask) -> None:
    hers = ids(ask("Ana", need="random"))
    more = ids(ask("Ana", need="random", holding=hers))
    his = ids(ask("Bo", need="random"))
    assert len({*hers, *more, *his}) == 15
    assert ids(ask("Ana", need="random")) == hers


@pytest.mark.parametrize(
    ("choice", "wanted"),
    [
        ({"need": "surplus", "question": 70 % 28}, ["sample-0070"]),
        ({"need": "missing", "question": 27}, ["sample-0071"]),
        ({"need": "random", "filter": "id:sample-0099"}, ["sample-0099"]),
        ({"need": "disagreements"}, []),
    ],
)
def test_a_queue_holds_exactly_what_it_names(
    ask: Ask, choice: dict[str, Any], wanted: list[str]
) -> None:
    assert ids(ask(want=50, **choice)) == wanted


@pytest.mark.parametrize("few", [True, False])
def test_the_suspicious_queue_is_the_errors_pages_ranking_with_its_neighbours(
    ask: Ask, dataset: Dataset, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, few: bool
) -> None:
    run = open_run(workspace, "scored")
    plain = read_predictions(run, "validation")
    rng = np.random.default_rng(5)
    # Every other image is told apart by its scores, all of them by their embeddings.
    probs = np.where(np.arange(70)[:, None] % 2, plain.probs, rng.random((70, 28)) / 2)
    embedded = plain.targets @ rng.normal(size=(28, 8)) + rng.normal(size=(70, 8)) / 4
    write_predictions(run, "validation", replace(plain, probs=probs, embeddings=embedded))
    calls = probs > 0.5
    nearest = nearest_rows(embedded, NEIGHBOURS)
    shown = rank_suspicious(probs, plain.targets, nearest, calls=calls, limit=None)
    blind = rank_suspicious(probs, plain.targets, calls=calls, limit=None)
    first, without = (
        list(dict.fromkeys(plain.ids[found.row].tolist()))[:20] for found in (shown, blind)
    )
    assert first != without
    if not few:
        monkeypatch.setattr("dashboard.neighbours.AT_ONCE", 0)
        assert ids(ask(need="suspicious", want=20)) == without
        find_neighbours(run, "validation", outside_samples(plain, "validation"))
    assert ids(ask(need="suspicious", want=20)) == first


def test_the_likeliest_of_a_class_come_first(ask: Ask, dataset: Dataset) -> None:
    first = ids(ask(need="likely", question=7, want=3))
    assert all(dataset.targets[int(sample[-4:]), 7] for sample in first)


def test_a_second_opinion_is_asked_blind(ask: Ask, dataset: Dataset, workspace: Workspace) -> None:
    [task] = tasks(ask("Ana", need="random", want=1))
    store = open_store(workspace)
    word = Decision(sample=task["id"], base=0, kind="label", labels=(13,), note="mine")
    store.record([word], by="Ana", dataset=dataset.info, key=new_key())
    twice = QueueSettings(opinions=2)
    [blind] = tasks(ask("Bo", need="random", filter=f"id:{task['id']}", settings=twice))
    assert blind["track"] == "Bo#1"
    assert (blind["labels"], blind["note"], blind["said"]) == (task["labels"], "", "")
    assert ids(ask("Bo", need="random", filter=f"id:{task['id']}")) == []


def test_a_new_visit_is_told_what_the_person_can_take_back_and_what_stands_on_it(
    ask: Ask, dataset: Dataset, workspace: Workspace
) -> None:
    store, info = open_store(workspace), dataset.info

    def give(sample: str, by: str, base: int = 0) -> str:
        word = Decision(sample=sample, base=base, kind="label", labels=(13,), note="dim")
        return store.record([word], by=by, dataset=info, key=new_key()).key

    first, second = give("sample-0100", "Ana"), give("sample-0101", "Ana")
    give("sample-0101", "Bo", base=1)
    third = give("sample-0003", "Ana")
    store.undo(by="Ana", dataset=info, key=new_key())
    past = json.loads(ask(need="random", past=True).body)["past"]
    assert [act["key"] for act in past["done"]] == [first, second]
    free, passed = past["done"]
    assert free["blocked"] == ""
    assert passed["blocked"].startswith("Bo gave Focal adhesion sites to sample-0101 at ")
    [change] = free["decisions"]
    given = np.flatnonzero(dataset.targets[100]).tolist()
    assert (change["id"], change["before"]["labels"], change["after"]["labels"]) == (
        "sample-0100", given, [13],
    )  # fmt: skip
    assert [act["key"] for act in past["undone"]] == [third]
    assert {task["id"]: task["version"] for task in past["tasks"]} == {
        "sample-0100": 1,
        "sample-0003": 2,
    }
    assert "past" not in json.loads(ask(need="random", holding=["sample-0100"]).body)


def test_a_queue_that_cannot_be_meant_is_one_sentence(ask: Ask, post: Any) -> None:
    assert "There is no queue" in ask(need="best").text
    assert ask(need="random", filter="no such(").status == 400
    ticket = {"X-HPA-Annotator": issue_ticket("Ana")}
    for queue in ({}, {"need": "random"}, 3):
        body = {"queue": queue, "want": 1, "holding": []}
        assert post("/hpa/labels/tiny/tasks", body, **ticket).status == 400
