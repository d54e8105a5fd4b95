"""A member's own numbers and addresses: adding, proving, ordering and removing them himself."""

from uuid import UUID

from sqlmodel import Session, col, select

from hub import audit, clock
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from partnerships import confirmation, contact, member_notices, ways
from partnerships.confirmation import About, Answer
from partnerships.contact import UNPROVED
from partnerships.models import (
    CHANNELS_OF_CONTACT,
    ContactKind,
    ContactPoint,
    ContactStop,
    Person,
)
from partnerships.sign_up_limits import Limit

_MOST = 6


def own(session: Session, person: Person, point_id: UUID) -> ContactPoint:
    """One of his ways; raises ``NotFound`` when it is not his."""
    for point in ways.of_person(session, person.id):
        if point.id == point_id:
            return point
    raise NotFound


def add(session: Session, person: Person, typed: str, place: str, *, is_sure: bool) -> ContactPoint:
    """One more number or address. It is used once it is confirmed; a land line at once.

    ``is_sure`` says that the visitor came by a way that is surely this person's. Raises
    ``BadInput`` on ``way``.
    """
    way = ways.read("way", typed.strip())
    own = ways.of_person(session, person.id)
    if any(one.value == way.value for one in own):
        raise BadInput(FieldProblem("way", mark("We have this number or address already.")))
    if len(own) >= _MOST:
        raise BadInput(FieldProblem("way", mark("Remove another one first.")))
    ways.add(session, person, way)
    session.flush()
    point = next(one for one in ways.of_person(session, person.id) if one.value == way.value)
    # Who came by a number that somebody wrote down for him is not known to be him yet.
    if is_sure:
        point.given_by_owner_at = clock.now()
        session.add(point)
    if way.kind is not ContactKind.LANDLINE:
        contact.close_unproved(session, point)
        ask_to_confirm(session, person, point, place)
    audit.record(session, "member.add_own_way", ("contact_point", point.id), by=None, kind=way.kind)
    return point


def ask_to_confirm(
    session: Session, person: Person, point: ContactPoint, place: str
) -> Limit | None:
    """Send the code or link that proves one of his ways; the limit in the way, if any."""
    if point.kind is ContactKind.LANDLINE:
        return None
    way = ways.Way(point.kind, point.value)
    about = About(contact_point_id=point.id)
    if point.kind is ContactKind.EMAIL:
        link = confirmation.new_link(session, way, about, place)
        if isinstance(link, Limit):
            return link
        member_notices.mail_link(session, person, point, link)
        return None
    code = confirmation.new_code(session, way, about, place)
    if isinstance(code, Limit):
        return code
    member_notices.text_code(session, person, point, code)
    return None


def confirm_by_code(session: Session, point: ContactPoint, typed: str) -> Answer:
    """Try the code of a new mobile; a right one lets it be used."""
    answer = confirmation.try_code(session, About(contact_point_id=point.id), typed)
    if answer is Answer.RIGHT:
        _confirmed(session, point)
    return answer


def behind_link(session: Session, token: str) -> ContactPoint | None:
    """The address that a link is about, while it is good and his."""
    point_id = confirmation.point_behind(session, token)
    point = session.get(ContactPoint, point_id) if point_id else None
    return point if point is not None and point.value else None


def confirm_by_link(session: Session, token: str) -> ContactPoint | None:
    """Use the link of a new address; ``None`` for one that is spent or too old."""
    point = behind_link(session, token)
    if point is None or not confirmation.use_link(session, token):
        return None
    _confirmed(session, point)
    return point


def _confirmed(session: Session, point: ContactPoint) -> None:
    point.verified_at = clock.now()
    session.add(point)
    contact.resume_all(session, point)
    audit.record(session, "member.confirm_way", ("contact_point", point.id), by=None)


def put_first(session: Session, person: Person, point: ContactPoint) -> None:
    """Try this number or address before his others of the kind."""
    rest = [one for one in ways.of_person(session, person.id) if one.id != point.id]
    for position, one in enumerate([point, *rest], start=1):
        one.position = position
        session.add(one)
    session.flush()


def remove(session: Session, person: Person, point: ContactPoint) -> None:
    """Take one off. Raises ``BadInput`` on ``way`` for the last one: nothing would reach him."""
    if len(ways.of_person(session, person.id)) == 1:
        raise BadInput(FieldProblem("way", mark("This is the last one. Leave instead?")))
    audit.record(session, "member.remove_own_way", ("contact_point", point.id), by=None)
    ways.remove(session, point)
    session.flush()


def closed(session: Session, person: Person) -> dict[UUID, str]:
    """Which of his ways are closed, and why; one that is closed for calls only is open."""
    points = ways.of_person(session, person.id)
    rows = session.exec(
        select(ContactStop).where(col(ContactStop.contact_point_id).in_([one.id for one in points]))
    ).all()
    found: dict[UUID, str] = {}
    for point in points:
        reasons = [one.reason for one in rows if one.contact_point_id == point.id]
        if len(reasons) == len(CHANNELS_OF_CONTACT[point.kind]):
            found[point.id] = reasons[0]
    return found


def reopen(session: Session, person: Person, point: ContactPoint) -> None:
    """Use a number or address again that was closed; a land line, which takes no code, on his word.

    Raises ``BadInput`` on ``way`` for one that was never confirmed.
    """
    takes_proof = point.kind is not ContactKind.LANDLINE
    is_unproved = point.verified_at is None or closed(session, person).get(point.id) in UNPROVED
    if takes_proof and is_unproved:
        raise BadInput(FieldProblem("way", mark("Confirm it first.")))
    contact.resume_all(session, point)
    audit.record(session, "member.start", ("contact_point", point.id), by=None)
