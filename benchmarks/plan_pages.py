"""``python -m benchmarks.plan_pages``: the pages of a plan with four years of figures.

The plan of the seeds (81 results, 75 indicators) over four years, every figure measured for the
town and ten zones, for the plan whole, its years and quarters (about 18,700 figures), a third of
the results typed instead, on PostgreSQL and on SQLite; each page is asked for by HTTP in this very
process, in turns, and must be there within 300 ms (the median). Ends with 1 when one takes longer.
Results: var/benchmark/plan_pages.json.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from benchmarks import page_times
from benchmarks.bulk_load import load
from benchmarks.databases import database
from benchmarks.page_times import Measured
from hub import clock, config, cycles, db
from hub.access import Role
from hub.columns import new_id
from hub.migration import upgrade
from partnerships import accounts
from partnerships.models import Organisation, OrganisationKind
from plan.keeping.storing import Source, store
from plan.models import Entry, EntryStatus, ExpectedResult, MeasureValue, Plan, PlanNode, PlanStatus
from plan.reading.document import read
from plan.standing import spans
from tests import in_process
from tests.plan.plan_documents import FOLDER

ZONES = 10
_EMAIL, _PASSWORD = "prevention@plans.example", "four words that I remember"
_CHANCE = Random(2026)


def main() -> None:
    """Fill a plan on each database, ask, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--asked", type=int, default=9, help="how often each page")
    parser.add_argument("--databases", default="postgresql,sqlite")
    asked = parser.parse_args()
    measured: list[Measured] = []
    for kind in asked.databases.split(","):
        with tempfile.TemporaryDirectory() as folder, _plan(kind, Path(folder)) as plan_id:
            for one in _measure(kind, plan_id, asked.asked):
                measured.append(one)
                print(one, flush=True)
    page_times.write("plan_pages", measured)
    if not all(one.is_well for one in measured):
        sys.exit(1)


@contextmanager
def _plan(kind: str, folder: Path) -> Iterator[UUID]:
    with database(kind, folder) as made:
        os.environ |= {"HUB_DATABASE_URL": made.url, "HUB_DATA_DIR": str(folder)}
        config.settings.cache_clear()
        upgrade()
        with db.unit_of_work() as session:
            db.lift_time_limit(session)
            plan_id = _kept(session)
        with db.unit_of_work() as session:
            session.execute(text("ANALYZE"))
        yield plan_id
        db.close()
        config.settings.cache_clear()


def _kept(session: Session) -> UUID:
    zone = Organisation(kind=OrganisationKind.POLICE_ZONE, slug="zone", name="Zone")
    session.add(zone)
    session.flush()
    kind = OrganisationKind.MUNICIPALITY
    town = Organisation(kind=kind, slug="town", name="Town", part_of_id=zone.id)
    session.add(town)
    session.flush()
    officer = accounts.create(session, email=_EMAIL, name="Officer", password=_PASSWORD)
    accounts.appoint(session, officer, Role.PREVENTION_OFFICER, town.id)
    content = (FOLDER / "plan-2023-2024.txt").read_bytes()
    year = clock.now().year
    plan = store(
        session,
        read(content),
        Source("plan.txt", content),
        municipality_id=town.id,
        title="Plan",
        days=(date(year - 2, 1, 1), date(year + 1, 12, 31)),
        by=officer.id,
    )
    plan.status = PlanStatus.IN_FORCE
    session.add(plan)
    session.flush()
    _figures(session, plan, officer.id)
    return plan.id


def _figures(session: Session, plan: Plan, by: UUID) -> None:
    mine = select(ExpectedResult.id).join(PlanNode, col(PlanNode.id) == ExpectedResult.node_id)
    results = list(session.exec(mine.where(PlanNode.plan_id == plan.id)))
    days = [one.period for one in spans.every(plan)]
    areas = ["", *(f"zone-{number}" for number in range(ZONES))]
    lines = [
        (result, one, area)
        for number, result in enumerate(results)
        if number % 3
        for one in days
        for area in areas
    ]
    taken = MeasureValue(
        result_id=results[0],
        measure="m.persons_informed",
        definition_version=1,
        period_start=plan.starts_on,
        period_end=plan.ends_on,
        computed_at=clock.now(),
    )
    load(
        session,
        taken,
        len(lines),
        id=(new_id() for _one in lines),
        result_id=(result for result, _days, _area in lines),
        period_start=(one.first for _result, one, _area in lines),
        period_end=(one.last for _result, one, _area in lines),
        area=(area for _result, _days, area in lines),
        value=(float(_CHANCE.randrange(200)) for _one in lines),
    )
    for result in results[::3]:
        for one in spans.quarters(plan):
            entry = Entry(
                result_id=result,
                period_start=one.period.first,
                period_end=one.period.last,
                value=float(_CHANCE.randrange(100)),
                status=EntryStatus.APPROVED,
                entered_by=by,
            )
            session.add(entry)


def _measure(kind: str, plan_id: UUID, times: int) -> Iterator[Measured]:
    visitor = in_process.signed_in(_EMAIL, _PASSWORD)
    # As the web process does.
    cycles.look_seldom()
    year = clock.now().year
    pages = {
        "dashboard: this year": f"/plans/{plan_id}/dashboard",
        "dashboard: the plan whole": f"/plans/{plan_id}/dashboard?period=plan",
        "dashboard: a quarter": f"/plans/{plan_id}/dashboard?period={year}-1",
        "what is due": f"/figures?plan={plan_id}",
        "colours": f"/plans/{plan_id}/colours",
        "the plan": f"/plans/{plan_id}",
        "the report": f"/plans/{plan_id}/report",
        "the figures as a file": f"/plans/{plan_id}/dashboard.csv?period=plan",
    }
    asks = {name: partial(visitor.get, address) for name, address in pages.items()}
    yield from page_times.timed(kind, asks, times)


if __name__ == "__main__":
    main()
