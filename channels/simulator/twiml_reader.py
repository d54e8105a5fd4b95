"""What a phone hears and shows when the hub answers in TwiML."""

from dataclasses import dataclass
from xml.etree import ElementTree as ET


@dataclass(frozen=True, slots=True)
class Spoken:
    """The sentences of a voice document. `action` is where a pressed key goes, if anywhere."""

    sentences: tuple[str, ...]
    language: str
    action: str
    action_on_silence: bool


def read_voice(document: str) -> Spoken:
    """Read a voice document; one that cannot be parsed says nothing (Twilio logs 12100)."""
    root = _parsed(document)
    says = list(root.iter("Say"))
    gather = root.find("Gather")
    return Spoken(
        sentences=tuple(say.text or "" for say in says),
        language=says[0].get("language", "") if says else "",
        action=gather.get("action", "") if gather is not None else "",
        action_on_silence=gather is not None and gather.get("actionOnEmptyResult") == "true",
    )


def read_replies(content: str) -> list[str]:
    """The texts that a messaging document sends back."""
    return ["".join(message.itertext()) for message in _parsed(content).iter("Message")]


def _parsed(document: str) -> ET.Element:
    try:
        # Only the hub's own answers come here, and expat refuses entity bombs by itself.
        return ET.fromstring(document)  # noqa: S314
    except ET.ParseError:
        return ET.Element("Response")
