"""Budgets: what a police zone and a partnership may spend in a calendar year, and who set that."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import POLICY, Action, Actor
from hub.db import insert_new
from hub.errors import BadInput, FieldProblem, NotAllowed, NotFound
from hub.i18n import mark
from hub.roles import ScopeKind
from messaging import budget_use, zone_reach
from messaging.budget_use import NOTHING, Own, Standing
from messaging.cost_records import year_of
from messaging.models import Budget, BudgetChange
from partnerships import scope as partnership_scope
from partnerships.models import Account, Appointment, Organisation, Partnership

FIRST_YEAR = 2020


@dataclass(frozen=True, slots=True)
class Scope:
    """What a budget is of: a police zone, or a partnership of one."""

    kind: ScopeKind
    id: UUID
    name: str
    slug: str

    @property
    def path(self) -> str:
        word = "zone" if self.kind is ScopeKind.POLICE_ZONE else "partnership"
        return f"/budgets/{word}/{self.slug}"


def of_zone(zone: Organisation) -> Scope:
    return Scope(ScopeKind.POLICE_ZONE, zone.id, zone.name, zone.slug)


def of_partnership(partnership: Partnership) -> Scope:
    return Scope(ScopeKind.PARTNERSHIP, partnership.id, partnership.name, partnership.slug)


def scopes_of(session: Session, partnerships: Iterable[Partnership]) -> list[Scope]:
    """Whose budgets a message to these partnerships comes out of: theirs, and their zones'."""
    chosen = list(partnerships)
    zone_ids = {one.police_zone_id for one in chosen}
    zones = session.exec(select(Organisation).where(col(Organisation.id).in_(zone_ids)))
    return [*(of_zone(one) for one in zones), *(of_partnership(one) for one in chosen)]


def within_reach(session: Session, actor: Actor, action: Action) -> list[Scope]:
    """The zones, then the partnerships, whose budgets this person may see or keep, by name."""
    zones = zone_reach.zones_within(session, actor, action)
    partnerships = partnership_scope.partnerships_of(session, actor, action)
    return [*(of_zone(one) for one in zones), *(of_partnership(one) for one in partnerships)]


def scope_for(session: Session, kind: str, slug: str, actor: Actor, action: Action) -> Scope:
    """One of them, by ``zone`` or ``partnership`` and its slug. Raises ``NotFound`` whether it is
    absent or out of reach."""
    if kind == "zone":
        return of_zone(zone_reach.zone_by_slug(session, slug, actor, action))
    if kind == "partnership":
        found = partnership_scope.partnership_by_slug(session, slug, actor, action)
        return of_partnership(found)
    raise NotFound


def may(session: Session, actor: Actor, action: Action, scope: Scope) -> bool:
    """Whether this person may see, or set, the budget of a zone or partnership."""
    if scope.kind is ScopeKind.POLICE_ZONE:
        return actor.reach(action).covers(scope.id)
    return partnership_scope.covers(actor, action, session.get_one(Partnership, scope.id))


def in_force(
    session: Session, scopes: Collection[UUID], year: int, *, lock: bool = False
) -> dict[UUID, Budget]:
    """The budget of each scope in a year: the one set last for it or for a year before it.

    With ``lock`` nobody else spends of them until the end of this unit of work.
    """
    rows: Any = (
        select(Budget)
        .where(col(Budget.scope_id).in_(scopes), col(Budget.year) <= year)
        # Always in the same order, so that two who want several never wait for each other.
        .order_by(col(Budget.scope_id), col(Budget.year))
    )
    if lock:
        rows = rows.with_for_update().execution_options(populate_existing=True)
    return {one.scope_id: one for one in session.exec(rows)}


