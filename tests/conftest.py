"""Real servers for every test that wants one: Redis, PostgreSQL, SQLite, and the running hub."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from hub import clock, config, db, queue
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


def new_database(kind: str, folder: Path, request: pytest.FixtureRequest) -> str:
    """The URL of an empty database of this kind."""
    if kind == "sqlite":
        return f"sqlite:///{folder}/hub.sqlite3"
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"hub_{uuid4().hex[:12]}"
    admin = create_engine(server.url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return make_url(server.url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session", params=DATABASES)
def hub(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    redis: EmbeddedRedis,
) -> Iterator[RunningHub]:
    """The whole hub with its demo zone, once on each database; tests share it."""
    folder = tmp_path_factory.mktemp(f"hub-{request.param}")
    number = 1 + DATABASES.index(request.param)
    running = RunningHub(
        folder, new_database(request.param, folder, request), f"{redis.url}?db={number}"
    )
    running.prepare()
    running.start_all()
    yield running
    running.stop()


@pytest.fixture(params=DATABASES)
def database(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """An empty database of each kind with every table, for code called in this very process."""
    url = new_database(request.param, tmp_path, request)
    monkeypatch.setenv("HUB_DATABASE_URL", url)
    monkeypatch.setenv("HUB_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HUB_SECRET_KEY", SECRET_KEY)
    forget_settings()
    upgrade()
    yield url
    db.engine().dispose()
    clock.set_source(None)
    forget_settings()


def forget_settings() -> None:
    """Let the next question read the environment anew."""
    for remembered in (config.settings, db.engine, queue.redis):
        remembered.cache_clear()
