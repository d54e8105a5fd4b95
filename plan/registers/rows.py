"""The entries of a register: listed, written, put right, taken back. Nothing is ever deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col, select

from hub import audit, clock
from hub.db import Condition, hold_alone
from hub.errors import BadInput, Conflict, FieldProblem, NotFound
from hub.i18n import mark
from partnerships.models import Partnership
from plan.models import (
    Campaign,
    CommunicationTool,
    HouseholdCount,
    Shift,
    StaffMember,
    StreetContacts,
)
from plan.registers import beside, checks
from plan.registers.cells import Cells
from plan.registers.circle import Circle
from plan.registers.columns import Kind, Source
from plan.registers.kinds import REGISTERS, Register

PAGE = 20
# The same again within this time is a second tap, not a second entry.
_SECOND_TAP = timedelta(minutes=2)
_MOST_SUGGESTED = 40
_NOT_FOR_SERVICE = mark("The whole town keeps this register.")
_CANNOT_BE_TAKEN_BACK = mark("This cannot be taken back. Put it right instead.")

Typed = Mapping[str, str]
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry with everything it says, also beside its own row."""

    row: Any
    values: Mapping[str, Any]

    @property
    def id(self) -> UUID:
        found: UUID = self.row.id
        return found

    @property
    def is_taken_back(self) -> bool:
        return getattr(self.row, "taken_back_at", None) is not None


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of entries, the newest first; ``next`` is the last of it where there are more."""

    entries: Sequence[Entry]
    next: UUID | None


def registers_of(circle: Circle) -> list[Register]:
    """The registers that somebody keeps."""
    return [one for one in REGISTERS if circle.keeps_all or not one.is_of_town]


def refuse_town_registers(circle: Circle, register: Register) -> None:
    """Raises ``NotFound`` for a register that he does not keep."""
    if register.is_of_town and not circle.keeps_all:
        raise NotFound


def within(circle: Circle, register: Register) -> Condition:
    """The condition under which an entry is in a circle: another service's is not."""
    model: Any = register.model
    if model in _OF_STAFF:
        return col(model.staff_member_id).in_(_ids(StaffMember, circle))
    for parent, key in _PARENTS:
        if hasattr(model, key) and model is not parent:
            return col(getattr(model, key)).in_(_ids(parent, circle))
    if model is HouseholdCount:
        ours = select(Partnership.id).where(Partnership.municipality_id == circle.town.id)
        return col(HouseholdCount.partnership_id).in_(ours)
    if not hasattr(model, "municipality_id"):
        its_service: Condition = col(model.service_id).in_(circle.service_ids)
        return its_service
    return _ours(model, circle)


def _ours(model: Any, circle: Circle) -> Condition:
    ours: Condition = col(model.municipality_id) == circle.town.id
    if circle.keeps_all:
        return ours
    return ours & col(model.service_id).in_(circle.service_ids)


def _ids(model: Any, circle: Circle) -> Any:
    return select(model.id).where(_ours(model, circle))


_OF_STAFF = tuple(one.model for one in REGISTERS if hasattr(one.model, "staff_member_id"))
_PARENTS: tuple[tuple[type[SQLModel], str], ...] = (
    (Campaign, "campaign_id"),
    (CommunicationTool, "tool_id"),
)


def asked(circle: Circle, register: Register) -> Any:
    """Every entry of a register in a circle, but for editions that a newer one replaced."""
    wanted = select(register.model).where(within(circle, register))
    return wanted.where(_newest_edition()) if register.model is StreetContacts else wanted


def _newest_edition() -> Condition:
    newer = aliased(StreetContacts)
    return ~exists().where(
        col(newer.staff_member_id) == col(StreetContacts.staff_member_id),
        col(newer.quarter) == col(StreetContacts.quarter),
        col(newer.month) == col(StreetContacts.month),
        col(newer.code) == col(StreetContacts.code),
        col(newer.edition) > col(StreetContacts.edition),
    )


def listed(
    session: Session,
    circle: Circle,
    register: Register,
    after: UUID | None = None,
    most: int = PAGE,
) -> Listed:
    """A page of entries, the newest first, those taken back among them."""
    model: Any = register.model
    wanted = asked(circle, register).order_by(col(model.id).desc()).limit(most + 1)
    if after is not None:
        wanted = wanted.where(col(model.id) < after)
    found = session.exec(wanted).all()
    shown = found[:most]
    return Listed(entries_of(session, register, shown), shown[-1].id if len(found) > most else None)


