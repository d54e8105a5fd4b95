"""Clocking in and out with one tap. Nobody's telephone is followed (R38)."""

from sqlmodel import Session

from hub import audit, clock
from hub.db import hold_alone
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from plan.models import Shift
from plan.registers import checks, rows
from plan.registers.cells import Cells
from plan.registers.circle import Circle
from plan.registers.kinds import register_of

_FORGOTTEN = mark("You are clocked in for more than a day. Say when you stopped.")


def clock_in(session: Session, circle: Circle, cells: Cells, typed: rows.Typed) -> Shift:
    """Begin a shift now. A second tap gives the first one. Raises ``BadInput``."""
    if circle.own is None:
        raise NotFound
    hold_alone(session, circle.own.id)
    known = rows.open_shift(session, circle.own.id)
    if known is not None:
        return known
    register = register_of("shifts")
    names = ("kind", "quarter", "is_target_quarter")
    said = {name: cells.value(register.column(name), typed.get(name, "")) for name in names}
    now = clock.now()
    found = checks.overlap(session, circle.own.id, now, now, None)
    if found:
        raise BadInput(*found)
    shift = Shift(
        municipality_id=circle.town.id,
        service_id=circle.own.service_id,
        worker_id=circle.own.id,
        began_at=now,
        entered_by=circle.actor.account_id,
        entered_at=now,
        **said,
    )
    session.add(shift)
    session.flush()
    audit.record(session, "register.clock_in", ("shifts", shift.id), by=circle.actor.account_id)
    return shift


def clock_out(session: Session, circle: Circle) -> Shift | None:
    """End the shift now; nothing where nobody is clocked in, as after a second tap.

    Raises ``BadInput`` naming ``ended_at`` for a shift that was forgotten.
    """
    if circle.own is None:
        raise NotFound
    hold_alone(session, circle.own.id)
    shift = rows.open_shift(session, circle.own.id)
    if shift is None:
        return None
    now = clock.now()
    if checks.is_too_long(shift.began_at, now):
        raise BadInput(FieldProblem("ended_at", _FORGOTTEN))
    # Out in the very moment of in: the clock of the wall may have been put back.
    shift.ended_at = max(now, shift.began_at)
    session.add(shift)
    audit.record(session, "register.clock_out", ("shifts", shift.id), by=circle.actor.account_id)
    return shift
