"""A police zone with as many members as wanted, made in bulk, and broadcasts to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle, islice
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel import Session

from benchmarks.bulk_load import load
from benchmarks.numbers import FIRST_NUMBER
from hub import clock
from hub.access import Action, Actor, Appointed
from hub.columns import new_id
from hub.db import row_locks
from hub.i18n import Language
from hub.roles import Role, ScopeKind
from hub.security import blind_index
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastPartnership,
    BroadcastText,
    Step,
)
from partnerships.models import (
    Account,
    Channel,
    CommunicationPlan,
    Consent,
    ContactKind,
    ContactPoint,
    Membership,
    Organisation,
    OrganisationKind,
    Partnership,
    Person,
    PlanChannel,
    PlanRule,
    Purpose,
)
from tests.running_hub import WORDS

LANGUAGES = (Language.FRENCH, Language.DUTCH, Language.GERMAN)


@dataclass(frozen=True)
class Zone:
    """Who may send, and the zone he sends in."""

    actor: Actor
    police_zone_id: UUID
    municipality_id: UUID


@dataclass(frozen=True)
class Group:
    """A partnership whose members have one mobile, or one address, each."""

    partnership_id: UUID
    plan_id: UUID
    people: int


def make_zone(session: Session) -> Zone:
    """An empty police zone and its dispatcher."""
    zone = Organisation(kind=OrganisationKind.POLICE_ZONE, slug="zone", name="Zone")
    town = Organisation(kind=OrganisationKind.MUNICIPALITY, slug="town", name="Town")
    account = Account(
        email="bench@example.org",
        email_index=blind_index("bench@example.org"),
        name="Benchmark",
        password_hash="no password fits this",  # noqa: S106 - nobody signs in
    )
    session.add_all([zone, town, account])
    session.flush()
    held = Appointed(Role.DISPATCHER, ScopeKind.POLICE_ZONE, zone.id)
    actor = Actor(account.id, account.name, Language.FRENCH, (held,))
    assert actor.may(Action.SEND_BROADCAST)
    return Zone(actor, zone.id, town.id)


def make_group(
    session: Session, zone: Zone, people: int, channel: Channel, first: int = 0
) -> Group:
    """A partnership with ``people`` members who agreed to everything, reached by one channel."""
    partnership = Partnership(
        slug=f"group-{uuid4().hex[:8]}",
        name="Group",
        languages=list(LANGUAGES),
        police_zone_id=zone.police_zone_id,
        municipality_id=zone.municipality_id,
    )
    session.add(partnership)
    session.flush()
    plan_id = _plan(session, partnership, channel)
    _members(session, partnership.id, people, channel, first)
    return Group(partnership.id, plan_id, people)


def take_time(session: Session) -> None:
    """Let the statements of this transaction run longer than the hub's own may."""
    if row_locks(session):
        session.connection().execute(text("SET LOCAL statement_timeout = 0"))


def settle(session: Session) -> None:
    """What PostgreSQL does by itself within a minute of a large load."""
    if row_locks(session):
        session.connection().execute(text("ANALYZE"))


def _plan(session: Session, partnership: Partnership, channel: Channel) -> UUID:
    plan = CommunicationPlan(
        partnership_id=partnership.id,
        signed_on=date(2026, 1, 15),
        in_force_from=clock.now() - timedelta(days=1),
    )
    session.add(plan)
    session.flush()
    for kind in BroadcastKind:
        # At any hour of the day: what is measured must not wait for the morning.
        session.add(PlanRule(communication_plan_id=plan.id, kind=kind, sent_by=[Role.DISPATCHER]))
        session.add(
            PlanChannel(communication_plan_id=plan.id, kind=kind, channel=channel, position=1)
        )
    session.flush()
    return plan.id


def _members(
    session: Session, partnership_id: UUID, people: int, channel: Channel, first: int
) -> None:
    start = new_id()
    person = Person(name="Member of the benchmark", language=Language.FRENCH)
    languages = islice(cycle(LANGUAGES), people)
    load(session, person, people, id=_ids(start, people), language=languages)
    kind = ContactKind.EMAIL if channel is Channel.EMAIL else ContactKind.MOBILE
    load(
        session,
        ContactPoint(person_id=start, kind=kind, value="", value_index=""),
        people,
        id=_ids(new_id(), people),
        person_id=_ids(start, people),
        value=_values(kind, first, people),
        value_index=map(blind_index, _values(kind, first, people)),
    )
    load(
        session,
        Membership(partnership_id=partnership_id, person_id=start),
        people,
        id=_ids(new_id(), people),
        person_id=_ids(start, people),
    )
    for purpose in Purpose:
        consent = Consent(person_id=start, purpose=purpose, wording_version="1", given_how="paper")
        ids = _ids(new_id(), people)
        load(session, consent, people, id=ids, person_id=_ids(start, people))


def _ids(start: UUID, count: int) -> Iterator[UUID]:
    """Keys as the hub makes them: ordered by time, the next one a little greater."""
    return (UUID(int=start.int + number) for number in range(count))


def _values(kind: ContactKind, first: int, count: int) -> Iterator[str]:
    numbers = range(first, first + count)
    if kind is ContactKind.EMAIL:
        return (f"member{number}@members.example" for number in numbers)
    return (f"+{FIRST_NUMBER + number}" for number in numbers)


def write_broadcast(session: Session, zone: Zone, group: Group, kind: BroadcastKind) -> UUID:
    """A draft to this group in three languages."""
    broadcast = Broadcast(
        client_request_id=uuid4().hex,
        kind=kind,
        step=Step.FIRST,
        author_id=zone.actor.account_id,
        expires_at=clock.now() + timedelta(hours=6),
    )
    session.add(broadcast)
    session.flush()
    target = BroadcastPartnership(
        broadcast_id=broadcast.id,
        partnership_id=group.partnership_id,
        communication_plan_id=group.plan_id,
    )
    session.add(target)
    for language in LANGUAGES:
        session.add(BroadcastText(broadcast_id=broadcast.id, language=language, **WORDS[language]))
    session.flush()
    return broadcast.id
