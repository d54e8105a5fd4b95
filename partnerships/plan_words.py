"""A communication plan in plain words: what is read, printed, signed and compared."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time

from babel.core import Locale
from babel.dates import format_date

from hub.access import Role
from hub.i18n import Language, mark, translate
from partnerships.models import (
    COLD_KINDS,
    BroadcastKind,
    Channel,
    ReportingRoute,
    SignatoryCapacity,
)
from partnerships.plan_content import KindRules, PlanContent

KIND_NAMES = {
    BroadcastKind.URGENT_ALERT: mark("Urgent alert"),
    BroadcastKind.FEEDBACK: mark("Feedback on an alert"),
    BroadcastKind.PREVENTION: mark("Prevention advice"),
    BroadcastKind.MODUS_OPERANDI: mark("How thieves work at the moment"),
    BroadcastKind.INCREASE_WARNING: mark("Warning of a strong rise"),
    BroadcastKind.INFORMATION: mark("Information"),
}
# What each kind is, for somebody who has never sent one.
KIND_MEANINGS = {
    BroadcastKind.URGENT_ALERT: mark(
        "Something is happening now: a burglar on the run, a missing child, danger in the street."
    ),
    BroadcastKind.FEEDBACK: mark(
        "How it ended. It goes to those who got the alert, by the way that reached each of them."
    ),
    BroadcastKind.PREVENTION: mark("Advice that prevents theft: holidays, dark days, locks."),
    BroadcastKind.MODUS_OPERANDI: mark("A trick that is being used here, and what helps against."),
    BroadcastKind.INCREASE_WARNING: mark("A kind of theft happens much more often than usual."),
    BroadcastKind.INFORMATION: mark("What the partners have to say: a meeting, a new number."),
}
CHANNEL_NAMES = {
    Channel.SMS: mark("text message (SMS)"),
    Channel.VOICE: mark("telephone call"),
    Channel.EMAIL: mark("email"),
    Channel.WHATSAPP: mark("WhatsApp"),
}
SENDER_NAMES = {
    Role.DISPATCHER: mark("police dispatcher"),
    Role.MANDATED_OFFICER: mark("mandated police officer, or the deputy"),
    Role.PREVENTION_OFFICER: mark("prevention officer of the municipality"),
}
CAPACITY_NAMES = {
    SignatoryCapacity.MAYOR: mark("Mayor"),
    SignatoryCapacity.CHIEF_OF_POLICE: mark("Chief of police"),
    SignatoryCapacity.MANDATED_OFFICER: mark("Mandated police officer"),
    SignatoryCapacity.COORDINATOR: mark("Coordinator"),
}
ROUTE_NAMES = {
    ReportingRoute.POLICE: mark("always to the police, never through the coordinator"),
    ReportingRoute.COORDINATOR_WHEN_NOT_URGENT: mark(
        "to the police; what is not urgent may go through the coordinator"
    ),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing agreed on. ``key`` is the field it comes from; two plans are compared by it."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Section:
    """What belongs together on the page."""

    title: str
    meaning: str
    lines: tuple[Line, ...]


class _Speaker:
    """Says values in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def say(self, message: str, **values: str | int) -> str:
        return translate(self._language, message, **values)

    def yes_or_no(self, value: bool) -> str:
        return self.say(mark("yes") if value else mark("no"))

    def listed(self, names: list[str]) -> str:
        return ", ".join(self.say(name) for name in names)

    def day(self, value: date | None) -> str:
        if value is None:
            return self.say(mark("no day chosen"))
        return format_date(value, "d MMMM y", locale=Locale(self._language.value))


def clock(value: time) -> str:
    """A time of day as people write it."""
    return value.strftime("%H:%M")


def sections(content: PlanContent, language: Language) -> list[Section]:
    """The whole plan, in the order of the form."""
    speaker = _Speaker(language)
    return [
        *(_kind_section(speaker, kind, content.kinds[kind]) for kind in BroadcastKind),
        Section(
            speaker.say(mark("Hours for what can wait")), "", tuple(_hour_lines(speaker, content))
        ),
        Section(
            speaker.say(mark("At night, and to many people")),
            "",
            tuple(_second_person_lines(speaker, content)),
        ),
        Section(
            speaker.say(mark("When nothing proves that an alert arrived")),
            "",
            tuple(_escalation_lines(speaker, content)),
        ),
        Section(
            speaker.say(mark("Answers, reports, and the next look at this plan")),
            "",
            tuple(_promise_lines(speaker, content)),
        ),
        Section(
            speaker.say(mark("What goes through the coordinator")),
            "",
            tuple(_relay_lines(speaker, content)),
        ),
    ]


def _kind_section(speaker: _Speaker, kind: BroadcastKind, rules: KindRules) -> Section:
    lines = tuple(_kind_lines(speaker, kind, rules))
    return Section(speaker.say(KIND_NAMES[kind]), speaker.say(KIND_MEANINGS[kind]), lines)


