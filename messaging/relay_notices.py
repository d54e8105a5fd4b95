"""What coordinators, officers and writers are told about a relay: one mail each, with a link; and
a text to those who asked for it."""

from collections.abc import Iterable
from datetime import timedelta

from sqlmodel import Session

from hub.config import settings
from hub.i18n import Language, mark, translate
from messaging import relay_by_text
from messaging.models import ColdMessage, Relay
from partnerships import notices
from partnerships.models import Account, Channel, Partnership
from partnerships.notices import About, Words

_GOOD_FOR = timedelta(days=3)
_ASKED = mark(
    "The police or your municipality ask you to pass a message on to the members of"
    " {partnership}. Read it, add a line of your own if you like, and pass it on or say why"
    " not:\n{link}"
)
_REMINDED = mark(
    "A message for the members of {partnership} still waits for you. Please pass it on, or say"
    " why not:\n{link}"
)
_DEPUTY = mark(
    "The coordinator of {partnership} has not answered. You stand in for him: please read this"
    " message and pass it on to the members, or say why not:\n{link}"
)
_OVERDUE = mark(
    "Your message has not been passed on to the members of {partnership}, and nobody has answered."
    " Perhaps call the coordinator:\n{link}"
)
_DECLINED = mark(
    "Your message was not passed on to the members of {partnership}. Read why:\n{link}"
)
_TO_READ = mark(
    "A coordinator of {partnership} has written to his members. By the communication plan you read"
    " it first. Let it leave, or send it back:\n{link}"
)
_LEFT_BEHIND = mark(
    "A message to the members of {partnership} was planned, and whoever planned it may not send it"
    " any more. It has not left and is a draft now. Read it and release it, or withdraw it:\n{link}"
)
_SENT_BACK = mark(
    "The police have read your message to the members of {partnership} and ask you to change it."
    " Read their remark:\n{link}"
)


def asked(session: Session, relay: Relay, partnership: Partnership, to: Iterable[Account]) -> None:
    """Ask a coordinator, or whoever stands in for him, to pass a message on."""
    subject = mark("{partnership}: a message to pass on")
    _tell(session, "relay_asked", relay, partnership, to, subject, _ASKED)


def reminded(
    session: Session, relay: Relay, partnership: Partnership, to: Iterable[Account]
) -> None:
    """Remind whoever was asked."""
    subject = mark("{partnership}: a message still waits for you")
    _tell(session, "relay_reminder", relay, partnership, to, subject, _REMINDED)


def deputy_asked(
    session: Session, relay: Relay, partnership: Partnership, to: Iterable[Account]
) -> None:
    """Ask the one who stands in for a coordinator who says nothing."""
    subject = mark("{partnership}: please stand in for the coordinator")
    _tell(session, "relay_deputy", relay, partnership, to, subject, _DEPUTY)


def overdue(session: Session, relay: Relay, partnership: Partnership, author: Account) -> None:
    """Tell its writer that nobody answers."""
    subject = mark("{partnership}: nobody has passed your message on")
    _tell_author(session, "relay_overdue", relay, partnership, author, subject, _OVERDUE)


def declined(session: Session, relay: Relay, partnership: Partnership, author: Account) -> None:
    """Tell its writer that a coordinator does not pass it on; why stands on the page."""
    subject = mark("{partnership}: your message was not passed on")
    _tell_author(session, "relay_declined", relay, partnership, author, subject, _DECLINED)


def to_review(
    session: Session, message: ColdMessage, partnership: Partnership, to: Iterable[Account]
) -> None:
    """Ask the officers of the zone to read what a coordinator wrote."""
    subject = mark("{partnership}: a message to read")
    about = About("cold_message", message.id)
    link = _page(f"/cold/{message.id}")
    for account in to:
        _write(session, "cold_review", about, account, partnership, subject, _TO_READ, link)


def left_behind(
    session: Session, message: ColdMessage, partnership: Partnership, to: Iterable[Account]
) -> None:
    """Tell the officers of the zone of a planned message for which nobody answers any more."""
    subject = mark("{partnership}: a planned message waits for somebody")
    about = About("cold_message", message.id)
    link = _page(f"/cold/{message.id}")
    for account in to:
        _write(
            session, "cold_left_behind", about, account, partnership, subject, _LEFT_BEHIND, link
        )


def sent_back(
    session: Session, message: ColdMessage, partnership: Partnership, author: Account
) -> None:
    """Tell a coordinator that the police ask for something else."""
    subject = mark("{partnership}: the police have a remark on your message")
    about = About("cold_message", message.id)
    link = _page(f"/cold/{message.id}")
    _write(session, "cold_sent_back", about, author, partnership, subject, _SENT_BACK, link)


def _tell(
    session: Session,
    kind: str,
    relay: Relay,
    partnership: Partnership,
    to: Iterable[Account],
    subject: str,
    body: str,
) -> None:
    for account in to:
        about = About("relay", relay.id)
        link = _page(f"/relay/{relay.id}")
        _write(session, kind, about, account, partnership, subject, body, link)
        relay_by_text.tell(session, relay, partnership, account)


def _tell_author(
    session: Session,
    kind: str,
    relay: Relay,
    partnership: Partnership,
    author: Account,
    subject: str,
    body: str,
) -> None:
    about = About("relay", relay.id)
    link = _page(f"/cold/{relay.message_id}")
    _write(session, kind, about, author, partnership, subject, body, link)


def _page(path: str) -> str:
    return f"{settings().base_url}{path}"


def _write(
    session: Session,
    kind: str,
    about: About,
    account: Account,
    partnership: Partnership,
    subject: str,
    body: str,
    link: str,
) -> None:
    language = Language(account.language)
    words = Words(
        language,
        translate(language, body, partnership=partnership.name, link=link),
        translate(language, subject, partnership=partnership.name),
    )
    notices.write(session, kind, about, Channel.EMAIL, account.email, words, _GOOD_FOR)
