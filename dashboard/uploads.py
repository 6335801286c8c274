"""What several forms ask for: files, by path or upload, and a name."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from hpa_core.data.uploads import check_uploaded_csv
from hpa_core.errors import WorkspaceError
from hpa_core.files import write_atomic


@dataclass(frozen=True)
class Source:
    """A file named by its path on this machine, or uploaded; exactly one of the two."""

    path: str
    upload: UploadedFile | None

    @property
    def named(self) -> bool:
        """Whether the file was named at all: some may be left out."""
        return bool(self.path or self.upload)

    def check(self) -> None:
        """Refuse a file that is named twice, not at all, not there, or not what its name says.

        Raises:
            WorkspaceError: it is not named once, or is not there.
            LabelTableError: an uploaded table is too large or is an archive.
        """
        if bool(self.path) == bool(self.upload):
            raise WorkspaceError("Name each file once: by its path on this machine, or an upload.")
        if self.upload is None:
            existing_path(self.path)
        elif self.upload.name.lower().endswith(".csv"):
            check_uploaded_csv(self.upload.name, self.upload)

    def place(self, folder: Path) -> str:
        """Return an absolute path to the file; an upload is written into `folder` first."""
        if self.upload is None:
            return existing_path(self.path)
        suffix = Path(self.upload.name).suffix.lower()
        path = folder / f"upload-{len(list(folder.iterdir()))}{suffix}"
        write_atomic(path, self.upload.getvalue())
        return str(path)


def ask_for_file(what: str, types: list[str], *, key: str) -> Source:
    """Ask for one file by path or upload."""
    path = st.text_input(f"{what}: path on this machine", key=f"{key}-path")
    upload = st.file_uploader(f"or upload it ({', '.join(types)})", type=types, key=f"{key}-upload")
    return Source(path.strip(), upload)


def ask_for_files(what: str, types: list[str], *, key: str) -> list[Source]:
    """Ask for any number of files: one by path, the others by upload."""
    path = st.text_input(f"{what}: path on this machine", key=f"{key}-path").strip()
    uploads = st.file_uploader(
        f"or upload them ({', '.join(types)})",
        type=types,
        accept_multiple_files=True,
        key=f"{key}-upload",
    )
    return [Source(path, None)] * bool(path) + [Source("", upload) for upload in uploads]


def ask_for_name(key: str) -> str:
    """Ask for the name of what comes in."""
    return st.text_input(
        "Name", key=f"{key}-name", help="Letters, digits, '.', '-' and '_'."
    ).strip()


def existing_path(path: str) -> str:
    """Return `path` made absolute, so that it can never be read as an option.

    Raises:
        WorkspaceError: there is nothing at it.
    """
    if not path.strip() or not (absolute := Path(path).expanduser().absolute()).exists():
        raise WorkspaceError(
            f"There is nothing at {path.strip() or 'an empty path'!r}; check the path."
        )
    return str(absolute)
