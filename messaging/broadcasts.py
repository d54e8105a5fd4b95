"""Broadcasts: released once, however often the button is pressed; and finding them again."""

import hashlib
from uuid import UUID

from sqlalchemy import exists, false, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Action, Actor
from hub.db import Condition
from hub.errors import Conflict, NotFound
from hub.i18n import Language, mark
from hub.queue import QueueName, enqueue
from messaging import incidents
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastPartnership,
    BroadcastStatus,
    BroadcastText,
    Step,
)
from messaging.texts import Words
from partnerships import communication_plan, scope
from partnerships.models import Partnership

FAN_OUT_JOB = "workers.jobs.fan_out"
QUEUE_OF_KIND = {
    BroadcastKind.URGENT_ALERT: QueueName.URGENT,
    BroadcastKind.FEEDBACK: QueueName.DEFAULT,
}


def send(session: Session, actor: Actor, broadcast: Broadcast) -> bool:
    """Release a draft; whether this call did it. Sending twice is sending once.

    Raises ``Conflict`` for a cancelled broadcast and for one whose time has passed.
    """
    if broadcast.status is BroadcastStatus.CANCELLED:
        raise Conflict(mark("This message was cancelled."))
    if broadcast.status is BroadcastStatus.DRAFT and broadcast.expires_at <= clock.now():
        raise Conflict(mark("The time of this message has passed. Write it again."))
    if not _take_release(session, actor, broadcast):
        return False
    incidents.record_launch(session, broadcast, actor)
    audit.record(
        session,
        "broadcast.send",
        ("broadcast", broadcast.id),
        by=actor.account_id,
        kind=broadcast.kind,
        texts=_hash_of_texts(session, broadcast),
    )
    enqueue(session, FAN_OUT_JOB, str(broadcast.id), queue=QUEUE_OF_KIND[broadcast.kind])
    return True


def _take_release(session: Session, actor: Actor, broadcast: Broadcast) -> bool:
    # One UPDATE decides between two tabs, a double click and a retry: only one changes the row.
    released = session.execute(
        update(Broadcast)
        .where(col(Broadcast.id) == broadcast.id, col(Broadcast.status) == BroadcastStatus.DRAFT)
        .values(
            status=BroadcastStatus.RELEASED,
            released_at=clock.now(),
            released_by=actor.account_id,
        )
        .returning(col(Broadcast.id))
    ).all()
    session.refresh(broadcast)
    return len(released) == 1


def _hash_of_texts(session: Session, broadcast: Broadcast) -> str:
    joined = "\0".join(
        f"{language}\0{words.subject}\0{words.short}\0{words.long}"
        for language, words in sorted(texts_of(session, broadcast).items())
    )
    return hashlib.sha256(joined.encode()).hexdigest()


def texts_of(session: Session, broadcast: Broadcast) -> dict[Language, Words]:
    """The words of a broadcast by language, in the order in which the hub lists languages."""
    rows = session.exec(select(BroadcastText).where(BroadcastText.broadcast_id == broadcast.id))
    found = {row.language: Words(row.subject, row.short, row.long) for row in rows}
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
    """The alerts of an incident whose members have not been told how it ended, oldest first."""
    answer = aliased(Broadcast)
    answered = exists().where(
        col(answer.follows_id) == col(Broadcast.id),
        col(answer.step) == Step.FEEDBACK,
        col(answer.released_at).is_not(None),
    )
    waiting = select(Broadcast).where(
        Broadcast.incident_id == incident_id,
        Broadcast.step == Step.FIRST,
        col(Broadcast.released_at).is_not(None),
        ~answered,
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
