"""``python -m benchmarks.audience_preview``: how long a dispatcher waits for "who gets it".

2,000 zones and 200,000 members, on PostgreSQL and on SQLite. Asked are the figures alone, and the
whole answer of the composer's page, for a point, for a police zone of 100 partnerships and for a
quarter of the country; with streets and groups, too. A preview must be there within 300 ms. Three
rounds; the median of the rounds' medians counts. Ends with 1 when one takes longer. Results:
var/benchmark/audience_preview.json.
"""

import argparse
import json
import math
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

from pyproj import Geod
from sqlmodel import Session, col, select

from benchmarks.bulk_load import load
from benchmarks.databases import database
from benchmarks.members import LANGUAGES, make_zone, settle, take_time
from benchmarks.numbers import FIRST_NUMBER
from hub import clock, config, db
from hub.access import Role
from hub.columns import new_id
from hub.migration import upgrade
from hub.security import blind_index
from messaging import composer
from messaging.models import BroadcastKind
from partnerships import accounts, zones
from partnerships.households import Address, household_index
from partnerships.models import (
    CommunicationPlan,
    Consent,
    ContactKind,
    ContactPoint,
    ContactStop,
    Membership,
    Organisation,
    OrganisationKind,
    Partnership,
    Person,
    Purpose,
    Residence,
)
from partnerships.models.plans import Channel
from partnerships.usual_plan import usual_channels, usual_rules
from tests import in_process
from tests.running_hub import Visitor

ROOT = Path(__file__).resolve().parent.parent
MOST_MILLISECONDS = 300
IN_A_ZONE = 100
_EMAIL, _PASSWORD = "officer@members.example", "four words that I remember"
_EARTH = Geod(ellps="WGS84")
_STREETS = ("Haute", "Basse", "du Moulin", "de la Gare", "Neuve", "des Prés", "du Pont", "Verte")


@dataclass(frozen=True)
class Register:
    """What was made: the partnerships of each police zone, and where each of them lies."""

    groups: list[UUID]
    places: list[tuple[float, float]]


@dataclass(frozen=True)
class Measured:
    """One question on one database. ``people`` is how many it counted, in the middle."""

    database: str
    question: str
    people: int
    rounds_ms: list[float]
    p95_ms: float

    @property
    def median_ms(self) -> float:
        return statistics.median(self.rounds_ms)

    @property
    def is_well(self) -> bool:
        return self.median_ms <= MOST_MILLISECONDS


