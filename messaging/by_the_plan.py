"""What the communication plans of this moment say of one sending: who may, through whom, how."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from hub import clock
from hub.access import Action, Actor
from hub.errors import BadInput, Conflict, FieldProblem, HubError
from hub.i18n import mark
from messaging.models import COLD_KINDS, Broadcast, BroadcastKind, BroadcastPartnership
from partnerships import communication_plan, plan_senders
from partnerships.models import LIVING_STATUSES, CommunicationPlan, Partnership, PlanRule

THROUGH_THE_COORDINATOR = mark(
    "By its communication plan, {name} gets messages of this kind through its coordinator."
)
NOT_NAMED = mark(
    "By its communication plan, {name} does not get such messages from your role. Send it all the"
    " same only with a reason, which stays on record."
)
SHORTEST_REASON, LONGEST_REASON = 10, 500


class PlanRefuses(HubError):
    """Somebody whose role may send such messages, but not to this partnership by its plan."""

    status = 403


@dataclass(frozen=True, slots=True)
class Target:
    """A partnership, its plan of one moment, and what that says of one kind of message."""

    partnership: Partnership
    plan: CommunicationPlan
    rule: PlanRule | None

    @property
    def keeps_quiet_hours(self) -> bool:
        return self.rule is not None and self.rule.keeps_quiet_hours

    @property
    def needs_relay(self) -> bool:
        return self.rule is None or self.rule.needs_relay


def targets(
    session: Session, partnerships: Iterable[Partnership], kind: BroadcastKind, at: datetime
) -> list[Target]:
    """These partnerships under their plans of ``at``; one without a plan is left out."""
    by_id = {one.id: one for one in partnerships}
    plans = communication_plan.in_force_of(session, by_id, at)
    plan_ids = [plan.id for plan in plans.values()]
    rules = session.exec(
        select(PlanRule).where(
            col(PlanRule.communication_plan_id).in_(plan_ids), PlanRule.kind == kind
        )
    )
    rule_of = {rule.communication_plan_id: rule for rule in rules}
    return [
        Target(partnership, plans[key], rule_of.get(plans[key].id))
        for key, partnership in by_id.items()
        if key in plans
    ]


def targets_now(session: Session, broadcast: Broadcast) -> list[Target]:
    """The partnerships a broadcast goes to, under the plans of this moment."""
    chosen = select(Partnership).join(
        BroadcastPartnership, col(BroadcastPartnership.partnership_id) == col(Partnership.id)
    )
    found = session.exec(
        chosen.where(BroadcastPartnership.broadcast_id == broadcast.id).order_by(Partnership.name)
    )
    return targets(session, found, broadcast.kind, clock.now())


def hold_to(session: Session, broadcast: Broadcast, found: Sequence[Target]) -> None:
    """Let these plans decide this broadcast: those of its release, not of its writing."""
    plan_of = {target.partnership.id: target.plan.id for target in found}
    rows = session.exec(
        select(BroadcastPartnership).where(BroadcastPartnership.broadcast_id == broadcast.id)
    )
    for row in rows:
        row.communication_plan_id = plan_of.get(row.partnership_id, row.communication_plan_id)
        session.add(row)


def not_named(actor: Actor, found: Iterable[Target], action: Action) -> list[Target]:
    """The partnerships whose plan does not let ``actor`` send this."""
    return [
        target
        for target in found
        if not plan_senders.names(target.rule, actor, target.partnership, action)
    ]


def through_the_coordinator(kind: BroadcastKind, found: Iterable[Target]) -> list[Target]:
    """The partnerships to which a message of this kind goes through the coordinator (R26)."""
    return [target for target in found if kind in COLD_KINDS and target.needs_relay]


def refuse_relayed(kind: BroadcastKind, found: Iterable[Target]) -> None:
    """Raise ``Conflict`` where a plan that came into force since wants the coordinator's relay."""
    for target in through_the_coordinator(kind, found):
        raise Conflict(THROUGH_THE_COORDINATOR, name=target.partnership.name)


def reason_problems(reason: str) -> list[FieldProblem]:
    """What is wrong with the reason for a deviation; an empty one is none, and wrong in nothing."""
    length = len(reason.strip())
    if length > LONGEST_REASON:
        problem = mark("At most {count} characters.")
        return [FieldProblem("deviation_reason", problem, (("count", LONGEST_REASON),))]
    if 0 < length < SHORTEST_REASON:
        problem = mark("Say it in a few words more: this stays on record.")
        return [FieldProblem("deviation_reason", problem)]
    return []


def require_reason(reason: str) -> None:
    """Raise ``BadInput`` when somebody who wants to deviate says nothing of why."""
    if not reason.strip():
        raise BadInput(FieldProblem("deviation_reason", mark("Say why: this stays on record.")))


def refuse_ended(found: Iterable[Target]) -> None:
    """Raise ``Conflict`` for a partnership that has fallen asleep or ended since it was chosen."""
    for target in found:
        if target.partnership.status not in LIVING_STATUSES:
            raise Conflict(
                mark("{name} is not active any more. Write the message again without it."),
                name=target.partnership.name,
            )


def refuse_bad_reason(reason: str) -> None:
    """Raise ``BadInput`` for a reason that says nothing, or too much."""
    problems = reason_problems(reason)
    if problems:
        raise BadInput(*problems)


def refuse_sender(refusing: Sequence[Target], reason: str) -> None:
    """Raise ``PlanRefuses`` for somebody whom these plans do not name, unless he says why."""
    if refusing and not reason.strip():
        raise PlanRefuses(
            mark("By its communication plan, {name} does not get such messages from your role."),
            name=refusing[0].partnership.name,
        )
