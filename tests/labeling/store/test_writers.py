"""Writers in competition, killed in between: every acknowledged label is there, none twice.

`make soak-labels` runs it with 8 writers and 10,000 labels.
"""

import os
import random
import sys
import time
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hpa_core.labeling import LabelStore
from hpa_core.labeling.database.schema import acts
from tests.labeling.conftest import on_both
from tests.labeling.store.writer import DATASET, read_diary, write_labels
from tests.postgres_server import Server

WRITERS = int(os.environ.get("HPA_WRITERS", "4"))
LABELS = int(os.environ.get("HPA_LABELS", "240"))
KILLS = int(os.environ.get("HPA_KILLS", "6"))
RNG = random.Random()  # noqa: S311
SAMPLES = 12
DEADLINE_SECONDS = 120.0 + LABELS / 5


@pytest.mark.skipif(sys.platform == "win32", reason="kills processes as Unix does")
@on_both
def test_every_acknowledged_label_is_there_once_whoever_was_killed(
    store: LabelStore, database: str, tmp_path: Path, request: Any
) -> None:
    url = store.engine.url.render_as_string(hide_password=False)
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.labeling.store.writer"])
    people = [f"writer{number}" for number in range(WRITERS)]
    shared = (LABELS // WRITERS, SAMPLES)

    def start(person: str) -> BaseProcess:
        process = context.Process(target=write_labels, args=(str(tmp_path), url, person, *shared))
        process.start()
        return process

    writers = {person: start(person) for person in people}
    _wait_for_labels(tmp_path, people, 1)
    for kill in range(KILLS):
        _wait_for_labels(tmp_path, people, (kill + 1) * LABELS // (KILLS + 2))
        time.sleep(RNG.random() * 0.02)
        person = RNG.choice(people)
        writers[person].kill()
        writers[person].join()
        writers[person] = start(person)
        if database == "postgresql" and kill == KILLS // 2:
            server: Server = request.getfixturevalue("postgres")
            server.crash()
    for process in writers.values():
        process.join(DEADLINE_SECONDS)
        assert process.exitcode == 0
    _check_promises(store, tmp_path, people)


def _check_promises(store: LabelStore, folder: Path, people: list[str]) -> None:
    diaries = {person: read_diary(folder / f"{person}.jsonl") for person in people}
    asked = {line["key"]: line for diary in diaries.values() for line in diary if "base" in line}
    promised = {line["key"]: line for diary in diaries.values() for line in diary if "act" in line}
    assert len(promised) >= LABELS // WRITERS * WRITERS
    history = store.history(DATASET)
    with store.engine.connect() as connection:
        keys = {row.id: row.key for row in connection.execute(select(acts.c.id, acts.c.key))}
    recorded = {keys[event.act]: event for event in history}
    assert len(recorded) == len(history)
    assert recorded.keys() == promised.keys()
    for key, event in recorded.items():
        assert event.version == promised[key]["version"] == asked[key]["base"] + 1
        assert event.labels == tuple(asked[key]["labels"])
        assert event.sample == asked[key]["sample"]
    assert store.check(DATASET) == len(history)


def _wait_for_labels(folder: Path, people: list[str], wanted: int) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    diaries = [folder / f"{person}.jsonl" for person in people]
    while sum(path.read_bytes().count(b'"act"') for path in diaries if path.exists()) < wanted:
        assert time.monotonic() < deadline, "the writers stand still"
        time.sleep(0.02)
