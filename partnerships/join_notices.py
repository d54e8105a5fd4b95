"""What somebody who wants to join is sent: a code, a link, an invitation, the decision."""

from collections.abc import Collection
from datetime import timedelta

from sqlmodel import Session, col, select

from hub import clock
from hub.config import settings
from hub.i18n import Language, mark, translate
from partnerships import appointments, notices
from partnerships.confirmation import CODE_GOOD_FOR, MAIL_LINK_GOOD_FOR
from partnerships.models import (
    Account,
    Channel,
    ContactKind,
    Invitation,
    JoinRequest,
    Notice,
    NoticeState,
    Partnership,
)
from partnerships.notices import About, Words
from partnerships.ways import Way

_TOLD_WITHIN = timedelta(days=1)


def _about(request: JoinRequest) -> About:
    return About("join_request", request.id)


def text_code(session: Session, request: JoinRequest, partnership: Partnership, code: str) -> None:
    """The six digits that prove a mobile."""
    sentence = mark(
        "{code} is your code for {partnership}. It is good for 10 minutes. Tell nobody."
    )
    body = translate(request.language, sentence, code=code, partnership=partnership.name)
    words = Words(request.language, body)
    to = request.telephone
    notices.write(session, "join_code", _about(request), Channel.SMS, to, words, CODE_GOOD_FOR)


def mail_link(session: Session, request: JoinRequest, partnership: Partnership, token: str) -> None:
    """The link that proves a mail address."""
    language = request.language
    body = translate(
        language,
        mark(
            "Somebody, probably you, asked to join {partnership} with this address.\n\n"
            "Open this page and press the button to confirm that the address is yours. "
            "The link is good for one day:\n{link}\n\n"
            "Was it not you? Then do nothing: this address will not be used."
        ),
        partnership=partnership.name,
        link=f"{settings().base_url}/join/mail/{token}",
    )
    subject = translate(language, mark("Confirm your address"))
    words = Words(language, body, f"{partnership.name}: {subject}")
    notices.write(
        session,
        "join_link",
        _about(request),
        Channel.EMAIL,
        request.email,
        words,
        MAIL_LINK_GOOD_FOR,
    )


def invite(
    session: Session, invitation: Invitation, partnership: Partnership, way: Way, token: str
) -> None:
    """A coordinator's invitation, with a link to the page on which to accept it."""
    language = invitation.language
    link = f"{settings().base_url}/join/{partnership.slug}/invited/{token}"
    about = About("invitation", invitation.id)
    good_for = invitation.expires_at - invitation.created_at
    if way.kind is ContactKind.MOBILE:
        sentence = mark("{partnership} invites you to become a member: {link}")
        body = translate(language, sentence, partnership=partnership.name, link=link)
        words = Words(language, body)
        notices.write(session, "invitation", about, Channel.SMS, way.value, words, good_for)
        return
    body = translate(
        language,
        mark(
            "You are invited to become a member of {partnership}, a Local Prevention Partnership: "
            "neighbours and the police who warn each other.\n\n"
            "Say yes on this page. The link is yours alone and good for two weeks:\n{link}\n\n"
            "Not interested? Then do nothing: you will not be written to again."
        ),
        partnership=partnership.name,
        link=link,
    )
    subject = translate(language, mark("Invitation"))
    words = Words(language, body, f"{partnership.name}: {subject}")
    notices.write(session, "invitation", about, Channel.EMAIL, way.value, words, good_for)


def tell_who_decides(session: Session, partnership: Partnership) -> None:
    """That somebody asks to join, to the coordinator or whoever stands in for him.

    One mail a day, however many ask: a robot must not fill his mailbox.
    """
    at = clock.now()
    told = select(Notice.id).where(
        Notice.kind == "join_asked",
        Notice.about_id == partnership.id,
        col(Notice.state).not_in((NoticeState.FAILED, NoticeState.EXPIRED)),
        col(Notice.created_at) > at - _TOLD_WITHIN,
    )
    relay = appointments.coordinator_or_deputy(session, partnership.id, at)
    if relay is None or session.exec(told).first() is not None:
        return
    for account in relay.accounts:
        _tell_who_decides(session, partnership, account)


def _tell_who_decides(session: Session, partnership: Partnership, account: Account) -> None:
    body = translate(
        account.language,
        mark(
            "Somebody asks to become a member of {partnership}.\n\n"
            "Say yes or no on this page:\n{link}\n\n"
            "You get this mail once a day at most; there may be more requests."
        ),
        partnership=partnership.name,
        link=f"{settings().base_url}/partnerships/{partnership.slug}/requests",
    )
    subject = translate(account.language, mark("A request to join"))
    words = Words(account.language, body, f"{partnership.name}: {subject}")
    about = About("partnership", partnership.id)
    to = account.email
    notices.write(session, "join_asked", about, Channel.EMAIL, to, words, _TOLD_WITHIN)


def tell_approved(
    session: Session, request: JoinRequest, partnership: Partnership, vouched: Collection[str]
) -> None:
    """That the coordinator said yes, and where the member's own page is; nothing to a number or an
    address that nobody has proved or vouched for."""
    sentence = mark(
        "You are now a member of {partnership}. In an emergency call 101. "
        "Your data and choices: {link}"
    )
    link = f"{settings().base_url}/me"
    body = translate(request.language, sentence, partnership=partnership.name, link=link)
    subject = translate(request.language, mark("Welcome"))
    by_mail = request.email_verified_at is not None or "email" in vouched
    if request.telephone_verified_at is not None or by_mail:
        _tell(session, "join_approved", request, partnership, subject, body)


def tell_declined(
    session: Session, request: JoinRequest, partnership: Partnership, reason: str
) -> None:
    """That the coordinator said no, and why; ``reason`` is a sentence still to be translated."""
    sentence = mark("Your request to join {partnership} was not accepted. {reason}")
    body = translate(
        request.language,
        sentence,
        partnership=partnership.name,
        reason=translate(request.language, reason),
    )
    subject = translate(request.language, mark("Your request"))
    _tell(session, "join_declined", request, partnership, subject, body)


def _tell(
    session: Session,
    kind: str,
    request: JoinRequest,
    partnership: Partnership,
    subject: str,
    body: str,
) -> None:
    """By the way he proved; else by mail, which costs a stranger nothing."""
    language: Language = request.language
    if request.telephone_verified_at is not None:
        words, to, channel = Words(language, body), request.telephone, Channel.SMS
    elif request.email:
        words = Words(language, body, f"{partnership.name}: {subject}")
        to, channel = request.email, Channel.EMAIL
    else:
        return
    notices.write(session, kind, _about(request), channel, to, words, _TOLD_WITHIN)
