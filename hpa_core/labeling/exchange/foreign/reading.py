"""Reading an export of another program, whichever it is."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hpa_core.errors import LabelingError
from hpa_core.labeling.exchange.foreign.fiftyone import read_label_list, read_samples
from hpa_core.labeling.exchange.foreign.label_studio import read_tasks
from hpa_core.labeling.exchange.foreign.naming import ForeignLabel, Found, class_numbers

MOST_BYTES = 2**30


@dataclass(frozen=True, kw_only=True)
class ForeignLabels:
    """What a file holds.

    Attributes:
        program: `Label Studio` or `FiftyOne`.
        labels: every author's last opinion of every sample, in the order of the file.
        refused: rows of `id`, `reason`.
    """

    program: str
    labels: tuple[ForeignLabel, ...]
    refused: tuple[dict[str, str], ...]


def read_foreign_labels(path: Path, *, field: str = "") -> ForeignLabels:
    """Read an export of Label Studio (JSON, JSON-MIN) or FiftyOne (samples.json, labels.json).

    Args:
        path: the JSON file, or the folder that FiftyOne exported.
        field: which field of the samples (FiftyOne) or control tag (Label Studio) holds the
            labels; may be "" where there is one only.

    Raises:
        LabelingError: the file is none of these, or holds no label that can be used.
    """
    file = _json_file(path)
    program, found = _recognised(_read(file), field, file)
    labels: dict[tuple[str, str], ForeignLabel] = {}
    refused: list[dict[str, str]] = []
    for sample, names, author in found:
        try:
            numbers = class_numbers(names)
        except LabelingError as error:
            refused.append({"id": sample[:200], "reason": str(error)})
            continue
        labels.pop((sample, author), None)
        labels[sample, author] = ForeignLabel(sample=sample, labels=numbers, author=author)
    if not labels:
        reason = f"{refused[0]['id']}: {refused[0]['reason']}" if refused else "it is empty"
        raise LabelingError(f"{file} holds no label that can be used; {reason}.")
    return ForeignLabels(program=program, labels=tuple(labels.values()), refused=tuple(refused))


def _recognised(content: Any, field: str, file: Path) -> tuple[str, Found]:
    if isinstance(content, list):
        return "Label Studio", read_tasks(content, field)
    if isinstance(content, dict) and isinstance(content.get("samples"), list):
        return "FiftyOne", read_samples(content["samples"], field)
    if isinstance(content, dict) and isinstance(content.get("labels"), dict):
        return "FiftyOne", read_label_list(content)
    raise LabelingError(
        f"{file} is no export that is known; expected Label Studio's JSON or JSON-MIN, or "
        "FiftyOne's samples.json or labels.json."
    )


def _json_file(path: Path) -> Path:
    if not path.is_dir():
        return path
    for name in ("samples.json", "labels.json"):
        if (path / name).is_file():
            return path / name
    raise LabelingError(f"{path} holds neither samples.json nor labels.json; name the file.")


def _read(path: Path) -> Any:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise LabelingError(f"{path} is larger than 1 GiB; export less at a time.")
        return json.loads(path.read_bytes())
    except OSError as error:
        raise LabelingError(f"{path} cannot be read ({error.strerror}); check the path.") from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise LabelingError(f"{path} is no JSON ({error}); export it again.") from None
    except RecursionError:
        raise LabelingError(f"{path} is nested too deep; export it again.") from None
