"""Imports started from the Overview: each is a job running the same command a terminal would."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard import cache
from hpa_core.data.dataset import INFO
from hpa_core.data.download.journal import JOURNAL
from hpa_core.data.download.wanted import checked_template
from hpa_core.data.uploads import check_uploaded_csv
from hpa_core.errors import WorkspaceError
from hpa_core.files import checked_name, write_atomic
from hpa_core.jobs import open_backend
from hpa_core.jobs.backend import RunSpec
from hpa_core.runs.folder import RunFolder, RunInfo, new_run_id
from hpa_core.runs.predictions import predictions_path


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
            _existing(self.path)
        elif self.upload.name.lower().endswith(".csv"):
            check_uploaded_csv(self.upload.name, self.upload)

    def place(self, folder: Path) -> str:
        """Return an absolute path to the file; an upload is written into `folder` first."""
        if self.upload is None:
            return _existing(self.path)
        suffix = Path(self.upload.name).suffix.lower()
        path = folder / f"upload-{len(list(folder.iterdir()))}{suffix}"
        write_atomic(path, self.upload.getvalue())
        return str(path)


def submit(title: str, *command: str | Source, devices: int = 0, makes: Path | None = None) -> str:
    """Start `python -m hpa_core <command>` as a job and return its id.

    Args:
        title: a few words for people, the same for the same work.
        command: its arguments; a file that was uploaded is written into the job's folder.
        devices: device slots wanted; most want none.
        makes: the file that it writes when it is done, if there is one.

    Raises:
        WorkspaceError: a file is not named, or named twice, or is not there.
        JobError: the job cannot be started.
    """
    for word in command:
        if isinstance(word, Source):
            word.check()
    folder = cache.workspace().job(new_run_id(str(command[0])))
    folder.mkdir(parents=True)
    words = [word if isinstance(word, str) else word.place(folder) for word in command]
    argv = (sys.executable, "-m", "hpa_core", *words)
    spec = RunSpec(argv=argv, folder=folder, devices=devices, title=title, makes=makes)
    return open_backend(cache.workspace()).submit(spec)


def import_images(folder: str, labels: Source, *, name: str, size: int) -> str:
    """Import a folder of four-channel images with its label table."""
    options = ["--size", str(size)] if size else []
    title = f"Import images as {_dataset_name(name)}"
    command = ("import", "kaggle", _existing(folder), "--labels", labels, "--name", name)
    return submit(title, *command, *options, makes=info_path(name))


def import_labels(labels: Source, *, name: str) -> str:
    """Import a label table alone."""
    title = f"Import labels as {_dataset_name(name)}"
    return submit(title, "import", "labels", labels, "--name", name, makes=info_path(name))


def import_scores(scores: Source, ids: Source, *, name: str, dataset: str, split: str) -> str:
    """Import probabilities that another program computed, as a run or one more split of it."""
    options = [f"--split={split}", *(["--dataset", dataset] if dataset else [])]
    title = f"Import scores as {checked_name(name, what='run')}"
    command = ("import", "scores", scores, "--ids", ids, "--name", name)
    return submit(title, *command, *options, makes=scores_path(name, split))


def import_external(folder: str, labels: Source, *, name: str, size: int) -> str:
    """Import a folder of the atlas's false-colour JPEGs with its label table."""
    title = f"Import external images as {_dataset_name(name)}"
    options = ("--labels", labels, "--name", name, "--size", str(size))
    command = ("import", "external", _existing(folder))
    return submit(title, *command, *options, makes=info_path(name))


def merge(base: str, external: str, *, name: str, rule: str, lists: Sequence[Source]) -> str:
    """Merge two datasets into a third."""
    title = f"Merge {base} and {external} as {_dataset_name(name)}"
    options = [word for one in lists for word in ("--duplicates", one)]
    command = ("merge", base, external, "--name", name, "--rule", rule)
    return submit(title, *command, *options, makes=info_path(name))


def download(  # noqa: PLR0913 - the fields of one form
    table: Source,
    folder: str,
    address: str,
    *,
    checksums: Source,
    workers: int,
    delay_seconds: float,
) -> str:
    """Fetch the image files of a list of ids.

    Raises:
        WorkspaceError: no folder is named, or a file is not there.
        DownloadError: the address cannot be meant.
    """
    if not folder.strip():
        raise WorkspaceError("Name the folder on this machine that the files should go into.")
    target = str(Path(folder.strip()).expanduser().absolute())
    options: list[str | Source] = ["--checksums", checksums] if checksums.named else []
    return submit(
        f"Download into {target}",
        "download",
        table,
        "--to",
        target,
        f"--base={checked_template(address.strip())}",
        "--workers",
        str(workers),
        "--delay",
        str(delay_seconds),
        *options,
        makes=Path(target) / JOURNAL,
    )


def info_path(name: str) -> Path:
    """Return the file that says a dataset is complete."""
    return cache.workspace().dataset(name) / INFO


def scores_path(name: str, split: str) -> Path:
    """Return the file that a split's scores go into, in a run that need not exist yet."""
    run = RunFolder(cache.workspace().run(name), RunInfo(id=name, kind="scores"))
    return predictions_path(run, split)


def _dataset_name(name: str) -> str:
    return checked_name(name, what="dataset")


def _existing(path: str) -> str:
    """Return `path` made absolute, so that it can never be read as an option."""
    if not path.strip() or not (absolute := Path(path).expanduser().absolute()).exists():
        raise WorkspaceError(
            f"There is nothing at {path.strip() or 'an empty path'!r}; check the path."
        )
    return str(absolute)
