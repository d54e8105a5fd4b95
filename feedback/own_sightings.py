"""What a person told the police that he saw, for himself to read; forgotten, nobody told it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from feedback import plates
from feedback.models import Sighting
from hub.i18n import mark
from partnerships import ways
from partnerships.own_data import Holder

Row = dict[str, Any]


def _seen_by(session: Session, person_id: UUID) -> list[Row]:
    """From the ways that are proved to be his: by another's link, a stranger may have told it."""
    own = ways.of_person(session, person_id)
    return _told_from(session, [one.id for one in own if ways.is_proved(one)])


def _seen_from(session: Session, point_id: UUID) -> list[Row]:
    return _told_from(session, [point_id])


def _told_from(session: Session, points: Sequence[UUID]) -> list[Row]:
    """What he told, and nothing of what the police made of it: not its status, nor what an officer
    read out of a message, which stands among what he wrote."""
    rows = select(Sighting).where(
        col(Sighting.contact_point_id).in_(points), col(Sighting.message_id).is_(None)
    )
    return [
        {
            "number": one.number,
            "received_at": one.received_at.isoformat(),
        }
        | (_as_told(one) if one.completed_at is None else {})
        for one in session.exec(rows.order_by(col(Sighting.received_at)))
    ]


def _as_told(one: Sighting) -> Row:
    """As long as no officer has changed it: then it is the police's, and no longer his words."""
    return {
        "seen_at": one.observed_at.isoformat(),
        "person": one.person_seen,
        "vehicle": one.vehicle,
        "plate": plates.shown(one.plate),
        "place": one.place,
        "direction": one.direction,
        "words": one.words,
    }


def _forget(session: Session, person_id: UUID) -> None:
    """What was seen is the police's, under the police's law; who saw it is not told any more."""
    session.execute(
        update(Sighting)
        .where(col(Sighting.person_id) == person_id)
        .values(person_id=None, contact_point_id=None, delivery_id=None, sent_from_index=None)
    )


SEEN = Holder(mark("What you told the police that you saw"), _seen_by, _forget, _seen_from)
