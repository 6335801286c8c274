"""The command line's frame: one app, one way to print JSON, one way to fail.

Exit status: 0 done, 1 an error the user can mend (one sentence on stderr), 2 wrong usage.
"""

import json
import sys
from importlib import import_module
from importlib.util import find_spec
from itertools import chain
from typing import Any

import typer

from hpa_core.errors import HpaError
from hpa_core.workspace import Workspace, default_workspace

COMMANDS = {
    "demo": ("demo",),
    "import": ("data", "scores"),
    "datasets": ("data",),
    "counts": ("data",),
    "download": ("download",),
    "split": ("folds",),
    "folds": ("folds",),
    "merge": ("merging",),
    "duplicates": ("duplicates",),
    "plan": ("plans",),
    "plans": ("plans",),
    "evaluate": ("scores",),
    "submit": ("scores",),
    "select": ("selecting",),
    "selections": ("selecting",),
    "neighbours": ("neighbours",),
    "thresholds": ("strategies",),
    "compare": ("comparing",),
    "flips": ("flips",),
    "sweep": ("comparing",),
    "score": ("comparing",),
    "shift": ("comparing",),
    "calibration": ("calibration",),
    "errors": ("errors",),
    "suspicious": ("suspicious",),
    "train": ("training",),
    "predict": ("predicting",),
    "tensorboard": ("tensorboard",),
    "explain": ("explaining",),
    "ablate": ("explaining",),
    "project": ("projecting",),
    "oversample": ("oversample",),
    "experiment": ("experiments",),
    "experiments": ("experiments",),
    "augment": ("augmentation",),
    "jobs": ("jobs",),
    "labels": ("labels", "label_queue", "label_files"),
}
"""Each command, or group of them, and the modules of this package that add it when imported."""

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


def add_commands(wanted: str = "") -> None:
    """Import what adds a command; all of them where it is none, to list them.

    A command waits for no other one's imports, which take two seconds of a core together.
    """
    modules = COMMANDS.get(wanted) or dict.fromkeys(chain.from_iterable(COMMANDS.values()))
    without = WITH_LABELS if find_spec("sqlalchemy") is None else ()
    for name in modules:
        if name not in without:
            import_module(f"hpa_core.cli.{name}")


def main() -> None:
    """Run the command line; turn an `HpaError` into one line on stderr and status 1."""
    add_commands(sys.argv[1] if len(sys.argv) > 1 else "")
    try:
        app()
    except HpaError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from None
