"""Imports started from the Overview: each is a job running the same command a terminal would."""

from collections.abc import Sequence
from pathlib import Path

from dashboard import cache
from dashboard.jobs import submit_job
from dashboard.uploads import Source, existing_path
from hpa_core.data.dataset import info_path
from hpa_core.data.download.journal import JOURNAL
from hpa_core.data.download.wanted import checked_template
from hpa_core.errors import WorkspaceError
from hpa_core.files import checked_name
from hpa_core.runs.predictions import awaited_predictions_path


def import_images(folder: str, labels: Source, *, name: str, size: int) -> str:
    """Import a folder of four-channel images with its label table."""
    options = ["--size", str(size)] if size else []
    title = f"Import images as {_dataset_name(name)}"
    command = ("import", "kaggle", existing_path(folder), "--labels", labels, "--name", name)
    return submit_job(title, *command, *options, makes=info_path(cache.workspace(), name))


def import_labels(labels: Source, *, name: str) -> str:
    """Import a label table alone."""
    title = f"Import labels as {_dataset_name(name)}"
    return submit_job(
        title, "import", "labels", labels, "--name", name, makes=info_path(cache.workspace(), name)
    )


def import_scores(scores: Source, ids: Source, *, name: str, dataset: str, split: str) -> str:
    """Import probabilities that another program computed, as a run or one more split of it."""
    options = [f"--split={split}", *(["--dataset", dataset] if dataset else [])]
    title = f"Import scores as {checked_name(name, what='run')}"
    command = ("import", "scores", scores, "--ids", ids, "--name", name)
    return submit_job(
        title, *command, *options, makes=awaited_predictions_path(cache.workspace(), name, split)
    )


def import_external(folder: str, labels: Source, *, name: str, size: int) -> str:
    """Import a folder of the atlas's false-colour JPEGs with its label table."""
    title = f"Import external images as {_dataset_name(name)}"
    options = ("--labels", labels, "--name", name, "--size", str(size))
    command = ("import", "external", existing_path(folder))
    return submit_job(title, *command, *options, makes=info_path(cache.workspace(), name))


def merge_datasets(
    base: str, external: str, *, name: str, rule: str, lists: Sequence[Source]
) -> str:
    """Merge two datasets into a third."""
    title = f"Merge {base} and {external} as {_dataset_name(name)}"
    options = [word for one in lists for word in ("--duplicates", one)]
    command = ("merge", base, external, "--name", name, "--rule", rule)
    return submit_job(title, *command, *options, makes=info_path(cache.workspace(), name))


def download_images(  # noqa: PLR0913 - the fields of one form
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
    return submit_job(
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


def _dataset_name(name: str) -> str:
    return checked_name(name, what="dataset")
