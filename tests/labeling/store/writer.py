"""One of several writers: labels few samples in competition, may be killed at any time, goes on.

What it is about to ask and what was acknowledged are lines of a file, so that a test can hold the
store to its word, and so that the next life repeats a question whose answer was lost.
"""

import json
import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from hpa_core.errors import ConflictError, LabelingError
from hpa_core.labeling import DatasetRef, Decision, LabelStore, open_store
from hpa_core.workspace import Workspace

RNG = random.Random()  # noqa: S311
Answer = TypeVar("Answer")
DATASET = DatasetRef("contested", "0" * 64)


def write_labels(root: str, url: str, person: str, wanted: int, samples: int) -> None:
    """Label until `wanted` acts of this person are acknowledged, over all of its lives."""
    os.environ["HPA_DATABASE_URL"] = url
    store = _patiently(lambda: open_store(Workspace(Path(root)), lock_seconds=60))
    diary = Path(root) / f"{person}.jsonl"
    lines = read_diary(diary)
    acknowledged = sum("act" in line for line in lines)
    with diary.open("ab", buffering=0) as file:
        if lines and "base" in lines[-1]:
            acknowledged += _ask(store, person, lines[-1], file)
        for number in range(len(lines), 1_000_000):
            if acknowledged >= wanted:
                return
            sample = f"s{RNG.randrange(samples)}"
            question = {
                "key": f"{person}-{number}",
                "sample": sample,
                "base": _patiently(lambda: store.state(DATASET, sample)).version,  # noqa: B023
                "labels": sorted(RNG.sample(range(28), 3)),
            }
            file.write(_line(question))
            acknowledged += _ask(store, person, question, file)


def read_diary(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a diary; one that a kill cut short counts as never written."""
    if not path.exists():
        return []
    whole = path.read_bytes().split(b"\n")[:-1]
    return [json.loads(line) for line in whole if line]


def _ask(store: LabelStore, person: str, question: dict[str, Any], file: Any) -> bool:
    decision = Decision(
        sample=question["sample"],
        base=question["base"],
        kind="label",
        labels=tuple(question["labels"]),
    )
    try:
        receipt = _patiently(
            lambda: store.record([decision], by=person, dataset=DATASET, key=question["key"])
        )
    except ConflictError:
        file.write(_line({"key": question["key"], "refused": True}))
        return False
    version = receipt.events[0].version
    file.write(_line({"key": question["key"], "act": receipt.act, "version": version}))
    return True


def _patiently(ask: Callable[[], Answer]) -> Answer:
    """Ask the same again while the server is down."""
    while True:
        try:
            return ask()
        except ConflictError:
            raise
        except LabelingError:
            time.sleep(0.1)


def _line(value: dict[str, Any]) -> bytes:
    return b"\n" + json.dumps(value).encode() + b"\n"
