"""Whether this process was asked to end: work in hand is finished or handed back, none is begun."""

import threading

_asked = threading.Event()


def ask() -> None:
    """Ask; there is no way back."""
    _asked.set()


def is_asked() -> bool:
    """Whether somebody asked."""
    return _asked.is_set()


def wait(seconds: float) -> bool:
    """Wait until somebody asks, at most so long; whether somebody did."""
    return _asked.wait(seconds)
