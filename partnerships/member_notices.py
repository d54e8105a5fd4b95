"""What a member is sent about his own page: a link to it, a code, a link, and a last goodbye."""

from datetime import timedelta

from sqlmodel import Session

from hub.config import settings
from hub.i18n import mark, translate
from partnerships import notices, ways
from partnerships.confirmation import CODE_GOOD_FOR, MAIL_LINK_GOOD_FOR
from partnerships.models import Channel, ContactKind, ContactPoint, Person
from partnerships.notices import CHANNEL_OF_NOTICE, About, Words
from partnerships.ways import Way

_GOODBYE_WITHIN = _TOLD_WITHIN = timedelta(days=1)


def send_link(session: Session, person: Person, way: Way, token: str, *, is_shared: bool) -> None:
    """The link to a member's own page. Where a number is shared, it says for whom."""
    language = person.language
    link = f"{settings().base_url}/me/open/{token}"
    sentence = mark("Your own page at your partnership, once, for 10 minutes: {link}")
    body = translate(language, sentence, link=link)
    if is_shared:
        body = f"{person.name}: {body}"
    about = About("person", person.id)
    if way.kind is ContactKind.MOBILE:
        words, channel = Words(language, body), Channel.SMS
    else:
        subject = translate(language, mark("Your own page"))
        words, channel = Words(language, body, subject), Channel.EMAIL
    notices.write(session, "member_link", about, channel, way.value, words, CODE_GOOD_FOR)


def text_code(session: Session, person: Person, point: ContactPoint, code: str) -> None:
    """The code that proves a new mobile of a member."""
    sentence = mark("{code} is the code that confirms your number. It is good for 10 minutes.")
    words = Words(person.language, translate(person.language, sentence, code=code))
    about = About("contact_point", point.id)
    notices.write(session, "number_code", about, Channel.SMS, point.value, words, CODE_GOOD_FOR)


def mail_link(session: Session, person: Person, point: ContactPoint, token: str) -> None:
    """The link that proves a new address of a member."""
    language = person.language
    body = translate(
        language,
        mark(
            "Open this page and press the button to confirm that this address is yours. "
            "The link is good for one day:\n{link}\n\n"
            "Was it not you? Then do nothing: this address will not be used."
        ),
        link=f"{settings().base_url}/me/confirm/{token}",
    )
    words = Words(language, body, translate(language, mark("Confirm your address")))
    about = About("contact_point", point.id)
    notices.write(
        session, "address_link", about, Channel.EMAIL, point.value, words, MAIL_LINK_GOOD_FOR
    )


def tell_of_way(session: Session, person: Person, changed: Way) -> None:
    """Tell a member, at the others he has proved, that a coordinator added or changed a number or
    address of his: were it a stranger's, he is the first to know. The new one itself is not named.
    """
    language = person.language
    body = translate(
        language,
        mark(
            "Your coordinator has added or changed a number or address by which we reach you. Was "
            "it not you who asked? Tell him, or look at your own page: {link}"
        ),
        link=f"{settings().base_url}/me/link",
    )
    subject = translate(language, mark("Your numbers and addresses"))
    about = About("person", person.id)
    for point in ways.of_person(session, person.id):
        if point.value == changed.value or not _takes_notices(session, point):
            continue
        is_mail = point.kind is ContactKind.EMAIL
        words = Words(language, body, subject if is_mail else "")
        channel = CHANNEL_OF_NOTICE[point.kind]
        notices.write(session, "way_changed", about, channel, point.value, words, _TOLD_WITHIN)


def _takes_notices(session: Session, point: ContactPoint) -> bool:
    is_usable = point.kind in CHANNEL_OF_NOTICE and ways.is_proved(point)
    return is_usable and CHANNEL_OF_NOTICE[point.kind] not in ways.stops_of(session, point.id)


def say_goodbye(session: Session, person: Person, point: ContactPoint) -> None:
    """The last words: that everything is erased."""
    language = person.language
    body = translate(
        language,
        mark(
            "Your data has been erased, as you asked. You will hear nothing more from us. "
            "In an emergency call 101."
        ),
    )
    if point.kind is ContactKind.EMAIL:
        words = Words(language, body, translate(language, mark("Your data has been erased")))
        channel = Channel.EMAIL
    else:
        words, channel = Words(language, body), Channel.SMS
    about = About("person", person.id)
    notices.write(session, "erased", about, channel, point.value, words, _GOODBYE_WITHIN)
