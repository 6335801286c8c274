"""The command line as a user types it, but within this process: a start costs no interpreter.

An interpreter and the imports take some three seconds of a core. What needs a process of its own
(signals, exit by a crash, whether torch is imported) starts one; the rest calls this.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from unittest.mock import patch

from hpa_core.cli.app import main
from hpa_core.workspace import ENVIRONMENT_VARIABLE, Workspace

Hpa = Callable[..., subprocess.CompletedProcess[str]]
"""The command line on the workspace of a test."""


def hpa(workspace: Workspace, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `python -m hpa_core ARGUMENTS` on a workspace; return exit status, stdout and stderr."""
    said, complained = StringIO(), StringIO()
    words = list(map(str, arguments))
    variables = {ENVIRONMENT_VARIABLE: str(workspace.root), "OMP_NUM_THREADS": "1"}
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    with (
        patch.dict(os.environ, variables),
        patch.object(sys, "argv", ["hpa_core", *words]),
        redirect_stdout(said),
        redirect_stderr(complained),
    ):
        try:
            main()
            status = 0
        except SystemExit as ended:
            status = int(ended.code or 0)
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)  # `train` listens to them
    return subprocess.CompletedProcess(words, status, said.getvalue(), complained.getvalue())
