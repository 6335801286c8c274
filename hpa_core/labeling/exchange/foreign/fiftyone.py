"""FiftyOne's `samples.json` (FiftyOneDataset) and `labels.json` (image classification).

References:
    https://docs.voxel51.com/user_guide/export_datasets.html
"""

from collections.abc import Sequence
from typing import Any

from hpa_core.errors import LabelingError
from hpa_core.labeling.exchange.foreign.naming import Found, Said, id_in_address, sample_id

CLASSIFIED = ("Classifications", "Classification")


def read_samples(samples: Sequence[Any], field: str) -> Found:
    """Yield the classifications of every sample.

    Raises:
        LabelingError: a sample has several fields of them, and none was chosen.
    """
    for sample in samples:
        fields = _classified_fields(sample, field)
        if len(fields) > 1:
            raise LabelingError(
                f"The samples have labels in several fields: {', '.join(sorted(fields))[:80]}; "
                "say which with --field."
            )
        for value in fields.values():
            labels = value.get("classifications", [value])
            yield Said(sample_id(sample), [label.get("label") for label in labels])


def read_label_list(content: dict[str, Any]) -> Found:
    """Yield the labels of every file; they are names, numbers in `classes`, or lists of them."""
    classes = content.get("classes") or []
    for sample, value in content["labels"].items():
        yield Said(id_in_address(sample), [_name(one, classes) for one in _flat(value)])


def _classified_fields(sample: Any, field: str) -> dict[str, Any]:
    if not isinstance(sample, dict):
        raise LabelingError("A sample of FiftyOne must be an object; export it again.")
    return {
        name: value
        for name, value in sample.items()
        if isinstance(value, dict) and value.get("_cls") in CLASSIFIED and field in {"", name}
    }


def _flat(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [name for part in value for name in _flat(part)]
    return _flat(value.get("label")) if isinstance(value, dict) else [value]


def _name(value: Any, classes: Sequence[Any]) -> Any:
    return classes[value] if type(value) is int and 0 <= value < len(classes) else value
