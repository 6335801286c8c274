"""The project's own commands, run as a user runs them; for benchmarks."""

import os
import subprocess
import sys
from pathlib import Path

from hpa_core.workspace import Workspace

ROOT = Path(__file__).parents[1]


def command(workspace: Workspace, *arguments: object) -> str:
    """Run one of the project's commands in a workspace and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "hpa_core", *map(str, arguments)],
        env={**os.environ, "HPA_WORKSPACE": str(workspace.root)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout
