"""A zone just after an alert: every member has got it, and the inbox is not empty."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import Session

from benchmarks.bench_hub import BenchHub
from benchmarks.bulk_load import load
from benchmarks.members import settle, take_time
from benchmarks.receipts_case import handed_over
from feedback.models import InboundKind, InboundMessage
from hub import clock
from hub.columns import new_id
from hub.db import unit_of_work
from hub.i18n import Language
from messaging.models import Broadcast, Incident


def put_out(hub: BenchHub, people: int) -> None:
    """An alert about an incident, which so many members have got just now."""
    broadcast_id = handed_over(hub, people)
    at = clock.now()
    incident = Incident(
        police_zone_id=hub.zone.police_zone_id,
        phenomenon="burglary",
        place="Rue Haute",
        facts_at=at,
        reported_at=at,
        opened_by=hub.zone.actor.account_id,
    )
    with unit_of_work() as session:
        session.add(incident)
        session.flush()
        session.get_one(Broadcast, broadcast_id).incident_id = incident.id


def fill_inbox(hub: BenchHub, count: int) -> None:
    """Texts of earlier days, one a minute until yesterday."""
    with unit_of_work() as session:
        take_time(session)
        _earlier(session, hub.zone.police_zone_id, count)
    with unit_of_work() as session:
        take_time(session)
        settle(session)


def _earlier(session: Session, police_zone_id: UUID, count: int) -> None:
    example = InboundMessage(
        carrier_id="",
        sender="+32479000000",
        body="Rien vu dans notre rue",
        kind=InboundKind.MESSAGE,
        language=Language.FRENCH,
        police_zone_id=police_zone_id,
    )
    start, yesterday = new_id().int, clock.now() - timedelta(days=1)
    load(
        session,
        example,
        count,
        id=(UUID(int=start + number) for number in range(count)),
        carrier_id=(f"earlier {number}" for number in range(count)),
        received_at=(yesterday - timedelta(minutes=count - n) for n in range(count)),
    )
