"""What a person said after the tone, for himself to read of; forgotten, nobody says whose it is."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from feedback.models import InboundMessage, Voicemail, VoicemailCall, VoicemailStatus
from hub import clock
from hub.i18n import mark
from partnerships import ways
from partnerships.own_data import Holder

Row = dict[str, Any]


def _spoken_by(session: Session, person_id: UUID) -> list[Row]:
    own = [one.id for one in ways.of_person(session, person_id) if ways.is_proved(one)]
    return _spoken_at(session, own)


def _spoken_from(session: Session, point_id: UUID) -> list[Row]:
    return _spoken_at(session, [point_id])


def _spoken_at(session: Session, points: list[UUID]) -> list[Row]:
    rows = (
        select(Voicemail)
        .join(InboundMessage, col(InboundMessage.id) == col(Voicemail.message_id))
        .where(col(InboundMessage.contact_point_id).in_(points))
    )
    return [
        {
            "received_at": one.received_at.isoformat(),
            "seconds": one.seconds,
            "sound_is_kept": one.status is VoicemailStatus.KEPT,
        }
        for one in session.exec(rows.order_by(col(Voicemail.received_at)))
    ]


def _forget(session: Session, person_id: UUID) -> None:
    """A voice tells who speaks, whatever name stands beside it: the sound goes, here and at the
    carrier's, and of its call nothing is left."""
    written = select(col(InboundMessage.id)).where(InboundMessage.person_id == person_id)
    is_his = col(Voicemail.message_id).in_(written)
    calls = select(col(Voicemail.call_id)).where(is_his)
    session.execute(delete(VoicemailCall).where(col(VoicemailCall.id).in_(calls)))
    session.execute(
        update(Voicemail).where(is_his).values(status=VoicemailStatus.DROPPED, sealed=None)
    )
    still_there = is_his & col(Voicemail.deleted_there_at).is_(None)
    session.execute(update(Voicemail).where(still_there).values(next_try_at=clock.now()))


SPOKEN = Holder(mark("Voice messages you left"), _spoken_by, _forget, _spoken_from)
