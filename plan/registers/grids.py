"""A month as a grid: rows of days or workers, columns of counts; all of it is kept, or none."""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col

from hub import audit
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from partnerships.days import end_of, start_of, today
from plan.models import Meeting, Shift, StaffMember, StreetContacts
from plan.registers import rows
from plan.registers.cells import Cells
from plan.registers.circle import Circle
from plan.registers.kinds import register_of

KINDS = ("contacts", "shifts", "meetings")
# Of workers, or of meetings: a table wider than this is not filled in by hand.
_MOST_COLUMNS = 12
_MOST_SHOWN = 1000
_HOURS = re.compile(r"(\d{1,2})(?:[:h.](\d{2})?)?\s*(?:-|–|→|>)\s*(\d{1,2})(?:[:h.](\d{2})?)?")
_NO_HOURS = mark("Give hours as 8:30-12 or 22:00-6:00; several with commas.")


@dataclass(frozen=True, slots=True)
class Cell:
    """One field: its name, what is in it, and what is kept for it already beside it."""

    name: str
    typed: str = ""
    known: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Grid:
    """A month (``first`` is its first day), for a quarter where contacts are counted."""

    kind: str
    first: date
    quarter: str
    columns: Sequence[str]
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong in one field: where it stands, and why."""

    name: str
    row: str
    column: str
    problem: FieldProblem


class GridRefused(Exception):
    """Nothing of the grid was kept."""

    def __init__(self, problems: Sequence[CellProblem]) -> None:
        super().__init__()
        self.problems = problems


def grid(
    session: Session,
    circle: Circle,
    cells: Cells,
    kind: str,
    month: date,
    quarter: str,
    typed: Mapping[str, str] | None = None,
) -> Grid:
    """The fields of a month, with what is kept already; what was typed stays in them."""
    first = month.replace(day=1)
    made: Grid = _GRIDS[kind](session, circle, cells, first, quarter)
    if typed is None:
        return made
    lines = [
        Line(line.label, [Cell(c.name, typed.get(c.name, ""), c.known) for c in line.cells])
        for line in made.lines
    ]
    return Grid(kind, first, quarter, made.columns, lines)


def keep(
    session: Session,
    circle: Circle,
    cells: Cells,
    shown: Grid,
    typed: Mapping[str, str],
) -> int:
    """Keep what was typed; how many entries that made. Raises ``GridRefused`` with every cell that
    cannot be taken, and then nothing is kept."""
    problems: list[CellProblem] = []
    kept = 0
    with session.begin_nested():
        for number, line in enumerate(shown.lines):
            for place, cell in enumerate(line.cells):
                text = typed.get(cell.name, "").strip()
                if not text or text == cell.typed:
                    continue
                try:
                    where = (number, place)
                    kept += _KEPT[shown.kind](session, circle, cells, shown, where, text)
                except BadInput as refusal:
                    one = refusal.problems[0]
                    problems.append(CellProblem(cell.name, line.label, shown.columns[place], one))
        if problems:
            raise GridRefused(problems)
    by, subject = circle.actor.account_id, ("municipality", circle.town.id)
    audit.record(session, "register.fill", subject, by=by, register=shown.kind, entries=kept)
    return kept


def _name(row: int, place: int) -> str:
    return f"r{row}c{place}"


def _workers(cells: Cells) -> list[tuple[str, str]]:
    return list(cells.options(register_of("contacts").column("staff_member_id")))


def _contacts(session: Session, circle: Circle, cells: Cells, first: date, quarter: str) -> Grid:
    codes = cells.options(register_of("contacts").column("code"))
    wanted = rows.asked(circle, register_of("contacts")).where(
        StreetContacts.month == first, StreetContacts.quarter == quarter
    )
    known = {(str(one.staff_member_id), one.code): one.count for one in session.exec(wanted)}
    lines = [
        Line(
            name,
            [
                Cell(_name(row, place), str(known.get((worker, code), "")))
                for place, (code, _words) in enumerate(codes)
            ],
        )
        for row, (worker, name) in enumerate(_workers(cells))
    ]
    return Grid("contacts", first, quarter, [words for _code, words in codes], lines)


def _keep_contacts(
    session: Session, circle: Circle, cells: Cells, shown: Grid, where: tuple[int, int], text: str
) -> int:
    register = register_of("contacts")
    codes = cells.options(register.column("code"))
    typed = {
        "staff_member_id": _workers(cells)[where[0]][0],
        "month": shown.first.isoformat()[:7],
        "quarter": shown.quarter,
        "code": codes[where[1]][0],
        "count": text,
    }
    values = rows.read(session, circle, register, cells, typed)
    rows.enter(session, circle, register, values, is_one=False)
    return 1


def _days(first: date) -> list[date]:
    """The days of a month that are not still to come."""
    many = monthrange(first.year, first.month)[1]
    days = [first + timedelta(days=number) for number in range(many)]
    return [one for one in days if one <= today()]


def _day_grid(
    kind: str, first: date, columns: Sequence[str], known: Mapping[tuple[date, int], list[str]]
) -> Grid:
    lines = [
        Line(
            day.isoformat(),
            [
                Cell(_name(row, place), "", known.get((day, place), ()))
                for place in range(len(columns))
            ],
        )
        for row, day in enumerate(_days(first))
    ]
    return Grid(kind, first, "", columns, lines)


def _shifts(session: Session, circle: Circle, cells: Cells, first: date, _quarter: str) -> Grid:
    workers = _workers(cells)[:_MOST_COLUMNS]
    places = {key: place for place, (key, _name) in enumerate(workers)}
    last = first.replace(day=monthrange(first.year, first.month)[1])
    wanted = rows.asked(circle, register_of("shifts")).where(
        col(Shift.began_at) >= start_of(first),
        col(Shift.began_at) < end_of(last),
        col(Shift.taken_back_at).is_(None),
    )
    known: dict[tuple[date, int], list[str]] = {}
    for one in session.exec(wanted.order_by(col(Shift.began_at)).limit(_MOST_SHOWN)):
        place = places.get(str(one.worker_id))
        if place is not None:
            began, until = _local(cells, one.began_at), _local(cells, one.ended_at)
            day = date.fromisoformat(began[:10])
            known.setdefault((day, place), []).append(f"{began[11:16]}–{until[11:16]}")
    return _day_grid("shifts", first, [name for _key, name in workers], known)


def _local(cells: Cells, moment: datetime | None) -> str:
    return cells.typed(register_of("shifts").column("began_at"), moment)


def _keep_shifts(
    session: Session, circle: Circle, cells: Cells, shown: Grid, where: tuple[int, int], text: str
) -> int:
    register = register_of("shifts")
    day = date.fromisoformat(shown.lines[where[0]].label)
    worker = _workers(cells)[where[1]][0]
    service = str(session.get_one(StaffMember, UUID(worker)).service_id)
    pieces = [one.strip() for one in re.split(r"[,;\n]", text) if one.strip()]
    for piece in pieces:
        began, ended = _hours(day, piece)
        typed = {
            "kind": "presence",
            "began_at": began,
            "ended_at": ended,
            "worker_id": worker,
            "people": "1",
            "service_id": service,
        }
        values = rows.read(session, circle, register, cells, typed)
        rows.enter(session, circle, register, values, is_one=False)
    return len(pieces)


def _hours(day: date, piece: str) -> tuple[str, str]:
    """From and until as typed on a clock; an end that is not later is on the next day."""
    found = _HOURS.fullmatch(piece)
    if found is None:
        raise BadInput(FieldProblem("began_at", _NO_HOURS))
    hour, minute, to_hour, to_minute = (int(one or 0) for one in found.groups())
    if hour > 23 or to_hour > 24 or max(minute, to_minute) > 59 or (to_hour, to_minute) > (24, 0):
        raise BadInput(FieldProblem("began_at", _NO_HOURS))
    is_next = (to_hour, to_minute) <= (hour, minute) or to_hour == 24
    until = day + timedelta(days=1) if is_next else day
    return f"{day}T{hour:02}:{minute:02}", f"{until}T{to_hour % 24:02}:{to_minute:02}"


def _bodies(session: Session, circle: Circle) -> list[str]:
    register = register_of("meetings")
    return rows.suggestions(session, circle, register)["body"][:_MOST_COLUMNS]


def _meetings(session: Session, circle: Circle, _cells: Cells, first: date, _quarter: str) -> Grid:
    bodies = _bodies(session, circle)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    wanted = rows.asked(circle, register_of("meetings")).where(
        col(Meeting.day).between(first, last),
        col(Meeting.taken_back_at).is_(None),
        col(Meeting.body).in_(bodies),
    )
    known: dict[tuple[date, int], list[str]] = {}
    for one in session.exec(wanted.limit(_MOST_SHOWN)):
        known.setdefault((one.day, bodies.index(one.body)), []).append("✓")
    return _day_grid("meetings", first, bodies, known)


def _keep_meetings(
    session: Session, circle: Circle, cells: Cells, shown: Grid, where: tuple[int, int], text: str
) -> int:
    register = register_of("meetings")
    typed = {
        "body": shown.columns[where[1]],
        "day": shown.lines[where[0]].label,
        "status": "held",
        "level": "local",
        # A cross says that it was held, and nothing of who came.
        "present": "" if text.casefold() in ("x", "1") else text.replace(",", ";"),
    }
    values = rows.read(session, circle, register, cells, typed)
    rows.enter(session, circle, register, values, is_one=False)
    return 1


_GRIDS: Mapping[str, Any] = {"contacts": _contacts, "shifts": _shifts, "meetings": _meetings}
_KEPT: Mapping[str, Any] = {
    "contacts": _keep_contacts,
    "shifts": _keep_shifts,
    "meetings": _keep_meetings,
}
