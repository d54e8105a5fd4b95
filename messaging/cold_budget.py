"""The budgets that a message for coordinators comes out of: asked when it is released, when each of
them passes it on, and when what was planned leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlmodel import Session, col, select

from hub import clock
from hub.access import Action, Actor
from hub.db import insert_or_replace
from messaging import budget_rule, budgets, by_the_plan, cold_reach, estimates, relay_leaving
from messaging.budget_use import Own, Standing
from messaging.budgets import Scope
from messaging.cold_words import OwnTexts
from messaging.cost_records import year_of
from messaging.estimates import Estimate
from messaging.models import BudgetPromise, ColdMessage, Relay, RelayState
from partnerships.models import LIVING_STATUSES, Partnership

_OPEN = (RelayState.PLANNED, RelayState.WAITING, RelayState.SCHEDULED)


@dataclass(frozen=True, slots=True)
class Asking:
    """What somebody wants to let go: to whom, what it costs, and what was promised for it."""

    chosen: Sequence[Partnership]
    estimate: Estimate
    year: int
    own: Own


def refuse(session: Session, message: ColdMessage) -> None:
    """Raise ``OverBudget`` unless the whole message fits in every budget it comes out of."""
    asking = of_message(session, message)
    budget_rule.refuse(session, asking.chosen, asking.estimate, asking.year, asking.own)


def promise(session: Session, message: ColdMessage) -> None:
    """The same; and promise what it costs, partnership by partnership, until each has got it."""
    asking = of_message(session, message)
    budget_rule.refuse(session, asking.chosen, asking.estimate, asking.year, asking.own)
    relays = session.exec(select(Relay).where(Relay.message_id == message.id)).all()
    costs = asking.estimate.by_partnership
    by_relay = {one.id: costs[one.partnership_id] for one in relays}
    _put_down(session, by_relay, asking.year)


class Passed(Protocol):
    """A message that a coordinator passes on, and for which partnership."""

    @property
    def relay(self) -> Relay: ...

    @property
    def message(self) -> ColdMessage: ...

    @property
    def partnership(self) -> Partnership: ...


def promise_relay(
    session: Session, passed: Passed, own: OwnTexts, at: datetime | None = None
) -> None:
    """What a coordinator passes on now or ``at`` a moment, in his words: raise ``OverBudget``
    unless it fits, and promise what it costs by now."""
    asking = of_relay(session, passed, own, at)
    budget_rule.refuse(session, asking.chosen, asking.estimate, asking.year, asking.own)
    _put_down(session, {passed.relay.id: asking.estimate.total}, asking.year)


def of_message(session: Session, message: ColdMessage) -> Asking:
    """What the whole message costs. One person counts in one partnership, as he gets one copy."""
    relays = session.exec(
        select(Relay.id).where(Relay.message_id == message.id, col(Relay.state).in_(_OPEN))
    ).all()
    chosen = [
        one for one in cold_reach.partnerships_of(session, message) if one.status in LIVING_STATUSES
    ]
    year = year_of(max(clock.now(), message.leaves_at or clock.now()))
    return Asking(chosen, _estimate(session, message, chosen, None), year, Own(relays=relays))


def of_relay(session: Session, passed: Passed, own: OwnTexts, at: datetime | None = None) -> Asking:
    """What passing it on to one partnership costs, with what its coordinator added."""
    estimate = _estimate(session, passed.message, [passed.partnership], own)
    year = year_of(max(clock.now(), at or clock.now()))
    return Asking([passed.partnership], estimate, year, Own(relays=[passed.relay.id]))


def _estimate(
    session: Session,
    message: ColdMessage,
    chosen: Sequence[Partnership],
    own: OwnTexts | None,
) -> Estimate:
    found = by_the_plan.targets(session, chosen, message.kind, clock.now())
    through = chosen[0].name if own is not None else ""
    texts = relay_leaving.as_members_read_it(session, message, own, through)
    return estimates.of_message(session, found, message.kind, texts, message.good_until)


def _put_down(session: Session, by_relay: dict[UUID, int], year: int) -> None:
    # In one order and over what is there: two clicks at once neither wait for each other for ever
    # nor stumble over each other's rows.
    for relay_id in sorted(by_relay):
        values = {"year": year, "amount": by_relay[relay_id]}
        session.execute(insert_or_replace(session, BudgetPromise, {"relay_id": relay_id}, values))


@dataclass(frozen=True, slots=True)
class Line:
    """One budget, and what a message takes of it."""

    scope: Scope
    standing: Standing
    cost: int

    @property
    def fits(self) -> bool:
        return not budget_rule.is_short(self.standing, self.cost)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a message costs and how it stands with the budgets, before anybody lets it go."""

    total: int
    year: int
    is_priced: bool
    lines: Sequence[Line]

    @property
    def refusals(self) -> list[str]:
        """The fields under which a refusal names these budgets."""
        return [f"{budget_rule.FIELD}.{one.scope.slug}" for one in self.lines if not one.fits]


def outlook(session: Session, actor: Actor, asking: Asking) -> Outlook:
    """For this reader: the budgets he may see that have a limit, those that are too small first."""
    scopes, standings, costs = budget_rule.concerned(
        session, asking.chosen, asking.estimate, asking.year, asking.own
    )
    lines = [
        Line(one, standings[one.id], costs[one.id])
        for one in scopes
        if standings[one.id].amount is not None
        and budgets.may(session, actor, Action.SEE_BUDGETS, one)
    ]
    lines.sort(key=lambda one: one.fits)
    priced = estimates.are_known(asking.estimate.prices)
    return Outlook(asking.estimate.total, asking.year, priced, lines)
