"""Where somebody is missing: no coordinator, no mandated officer, or a mandate that ends soon."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from hub import clock
from hub.config import settings
from hub.roles import Role
from partnerships.appointments import Holder, holders_at, scope_of
from partnerships.days import last_day
from partnerships.models import LIVING_STATUSES, Partnership

# Without these a partnership does not work: the one relays, the other judges (domain.md 2b).
NEEDED = (Role.COORDINATOR, Role.MANDATED_OFFICER)


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody holds ``role``; or somebody does until ``last_day``, and nobody after him."""

    role: Role
    last_day: date | None = None

    @property
    def is_open(self) -> bool:
        return self.last_day is None


def of(
    session: Session, partnerships: Sequence[Partnership], at: datetime
) -> dict[UUID, list[Gap]]:
    """The gaps of each of these partnerships that live; those without any are left out."""
    living = [one for one in partnerships if one.status in LIVING_STATUSES]
    holders = holders_at(session, living, at) if living else []
    found = {one.id: list(_gaps(one, holders, at)) for one in living}
    return {partnership_id: gaps for partnership_id, gaps in found.items() if gaps}


def by_partnership(
    session: Session, partnerships: Sequence[Partnership]
) -> list[tuple[Partnership, list[Gap]]]:
    """Those of these partnerships in which somebody is missing now, each with its gaps."""
    found = of(session, partnerships, clock.now())
    return [(one, found[one.id]) for one in partnerships if one.id in found]


def _gaps(partnership: Partnership, holders: Sequence[Holder], at: datetime) -> Iterable[Gap]:
    for role in NEEDED:
        scope = scope_of(partnership, role)
        held = [one for one in holders if one.role is role and one.appointment.scope_id == scope]
        if not any(one.holds_at(at) for one in held):
            yield Gap(role)
            continue
        until = _held_until(held, at)
        if until is not None and until <= at + timedelta(days=settings().appointment_warning_days):
            yield Gap(role, last_day(until))


def _held_until(held: Sequence[Holder], at: datetime) -> datetime | None:
    """Until when somebody holds it without a break; ``None`` is for ever."""
    until = at
    for one in sorted(held, key=lambda holder: holder.appointment.starts_at):
        if one.appointment.starts_at > until:
            break
        if one.appointment.ends_at is None:
            return None
        until = max(until, one.appointment.ends_at)
    return until
