"""What Twilio is told to say and to text back: TwiML."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twilio.twiml.messaging_response import (  # type: ignore[import-untyped]  # no types
    MessagingResponse,
)
from twilio.twiml.voice_response import Gather, VoiceResponse  # type: ignore[import-untyped]

MAX_CHARACTERS = 4000  # Twilio docs, Call resource: Twiml
GATHER_SECONDS = 6
TIMES_SAID = 2
# How long somebody may speak after the tone, and the silence that ends it.
RECORD_SECONDS = 60
SILENCE_SECONDS = 5

# A wrong pair of voice and language makes <Say> fail, so both are always named.
VOICES = {
    "fr": ("fr-BE", "Polly.Isabelle-Neural"),
    "nl": ("nl-BE", "Polly.Lisa-Neural"),
    "de": ("de-DE", "Polly.Vicki-Neural"),
    "en": ("en-GB", "Polly.Amy-Neural"),
}


@dataclass(frozen=True, slots=True)
class Recording:
    """A spoken message, to be fetched by the carrier at an absolute `url`; `before` is said
    each time before it is played."""

    url: str
    before: str = ""


def alert_call(message: str | Recording, prompt: str, language: str, action: str) -> str:
    """TwiML that gives `message` twice, then `prompt`, and posts one pressed key to `action`.

    `language` is fr, nl, de or en, with or without a region. Raises ValueError for another
    language, for an `action` that is not absolute, or beyond 4000 characters.
    """
    if not action.startswith(("http://", "https://")):
        raise ValueError("the action must be an absolute URL: inline TwiML has no base")
    response = VoiceResponse()
    gather = _gather(action)
    _give(gather, message, language, TIMES_SAID)
    _say(gather, prompt, language)
    response.append(gather)
    return _checked(response)


def machine_call(message: str | Recording, language: str) -> str:
    """TwiML for an answering machine: `message` once, no key to press."""
    response = VoiceResponse()
    _give(response, message, language, times=1)
    response.hangup()
    return _checked(response)


def voicemail(
    texts: Mapping[str, str], after: str, stored: str, most_seconds: int = RECORD_SECONDS
) -> str:
    """TwiML that says each text in its language and records what is said after the tone.

    The carrier posts to ``after`` once the caller has ended, for what he hears then, and to
    ``stored`` once the recording can be fetched. Both must be absolute.
    """
    response = VoiceResponse()
    for language, text in texts.items():
        _say(response, text, language)
    response.record(
        action=after,
        method="POST",
        max_length=most_seconds,
        timeout=SILENCE_SECONDS,
        finish_on_key="#",
        play_beep=True,
        trim="do-not-trim",
        recording_status_callback=stored,
        recording_status_callback_method="POST",
        recording_status_callback_event="completed absent",
    )
    return _checked(response)


def goodbye(text: str, language: str) -> str:
    """TwiML that says `text` once and hangs up."""
    response = VoiceResponse()
    _say(response, text, language)
    response.hangup()
    return _checked(response)


def goodbyes(texts: Mapping[str, str]) -> str:
    """TwiML that says a text in each of its languages and hangs up, for somebody unknown."""
    response = VoiceResponse()
    for language, text in texts.items():
        _say(response, text, language)
    response.hangup()
    return _checked(response)


def sms_reply(text: str | None) -> str:
    """TwiML that answers an incoming text; None answers nothing, at no cost."""
    response = MessagingResponse()
    if text:
        response.message(_printable(text))
    return str(response)


def _gather(action: str) -> Any:
    return Gather(
        num_digits=1,
        action=action,
        method="POST",
        input="dtmf",
        timeout=GATHER_SECONDS,
        action_on_empty_result=True,
    )


def _give(parent: Any, message: str | Recording, language: str, times: int) -> None:
    if not isinstance(message, Recording):
        _say(parent, message, language, times)
    elif not message.before:
        parent.play(message.url, loop=times)
    else:
        # Both times: whoever puts the telephone to his ear late hears the second one only.
        for _time in range(times):
            _say(parent, message.before, language)
            parent.play(message.url)


def _say(parent: Any, text: str, language: str, times: int = 1) -> None:
    region, voice = _voice(language)
    # Repeated by the carrier: the text twice in the document would not leave it room enough.
    repeat = {"loop": times} if times > 1 else {}
    parent.say(_printable(text), language=region, voice=voice, **repeat)


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
