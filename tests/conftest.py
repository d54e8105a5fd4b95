"""Real servers for every test that wants one: Redis, PostgreSQL, SQLite, and the running hub."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from uuid import uuid4

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher
from redis import Redis
from sqlalchemy import create_engine, make_url, text
from sqlmodel import Session
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from hub import clock, config, db, demo, queue
from hub.embedded_redis import EmbeddedRedis
from hub.migration import upgrade
from partnerships import accounts
from tests.postgres_server import PostgresServer, postgres_server
from tests.redis_server import redis_server
from tests.running_hub import SECRET_KEY, RunningHub

DATABASES = ("sqlite", "postgresql")
ROOT = Path(__file__).parent.parent


class FilesWithTheirHub(LoadScopeScheduling):  # type: ignore[misc]  # it carries no types
    """Keeps a file in one process, and all who share the running hub: each would start its own."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", maxsplit=1)[0]
        return "the running hub" if _shares_the_hub(file) else file


@cache
def _shares_the_hub(file: str) -> bool:
    words = (ROOT / file).read_text("utf-8")
    return "journeys" in file and "hub: RunningHub" in words and "RunningHub(" not in words


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FilesWithTheirHub:
    return FilesWithTheirHub(config, log)


@pytest.fixture(scope="session")
def redis() -> Iterator[EmbeddedRedis]:
    with redis_server() as server:
        yield server


def empty_queue(redis: EmbeddedRedis, number: int) -> str:
    """The URL of this database of Redis, emptied: what a hub before it held back there, as a
    carrier in trouble, would hold the next hub's messages too."""
    url = f"{redis.url}?db={number}"
    with Redis.from_url(url) as emptied:
        emptied.flushdb()
    return url


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
        # By the files: through the log it takes twice as long, a thousand times in a run.
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
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


TemplateOf = Callable[[str], Templates]


@pytest.fixture(scope="session")
def template_of(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> TemplateOf:
    """Made once of each kind of database, at first use."""
    return lru_cache(lambda kind: _templates(kind, request, tmp_path_factory))


def _templates(
    kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Templates:
    folder = tmp_path_factory.mktemp(f"templates-{kind}")
    (folder / "demo").mkdir()
    empty = new_database(kind, folder, request)
    with_demo = new_database(kind, folder / "demo", request)
    with pytest.MonkeyPatch.context() as patch:
        for url in (empty, with_demo):
            use_database(url, folder, patch)
            upgrade()
        clock.set_source(lambda: SEEDED_AT)
        with db.unit_of_work() as session:
            _created, made = demo.seed(session)
            _quick_to_check(session, made)
        forget_settings()
    known = {one.role.value: {"email": one.email, "password": str(one.password)} for one in made}
    return Templates(kind, empty, with_demo, known)


def _quick_to_check(session: Session, made: list[demo.DemoAccount]) -> None:
    """Hash the demo's passwords with the least work, which each hash says of itself: most tests
    sign in, and the work that keeps a stolen table safe was a third of their time."""
    quick = Argon2Hasher(memory_cost=8, time_cost=1, parallelism=1)
    for one in made:
        account = accounts.by_email(session, one.email)
        assert account
        account.password_hash = quick.hash(str(one.password))


@pytest.fixture(scope="session", params=DATABASES)
def templates(request: pytest.FixtureRequest, template_of: TemplateOf) -> Templates:
    return template_of(request.param)


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
    if templates.kind == "postgresql":
        _drop(url, request)


def _drop(url: str, request: pytest.FixtureRequest) -> None:
    """Nobody reads it any more: of all tests together they took eight gigabytes, and minutes to
    clear away at the end."""
    server: PostgresServer = request.getfixturevalue("postgres")
    admin = create_engine(server.url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {make_url(url).database} WITH (FORCE)"))
    admin.dispose()


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
    db.close()
    for remembered in (config.settings, queue.redis):
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
        empty_queue(redis, number),
        accounts=templates.accounts,
    )
    running.start_all()
    yield running
    running.stop()
