"""Sending an alert again, only to those who did not get it."""

from sqlmodel import Session, col, select

from hub.access import Actor
from hub.errors import Conflict
from hub.i18n import mark
from messaging import broadcasts, drafts, follow_ups, missed
from messaging.models import Broadcast, BroadcastRecording, Step


def send(
    session: Session, actor: Actor, alert: Broadcast, request_id: str, deviation_reason: str = ""
) -> Broadcast:
    """Send the same words once more, to the people for whom all has ended without proof.

    It follows the alert as a broadcast of its own; who they are is settled when its rows are made,
    so two who press at once reach nobody twice. The same ``request_id`` again gives the same.
    Raises ``Conflict`` when nobody is left, or the end of the alert was told.
    """
    before = drafts.already_created(session, actor, request_id)
    if before is not None:
        return before
    follow_ups.hold(session, alert)
    follow_ups.refuse(session, alert, Step.AGAIN)
    follow_ups.refuse_unnamed(session, actor, alert, deviation_reason)
    if not missed.count(session, alert):
        raise Conflict(mark("Nobody is left to send it to: everyone has it, or is being tried."))
    written = drafts.create_follow_up(
        session,
        actor,
        alert,
        drafts.FollowUp(
            Step.AGAIN,
            alert.kind,
            broadcasts.texts_of(session, alert),
            request_id,
            lifetime=follow_ups.lifetime_of(Step.AGAIN),
        ),
    )
    _copy_recordings(session, alert, written)
    broadcasts.send(session, actor, written, deviation_reason)
    return written


def _copy_recordings(session: Session, alert: Broadcast, again: Broadcast) -> None:
    spoken = select(BroadcastRecording).where(BroadcastRecording.broadcast_id == alert.id)
    for one in session.exec(spoken.order_by(col(BroadcastRecording.language))).all():
        session.add(BroadcastRecording(**{**one.model_dump(), "broadcast_id": again.id}))
    session.flush()