def entries_of(session: Session, register: Register, rows: Sequence[Any]) -> list[Entry]:
    """Rows with what they keep beside them."""
    more = beside.read(session, register.kind, [one.id for one in rows])
    own = [one.name for one in register.columns if not one.is_beside]
    return [
        Entry(one, {name: getattr(one, name) for name in own} | more.get(one.id, {}))
        for one in rows
    ]


def one(session: Session, circle: Circle, register: Register, entry_id: UUID) -> Entry:
    """One entry; raises ``NotFound`` whether it is absent or out of reach."""
    model: Any = register.model
    found = session.exec(asked(circle, register).where(col(model.id) == entry_id)).first()
    if found is None:
        raise NotFound
    return entries_of(session, register, [found])[0]


def read(
    session: Session,
    circle: Circle,
    register: Register,
    cells: Cells,
    typed: Typed,
    own_id: UUID | None = None,
) -> Values:
    """What was typed, as values. Raises ``BadInput`` naming every field that cannot be taken."""
    values = cells_of(circle, register, cells, typed)
    refuse_what_cannot_be(session, circle, register, values, own_id)
    return values


def cells_of(circle: Circle, register: Register, cells: Cells, typed: Typed) -> Values:
    """Each cell by itself as its value. Raises ``BadInput`` naming every one that has none."""
    values: Values = {}
    found: list[FieldProblem] = []
    for column in register.columns:
        text = typed.get(column.name, "")
        if not text and column.source is Source.SERVICE:
            text = _usual_service(circle)
        try:
            values[column.name] = cells.value(column, text)
        except BadInput as refusal:
            found.extend(refusal.problems)
    if found:
        raise BadInput(*found)
    return values


def refuse_what_cannot_be(
    session: Session,
    circle: Circle,
    register: Register,
    values: Values,
    own_id: UUID | None = None,
) -> None:
    """Raises ``BadInput`` for values that do not go together."""
    found = checks.problems(session, circle, register.kind, values, own_id)
    if found:
        raise BadInput(*found)


def _usual_service(circle: Circle) -> str:
    """Of whoever writes for a service: his own, which need not be chosen."""
    return str(circle.own.service_id) if circle.own and not circle.keeps_all else ""


def enter(
    session: Session, circle: Circle, register: Register, values: Values, *, is_one: bool = True
) -> Any:
    """A new entry. The same again within two minutes gives the first one, and one of the same key
    is put right. ``is_one`` records it by itself; of many, whoever enters them does."""
    refuse_town_registers(circle, register)
    if is_one:
        # A second tap waits for the first.
        hold_alone(session, circle.actor.account_id)
    known = _of_key(session, circle, register, values) if register.key else None
    if known is not None:
        return _again(session, circle, register, known, values, is_one=is_one)
    twin = _second_tap(session, circle, register, values) if is_one else None
    if twin is not None:
        return twin
    row: Any = register.model(**_fixed(circle, register), **_own(register, values))
    session.add(row)
    session.flush()
    beside.write(session, circle, register.kind, row, values)
    if is_one:
        _record(session, circle, register, "enter", row.id)
    return row


def _fixed(circle: Circle, register: Register) -> Values:
    fields = register.model.model_fields
    said = {
        "municipality_id": circle.town.id,
        "entered_by": circle.actor.account_id,
        "entered_at": clock.now(),
    }
    return {name: value for name, value in said.items() if name in fields}


def _own(register: Register, values: Values) -> Values:
    return {one.name: values[one.name] for one in register.columns if not one.is_beside}


def _of_key(session: Session, circle: Circle, register: Register, values: Values) -> Any:
    model: Any = register.model
    same = [col(getattr(model, name)) == values[name] for name in register.key]
    return session.exec(asked(circle, register).where(*same)).first()


def _again(
    session: Session,
    circle: Circle,
    register: Register,
    known: Any,
    values: Values,
    *,
    is_one: bool,
) -> Any:
    is_the_same = not _differs(register, known, values) and not _is_back(known)
    return (
        known if is_the_same else correct(session, circle, register, known, values, is_one=is_one)
    )


def _is_back(row: Any) -> bool:
    return getattr(row, "taken_back_at", None) is not None


def _differs(register: Register, row: Any, values: Values) -> bool:
    return any(getattr(row, name) != value for name, value in _own(register, values).items())


def _second_tap(session: Session, circle: Circle, register: Register, values: Values) -> Any:
    model: Any = register.model
    if "entered_at" not in model.model_fields or "taken_back_at" not in model.model_fields:
        return None
    lately = asked(circle, register).where(
        model.entered_by == circle.actor.account_id,
        col(model.entered_at) > clock.now() - _SECOND_TAP,
        col(model.taken_back_at).is_(None),
    )
    found = session.exec(lately.order_by(col(model.id).desc()).limit(5)).all()
    for entry in entries_of(session, register, found):
        if dict(entry.values) == values:
            return entry.row
    return None


