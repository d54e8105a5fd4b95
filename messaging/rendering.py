"""From the words of a broadcast to what leaves: a text, a call, a mail, each in one language."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlmodel import Session

from channels import twiml
from channels.contract import Call, Mail, Sms, WhatsApp
from channels.sms_length import measure
from hub import clock
from hub.config import settings
from hub.i18n import Language, translate
from hub.security import signed_reference
from hub.templating import environment
from messaging import broadcasts, drill, missing_texts
from messaging.claims import Claimed
from messaging.mail_addresses import (
    Door,
    inbound_address,
    message_id,
    seen_url,
    unsubscribe_url,
)
from messaging.missing_texts import StandIns
from messaging.models import COLD_KINDS, ENDING_STEPS, Broadcast, BroadcastKind
from messaging.recordings import recorded_languages, recording_url
from messaging.texts import Texts, Words, joined
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
    expires_at: datetime
    # Of the longest language: what a carrier counts and a pace is measured in.
    segments: int
    # The languages in which calls play a spoken message instead of reading the short text.
    recorded: frozenset[Language] = frozenset()
    # What those read for whom there is no text in their own language, by the rule of their zone.
    stand_ins: StandIns = field(default_factory=dict)
    # An all clear, a correction, feedback: nobody need look out any more.
    tells_the_end: bool = False
    is_drill: bool = False

    def language_for(self, language: Language, partnership_id: UUID | None) -> Language:
        """The person's language, or the one that stands in: a message in another beats none."""
        return self._languages_for(language, partnership_id)[0]

    def words_for(self, language: Language, partnership_id: UUID | None) -> Words:
        """The words in that language for somebody of this partnership; two languages in one where
        its zone gives both."""
        chosen = self._languages_for(language, partnership_id)
        if len(chosen) == 1:
            return self.texts[chosen[0]]
        return joined(self.texts[one] for one in chosen)

    def _languages_for(
        self, language: Language, partnership_id: UUID | None
    ) -> tuple[Language, ...]:
        if language in self.texts:
            return (language,)
        stands = self.stand_ins.get(partnership_id) if partnership_id else None
        return stands or next(iter(self.stand_ins.values()), ()) or (next(iter(self.texts)),)


def letter_of(session: Session, broadcast: Broadcast) -> Letter:
    """What is to be written to everyone a broadcast goes to."""
    texts = broadcasts.texts_of(session, broadcast)
    stand_ins = missing_texts.stand_ins(session, broadcast, texts)
    lengths = [measure(words.short).segments for words in texts.values()]
    for several in set(stand_ins.values()):
        lengths.append(measure(joined(texts[one] for one in several).short).segments)
    segments = max(lengths, default=1)
    return Letter(
        broadcast.id,
        broadcast.kind,
        texts,
        broadcast.expires_at,
        max(1, segments),
        recorded_languages(session, broadcast.id),
        stand_ins,
        broadcast.step in ENDING_STEPS,
        broadcast.is_drill,
    )


def callback_url(delivery_id: int, channel: Channel) -> str:
    """Where the carrier tells what became of this delivery; the token proves it is ours."""
    token = signed_reference(DELIVERY_TOKEN, delivery_id)
    return f"{settings().base_url}/webhooks/twilio/{channel}/status/{token}"


def keys_url(delivery_id: int) -> str:
    """Where the carrier tells which key was pressed during a call."""
    token = signed_reference(DELIVERY_TOKEN, delivery_id)
    return f"{settings().base_url}/webhooks/twilio/voice/keys/{token}"


def words_url(delivery_id: int) -> str:
    """Where the carrier asks what to say, once it knows who answered."""
    token = signed_reference(DELIVERY_TOKEN, delivery_id)
    return f"{settings().base_url}/webhooks/twilio/voice/words/{token}"


def sms(letter: Letter, delivery: Claimed) -> Sms:
    """The short text, valid no longer than the broadcast is."""
    return Sms(
        to=delivery.to,
        body=letter.words_for(delivery.language, delivery.partnership_id).short,
        status_callback=callback_url(delivery.id, Channel.SMS),
        valid_for=_validity(letter.expires_at),
        attempt=delivery.attempt,
    )


