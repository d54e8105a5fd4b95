"""The one place for time: UTC in storage, Europe/Brussels in the domain, movable in tests."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")


def _system_time() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system_time


def now() -> datetime:
    """The present moment, always aware and in UTC."""
    return _source()


def in_brussels(moment: datetime) -> datetime:
    """The same moment as a clock on a Belgian wall shows it."""
    return moment.astimezone(BRUSSELS)


def set_source(source: Callable[[], datetime] | None) -> None:
    """Tell the time from ``source``; ``None`` goes back to the system's clock. For tests."""
    global _source
    _source = source or _system_time
