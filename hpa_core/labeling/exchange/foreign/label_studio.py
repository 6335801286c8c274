"""Label Studio's JSON and JSON-MIN: tasks with the annotations of one person or several.

References:
    https://labelstud.io/guide/task_format and https://labelstud.io/guide/export
"""

from collections.abc import Sequence
from typing import Any

from hpa_core.errors import LabelingError
from hpa_core.labeling.exchange.foreign.naming import CLASS_NUMBERS, Found, sample_id


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
                yield sample, names, _author(annotation.get("completed_by"))


def _min_task(task: dict[str, Any], field: str) -> tuple[str, Sequence[Any], str]:
    fields = [field] if field else [key for key, value in task.items() if _is_choice(value)]
    names = [name for key in fields for name in _choices({"choices": task.get(key, [])})]
    return sample_id(task), names, _author(task.get("annotator"))


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