def _kind_lines(speaker: _Speaker, kind: BroadcastKind, rules: KindRules) -> Iterator[Line]:
    key, say = f"kinds.{kind}", speaker.say
    # Feedback has no ways of its own: it goes by the one that reached each member.
    if kind is not BroadcastKind.FEEDBACK:
        yield Line(f"{key}.channels", say(mark("Ways, in this order")), _ways(speaker, rules))
    senders = speaker.listed([SENDER_NAMES.get(role, role) for role in rules.sent_by])
    yield Line(f"{key}.sent_by", say(mark("Who may send it")), senders or say(mark("nobody")))
    if kind in COLD_KINDS:
        through = speaker.yes_or_no(rules.needs_relay)
        yield Line(f"{key}.needs_relay", say(mark("Goes through the coordinator")), through)
    waits = speaker.yes_or_no(rules.keeps_quiet_hours)
    label = say(mark("Waits for the hours agreed on below"))
    yield Line(f"{key}.keeps_quiet_hours", label, waits)
    if kind is BroadcastKind.URGENT_ALERT:
        rings = speaker.yes_or_no(rules.rings_in_closed_hours)
        label = say(mark("Calls may ring in hours a member closed"))
        yield Line(f"{key}.rings_in_closed_hours", label, rings)


def _ways(speaker: _Speaker, rules: KindRules) -> str:
    if not rules.channels:
        return speaker.say(mark("none: this kind of message is not sent"))
    return ", ".join(
        f"{place}. {speaker.say(CHANNEL_NAMES[channel])}"
        for place, channel in enumerate(rules.channels, start=1)
    )


def _hour_lines(speaker: _Speaker, content: PlanContent) -> Iterator[Line]:
    say = speaker.say
    yield Line("messages_from", say(mark("From")), clock(content.messages_from))
    yield Line("messages_until", say(mark("Until")), clock(content.messages_until))
    sundays, holidays = content.messages_on_sundays, content.messages_on_holidays
    yield Line("messages_on_sundays", say(mark("On Sundays too")), speaker.yes_or_no(sundays))
    label = say(mark("On Belgian public holidays too"))
    yield Line("messages_on_holidays", label, speaker.yes_or_no(holidays))


def _second_person_lines(speaker: _Speaker, content: PlanContent) -> Iterator[Line]:
    say = speaker.say
    yield Line("night_from", say(mark("The night begins at")), clock(content.night_from))
    yield Line("night_until", say(mark("The night ends at")), clock(content.night_until))
    at_night = speaker.yes_or_no(content.second_person_at_night)
    label = say(mark("At night a second person must approve"))
    yield Line("second_person_at_night", label, at_night)
    above = content.second_person_above
    label = say(mark("A second person must approve above"))
    many = say(mark("{count} people"), count=above) if above else say(mark("no number of people"))
    yield Line("second_person_above", label, many)
    alone = speaker.yes_or_no(content.alone_with_reason)
    label = say(mark("Who is alone may send with a written reason"))
    yield Line("alone_with_reason", label, alone)


def _escalation_lines(speaker: _Speaker, content: PlanContent) -> Iterator[Line]:
    say = speaker.say
    seconds = say(mark("{count} seconds"), count=content.escalate_after_seconds)
    yield Line("escalate_after_seconds", say(mark("The next way is tried after")), seconds)
    tries = say(mark("{count} times"), count=content.call_tries)
    yield Line("call_tries", say(mark("A telephone is called at most")), tries)


def _relay_lines(speaker: _Speaker, content: PlanContent) -> Iterator[Line]:
    for name, label in (
        ("relay_reminder_hours", mark("A coordinator who says nothing is reminded after")),
        ("relay_deputy_hours", mark("His deputy is asked after")),
        ("relay_overdue_hours", mark("Its writer is told that it is overdue after")),
    ):
        hours = speaker.say(mark("{count} hours"), count=getattr(content, name))
        yield Line(name, speaker.say(label), hours)
    label = speaker.say(mark("The police read what a coordinator writes himself before it leaves"))
    yield Line("reviews_coordinator", label, speaker.yes_or_no(content.reviews_coordinator))


def _promise_lines(speaker: _Speaker, content: PlanContent) -> Iterator[Line]:
    say = speaker.say
    hours = say(mark("{count} hours"), count=content.feedback_within_hours)
    yield Line("feedback_within_hours", say(mark("Members are told how it ended within")), hours)
    route = say(ROUTE_NAMES[content.reporting_route])
    yield Line("reporting_route", say(mark("Members report what they saw")), route)
    label = say(mark("The partners look at this plan again on"))
    yield Line("review_on", label, speaker.day(content.review_on))
