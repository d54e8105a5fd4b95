"""One event loop and one set of carriers per thread, kept from job to job.

A fork or a new connection for each job costs ten to a hundred times what a message does.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import uvloop

from messaging.carriers import Carriers, open_carriers

T = TypeVar("T")
_own = threading.local()


def run(work: Callable[[Carriers], Coroutine[Any, Any, T]]) -> T:
    """Run ``work`` with this thread's carriers, opened on first use, on this thread's loop."""
    return _runner().run(_with_carriers(work))


def _runner() -> asyncio.Runner:
    if not hasattr(_own, "runner"):
        _own.runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    runner: asyncio.Runner = _own.runner
    return runner


async def _with_carriers(work: Callable[[Carriers], Coroutine[Any, Any, T]]) -> T:
    if not hasattr(_own, "carriers"):
        _own.carriers = open_carriers()
    carriers: Carriers = _own.carriers
    return await work(carriers)


def cool_down() -> None:
    """Close this thread's carriers and loop, if it has any."""
    if hasattr(_own, "carriers"):
        _runner().run(_own.carriers.close())
        del _own.carriers
    if hasattr(_own, "runner"):
        _own.runner.close()
        del _own.runner
