"""From the words of a broadcast to what leaves: a text, a call, a mail, each in one language."""

from dataclasses import dataclass
from uuid import UUID

from channels import twiml
from channels.contract import Call, Mail, Sms
from hub.config import settings
from hub.i18n import Language, catalogue
from hub.security import signed_reference
from hub.templating import environment
from messaging.claims import Claimed
from messaging.models import BroadcastKind
from messaging.texts import Texts, Words
from partnerships.models import Channel

# What the tokens in callback addresses are for; another purpose's token is worth nothing here.
DELIVERY_TOKEN = "delivery"  # noqa: S105 - the name of a purpose
# Twilio keeps a message for ten hours unless told otherwise: far too long for an alert.
_LONGEST_VALIDITY_SECONDS = 36_000
_SHORTEST_VALIDITY_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Letter:
    """What a chunk needs to write its messages: the words, and how long they are worth sending."""

    broadcast_id: UUID
    kind: BroadcastKind
    texts: Texts
    seconds_left: int

    def words_for(self, language: Language) -> Words:
        """The person's language, or the first there is: a message in another beats none."""
        return self.texts.get(language) or next(iter(self.texts.values()))


def callback_url(delivery_id: int, channel: Channel) -> str:
    """Where the carrier tells what became of this delivery; the token proves it is ours."""
    token = signed_reference(DELIVERY_TOKEN, delivery_id)
    return f"{settings().base_url}/webhooks/twilio/{channel}/status/{token}"


def keys_url(delivery_id: int) -> str:
    """Where the carrier tells which key was pressed during a call."""
    token = signed_reference(DELIVERY_TOKEN, delivery_id)
    return f"{settings().base_url}/webhooks/twilio/voice/keys/{token}"


def sms(letter: Letter, delivery: Claimed) -> Sms:
    """The short text, valid no longer than the broadcast is."""
    return Sms(
        to=delivery.to,
        body=letter.words_for(delivery.language).short,
        status_callback=callback_url(delivery.id, Channel.SMS),
        valid_for=_validity(letter.seconds_left),
        attempt=delivery.attempt,
    )


def _validity(seconds_left: int) -> int:
    return max(_SHORTEST_VALIDITY_SECONDS, min(seconds_left, _LONGEST_VALIDITY_SECONDS))


def call(letter: Letter, delivery: Claimed) -> Call:
    """The short text read twice, then how to confirm or to stop calls.

    Raises ``ValueError`` when the text is too long for one call.
    """
    translations = catalogue(delivery.language)
    prompt = translations.gettext("Press 1 to confirm. Press 9 for no more calls.")
    return Call(
        to=delivery.to,
        twiml=twiml.alert_call(
            letter.words_for(delivery.language).short,
            prompt,
            delivery.language,
            keys_url(delivery.id),
        ),
        status_callback=callback_url(delivery.id, Channel.VOICE),
        attempt=delivery.attempt,
    )


def mail(letter: Letter, delivery: Claimed) -> Mail:
    """The long text as plain text and HTML; the Message-ID is the delivery's, on every attempt."""
    words = letter.words_for(delivery.language)
    context = {"words": words, "urgent": letter.kind is BroadcastKind.URGENT_ALERT}
    templates = environment(delivery.language)
    return Mail(
        to=delivery.to,
        subject=words.subject,
        text=templates.get_template("messaging/mail.txt").render(context),
        html=templates.get_template("messaging/mail.html").render(context),
        message_id=message_id(delivery.id),
    )


def message_id(delivery_id: int) -> str:
    """Stable and unguessable, so that a repeat is recognised and a reply can be joined to it."""
    host = settings().base_url.split("://", 1)[1].partition("/")[0].partition(":")[0]
    return f"<{signed_reference('message-id', delivery_id)}@{host}>"
