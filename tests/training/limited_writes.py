"""Let the kernel refuse a trainer's writes after so many bytes of a file, then let it go on.

    python tests/training/limited_writes.py WORKSPACE RUN

Each limit (RLIMIT_FSIZE) falls into another file that the second epoch writes: the status, the
figures, the predictions, the weights, the checkpoint. Prints what each trainer said, and fails
where something was lost.
"""

import json
import os
import resource
import shutil
import sys
from pathlib import Path

from hpa_core.errors import WorkspaceError
from hpa_core.models.tensorfile import read_tensors
from hpa_core.runs.folder import LAST, RunFolder, open_run
from hpa_core.runs.metrics import METRICS
from hpa_core.training import train
from hpa_core.workspace import Workspace
from tests.training.outcomes import outcome


def train_in_a_child(workspace: Workspace, run: RunFolder, *, most_bytes: int) -> str:
    """Go on with the run in a process of its own; return the error it ended by, or nothing."""
    reading, writing = os.pipe()
    if not os.fork():
        said = ""
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))
        try:
            train(workspace, run, resume=True)
        except WorkspaceError as error:
            said = str(error)
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
    return said


def main() -> None:
    workspace = Workspace(Path(sys.argv[1]))
    run = open_run(workspace, sys.argv[2])
    before, unlimited = run.path.with_name("one-epoch"), resource.RLIM_INFINITY
    train(workspace, run, stop=(bool(_states(run)) for _ in iter(int, 1)).__next__)
    shutil.copytree(run.path, before)
    assert train_in_a_child(workspace, run, most_bytes=unlimited) == ""
    whole, told = outcome(run), []
    weights, state = ((run.checkpoints / name).stat().st_size for name in (LAST, _states(run)[-1]))
    line = (before / METRICS).stat().st_size + 50
    for most_bytes in (0, 100, line, 4096, weights // 2, weights - 1, weights, state - 1):
        shutil.rmtree(run.path)
        shutil.copytree(before, run.path)
        told.append(train_in_a_child(workspace, run, most_bytes=most_bytes))
        for path in run.checkpoints.iterdir():
            read_tensors(path, checksum=True)  # Whole, and nothing half-written beside it.
        assert train_in_a_child(workspace, run, most_bytes=unlimited) == ""
        assert outcome(run) == whole, f"after a limit of {most_bytes} bytes"
    sys.stdout.write(json.dumps(told))


def _states(run: RunFolder) -> list[str]:
    return sorted(path.name for path in run.checkpoints.glob("state-*"))


if __name__ == "__main__":
    main()
