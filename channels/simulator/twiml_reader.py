"""What a phone hears and shows when the hub answers in TwiML."""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

NOTE = "♪"
MOST_TIMES = 10


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a voice document lets hear, in its order and as often as it says.

    `played` are the addresses of its recordings; among the sentences each is a note. `action` is
    where a pressed key goes, if anywhere.
    """

    sentences: tuple[str, ...]
    played: tuple[str, ...]
    language: str
    action: str
    action_on_silence: bool
    # Where it goes on after somebody spoke, and where his recording is told of.
    after_tone: str = ""
    stored: str = ""


def read_voice(document: str) -> Spoken:
    """Read a voice document; one that cannot be parsed says nothing (Twilio logs 12100)."""
    root = _parsed(document)
    says = list(root.iter("Say"))
    gather, record = root.find("Gather"), root.find("Record")
    heard = [one for one in root.iter() if one.tag in ("Say", "Play") for _ in range(_times(one))]
    return Spoken(
        sentences=tuple(NOTE if one.tag == "Play" else one.text or "" for one in heard),
        played=tuple(play.text or "" for play in root.iter("Play")),
        language=says[0].get("language", "") if says else "",
        action=gather.get("action", "") if gather is not None else "",
        action_on_silence=gather is not None and gather.get("actionOnEmptyResult") == "true",
        after_tone=record.get("action", "") if record is not None else "",
        stored=record.get("recordingStatusCallback", "") if record is not None else "",
    )


def _times(verb: ET.Element) -> int:
    loop = verb.get("loop", "1")
    return min(int(loop), MOST_TIMES) if loop.isdigit() else 1


def read_replies(content: str) -> list[str]:
    """The texts that a messaging document sends back."""
    return ["".join(message.itertext()) for message in _parsed(content).iter("Message")]


def _parsed(document: str) -> ET.Element:
    try:
        # Only the hub's own answers come here, and expat refuses entity bombs by itself.
        return ET.fromstring(document)  # noqa: S314
    except ET.ParseError:
        return ET.Element("Response")
