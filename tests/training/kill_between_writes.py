"""Kill a trainer with SIGKILL before each rename and removal among its checkpoints, then resume it.

    python tests/training/kill_between_writes.py WORKSPACE RUN

The first training, which imports more of torch, is done here; whoever is killed or resumes is
forked. The run keeps its two best epochs, and every epoch counts as better than those before, so
that the third one brings weights and drops others. Prints what each killed trainer was about to do,
and fails where a resume does not come to what an undisturbed training left.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hpa_core.runs.folder import RunFolder, open_run
from hpa_core.training import train
from hpa_core.training.state import TrainingState
from hpa_core.workspace import Workspace
from tests.training.outcomes import outcome

RANK = TrainingState.rank


def later_is_better(state: TrainingState, merit: tuple[float, float], *, keep: int) -> None:
    del merit
    RANK(state, (float(state.epoch), 0.0), keep=keep)


def fork(do: Callable[[], None]) -> int:
    """Do something in a process of its own; return how that ended."""
    pid = os.fork()
    if not pid:
        do()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def killed_at(number: int, folder: Path, told: Path) -> None:
    """Have the kernel kill this process before its `number`-th change to names in `folder`."""
    calls = iter(range(1_000_000))
    for name in ("replace", "unlink"):
        real = getattr(os, name)

        def change(path: Any, *rest: Any, name: str = name, real: Any = real, **more: Any) -> None:
            changed = Path(rest[0] if rest else path)
            ours = changed.parent == folder and not changed.name.endswith(".partial")
            if ours and next(calls) == number:
                told.write_text(f"{name} {changed.name}")
                os.kill(os.getpid(), signal.SIGKILL)
            real(path, *rest, **more)

        setattr(os, name, change)


def main() -> None:
    TrainingState.rank = later_is_better  # type: ignore[method-assign]
    workspace = Workspace(Path(sys.argv[1]))
    run = open_run(workspace, sys.argv[2])
    before = run.path.with_name("two-epochs")
    told = workspace.root / "told.txt"
    stop_after_two(workspace, run)
    shutil.copytree(run.path, before)
    assert fork(lambda: train(workspace, run, resume=True)) == 0
    whole, met = outcome(run), []
    while True:
        shutil.rmtree(run.path)
        shutil.copytree(before, run.path)

        def disturbed(number: int = len(met)) -> None:
            killed_at(number, run.checkpoints, told)
            train(workspace, run, resume=True)

        if fork(disturbed) == 0:
            break
        met.append(told.read_text())
        assert fork(lambda: train(workspace, run, resume=True)) == 0
        assert outcome(run) == whole, f"killed before: {met[-1]}"
    sys.stdout.write(json.dumps(met))


def stop_after_two(workspace: Workspace, run: RunFolder) -> None:
    stops = (len(list(run.checkpoints.glob("epoch-*"))) == 2 for _ in iter(int, 1))
    train(workspace, run, stop=stops.__next__)


if __name__ == "__main__":
    main()
