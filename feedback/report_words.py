"""What the words of the register are called, for whoever reads it."""

from feedback.models import ReportEventKind, ReportSource, ReportStatus
from hub.i18n import Language, mark, translate

SOURCES = {
    ReportSource.POST: mark("Letter"),
    ReportSource.EMAIL: mark("Email"),
    ReportSource.SOCIAL_MEDIA: mark("Social media"),
    ReportSource.PROBLEM_BOX: mark("Problem box"),
    ReportSource.TELEPHONE: mark("Telephone"),
    ReportSource.COUNTER: mark("Counter"),
    ReportSource.NEIGHBOURHOOD_TEAM: mark("Neighbourhood team"),
    ReportSource.NEIGHBOURHOOD_PROGRAMME: mark("Neighbourhood programme"),
    ReportSource.MUNICIPAL_SERVICE: mark("Other service of the town"),
    ReportSource.EXTERNAL_SERVICE: mark("Service outside the town"),
    ReportSource.WORKING_GROUP: mark("Working group"),
    ReportSource.MEMBER: mark("Message of a member"),
    ReportSource.WEB: mark("Web form"),
}
STATUSES = {
    ReportStatus.NEW: mark("New"),
    ReportStatus.IN_HAND: mark("In hand"),
    ReportStatus.WAITING: mark("Waiting"),
    ReportStatus.DONE: mark("Done"),
    ReportStatus.NOT_FOR_US: mark("Not for us"),
    ReportStatus.MERGED: mark("Merged"),
}
# What a field is called in the history.
FIELDS = {
    "source": mark("How it came in"),
    "category": mark("What it is about"),
    "words": mark("What was reported"),
    "street": mark("Street"),
    "house_number": mark("House number"),
    "latitude": mark("Point on the map"),
    "observed_at": mark("Seen at"),
    "received_at": mark("Received at"),
    "reporter_name": mark("Name of the reporter"),
    "reporter_contact": mark("How to answer"),
    "reporter_language": mark("Language of the reporter"),
    "is_confidential": mark("Confidential"),
    "status": mark("State"),
    "service_id": mark("Service"),
    "assigned_to": mark("Given to"),
    "due_on": mark("To be done by"),
    "external_reference": mark("Number in another system"),
    "led_to": mark("What it led to"),
}
KINDS = {
    ReportEventKind.ENTERED: mark("Written down"),
    ReportEventKind.CHANGED: mark("Changed"),
    ReportEventKind.STATUS: mark("State"),
    ReportEventKind.ASSIGNED: mark("Given to"),
    ReportEventKind.NOTE: mark("Note"),
    ReportEventKind.ATTACHED: mark("Photo or paper added"),
    ReportEventKind.MERGED: mark("Merged"),
    ReportEventKind.ANSWERED: mark("Answered"),
}


def source(code: str, language: Language) -> str:
    """The name of a door that a report came by."""
    return translate(language, SOURCES[ReportSource(code)])


def status(code: str, language: Language) -> str:
    """The name of a state."""
    return translate(language, STATUSES[ReportStatus(code)])


def field(name: str, language: Language) -> str:
    """The name of a field."""
    return translate(language, FIELDS.get(name, ""))


def kind(code: str, language: Language) -> str:
    """What kind of thing happened."""
    return translate(language, KINDS[ReportEventKind(code)])
