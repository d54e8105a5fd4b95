"""How long the list of reports takes among 100,000 of them, on both databases.

``.venv/bin/python -m benchmarks.reports``. Each page is asked as a browser asks it, through the
whole application in this process, by an officer of a police zone of three towns.
"""

import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session

from benchmarks.bulk_load import load
from benchmarks.databases import database
from benchmarks.members import settle, take_time
from feedback import report_list
from feedback.models import Report, ReportService, ReportSource, ReportStatus
from feedback.report_categories import STARTER
from hub import clock, config, db
from hub.access import Role
from hub.columns import new_id
from hub.migration import upgrade
from hub.security import new_token
from partnerships import accounts
from partnerships.models import Organisation, OrganisationKind
from partnerships.streets import index_of
from tests import in_process

REPORTS = 100_000
_TOWNS = 3
_STREETS = 400
_ROUNDS = 15
_LIMIT_MS = 300


def main() -> None:
    for kind in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as folder, database(kind, Path(folder)) as made:
            os.environ |= {
                "HUB_DATABASE_URL": made.url,
                "HUB_DATA_DIR": folder,
                "HUB_SECRET_KEY": new_token(),
            }
            config.settings.cache_clear()
            upgrade()
            password, service = _fill(random.Random(2026))
            made.ask("VACUUM ANALYZE")
            _ask(kind, password, service)
            db.close()


def _fill(chance: random.Random) -> tuple[str, UUID]:
    password = new_token()
    with db.unit_of_work() as session:
        zone = _organisation(session, OrganisationKind.POLICE_ZONE, "zone", None)
        towns = [
            _organisation(session, OrganisationKind.MUNICIPALITY, f"town-{number}", zone.id)
            for number in range(_TOWNS)
        ]
        services = [ReportService(municipality_id=towns[0].id, name=f"S{n}") for n in range(8)]
        session.add_all(services)
        officer = accounts.create(session, email="o@bench.example", name="O", password=password)
        accounts.appoint(session, officer, Role.MANDATED_OFFICER, zone.id)
        session.flush()
    with db.unit_of_work() as session:
        take_time(session)
        _reports(session, chance, towns, [one.id for one in services], officer.id)
        settle(session)
    return password, services[0].id


def _organisation(
    session: Session, kind: OrganisationKind, slug: str, part_of: UUID | None
) -> Organisation:
    made = Organisation(kind=kind, slug=slug, name=slug, part_of_id=part_of)
    session.add(made)
    session.flush()
    return made


def _reports(
    session: Session,
    chance: random.Random,
    towns: list[Organisation],
    services: list[UUID],
    officer: UUID,
) -> None:
    """Five years of them; one in twenty is still open, half of those are overdue."""
    now = clock.now()
    received = [now - timedelta(minutes=26 * number) for number in range(REPORTS)]
    is_open = [chance.random() < 0.05 for _one in range(REPORTS)]
    names = [f"Rue du Banc {number}" for number in range(_STREETS)]
    streets = [chance.choice(names) for _one in range(REPORTS)]
    index = {name: index_of(name) for name in names}
    example = Report(
        municipality_id=towns[0].id, number=1, source=ReportSource.POST, category="noise",
        words="So many words that somebody wrote about what goes on in his street.",
        received_at=now,
    )  # fmt: skip
    load(
        session, example, REPORTS,
        id=(new_id() for _one in range(REPORTS)),
        municipality_id=cycle([one.id for one in towns]),
        number=range(1, REPORTS + 1),
        source=(chance.choice(list(ReportSource)) for _one in range(REPORTS)),
        category=(chance.choice(list(STARTER)) for _one in range(REPORTS)),
        street=streets,
        street_index=(index[name] for name in streets),
        latitude=(50.6 + chance.random() / 20 for _one in range(REPORTS)),
        longitude=(5.5 + chance.random() / 20 for _one in range(REPORTS)),
        received_at=received,
        entered_at=received,
        status=(ReportStatus.NEW if one else ReportStatus.DONE for one in is_open),
        closed_at=(None if one else now for one in is_open),
        service_id=(chance.choice(services) for _one in range(REPORTS)),
        assigned_to=(officer if chance.random() < 0.01 else None for _one in range(REPORTS)),
        due_on=((at + timedelta(days=900)).date() for at in received),
    )  # fmt: skip


def _ask(kind: str, password: str, service: UUID) -> None:
    visitor = in_process.signed_in("o@bench.example", password)
    for name, path in _paths(service):
        taken = []
        for _round in range(_ROUNDS):
            begun = time.perf_counter()
            answer = visitor.get(path)
            taken.append(1000 * (time.perf_counter() - begun))
            assert answer.status_code == 200, answer.text
        worst = max(taken[1:])
        verdict = "ok" if worst < _LIMIT_MS else "TOO SLOW"
        print(f"{kind:11}{name:28}{statistics.median(taken):8.1f} ms{worst:8.1f} worst  {verdict}")


def _paths(service: UUID) -> Iterator[tuple[str, str]]:
    yield "still open", "/reports"
    yield "all", "/reports?status=all"
    yield "all, far down", f"/reports?status=all&after={_far_down()}"
    yield "one category", "/reports?status=all&category=noise"
    yield "one source", "/reports?status=all&source=counter"
    yield "category and source", "/reports?status=all&category=noise&source=counter"
    yield "one service", f"/reports?status=all&service={service}"
    yield "one street", f"/reports?status=all&street={index_of('Rue du Banc 7')}"
    yield "given to me", "/reports?mine=1&status=all"
    yield "overdue", "/reports?overdue=1"
    yield "by number", "/reports?number=70000"
    yield "a state nothing has", "/reports?status=waiting"
    yield "a month of last year", "/reports?status=all&since=2025-05-01&until=2025-05-31"
    yield "map, still open", "/reports/map"
    yield "map, all", "/reports/map?status=all"
    yield "five hundred to print", "/reports?status=all&rows=500"
    yield "the first page of all", "/"


def _far_down() -> Any:
    at = clock.now() - timedelta(days=1500)
    return str(report_list.Mark(at, UUID(int=0))).replace("+", "%2B")


if __name__ == "__main__":
    main()
