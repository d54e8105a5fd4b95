"""Whether an alert also stands in the public feed: the sender's choice, and off by default."""

from sqlmodel import Session

from hub import audit, clock
from hub.access import Actor
from hub.db import insert_new
from hub.errors import Conflict
from hub.i18n import mark
from messaging.models import Broadcast, BroadcastKind, CapPublicMark, Step

_NOT_AN_ALERT = mark(
    "Only an urgent alert that is no exercise can stand in the public feed; what follows it goes"
    " along."
)


def is_marked(session: Session, broadcast: Broadcast) -> bool:
    """Whether the sender wants it in the public feed."""
    return session.get(CapPublicMark, broadcast.id) is not None


def may_be_marked(broadcast: Broadcast) -> bool:
    """Whether it is an alert, the first of its story, and no exercise: whoever reads of one in
    passing takes it for real."""
    is_alert = broadcast.kind is BroadcastKind.URGENT_ALERT and broadcast.step is Step.FIRST
    return is_alert and not broadcast.is_drill


def mark_public(session: Session, actor: Actor, broadcast: Broadcast) -> None:
    """Show that something happens, and where, to everybody; not a word of the message itself.

    Twice is once. It is not taken back: whoever read it is owed the end of it, which follows by
    itself. Raises ``Conflict`` for what is no alert.
    """
    if not may_be_marked(broadcast):
        raise Conflict(_NOT_AN_ALERT)
    stored = session.execute(
        insert_new(session, CapPublicMark)
        .values(broadcast_id=broadcast.id, marked_by=actor.account_id, marked_at=clock.now())
        .returning(CapPublicMark.broadcast_id)
    ).all()
    if stored:
        audit.record(session, "cap.public", ("broadcast", broadcast.id), by=actor.account_id)
