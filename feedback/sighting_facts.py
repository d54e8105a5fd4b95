"""What somebody saw, as it was typed and as it is kept: the same checks for every door."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback import plates
from hub import clock
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from hub.web.forms import on_the_clock

# By field: more is somebody's novel, or a robot's.
LONGEST = {
    "person_seen": 1000,
    "vehicle": 1000,
    "place": 200,
    "direction": 200,
    "words": 2000,
}
_OLDEST = timedelta(days=366)
# Clocks of telephones differ.
_AHEAD = timedelta(minutes=2)
_MOST_MINUTES = 24 * 60
_CLOCK = re.compile(r"\s*(\d{1,2})\s*[:hu.]?\s*(\d{2})?\s*(?:h|u|uur|uhr)?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Facts:
    """Checked: texts without blanks at their ends, the plate in one spelling."""

    observed_at: datetime
    person_seen: str = ""
    vehicle: str = ""
    plate: str = ""
    place: str = ""
    direction: str = ""
    words: str = ""
    latitude: float | None = None
    longitude: float | None = None


def read(
    observed_at: datetime,
    typed: dict[str, str],
    *,
    has_photo: bool = False,
    point: tuple[float | None, float | None] = (None, None),
) -> Facts:
    """The facts. Raises ``BadInput`` naming each field that cannot be taken, and ``words`` where
    nothing is said at all."""
    texts = {name: typed.get(name, "").replace("\0", "").strip() for name in LONGEST}
    problems = [*_too_long(texts), *_time_problems(observed_at)]
    plate = ""
    try:
        plate = plates.normalised(typed.get("plate", "").replace("\0", ""))
    except BadInput as refusal:
        problems.extend(refusal.problems)
    if not problems and not has_photo and not plate and not any(texts.values()):
        problems.append(FieldProblem("words", mark("Say what you saw, in a few words.")))
    if problems:
        raise BadInput(*problems)
    latitude, longitude = point
    return Facts(observed_at, plate=plate, latitude=latitude, longitude=longitude, **texts)


def _too_long(texts: dict[str, str]) -> Iterator[FieldProblem]:
    for name, text in texts.items():
        if len(text) > LONGEST[name]:
            said = mark("At most {count} characters.")
            yield FieldProblem(name, said, (("count", LONGEST[name]),))


def _time_problems(observed_at: datetime) -> Iterator[FieldProblem]:
    now = clock.now()
    if observed_at > now + _AHEAD:
        yield FieldProblem("observed_at", mark("This moment is still to come."))
    elif observed_at < now - _OLDEST:
        yield FieldProblem("observed_at", mark("This is more than a year ago: call 101."))


def minutes_ago(typed: str) -> datetime:
    """The moment so many minutes ago. Raises ``BadInput`` for what is no number of them."""
    digits = typed.strip()
    if not (digits.isascii() and digits.isdecimal()) or int(digits[:9]) > _MOST_MINUTES:
        said = mark("Give the minutes as a number, or choose the time.")
        raise BadInput(FieldProblem("observed_at", said))
    return clock.now() - timedelta(minutes=int(digits[:9]))


def at_time(day: str, time: str) -> datetime:
    """A day and a time typed on a Belgian clock; without a day, the last time it was so late.

    Raises ``BadInput`` for what is none.
    """
    now = clock.in_brussels(clock.now()).replace(tzinfo=None)
    found = _CLOCK.fullmatch(time)
    try:
        if found is None:
            raise ValueError
        on = _day(day) if day.strip() else now
        local = datetime(on.year, on.month, on.day, int(found[1]), int(found[2] or 0))  # noqa: DTZ001 - local
    except ValueError:
        said = mark("Give the time as on a clock, such as 21:40.")
        raise BadInput(FieldProblem("observed_at", said)) from None
    if not day.strip() and local > now + _AHEAD:
        local -= timedelta(days=1)
    return on_the_clock("observed_at", _within_reason(local))


def _day(typed: str) -> datetime:
    """A date as a browser sends it, or as people write it where it has no calendar."""
    for shape in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(typed.strip(), shape)  # noqa: DTZ007 - a day, no moment
        except ValueError:
            continue
    raise ValueError(typed)


def _within_reason(local: datetime) -> datetime:
    """The calendar's first and last days cannot be moved to another time zone."""
    return min(max(local, datetime(1900, 1, 1)), datetime(2999, 1, 1))  # noqa: DTZ001 - local
