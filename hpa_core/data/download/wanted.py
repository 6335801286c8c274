"""Which files are wanted, and where each lies on the server.

An address template has the fields `{antibody}`, `{image}`, `{id}` and `{colour}`. An id of the
atlas is `<antibody>_<plate>_<well>_<n>`, at times with something more behind; `{image}` is all that
follows the antibody. A template without any field is the address that the atlas's layout begins
with: `<template>/{antibody}/{image}_{colour}.jpg`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from urllib.parse import urlsplit

from hpa_core.classes import CHANNELS
from hpa_core.data.false_colour import EXTERNAL
from hpa_core.data.refusals import named_few
from hpa_core.errors import DownloadError
from hpa_core.targets import check_ids

ATLAS_LAYOUT = "{antibody}/{image}_{colour}.jpg"
FIELDS = frozenset({"antibody", "image", "id", "colour"})
SCHEMES = ("http", "https")
_CHECKSUM_LINE = re.compile(r"([0-9a-fA-F]{64}) [ *](.+)")


@dataclass(frozen=True)
class WantedFile:
    """One file: its name in the folder, its address, and its SHA-256 if that is known before."""

    name: str
    url: str
    sha256: str = ""


def wanted_files(
    ids: Sequence[str], template: str, colours: Sequence[str] = CHANNELS
) -> list[WantedFile]:
    """Return the files of every id, in order.

    Args:
        ids: each once, safe as file names.
        template: of the address.
        colours: some of `CHANNELS`.

    Raises:
        LabelTableError: an id is not safe as a file name, or stands there twice.
        DownloadError: the template or a colour cannot be meant, or an id has no antibody.
    """
    template = checked_template(template)
    check_ids(ids, source="The list")
    if unknown := [colour for colour in colours if colour not in CHANNELS] or not colours:
        raise DownloadError(
            f"{unknown if colours else 'No colour'} cannot be fetched; expected some of "
            f"{', '.join(CHANNELS)}."
        )
    if "{antibody}" in template and (bare := [name for name in ids if "_" not in name[:-1]]):
        raise DownloadError(
            f"The id {bare[0]!r} has no antibody; expected <antibody>_<plate>_<well>_<n>, or a "
            "template with {id} alone."
        )
    return [
        WantedFile(EXTERNAL.file(name, colour), _address(template, name, colour))
        for name in ids
        for colour in colours
    ]


def checked_template(template: str) -> str:
    """Return the template with all its fields, or refuse it.

    >>> checked_template("https://example.org/images/")
    'https://example.org/images/{antibody}/{image}_{colour}.jpg'

    Raises:
        DownloadError: it is no http address, a field is unknown, or files could not be told apart.
    """
    try:
        parts = urlsplit(template)
        fields = _fields(template)
    except ValueError as error:
        raise DownloadError(f"The address {template[:80]!r} cannot be read: {error}.") from None
    if parts.scheme not in SCHEMES or not parts.hostname or "{" in parts.netloc:
        raise DownloadError(
            f"The address {template[:80]!r} cannot be fetched; expected http:// or https:// and a "
            "host without fields."
        )
    if unknown := fields - FIELDS:
        raise DownloadError(
            f"The address has the unknown field {{{min(unknown)}}}; known are "
            f"{', '.join(f'{{{field}}}' for field in sorted(FIELDS))}."
        )
    if not fields:
        return f"{template.rstrip('/')}/{ATLAS_LAYOUT}"
    if "colour" not in fields or not ("id" in fields or {"antibody", "image"} <= fields):
        raise DownloadError(
            "The address gives several files one place; it needs {colour}, and {id} or "
            "{antibody} and {image}."
        )
    return template


def read_checksums(path: Path) -> dict[str, str]:
    """Read a list of SHA-256 checksums as `sha256sum` prints it: name -> 64 lower-case digits.

    Raises:
        DownloadError: the list is missing, or a line is none of its lines.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise DownloadError(
            f"The checksums {path} cannot be read ({reason}); check the path."
        ) from None
    found = {}
    for number, line in enumerate(lines, start=1):
        match = _CHECKSUM_LINE.fullmatch(line.rstrip())
        if not match:
            raise DownloadError(
                f"{path.name}, line {number}: expected 64 hexadecimal digits, two spaces and a "
                f"file name; found {line[:60]!r}."
            )
        found[match[2]] = match[1].lower()
    return found


def with_checksums(files: Sequence[WantedFile], checksums: dict[str, str]) -> list[WantedFile]:
    """Return the files with the checksums that they must have.

    Raises:
        DownloadError: a file is not in the list, so that it could not be verified.
    """
    if absent := [file.name for file in files if file.name not in checksums]:
        raise DownloadError(
            f"The checksums do not name {named_few(absent)}; without one a file cannot be verified."
        )
    return [WantedFile(file.name, file.url, checksums[file.name]) for file in files]


def _fields(template: str) -> set[str]:
    found = set()
    for _, field, form, conversion in Formatter().parse(template):
        if form or conversion:
            raise ValueError(f"the field {field} has a format")
        if field is not None:
            found.add(field)
    return found


def _address(template: str, sample_id: str, colour: str) -> str:
    antibody, _, image = sample_id.partition("_")
    return template.format(antibody=antibody, image=image, id=sample_id, colour=colour)
