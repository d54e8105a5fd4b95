"""A member's way to his own page: a link by text or mail, good once, and the visit it opens."""

import itertools
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from hub import clock
from hub.config import settings
from hub.errors import NotSignedIn
from hub.i18n import mark
from hub.queue import QueueName, enqueue
from hub.security import keyed_digest, new_token, token_hash
from partnerships import confirmation, member_notices, sign_up_limits, ways
from partnerships.confirmation import CODE_GOOD_FOR
from partnerships.contact import UNPROVED
from partnerships.models import ContactPoint, MemberLink, MemberVisit, Person
from partnerships.ways import Way

SEND_LINKS_JOB = "workers.jobs.send_member_links"
_BELL_PATIENCE = timedelta(seconds=30)
_LONGEST_VISIT = timedelta(hours=4)
_KEPT_FOR = timedelta(days=2)
# A row written at each request would be a write lock at each page view.
_SEEN_EVERY = timedelta(minutes=1)
# A household may share one mobile; a link for each of more people would fill the screen.
_MOST_PEOPLE = 4


class NoVisit(NotSignedIn):
    """No link was used in this browser, or the visit it opened is over."""

    door = "/me/link?ended=1"
    led_from = ("GET", "POST")

    def __init__(self) -> None:
        super().__init__()
        self.message = mark("Your visit is over. Ask for a new link.")


def ask(session: Session, way: Way, place: str) -> None:
    """Have a link sent to everybody who has this mobile or address; nothing to a stranger's.

    Whoever asks cannot tell: there is no answer, and a worker looks who has it, so that nothing
    here takes longer for a member's number than for a stranger's.
    """
    if sign_up_limits.link_passed(session, way, place) is None:
        asked = confirmation.count_link(session, way, place)
        enqueue(session, SEND_LINKS_JOB, str(asked), queue=QueueName.DEFAULT)


def send_asked(session: Session, asked: UUID) -> None:
    """Send the links that somebody asked for; asked for once they are sent once."""
    index = confirmation.take_asked_link(session, asked)
    found = _people(session, index) if index is not None else []
    for person, point in found:
        token = new_token()
        at = clock.now()
        session.add(
            MemberLink(
                token_hash=token_hash(token),
                person_id=person.id,
                created_at=at,
                expires_at=at + CODE_GOOD_FOR,
            )
        )
        way = Way(point.kind, point.value)
        confirmation.note_link(session, way, asked, token, point.id)
        member_notices.send_link(session, person, way, token, is_shared=len(found) > 1)


def waiting(session: Session) -> list[UUID]:
    """What was asked for and no worker has seen to yet."""
    return confirmation.open_asked_links(session, clock.now())


def ring_again(session: Session) -> None:
    """Ring for what nobody came for."""
    for asked in confirmation.open_asked_links(session, clock.now() - _BELL_PATIENCE):
        enqueue(session, SEND_LINKS_JOB, str(asked), queue=QueueName.DEFAULT)


def _people(session: Session, index: str) -> list[tuple[Person, ContactPoint]]:
    found = session.exec(
        select(Person, ContactPoint)
        .join(ContactPoint, col(ContactPoint.person_id) == col(Person.id))
        .where(ContactPoint.value_index == index, col(Person.erased_at).is_(None))
        .order_by(col(Person.created_at))
    )
    leading = (one for one in found if _leads_in(session, *one))
    return list(itertools.islice(leading, _MOST_PEOPLE))


def _leads_in(session: Session, person: Person, point: ContactPoint) -> bool:
    """Whether a link may go there. Whoever has proved one way, or has one vouched for, is led in by
    such ways only: another that somebody wrote down for him, or mistyped, is perhaps a stranger's.
    """
    if ways.is_proved(point):
        return True
    if any(one in UNPROVED for one in ways.stops_of(session, point.id).values()):
        return False
    return not any(ways.is_proved(one) for one in ways.of_person(session, person.id))


def behind(session: Session, token: str) -> Person | None:
    """Whose link this is, while it is good; looking at it spends nothing."""
    link = session.get(MemberLink, token_hash(token))
    if link is None or link.used_at is not None or link.expires_at <= clock.now():
        return None
    person = session.get_one(Person, link.person_id)
    return person if person.erased_at is None else None


