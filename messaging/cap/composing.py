"""The CAP alert for a broadcast: every word of it for partners, the bare facts for the public."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from hub.config import settings
from hub.i18n import Language, mark, translate
from messaging import phenomena
from messaging.cap import mapping
from messaging.cap.alert import Alert, Area, Info, Pair, Reference
from messaging.cap.mapping import Course
from messaging.models import Broadcast, CapReader, Incident
from messaging.texts import Texts, Words
from partnerships.models import Organisation

# A withdrawal may come when the time of its alert has passed; it holds for a while all the same.
_SHORTEST_LIFE = timedelta(hours=1)

_INSTRUCTION = mark("You see something? Call 101. Follow no one.")
_AUDIENCE = mark("Members of the local prevention partnership")
_ANYBODY = mark("Everybody in the area")
_NO_PHENOMENON = mark("Urgent alert of the police")
_EXERCISE = mark("Exercise {identifier}. Nobody but those who take part acts on it.")
_TRIAL = mark("This comes from a trial hub: nothing has happened, and nobody is to act on it.")
_PUBLIC_OPEN = mark("The police has alerted the local prevention partnership.")
_PUBLIC_OVER = mark("The police has told the local prevention partnership that it is over.")
_PUBLIC_ERROR = mark("The alert to the local prevention partnership was withdrawn.")


@dataclass(frozen=True, slots=True)
class Story:
    """What is said at one step, by whom, and where it holds."""

    broadcast: Broadcast
    incident: Incident | None
    zone: Organisation
    texts: Texts
    areas: Sequence[Area]
    # The version of the communication plan under which each partnership got it.
    plan_versions: Sequence[Pair]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one document stands among those of its alert."""

    reader: CapReader
    sent: datetime
    earlier: Sequence[Reference]
    is_withdrawal: bool = False


def compose(story: Story, place: Place) -> Alert:
    """The alert. Nothing in it names a person; to the public it says no word of the message."""
    broadcast, is_public = story.broadcast, place.reader is CapReader.PUBLIC
    course = mapping.WITHDRAWN if place.is_withdrawal else mapping.COURSES[broadcast.step]
    first = next(iter(story.texts))
    return Alert(
        identifier=identifier(broadcast, place),
        sender=sender(story.zone),
        sent=place.sent,
        status=status_of(broadcast),
        # Without anything before it that a reader knows of, it is where the story begins for him.
        message_type=course.message_type if place.earlier else "Alert",
        source="PLP Hub",
        scope="Public" if is_public else "Restricted",
        restriction="" if is_public else _members_of(story),
        codes=(mapping.PROFILE,),
        note=_note(broadcast, place, first),
        references=tuple(place.earlier),
        incidents=(str(broadcast.incident_id),) if broadcast.incident_id else (),
        infos=tuple(
            _info(story, place, course, language, words) for language, words in story.texts.items()
        ),
    )


def status_of(broadcast: Broadcast) -> str:
    """Whether anybody is to act on it, in the words of the standard (section 3.2.1).

    Of a hub that is not in production nothing is Actual, and a drill of it no Exercise either:
    "Test" is the one word upon which every reader does nothing.
    """
    if not settings().is_production:
        return "Test"
    return "Exercise" if broadcast.is_drill else "Actual"


def identifier(broadcast: Broadcast, place: Place) -> str:
    """Of this document alone, and for ever."""
    public = "-public" if place.reader is CapReader.PUBLIC else ""
    return f"plp-{broadcast.id}{public}{'-withdrawn' if place.is_withdrawal else ''}"


def sender(zone: Organisation) -> str:
    """The same for every alert of a police zone."""
    return f"{zone.slug}@{domain()}"


def domain() -> str:
    """Under which all zones of this hub publish."""
    return settings().cap_domain or urlsplit(settings().base_url).hostname or "localhost"


def expiry(broadcast: Broadcast, place: Place) -> datetime:
    """Until when it holds: as long as the message, and never over before it was sent."""
    if place.is_withdrawal or broadcast.expires_at < place.sent + timedelta(seconds=1):
        return place.sent + _SHORTEST_LIFE
    return broadcast.expires_at


def _members_of(story: Story) -> str:
    return "Members of " + ", ".join(area.description for area in story.areas)


def _note(broadcast: Broadcast, place: Place, language: Language) -> str:
    said = [mapping.WITHDRAWN_NOTE if place.is_withdrawal else mapping.NOTES.get(broadcast.step)]
    if broadcast.is_drill:
        # The standard wants the exercise named here: all that is said in one has the same name.
        said.append(_EXERCISE)
    if not settings().is_production:
        said.append(_TRIAL)
    name = str(broadcast.incident_id or broadcast.follows_id or broadcast.id)
    return " ".join(translate(language, one, identifier=name) for one in said if one)


def _info(story: Story, place: Place, course: Course, language: Language, words: Words) -> Info:
    broadcast, incident = story.broadcast, story.incident
    is_public = place.reader is CapReader.PUBLIC
    code = incident.phenomenon if incident else None
    event = phenomena.label(code, language) if code else translate(language, _NO_PHENOMENON)
    said = _public_words(event, course, language) if is_public else words
    return Info(
        language=mapping.language_code(language),
        categories=mapping.categories(code),
        event=event,
        response_types=course.response_types,
        urgency=course.urgency,
        severity=mapping.severity(code, course),
        certainty=course.certainty,
        audience=translate(language, _ANYBODY if is_public else _AUDIENCE),
        event_codes=(("PLP:phenomenon", code),) if code else (),
        effective=place.sent,
        # When it began, which the public need not know to the minute.
        onset=incident.facts_at if incident and course.is_open and not is_public else None,
        expires=expiry(broadcast, place),
        sender_name=story.zone.name,
        headline=said.subject,
        description=said.long,
        instruction=translate(language, _INSTRUCTION) if course.is_open else "",
        contact="101" if course.is_open else "",
        parameters=_parameters(story),
        areas=tuple(story.areas),
    )


def _public_words(event: str, course: Course, language: Language) -> Words:
    is_error = course.message_type == "Cancel"
    ended = _PUBLIC_ERROR if is_error else _PUBLIC_OVER
    sentence = translate(language, _PUBLIC_OPEN if course.is_open else ended)
    return Words(subject=event, short="", long=sentence)


def _parameters(story: Story) -> tuple[Pair, ...]:
    return (
        ("PLP:kind", story.broadcast.kind.value),
        ("PLP:step", story.broadcast.step.value),
        *(("PLP:plan-version", f"{slug} {version}") for slug, version in story.plan_versions),
    )