def main() -> None:
    """Fill a register on each database, ask, and tell."""
    asked = _arguments()
    ends = time.monotonic() + asked.minutes * 60
    measured: list[Measured] = []
    for kind in asked.databases.split(","):
        with tempfile.TemporaryDirectory() as folder, _register(kind, Path(folder), asked) as made:
            for one in _measure(kind, made, asked, ends):
                measured.append(one)
                _show(one)
    _write(asked, measured)
    if not all(one.is_well for one in measured):
        sys.exit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--partnerships", type=int, default=2000)
    parser.add_argument("--members", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--asked", type=int, default=15, help="how often in a round")
    parser.add_argument("--databases", default="postgresql,sqlite")
    parser.add_argument("--minutes", type=float, default=12, help="begin no question after these")
    return parser.parse_args()


@contextmanager
def _register(kind: str, folder: Path, asked: argparse.Namespace) -> Iterator[Register]:
    with database(kind, folder) as made:
        os.environ |= {"HUB_DATABASE_URL": made.url, "HUB_DATA_DIR": str(folder)}
        config.settings.cache_clear()
        upgrade()
        with db.unit_of_work() as session:
            take_time(session)
            register = _partnerships(session, asked.partnerships)
            _members(session, register.groups, asked.members)
        with db.unit_of_work() as session:
            take_time(session)
            settle(session)
        yield register
        db.close()
        config.settings.cache_clear()


def _partnerships(session: Session, count: int) -> Register:
    """In police zones of a hundred side by side; the officer who asks is of all of them."""
    chance, zone = Random(1), make_zone(session)
    officer = accounts.create(session, email=_EMAIL, name="Officer", password=_PASSWORD)
    register, police_zone_id = Register([], []), zone.police_zone_id
    for number in range(count):
        if number % IN_A_ZONE == 0:
            police_zone_id = _police_zone(session, number) if number else police_zone_id
            accounts.appoint(session, officer, Role.MANDATED_OFFICER, police_zone_id)
            town = (chance.uniform(2.8, 6.1), chance.uniform(49.7, 51.3))
        place = (town[0] + chance.gauss(0, 0.03), town[1] + chance.gauss(0, 0.02))
        register.places.append(place)
        register.groups.append(
            _partnership(session, number, police_zone_id, zone.municipality_id, place)
        )
    return register


def _police_zone(session: Session, number: int) -> UUID:
    made = Organisation(kind=OrganisationKind.POLICE_ZONE, slug=f"zone-{number}", name="Zone")
    session.add(made)
    session.flush()
    return made.id


def _partnership(
    session: Session, number: int, zone_id: UUID, town_id: UUID, place: tuple[float, float]
) -> UUID:
    made = Partnership(
        slug=f"group-{number}",
        name=f"Group {number}",
        languages=list(LANGUAGES),
        police_zone_id=zone_id,
        municipality_id=town_id,
    )
    plan = CommunicationPlan(partnership_id=made.id, in_force_from=clock.now())
    session.add(made)
    session.flush()
    session.add(plan)
    session.flush()
    session.add_all([*usual_rules(plan.id), *usual_channels(plan.id)])
    corners = [
        list(map(float, _EARTH.fwd(*place, 360 * n / 40, 300 + 23 * (n * 7 % 40))[:2]))
        for n in range(40)
    ]
    ground = {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}
    zones.draw(session, made.id, ground)
    return made.id


def _members(session: Session, groups: list[UUID], count: int) -> None:
    """A mobile, a mail address, a home and three agreements each; one in fifty sent STOP, one in
    thirty is in two partnerships: as in a register that is well kept."""
    start = new_id()
    people = [UUID(int=start.int + number) for number in range(count)]
    example = Person(name="Member of the benchmark", language=LANGUAGES[0])
    load(session, example, count, id=people, language=islice(cycle(LANGUAGES), count))
    points = _ways(session, people)
    stopped = points[::50]
    stop = ContactStop(contact_point_id=start, channel=Channel.SMS, reason="stop")
    load(session, stop, len(stopped), contact_point_id=stopped)
    _memberships(session, people, groups)
    _homes(session, people)
    for purpose in Purpose:
        consent = Consent(person_id=start, purpose=purpose, wording_version="1", given_how="paper")
        load(session, consent, count, id=_ids(count), person_id=people)


def _ways(session: Session, people: list[UUID]) -> list[UUID]:
    """The ids of the mobiles."""
    count = len(people)
    mobiles: list[UUID] = []
    for position, kind in enumerate((ContactKind.MOBILE, ContactKind.EMAIL), start=1):
        ids = list(_ids(count))
        mobiles = mobiles or ids
        values = [
            f"+{FIRST_NUMBER + number}"
            if kind is ContactKind.MOBILE
            else f"m{number}@bench.example"
            for number in range(count)
        ]
        example = ContactPoint(
            person_id=people[0], kind=kind, value="", value_index="", position=position
        )
        index = map(blind_index, values)
        load(session, example, count, id=ids, person_id=people, value=values, value_index=index)
    return mobiles


def _memberships(session: Session, people: list[UUID], groups: list[UUID]) -> None:
    example = Membership(partnership_id=groups[0], person_id=people[0])
    own = [groups[number % len(groups)] for number in range(len(people))]
    next_to_it = [groups[(number + 1) % len(groups)] for number in range(len(people))]
    for its, where in ((people, own), (people[::30], next_to_it[::30])):
        count = len(its)
        load(session, example, count, id=_ids(count), person_id=its, partnership_id=where)


def _homes(session: Session, people: list[UUID]) -> None:
    """Two to a house, eight streets to a partnership."""
    homes = [
        Address(f"Rue {_STREETS[number // 2 % 8]}", str(number // 2 % 500), "4000", "Town")
        for number in range(len(people))
    ]
    load(
        session,
        Residence(person_id=people[0], town="Town", postcode="4000"),
        len(people),
        person_id=people,
        street=(one.street for one in homes),
        house_number=(one.house_number for one in homes),
        household_index=map(household_index, homes),
    )


def _ids(count: int) -> Iterator[UUID]:
    start = new_id()
    return (UUID(int=start.int + number) for number in range(count))


Question = Callable[[Random], int]


def _measure(
    kind: str, made: Register, asked: argparse.Namespace, ends: float
) -> Iterator[Measured]:
    """The questions take turns within a round, so that a machine that grows slower is unfair to
    none of them."""
    visitor = in_process.signed_in(_EMAIL, _PASSWORD)
    questions = _questions(made, visitor)
    medians: dict[str, list[float]] = {name: [] for name in questions}
    every: dict[str, list[float]] = {name: [] for name in questions}
    counted: dict[str, list[int]] = {name: [] for name in questions}
    for _round in range(asked.rounds):
        chance = Random(_round)
        took: dict[str, list[float]] = {name: [] for name in questions}
        for number in range(-1, asked.asked):
            for name, ask in questions.items():
                if time.monotonic() > ends:
                    raise SystemExit("It took too long: ask less, or allow more --minutes.")
                began = time.perf_counter()
                people = ask(chance)
                if number >= 0:
                    took[name].append((time.perf_counter() - began) * 1000)
                    counted[name].append(people)
        for name, times in took.items():
            medians[name].append(statistics.median(times))
            every[name] += times
    for name in questions:
        p95 = sorted(every[name])[math.ceil(0.95 * len(every[name])) - 1]
        yield Measured(kind, name, int(statistics.median(counted[name])), medians[name], p95)


def _questions(made: Register, visitor: Visitor) -> dict[str, Question]:
    zone_count = math.ceil(len(made.groups) / IN_A_ZONE)
    token = visitor.get("/").text.split('name="form_token" value="')[1].split('"')[0]

    def in_zone(chance: Random) -> list[UUID]:
        first = chance.randrange(zone_count) * IN_A_ZONE
        return made.groups[first : first + IN_A_ZONE]

    return {
        "count: one partnership": lambda chance: _count([chance.choice(made.groups)]),
        "count: a police zone": lambda chance: _count(in_zone(chance)),
        "count: a quarter of the country": lambda _chance: _count(made.groups[::4]),
        "page: a point, 300 m": lambda chance: _page(visitor, token, made, chance, "300"),
        "page: a point, 5 km": lambda chance: _page(visitor, token, made, chance, "5000"),
    }


def _count(ids: list[UUID]) -> int:
    """In a unit of work of its own, as each request is."""
    with db.unit_of_work(read_only=True) as session:
        chosen = session.exec(select(Partnership).where(col(Partnership.id).in_(ids))).all()
        return composer.preview(session, chosen, BroadcastKind.URGENT_ALERT, {}).audience.people


def _page(visitor: Visitor, token: str, made: Register, chance: Random, metres: str) -> int:
    longitude, latitude = chance.choice(made.places)
    typed: dict[str, Any] = {
        "form_id": "one",
        "phenomenon": "cambriolage",
        "place": "rue Haute",
        "facts_at": clock.in_brussels(clock.now()).strftime("%Y-%m-%dT%H:%M"),
        "drawn": "point",
        "ground": f"{latitude:.5f}, {longitude:.5f}",
        "metres": metres,
    }
    # Straight: a post of the tests' visitor reads another page before, for its token.
    answer = visitor.http.post("/alerts/preview", data={"form_token": token, **typed})
    assert answer.status_code == 200, answer.text
    return int(answer.text.split('class="figure"><strong>')[1].split("<")[0])


def _show(one: Measured) -> None:
    mark = "" if one.is_well else "  TOO SLOW"
    rounds = " ".join(f"{ms:.0f}" for ms in one.rounds_ms)
    print(
        f"{one.database:11}{one.question:34}{one.people:>8,} people{one.median_ms:8.1f} ms,"
        f" rounds {rounds}, p95 {one.p95_ms:.0f}{mark}",
        flush=True,
    )


def _write(asked: argparse.Namespace, measured: list[Measured]) -> None:
    folder = ROOT / "var" / "benchmark"
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "cores": os.cpu_count(),
        "partnerships": asked.partnerships,
        "members": asked.members,
        "load": os.getloadavg()[0],
        "measured": [{**asdict(one), "median_ms": one.median_ms} for one in measured],
    }
    (folder / "audience_preview.json").write_text(json.dumps(told, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
