"""Label Studio's JSON, JSON-MIN, CSV and TSV: tasks with the annotations of one person or several.

The last three hold a row for each annotation, the newest of a task first; a cell of several choices
is JSON in CSV.

References:
    https://labelstud.io/guide/task_format and https://labelstud.io/guide/export
"""

import csv
import json
from collections.abc import Sequence
from contextlib import suppress
from io import StringIO
from typing import Any

from hpa_core.errors import LabelingError
from hpa_core.labeling.exchange.foreign.naming import CLASS_NUMBERS, Found, Said, sample_id


def read_tasks(tasks: Sequence[Any], field: str) -> Found:
    """Yield every annotation that was not cancelled; predictions are no labels."""
    for task in tasks:
        if not isinstance(task, dict):
            raise LabelingError("A task of Label Studio must be an object; export it again.")
        if "annotations" not in task and "data" not in task:
            yield _min_task(task, field)
            continue
        sample = sample_id(task.get("data", {}))
        for annotation in task.get("annotations", []):
            if annotation.get("was_cancelled"):
                continue
            names = [
                name
                for result in annotation.get("result", [])
                if result.get("type") in {"choices", "taxonomy"}
                and field in {"", result.get("from_name")}
                for name in _choices(result.get("value", {}))
            ]
            if names:
                author = _author(annotation.get("completed_by"))
                yield Said(sample, names, author, _time(annotation))


def read_table(text: str, field: str, *, delimiter: str) -> Found:
    """Yield every row of a CSV or TSV."""
    for row in csv.DictReader(StringIO(text), delimiter=delimiter):
        yield _min_task({name: _cell(value) for name, value in row.items()}, field)


def _min_task(task: dict[str, Any], field: str) -> Said:
    fields = [field] if field else [key for key, value in task.items() if _is_choice(value)]
    names = [name for key in fields for name in _choices({"choices": task.get(key, [])})]
    return Said(sample_id(task), names, _author(task.get("annotator")), _time(task))


def _cell(value: Any) -> Any:
    """Return a cell as JSON-MIN has it."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        with suppress(json.JSONDecodeError):
            return json.loads(value)
    return value


def _time(annotation: dict[str, Any]) -> str:
    return str(annotation.get("updated_at") or annotation.get("created_at") or "")


def _is_choice(value: Any) -> bool:
    if isinstance(value, dict):
        return isinstance(value.get("choices"), list)
    return isinstance(value, str) and value.casefold() in CLASS_NUMBERS


def _choices(value: Any) -> list[Any]:
    """Flatten what a choice may be: a name, a list, an object of one, a path of a taxonomy."""
    if isinstance(value, dict):
        return _choices(value.get("choices", value.get("taxonomy", [])))
    if isinstance(value, list):
        return [name for part in value for name in _choices(part)]
    return [value]


def _author(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("email") or value.get("id") or "")
    return "" if value is None else str(value)
