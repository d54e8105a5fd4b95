"""What members do on the telephone: press a key during our call, or call our number back."""

from collections.abc import Iterable, Mapping

from fastapi import APIRouter, Depends, Response
from sqlmodel import Session

from channels import callers, twiml
from feedback import inbox, senders, voicemail
from feedback.inbox import IncomingText
from feedback.models import InboundChannel, InboundKind, Meaning
from feedback.reading.meaning import Reading
from hub import clock
from hub.db import DbSession
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import Language, mark, translate
from messaging import rendering
from messaging.carrier_door import SIGNED_BY_CARRIER, SignedForm
from messaging.models import Broadcast, Delivery
from messaging.receipts import KEY_PRESSED, Receipt, fold
from messaging.webhooks import delivery_of
from partnerships import contact
from partnerships.models import Channel

_CONFIRM_KEY, _SPEAK_KEY, _STOP_KEY = "1", "2", "9"
_MEANING_OF_KEY = {_CONFIRM_KEY: Meaning.SEEN, _STOP_KEY: Meaning.STOP}
_NOTHING_FOR_YOU = mark(
    "This number calls with messages of the police. There is none for you now. "
    "If it is urgent, call 101. Goodbye."
)
_SPEAK = mark(
    "This is not an emergency line. If it is urgent, hang up and call 101. "
    "To leave a message for the police, speak after the tone, at most one minute."
)
_SPOKEN = mark("Thank you. The police get your message. If it is urgent, call 101. Goodbye.")
# The languages of the country, for somebody we do not know.
_ALL = (Language.FRENCH, Language.DUTCH, Language.GERMAN)

router = APIRouter(dependencies=[Depends(SIGNED_BY_CARRIER)], include_in_schema=False)


@router.post("/webhooks/twilio/voice/keys/{token}")
def take_key(token: str, form: SignedForm, session: DbSession) -> Response:
    """A key pressed during a call: 1 confirms, 2 records a message, 9 closes calls to this
    number."""
    delivery = session.get(Delivery, delivery_of(token))
    if delivery is None:
        raise NotFound
    key = form.get("Digits", "")[:1]
    if key in (_CONFIRM_KEY, _SPEAK_KEY, _STOP_KEY):
        # No machine presses a key: he has heard it. Before it is stored: see ``inbox.confirm``.
        fold(session, [_confirmation(delivery, form.get("CallSid", ""))])
    is_new = bool(key) and _keep(session, delivery, key, form)
    number = _number(form)
    if key == _SPEAK_KEY and voicemail.may_speak(session, number):
        voicemail.note_call(session, form.get("CallSid", ""), number, delivery)
        return Response(_speak([delivery.language]), media_type="text/xml")
    if key == _CONFIRM_KEY:
        answer = translate(delivery.language, "Thank you. You have confirmed the message. Goodbye.")
    elif key == _STOP_KEY and delivery.contact_point_id is not None:
        # Once: a form that is posted again later must not close what he has opened since.
        if is_new:
            contact.stop(session, delivery.contact_point_id, Channel.VOICE, "key_9")
        answer = translate(delivery.language, "You will get no more calls on this number. Goodbye.")
    else:
        answer = translate(delivery.language, "Goodbye.")
    return Response(twiml.goodbye(answer, delivery.language), media_type="text/xml")


@router.post("/webhooks/twilio/voice/inbound")
def take_call(form: SignedForm, session: DbSession) -> Response:
    """Somebody calls us: he hears the message that was last sent to the number he calls from, or
    may leave one.

    The number of a caller can be forged; what he hears went to a whole neighbourhood.
    """
    number = callers.number_of(form.get("From", ""))
    origin = senders.of_sender(session, number)
    return Response(
        _words_for(session, origin, number, form.get("CallSid", "")), media_type="text/xml"
    )


@router.post("/webhooks/twilio/voice/spoken")
def end_message(form: SignedForm, session: DbSession) -> Response:
    """Somebody has spoken, or said nothing: thanks. This door alone says who called."""
    number = _number(form)
    voicemail.note_call(session, form.get("CallSid", ""), number)
    said = voicemail.recorded(form)
    if said is not None:
        voicemail.take(session, said)
    origin = senders.of_sender(session, number)
    languages = [origin.language] if origin.person else _ALL
    words = {one.value: translate(one, _SPOKEN) for one in languages}
    return Response(twiml.goodbyes(words), media_type="text/xml")


@router.post("/webhooks/twilio/voice/stored")
def take_recording(form: SignedForm, session: DbSession) -> Response:
    """A recording can be fetched: stored before the carrier gets its answer."""
    said = voicemail.recorded(form)
    if said is None:
        raise BadInput(FieldProblem("RecordingSid", "The recording has no id."))
    voicemail.take(session, said)
    return Response(status_code=204)


def _words_for(session: Session, origin: senders.Origin, number: str, call_id: str) -> str:
    if origin.delivery is not None:
        broadcast = session.get_one(Broadcast, origin.delivery.broadcast_id)
        letter = rendering.letter_of(session, broadcast)
        return rendering.words_of_call(letter, origin.delivery)
    languages = [origin.language] if origin.person else _ALL
    if call_id and voicemail.may_speak(session, number):
        voicemail.note_call(session, call_id, number)
        return _speak(languages)
    return twiml.goodbyes({one: translate(one, _NOTHING_FOR_YOU) for one in languages})


def _speak(languages: Iterable[Language]) -> str:
    texts = {one.value: translate(one, _SPEAK) for one in languages}
    return twiml.voicemail(texts, voicemail.after_url(), voicemail.stored_url())


def _number(form: Mapping[str, str]) -> str:
    """The member's number, whoever of us called."""
    field = "To" if form.get("Direction", "") != "inbound" else "From"
    return callers.number_of(form.get(field, ""))


def _keep(session: Session, delivery: Delivery, key: str, form: Mapping[str, str]) -> bool:
    """The key as a message of his, once; on the incident that he was called about. Whether this
    call kept it."""
    origin = senders.of_delivery(session, delivery)
    call_id = form.get("CallSid", "") or f"delivery-{delivery.id}"
    pressed = IncomingText(f"{call_id}:{key}", _number(form), key, channel=InboundChannel.VOICE)
    meaning = _MEANING_OF_KEY.get(key, Meaning.OTHER)
    reading = Reading(meaning, InboundKind.KEY, delivery.language)
    return inbox.store(session, pressed, reading, origin, None)


def _confirmation(delivery: Delivery, call_id: str) -> Receipt:
    return Receipt(delivery.id or 0, Channel.VOICE, KEY_PRESSED, call_id, "", clock.now())
