"""Start the processes of a training by torchrun, and say in one sentence what became of them."""

import ctypes
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn, cast

from torch.distributed import run as torchrun
from torch.distributed.elastic.multiprocessing.api import SignalException
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError

from hpa_core.errors import HpaError, TrainingError
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.process import ProcessIdentity
from hpa_core.runs.status import RunStatus, read_status, write_status
from hpa_core.training.state import check_new

ERROR_FILE_VARIABLE = "TORCHELASTIC_ERROR_FILE"
"""Where torchrun looks for why one of its processes failed."""
GRACE_SECONDS = 30
"""What torchrun gives the others to end before it kills them."""
_PR_SET_PDEATHSIG = 1


def train_by_processes(run_folder: RunFolder, *, processes: int, resume: bool) -> None:
    """Train a run by `processes` processes of this machine; returns when they have ended.

    Raises:
        RunError: the run was trained before and `resume` is not set.
        TrainingError: one of them failed; the sentence is in the run's status too.
    """
    if not resume:
        check_new(run_folder)
    # A stop that comes before torchrun listens ends this process, which has started nothing yet.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threads = max(1, (os.cpu_count() or 1) // processes)
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))
    # Not `--run`, which torchrun would take for an abbreviation of an option of its own.
    command = ["-m", "hpa_core", "train", "--resume", run_folder.id]
    options = ["--standalone", "--nproc-per-node", str(processes)]
    try:
        untyped = cast("Any", torchrun)
        untyped.run(untyped.parse_args([*options, *command]))
    except SignalException:
        return  # It was passed on; the first process has saved and said so.
    except ChildFailedError as error:
        raise TrainingError(_reason(run_folder, error)) from None


def end_with_launcher() -> None:
    """Have the kernel kill this process when torchrun dies, which starts it in a session apart."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def leave_at_once() -> NoReturn:
    """End a process whose training is through.

    gloo's threads and an interpreter that tidies up have been seen to wait for each other for ever.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


@contextmanager
def told_to_launcher() -> Iterator[None]:
    """Leave the sentence of an error where torchrun finds it.

    torchrun ends the others at once, so nobody else may come to say it.
    """
    try:
        yield
    except HpaError as error:
        if path := os.environ.get(ERROR_FILE_VARIABLE):
            told = {"message": str(error), "timestamp": int(time.time())}
            Path(path).write_text(json.dumps(told), encoding="utf-8")
        raise


def _reason(run_folder: RunFolder, error: ChildFailedError) -> str:
    """Return why it failed: a killed process before what the others made of its loss.

    torchrun itself ends the rest once one has failed, by SIGTERM and half a minute later by
    SIGKILL, so neither tells anything then.
    """
    status = read_status(run_folder.path) or RunStatus(state="failed")
    first = min(failure.timestamp for failure in error.failures.values())
    killed = [
        (rank, failure)
        for rank, failure in error.failures.items()
        if failure.exitcode < 0
        and failure.exitcode != -signal.SIGTERM
        and failure.timestamp - first < GRACE_SECONDS / 2
    ]
    if killed:
        rank, failure = killed[0]
        message = (
            f"Process {rank} of the training was killed ({failure.signal_name()}); resume the run "
            "to go on from its last checkpoint."
        )
    elif status.state == "failed" and status.message:
        return status.message
    else:
        told = [str(one.message) for one in error.failures.values() if one.error_file_data]
        message = told[0] if told else "A process of the training failed; the log tells why."
    own = vars(ProcessIdentity.current())
    write_status(run_folder.path, replace(status, state="failed", message=message, **own))
    return message
