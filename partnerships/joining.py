"""Requests to join: from the form to the coordinator's list, and out of it after two weeks."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import case
from sqlmodel import Session, col, select

from hub import clock
from hub.errors import Conflict, HubError, NotFound
from hub.i18n import mark
from hub.security import blind_index, new_token, read_reference, signed_reference, token_hash
from partnerships import confirmation, invitations, join_notices, sign_up_limits, ways
from partnerships.admission import OPEN_STATUSES as OPEN_STATUSES
from partnerships.admission import Reason as Reason
from partnerships.admission import approve as approve
from partnerships.admission import blank as blank
from partnerships.admission import decline as decline
from partnerships.application import Application
from partnerships.confirmation import About, Answer
from partnerships.consent_wordings import CURRENT
from partnerships.models import (
    ContactKind,
    Invitation,
    JoinedHow,
    JoinRequest,
    JoinStatus,
    Partnership,
    PartnershipStatus,
)
from partnerships.sign_up_limits import Limit
from partnerships.ways import Way

_OPEN_FOR = timedelta(days=14)
_REFERENCE = "join-request"
# Nobody can join what does not exist yet, sleeps or is over.
_CLOSED = (PartnershipStatus.ENDED, PartnershipStatus.REFUSED, PartnershipStatus.DORMANT)


class TooManyRequests(HubError):
    """One place of the internet asks again and again."""

    status = 429


def partnership_to_join(session: Session, slug: str, *, invited: bool = False) -> Partnership:
    """The partnership of a public page. Raises ``NotFound``, or ``Conflict`` if it takes nobody:
    some take only those whom they invited."""
    found = session.exec(select(Partnership).where(Partnership.slug == slug)).first()
    if found is None:
        raise NotFound
    if not (found.takes_requests or invited) or found.status in _CLOSED:
        raise Conflict(
            mark("{partnership} takes no requests to join at the moment."), partnership=found.name
        )
    return found


def ask(
    session: Session,
    partnership: Partnership,
    application: Application,
    form: str,
    place: str,
    *,
    may_text: bool,
    invitation: Invitation | None = None,
) -> JoinRequest:
    """Keep a request and write to the number and address in it. The same form twice is one request.

    ``form`` is the form's own token, ``place`` the blind index of where it came from. A code is
    texted now only with ``may_text``; else once the mail link was used. Nothing here looks whether
    the number or address is known: the answer is the same to a member, a neighbour and a robot.
    Raises ``TooManyRequests``.
    """
    known = _of_form(session, form)
    if known is not None:
        return known
    if sign_up_limits.too_many_requests_from(session, place):
        raise TooManyRequests(mark("Too many requests. Wait an hour and try again."))
    request = _request(partnership, application, form, place)
    session.add(request)
    session.flush()
    if invitation is not None:
        _accept(session, request, invitation)
    send_link(session, request, partnership, place)
    if may_text:
        send_code(session, request, partnership, place)
    join_notices.tell_who_decides(session, partnership)
    return request


def _of_form(session: Session, form: str) -> JoinRequest | None:
    of_form = select(JoinRequest).where(JoinRequest.token_hash == token_hash(form))
    return session.exec(of_form).first()


def _request(
    partnership: Partnership, application: Application, form: str, place: str
) -> JoinRequest:
    at = clock.now()
    return JoinRequest(
        partnership_id=partnership.id,
        token_hash=token_hash(form),
        asked_from_index=place,
        language=application.language,
        name=application.name,
        telephone=application.telephone.value if application.telephone else "",
        email=application.email.value if application.email else "",
        street=application.street,
        house_number=application.house_number,
        stated_at=at,
        created_at=at,
        purposes=list(application.purposes),
        wording_version=CURRENT,
    )


def _accept(session: Session, request: JoinRequest, invitation: Invitation) -> None:
    """Who came by the link of an invitation has shown that the number or address is his."""
    at = invitations.accept(session, invitation)
    request.joined_how = JoinedHow.INVITATION
    if request.email and blind_index(request.email) == invitation.value_index:
        request.email_verified_at = at
    if request.telephone and blind_index(request.telephone) == invitation.value_index:
        request.telephone_verified_at = at
    _now_waiting(session, request)


def ask_as_member(
    session: Session, partnership: Partnership, application: Application, person_id: UUID
) -> JoinRequest:
    """A member of one partnership asks to join another; his ways are the ones we know."""
    place = sign_up_limits.place_index(str(person_id))
    if sign_up_limits.too_many_requests_from(session, place):
        raise TooManyRequests(mark("Too many requests. Wait an hour and try again."))
    request = _request(partnership, application, new_token(), place)
    request.person_id = person_id
    request.status = JoinStatus.WAITING
    session.add(request)
    session.flush()
    join_notices.tell_who_decides(session, partnership)
    return request


def reference(request: JoinRequest) -> str:
    """What the browser that asked keeps, to come back to its request."""
    return signed_reference(_REFERENCE, str(request.id))


def of_reference(session: Session, signed: str) -> JoinRequest | None:
    """The request of a browser, if it is ours and still open."""
    found = read_reference(_REFERENCE, signed)
    request = session.get(JoinRequest, UUID(found)) if found else None
    return request if request is not None and request.status in OPEN_STATUSES else None


def telephone_of(request: JoinRequest) -> Way | None:
    """The number in a request, and whether texts go to it."""
    return ways.read("telephone", request.telephone) if request.telephone else None


def send_code(
    session: Session, request: JoinRequest, partnership: Partnership, place: str
) -> Limit | None:
    """Text a code to the mobile of a request; the limit in the way if it did not leave."""
    way = telephone_of(request)
    if way is None or not way.takes_texts or request.telephone_verified_at is not None:
        return None
    made = confirmation.new_code(session, way, About(join_request_id=request.id), place)
    if isinstance(made, Limit):
        return made
    join_notices.text_code(session, request, partnership, made)
    return None


def send_link(
    session: Session, request: JoinRequest, partnership: Partnership, place: str
) -> Limit | None:
    """Mail the link that confirms the address of a request; the limit in the way if any."""
    if not request.email or request.email_verified_at is not None:
        return None
    way = Way(ContactKind.EMAIL, request.email)
    made = confirmation.new_link(session, way, About(join_request_id=request.id), place)
    if isinstance(made, Limit):
        return made
    join_notices.mail_link(session, request, partnership, made)
    return None


def may_have_code(session: Session, request: JoinRequest) -> bool:
    """Whether this request has earned texts: by its mail link, or by a puzzle that earned one."""
    earned = request.email_verified_at is not None
    return earned or confirmation.was_texted(session, About(join_request_id=request.id))


def try_code(session: Session, request: JoinRequest, typed: str) -> Answer:
    """Try a code that was typed; a right one proves the mobile."""
    answer = confirmation.try_code(session, About(join_request_id=request.id), typed)
    if answer is Answer.RIGHT:
        request.telephone_verified_at = clock.now()
        _now_waiting(session, request)
    return answer


def behind_mail(session: Session, token: str) -> JoinRequest | None:
    """The request that the link of a mail is about, while both are open."""
    request_id = confirmation.request_behind(session, token)
    request = session.get(JoinRequest, request_id) if request_id else None
    return request if request is not None and request.status in OPEN_STATUSES else None


def confirm_mail(session: Session, token: str, place: str) -> JoinRequest | None:
    """Use the link of a mail: the address is proved, and a code leaves for the mobile.

    ``None`` for a link that was used, is too old, or is not ours.
    """
    request = behind_mail(session, token)
    if request is None or not confirmation.use_link(session, token):
        return None
    request.email_verified_at = clock.now()
    _now_waiting(session, request)
    partnership = session.get_one(Partnership, request.partnership_id)
    if not confirmation.was_texted(session, About(join_request_id=request.id)):
        send_code(session, request, partnership, place)
    return request


def _now_waiting(session: Session, request: JoinRequest) -> None:
    request.status = JoinStatus.WAITING
    session.add(request)
    session.flush()


def waiting(session: Session, partnership_id: UUID) -> list[JoinRequest]:
    """What the coordinator is to decide, oldest first; those who proved nothing come last."""
    proved_first = case((col(JoinRequest.status) == JoinStatus.WAITING, 0), else_=1)
    statement = (
        select(JoinRequest)
        .where(
            JoinRequest.partnership_id == partnership_id,
            col(JoinRequest.status).in_(OPEN_STATUSES),
        )
        .order_by(proved_first, col(JoinRequest.created_at), col(JoinRequest.id))
    )
    return list(session.exec(statement))


def forget_old(session: Session) -> None:
    """Close requests nobody decided for two weeks, and blank what says who asked."""
    at = clock.now()
    too_old = (
        col(JoinRequest.status).in_(OPEN_STATUSES),
        col(JoinRequest.created_at) < at - _OPEN_FOR,
    )
    statement = select(JoinRequest).where(*too_old).with_for_update(skip_locked=True)
    for request in session.exec(statement).all():
        request.status, request.decided_at = JoinStatus.EXPIRED, at
        blank(request)
        session.add(request)
    session.flush()
