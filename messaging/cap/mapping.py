"""What a step and a phenomenon of ours are called in CAP."""

from dataclasses import dataclass

from hub.i18n import Language, mark
from messaging.models import Step

PROFILE = "PLP-BE-1"


@dataclass(frozen=True, slots=True)
class Course:
    """How far an alert is at one step, in the words of the standard."""

    message_type: str
    response_types: tuple[str, ...]
    urgency: str
    certainty: str
    # Whether the danger is still there.
    is_open: bool


# What is agreed in the plan, and looking out; nobody is asked to follow anyone (R7).
_GOING_ON = ("Execute", "Monitor")
# The same words sent again to those who did not get them are no news to a machine.
COURSES = {
    Step.FIRST: Course("Alert", _GOING_ON, "Immediate", "Observed", True),
    Step.UPDATE: Course("Update", _GOING_ON, "Immediate", "Observed", True),
    # The danger is over, the alert was right: an update, where a cancellation would deny it.
    Step.ALL_CLEAR: Course("Update", ("AllClear",), "Past", "Observed", False),
    Step.CORRECTION: Course("Cancel", ("AllClear",), "Past", "Unlikely", False),
    Step.FEEDBACK: Course("Update", ("None",), "Past", "Observed", False),
}
WITHDRAWN = Course("Cancel", ("AllClear",), "Past", "Unknown", False)

NOTES = {
    Step.CORRECTION: mark("The alert was sent in error."),
}
WITHDRAWN_NOTE = mark("The sender stopped this message before everybody got it.")

_SEVERE = frozenset(
    {
        "vol-a-main-armee",
        "vol-avec-violence",
        "violence-contre-l-autorite",
        "violence-bandes-urbaines",
        "violence-evenements",
        "radicalisation-a-portee-violente",
    }
)
_EXTREME = frozenset({"terrorisme"})
_CATEGORIES = {
    "securite-routiere": ("Transport", "Safety"),
    "violence-transports-en-commun": ("Security", "Transport"),
}


def severity(phenomenon: str | None, course: Course) -> str:
    """How bad it is: by the phenomenon while it goes on, minor once it is over."""
    if not course.is_open:
        return "Minor"
    if phenomenon in _EXTREME:
        return "Extreme"
    return "Severe" if phenomenon in _SEVERE else "Moderate"


def categories(phenomenon: str | None) -> tuple[str, ...]:
    """The categories of a phenomenon; crime is Security."""
    return _CATEGORIES.get(phenomenon or "", ("Security",))


def language_code(language: Language) -> str:
    """The language as it is written in Belgium."""
    return f"{language}-BE"
