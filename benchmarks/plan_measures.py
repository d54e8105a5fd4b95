"""How long a year of a plan's figures takes at a million deliveries and 100,000 register rows.

``.venv/bin/python -m benchmarks.plan_measures``. On PostgreSQL, set as in production: 81 results
that are fed by every measure there is, for the whole town and its ten partnerships, for the year
and its four quarters. Ends with 1 above 60 seconds. ``--explain`` shows the dearest questions.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice, product
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from benchmarks.bulk_load import load
from benchmarks.databases import Database, database
from benchmarks.members import Group, make_group, make_zone, settle, take_time, write_broadcast
from feedback.models import InboundKind, InboundMessage, ReportService
from hub import config, db
from hub.columns import new_id
from hub.i18n import Language
from hub.migration import upgrade
from hub.security import new_token
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastStatus,
    Delivery,
    DeliveryState,
)
from partnerships.models import Channel, Membership
from plan.measures import taking
from plan.measures.buckets import begun
from plan.measures.catalogue import MEASURES
from plan.models import (
    Campaign,
    CampaignDay,
    ExpectedResult,
    Meeting,
    NodeKind,
    Obligation,
    ObligationKind,
    Plan,
    PlanNode,
    PreventionVisit,
    RequesterKind,
    ResultKind,
    ResultMeasure,
    ServiceDays,
    Shift,
    ShiftKind,
)

ZONES, PEOPLE_EACH, BROADCASTS_EACH = 10, 2_000, 50
DELIVERIES = ZONES * PEOPLE_EACH * BROADCASTS_EACH
REGISTER_ROWS = 100_000
RESULTS = 81
_LIMIT_SECONDS = 60
_YEAR = (date(2025, 1, 1), date(2025, 12, 31))
_AS_OF = datetime(2026, 2, 1, tzinfo=UTC)
_NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)
_STATES = [DeliveryState.DELIVERED] * 8 + [DeliveryState.NO_RECEIPT, DeliveryState.FAILED]
_KINDS = (
    BroadcastKind.URGENT_ALERT,
    BroadcastKind.PREVENTION,
    BroadcastKind.MODUS_OPERANDI,
    BroadcastKind.INCREASE_WARNING,
    BroadcastKind.FEEDBACK,
)
_PHENOMENA = ("", "cambriolage", "vol", "nuisances")


@dataclass(frozen=True)
class Town:
    """What is measured, and whose it is."""

    municipality_id: UUID
    by: UUID
    services: list[UUID]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, database("postgresql", Path(folder)) as made:
        os.environ |= {
            "HUB_DATABASE_URL": made.url,
            "HUB_DATA_DIR": folder,
            "HUB_SECRET_KEY": new_token(),
        }
        config.settings.cache_clear()
        upgrade()
        begun_at = time.perf_counter()
        plan = _fill(random.Random(2026))
        made.ask("VACUUM ANALYZE")
        print(f"loaded in {time.perf_counter() - begun_at:.0f} s")
        made.forget_statements()
        seconds = _measure(plan)
        if "--explain" in sys.argv:
            _dearest(made)
        db.close()
    verdict = "ok" if seconds <= _LIMIT_SECONDS else "TOO SLOW"
    print(f"{'all':36}{seconds:8.2f} s  {verdict}")
    sys.exit(seconds > _LIMIT_SECONDS)


def _fill(chance: random.Random) -> Plan:
    with db.unit_of_work() as session:
        take_time(session)
        zone = make_zone(session)
        groups = [
            make_group(session, zone, PEOPLE_EACH, Channel.SMS, number * PEOPLE_EACH)
            for number in range(ZONES)
        ]
        first = 1
        for group in groups:
            people = list(
                session.exec(
                    select(Membership.person_id).where(
                        Membership.partnership_id == group.partnership_id
                    )
                )
            )
            for number in range(BROADCASTS_EACH):
                kind = _KINDS[number % len(_KINDS)]
                broadcast_id = write_broadcast(session, zone, group, kind)
                _released(session, chance, broadcast_id, number, group, people, first)
                first += len(people)
    with db.unit_of_work() as session:
        take_time(session)
        services = [
            ReportService(municipality_id=zone.municipality_id, name=f"S{number}")
            for number in range(6)
        ]
        session.add_all(services)
        session.flush()
        by = zone.actor.account_id
        town = Town(zone.municipality_id, by, [one.id for one in services])
        _registers(session, chance, town)
        plan = _plan(session, town)
        settle(session)
    return plan


def _released(
    session: Session,
    chance: random.Random,
    broadcast_id: UUID,
    number: int,
    group: Group,
    people: list[UUID],
    first: int,
) -> None:
    """A broadcast of some day of the year, its deliveries, numbered from ``first``, and a reply
    from one in twenty."""
    broadcast = session.get_one(Broadcast, broadcast_id)
    at = _NOON + timedelta(days=7 * number)
    broadcast.status, broadcast.released_at = BroadcastStatus.FINISHED, at
    broadcast.fanned_out_at = at
    session.add(broadcast)
    session.flush()
    example = Delivery(
        broadcast_id=broadcast_id, person_id=people[0], partnership_id=group.partnership_id,
        channel=Channel.SMS, language=Language.FRENCH, chunk=1,
        state=DeliveryState.DELIVERED, queued_at=at, changed_at=at,
    )  # fmt: skip
    load(
        session, example, len(people),
        id=range(first, first + len(people)),
        person_id=people,
        state=(chance.choice(_STATES) for _one in people),
        handed_over_at=(at + timedelta(seconds=chance.randrange(200)) for _one in people),
    )  # fmt: skip
    replied = range(0, len(people), 20)
    reply = InboundMessage(
        carrier_id="", sender="+32", body="x", kind=InboundKind.MESSAGE, language=Language.FRENCH
    )
    load(
        session, reply, len(replied),
        id=(new_id() for _one in replied),
        carrier_id=(f"{broadcast_id}-{one}" for one in replied),
        received_at=(at + timedelta(hours=chance.randrange(400)) for _one in replied),
        person_id=(people[one] for one in replied),
        delivery_id=(first + one for one in replied),
    )  # fmt: skip


def _days(chance: random.Random, many: int) -> Iterator[date]:
    return (_YEAR[0] + timedelta(days=chance.randrange(365)) for _one in range(many))


def _registers(session: Session, chance: random.Random, town: Town) -> None:
    """60,000 shifts, 20,000 visits, 10,000 meetings, 5,000 actions of a day, 5,000 obligations."""
    owned: dict[str, Any] = {"municipality_id": town.municipality_id, "entered_by": town.by}
    for service in town.services:
        days = ServiceDays(service_id=service, from_day=_YEAR[0], weekdays=list(range(6)))
        session.add(days)
    session.flush()
    many = REGISTER_ROWS * 6 // 10
    began = [_NOON + timedelta(hours=chance.randrange(8700)) for _one in range(many)]
    load(
        session,
        Shift(**owned, service_id=town.services[0], kind=ShiftKind.PRESENCE, began_at=_NOON),
        many,
        id=(new_id() for _one in range(many)),
        service_id=cycle(town.services),
        kind=cycle((ShiftKind.PRESENCE, ShiftKind.PRESENCE, ShiftKind.OUTREACH, ShiftKind.OFFICE)),
        began_at=began,
        ended_at=(at + timedelta(hours=4) for at in began),
    )
    many = REGISTER_ROWS * 2 // 10
    asked = list(_days(chance, many))
    load(
        session,
        PreventionVisit(**owned, requester=RequesterKind.VICTIM, requested_on=_YEAR[0]),
        many,
        id=(new_id() for _one in range(many)),
        requester=cycle(RequesterKind),
        requested_on=asked,
        offence_on=asked,
        visited_on=(day + timedelta(days=chance.randrange(30)) for day in asked),
    )
    many = REGISTER_ROWS // 10
    load(
        session, Meeting(**owned, body="", day=_YEAR[0]), many,
        id=(new_id() for _one in range(many)),
        body=(f"body-{number % 8}" for number in range(many)),
        phenomenon=cycle(_PHENOMENA),
        day=_days(chance, many),
    )  # fmt: skip
    many = REGISTER_ROWS // 20
    campaigns = [new_id() for _one in range(many)]
    load(session, Campaign(**owned, title="x"), many, id=campaigns, phenomenon=cycle(_PHENOMENA))
    load(
        session, CampaignDay(campaign_id=campaigns[0], day=_YEAR[0]), many,
        id=(new_id() for _one in range(many)), campaign_id=campaigns, day=_days(chance, many),
    )  # fmt: skip
    due = list(_days(chance, many))
    load(
        session,
        Obligation(**owned, kind=ObligationKind.DASHBOARD, title="x", due_on=_YEAR[0]),
        many,
        id=(new_id() for _one in range(many)),
        kind=cycle(ObligationKind),
        due_on=due,
        sent_on=(day + timedelta(days=chance.randrange(-9, 4)) for day in due),
    )


def _plan(session: Session, town: Town) -> Plan:
    plan = Plan(
        municipality_id=town.municipality_id, title="Plan", starts_on=_YEAR[0], ends_on=_YEAR[1]
    )
    session.add(plan)
    session.flush()
    node = PlanNode(plan_id=plan.id, kind=NodeKind.OPERATIONAL, label="Objective")
    session.add(node)
    session.flush()
    for number, (measure, filters) in enumerate(islice(_feeds(town), RESULTS), start=1):
        result = ExpectedResult(node_id=node.id, raw=f"R{number}", kind=ResultKind.COUNT)
        session.add(result)
        session.flush()
        session.add(ResultMeasure(result_id=result.id, measure=measure, filters=filters))
    session.flush()
    return plan


def _feeds(town: Town) -> Iterator[tuple[str, dict[str, str]]]:
    """Every measure, first as it is, then narrowed in some way, no two alike where they can be."""
    yield from ((code, {}) for code in MEASURES)
    by_phenomenon = (code for code, one in MEASURES.items() if "phenomenon" in one.filters)
    yield from (
        (code, {"phenomenon": name}) for code, name in product(by_phenomenon, _PHENOMENA[1:])
    )
    for code, service in product(("m.presence_hours", "m.presence_outings"), town.services):
        yield code, {"service": str(service)}
    yield from (("m.visits_on_time", {"requester": one.value}) for one in RequesterKind)
    yield from (("m.meetings", {"body": f"body-{number}"}) for number in range(RESULTS))


def _measure(plan: Plan) -> float:
    by_measure: dict[str, float] = {}
    begun_at = time.perf_counter()
    kept = 0
    with db.unit_of_work() as session:
        feeds = taking.feeds_of(session, plan)
    for feed in feeds:
        at = time.perf_counter()
        with db.unit_of_work() as session:
            periods = begun(plan, _AS_OF.date())
            figures = taking.taken(session, plan, feed, periods, _AS_OF, by_zone=True)
            kept += taking.keep(session, feed, figures, _AS_OF)
        code = feed.measure.code
        by_measure[code] = by_measure.get(code, 0) + time.perf_counter() - at
    seconds = time.perf_counter() - begun_at
    for code, spent in sorted(by_measure.items(), key=lambda one: -one[1]):
        print(f"{code:36}{spent:8.2f} s")
    print(f"{len(feeds)} questions for {RESULTS} results, {kept} figures, {DELIVERIES} deliveries")
    return seconds


def _dearest(made: Database) -> None:
    for one in made.statements()[:5]:
        print(f"\n{one.milliseconds:.0f} ms in {one.calls} calls\n{one.query}")


if __name__ == "__main__":
    main()