def correct(
    session: Session,
    circle: Circle,
    register: Register,
    row: Any,
    values: Values,
    *,
    is_one: bool = True,
) -> Any:
    """Put an entry right; contacts get a new edition, for what was counted stays on record."""
    refuse_town_registers(circle, register)
    if register.model is StreetContacts:
        kept = _new_edition(session, circle, register, row, values)
    else:
        kept = row
        for name, value in _own(register, values).items():
            setattr(kept, name, value)
        if _is_back(kept):
            kept.taken_back_at = None
        session.add(kept)
        _flush(session, register)
    beside.write(session, circle, register.kind, kept, values)
    if is_one:
        _record(session, circle, register, "correct", kept.id)
    return kept


def _flush(session: Session, register: Register) -> None:
    """Raises ``BadInput`` where another entry has this key already."""
    if not register.key:
        session.flush()
        return
    model: Any = register.model
    changed = [one for one in session.dirty if isinstance(one, model)]
    for one_row in changed:
        same = [col(getattr(model, name)) == getattr(one_row, name) for name in register.key]
        with session.no_autoflush:
            twin = session.exec(select(model).where(*same, model.id != one_row.id)).first()
        if twin is not None:
            session.expire(one_row)
            said = mark("There is an entry for this already. Put that one right.")
            raise BadInput(FieldProblem(register.key[-1], said))
    session.flush()


def _new_edition(
    session: Session, circle: Circle, register: Register, row: Any, values: Values
) -> Any:
    same = all(getattr(row, name) == values[name] for name in register.key)
    if not same:
        said = mark("Only the count can be put right. Enter another month or place by itself.")
        raise BadInput(FieldProblem("count", said))
    made = StreetContacts(
        **_fixed(circle, register), **_own(register, values), edition=row.edition + 1
    )
    session.add(made)
    session.flush()
    return made


def take_back(session: Session, circle: Circle, register: Register, entry_id: UUID) -> None:
    """Let an entry count no more; it stays on record. Raises ``Conflict`` where that cannot be."""
    row = one(session, circle, register, entry_id).row
    if "taken_back_at" not in register.model.model_fields:
        raise Conflict(_CANNOT_BE_TAKEN_BACK)
    if row.taken_back_at is None:
        row.taken_back_at = clock.now()
        session.add(row)
        _record(session, circle, register, "take_back", row.id)


def may_be_taken_back(register: Register) -> bool:
    return "taken_back_at" in register.model.model_fields


def _record(
    session: Session, circle: Circle, register: Register, deed: str, entry_id: UUID
) -> None:
    subject = (register.kind, entry_id)
    audit.record(session, f"register.{deed}", subject, by=circle.actor.account_id)


def suggestions(session: Session, circle: Circle, register: Register) -> dict[str, list[str]]:
    """Words of earlier entries, by column; organisations for those present."""
    model: Any = register.model
    found = {}
    for column in register.columns:
        if column.is_suggested:
            its = col(getattr(model, column.name))
            wanted = select(its).where(within(circle, register), its != "").group_by(its)
            most_used = wanted.order_by(func.count().desc(), its).limit(_MOST_SUGGESTED)
            found[column.name] = list(session.exec(most_used))
        if column.is_zone:
            zones = _zones(session, circle)
            found[column.name] += [one for one in zones if one not in found[column.name]]
        if column.kind is Kind.PRESENT:
            found[column.name] = _organisations(session, circle, register)
    return found


def _zones(session: Session, circle: Circle) -> Sequence[str]:
    here = select(Partnership.name).where(Partnership.municipality_id == circle.town.id)
    return session.exec(here.order_by(Partnership.name).limit(_MOST_SUGGESTED)).all()


def _organisations(session: Session, circle: Circle, register: Register) -> list[str]:
    from_meetings: Select[Any] = beside.organisations(within(circle, register), _MOST_SUGGESTED)
    return [name for (name,) in session.execute(from_meetings)]


def open_shift(session: Session, worker: UUID) -> Shift | None:
    """The shift in which a worker is clocked in."""
    wanted = select(Shift).where(
        Shift.worker_id == worker,
        col(Shift.ended_at).is_(None),
        col(Shift.taken_back_at).is_(None),
    )
    return session.exec(wanted.order_by(col(Shift.began_at).desc())).first()