def _validity(expires_at: datetime) -> int:
    left = int((expires_at - clock.now()).total_seconds())
    return max(_SHORTEST_VALIDITY_SECONDS, min(left, _LONGEST_VALIDITY_SECONDS))


def whatsapp(letter: Letter, delivery: Claimed) -> WhatsApp:
    """The short text, for the template that the sender had approved."""
    return WhatsApp(
        to=delivery.to,
        body=letter.words_for(delivery.language, delivery.partnership_id).short,
        status_callback=callback_url(delivery.id, Channel.WHATSAPP),
        attempt=delivery.attempt,
    )


def call(letter: Letter, delivery: Claimed) -> Call:
    """The spoken message, or the short text read, twice; then how to confirm or to stop calls.

    Raises ``ValueError`` when the text is too long for one call.
    """
    listens_first = settings().voice_machine_detection
    return Call(
        to=delivery.to,
        twiml="" if listens_first else words_of_call(letter, delivery),
        status_callback=callback_url(delivery.id, Channel.VOICE),
        attempt=delivery.attempt,
        ask_at=words_url(delivery.id) if listens_first else "",
    )


class Called(Protocol):
    """Somebody who is called about a broadcast."""

    @property
    def id(self) -> int | None: ...

    @property
    def language(self) -> Language: ...

    @property
    def partnership_id(self) -> UUID | None: ...


def words_of_call(letter: Letter, delivery: Called) -> str:
    """What somebody hears who answers: the message twice, and which key does what."""
    language = letter.language_for(delivery.language, delivery.partnership_id)
    prompt = translate(
        language, "Press 1 to confirm, 2 to leave a message. Press 9 for no more calls."
    )
    keys = keys_url(delivery.id or 0)
    return twiml.alert_call(_message(letter, language), prompt, language, keys)


def words_for_machine(letter: Letter, delivery: Called) -> str:
    """What an answering machine keeps: the message once. It has no keys to press."""
    language = letter.language_for(delivery.language, delivery.partnership_id)
    return twiml.machine_call(_message(letter, language), language)


def _message(letter: Letter, language: Language) -> str | twiml.Recording:
    if language in letter.recorded:
        said_before = drill.spoken(language) if letter.is_drill else ""
        return twiml.Recording(recording_url(letter.broadcast_id, language), said_before)
    words = letter.texts[language]
    return words.spoken or words.short


def mail(letter: Letter, delivery: Claimed) -> Mail:
    """The long text as plain text and HTML; the Message-ID is the delivery's, on every attempt."""
    words = letter.words_for(delivery.language, delivery.partnership_id)
    is_cold = letter.kind in COLD_KINDS
    is_urgent = letter.kind is BroadcastKind.URGENT_ALERT and not letter.tells_the_end
    context = {
        "words": words,
        "urgent": is_urgent,
        "seen_url": seen_url(delivery.id) if is_urgent else "",
        "can_answer": bool(inbound_address(Door.REPLY, delivery.id)),
        "unsubscribe_url": unsubscribe_url(delivery.id) if is_cold else "",
    }
    templates = environment(delivery.language)
    return Mail(
        to=delivery.to,
        subject=words.subject,
        text=templates.get_template("messaging/mail.txt").render(context),
        html=templates.get_template("messaging/mail.html").render(context),
        message_id=message_id(delivery.id),
        headers=mail_headers(delivery.id, is_cold=is_cold),
        envelope_sender=inbound_address(Door.BOUNCE, delivery.id),
    )


def mail_headers(delivery_id: int, *, is_cold: bool) -> tuple[tuple[str, str], ...]:
    """Where an answer to the mail of this delivery goes, and how its reader unsubscribes."""
    reply_to = inbound_address(Door.REPLY, delivery_id)
    headers = [("Reply-To", reply_to)] if reply_to else []
    if is_cold:
        headers += _list_headers(delivery_id)
    return tuple(headers)


def _list_headers(delivery_id: int) -> list[tuple[str, str]]:
    """What lets a mail program show a button to unsubscribe, and press it itself (RFC 8058)."""
    address = inbound_address(Door.UNSUBSCRIBE, delivery_id)
    ways = [unsubscribe_url(delivery_id), *([f"mailto:{address}"] if address else [])]
    return [
        ("List-Unsubscribe", ", ".join(f"<{way}>" for way in ways)),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]
