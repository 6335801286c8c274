"""Reading an export of another program, whichever it is."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hpa_core.errors import LabelingError
from hpa_core.labeling.exchange.foreign.fiftyone import read_label_list, read_samples
from hpa_core.labeling.exchange.foreign.label_studio import read_table, read_tasks
from hpa_core.labeling.exchange.foreign.naming import ForeignLabel, Found, class_numbers

MOST_BYTES = 2**30
_DELIMITERS = {".csv": ",", ".tsv": "\t"}


@dataclass(frozen=True, kw_only=True)
class ForeignLabels:
    """What a file holds.

    Attributes:
        program: `Label Studio` or `FiftyOne`.
        labels: every author's last opinion of every sample, the oldest first where times are told,
            else in the order of the file.
        refused: rows of `id`, `reason`.
    """

    program: str
    labels: tuple[ForeignLabel, ...]
    refused: tuple[dict[str, str], ...]


def read_foreign_labels(path: Path, *, field: str = "") -> ForeignLabels:
    """Read an export of Label Studio (JSON, JSON-MIN, CSV) or FiftyOne (samples.json, labels.json).

    Args:
        path: the file, or the folder that FiftyOne exported.
        field: which field of the samples (FiftyOne) or control tag (Label Studio) holds the
            labels; may be "" where there is one only.

    Raises:
        LabelingError: the file is none of these, or holds no label that can be used.
    """
    file = _json_file(path)
    program, found = _found(file, field)
    labels: dict[tuple[str, str], ForeignLabel] = {}
    refused: list[dict[str, str]] = []
    for sample, names, author, _ in sorted(found, key=lambda said: said.at):
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


def _found(file: Path, field: str) -> tuple[str, Found]:
    if (delimiter := _DELIMITERS.get(file.suffix.lower())) is None:
        return _recognised(_read_json(file), field, file)
    try:
        text = _bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise LabelingError(f"{file} is no text in UTF-8; export it again.") from None
    return "Label Studio", read_table(text, field, delimiter=delimiter)


def _recognised(content: Any, field: str, file: Path) -> tuple[str, Found]:
    if isinstance(content, list):
        return "Label Studio", read_tasks(content, field)
    if isinstance(content, dict) and isinstance(content.get("samples"), list):
        return "FiftyOne", read_samples(content["samples"], field)
    if isinstance(content, dict) and isinstance(content.get("labels"), dict):
        return "FiftyOne", read_label_list(content)
    raise LabelingError(
        f"{file} is no export that is known; expected Label Studio's JSON, JSON-MIN or CSV, or "
        "FiftyOne's samples.json or labels.json."
    )


def _json_file(path: Path) -> Path:
    if not path.is_dir():
        return path
    for name in ("samples.json", "labels.json"):
        if (path / name).is_file():
            return path / name
    raise LabelingError(f"{path} holds neither samples.json nor labels.json; name the file.")


def _read_json(path: Path) -> Any:
    try:
        return json.loads(_bytes(path))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise LabelingError(f"{path} is no JSON ({error}); export it again.") from None
    except RecursionError:
        raise LabelingError(f"{path} is nested too deep; export it again.") from None


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise LabelingError(f"{path} is larger than 1 GiB; export less at a time.")
        return path.read_bytes()
    except OSError as error:
        raise LabelingError(f"{path} cannot be read ({error.strerror}); check the path.") from None
