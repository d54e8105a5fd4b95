"""The feed of a zone's alerts: Atom (RFC 4287), a page at a time (RFC 5005)."""

import hashlib
from dataclasses import dataclass
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement, tostring

from sqlalchemy import exists, or_
from sqlmodel import Session, col, select

from hub.db import Condition
from messaging.cap.vocabulary import MEDIA_TYPE
from messaging.cap.writing import NO_XML, moment
from messaging.models import BroadcastPartnership, CapDocument, CapReader
from partnerships.models import Organisation, Partnership

ATOM = "http://www.w3.org/2005/Atom"
ATOM_MEDIA_TYPE = "application/atom+xml"
PAGE_LENGTH = 50


@dataclass(frozen=True, slots=True)
class Feed:
    """One page of a feed, and the mark by which a reader asks whether it has changed."""

    body: str
    etag: str


def feed(
    session: Session,
    zone: Organisation,
    reader: CapReader,
    place: str,
    before: UUID | None = None,
    limit: int = PAGE_LENGTH,
) -> Feed:
    """The newest documents, or those before one of them. ``place`` is the feed's whole address;
    each document is at ``place/identifier``."""
    rows = documents_of(session, zone, reader, before, limit + 1)
    shown, is_more = rows[:limit], len(rows) > limit
    # The names are written plain: with a namespace of their own, attributes would need one too.
    root = Element("feed", {"xmlns": ATOM})
    _add(root, "id", place)
    _add(root, "title", f"{zone.name} · CAP")
    _add(root, "updated", _updated(shown))
    _add(SubElement(root, "author"), "name", zone.name)
    _link(root, "self", f"{place}?before={before}" if before else place, ATOM_MEDIA_TYPE)
    _link(root, "first", place, ATOM_MEDIA_TYPE)
    if is_more:
        _link(root, "next", f"{place}?before={shown[-1].id}&limit={limit}", ATOM_MEDIA_TYPE)
    for one in shown:
        _add_entry(root, one, place)
    body = tostring(root, encoding="unicode")
    whole = f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'
    return Feed(whole, f'"{hashlib.sha256(whole.encode()).hexdigest()[:32]}"')


def documents_of(
    session: Session, zone: Organisation, reader: CapReader, before: UUID | None, limit: int
) -> list[CapDocument]:
    """A zone's documents for these readers, the newest first; ids grow with time."""
    wanted = select(CapDocument).where(concerns(zone), CapDocument.reader == reader)
    if before is not None:
        wanted = wanted.where(col(CapDocument.id) < before)
    return list(session.exec(wanted.order_by(col(CapDocument.id).desc()).limit(limit)))


def concerns(zone: Organisation) -> Condition:
    """The condition on ``CapDocument`` that a zone published it, or that one of its partnerships
    was alerted: at a border two police zones have the same alert in their feeds."""
    alerted = exists().where(
        col(BroadcastPartnership.broadcast_id) == col(CapDocument.broadcast_id),
        col(BroadcastPartnership.partnership_id) == col(Partnership.id),
        col(Partnership.police_zone_id) == zone.id,
    )
    return or_(col(CapDocument.police_zone_id) == zone.id, alerted)


def is_known(etag: str, known: str) -> bool:
    """Whether one of the marks in If-None-Match is this one; a proxy may have made it weak."""
    marks = {one.strip().removeprefix("W/") for one in known.split(",")}
    return etag in marks or "*" in marks


def _updated(shown: list[CapDocument]) -> str:
    # An empty feed needs a moment too; the same each time, or it would seem to change.
    return moment(shown[0].sent_at) if shown else "1970-01-01T00:00:00+00:00"


def _add_entry(root: Element, one: CapDocument, place: str) -> None:
    entry = SubElement(root, "entry")
    _add(entry, "id", f"urn:uuid:{one.id}")
    _add(entry, "title", one.headline)
    _add(entry, "updated", moment(one.sent_at))
    _add(entry, "summary", f"{one.status}, {one.message_type}")
    _link(entry, "alternate", f"{place}/{one.identifier}", MEDIA_TYPE)


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = NO_XML.sub("", text)


def _link(parent: Element, relation: str, address: str, media_type: str) -> None:
    SubElement(parent, "link", {"rel": relation, "href": address, "type": media_type})
