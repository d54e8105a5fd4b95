"""A round over many items: one that fails is told loudly, and the others are done all the same."""

from collections.abc import Iterator
from contextlib import contextmanager

from hub import log
from hub.db import DATABASE_AWAY

_log = log.get(__name__)


@contextmanager
def apart(
    event: str, *, passing: tuple[type[Exception], ...] = (), **ids: object
) -> Iterator[None]:
    """One item of a round. What goes wrong with it is logged as ``event`` with its ids, and ends
    here; a database that is away ends the round, and so does an error that is ``passing``."""
    expected: tuple[type[Exception], ...] = (*DATABASE_AWAY, *passing)
    try:
        yield
    except expected:
        raise
    except Exception:
        _log.exception(event, **{name: str(value) for name, value in ids.items()})
