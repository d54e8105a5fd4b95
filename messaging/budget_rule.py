"""The hard stop: what can wait leaves only when it fits in what is left of every budget.

An urgent alert, its follow-ups and feedback are never held up by money: for these nothing here asks
what is left, nor waits for anybody who does.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from hub import clock
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from hub.money import Money
from messaging import audience, budgets, cost_records, estimates, lifetimes
from messaging.budget_use import Own, Standing
from messaging.budgets import Scope
from messaging.by_the_plan import Target
from messaging.estimates import Estimate
from messaging.models import (
    Broadcast,
    BroadcastStatus,
    ColdBroadcast,
    Relay,
)
from messaging.texts import Texts
from partnerships.models import Partnership

FIELD = "budget"
_DOES_NOT_FIT = mark(
    "This costs about {cost}. Of the budget of {name} for {year}, {left} is left of {amount}."
    " These people may raise it: {keepers}."
)
_DOES_NOT_FIT_ALONE = mark(
    "This costs about {cost}. Of the budget of {name} for {year}, {left} is left of {amount}."
    " Nobody is appointed who may raise it."
)


@dataclass(frozen=True, slots=True)
class Short:
    """A budget that has too little left for what somebody wants to send."""

    scope: Scope
    standing: Standing
    year: int
    cost: int

    @property
    def left(self) -> int:
        return self.standing.left or 0


class OverBudget(BadInput):
    """A message that can wait costs more than is left. ``first`` is one of the budgets."""

    def __init__(self, shorts: Sequence[Short], problems: Sequence[FieldProblem]) -> None:
        super().__init__(*problems)
        # A page that has no field for it shows the sentence itself.
        self.message, self.values = problems[0].message, dict(problems[0].values)
        self.first = shorts[0]


def hold(session: Session, broadcast: Broadcast, found: Sequence[Target], texts: Texts) -> None:
    """Before a broadcast of a kind that can wait leaves, or waits for a second person: promise what
    it will cost.

    Raises ``OverBudget`` when that does not fit; nothing is changed then.
    """
    own = _own(session, broadcast, found)
    is_of_message = bool(own.relays)
    estimate = estimates.of_message(
        session,
        found,
        broadcast.kind,
        texts,
        lifetimes.end_if_released(broadcast, clock.now()),
        audience.languages_kept_to(session, broadcast),
    )
    # Of a message that its writer or a coordinator lets go, they were told before this.
    is_asked_before = is_of_message and broadcast.status is BroadcastStatus.DRAFT
    year = cost_records.year_of(clock.now())
    chosen = [one.partnership for one in found]
    if not is_asked_before:
        refuse(session, chosen, estimate, year, own)
    # Of two who let it go at once, the second one sees that the first did.
    session.refresh(broadcast, with_for_update=True)
    if broadcast.status in (BroadcastStatus.DRAFT, BroadcastStatus.AWAITING_APPROVAL):
        cost_records.promise(session, broadcast, estimate)


def _own(session: Session, broadcast: Broadcast, found: Sequence[Target]) -> Own:
    relays = (
        select(Relay.id)
        .join(ColdBroadcast, col(ColdBroadcast.message_id) == col(Relay.message_id))
        .where(
            ColdBroadcast.broadcast_id == broadcast.id,
            col(Relay.partnership_id).in_([one.partnership.id for one in found]),
        )
    )
    return Own(broadcast.id, list(session.exec(relays)))


def refuse(
    session: Session, chosen: Sequence[Partnership], estimate: Estimate, year: int, own: Own
) -> None:
    """Raise ``OverBudget`` unless this fits in what is left to these partnerships and their zones.

    Until the end of this unit of work nobody else spends of these budgets: whoever comes second
    sees what the first one took.
    """
    scopes = budgets.scopes_of(session, chosen)
    standings = budgets.standings(session, scopes, year, own, lock=True)
    costs = _costs(chosen, estimate)
    shorts = [
        Short(one, standings[one.id], year, costs[one.id])
        for one in scopes
        if is_short(standings[one.id], costs[one.id])
    ]
    if shorts:
        raise OverBudget(shorts, [_problem(session, one) for one in shorts])


def concerned(
    session: Session, chosen: Sequence[Partnership], estimate: Estimate, year: int, own: Own
) -> tuple[list[Scope], dict[UUID, Standing], Counter[UUID]]:
    """Every budget concerned as it stands, and what this would take of it; to be shown."""
    scopes = budgets.scopes_of(session, chosen)
    return scopes, budgets.standings(session, scopes, year, own), _costs(chosen, estimate)


def is_short(standing: Standing, cost: int) -> bool:
    """Whether a budget has less left than this costs."""
    # What costs nothing, or has no price, fits even where nothing is left.
    return standing.left is not None and cost > 0 and standing.left < cost


def _costs(chosen: Sequence[Partnership], estimate: Estimate) -> Counter[UUID]:
    """What it takes from each partnership and from each zone."""
    costs = Counter(estimate.by_partnership)
    for one in chosen:
        costs[one.police_zone_id] += estimate.by_partnership[one.id]
    return costs


def _problem(session: Session, short: Short) -> FieldProblem:
    keepers = [one.name for one in budgets.keepers(session, short.scope)]
    return FieldProblem(
        f"{FIELD}.{short.scope.slug}",
        _DOES_NOT_FIT if keepers else _DOES_NOT_FIT_ALONE,
        (
            ("cost", Money(short.cost)),
            ("name", short.scope.name),
            ("year", short.year),
            ("left", Money(max(0, short.left))),
            ("amount", Money(short.standing.amount or 0)),
            ("keepers", ", ".join(keepers)),
        ),
    )
