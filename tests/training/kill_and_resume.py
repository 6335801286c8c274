"""Train one run undisturbed, and another in processes that are killed with SIGKILL N times.

    python tests/training/kill_and_resume.py WORKSPACE WHOLE KILLED N

Torch is imported once and each trainer forked, so that the kills meet training and not imports; the
undisturbed run tells how long a training takes. A trainer that comes to its end unharmed has its
checkpoints taken away and begins anew. Prints what the kills met.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from hpa_core.runs.folder import RunFolder, open_run
from hpa_core.training import train
from hpa_core.workspace import Workspace


def start(workspace: Workspace, run: RunFolder) -> int:
    pid = os.fork()
    if pid:
        return pid
    train(workspace, run, resume=True)
    os._exit(0)


def checkpoints(run: RunFolder) -> list[Path]:
    return sorted(run.checkpoints.glob("state-*.safetensors"))


def train_from_the_start(workspace: Workspace, run: RunFolder) -> float:
    """Return how many seconds it took."""
    for path in checkpoints(run):
        path.unlink()
    began = time.monotonic()
    train(workspace, run)
    return time.monotonic() - began


def main() -> None:
    workspace = Workspace(Path(sys.argv[1]))
    whole, run = (open_run(workspace, name) for name in sys.argv[2:4])
    train_from_the_start(workspace, whole)  # The first time, torch imports more of itself.
    duration = train_from_the_start(workspace, whole)
    rng = random.Random(0)  # noqa: S311 - moments, not secrets
    met: list[str] = []
    while len(met) < int(sys.argv[4]):
        pid = start(workspace, run)
        time.sleep(rng.uniform(0, duration))
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            met.append(" ".join(path.name for path in checkpoints(run)))
            continue
        for path in checkpoints(run):
            path.unlink()
    _, status = os.waitpid(start(workspace, run), 0)
    sys.stdout.write(json.dumps(met))
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
