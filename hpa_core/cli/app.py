"""The command line's frame: one app, one way to print JSON, one way to fail.

Exit status: 0 done, 1 an error the user can mend (one sentence on stderr), 2 wrong usage.
"""

import json
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import typer

from hpa_core.errors import HpaError
from hpa_core.workspace import Workspace, default_workspace

COMMANDS = (
    "demo",
    "data",
    "download",
    "folds",
    "merging",
    "duplicates",
    "plans",
    "scores",
    "selecting",
    "neighbours",
    "strategies",
    "comparing",
    "errors",
    "suspicious",
    "training",
    "predicting",
    "tensorboard",
    "explaining",
    "projecting",
    "oversample",
    "experiments",
    "augmentation",
    "jobs",
    "labels",
    "label_queue",
    "label_files",
)
"""The modules of this package that add commands when they are imported."""

WITH_LABELS = ("selecting", "labels", "label_queue", "label_files")
"""Those that open the label database. A machine that trains needs no database installed."""

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
import_app = typer.Typer(no_args_is_help=True, help="Bring in images, labels or scores.")
app.add_typer(import_app, name="import")


def workspace_of() -> Workspace:
    """Return the default workspace with its folders made."""
    return default_workspace().create()


def print_json(value: Any) -> None:
    """Print exactly one JSON object on stdout."""
    sys.stdout.write(json.dumps(value, allow_nan=False) + "\n")


def main() -> None:
    """Run the command line; turn an `HpaError` into one line on stderr and status 1."""
    trains = sys.argv[1:2] == ["train"] or find_spec("sqlalchemy") is None
    for name in COMMANDS:
        if not (trains and name in WITH_LABELS):
            import_module(f"hpa_core.cli.{name}")
    try:
        app()
    except HpaError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from None