def open_visit(session: Session, token: str) -> str | None:
    """Use a link: the cookie of the visit it opens, ``None`` when it is spent or too old.

    Whoever came by it has shown that the number or address it was sent to is his.
    """
    person = behind(session, token)
    if person is None or not _spend(session, token):
        return None
    visit, at = new_token(), clock.now()
    session.add(
        MemberVisit(
            token_hash=token_hash(visit),
            person_id=person.id,
            came_by_index=_prove(session, person, token),
            created_at=at,
            last_seen_at=at,
        )
    )
    session.flush()
    return visit


def _spend(session: Session, token: str) -> bool:
    spent = session.execute(
        update(MemberLink)
        .where(col(MemberLink.token_hash) == token_hash(token), col(MemberLink.used_at).is_(None))
        .values(used_at=clock.now())
        .returning(col(MemberLink.token_hash))
    )
    return spent.first() is not None


def _prove(session: Session, person: Person, token: str) -> str:
    """Note that the way the link was sent to is his; its blind index."""
    points = {one.id: one for one in ways.of_person(session, person.id)}
    proved = confirmation.point_of_link(session, token, list(points))
    if proved is None:
        return ""
    if points[proved].verified_at is None:
        points[proved].verified_at = clock.now()
        session.add(points[proved])
    return points[proved].value_index


def person_here(session: Session, visit: str) -> Person | None:
    """Whose visit a cookie belongs to; ``None`` when it is unknown, idle too long, or too old."""
    row = session.get(MemberVisit, token_hash(visit)) if visit else None
    if row is None or row.last_seen_at < clock.now() - _idle() or row.created_at < _oldest():
        return None
    person = session.get_one(Person, row.person_id)
    return person if person.erased_at is None else None


def came_by(session: Session, visit: str) -> ContactPoint | None:
    """The number or address by which somebody came; none if he has taken it off since."""
    row = session.get(MemberVisit, token_hash(visit))
    points = ways.of_person(session, row.person_id) if row else []
    return next((one for one in points if row and one.value_index == row.came_by_index), None)


def go_on_by_another(session: Session, visit: str) -> None:
    """Let a visit go on whose holder, surely this member, took off the way by which he came: by
    another that is surely his, if he has one."""
    row = session.get(MemberVisit, token_hash(visit))
    if row is None or came_by(session, visit) is not None:
        return
    own = ways.of_person(session, row.person_id)
    other = next((one for one in own if ways.is_surely_his(one)), None)
    if other is not None:
        row.came_by_index = other.value_index
        session.add(row)
        session.flush()


def _idle() -> timedelta:
    return timedelta(minutes=settings().session_idle_minutes)


def _oldest() -> datetime:
    return clock.now() - _LONGEST_VISIT


def is_due_to_be_seen(session: Session, visit: str) -> bool:
    """Whether the row should be told that its holder is still there."""
    row = session.get(MemberVisit, token_hash(visit))
    return row is not None and row.last_seen_at < clock.now() - _SEEN_EVERY


def seen(session: Session, visit: str) -> None:
    """Note that the holder of this cookie is still there."""
    row = session.get(MemberVisit, token_hash(visit))
    if row is not None:
        row.last_seen_at = clock.now()
        session.add(row)


def form_token(visit: str) -> str:
    """What each form of this visit carries, and another site cannot know."""
    return keyed_digest("member-form", visit)


def close_visit(session: Session, visit: str) -> None:
    """End this visit; the cookie is worth nothing from the next request on."""
    session.execute(delete(MemberVisit).where(col(MemberVisit.token_hash) == token_hash(visit)))


def forget_old(session: Session) -> None:
    """Drop links and visits that nobody can use any more."""
    at = clock.now()
    session.execute(delete(MemberLink).where(col(MemberLink.created_at) < at - _KEPT_FOR))
    is_over = or_(
        col(MemberVisit.last_seen_at) < at - _idle(), col(MemberVisit.created_at) < _oldest()
    )
    session.execute(delete(MemberVisit).where(is_over))
