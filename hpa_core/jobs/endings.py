"""How a job ended, told in one sentence from its exit code, its own status and its log."""

import os
import signal
from pathlib import Path

from hpa_core.jobs.backend import JobState
from hpa_core.runs.status import RunStatus

_TAIL_BYTES = 4096
_LONGEST = 300
_HINTS = {
    "SIGKILL": "; perhaps out of memory",
    "SIGSEGV": "; a library crashed",
    "SIGABRT": "; a library gave up",
}


def ending(
    exit_code: int, status: RunStatus | None, *, stop_requested: bool, log: Path
) -> tuple[JobState, str]:
    """Return the state and the message of a job whose process has ended.

    Args:
        exit_code: what the process returned, negative for the signal that ended it.
        status: what the trainer said in this start, if it is a trainer.
        stop_requested: whether the end was asked for.
        log: the file with the output; its last line says why a program failed.
    """
    said = status.state if status else None
    message = one_line(status.message) if status else ""
    if exit_code == 0 and said == "failed":
        return "failed", message
    if stop_requested and not (exit_code == 0 and said == "finished"):
        return "stopped", _stopped(exit_code)
    if exit_code == 0:
        return ("stopped" if said == "stopped" else "finished"), message
    if said == "failed" and message:
        return "failed", message
    return "failed", describe_exit(exit_code, log)


def describe_exit(exit_code: int, log: Path) -> str:
    """Return why a process failed: its signal, or the last line that it printed.

    >>> describe_exit(-9, Path("log.txt"))
    'killed (SIGKILL); perhaps out of memory'
    """
    if exit_code < 0:
        name = _signal_name(-exit_code)
        return f"killed ({name}){_HINTS.get(name, '')}"
    return last_line(log) or f"ended with exit status {exit_code} and printed nothing"


def last_line(log: Path) -> str:
    """Return the last line of a log that is not blank; empty if there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
            lines = file.read().decode(errors="replace").split("\n")
    except FileNotFoundError:
        return ""
    # Progress bars draw over their line with carriage returns; what is seen is the last drawing.
    seen = [line.rstrip("\r").rpartition("\r")[2].strip() for line in lines]
    return next((_shortened(line) for line in reversed(seen) if line), "")


def one_line(message: str) -> str:
    """Return `message` as one line of bounded length."""
    return _shortened(" ".join(message.split()))


def _stopped(exit_code: int) -> str:
    if exit_code == -signal.SIGKILL:
        return "stopped as asked; it did not end within the grace time and was killed"
    return "stopped as asked"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
