"""Whether the plans ask for a second person before a message leaves: at night, or to many."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from hub import clock
from hub.access import Action, Actor
from messaging import audience, leaving, lifetimes
from messaging.by_the_plan import Target
from messaging.models import Broadcast, Step
from partnerships import scope
from partnerships.models import CommunicationPlan, Partnership
from partnerships.quiet_hours import is_night, next_allowed


@dataclass(frozen=True, slots=True)
class Ask:
    """A partnership whose plan asks for a second person, and why.

    ``above`` is the number of people it is about, if it is about that. ``may_be_alone`` says that
    whoever is alone may send it with a reason on record.
    """

    partnership: Partnership
    at_night: bool
    above: int | None
    may_be_alone: bool


def asks(step: Step, found: Sequence[Target], people: Callable[[], int]) -> list[Ask]:
    """Why a second person is needed to send this now; empty when none is.

    ``people`` counts who would get it; that may take a while, so it is asked only where a plan
    looks at the number. What follows an alert goes to those who got that one, and needs nobody.
    """
    if step is not Step.FIRST:
        return []
    limits = {one.plan.second_person_above for one in found} - {None}
    reached = people() if limits else 0
    told = [_ask(one, reached) for one in found]
    return [one for one in told if one.at_night or one.above is not None]


def _ask(target: Target, reached: int) -> Ask:
    plan, limit = target.plan, target.plan.second_person_above
    return Ask(
        partnership=target.partnership,
        at_night=_leaves_at_night(target, plan),
        above=limit if limit is not None and reached > limit else None,
        may_be_alone=plan.alone_with_reason,
    )


def _leaves_at_night(target: Target, plan: CommunicationPlan) -> bool:
    if not plan.second_person_at_night:
        return False
    # What keeps quiet hours leaves when they are over, whenever somebody presses the button.
    at = clock.now()
    return is_night(plan, next_allowed(plan, at) if target.keeps_quiet_hours else at)


def asks_now(session: Session, broadcast: Broadcast, found: Sequence[Target]) -> list[Ask]:
    """Why a second person is needed to send this broadcast under these plans at this moment."""
    return asks(broadcast.step, found, lambda: people_reached(session, broadcast, found))


def people_reached(session: Session, broadcast: Broadcast, found: Sequence[Target]) -> int:
    """How many people a broadcast would go to now under these plans."""
    at = clock.now()
    ends = lifetimes.end_if_released(broadcast, at)
    waits = leaving.waits_under(session, found, at, ends)
    rows = audience.of_plans([one.plan.id for one in found], broadcast.kind, waits)
    return audience.summary(session, rows).reached


def may_be(actor: Actor, broadcast: Broadcast, told: Sequence[Ask]) -> bool:
    """Whether ``actor`` can be the second person: he did not write it, and may approve for every
    partnership whose plan asks."""
    if actor.account_id == broadcast.author_id or not actor.may(Action.APPROVE_BROADCAST):
        return False
    return not beyond(actor, told)


def beyond(actor: Actor, told: Sequence[Ask]) -> list[Partnership]:
    """The partnerships whose plan asks, and for which ``actor`` may not approve."""
    action = Action.APPROVE_BROADCAST
    return [one.partnership for one in told if not scope.covers(actor, action, one.partnership)]


def may_go_alone(told: Sequence[Ask], reason: str) -> bool:
    """Whether every plan that asks lets the one who is alone send it with this reason."""
    return bool(reason.strip()) and all(one.may_be_alone for one in told)
