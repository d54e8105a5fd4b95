"""Broadcasts: released once, however often the button is pressed; and finding them again."""

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import false, or_, update
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Action, Actor
from hub.db import Condition
from hub.errors import Conflict, NotFound
from hub.i18n import Language, mark
from hub.queue import QueueName, enqueue
from messaging import (
    approval_notices,
    budget_rule,
    by_the_plan,
    cost_records,
    deviations,
    end_told,
    incidents,
    launch,
    lifetimes,
    one_copy,
    second_launch,
    second_person,
)
from messaging.by_the_plan import Target
from messaging.models import (
    COLD_KINDS,
    ENDING_STEPS,
    Broadcast,
    BroadcastKind,
    BroadcastPartnership,
    BroadcastStatus,
    BroadcastText,
    Delivery,
    DeliveryState,
    Deviation,
    DeviationKind,
    Incident,
    Step,
)
from messaging.second_person import Ask
from messaging.texts import Words
from messaging.waiting_rows import change_waiting
from partnerships import communication_plan, scope
from partnerships.models import Partnership

FAN_OUT_JOB = "workers.jobs.fan_out"
DELIVER_JOB = "workers.jobs.deliver_chunk"
QUEUE_OF_KIND = {
    BroadcastKind.URGENT_ALERT: QueueName.URGENT,
    BroadcastKind.FEEDBACK: QueueName.DEFAULT,
    **dict.fromkeys(COLD_KINDS, QueueName.BULK),
}

_ALL_HAS_LEFT = mark("Everything has left: there is nothing to stop. Send a correction.")
_OVER = (BroadcastStatus.CANCELLED, BroadcastStatus.NOT_APPROVED, BroadcastStatus.FINISHED)


def send(session: Session, actor: Actor, broadcast: Broadcast, reason: str = "") -> bool:
    """Release a draft; whether this call did it. Sending twice is sending once.

    The communication plans of this moment decide. Where one of them asks for a second person, the
    draft waits for that person instead, unless ``actor`` did not write it and is one himself, or
    every plan that asks lets whoever is alone send it with a ``reason``, which stays on record. He
    may find out that he is alone after he has asked. Raises ``PlanRefuses`` when a plan does not
    name the role of ``actor``, ``Conflict`` for a cancelled broadcast and for one whose time has
    passed.
    """
    refuse_what_is_over(broadcast)
    before = broadcast.status
    is_left_alone = before is BroadcastStatus.AWAITING_APPROVAL and bool(reason.strip())
    if before is not BroadcastStatus.DRAFT and not is_left_alone:
        return False
    by_the_plan.refuse_bad_reason(reason)
    found = by_the_plan.targets_now(session, broadcast)
    if broadcast.step is Step.FIRST:
        by_the_plan.refuse_ended(found)
        by_the_plan.refuse_relayed(broadcast.kind, found)
    kinds = _deviates_by_sender(session, actor, broadcast, found, reason)
    told = second_person.asks_now(session, broadcast, found)
    is_second = second_person.may_be(actor, broadcast, told)
    is_alone = bool(told) and not is_second
    if is_alone and not second_person.may_go_alone(told, reason):
        said = deviations.said(broadcast.id, kinds, reason, actor.account_id)
        ask_for_approval(session, actor, broadcast, told, said)
        return False
    if is_alone:
        kinds.append(DeviationKind.ALONE)
    said = deviations.said(broadcast.id, kinds, reason, actor.account_id)
    values: dict[str, Any] = {"approved_by": actor.account_id} if told and is_second else {}
    return release(session, actor, broadcast, found, before, said, **values)


def _deviates_by_sender(
    session: Session, actor: Actor, broadcast: Broadcast, found: Sequence[Target], reason: str
) -> list[DeviationKind]:
    """Refuse somebody the plans do not name, unless why is on record, or is said now."""
    refusing = by_the_plan.not_named(actor, found, Action.SEND_BROADCAST)
    on_record = {one.kind for one in deviations.of_broadcast(session, broadcast.id)}
    if not refusing or DeviationKind.SENDER in on_record:
        return []
    by_the_plan.refuse_sender(refusing, reason)
    return [DeviationKind.SENDER]


def refuse_what_is_over(broadcast: Broadcast) -> None:
    """Raise ``Conflict`` for what was cancelled, was not approved, or is too late to be sent."""
    if broadcast.status is BroadcastStatus.CANCELLED:
        raise Conflict(mark("This message was cancelled."))
    if broadcast.status is BroadcastStatus.NOT_APPROVED:
        raise Conflict(mark("Nobody approved this message in time. Write it again."))
    unsent = (BroadcastStatus.DRAFT, BroadcastStatus.AWAITING_APPROVAL)
    if broadcast.status in unsent and broadcast.expires_at <= clock.now():
        raise Conflict(mark("The time of this message has passed. Write it again."))


