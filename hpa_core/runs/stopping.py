"""A request to stop, by SIGTERM or Ctrl-C, remembered until the trainer reaches a safe point.

`listen` needs nothing but the standard library and so can be called before torch is imported: a
signal that comes a moment after the start is then as good as any other.
"""

import signal
from threading import Event
from types import FrameType

_requested = Event()


def listen() -> None:
    """Remember SIGTERM and the first Ctrl-C from now on; a second Ctrl-C ends at once."""
    signal.signal(signal.SIGTERM, _remember)
    signal.signal(signal.SIGINT, _remember)


def stop_requested() -> bool:
    """Return whether a stop was asked for since `listen`."""
    return _requested.is_set()


def never() -> bool:
    """Return False: for work that nobody stops."""
    return False


def _remember(number: int, frame: FrameType | None) -> None:
    del frame
    _requested.set()
    if number == signal.SIGINT:
        signal.signal(signal.SIGINT, signal.default_int_handler)
