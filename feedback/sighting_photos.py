"""Photos of what was seen: kept sealed, opened by the police alone, and each opening on record."""

from uuid import UUID

from sqlmodel import Session, col, select

from feedback.models import Sighting, SightingEvent, SightingEventKind, SightingPhoto
from feedback.photos import MEDIA_TYPE, CleanPhoto
from hub import audit, clock
from hub.access import Actor
from hub.errors import NotFound
from hub.sealing import seal, unseal

_PURPOSE = "sighting-photo"


def keep(session: Session, sighting: Sighting, photo: CleanPhoto) -> SightingPhoto:
    """Add a photo that was cleaned (``feedback.photos``)."""
    kept = SightingPhoto(
        sighting_id=sighting.id,
        media_type=MEDIA_TYPE,
        width=photo.width,
        height=photo.height,
        size=len(photo.content),
        sha256=photo.sha256,
        sealed=seal(_PURPOSE, photo.content),
        received_at=clock.now(),
    )
    session.add(kept)
    return kept


def of_sighting(session: Session, sighting_id: UUID) -> list[SightingPhoto]:
    """Its photos, in the order in which they came."""
    its = select(SightingPhoto).where(SightingPhoto.sighting_id == sighting_id)
    return list(session.exec(its.order_by(col(SightingPhoto.received_at))))


def opened(session: Session, actor: Actor, sighting: Sighting, photo_id: UUID) -> bytes:
    """A photo as it is shown, which stays on record. Raises ``NotFound`` for none of this one."""
    photo = session.get(SightingPhoto, photo_id)
    if photo is None or photo.sighting_id != sighting.id:
        raise NotFound
    content = unseal(_PURPOSE, photo.sealed)
    session.add(
        SightingEvent(
            sighting_id=sighting.id,
            kind=SightingEventKind.PHOTO_SEEN,
            by=actor.account_id,
            at=clock.now(),
        )
    )
    session.flush()
    subject = ("sighting", sighting.id)
    audit.record(session, "sighting.see_photo", subject, by=actor.account_id)
    return content