def ask_for_approval(
    session: Session,
    actor: Actor,
    broadcast: Broadcast,
    told: Sequence[Ask],
    said: Sequence[Deviation] = (),
) -> None:
    """Let a draft wait for a second person, and tell those who may be that one.

    Raises ``OverBudget`` for a kind that can wait and costs more than is left.
    """
    _keep_to_budget(session, broadcast)
    taken = _take(
        session,
        broadcast,
        BroadcastStatus.DRAFT,
        status=BroadcastStatus.AWAITING_APPROVAL,
        approval_asked_at=clock.now(),
    )
    if not taken:
        return
    session.add_all(said)
    approval_notices.tell_who_may_approve(session, broadcast, told, asked_by=actor.account_id)
    audit.record(
        session,
        "broadcast.ask_approval",
        ("broadcast", broadcast.id),
        by=actor.account_id,
        texts=_hash_of_texts(session, broadcast),
    )


def release(
    session: Session,
    actor: Actor,
    broadcast: Broadcast,
    found: Sequence[Target],
    before: BroadcastStatus,
    said: Sequence[Deviation] = (),
    **values: Any,
) -> bool:
    """Let a broadcast leave under these plans, from the status ``before``; whether this call did.

    ``said`` is where it deviates from them, besides what is on record already. ``values`` are
    further columns of the broadcast. Raises ``OverBudget`` for a kind that can wait and costs more
    than is left.
    """
    second_launch.refuse_second(session, broadcast)
    _keep_to_budget(session, broadcast)
    at = clock.now()
    taken = _take(
        session,
        broadcast,
        before,
        status=BroadcastStatus.RELEASED,
        released_at=at,
        expires_at=lifetimes.end_if_released(broadcast, at),
        released_by=actor.account_id,
        keeps_quiet_hours=any(one.keeps_quiet_hours for one in found),
        **values,
    )
    if not taken:
        return False
    cost_records.begin(session, broadcast)
    session.add_all(said)
    session.flush()
    by_the_plan.hold_to(session, broadcast, found)
    if broadcast.step in ENDING_STEPS:
        end_told.stop(session, end_told.ended_by(broadcast))
    launch.record(session, broadcast, actor)
    audit.record(
        session,
        "broadcast.send",
        ("broadcast", broadcast.id),
        by=actor.account_id,
        kind=broadcast.kind,
        texts=_hash_of_texts(session, broadcast),
        deviates=bool(deviations.of_broadcast(session, broadcast.id)),
        is_approved=broadcast.approved_by is not None,
    )
    enqueue(session, FAN_OUT_JOB, str(broadcast.id), queue=QUEUE_OF_KIND[broadcast.kind])
    return True


def _keep_to_budget(session: Session, broadcast: Broadcast) -> None:
    # An alert is held up by no budget, and waits for nobody who asks what is left of one.
    if broadcast.kind in COLD_KINDS:
        found = by_the_plan.targets_now(session, broadcast)
        budget_rule.hold(session, broadcast, found, texts_of(session, broadcast))


def _take(session: Session, broadcast: Broadcast, before: BroadcastStatus, **values: Any) -> bool:
    # One UPDATE decides between two tabs, a double click and a retry: only one changes the row.
    taken = session.execute(
        update(Broadcast)
        .where(col(Broadcast.id) == broadcast.id, col(Broadcast.status) == before)
        .values(**values)
        .returning(col(Broadcast.id))
    ).all()
    session.refresh(broadcast)
    return len(taken) == 1


def cancel(session: Session, actor: Actor, broadcast: Broadcast) -> int:
    """Stop what has not left; how many deliveries that was. Cancelling twice is cancelling once.

    What a worker holds at this moment may still leave. An incident whose feedback is cancelled is
    open again: somebody has not been told how it ended. Raises ``Conflict`` when every delivery is
    final, or all of the feedback has left: there is nothing left to stop.
    """
    cancelled = _take_unless_over(session, broadcast)
    if broadcast.status is BroadcastStatus.NOT_APPROVED:
        raise Conflict(mark("Nobody approved this message in time. Write it again."))
    if broadcast.status is BroadcastStatus.FINISHED:
        raise Conflict(_ALL_HAS_LEFT)
    if not cancelled:
        return 0
    stopped = _cancel_waiting(session, broadcast)
    _record_cancel(session, actor, broadcast, stopped)
    if broadcast.step is Step.FEEDBACK or broadcast.counts_as_feedback:
        _await_other_feedback(session, actor, broadcast, stopped)
    return stopped


def _take_unless_over(session: Session, broadcast: Broadcast) -> bool:
    cancelled = session.execute(
        update(Broadcast)
        .where(
            col(Broadcast.id) == broadcast.id,
            col(Broadcast.status).not_in(_OVER),
        )
        .values(status=BroadcastStatus.CANCELLED, paused_at=None)
        .returning(col(Broadcast.id))
    ).all()
    session.refresh(broadcast)
    return len(cancelled) == 1


