"""What a person wrote to us, for himself to read; forgotten, it is nobody's."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from feedback.models import InboundMessage
from hub.i18n import mark
from partnerships import ways
from partnerships.own_data import Holder

Row = dict[str, Any]


def _written_by(session: Session, person_id: UUID) -> list[Row]:
    """From the ways that are proved to be his: from another, a stranger may have written."""
    own = ways.of_person(session, person_id)
    return _written_at(session, [one.id for one in own if ways.is_proved(one)])


def _written_from(session: Session, point_id: UUID) -> list[Row]:
    return _written_at(session, [point_id])


def _written_at(session: Session, points: Sequence[UUID]) -> list[Row]:
    rows = select(InboundMessage).where(col(InboundMessage.contact_point_id).in_(points))
    return [
        {
            "received_at": one.received_at.isoformat(),
            "channel": one.channel,
            "from": one.sender,
            "text": one.body,
            "taken_for": one.kind,
            "answer": one.answer,
        }
        for one in session.exec(rows.order_by(col(InboundMessage.received_at)))
    ]


def _forget(session: Session, person_id: UUID) -> None:
    """What he reported is the police's, under the police's law; from whom it came is not told."""
    his = col(InboundMessage.person_id) == person_id
    session.execute(update(InboundMessage).where(his).values(sender="", sender_index=None))


WRITTEN = Holder(mark("What you wrote to us"), _written_by, _forget, _written_from)