def standings(
    session: Session,
    scopes: Sequence[Scope],
    year: int,
    own: Own = NOTHING,
    *,
    lock: bool = False,
) -> dict[UUID, Standing]:
    """The budget of each scope and what is used of it; for update with ``lock``."""
    known = in_force(session, [one.id for one in scopes], year, lock=lock)
    found: dict[UUID, Standing] = {}
    for kind in (ScopeKind.POLICE_ZONE, ScopeKind.PARTNERSHIP):
        ids = [one.id for one in scopes if one.kind is kind]
        for scope_id, use in budget_use.of_scopes(session, kind, ids, year, own).items():
            amount = known[scope_id].amount if scope_id in known else None
            found[scope_id] = Standing(amount, use)
    return found


def change(session: Session, actor: Actor, scope: Scope, year: int, amount: int | None) -> bool:
    """Set what may be spent in a year, in millionths of a euro; None for no limit. Whether it is
    another amount than before.

    Raises ``NotAllowed``, and ``BadInput`` for a year that is over or too far ahead.
    """
    if not may(session, actor, Action.KEEP_BUDGETS, scope):
        raise NotAllowed
    this_year = year_of(clock.now())
    if not this_year <= year <= this_year + 1:
        raise BadInput(FieldProblem("year", mark("Choose this year or the next.")))
    before = _amount(in_force(session, [scope.id], year, lock=True).get(scope.id))
    if before == amount:
        return False
    budget = _of_year(session, scope, year)
    budget.amount = amount
    session.add(budget)
    session.add(
        BudgetChange(
            budget_id=budget.id,
            before=before,
            after=amount,
            changed_by=actor.account_id,
            changed_at=clock.now(),
        )
    )
    session.flush()
    audit.record(
        session,
        "budget.change",
        (scope.kind.value, scope.id),
        by=actor.account_id,
        year=year,
        before=before,
        after=amount,
    )
    return True


def _amount(budget: Budget | None) -> int | None:
    return budget.amount if budget else None


def _of_year(session: Session, scope: Scope, year: int) -> Budget:
    """Its own row, made when there is none; of two who set it first at once, one waits."""
    new = Budget(scope_kind=scope.kind, scope_id=scope.id, year=year)
    session.execute(insert_new(session, Budget).values(**new.model_dump()))
    its_own: Any = select(Budget).where(Budget.scope_id == scope.id, Budget.year == year)
    found: Budget = session.exec(its_own.with_for_update()).one()
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history of a budget."""

    change: BudgetChange
    year: int
    by: str


def history(session: Session, scope: Scope) -> list[Change]:
    """Who set it to what, and when; the newest first."""
    rows = session.exec(
        select(BudgetChange, Budget.year, Account.name)
        .join(Budget, col(Budget.id) == col(BudgetChange.budget_id))
        .join(Account, col(Account.id) == col(BudgetChange.changed_by))
        .where(Budget.scope_id == scope.id)
        .order_by(col(BudgetChange.changed_at).desc(), col(BudgetChange.id).desc())
    )
    return [Change(*row) for row in rows]


_KEEPERS = tuple(role for role, actions in POLICY.items() if Action.KEEP_BUDGETS in actions)


def keepers(session: Session, scope: Scope) -> list[Account]:
    """Who may set the budget of a zone or partnership now, in the order of their appointments."""
    places = {scope.id}
    if scope.kind is ScopeKind.PARTNERSHIP:
        partnership = session.get_one(Partnership, scope.id)
        places |= {partnership.police_zone_id, partnership.municipality_id}
    at = clock.now()
    rows = session.exec(
        select(Account)
        .join(Appointment, col(Appointment.account_id) == col(Account.id))
        .where(
            col(Appointment.scope_id).in_(places),
            col(Appointment.role).in_(_KEEPERS),
            col(Appointment.starts_at) <= at,
            (col(Appointment.ends_at).is_(None)) | (col(Appointment.ends_at) > at),
            col(Account.disabled_at).is_(None),
        )
        .order_by(col(Appointment.starts_at), col(Account.id))
    )
    return list({one.id: one for one in rows}.values())
