"""The timetable: what is done every few seconds, by one process or by several at once."""

import signal
import threading
from collections.abc import Callable

from redis.exceptions import RedisError

from hub import log
from hub.config import settings
from hub.db import unit_of_work
from messaging import reconcile, sweep
from workers import warm
from workers.receipt_drain import ReceiptDrain

_log = log.get(__name__)


def sweep_rows() -> None:
    """Find what was left lying in the rows."""
    with unit_of_work() as session:
        sweep.sweep(session)


def ring_again() -> None:
    """Ring for work nobody came for."""
    try:
        with unit_of_work() as session:
            sweep.ring_again(session)
    except RedisError as error:
        _log.warning("redis_away", cause=type(error).__name__)


def settle_unclear() -> None:
    """Ask the carrier about deliveries nobody knows the end of."""
    warm.run(reconcile.settle_unclear)


_TASKS: tuple[Callable[[], None], ...] = (sweep_rows, settle_unclear, ring_again)


def run() -> None:
    """Do everything that is due until told to stop."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: stopping.set())
    drain = ReceiptDrain()
    drain.start()
    while not stopping.wait(settings().sweep_seconds):
        for task in _TASKS:
            _attempt(task)
    drain.stop()
    warm.cool_down()


def _attempt(task: Callable[[], None]) -> None:
    try:
        task()
    except Exception:
        # One task that fails must not keep the others from running.
        _log.exception("timetable_task_failed", task=task.__name__)
