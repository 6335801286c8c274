"""What other programs name: ids in file names, class numbers by name."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import unquote, urlparse

from hpa_core.classes import CHANNELS, CLASS_NAMES, N_CLASSES
from hpa_core.errors import LabelingError
from hpa_core.labeling.events import Labels

CLASS_NUMBERS = {name.casefold(): number for number, name in enumerate(CLASS_NAMES)}
# Label Studio puts eight digits before an uploaded file's name; the atlas's ids begin alike.
_UPLOAD = re.compile(r"^[0-9a-f]{8}-")
_ATLAS_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_STAIN = re.compile(rf"_({'|'.join(CHANNELS)})$")


class Said(NamedTuple):
    """One annotation there: class names or numbers, who said so, and when; "" where not told."""

    sample: str
    names: Sequence[Any]
    author: str = ""
    at: str = ""


Found = Iterator[Said]


@dataclass(frozen=True, kw_only=True)
class ForeignLabel:
    """What another program says of a sample; `author` is a name or number there, or ""."""

    sample: str
    labels: Labels
    author: str = ""


def class_numbers(names: Sequence[Any]) -> Labels:
    """Return class numbers for names, whatever their case, or for numbers.

    Raises:
        LabelingError: one is no class, or there is none.
    """
    numbers = set()
    for name in names:
        text = str(name).strip().casefold()
        if text.isascii() and text.isdecimal() and int(text) < N_CLASSES:
            numbers.add(int(text))
        elif text in CLASS_NUMBERS:
            numbers.add(CLASS_NUMBERS[text])
        else:
            raise LabelingError(f"{str(name)[:60]!r} is none of the {N_CLASSES} classes")
    if not numbers:
        raise LabelingError("it has no label")
    return tuple(sorted(numbers))


def sample_id(data: dict[str, Any]) -> str:
    """Return the id that a task or sample names, else the one in its file's name."""
    for key in ("Id", "sample", "sample_id"):
        if data.get(key):
            return str(data[key])
    for value in (data.get("filepath"), data.get("image"), *data.values()):
        if isinstance(value, str) and value:
            return id_in_address(value)
    return str(data.get("id", ""))


def id_in_address(address: str) -> str:
    """Return the id in a file's path or address.

    >>> id_in_address("/data/upload/1/0a1b2c3d-00070df0-bbc3-11e8-b2bc-ac1f6b6435d0_green.png")
    '00070df0-bbc3-11e8-b2bc-ac1f6b6435d0'
    """
    file = PurePosixPath(unquote(urlparse(address.replace("\\", "/")).path)).name
    stem = re.sub(r"\.(png|jpe?g|tiff?|webp)$", "", file, flags=re.IGNORECASE)
    name = _STAIN.sub("", stem)
    return name if _ATLAS_ID.fullmatch(name) else _UPLOAD.sub("", name)
