"""What is chosen from in a launch decision, as people read it."""

from collections.abc import Mapping

from hub.i18n import Language, mark, translate
from messaging.models import LaunchReason, Tick

REASONS_FOR: Mapping[LaunchReason, str] = {
    LaunchReason.IN_THE_ACT: mark("It is going on, or was reported within 15 minutes"),
    LaunchReason.ON_THE_RUN: mark("Somebody is on the run"),
    LaunchReason.MISSING_PERSON: mark("Somebody is missing"),
    LaunchReason.CALAMITY: mark("A calamity: fire, gas, water…"),
    LaunchReason.SERIES: mark("One of a series: the next one is to be expected"),
    LaunchReason.OTHER: mark("Another reason"),
}
REASONS_AGAINST: Mapping[LaunchReason, str] = {
    LaunchReason.TOO_OLD: mark("The facts are too old"),
    LaunchReason.NOTHING_TO_LOOK_FOR: mark("Nothing that members could look for"),
    LaunchReason.NO_DANGER: mark("There is no danger any more"),
    LaunchReason.INQUIRY: mark("The secrecy of the inquiry forbids it"),
    LaunchReason.AT_NIGHT: mark("At night, and not caught in the act"),
    LaunchReason.OUTSIDE_ZONE: mark("No partnership is near"),
    LaunchReason.OTHER: mark("Another reason"),
}
_UNSAID = mark("The alert was sent")
TICKS: Mapping[Tick, str] = {
    Tick.THREAT: mark("There is a threat"),
    Tick.FORESEEABLE_ACTS: mark("What they will do next can be foreseen"),
    Tick.PREVENTION_POSSIBLE: mark("Members can do something to prevent it"),
    Tick.INFORMATION_TO_COLLECT: mark("Members may have seen something we need"),
    Tick.PROSECUTOR_ASKED: mark("The prosecutor was asked"),
}


def label(reason: LaunchReason, language: Language) -> str:
    """A reason as people read it."""
    return translate(language, {**REASONS_FOR, **REASONS_AGAINST}.get(reason, _UNSAID))


def tick_label(tick: str, language: Language) -> str:
    """A tick of the checklist as people read it."""
    return translate(language, TICKS[Tick(tick)])
