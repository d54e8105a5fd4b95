"""Real servers for every test that wants one: Redis, PostgreSQL, SQLite, and the running hub."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from hub import clock, config, db, demo, queue
from hub.embedded_redis import EmbeddedRedis
from hub.migration import upgrade
from tests.postgres_server import PostgresServer, postgres_server
from tests.redis_server import redis_server
from tests.running_hub import SECRET_KEY, RunningHub

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def redis() -> Iterator[EmbeddedRedis]:
    with redis_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


def new_database(
    kind: str, folder: Path, request: pytest.FixtureRequest, template: str = "template1"
) -> str:
    """The URL of a new database of this kind."""
    if kind == "sqlite":
        return f"sqlite:///{folder}/hub.sqlite3"
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"hub_{uuid4().hex[:12]}"
    admin = create_engine(server.url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    admin.dispose()
    return make_url(server.url).set(database=name).render_as_string(hide_password=False)


@dataclass(frozen=True)
class Templates:
    """A database with every table, and the same with the demo zone, to be copied for each test."""

    kind: str
    empty: str
    with_demo: str
    # The demo's accounts by role: their addresses and passwords.
    accounts: dict[str, dict[str, str]]


# Long before any test's time, so that the communication plans are in force in all of them.
SEEDED_AT = datetime(2026, 1, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session", params=DATABASES)
def templates(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Templates:
    """Made once: hashing the demo's passwords anew for each test would take most of its time."""
    folder = tmp_path_factory.mktemp(f"templates-{request.param}")
    (folder / "demo").mkdir()
    empty = new_database(request.param, folder, request)
    with_demo = new_database(request.param, folder / "demo", request)
    with pytest.MonkeyPatch.context() as patch:
        for url in (empty, with_demo):
            use_database(url, folder, patch)
            upgrade()
        clock.set_source(lambda: SEEDED_AT)
        with db.unit_of_work() as session:
            _created, made = demo.seed(session)
        forget_settings()
    accounts = {one.role.value: {"email": one.email, "password": str(one.password)} for one in made}
    return Templates(request.param, empty, with_demo, accounts)


@pytest.fixture
def database(
    templates: Templates,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """An empty database of each kind with every table, for code called in this very process."""
    yield from _copied(templates, templates.empty, request, tmp_path, monkeypatch)


@pytest.fixture
def demo_zone(
    templates: Templates,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """The same with the demo zone in it."""
    yield from _copied(templates, templates.with_demo, request, tmp_path, monkeypatch)


def _copied(
    templates: Templates,
    template: str,
    request: pytest.FixtureRequest,
    folder: Path,
    patch: pytest.MonkeyPatch,
) -> Iterator[str]:
    url = copy_of(template, templates.kind, folder, request)
    use_database(url, folder, patch)
    yield url
    forget_settings()


def copy_of(template: str, kind: str, folder: Path, request: pytest.FixtureRequest) -> str:
    """A copy of a database nobody is connected to."""
    name = make_url(template).database or ""
    if kind == "postgresql":
        return new_database(kind, folder, request, template=name)
    shutil.copy(name, folder / "hub.sqlite3")
    return f"sqlite:///{folder}/hub.sqlite3"


def use_database(url: str, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Let the code of this process use this database."""
    forget_settings()
    patch.setenv("HUB_DATABASE_URL", url)
    patch.setenv("HUB_DATA_DIR", str(folder))
    patch.setenv("HUB_SECRET_KEY", SECRET_KEY)


def forget_settings() -> None:
    """Close what is open, and let the next question read the environment anew."""
    clock.set_source(None)
    if db.engine.cache_info().currsize:
        db.engine().dispose()
    for remembered in (config.settings, db.engine, queue.redis):
        remembered.cache_clear()


@pytest.fixture(scope="session")
def hub(
    templates: Templates,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    redis: EmbeddedRedis,
) -> Iterator[RunningHub]:
    """The whole hub with its demo zone, once on each database; tests share it."""
    folder = tmp_path_factory.mktemp(f"hub-{templates.kind}")
    number = 1 + DATABASES.index(templates.kind)
    running = RunningHub(
        folder,
        copy_of(templates.with_demo, templates.kind, folder, request),
        f"{redis.url}?db={number}",
        accounts=templates.accounts,
    )
    running.start_all()
    yield running
    running.stop()
