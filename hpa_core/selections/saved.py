"""Selections saved by name, with their dataset: `datasets/<name>/selections/<selection>.json`.

A filter may name them, `saved:odd-nuclei`, so they build on one another, and a list of ids that is
too long for a link becomes a name.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from hpa_core.errors import FilterError, WorkspaceError
from hpa_core.files import checked_name, delete_file, explained_os_errors, read_json, write_json
from hpa_core.selections.expression import Among, And, Everything, Expression, Not, Or, Saved
from hpa_core.selections.parsing import parse_filter

SELECTIONS = "selections"
SHORT_LIST = 20
"""Ids that may stand in a link; a longer list is saved."""

LIST_PREFIX = "list-"
MOST_LISTS = 100
"""Saved lists of ids that are kept, the last used ones, beside those that other selections name."""


@dataclass(frozen=True, kw_only=True)
class SavedSelection:
    """A filter with a name.

    Attributes:
        filter: its text.
        note: where it came from, such as a lasso on a map.
        created: UTC, ISO 8601.
    """

    name: str
    filter: str
    note: str = ""
    created: str = ""

    @property
    def expression(self) -> Expression:
        """What the filter says."""
        return parse_filter(self.filter)


def save_selection(
    folder: Path, name: str, text: str, *, note: str = "", over: bool = False
) -> SavedSelection:
    """Save a filter under a name.

    Args:
        folder: the dataset's.
        name: of the selection.
        text: the filter.
        note: where it came from.
        over: replace a selection of the same name.

    Raises:
        FilterError: the text is no filter, or names itself, directly or through others; or there
            is a selection of that name and `over` is false.
        WorkspaceError: the name cannot be a file's, or the folder cannot be written.
    """
    path = _path(folder, name)
    resolve(parse_filter(text), folder, within=(name,))
    if not over and path.exists():
        raise _taken(name, ", or replace it (Replace on the page, --replace on the command line)")
    created = datetime.now(UTC).isoformat(timespec="seconds")
    selection = SavedSelection(name=name, filter=text, note=note, created=created)
    with explained_os_errors(path):
        path.parent.mkdir(exist_ok=True)
    _write(folder, selection)
    return selection


def list_selections(folder: Path) -> list[SavedSelection]:
    """Return the selections of the dataset in `folder`, by name; a damaged file is left out."""
    names = sorted(path.stem for path in (folder / SELECTIONS).glob("[!.]*.json"))
    found = []
    for name in names:
        try:
            found.append(read_selection(folder, name))
        except (FilterError, WorkspaceError):
            continue
    return found


def read_selection(folder: Path, name: str) -> SavedSelection:
    """Read the selection `name`.

    Raises:
        FilterError: there is none, or its file is damaged.
        WorkspaceError: the name cannot be a file's.
    """
    path = _path(folder, name)
    if not path.is_file():
        raise _missing(name)
    values: Any = read_json(path)
    texts = values if isinstance(values, dict) else {}
    known = {key: texts.get(key, "") for key in ("filter", "note", "created")}
    if "filter" not in texts or not all(isinstance(value, str) for value in known.values()):
        raise FilterError(None, f"{path} is damaged; delete it, or save it again")
    return SavedSelection(name=name, **known)


def delete_selection(folder: Path, name: str) -> None:
    """Delete the selection `name`.

    Raises:
        FilterError: there is none.
        WorkspaceError: the name cannot be a file's, or the file cannot be deleted.
    """
    delete_file(_path(folder, name), missing=_missing(name))


def rename_selection(folder: Path, name: str, new: str) -> None:
    """Give the selection `name` another name, which the selections that build on it take over.

    Args:
        folder: the dataset's.
        name: of the selection.
        new: the name it gets.

    Raises:
        FilterError: there is no selection `name`, or there is one of the new name already.
        WorkspaceError: a name cannot be a file's, or the folder cannot be written.
    """
    selection = read_selection(folder, name)
    if _path(folder, new).exists():
        raise _taken(new)
    _write(folder, replace(selection, name=new))
    for each in list_selections(folder):
        if str(Saved(name)) in each.filter:
            other = _with_saved(each.expression, lambda it: Saved(new if it == name else it))
            _write(folder, replace(each, filter=str(other)))
    delete_selection(folder, name)


def filter_of_ids(folder: Path, ids: list[str], *, note: str) -> str:
    """Return a filter for exactly these samples that is short enough for a link.

    A longer list is saved under a name made from its content, so the same list is saved once. Of
    such lists the last used `MOST_LISTS` are kept.

    Args:
        folder: the dataset's.
        ids: of the samples.
        note: where the list came from.
    """
    text = text_of_ids(ids)
    match parse_filter(text):
        case Saved(name):
            _keep_list(folder, name, ids, note)
    return text


def text_of_ids(ids: list[str]) -> str:
    """Return the filter that `filter_of_ids` returns, and save nothing."""
    if not ids:
        return str(Not(Everything()))
    text = _listing(ids)
    if len(ids) <= SHORT_LIST:
        return text
    return str(Saved(f"{LIST_PREFIX}{sha256(text.encode()).hexdigest()[:10]}"))


def _listing(ids: list[str]) -> str:
    return str(Among("id", tuple(sorted(ids))))


def _keep_list(folder: Path, name: str, ids: list[str], note: str) -> None:
    path = _path(folder, name)
    with explained_os_errors(path):
        if path.is_file():
            path.touch()
        else:
            save_selection(folder, name, _listing(ids), note=note)
            _delete_old_lists(folder)


def _delete_old_lists(folder: Path) -> None:
    """Delete the lists that were not used for longest; those that a selection names stay."""
    kept = (folder / SELECTIONS).glob(f"{LIST_PREFIX}*.json")
    newest_first = sorted(kept, key=lambda path: path.stat().st_mtime_ns, reverse=True)
    old = {path.stem for path in newest_first[MOST_LISTS:]}
    if not old:
        return
    others = [each for each in list_selections(folder) if each.name not in old]
    named = " ".join(each.filter for each in others if not each.name.startswith(LIST_PREFIX))
    for name in old:
        if str(Saved(name)) not in named:
            _path(folder, name).unlink(missing_ok=True)


def resolve(expression: Expression, folder: Path, *, within: tuple[str, ...] = ()) -> Expression:
    """Return the expression with what is saved in the place of its name.

    Args:
        expression: may hold `Saved`.
        folder: the dataset's.
        within: names that are being resolved.

    Raises:
        FilterError: a selection is missing, or names itself, directly or through others.
    """

    def said(name: str) -> Expression:
        if name in within:
            chain = " -> ".join([*within, name])
            raise FilterError(None, f"selection {name!r} names itself ({chain})")
        inner = read_selection(folder, name).expression
        return resolve(inner, folder, within=(*within, name))

    return _with_saved(expression, said)


def _with_saved(expression: Expression, instead: Callable[[str], Expression]) -> Expression:
    """Return the expression with `instead(name)` in the place of each saved selection."""
    match expression:
        case Saved(name):
            return instead(name)
        case And(parts) | Or(parts):
            return type(expression)(tuple(_with_saved(part, instead) for part in parts))
        case Not(part):
            return Not(_with_saved(part, instead))
    return expression


def _write(folder: Path, selection: SavedSelection) -> None:
    write_json(_path(folder, selection.name), asdict(selection))


def _taken(name: str, otherwise: str = "") -> FilterError:
    told = f"this dataset has a selection {name!r} already; choose another name{otherwise}"
    return FilterError(None, told)


def _missing(name: str) -> FilterError:
    return FilterError(None, f"this dataset has no selection {name!r}")


def _path(folder: Path, name: str) -> Path:
    return folder / SELECTIONS / f"{checked_name(name, what='selection')}.json"
