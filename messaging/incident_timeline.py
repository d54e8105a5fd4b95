"""All that happened about an incident, in order of time, with who and when.

What members answered is the room above's; it puts its own entries among these.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from messaging import incidents, launch, launch_additions, stopping
from messaging.cap import arrivals
from messaging.models import Broadcast, BroadcastStatus, Incident
from messaging.progress import Progress, progress_of
from partnerships.models import Account


class EntryKind(StrEnum):
    FACTS = "facts"
    REPORTED = "reported"
    OPENED = "opened"
    DECISION = "decision"
    ADDITION = "addition"  # to a decision, afterwards
    WAITING = "waiting"  # for a second person
    BROADCAST = "broadcast"
    INTERVENTION = "intervention"
    ARRIVAL = "arrival"  # what another system said
    REPLY = "reply"
    SIGHTING = "sighting"
    CLOSED = "closed"


# At the same moment, in the order in which one leads to the other.
_ORDER = list(EntryKind)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. ``who`` is the name of whoever did it, empty where nobody of ours
    did; ``what`` is the thing itself, by ``kind``."""

    at: datetime
    kind: EntryKind
    who: str = ""
    what: Any = None
    # Of a broadcast: its figures. Of a decision: who was told. Of an addition: the decision.
    beside: Any = None


def entries(session: Session, incident: Incident) -> list[Entry]:
    """What happened about this incident, oldest first, with the figures of this moment."""
    found = [
        *_facts(incident),
        *_decisions(session, incident),
        *_broadcasts(session, incident),
        *_arrivals(session, incident),
    ]
    named = _named(session, found)
    return in_order(named(one) for one in found)


def in_order(found: Iterable[Entry]) -> list[Entry]:
    """The same entries, oldest first."""
    return sorted(found, key=lambda one: (one.at, _ORDER.index(one.kind)))


def _facts(incident: Incident) -> list[Entry]:
    found = [
        Entry(incident.facts_at, EntryKind.FACTS),
        Entry(incident.reported_at, EntryKind.REPORTED),
        Entry(incident.opened_at, EntryKind.OPENED, str(incident.opened_by)),
    ]
    if incident.closed_at:
        who = str(incident.closed_by or "")
        found.append(Entry(incident.closed_at, EntryKind.CLOSED, who, incident.close_reason))
    return found


def _decisions(session: Session, incident: Incident) -> list[Entry]:
    found = []
    for one in launch.decisions_of(session, incident.id):
        who, told = str(one.decided_by), launch.told_of(session, one)
        found.append(Entry(one.decided_at, EntryKind.DECISION, who, one, told))
        found.extend(
            Entry(added.added_at, EntryKind.ADDITION, str(added.added_by), added, one)
            for added in launch_additions.of_decision(session, one.id)
        )
    return found


def _broadcasts(session: Session, incident: Incident) -> list[Entry]:
    found = []
    for one in incidents.broadcasts_of(session, incident):
        if one.released_at is not None:
            figures = progress_of(session, one)
            who = str(one.released_by or "")
            found.append(Entry(one.released_at, EntryKind.BROADCAST, who, one, figures))
            found.extend(_interventions(session, one))
        elif one.status is BroadcastStatus.AWAITING_APPROVAL and one.approval_asked_at:
            who = str(one.author_id)
            found.append(Entry(one.approval_asked_at, EntryKind.WAITING, who, one, Progress()))
    return found


def _interventions(session: Session, broadcast: Broadcast) -> list[Entry]:
    return [
        Entry(one.done_at, EntryKind.INTERVENTION, str(one.done_by), one, broadcast)
        for one in stopping.of_broadcast(session, broadcast)
    ]


def _arrivals(session: Session, incident: Incident) -> list[Entry]:
    return [
        Entry(one.arrived_at, EntryKind.ARRIVAL, str(one.brought_by or ""), one)
        for one in arrivals.of_incident(session, incident)
    ]


def _named(session: Session, found: Iterable[Entry]) -> Callable[[Entry], Entry]:
    """Puts the names of accounts in the place of their ids."""
    ids = {UUID(one.who) for one in found if one.who}
    accounts = session.exec(select(Account).where(col(Account.id).in_(ids)))
    names = {str(one.id): one.name for one in accounts}
    return lambda one: Entry(one.at, one.kind, names.get(one.who, ""), one.what, one.beside)