def cancel_all(session: Session, actor: Actor, chosen: Sequence[Broadcast]) -> None:
    """Stop several of a kind that can wait. All their rows before the first word in the log."""
    stopped: dict[UUID, int] = {}
    for one in chosen:
        if _take_unless_over(session, one):
            stopped[one.id] = _cancel_waiting(session, one)
    for one in chosen:
        if one.id in stopped:
            _record_cancel(session, actor, one, stopped[one.id])


def _cancel_waiting(session: Session, broadcast: Broadcast) -> int:
    stopped = change_waiting(
        session,
        col(Delivery.broadcast_id) == broadcast.id,
        state=DeliveryState.CANCELLED,
        reason="cancelled",
    )
    one_copy.give_back(session, broadcast)
    return stopped


def _record_cancel(session: Session, actor: Actor, broadcast: Broadcast, stopped: int) -> None:
    audit.record(
        session,
        "broadcast.cancel",
        ("broadcast", broadcast.id),
        by=actor.account_id,
        stopped=stopped,
    )


def _await_other_feedback(
    session: Session, actor: Actor, feedback: Broadcast, stopped: int
) -> None:
    if feedback.fanned_out_at is not None and not stopped:
        raise Conflict(_ALL_HAS_LEFT)
    if feedback.incident_id is not None and awaiting_feedback(session, feedback.incident_id):
        incident = session.get_one(Incident, feedback.incident_id)
        incidents.reopen(session, incident, actor.account_id)


def _hash_of_texts(session: Session, broadcast: Broadcast) -> str:
    joined = "\0".join(
        f"{language}\0{words.subject}\0{words.short}\0{words.long}\0{words.spoken}"
        for language, words in sorted(texts_of(session, broadcast).items())
    )
    return hashlib.sha256(joined.encode()).hexdigest()


def texts_of(session: Session, broadcast: Broadcast) -> dict[Language, Words]:
    """The words of a broadcast by language, in the order in which the hub lists languages."""
    rows = session.exec(select(BroadcastText).where(BroadcastText.broadcast_id == broadcast.id))
    found = {row.language: Words(row.subject, row.short, row.long, row.spoken) for row in rows}
    return {language: found[language] for language in Language if language in found}


def partnerships_of(session: Session, broadcast: Broadcast) -> list[Partnership]:
    """The partnerships it goes to, by name."""
    targeted = (
        select(Partnership)
        .join(BroadcastPartnership, col(BroadcastPartnership.partnership_id) == col(Partnership.id))
        .where(BroadcastPartnership.broadcast_id == broadcast.id)
    )
    return list(session.exec(targeted.order_by(Partnership.name)))


def within_reach(actor: Actor, action: Action) -> Condition:
    """The condition on ``Broadcast``: it goes to a partnership within reach."""
    reachable = (
        select(BroadcastPartnership.broadcast_id)
        .join(Partnership, col(Partnership.id) == col(BroadcastPartnership.partnership_id))
        .where(scope.within_reach(actor, action))
    )
    return or_(false(), col(Broadcast.id).in_(reachable))


def broadcast_for(session: Session, broadcast_id: UUID, actor: Actor, action: Action) -> Broadcast:
    """One broadcast within reach; raises ``NotFound`` whether it is absent or out of reach."""
    wanted = select(Broadcast).where(Broadcast.id == broadcast_id, within_reach(actor, action))
    found = session.exec(wanted).first()
    if found is None:
        raise NotFound
    return found


def awaiting_feedback(session: Session, incident_id: UUID) -> list[Broadcast]:
    """The alerts of an incident whose members have not been told how it ended, oldest first.

    An alert that was cancelled before any delivery was made has none.
    """
    waiting = select(Broadcast).where(
        Broadcast.incident_id == incident_id,
        Broadcast.step == Step.FIRST,
        col(Broadcast.released_at).is_not(None),
        or_(
            col(Broadcast.status) != BroadcastStatus.CANCELLED,
            col(Broadcast.fanned_out_at).is_not(None),
        ),
        ~end_told.feedback_stands(col(Broadcast.id)),
    )
    return list(session.exec(waiting.order_by(col(Broadcast.released_at))))


def sent_to(
    session: Session, actor: Actor, partnership: Partnership, limit: int
) -> list[Broadcast]:
    """The newest messages that went to one partnership within reach."""
    here = select(BroadcastPartnership.broadcast_id).where(
        BroadcastPartnership.partnership_id == partnership.id
    )
    sent = select(Broadcast).where(
        within_reach(actor, Action.SEE_BROADCAST_SUMMARIES),
        col(Broadcast.id).in_(here),
        col(Broadcast.released_at).is_not(None),
    )
    return list(session.exec(sent.order_by(col(Broadcast.released_at).desc()).limit(limit)))


def feedback_delay(session: Session, broadcast: Broadcast) -> int:
    """Within how many hours feedback was promised to everyone this went to."""
    plans = select(BroadcastPartnership.communication_plan_id).where(
        BroadcastPartnership.broadcast_id == broadcast.id
    )
    return communication_plan.shortest_feedback_delay(session, session.exec(plans).all())
