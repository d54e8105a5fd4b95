"""``python -m benchmarks.hot_spot_pages``: hot spots and recap lists over many reports.

100,000 reports of three years in one town and 40 open hot spots, on PostgreSQL and on SQLite; each
page is asked for by HTTP in this very process, in turns. The list, one hot spot and the proposals
must be there within 300 ms (the median). Ends with 1 when one takes longer. Results:
var/benchmark/hot_spot_pages.json.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import httpx
from sqlalchemy import text
from sqlmodel import Session, select

from benchmarks import page_times
from benchmarks.bulk_load import load
from benchmarks.databases import database
from benchmarks.page_times import Measured
from feedback.models import HotSpot, HotSpotOrigin, Report, ReportSource
from hub import clock, config, db
from hub.access import Role
from hub.columns import new_id
from hub.migration import upgrade
from partnerships import accounts, streets
from partnerships.models import Organisation, OrganisationKind
from tests import in_process

_EMAIL, _PASSWORD = "officer@reports.example", "four words that I remember"
_DAYS = 3 * 365
_SPOTS = 40
_TOWN = (50.8100, 4.3000)
_CATEGORIES = ("dumping", "noise", "litter", "parking", "vandalism", "speed")
_STREETS = tuple(f"Rue {name}" for name in ("Haute", "Basse", "Neuve", "Verte", "du Pont"))


def main() -> None:
    """Fill a town on each database, ask, and tell."""
    asked = _arguments()
    measured: list[Measured] = []
    for kind in asked.databases.split(","):
        with tempfile.TemporaryDirectory() as folder, _town(kind, Path(folder), asked.reports):
            for one in page_times.timed(kind, _pages(), asked.asked):
                measured.append(one)
                print(one, flush=True)
    page_times.write("hot_spot_pages", measured, reports=asked.reports)
    if not all(one.is_well for one in measured):
        sys.exit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("--asked", type=int, default=9, help="how often each page")
    parser.add_argument("--databases", default="postgresql,sqlite")
    return parser.parse_args()


@contextmanager
def _town(kind: str, folder: Path, reports: int) -> Iterator[None]:
    with database(kind, folder) as made:
        os.environ |= {"HUB_DATABASE_URL": made.url, "HUB_DATA_DIR": str(folder)}
        config.settings.cache_clear()
        upgrade()
        with db.unit_of_work() as session:
            db.lift_time_limit(session)
            town = _organisations(session)
            places = _places(Random(1))
            _reports(session, town, places, reports, Random(2))
            _hot_spots(session, town, places)
        with db.unit_of_work() as session:
            session.execute(text("ANALYZE"))
        yield
        db.close()
        config.settings.cache_clear()


def _organisations(session: Session) -> UUID:
    zone = Organisation(kind=OrganisationKind.POLICE_ZONE, slug="zone", name="Zone")
    session.add(zone)
    session.flush()
    town = Organisation(
        kind=OrganisationKind.MUNICIPALITY, slug="town", name="Town", part_of_id=zone.id
    )
    session.add(town)
    session.flush()
    officer = accounts.create(session, email=_EMAIL, name="Officer", password=_PASSWORD)
    accounts.appoint(session, officer, Role.MANDATED_OFFICER, zone.id)
    return town.id


def _places(chance: Random) -> list[tuple[float, float]]:
    """Where much is reported: 200 corners of a town of ten kilometres."""
    return [
        (_TOWN[0] + chance.uniform(-0.045, 0.045), _TOWN[1] + chance.uniform(-0.07, 0.07))
        for _one in range(200)
    ]


def _reports(
    session: Session, town: UUID, places: list[tuple[float, float]], count: int, chance: Random
) -> None:
    """Half of them at those corners, the first oftener than the last; half anywhere."""
    numbers = range(1, count + 1)
    points = [_point(places, chance) for _one in numbers]
    now, start = clock.now(), new_id()
    ways = [chance.choice(_STREETS) for _one in numbers]
    indexes = {one: streets.index_of(one) for one in _STREETS}
    example = Report(
        municipality_id=town,
        number=1,
        source=ReportSource.TELEPHONE,
        category="noise",
        words="Somebody left three bags and a mattress beside the bench near the school again.",
        received_at=now,
    )
    load(
        session,
        example,
        count,
        id=(UUID(int=start.int + number) for number in numbers),
        number=numbers,
        category=(chance.choice(_CATEGORIES) for _one in numbers),
        street=ways,
        street_index=(indexes[one] for one in ways),
        latitude=(one[0] for one in points),
        longitude=(one[1] for one in points),
        received_at=(now - timedelta(days=_DAYS * (1 - n / count)) for n in numbers),
    )


def _point(places: list[tuple[float, float]], chance: Random) -> tuple[float, float]:
    if chance.random() < 0.5:
        return (
            _TOWN[0] + chance.uniform(-0.045, 0.045),
            _TOWN[1] + chance.uniform(-0.07, 0.07),
        )
    latitude, longitude = places[int(len(places) * chance.random() ** 2)]
    return latitude + chance.gauss(0, 0.0004), longitude + chance.gauss(0, 0.0006)


def _hot_spots(session: Session, town: UUID, places: list[tuple[float, float]]) -> None:
    officer = accounts.by_email(session, _EMAIL)
    assert officer
    for number, (latitude, longitude) in enumerate(places[:_SPOTS]):
        session.add(
            HotSpot(
                municipality_id=town,
                name=f"Corner {number}",
                latitude=latitude,
                longitude=longitude,
                radius_metres=150,
                category="dumping" if number % 2 else "",
                origin=HotSpotOrigin.BY_HAND,
                opened_at=clock.now() - timedelta(days=90 + number),
                opened_by=officer.id,
            )
        )


def _pages() -> dict[str, Callable[[], httpx.Response]]:
    visitor = in_process.signed_in(_EMAIL, _PASSWORD)
    token = visitor.get("/").text.split('name="form_token" value="')[1].split('"')[0]
    today = clock.in_brussels(clock.now()).date()
    with db.unit_of_work(read_only=True) as session:
        spot = session.exec(select(HotSpot.id).where(HotSpot.name == "Corner 0")).one()
    proposed = "/hot-spots/proposals"

    def recap(days: int, **wish: str) -> httpx.Response:
        # Straight: a post of the tests' visitor reads another page before, for its token.
        asked = {"since": str(today - timedelta(days=days)), "until": str(today), **wish}
        return visitor.http.post("/recap", data={"form_token": token, **asked})

    return {
        "hot spots: the list and its map": lambda: visitor.get("/hot-spots"),
        "hot spots: one": lambda: visitor.get(f"/hot-spots/{spot}"),
        "proposals: 28 days": lambda: visitor.get(proposed),
        "proposals: 91 days, at least 20": lambda: visitor.get(
            f"{proposed}?metres=150&days=91&threshold=20"
        ),
        "proposals: 366 days, at least 2": lambda: visitor.get(
            f"{proposed}?metres=150&days=366&threshold=2"
        ),
        "recap: a street, a year": lambda: recap(365, street="Rue Haute"),
        "recap: a month": lambda: recap(30),
        "recap: a year": lambda: recap(365),
        "recap: three years": lambda: recap(3 * 365),
    }


if __name__ == "__main__":
    main()
