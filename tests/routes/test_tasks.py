"""The labels route hands out images: by need, to one person at a time, without others' opinions."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dashboard.labeling.queue import QueueChoice, queue_fields
from dashboard.labeling.tickets import issue_ticket
from hpa_core.data.dataset import Dataset
from hpa_core.labeling import Decision, new_key, open_store
from hpa_core.labeling.queue.planning import QueueSettings
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

    def send(by: str = "Ana", *, want: int = 5, holding: Any = (), **choice: Any) -> Any:
        plain = {"split": "validation", "run": "scored", "thresholds": (0.5,) * 28}
        queue = queue_fields(QueueChoice(**{**plain, **choice}))
        body = {"queue": queue, "want": want, "holding": list(holding)}
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


def test_a_queue_that_cannot_be_meant_is_one_sentence(ask: Ask, post: Any) -> None:
    assert "There is no queue" in ask(need="best").text
    assert ask(need="random", filter="no such(").status == 400
    ticket = {"X-HPA-Annotator": issue_ticket("Ana")}
    for queue in ({}, {"need": "random"}, 3):
        body = {"queue": queue, "want": 1, "holding": []}
        assert post("/hpa/labels/tiny/tasks", body, **ticket).status == 400
