"""``python -m benchmarks.register``: the register of a country, asked what it is asked all day.

2,000 partnerships and 200,000 members on PostgreSQL. Who an alert goes to, a coordinator's list of
members and his search must answer within 200 ms, and within five times a plain query over indexes
that reads the same members in the same run: the one bound is for people, the other for machines of
any speed. Ends with 1 when a bound is broken. Results: var/benchmark/register.json.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from benchmarks import machine
from benchmarks.bulk_load import load
from benchmarks.databases import database
from benchmarks.members import LANGUAGES, make_zone, settle, take_time
from benchmarks.numbers import FIRST_NUMBER
from hub import clock
from hub.access import Role
from hub.columns import new_id
from hub.db import unit_of_work
from hub.migration import upgrade
from hub.security import blind_index
from messaging import audience
from messaging.models import BroadcastKind
from partnerships import accounts, members_list
from partnerships.members_list import Wish
from partnerships.models import (
    CommunicationPlan,
    Consent,
    ContactKind,
    ContactPoint,
    Membership,
    Organisation,
    OrganisationKind,
    Partnership,
    Person,
    Purpose,
)
from partnerships.usual_plan import usual_channels, usual_rules
from tests import in_process
from tests.running_hub import Visitor

ROOT = Path(__file__).resolve().parent.parent
MOST_MILLISECONDS = 200
MOST_TIMES = 5
_EMAIL, _PASSWORD = "officer@members.example", "four words that I remember"
_FIRST = ("Alix", "Bram", "Chloé", "Dirk", "Élise", "Femke", "Gaston", "Heidi", "Ingrid", "Jan")
_LAST = ("Abeele", "Bastin", "Corbeau", "Denoël", "Eicher", "Fontaine", "Goossens", "Hilgers")


@dataclass(frozen=True)
class Group:
    """One partnership of the register."""

    id: UUID
    slug: str
    plan_id: UUID


@dataclass(frozen=True)
class Measured:
    """A question, its times, and how many times those of the plain query beside it."""

    question: str
    median_ms: float
    p95_ms: float
    times_plain: float | None
    must_be_within: float | None = MOST_TIMES

    @property
    def is_well(self) -> bool:
        slow = self.p95_ms > MOST_MILLISECONDS
        dear = bool(
            self.times_plain and self.must_be_within and self.times_plain > self.must_be_within
        )
        return not slow and not dear


def main() -> None:
    """Fill the register, ask, and tell."""
    asked = _arguments()
    with tempfile.TemporaryDirectory() as folder, _register(Path(folder), asked) as groups:
        measured = list(_measure(groups, asked.rounds))
    _tell(asked, measured)
    if not all(one.is_well for one in measured):
        sys.exit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--partnerships", type=int, default=2000)
    parser.add_argument("--members", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=200)
    return parser.parse_args()


@contextmanager
def _register(folder: Path, asked: argparse.Namespace) -> Iterator[list[Group]]:
    with database("postgresql", folder) as made:
        os.environ |= {"HUB_DATABASE_URL": made.url, "HUB_DATA_DIR": str(folder)}
        upgrade()
        with unit_of_work() as session:
            take_time(session)
            groups = _partnerships(session, asked.partnerships)
            _members(session, groups, asked.members)
        with unit_of_work() as session:
            settle(session)
        yield groups


def _partnerships(session: Session, count: int) -> list[Group]:
    """In zones of a hundred; the officer who asks is of the first."""
    zone = make_zone(session)
    officer = accounts.create(session, email=_EMAIL, name="Officer", password=_PASSWORD)
    accounts.appoint(session, officer, Role.MANDATED_OFFICER, zone.police_zone_id)
    police_zone_id = zone.police_zone_id
    groups = []
    for number in range(count):
        if number and number % 100 == 0:
            other = Organisation(
                kind=OrganisationKind.POLICE_ZONE, slug=f"zone-{number}", name="Zone"
            )
            session.add(other)
            session.flush()
            police_zone_id = other.id
        groups.append(_partnership(session, number, police_zone_id, zone.municipality_id))
    return groups


def _partnership(session: Session, number: int, zone_id: UUID, town_id: UUID) -> Group:
    partnership = Partnership(
        slug=f"group-{number}",
        name=f"Group {number}",
        languages=list(LANGUAGES),
        police_zone_id=zone_id,
        municipality_id=town_id,
    )
    plan = CommunicationPlan(partnership_id=partnership.id, in_force_from=clock.now())
    session.add(partnership)
    session.flush()
    session.add(plan)
    session.flush()
    session.add_all(usual_rules(plan.id))
    session.add_all(usual_channels(plan.id))
    session.flush()
    return Group(partnership.id, partnership.slug, plan.id)


def _members(session: Session, groups: list[Group], count: int) -> None:
    """A mobile, a mail address and three agreements each, as in a register that is well kept."""
    start = new_id()
    people = [UUID(int=start.int + number) for number in range(count)]
    names = [f"{_FIRST[n % 10]} {_LAST[n // 10 % 8]}-{_LAST[n // 80 % 8]}" for n in range(count)]
    languages = islice(cycle(LANGUAGES), count)
    example = Person(name="", language=LANGUAGES[0])
    load(session, example, count, id=people, name=names, language=languages)
    numbers = [f"+{FIRST_NUMBER + number}" for number in range(count)]
    addresses = [f"member{number}@members.example" for number in range(count)]
    for position, (kind, values) in enumerate(
        ((ContactKind.MOBILE, numbers), (ContactKind.EMAIL, addresses)), start=1
    ):
        load(
            session,
            ContactPoint(person_id=start, kind=kind, value="", value_index="", position=position),
            count,
            id=_ids(count),
            person_id=people,
            value=values,
            value_index=map(blind_index, values),
        )
    load(
        session,
        Membership(partnership_id=groups[0].id, person_id=start),
        count,
        id=_ids(count),
        person_id=people,
        partnership_id=islice(cycle(one.id for one in groups), count),
    )
    for purpose in Purpose:
        consent = Consent(person_id=start, purpose=purpose, wording_version="1", given_how="paper")
        load(session, consent, count, id=_ids(count), person_id=people)


def _ids(count: int) -> Iterator[UUID]:
    start = new_id()
    return (UUID(int=start.int + number) for number in range(count))


def _measure(groups: list[Group], rounds: int) -> Iterator[Measured]:
    """Each question of a round asks about another partnership; the plain query is asked in turn."""
    chance = Random(1)
    visitor = in_process.signed_in(_EMAIL, _PASSWORD)
    first_zone = groups[:100]
    questions: dict[str, Callable[[Group], Any]] = {
        "plain query": _in_session(_plain),
        "audience of an alert": _in_session(_audience),
        "page of members": _in_session(_page),
        "search by name": _in_session(_search),
    }
    whole_pages: dict[str, Callable[[Group], Any]] = {
        "GET /members, whole answer": lambda one: _get(visitor, one, ""),
        "GET /members?show=unreachable": lambda one: _get(visitor, one, "?show=unreachable"),
    }
    times: dict[str, list[float]] = {name: [] for name in (*questions, *whole_pages)}
    for number in range(-5, rounds):
        for name, ask in (questions | whole_pages).items():
            group = chance.choice(groups if name in questions else first_zone)
            milliseconds = _milliseconds(ask, group)
            if number >= 0:
                times[name].append(milliseconds)
    plain = statistics.median(times["plain query"])
    for name, took in times.items():
        is_asked = name in questions and name != "plain query"
        median = statistics.median(took)
        p95 = statistics.quantiles(took, n=20)[-1]
        yield Measured(name, median, p95, median / plain if is_asked else None)


def _milliseconds(ask: Callable[[Group], Any], group: Group) -> float:
    began = time.perf_counter()
    ask(group)
    return (time.perf_counter() - began) * 1000


def _in_session(ask: Callable[[Session, Group], Any]) -> Callable[[Group], Any]:
    """In a unit of work of its own, as each request is."""

    def asked(group: Group) -> Any:
        with unit_of_work(read_only=True) as session:
            return ask(session, group)

    return asked


def _plain(session: Session, group: Group) -> Any:
    """The members of one partnership with their ways: what any answer about them must read."""
    return session.exec(
        select(Membership, Person, ContactPoint)
        .join(Person, col(Person.id) == col(Membership.person_id))
        .join(ContactPoint, col(ContactPoint.person_id) == col(Person.id))
        .where(Membership.partnership_id == group.id)
    ).all()


def _audience(session: Session, group: Group) -> Any:
    rows = audience.of_plans([group.plan_id], BroadcastKind.URGENT_ALERT)
    return audience.summary(session, rows)


def _page(session: Session, group: Group) -> Any:
    return members_list.page(session, group.id, Wish(), 1, clock.now())


def _search(session: Session, group: Group) -> Any:
    return members_list.page(session, group.id, Wish(words="noel"), 1, clock.now())


def _get(visitor: Visitor, group: Group, query: str) -> None:
    answer = visitor.get(f"/partnerships/{group.slug}/members{query}")
    assert answer.status_code == 200, answer.text


def _tell(asked: argparse.Namespace, measured: list[Measured]) -> None:
    print(f"{asked.partnerships} partnerships, {asked.members} members")
    for one in measured:
        times = f"{one.times_plain:5.1f} x plain" if one.times_plain else ""
        mark = "" if one.is_well else "  TOO SLOW"
        print(f"{one.question:32} {one.median_ms:7.1f} ms, p95 {one.p95_ms:7.1f} {times}{mark}")
    folder = ROOT / "var" / "benchmark"
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "machine": machine.describe(),
        "partnerships": asked.partnerships,
        "members": asked.members,
        "measured": [asdict(one) for one in measured],
    }
    (folder / "register.json").write_text(json.dumps(told, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
