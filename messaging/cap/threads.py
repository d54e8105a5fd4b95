"""Which alerts that came belong together: those that name each other, or one and the same.

Alerts come in any order: an update may be here before the alert it refers to, and two at once.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import tuple_, update
from sqlmodel import Session, col, select

from hub.db import insert_new
from messaging.cap.alert import Alert
from messaging.models import Broadcast, CapArrival, CapDocument, CapReference
from partnerships.models import Organisation

Name = tuple[str, str]


def hold(session: Session, zone_id: UUID) -> None:
    """Let nobody else take in an alert of this zone, or open one, until the end of this unit of
    work: of two that name each other and come at once, the second sees the first."""
    held = select(col(Organisation.id)).where(Organisation.id == zone_id)
    session.exec(held.with_for_update(key_share=True)).one()


def joined(session: Session, zone_id: UUID, alert: Alert) -> tuple[UUID | None, UUID | None]:
    """The thread and the incident that an alert belongs to; what it joins becomes one thread."""
    related = _related(session, zone_id, alert)
    ours = _incident_of_ours(session, zone_id, _named_by(alert))
    incident_id = next((one.incident_id for one in related if one.incident_id), ours)
    if not related:
        return None, incident_id
    thread_id = related[0].thread_id
    for other in {one.thread_id for one in related}:
        _carry_over(session, other, thread_id, incident_id)
    return thread_id, incident_id


def _carry_over(session: Session, old: UUID, new: UUID, incident_id: UUID | None) -> None:
    """An incident that somebody opened for a part of it stays that part's own."""
    of_thread = update(CapArrival).where(col(CapArrival.thread_id) == old)
    session.execute(
        of_thread.where(col(CapArrival.incident_id).is_(None)).values(incident_id=incident_id)
    )
    session.execute(of_thread.values(thread_id=new))


def _named_by(alert: Alert) -> list[Name]:
    return [(one.sender, one.identifier) for one in alert.references]


def _related(session: Session, zone_id: UUID, alert: Alert) -> Sequence[CapArrival]:
    """Those it names, those that name it, and those that name what it names; the first first."""
    names = _named_by(alert)
    arrivals = select(CapArrival).where(CapArrival.police_zone_id == zone_id)
    found: dict[UUID, CapArrival] = {}
    if names:
        by_name = tuple_(col(CapArrival.sender), col(CapArrival.identifier)).in_(names)
        found |= {one.id: one for one in session.exec(arrivals.where(by_name))}
    naming = select(CapReference.arrival_id).where(
        CapReference.police_zone_id == zone_id,
        tuple_(col(CapReference.sender), col(CapReference.identifier)).in_(
            [(alert.sender, alert.identifier), *names]
        ),
    )
    by_reference = arrivals.where(col(CapArrival.id).in_(naming))
    found |= {one.id: one for one in session.exec(by_reference)}
    return [found[key] for key in sorted(found)]


def _incident_of_ours(session: Session, zone_id: UUID, names: Iterable[Name]) -> UUID | None:
    """The incident of an alert of our own that is named."""
    ours = (
        select(Broadcast.incident_id)
        .join(CapDocument, col(CapDocument.broadcast_id) == col(Broadcast.id))
        .where(
            CapDocument.police_zone_id == zone_id,
            tuple_(col(CapDocument.sender), col(CapDocument.identifier)).in_(list(names)),
        )
    )
    return session.exec(ours.limit(1)).first()


def note_references(session: Session, arrival: CapArrival, alert: Alert) -> None:
    """Keep what it names, for what comes later."""
    for sender, identifier in dict.fromkeys(_named_by(alert)):
        session.execute(
            insert_new(session, CapReference).values(
                arrival_id=arrival.id,
                sender=sender,
                identifier=identifier,
                police_zone_id=arrival.police_zone_id,
            )
        )


def incident_of(session: Session, thread_id: UUID) -> UUID | None:
    """The incident that was opened for any of them."""
    opened = select(CapArrival.incident_id).where(
        CapArrival.thread_id == thread_id, col(CapArrival.incident_id).is_not(None)
    )
    return session.exec(opened.order_by(col(CapArrival.id)).limit(1)).first()
