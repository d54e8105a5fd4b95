"""The outside of a carrier's answer that nobody can read: logged so, because it may hold a number.

Never its content: not a word of it, however small.
"""

import time
from contextvars import ContextVar
from dataclasses import asdict, dataclass

import structlog

_log = structlog.stdlib.get_logger(__name__)
# A carrier that answers everybody in a strange way is one piece of news, not a hundred thousand.
QUIET_SECONDS = 60.0
_SHAPES_KEPT = 100
# Any other type is the carrier's own words.
_MEDIA_TYPES = frozenset(
    {
        "application/json",
        "application/octet-stream",
        "application/problem+json",
        "application/xml",
        "text/html",
        "text/plain",
        "text/xml",
    }
)


@dataclass(frozen=True, slots=True)
class Shape:
    """An answer without its content; ``length`` is in bytes."""

    status: int
    content_type: str
    length: int


_newest: ContextVar[Shape | None] = ContextVar("newest_answer", default=None)
_told: dict[tuple[int, str, int | None], float] = {}


def note(status: int, content_type: str, length: int) -> None:
    """Remember the answer that the current task has just read."""
    _newest.set(Shape(status, content_type if content_type in _MEDIA_TYPES else "other", length))


def tell_unknown(code: int | None = None) -> None:
    """Log the newest answer of this task as one we do not know; each kind once a minute."""
    shape = _newest.get()
    if shape is not None and _is_news((shape.status, shape.content_type, code)):
        _log.warning("carrier_answer_unknown", code=code, **asdict(shape))


def _is_news(kind: tuple[int, str, int | None]) -> bool:
    moment = time.monotonic()
    if moment - _told.get(kind, -QUIET_SECONDS) < QUIET_SECONDS:
        return False
    if len(_told) >= _SHAPES_KEPT:
        _told.clear()
    _told[kind] = moment
    return True
