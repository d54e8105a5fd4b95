"""Publishing: every released alert and what follows it becomes a document, written once.

The timetable looks for what is not published yet, so that no release waits for it and none is
forgotten. Two timetables at once do no harm: a document is stored once. It is composed from what
was read, and only then stored: on SQLite nobody else writes while a unit of work does, and ground
and five languages take their time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, exists, func, or_
from sqlmodel import Session, col, select

from hub import clock, log
from hub.columns import new_id
from hub.db import DATABASE_AWAY, Condition, insert_new, unit_of_work
from messaging import broadcasts
from messaging.cap import areas, composing, mapping
from messaging.cap.alert import Reference
from messaging.cap.composing import Place, Story
from messaging.cap.writing import document
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastPartnership,
    BroadcastStatus,
    CapDocument,
    CapPublicMark,
    CapReader,
    Incident,
    Step,
)
from partnerships.models import CommunicationPlan, Organisation, Partnership, Zone

_log = log.get(__name__)

# What nobody published for so long is no news: the look into the rows stays short, and a hub that
# begins to publish does not start with the alerts of last year.
_STILL_NEWS = timedelta(days=2)
_MOST_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class _Due:
    """A document that is not written yet."""

    broadcast_id: UUID
    reader: CapReader
    is_withdrawal: bool = False


@dataclass(frozen=True, slots=True)
class _Composed:
    """A document before it is stored, and after how many of the same alert it comes."""

    row: CapDocument
    earlier: int


def publish_due() -> int:
    """Write the documents that are not written yet; how many."""
    written, tried = 0, set[_Due]()
    # Again and again, because a document that was just written has followers of its own.
    while due := [one for one in _all_due() if one not in tried]:
        tried.update(due)
        written += sum(_attempt(one) for one in due)
    return written


def _all_due() -> list[_Due]:
    with unit_of_work(read_only=True) as session:
        return [*_unpublished(session), *_unwithdrawn(session), *_not_yet_public(session)]


def _attempt(due: _Due) -> int:
    try:
        with unit_of_work(read_only=True) as session:
            composed = _compose(session, due)
        with unit_of_work() as session:
            return _store(session, composed)
    except DATABASE_AWAY:
        raise
    except Exception:
        # One that cannot be written must not keep the others from being read.
        _log.exception("cap_not_published", broadcast_id=str(due.broadcast_id))
        return 0


def _unpublished(session: Session) -> Iterator[_Due]:
    """Released alerts without a document, and what follows one that has it; oldest first."""
    waiting = select(Broadcast.id).where(
        col(Broadcast.released_at) >= clock.now() - _STILL_NEWS,
        col(Broadcast.step).in_(mapping.COURSES),
        or_(
            and_(
                col(Broadcast.step) == Step.FIRST,
                col(Broadcast.kind) == BroadcastKind.URGENT_ALERT,
            ),
            _has_document(Broadcast.follows_id),
        ),
        ~_has_document(Broadcast.id),
    )
    ordered = waiting.order_by(col(Broadcast.released_at), col(Broadcast.id))
    for broadcast_id in session.exec(ordered.limit(_MOST_AT_ONCE)):
        yield _Due(broadcast_id, CapReader.PARTNERS)


def _has_document(broadcast_id: object) -> Condition:
    return exists().where(
        col(CapDocument.broadcast_id) == broadcast_id,
        col(CapDocument.reader) == CapReader.PARTNERS,
    )


def _unwithdrawn(session: Session) -> Iterator[_Due]:
    """Those that were stopped on their way and whose readers do not know it."""
    told = exists().where(
        col(CapDocument.broadcast_id) == col(Broadcast.id), col(CapDocument.is_withdrawal)
    )
    stopped = select(Broadcast.id).where(
        col(Broadcast.released_at) >= clock.now() - _STILL_NEWS,
        col(Broadcast.status) == BroadcastStatus.CANCELLED,
        _has_document(Broadcast.id),
        ~told,
    )
    ordered = stopped.order_by(col(Broadcast.released_at)).limit(_MOST_AT_ONCE)
    for broadcast_id in session.exec(ordered):
        yield _Due(broadcast_id, CapReader.PARTNERS, is_withdrawal=True)


def _not_yet_public(session: Session) -> Iterator[_Due]:
    """What partners read of alerts that are marked public, and the public does not yet."""
    rows = CapDocument.__table__.alias("public")  # type: ignore[attr-defined]  # SQLModel hides it
    is_public = exists().where(
        rows.c.broadcast_id == col(CapDocument.broadcast_id),
        rows.c.is_withdrawal == col(CapDocument.is_withdrawal),
        rows.c.reader == CapReader.PUBLIC,
    )
    marked = (
        select(CapDocument)
        .join(CapPublicMark, col(CapPublicMark.broadcast_id) == col(CapDocument.root_id))
        .where(
            CapDocument.reader == CapReader.PARTNERS,
            col(CapDocument.sent_at) >= clock.now() - _STILL_NEWS,
            ~is_public,
        )
    )
    for known in session.exec(marked.order_by(col(CapDocument.id)).limit(_MOST_AT_ONCE)):
        yield _Due(known.broadcast_id, CapReader.PUBLIC, known.is_withdrawal)


def _compose(session: Session, due: _Due) -> _Composed:
    broadcast = session.get_one(Broadcast, due.broadcast_id)
    story, root_id = _story(session, broadcast), _root_of(session, broadcast)
    earlier = _earlier(session, root_id, due.reader)
    # Never before what it refers to, which may have been withdrawn while it was being released.
    sent = max([_said_at(session, broadcast, due), *(one.sent for one in earlier)])
    place = Place(due.reader, sent, earlier, due.is_withdrawal)
    alert = composing.compose(story, place)
    row = CapDocument(
        id=new_id(),
        police_zone_id=story.zone.id,
        broadcast_id=broadcast.id,
        root_id=root_id,
        reader=due.reader,
        is_withdrawal=due.is_withdrawal,
        sender=alert.sender,
        identifier=alert.identifier,
        message_type=alert.message_type,
        status=alert.status,
        sent_at=alert.sent,
        expires_at=composing.expiry(broadcast, place),
        headline=alert.infos[0].headline,
        xml=document(alert),
    )
    return _Composed(row, len(earlier))


def _store(session: Session, composed: _Composed) -> int:
    """Whether it was stored: not if it is there already, nor if another came between. That one it
    must refer to, so it is composed again at the next look."""
    row = composed.row
    held = select(col(Broadcast.id)).where(Broadcast.id == row.root_id)
    session.exec(held.with_for_update(key_share=True)).one()
    of_this_reader = _of_reader(row.root_id, row.reader)
    count = select(func.count()).select_from(CapDocument).where(of_this_reader)
    if session.exec(count).one() != composed.earlier:
        return 0
    insert = insert_new(session, CapDocument).values(**row.model_dump())
    return len(session.execute(insert.returning(col(CapDocument.id))).all())


def _of_reader(root_id: UUID, reader: CapReader) -> Condition:
    return and_(col(CapDocument.root_id) == root_id, col(CapDocument.reader) == reader)


def _said_at(session: Session, broadcast: Broadcast, due: _Due) -> datetime:
    """When this was said to this reader; whole seconds, as CAP has no others."""
    assert broadcast.released_at is not None
    at = clock.now() if due.is_withdrawal else broadcast.released_at
    if due.reader is CapReader.PUBLIC:
        public = session.get(CapPublicMark, _root_of(session, broadcast))
        at = max(at, public.marked_at) if public else at
    return at.replace(microsecond=0)


def _root_of(session: Session, broadcast: Broadcast) -> UUID:
    """The alert it began with."""
    if broadcast.follows_id is None:
        return broadcast.id
    followed = select(CapDocument.root_id).where(
        CapDocument.broadcast_id == broadcast.follows_id,
        CapDocument.reader == CapReader.PARTNERS,
    )
    return session.exec(followed.limit(1)).one()


def _earlier(session: Session, root_id: UUID, reader: CapReader) -> list[Reference]:
    """Everything this reader was told about the alert before, oldest first."""
    said = select(CapDocument).where(_of_reader(root_id, reader))
    return [
        Reference(one.sender, one.identifier, one.sent_at)
        for one in session.exec(said.order_by(col(CapDocument.sent_at), col(CapDocument.id)))
    ]


def _story(session: Session, broadcast: Broadcast) -> Story:
    rows = session.exec(
        select(Partnership, CommunicationPlan.version, Zone)
        .join(BroadcastPartnership, col(BroadcastPartnership.partnership_id) == col(Partnership.id))
        .join(
            CommunicationPlan,
            col(CommunicationPlan.id) == col(BroadcastPartnership.communication_plan_id),
        )
        .outerjoin(Zone, col(Zone.partnership_id) == col(Partnership.id))
        .where(BroadcastPartnership.broadcast_id == broadcast.id)
        .order_by(Partnership.slug)
    ).all()
    incident = session.get(Incident, broadcast.incident_id) if broadcast.incident_id else None
    zone_id = incident.police_zone_id if incident else rows[0][0].police_zone_id
    return Story(
        broadcast=broadcast,
        incident=incident,
        zone=session.get_one(Organisation, zone_id),
        texts=broadcasts.texts_of(session, broadcast),
        areas=[areas.area_of(partnership, zone) for partnership, _version, zone in rows],
        plan_versions=[(partnership.slug, str(version)) for partnership, version, _zone in rows],
    )
