"""`download LIST --to DIR --base ADDRESS`: fetch the image files of a list of ids."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from hpa_core.classes import CHANNELS
from hpa_core.cli.app import app, print_json
from hpa_core.data.download.downloading import Download, download_files
from hpa_core.data.download.journal import JOURNAL
from hpa_core.data.download.manners import MOST_WORKERS, Manners
from hpa_core.data.download.wanted import read_checksums, wanted_files, with_checksums
from hpa_core.errors import DownloadError
from hpa_core.progress import terminal_progress
from hpa_core.runs.stopping import listen, stop_requested
from hpa_core.targets import read_id_table

NAMED_FAILURES = 20
DEFAULTS = Manners()


@app.command("download")
def download_command(  # noqa: PLR0913 - one parameter for each option
    table: Annotated[Path, typer.Argument(metavar="LIST", help="CSV with the column Id.")],
    *,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Folder; made if missing.")],
    base: Annotated[
        str,
        typer.Option(
            help="Address of a file, with {antibody}, {image} (the rest of an id), {id} and "
            "{colour} where they belong; an address without any is continued as the atlas's own, "
            "by /{antibody}/{image}_{colour}.jpg. Example: https://v18.proteinatlas.org/images"
        ),
    ],
    workers: Annotated[
        int, typer.Option(min=1, max=MOST_WORKERS, help="Requests at a time.")
    ] = DEFAULTS.workers,
    delay: Annotated[
        float, typer.Option(help="Seconds between the starts of two requests.")
    ] = DEFAULTS.delay_seconds,
    retries: Annotated[
        int, typer.Option(help="How often a file is tried again.")
    ] = DEFAULTS.retries,
    timeout: Annotated[
        float, typer.Option(help="Seconds without a byte that count as stalled.")
    ] = DEFAULTS.timeout_seconds,
    max_mib: Annotated[
        float, typer.Option(help="Largest file that is fetched, in MiB.")
    ] = DEFAULTS.max_bytes / 1024**2,
    colours: Annotated[str, typer.Option(help="Which files of each id.")] = ",".join(CHANNELS),
    checksums: Annotated[
        Path | None, typer.Option(help="SHA-256 of every file, as `sha256sum` prints them.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Fetch `<id>_<colour>.jpg` for every id; start it again to go on where it ended.

    Exit status 0 only if all files are there. What became of each is in DIR/download.jsonl.
    """
    listen()
    manners = Manners(
        workers=workers,
        delay_seconds=delay,
        retries=retries,
        timeout_seconds=timeout,
        max_bytes=int(max_mib * 1024**2),
    )
    files = wanted_files(read_id_table(table)[0], base, colours.split(","))
    if checksums is not None:
        files = with_checksums(files, read_checksums(checksums))
    with terminal_progress() as progress:
        done = download_files(files, to, manners=manners, stop=stop_requested, progress=progress)
    if as_json:
        print_json({**asdict(done), "folder": str(to)})
    else:
        typer.echo(f"{done.present:,} of {done.wanted:,} files are in {to}.")
    _refuse_incomplete(done, to)


def _refuse_incomplete(done: Download, folder: Path) -> None:
    for refusal in done.failed[:NAMED_FAILURES]:
        sys.stderr.write(f"{refusal.reason}\n")
    if (more := len(done.failed) - NAMED_FAILURES) > 0:
        sys.stderr.write(f"and {more:,} more, in {folder / JOURNAL}\n")
    if done.present < done.wanted:
        failed = f"{len(done.failed):,} failed" if done.failed else "a stop was asked for"
        raise DownloadError(
            f"{done.wanted - done.present:,} of {done.wanted:,} files are not there: {failed}; "
            "start the same download again to go on."
        )
