"""Feeds of other systems that are looked into: kept by a zone, read beside everything else."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urljoin
from uuid import UUID
from xml.etree.ElementTree import Element

from sqlalchemy import update
from sqlmodel import Session, col, select

from hub import audit, clock, log
from hub.access import Action, Actor
from hub.config import settings
from hub.db import Condition, hold_alone, unit_of_work
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from messaging import outside, zone_reach
from messaging.cap import arrivals, reading, structure
from messaging.cap.feed import ATOM
from messaging.cap.vocabulary import MEDIA_TYPE, NAMESPACE
from messaging.models import CapArrival, CapSource
from messaging.outside import OutsideError
from partnerships.models import Organisation

_log = log.get(__name__)

_MOST_ALERTS = 20
_MOST_PER_ZONE = 20
_AT_ONCE = 10
# For a feed and all its alerts together.
_LONGEST_LOOK_SECONDS = 60
_UNCHANGED = 304
_FINE = 200

_KNOWN = mark("This address is in the list already.")
_TOO_MANY = mark("A zone has at most {count} addresses. Remove one first.")


def add(session: Session, actor: Actor, zone: Organisation, url: str) -> CapSource:
    """Look into this feed from now on. Raises ``BadInput`` on the address."""
    wrong = outside.problem_with(url)
    if wrong:
        raise BadInput(wrong)
    # Of two who add it at once, the second sees the first.
    hold_alone(session, zone.id)
    known = select(CapSource.id).where(CapSource.police_zone_id == zone.id, CapSource.url == url)
    if session.exec(known).first():
        raise BadInput(FieldProblem("url", _KNOWN))
    if len(of_zone(session, zone.id)) >= _MOST_PER_ZONE:
        raise BadInput(FieldProblem("url", _TOO_MANY, (("count", _MOST_PER_ZONE),)))
    source = CapSource(
        police_zone_id=zone.id, url=url, added_by=actor.account_id, next_look_at=clock.now()
    )
    session.add(source)
    session.flush()
    audit.record(session, "cap_source.add", ("cap_source", source.id), by=actor.account_id)
    return source


def of_zone(session: Session, zone_id: UUID) -> list[CapSource]:
    """A zone's feeds, the oldest first."""
    kept = select(CapSource).where(CapSource.police_zone_id == zone_id)
    return list(session.exec(kept.order_by(col(CapSource.id))))


def remove(session: Session, actor: Actor, source_id: UUID) -> None:
    """Look into it no longer; what came from it stays. Raises ``NotFound``."""
    source = session.get(CapSource, source_id)
    if source is None or not zone_reach.is_within(
        source.police_zone_id, actor, Action.KEEP_WEBHOOKS
    ):
        raise NotFound
    session.execute(
        update(CapArrival).where(col(CapArrival.source_id) == source.id).values(source_id=None)
    )
    session.delete(source)
    audit.record(session, "cap_source.remove", ("cap_source", source.id), by=actor.account_id)


async def look_into_due() -> int:
    """Look into the feeds whose time has come, side by side; how many."""
    with unit_of_work(read_only=True) as session:
        is_any_due = session.exec(select(CapSource.id).where(_is_due()).limit(1)).first()
    if is_any_due is None:
        return 0
    with unit_of_work() as session:
        due = _take_due(session)
    free = asyncio.Semaphore(_AT_ONCE)
    await asyncio.gather(*(_look_when_free(one, free) for one in due))
    return len(due)


def _is_due() -> Condition:
    return col(CapSource.next_look_at) <= clock.now()


def _take_due(session: Session) -> list[UUID]:
    """One look each, however many timetables run; one that comes to nothing is followed by the
    next."""
    later = clock.now() + timedelta(seconds=settings().cap_look_seconds)
    taken = session.execute(
        update(CapSource)
        .where(_is_due())
        .values(next_look_at=later)
        .returning(col(CapSource.id))
        .execution_options(synchronize_session=False)
    )
    return list(taken.scalars())


async def _look_when_free(source_id: UUID, free: asyncio.Semaphore) -> None:
    async with free:
        try:
            await look(source_id)
        except Exception:
            # One that fails must not keep the others from being looked into.
            _log.exception("cap_look_failed", source_id=str(source_id))


async def look(source_id: UUID) -> None:
    """Take in what is new in one feed, and write down how it went."""
    with unit_of_work(read_only=True) as session:
        source = session.get(CapSource, source_id)
    if source is None:
        return
    etag = source.etag
    try:
        async with asyncio.timeout(_LONGEST_LOOK_SECONDS):
            result, etag = await _look_into(source)
    except TimeoutError:
        result = "timed_out"
    except OutsideError as refusal:
        result = refusal.reason
    except BadInput:
        result = "no_feed"
    with unit_of_work() as session:
        kept = session.get(CapSource, source_id)
        if kept is not None:
            kept.result, kept.etag, kept.looked_at = result, etag, clock.now()
            session.add(kept)


async def _look_into(source: CapSource) -> tuple[str, str]:
    headers = {"If-None-Match": source.etag} if source.etag else {}
    found = await outside.get(source.url, headers, reading.LARGEST_BYTES)
    if found.status == _UNCHANGED:
        return "unchanged", source.etag
    if found.status != _FINE:
        return f"http_{found.status}", ""
    documents = await _documents(source.url, found.body)
    # The oldest first: an update finds the alert it refers to.
    taken = [one is not None and _take_in(source, one) for one in reversed(documents)]
    # What is missing now may be there at the next look, though the feed has not changed.
    etag = "" if None in documents else found.etag
    return ("taken" if all(taken) else "some_refused"), etag


async def _documents(url: str, content: bytes) -> Sequence[bytes | None]:
    """The alerts behind a feed, the newest first, None for one that is not there; or the alert
    itself, where no feed is."""
    root = reading.parse(content)
    if structure.split_tag(root.tag) == (NAMESPACE, "alert"):
        return [content]
    return [await _document(url, one) for one in _addresses(root)[:_MOST_ALERTS]]


async def _document(url: str, address: str) -> bytes | None:
    # One that is missing must not keep the others out.
    try:
        answer = await outside.get(urljoin(url, address), {}, reading.LARGEST_BYTES)
    except (OutsideError, ValueError):
        return None
    return answer.body if answer.status == _FINE else None


def _addresses(root: Element) -> list[str]:
    """Where a feed says its alerts are. Raises ``BadInput`` when it is no Atom feed."""
    if root.tag != f"{{{ATOM}}}feed":
        raise reading.Refused(FieldProblem("file", mark("This is no Atom feed.")))
    links = [
        [link.attrib for link in entry.iter(f"{{{ATOM}}}link") if link.get("href")]
        for entry in root.iter(f"{{{ATOM}}}entry")
    ]
    return [_best(of_entry)["href"] for of_entry in links if of_entry]


def _best(links: list[dict[str, str]]) -> dict[str, str]:
    typed = [one for one in links if one.get("type", "").startswith(MEDIA_TYPE)]
    return (typed or links)[0]


def _take_in(source: CapSource, content: bytes) -> bool:
    """Whether it is in the rows, or need not be."""
    try:
        # What was set aside and forgotten must not come back as news.
        if reading.read(content).sent < clock.now() - arrivals.UNUSED_KEPT:
            return True
        with unit_of_work() as session:
            arrivals.take_in(session, source.police_zone_id, content, None, source.id)
    except arrivals.OwnAlert:
        return True
    except BadInput as refusal:
        faults = len(refusal.problems)
        _log.warning("cap_refused", source_id=str(source.id), problems=faults)
        return False
    return True
