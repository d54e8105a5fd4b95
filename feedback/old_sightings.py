"""What was seen is kept here for a time only: what the police need of it is in their own system.

The row stays, without what it said and of whom: figures of a year are counted in it.
"""

from datetime import timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from feedback.models import (
    Sighting,
    SightingEvent,
    SightingEventKind,
    SightingPhoto,
    SightingPlatePart,
    SightingStatus,
)
from hub import clock
from hub.config import settings

# So many at a time: the rest is for the next day.
_MOST_AT_ONCE = 5000
_NOTHING = {
    "place": "",
    "latitude": None,
    "longitude": None,
    "direction": "",
    "person_seen": "",
    "vehicle": "",
    "plate": "",
    "plate_index": None,
    "words": "",
    "external_reference": "",
    "person_id": None,
    "contact_point_id": None,
    "message_id": None,
    "delivery_id": None,
    "client_request_id": None,
    "sent_from_index": None,
}


def forget_old(session: Session) -> None:
    """Drop what its time is over for; doing it twice a day does no harm."""
    _forget_photos(session)
    _forget_places(session)
    _forget_sightings(session)


def _forget_photos(session: Session) -> None:
    before = clock.now() - timedelta(days=settings().sighting_photos_kept_days)
    session.execute(delete(SightingPhoto).where(col(SightingPhoto.received_at) < before))


def _forget_places(session: Session) -> None:
    """From where a form came is asked within the hour only."""
    session.execute(
        update(Sighting)
        .where(
            col(Sighting.sent_from_index).is_not(None),
            col(Sighting.received_at) < clock.now() - timedelta(days=1),
        )
        .values(sent_from_index=None)
    )


def _forget_sightings(session: Session) -> None:
    before = clock.now() - timedelta(days=settings().sightings_kept_days)
    forgotten = SightingEventKind.FORGOTTEN
    done = select(SightingEvent.sighting_id).where(col(SightingEvent.kind) == forgotten)
    old = select(Sighting.id).where(
        col(Sighting.received_at) < before, col(Sighting.id).not_in(done)
    )
    ids = session.exec(old.limit(_MOST_AT_ONCE)).all()
    for table in (SightingPhoto, SightingPlatePart, SightingEvent):
        session.execute(delete(table).where(col(table.sighting_id).in_(ids)))
    session.execute(
        update(Sighting)
        .where(col(Sighting.id).in_(ids))
        .values(**_NOTHING, status=SightingStatus.CLOSED, version=Sighting.version + 1)
    )
    at = clock.now()
    session.add_all(SightingEvent(sighting_id=one, kind=forgotten, at=at) for one in ids)
