"""Budgets and costs, for machines. Money is in euros, without VAT."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from hub import clock, money
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from messaging import broadcasts, budgets, cold_budget, cold_reach, costs, incidents, relay_leaving
from messaging.budget_use import Standing
from messaging.budgets import FIRST_YEAR, Scope
from messaging.cost_records import year_of
from messaging.costs import Cost, Sum
from partnerships.models import Channel

router = APIRouter(prefix="/api/v1", tags=["costs"])

Kind = Literal["zone", "partnership"]
Year = Annotated[
    int | None, Query(ge=FIRST_YEAR, le=FIRST_YEAR + 200, description="This year by default.")
]


class BudgetInput(BaseModel):
    """What may be spent in a year, and in those after it until another amount is set."""

    # A misspelled field must not be a field silently left out.
    model_config = ConfigDict(extra="forbid")

    year: int
    euros: Decimal | None = Field(
        ge=0, le=money.LARGEST // money.EURO, decimal_places=2, description="null: no limit."
    )


class BudgetOutput(BaseModel):
    """A budget and its use. ``promised`` is for what was released and has not left yet; ``left`` is
    below zero where alerts, which nothing stops, took more than there was."""

    kind: Kind
    slug: str
    name: str
    year: int
    amount: float | None
    spent: float
    promised: float
    left: float | None
    by_alerts: float = Field(description="Of spent and promised: alerts, follow-ups, feedback.")
    is_over: bool
    is_over_by_alerts: bool


class BudgetChangeOutput(BaseModel):
    year: int
    before: float | None
    after: float | None
    changed_by: UUID
    changed_at: datetime


class WholeBudgetOutput(BudgetOutput):
    history: list[BudgetChangeOutput]


class ByChannelOutput(BaseModel):
    """Units are SMS parts, calls, mails."""

    channel: Channel
    estimated_units: int
    estimated: float
    units: int
    spent: float
    promised: float


class CostOutput(BaseModel):
    """What a broadcast was thought to cost, and did. Null where the hub kept no prices then."""

    estimated: float | None
    spent: float | None
    promised: float | None
    is_final: bool
    counted_at: datetime | None
    channels: list[ByChannelOutput]


class SumOutput(BaseModel):
    """Several broadcasts together."""

    broadcasts: int
    estimated: float | None
    spent: float | None
    is_final: bool


class TakenOutput(BaseModel):
    """One budget that a message comes out of, before it leaves."""

    kind: Kind
    slug: str
    cost: float
    left: float | None
    fits: bool


class ColdCostOutput(BaseModel):
    """What a message would cost now where it has not left yet, and what it cost where it has."""

    estimated: float | None
    year: int
    budgets: list[TakenOutput]
    left_so_far: SumOutput | None


@router.get("/budgets")
def list_budgets(
    actor: Annotated[Actor, allowed(Action.SEE_BUDGETS)], session: DbSession, year: Year = None
) -> list[BudgetOutput]:
    """Of every police zone and partnership within reach."""
    chosen = year or year_of(clock.now())
    scopes = budgets.within_reach(session, actor, Action.SEE_BUDGETS)
    found = budgets.standings(session, scopes, chosen)
    return [_budget(one, chosen, found[one.id]) for one in scopes]


@router.get("/budgets/{kind}/{slug}")
def show_budget(
    kind: Kind,
    slug: str,
    actor: Annotated[Actor, allowed(Action.SEE_BUDGETS)],
    session: DbSession,
    year: Year = None,
) -> WholeBudgetOutput:
    """One of them, and who set it to what."""
    scope = budgets.scope_for(session, kind, slug, actor, Action.SEE_BUDGETS)
    return _whole(session, scope, year or year_of(clock.now()))


@router.put("/budgets/{kind}/{slug}")
def set_budget(
    kind: Kind,
    slug: str,
    actor: Annotated[Actor, allowed(Action.KEEP_BUDGETS)],
    wanted: BudgetInput,
    session: DbSession,
) -> WholeBudgetOutput:
    """Set what may be spent. What waits for money leaves by itself once there is enough."""
    scope = budgets.scope_for(session, kind, slug, actor, Action.KEEP_BUDGETS)
    amount = None if wanted.euros is None else int(wanted.euros * money.EURO)
    budgets.change(session, actor, scope, wanted.year, amount)
    return _whole(session, scope, wanted.year)


@router.get("/broadcasts/{broadcast_id}/cost")
def show_cost(
    broadcast_id: UUID,
    actor: Annotated[Actor, allowed(Action.SEE_BROADCASTS)],
    session: DbSession,
) -> CostOutput:
    """What a broadcast was thought to cost when it left, and what it cost so far."""
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEE_BROADCASTS)
    return _cost(costs.of_broadcast(session, broadcast))


@router.get("/incidents/{incident_id}/cost")
def show_incident_cost(
    incident_id: UUID,
    actor: Annotated[Actor, allowed(Action.SEE_INCIDENTS)],
    session: DbSession,
) -> SumOutput:
    """The alert, what followed it, and feedback, together."""
    incident = incidents.incident_for(session, incident_id, actor, Action.SEE_INCIDENTS)
    return _sum(costs.of_incident(session, incident.id))


@router.get("/cold-messages/{message_id}/cost")
def show_cold_cost(
    message_id: UUID, actor: Annotated[Actor, allowed(Action.SEE_COLD)], session: DbSession
) -> ColdCostOutput:
    """Which budgets a message comes out of, and whether it fits."""
    message = cold_reach.message_for(session, message_id, actor, Action.SEE_COLD)
    asking = cold_budget.of_message(session, message)
    outlook = cold_budget.outlook(session, actor, asking)
    left = [one.id for one in relay_leaving.broadcasts_of(session, message)]
    so_far = costs.total(list(costs.of_broadcasts(session, left).values()))
    return ColdCostOutput(
        estimated=_euros(outlook.total) if outlook.is_priced else None,
        year=outlook.year,
        budgets=[
            TakenOutput(
                kind=_kind(one.scope),
                slug=one.scope.slug,
                cost=_euros(one.cost),
                left=_or_none(one.standing.left),
                fits=one.fits,
            )
            for one in outlook.lines
        ],
        left_so_far=_sum(so_far) if so_far else None,
    )


def _euros(amount: int) -> float:
    return amount / money.EURO


def _or_none(amount: int | None) -> float | None:
    return None if amount is None else _euros(amount)


def _kind(scope: Scope) -> Kind:
    return "zone" if scope.path.startswith("/budgets/zone/") else "partnership"


def _budget(scope: Scope, year: int, standing: Standing) -> BudgetOutput:
    return BudgetOutput(
        kind=_kind(scope),
        slug=scope.slug,
        name=scope.name,
        year=year,
        amount=_or_none(standing.amount),
        spent=_euros(standing.use.spent),
        promised=_euros(standing.use.promised),
        left=_or_none(standing.left),
        by_alerts=_euros(standing.use.unstoppable),
        is_over=standing.is_over,
        is_over_by_alerts=standing.is_over_by_alerts,
    )


def _whole(session: Session, scope: Scope, year: int) -> WholeBudgetOutput:
    standing = budgets.standings(session, [scope], year)[scope.id]
    return WholeBudgetOutput(
        **_budget(scope, year, standing).model_dump(),
        history=[
            BudgetChangeOutput(
                year=one.year,
                before=_or_none(one.change.before),
                after=_or_none(one.change.after),
                changed_by=one.change.changed_by,
                changed_at=one.change.changed_at,
            )
            for one in budgets.history(session, scope)
        ],
    )


def _cost(cost: Cost | None) -> CostOutput:
    found = cost or Cost(is_final=False)
    known = found.is_priced
    return CostOutput(
        estimated=_euros(found.estimated) if known else None,
        spent=_euros(found.spent) if known else None,
        promised=_euros(found.promised) if known else None,
        is_final=found.is_final,
        counted_at=found.counted_at,
        channels=[
            ByChannelOutput(
                channel=channel,
                estimated_units=one.estimated_units,
                estimated=_euros(one.estimated),
                units=one.units,
                spent=_euros(one.spent),
                promised=_euros(one.promised),
            )
            for channel, one in found.channels.items()
        ],
    )


def _sum(found: Sum | None) -> SumOutput:
    if found is None:
        return SumOutput(broadcasts=0, estimated=None, spent=None, is_final=False)
    return SumOutput(
        broadcasts=found.broadcasts,
        estimated=_euros(found.estimated) if found.is_priced else None,
        spent=_euros(found.spent) if found.is_priced else None,
        is_final=found.is_final,
    )
