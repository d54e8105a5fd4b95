"""A member of one partnership asks to join another in his police zone, with what we know of him."""

from sqlmodel import Session, col, select

from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from partnerships import consent, joining, leaving, ways
from partnerships.application import Application
from partnerships.models import (
    LIVING_STATUSES,
    ContactKind,
    ContactPoint,
    JoinRequest,
    Partnership,
    Person,
    Purpose,
)
from partnerships.ways import Way

_MOST_SHOWN = 50


def to_join(session: Session, person: Person) -> list[Partnership]:
    """The other partnerships of his police zones that take requests, by name."""
    own = [partnership for _membership, partnership in leaving.present(session, person)]
    taken = [one.id for one in own] + [one.id for one in asked(session, person)]
    found = session.exec(
        select(Partnership)
        .where(
            col(Partnership.police_zone_id).in_({one.police_zone_id for one in own}),
            col(Partnership.id).not_in(taken),
            col(Partnership.status).in_(LIVING_STATUSES),
            col(Partnership.takes_requests),
        )
        .order_by(Partnership.name)
        .limit(_MOST_SHOWN)
    )
    return list(found)


def asked(session: Session, person: Person) -> list[Partnership]:
    """The partnerships whose coordinator has his request."""
    found = session.exec(
        select(Partnership)
        .join(JoinRequest, col(JoinRequest.partnership_id) == col(Partnership.id))
        .where(
            JoinRequest.person_id == person.id, col(JoinRequest.status).in_(joining.OPEN_STATUSES)
        )
        .order_by(Partnership.name)
    )
    return list(found)


def ask(session: Session, person: Person, slug: str) -> JoinRequest:
    """Ask to join. Raises ``BadInput`` on ``partnership``: it is not one he may ask, or he takes no
    urgent alerts."""
    wanted = next((one for one in to_join(session, person) if one.slug == slug), None)
    if wanted is None:
        raise BadInput(FieldProblem("partnership", mark("Choose one of these partnerships.")))
    purposes = [one for one in Purpose if consent.in_force(session, person.id, one) is not None]
    if Purpose.URGENT_ALERTS not in purposes:
        problem = mark("First agree to urgent alerts: they are what a partnership is for.")
        raise BadInput(FieldProblem("partnership", problem))
    request = joining.ask_as_member(session, wanted, _application(session, person), person.id)
    request.purposes = list(purposes)
    for point in ways.of_person(session, person.id):
        if point.value == request.telephone:
            request.telephone_verified_at = point.verified_at
        if point.value == request.email:
            request.email_verified_at = point.verified_at
    session.add(request)
    session.flush()
    return request


def _application(session: Session, person: Person) -> Application:
    points = ways.of_person(session, person.id)
    return Application(
        name=person.name,
        telephone=_first(points, ContactKind.MOBILE, ContactKind.LANDLINE),
        email=_first(points, ContactKind.EMAIL),
        street="",
        house_number="",
        language=person.language,
        purposes=(Purpose.URGENT_ALERTS,),
    )


def _first(points: list[ContactPoint], *kinds: ContactKind) -> Way | None:
    for kind in kinds:
        for point in points:
            if point.kind is kind:
                return Way(point.kind, point.value)
    return None
