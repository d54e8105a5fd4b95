"""How long "which partnerships are near this point?" takes among 2,000 zones, on PostgreSQL.

``.venv/bin/python -m benchmarks.near_point``. The whole question is timed as the hub asks it (the
statement, its rows, the distances), beside a plain look-up by a unique key in the same run; then
the statement alone with each index that could serve it.
"""

import math
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from pyproj import Geod
from sqlalchemy import text
from sqlmodel import Session, select

from benchmarks.databases import database
from hub import access, db
from hub.access import Actor, Appointed, Role, ScopeKind
from hub.i18n import Language
from hub.migration import upgrade
from partnerships import zones
from partnerships.ground import Geometry, box_of, point
from partnerships.models import Organisation, OrganisationKind, Partnership
from partnerships.near import partnerships_near

ZONES = 2000
_TOWNS = 80
_ROUNDS = 500
_EARTH = Geod(ellps="WGS84")
_BTREE = (
    "SELECT partnership_id FROM zone"
    " WHERE west <= :east AND east >= :west AND south <= :north AND north >= :south"
)
_GIST = (
    "SELECT partnership_id FROM zone WHERE box(point(west, south), point(east, north))"
    " && box(point(:west, :south), point(:east, :north))"
)
_GIST_INDEX = (
    "CREATE INDEX try_gist ON zone USING gist (box(point(west, south), point(east, north)))"
)


def main() -> None:
    chance = random.Random(2026)
    with tempfile.TemporaryDirectory() as folder, database("postgresql", Path(folder)) as made:
        os.environ |= {"HUB_DATABASE_URL": made.url, "HUB_DATA_DIR": folder}
        upgrade()
        places = _fill(chance)
        made.ask("VACUUM ANALYZE")
        _ask_the_hub(chance, places)
        _ask_the_server(chance, places)
        db.engine().dispose()


def _fill(chance: random.Random) -> list[tuple[float, float]]:
    """2,000 partnerships, most of them in towns; where each of them is."""
    towns = [(chance.uniform(2.8, 6.1), chance.uniform(49.7, 51.3)) for _one in range(_TOWNS)]
    places = []
    with db.unit_of_work() as session:
        for number in range(ZONES):
            town = chance.choice(towns)
            place = (town[0] + chance.gauss(0, 0.05), town[1] + chance.gauss(0, 0.03))
            places.append(place)
            _partnership(session, number, _organisation(session, number), _ground(place, chance))
    return places


def _organisation(session: Session, number: int) -> UUID:
    made = Organisation(kind=OrganisationKind.POLICE_ZONE, slug=f"zone-{number}", name="Zone")
    session.add(made)
    session.flush()
    return made.id


def _partnership(session: Session, number: int, zone: UUID, ground: Geometry) -> None:
    made = Partnership(
        slug=f"plp-{number}",
        name=f"PLP {number}",
        languages=[Language.FRENCH],
        police_zone_id=zone,
        municipality_id=zone,
    )
    session.add(made)
    session.flush()
    zones.draw(session, made.id, ground)


def _ground(place: tuple[float, float], chance: random.Random) -> Geometry:
    """Forty corners around a place, 300 to 1,200 m away, as a boundary along streets has."""
    turns = (360 * n / 40 for n in range(40))
    corners = [
        list(map(float, _EARTH.fwd(*place, turn, chance.uniform(300, 1200))[:2])) for turn in turns
    ]
    return {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}


def _near(places: list[tuple[float, float]], chance: random.Random) -> Geometry:
    place = chance.choice(places)
    azimuth, metres = chance.uniform(0, 360), chance.uniform(0, 2000)
    longitude, latitude, _back = _EARTH.fwd(*place, azimuth, metres)
    return point(float(longitude), float(latitude))


def _ask_the_hub(chance: random.Random, places: list[tuple[float, float]]) -> None:
    held = Appointed(Role.ADMINISTRATOR, ScopeKind.INSTALLATION, None)
    actor = Actor(UUID(int=0), "Benchmark", "fr", (held,))
    see = access.Action.SEE_PARTNERSHIPS
    with db.unit_of_work(read_only=True) as session:

        def look_up() -> Any:
            slug = f"plp-{chance.randrange(ZONES)}"
            # Rows the session has seen before would be taken from its memory.
            session.expunge_all()
            return session.exec(select(Partnership).where(Partnership.slug == slug)).first()

        plain = _timed("a look-up by slug", look_up)
        for metres in (300, 1000, 5000):

            def near(metres: int = metres) -> Any:
                session.expunge_all()
                return partnerships_near(session, _near(places, chance), metres, actor, see)

            asked = _timed(f"partnerships within {metres} m", near)
            print(f"{'':34}{asked / plain:8.1f} times the look-up")


def _ask_the_server(chance: random.Random, places: list[tuple[float, float]]) -> None:
    with db.unit_of_work() as session:
        for name, statement, prepare in _ways():
            for sentence in prepare:
                session.connection().execute(text(sentence))
            asked = text(statement)

            def rows(asked: Any = asked) -> Any:
                return _rows(session, asked, places, chance)

            _timed(name, rows)
        session.rollback()


def _ways() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    yield "statement, index ix_zone_box", _BTREE, ("ANALYZE zone",)
    yield "statement, no index", _BTREE, ("DROP INDEX ix_zone_box",)
    yield "statement, GiST over boxes", _GIST, (_GIST_INDEX, "ANALYZE zone")


def _rows(
    session: Session, asked: Any, places: list[tuple[float, float]], chance: random.Random
) -> Any:
    box = box_of(_near(places, chance)).widened(300)
    return session.connection().execute(asked, box._asdict()).all()


def _timed(name: str, question: Callable[[], Any]) -> float:
    """The median in milliseconds, printed with the slowest of a hundred."""
    for _warm in range(20):
        question()
    taken, found = [], 0
    for _round in range(_ROUNDS):
        begun = time.perf_counter()
        answer = question()
        taken.append(1000 * (time.perf_counter() - begun))
        found += len(answer) if isinstance(answer, list) else 1
    median = statistics.median(taken)
    slow = sorted(taken)[math.ceil(0.99 * len(taken)) - 1]
    told = f"{name:34}{median:8.2f} ms median {slow:8.2f} ms 99% {found / _ROUNDS:6.1f} rows"
    print(told)
    return median


if __name__ == "__main__":
    main()
