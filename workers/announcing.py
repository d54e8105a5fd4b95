"""What the timetable does for other systems: alerts published, calls made, their feeds read."""

from hub.db import unit_of_work
from messaging import webhook_calls, webhook_events
from messaging.cap import documents, sources
from workers import warm


def publish_alerts() -> None:
    """Write the CAP documents of what was released or withdrawn."""
    documents.publish_due()


def tell_other_systems() -> None:
    """Put calls on record for what happened, and give up those that are too late."""
    webhook_events.tell_due()
    with unit_of_work(read_only=True) as session:
        is_any_late = webhook_calls.is_any_late(session)
    if is_any_late:
        with unit_of_work() as session:
            webhook_calls.end_late(session)


def call_other_systems() -> None:
    """Make the calls that are due."""
    warm.run(lambda _carriers: webhook_calls.call_due())


def look_into_sources() -> None:
    """Look into the feeds of other systems whose time has come."""
    warm.run(lambda _carriers: sources.look_into_due())


TASKS = (publish_alerts, tell_other_systems)
# Each in a thread of its own: whoever does not answer keeps neither the rows nor the other waiting.
BESIDE = ((call_other_systems,), (look_into_sources,))
