"""Prepared once, copied for each scenario: a hub with its demo zone and a few hundred members."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.drill.databases import (
    AnyDatabase,
    PostgresCluster,
    SqliteFile,
    copied_cluster,
    plain_engine,
    prepared_cluster,
)
from benchmarks.drill.ground import CANARY, HOME, Ground
from benchmarks.drill.invariants import Findings, check, leaks
from benchmarks.drill.lines import Line, network
from benchmarks.drill.postman import Postman
from benchmarks.drill.scenario import Scenario
from benchmarks.drill.watch import Watch
from tests.redis_server import redis_server
from tests.running_hub import RunningHub

MEMBERS = 300
_NO_REDIS = "redis://127.0.0.1:1/0"
# What an installation has by default; tests hurry it elsewhere.
_AS_INSTALLED = {"HUB_SWEEP_SECONDS": "3"}
# The same rules with less patience: a dead worker is noticed in three seconds instead of ten.
_IMPATIENT = {
    "HUB_SWEEP_SECONDS": "0.5",
    "HUB_LEASE_SECONDS": "3",
    "HUB_RECEIPT_GRACE_SECONDS": "1",
}


@dataclass
class Template:
    """A database nobody is connected to, and the accounts and token that its copies know."""

    database: AnyDatabase
    accounts: dict[str, dict[str, str]]
    tokens: dict[str, str]
    numbers: list[str]


@contextmanager
def template(kind: str) -> Iterator[Template]:
    """A prepared database of this kind."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="plp-hub-drill-")))
        database: AnyDatabase
        if kind == "postgresql":
            database = stack.enter_context(prepared_cluster())
        else:
            database = SqliteFile(folder / "hub.sqlite3")
        made = _filled(folder, database)
        database.stop()
        yield made


def _filled(folder: Path, database: AnyDatabase) -> Template:
    hub = RunningHub(folder, database.url, _NO_REDIS)
    hub.prepare()
    numbers = [f"+32471{one:06}" for one in range(MEMBERS)]
    register = folder / "register.csv"
    lines = [f"{CANARY} {one},fr,{number}" for one, number in enumerate(numbers)]
    register.write_text("name,language,mobile\n" + "\n".join(lines), "utf-8")
    hub.command("members", "import", str(register), "--partnership", HOME)
    hub.api()
    for client in hub.clients:
        client.close()
    return Template(database, hub.accounts, hub.tokens, numbers)


@contextmanager
def ground(
    prepared: Template, scenario: Scenario, is_quick: bool, tell: Callable[[str], None]
) -> Iterator[Ground]:
    """A running hub of the scenario's own, with everything that can be broken in it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="plp-hub-drill-")))
        redis = stack.enter_context(redis_server())
        database = stack.enter_context(_copy(prepared.database, folder))
        net = stack.enter_context(network())
        hub = RunningHub(
            folder,
            database.url,
            redis.url,
            {**(_IMPATIENT if is_quick else _AS_INSTALLED), **scenario.settings},
            accounts=prepared.accounts,
            tokens=dict(prepared.tokens),
        )
        carrier_line = Line(net, hub.carrier_port)
        stack.callback(carrier_line.close)
        postman = Postman(net, hub.port)
        stack.callback(postman.stop)
        hub.environment.setdefault("HUB_TWILIO_API_URL", f"http://127.0.0.1:{carrier_line.port}")
        hub.environment.setdefault("HUB_BASE_URL", f"http://127.0.0.1:{postman.port}")
        stack.callback(hub.stop)
        hub.start_all(*scenario.workers)
        hub.carrier.set(answering="press_1")
        engine = plain_engine(database.url)
        stack.callback(engine.dispose)
        watch = Watch(engine)
        stack.callback(watch.stop)
        yield Ground(hub, redis, database, engine, carrier_line, postman, watch, is_quick, tell)


@contextmanager
def _copy(database: AnyDatabase, folder: Path) -> Iterator[AnyDatabase]:
    if isinstance(database, PostgresCluster):
        with copied_cluster(database) as cluster:
            yield cluster
    else:
        shutil.copy(database.path, folder / "hub.sqlite3")
        yield SqliteFile(folder / "hub.sqlite3")


def findings(prepared: Template, scenario: Scenario, played: Ground) -> Findings:
    """Everything that must hold, asked after the scenario."""
    found = check(
        played.engine,
        played.hub.carrier.accepted(),
        played.acknowledged,
        scenario.may_end,
        played.unreachable,
    )
    played.watch.stop()
    found.broken.extend(sorted(set(played.watch.faults)))
    found.broken.extend(played.notes)
    secrets = [CANARY, *(number.removeprefix("+") for number in prepared.numbers)]
    found.broken.extend(leaks([played.hub.folder, played.redis.folder], secrets))
    return found
