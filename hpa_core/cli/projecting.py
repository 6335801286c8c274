"""Command: project. A split's images as points of a plane."""

from typing import Annotated

import typer

from hpa_core.cli.app import app, print_json, workspace_of
from hpa_core.cli.scores import AsJson, RunId, Split
from hpa_core.progress import terminal_progress
from hpa_core.projection.projecting import project_run
from hpa_core.projection.store import METHODS, Method, projection_path
from hpa_core.runs.folder import open_run

HELP = "; ".join(f"{name}: {meaning}" for name, meaning in METHODS.items())


@app.command("project")
def project(
    run_id: RunId,
    *,
    split: Split = "validation",
    method: Annotated[Method, typer.Option(help=f"{HELP}.")] = "tsne",
    seed: Annotated[int, typer.Option(help="Of everything drawn.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Place a split's images on a plane by their embeddings; the run keeps the points."""
    run = open_run(workspace_of(), run_id)
    with terminal_progress() as progress:
        made = project_run(run, split, method=method, seed=seed, progress=progress)
    if as_json:
        print_json(
            {
                "run": run.id,
                "split": split,
                "method": method,
                "features": made.features,
                "samples": len(made.ids),
                "trustworthiness": made.trustworthiness,
                "neighbours_kept": made.neighbours_kept,
                "seconds": made.seconds,
                "file": str(projection_path(run, split, method)),
            }
        )
        return
    typer.echo(
        f"{len(made.ids)} images of {split} by their {made.features}: trustworthiness "
        f"{made.trustworthiness:.3f}, {made.neighbours_kept:.0%} of 15 nearest neighbours kept, "
        f"{made.seconds:.1f} s."
    )
