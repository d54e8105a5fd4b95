"""The facts of an alert: typed once, in the officer's own words; every text is made from them."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from hub import clock
from hub.config import settings
from hub.errors import FieldProblem
from hub.i18n import mark
from messaging.models import Broadcast, BroadcastFacts, Incident

LONGEST_FACT = 160
# Those of one broadcast; the phenomenon, the place and the time are those of its incident.
TYPED = ("what", "person", "vehicle", "direction", "measures")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known. What is empty is left out of the words, or asked for where they need it."""

    phenomenon: str = ""
    place: str = ""
    # When it happened.
    at: datetime | None = None
    # Instead of the name of the phenomenon, in every language as it was typed.
    what: str = ""
    person: str = ""
    vehicle: str = ""
    direction: str = ""
    # What members are asked to do, besides what the template asks.
    measures: str = ""
    # What a message after the alert tells: how it ended, what is new.
    news: str = ""
    # When that message is written, and when the alert left.
    now: datetime | None = None
    alert_at: datetime | None = None


def problems(given: Facts) -> list[FieldProblem]:
    """The facts that are longer than a text can take, by field."""
    sentence = mark("At most {count} characters.")
    return [
        FieldProblem(name, sentence, (("count", LONGEST_FACT),))
        for name in TYPED
        if len(getattr(given, name)) > LONGEST_FACT
    ]


def keep(session: Session, broadcast_id: UUID, given: Facts) -> None:
    """Store what was typed for one broadcast."""
    typed = {name: value for name, value in asdict(given).items() if name in TYPED}
    session.add(BroadcastFacts(broadcast_id=broadcast_id, **typed))


def forget_old(session: Session) -> None:
    """Drop what was typed for alerts of long ago; not while their incident is open."""
    before = clock.now() - timedelta(days=settings().alert_facts_kept_days)
    is_over = col(Broadcast.incident_id).is_(None) | (col(Incident.closed_at) < before)
    old = (
        select(Broadcast.id)
        .outerjoin(Incident, col(Incident.id) == col(Broadcast.incident_id))
        .where(col(Broadcast.created_at) < before, is_over)
    )
    over = delete(BroadcastFacts).where(col(BroadcastFacts.broadcast_id).in_(old))
    session.execute(over.execution_options(synchronize_session=False))


def of_incident(session: Session, incident: Incident) -> Facts:
    """What is known of an incident: with what was typed for its newest broadcast that has any."""
    newest = (
        select(BroadcastFacts)
        .join(Broadcast, col(Broadcast.id) == col(BroadcastFacts.broadcast_id))
        .where(Broadcast.incident_id == incident.id)
        .order_by(col(Broadcast.created_at).desc())
        .limit(1)
    )
    return _with(incident, session.exec(newest).first())


def of_broadcast(session: Session, broadcast: Broadcast) -> Facts:
    """The facts from which the texts of one broadcast were made; empty ones where none were."""
    incident = session.get(Incident, broadcast.incident_id) if broadcast.incident_id else None
    return _with(incident, session.get(BroadcastFacts, broadcast.id))


def _with(incident: Incident | None, typed: BroadcastFacts | None) -> Facts:
    words: dict[str, Any] = {name: getattr(typed, name) for name in TYPED} if typed else {}
    if incident is None:
        return Facts(**words)
    its, at = (incident.phenomenon, incident.place), incident.facts_at
    return Facts(*its, at=at, **words)
