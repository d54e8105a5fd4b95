"""Stopping what has not left, for a time or for good, and letting it go on; with the reason."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Actor
from hub.errors import BadInput, Conflict, FieldProblem
from hub.i18n import mark
from hub.queue import enqueue
from messaging import broadcasts
from messaging.broadcasts import DELIVER_JOB, QUEUE_OF_KIND
from messaging.fan_out import chunks_to_send
from messaging.models import Broadcast, BroadcastStatus, Intervention, InterventionKind

SHORTEST_REASON, LONGEST_REASON = 3, 500

_ON_ITS_WAY = (BroadcastStatus.RELEASED, BroadcastStatus.SENDING)


def pause(session: Session, actor: Actor, broadcast: Broadcast, reason: str) -> bool:
    """Let nothing more leave until ``resume``; whether this call did it. Its time runs on.

    What a worker holds at this moment may still leave. Raises ``Conflict`` for what is not on its
    way, ``BadInput`` without a reason.
    """
    refuse_bad_reason(reason)
    if broadcast.paused_at is not None:
        return False
    if not _set(session, broadcast, clock.now()):
        raise Conflict(mark("This message is not on its way: there is nothing to pause."))
    _record(session, actor, broadcast, InterventionKind.PAUSE, reason)
    return True


def resume(session: Session, actor: Actor, broadcast: Broadcast, reason: str = "") -> bool:
    """Let it go on; whether this call did it. Raises ``Conflict`` when its time has passed."""
    if broadcast.paused_at is None:
        return False
    if broadcast.expires_at <= clock.now():
        raise Conflict(mark("The time of this message has passed. Write it again."))
    _set(session, broadcast, None)
    _record(session, actor, broadcast, InterventionKind.RESUME, reason)
    for chunk in chunks_to_send(session, broadcast.id):
        enqueue(session, DELIVER_JOB, str(broadcast.id), chunk, queue=QUEUE_OF_KIND[broadcast.kind])
    return True


def cancel(session: Session, actor: Actor, broadcast: Broadcast, reason: str = "") -> int:
    """Stop for good what has not left; how many messages that was. The reason goes on record.

    Raises what ``broadcasts.cancel`` raises, and ``BadInput`` for a reason that is too long.
    """
    was_over = broadcast.status is BroadcastStatus.CANCELLED
    if len(reason) > LONGEST_REASON:
        refuse_bad_reason(reason)
    stopped = broadcasts.cancel(session, actor, broadcast)
    if reason.strip() and not was_over:
        _note(session, actor, broadcast, InterventionKind.CANCEL, reason)
    return stopped


def refuse_bad_reason(reason: str) -> None:
    """Raise ``BadInput`` for a reason that says nothing, or too much."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise BadInput(FieldProblem("reason", mark("Say why: this stays on record.")))
    if len(reason) > LONGEST_REASON:
        problem = mark("At most {count} characters.")
        raise BadInput(FieldProblem("reason", problem, (("count", LONGEST_REASON),)))


def of_broadcast(session: Session, broadcast: Broadcast) -> list[Intervention]:
    """What was done to it on its way, oldest first."""
    done = select(Intervention).where(Intervention.broadcast_id == broadcast.id)
    return list(session.exec(done.order_by(col(Intervention.done_at), col(Intervention.id))))


def _set(session: Session, broadcast: Broadcast, paused_at: datetime | None) -> bool:
    changed = session.execute(
        update(Broadcast)
        .where(col(Broadcast.id) == broadcast.id, col(Broadcast.status).in_(_ON_ITS_WAY))
        .values(paused_at=paused_at)
        .returning(col(Broadcast.id))
    ).all()
    session.refresh(broadcast)
    return len(changed) == 1


def _record(
    session: Session, actor: Actor, broadcast: Broadcast, kind: InterventionKind, reason: str
) -> None:
    _note(session, actor, broadcast, kind, reason)
    action, subject = f"broadcast.{kind}", ("broadcast", broadcast.id)
    audit.record(session, action, subject, by=actor.account_id)


def _note(
    session: Session, actor: Actor, broadcast: Broadcast, kind: InterventionKind, reason: str
) -> None:
    done = Intervention(
        broadcast_id=broadcast.id,
        kind=kind,
        reason=reason.strip(),
        done_by=actor.account_id,
        done_at=clock.now(),
    )
    session.add(done)
