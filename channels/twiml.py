"""What Twilio is told to say and to text back: TwiML."""

from typing import Any

from twilio.twiml.messaging_response import (  # type: ignore[import-untyped]  # no types
    MessagingResponse,
)
from twilio.twiml.voice_response import Gather, VoiceResponse  # type: ignore[import-untyped]

MAX_CHARACTERS = 4000  # Twilio docs, Call resource: Twiml
GATHER_SECONDS = 6

# A wrong pair of voice and language makes <Say> fail, so both are always named.
VOICES = {
    "fr": ("fr-BE", "Polly.Isabelle-Neural"),
    "nl": ("nl-BE", "Polly.Lisa-Neural"),
    "de": ("de-DE", "Polly.Vicki-Neural"),
    "en": ("en-GB", "Polly.Amy-Neural"),
}


def alert_call(text: str, prompt: str, language: str, action: str) -> str:
    """TwiML that says `text` twice, then `prompt`, and posts one pressed key to `action`.

    `language` is fr, nl, de or en, with or without a region. Raises ValueError for another
    language, for an `action` that is not absolute, or beyond 4000 characters.
    """
    if not action.startswith(("http://", "https://")):
        raise ValueError("the action must be an absolute URL: inline TwiML has no base")
    response = VoiceResponse()
    response.append(_gather((text, text, prompt), language, action))
    return _checked(response)


def goodbye(text: str, language: str) -> str:
    """TwiML that says `text` once and hangs up."""
    response = VoiceResponse()
    _say(response, text, language)
    response.hangup()
    return _checked(response)


def sms_reply(text: str | None) -> str:
    """TwiML that answers an incoming text; None answers nothing, at no cost."""
    response = MessagingResponse()
    if text:
        response.message(_printable(text))
    return str(response)


def _gather(sentences: tuple[str, ...], language: str, action: str) -> Any:
    gather = Gather(
        num_digits=1,
        action=action,
        method="POST",
        input="dtmf",
        timeout=GATHER_SECONDS,
        action_on_empty_result=True,
    )
    for sentence in sentences:
        _say(gather, sentence, language)
    return gather


def _say(parent: Any, text: str, language: str) -> None:
    region, voice = _voice(language)
    parent.say(_printable(text), language=region, voice=voice)


def _voice(language: str) -> tuple[str, str]:
    pair = VOICES.get(language[:2].lower())
    if pair is None:
        raise ValueError(f"no voice for language {language!r}")
    return pair


def _printable(text: str) -> str:
    """XML 1.0 has no place for control characters: one of them would silence the whole call."""
    return (
        "".join(c for c in text if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff"))
        .replace("\ufffe", "")
        .replace("\uffff", "")
    )


def _checked(response: Any) -> str:
    document = str(response)
    if len(document) > MAX_CHARACTERS:
        raise ValueError(f"the call's text is too long: {len(document)} of {MAX_CHARACTERS}")
    return document
