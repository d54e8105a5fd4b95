"""Telling the keepers of a budget that most of it is gone: once for each budget and year."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from hub import audit, clock
from hub.db import insert_new
from hub.roles import ScopeKind
from messaging import budget_notices, budgets
from messaging.budget_use import Standing
from messaging.budgets import Scope
from messaging.cost_records import year_of
from messaging.models import Budget, BudgetWarning
from partnerships.models import Organisation, Partnership


@dataclass(frozen=True, slots=True)
class NearlyGone:
    """A budget of this year of which nobody was warned yet."""

    scope: Scope
    year: int
    standing: Standing


def due(session: Session) -> list[NearlyGone]:
    """Every budget of this year that is nearly gone, whose keepers do not know."""
    year = year_of(clock.now())
    scopes = _not_warned(session, year)
    standings = budgets.standings(session, scopes, year)
    found = (NearlyGone(one, year, standings[one.id]) for one in scopes)
    return [one for one in found if one.standing.is_nearly_gone]


def _not_warned(session: Session, year: int) -> list[Scope]:
    warned = select(BudgetWarning.scope_id).where(BudgetWarning.year == year)
    rows = session.exec(
        select(Budget.scope_kind, Budget.scope_id)
        .where(col(Budget.year) <= year, col(Budget.scope_id).not_in(warned))
        .distinct()
    ).all()
    zones = [scope_id for kind, scope_id in rows if kind is ScopeKind.POLICE_ZONE]
    others = [scope_id for kind, scope_id in rows if kind is ScopeKind.PARTNERSHIP]
    found = session.exec(select(Organisation).where(col(Organisation.id).in_(zones))).all()
    theirs = session.exec(select(Partnership).where(col(Partnership.id).in_(others))).all()
    return [*map(budgets.of_zone, found), *map(budgets.of_partnership, theirs)]


def warn(session: Session, gone: NearlyGone) -> bool:
    """Write to the keepers of one of them; whether this call did. Two timetables write once."""
    scope, year = gone.scope, gone.year
    row = insert_new(session, BudgetWarning).values(
        scope_id=scope.id, year=year, written_at=clock.now()
    )
    if not session.execute(row.returning(BudgetWarning.__table__.c.scope_id)).all():  # type: ignore[attr-defined]  # every table has one
        return False
    keepers = budgets.keepers(session, scope)
    budget_notices.nearly_gone(session, scope, year, gone.standing, keepers)
    audit.record(session, "budget.warn", (scope.kind.value, scope.id), by=None, year=year)
    return True
