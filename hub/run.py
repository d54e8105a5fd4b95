"""The whole hub on one machine: ``plp-hub run`` starts every process and keeps it alive."""

import json
import os
import secrets
import signal
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import typer

from hub import prepared
from hub.config import (
    DEVELOPMENT_SECRET,
    SIMULATED_MAIL_DOMAIN,
    SIMULATED_TOKEN,
    Settings,
    production_faults,
    settings,
)
from hub.embedded_redis import EmbeddedRedis
from hub.errors import ConfigurationError, HubError
from hub.preflight import (
    check_ports,
    check_python,
    metrics_ports,
    sole_use,
    writable_data_dir,
)
from hub.processes import Child, fresh_log, spawn, stop

READY_SECONDS = 60.0
# A process that ends this often before it was ever ready will not get ready.
DEATHS_ALLOWED = 3
# In the order of their start; they stop in the reverse order, the simulated carrier last.
SIMULATOR = (("simulator",),)
PROCESSES = (
    ("web",),
    ("worker", "urgent"),
    ("worker", "default"),
    ("worker", "bulk"),
    ("timetable",),
)
# Only where an inbound domain is set.
MAIL_DOOR = (("mail-door",),)


class StopAsked(Exception):
    """Somebody pressed Ctrl-C or ended the process while it was starting."""


def run() -> int:
    """Start the hub on this machine and stay until asked to stop; the exit code to end with."""
    signals = _Signals()
    try:
        with ExitStack() as tree:
            _stay(_start(_with_mail_door(settings()), signals, tree))
    except StopAsked:
        _tell("Stopped.")
    except HubError as error:
        typer.echo("\n" + error.message.format(**error.values), err=True)
        return 1
    return 0


class _Signals:
    """Counts the requests to stop: the first asks, the second hurries."""

    def __init__(self) -> None:
        self.count = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._received)

    def _received(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1

    def hurry(self) -> bool:
        return self.count > 1

    def pause(self, seconds: float) -> None:
        """Wait a little; raises ``StopAsked`` instead once somebody asked to stop."""
        if self.count:
            raise StopAsked
        time.sleep(seconds)


@dataclass
class _Tree:
    """Everything that runs: what keeping and stopping it needs to know."""

    settings: Settings
    signals: _Signals
    environment: dict[str, str] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)
    redis: EmbeddedRedis | None = None

    @property
    def logs(self) -> Path:
        return self.settings.data_dir / "log"


def _start(chosen: Settings, signals: _Signals, stack: ExitStack) -> _Tree:
    check_python()
    data_dir = writable_data_dir(chosen)
    stack.enter_context(sole_use(data_dir))
    check_ports(chosen)
    _tell(f"PLP Hub is starting. Data: {data_dir}")
    tree = _Tree(chosen.model_copy(update={"data_dir": data_dir}), signals)
    stack.callback(_stop_redis, tree)
    _start_redis(tree)
    _complete(tree)
    stack.callback(_stop_children, tree)
    accounts = prepared.accounts(tree.settings)
    if accounts is None:
        with _step("Database"):
            _finish(["migrate"], tree)
        accounts = _demo(tree)
        prepared.note(tree.settings, accounts)
    _start_processes(tree)
    _welcome(tree, accounts)
    return tree


def _stay(tree: _Tree) -> None:
    while True:
        tree.signals.pause(0.2)
        _tend_redis(tree)
        for child in tree.children:
            child.tend(_tell_event)


# What the processes are told


def _with_mail_door(chosen: Settings) -> Settings:
    """The simulated members can answer by mail, too: at a domain that does not exist."""
    if chosen.mail_inbound_domain or not chosen.carrier_is_simulated:
        return chosen
    return chosen.model_copy(update={"mail_inbound_domain": SIMULATED_MAIL_DOMAIN})


def _start_redis(tree: _Tree) -> None:
    if tree.settings.redis_url:
        return
    with _step("Redis"):
        tree.redis = EmbeddedRedis(tree.settings.data_dir)
        tree.redis.start()
    tree.settings = tree.settings.model_copy(update={"redis_url": tree.redis.url})


def _complete(tree: _Tree) -> None:
    """Add the secrets this command makes itself; refuse what production must not start with."""
    chosen, found = tree.settings, {}
    if chosen.secret_key == DEVELOPMENT_SECRET:
        found["secret_key"] = _kept_secret(chosen.data_dir, "hub_secret_key")
    if chosen.carrier_is_simulated and chosen.twilio_auth_token == SIMULATED_TOKEN:
        found["twilio_auth_token"] = _kept_secret(chosen.data_dir, "hub_twilio_auth_token")
    tree.settings = chosen.model_copy(update=found)
    _check_production(tree.settings)
    tree.environment = _environment(tree.settings)


def _kept_secret(data_dir: Path, name: str) -> str:
    """A secret made once and kept beside the data that depends on it."""
    folder = data_dir / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / name
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="utf-8").strip()


def _environment(chosen: Settings) -> dict[str, str]:
    environment = {
        **os.environ,
        "HUB_DATA_DIR": str(chosen.data_dir),
        "HUB_SECRET_KEY": chosen.secret_key,
        "HUB_TWILIO_AUTH_TOKEN": chosen.twilio_auth_token,
        "HUB_REDIS_URL": chosen.redis_url,
        "HUB_MAIL_INBOUND_DOMAIN": chosen.mail_inbound_domain,
        "PYTHONUNBUFFERED": "1",
    }
    # Each process that publishes figures is given a port of its own.
    environment.pop("HUB_METRICS_PORT", None)
    return environment


def _check_production(chosen: Settings) -> None:
    faults = production_faults(chosen) if chosen.is_production else []
    if faults:
        raise ConfigurationError("Not ready for production:\n{faults}", faults="\n".join(faults))


# Starting


def _finish(arguments: list[str], tree: _Tree) -> str:
    """Run one command to its end and return what it printed; its errors are in its log."""
    log = fresh_log(tree.logs, arguments[0])
    with tempfile.TemporaryFile() as printed, log.open("ab") as errors:
        process = spawn(arguments, tree.environment, printed, errors)
        try:
            while process.poll() is None:
                tree.signals.pause(0.02)
        finally:
            process.terminate()
            process.wait()
        if process.returncode:
            raise _failed(" ".join(arguments), log)
        printed.seek(0)
        return printed.read().decode()


def _failed(what: str, log: Path) -> ConfigurationError:
    words = "\n".join(f"  | {line}" for line in _last_lines(log))
    return ConfigurationError(
        "plp-hub {what} does not work. Its last words, from {log}:\n{words}",
        what=what,
        log=str(log),
        words=words,
    )


def _last_lines(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:]


def _demo(tree: _Tree) -> list[dict[str, str]]:
    """Demo data, and the accounts to sign in with; none where real people may be."""
    if not tree.settings.may_have_demo:
        return []
    with _step("Demo data"):
        printed = _finish(["demo", "--with-life", "--json"], tree)
    accounts: list[dict[str, str]] = json.loads(printed)["accounts"]
    return accounts


def _start_processes(tree: _Tree) -> None:
    simulated = tree.settings.carrier_is_simulated
    words = [*(SIMULATOR if simulated else ()), *PROCESSES]
    words += MAIL_DOOR if tree.settings.mail_door else ()
    with _step("Processes"):
        started = [_start_child(one, tree) for one in words]
        _await(lambda: _is_ready(tree.settings), started, tree)
        if simulated:
            _await(lambda: _answers(tree.settings.simulator_url), started, tree)


def _start_child(words: tuple[str, ...], tree: _Tree) -> Child:
    name = "-".join(words)
    metrics = metrics_ports(tree.settings).get(name)
    environment = {**tree.environment, **({"HUB_METRICS_PORT": str(metrics)} if metrics else {})}
    child = Child(words, environment, fresh_log(tree.logs, name))
    child.start()
    tree.children.append(child)
    return child


def _await(ready: Callable[[], bool], children: list[Child], tree: _Tree) -> None:
    end = time.monotonic() + READY_SECONDS
    while not ready():
        tree.signals.pause(0.05)
        for child in children:
            child.tend(_tell_nothing)
            if child.deaths >= DEATHS_ALLOWED:
                raise _failed(" ".join(child.arguments), child.log)
        if time.monotonic() > end:
            raise ConfigurationError("The hub does not get ready. See {logs}", logs=str(tree.logs))


def _is_ready(chosen: Settings) -> bool:
    # An address for everybody is no address to call.
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(chosen.host, chosen.host)  # noqa: S104
    return _answers(f"http://{host}:{chosen.port}/readyz", only=200)


def _answers(url: str, only: int | None = None) -> bool:
    # Straight to this machine, whatever proxy the environment names.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=2) as answer:
            return only in (None, answer.status)
    except urllib.error.HTTPError as error:
        return only in (None, error.code)
    except OSError:
        return False


# Keeping and stopping


def _tend_redis(tree: _Tree) -> None:
    if tree.redis and not tree.redis.is_alive():
        _tell_event("redis ended; starting again")
        try:
            tree.redis.start()
        except ConfigurationError as error:
            _tell_event(error.message.format(**error.values))


def _stop_children(tree: _Tree) -> None:
    if not tree.children:
        return
    _tell("\nStopping. Press Ctrl-C again to end everything at once.")
    simulators = [child for child in tree.children if child.name == "simulator"]
    others = [child for child in tree.children if child.name != "simulator"]
    stop(others[::-1], tree.signals.hurry)
    stop(simulators, tree.signals.hurry)


def _stop_redis(tree: _Tree) -> None:
    if tree.redis:
        tree.redis.stop()


# What the person at the terminal sees


def _tell(line: str) -> None:
    typer.echo(line)


def _tell_event(line: str) -> None:
    typer.echo(f"{time.strftime('%H:%M:%S')} {line}")


def _tell_nothing(_line: str) -> None:
    """Deaths before the first readiness are told once, with the reason, if it stays so."""


@contextmanager
def _step(name: str) -> Iterator[None]:
    typer.echo(f"  {name:<28}", nl=False)
    started = time.monotonic()
    yield
    typer.echo(f"{time.monotonic() - started:5.1f} s")


def _welcome(tree: _Tree, accounts: list[dict[str, str]]) -> None:
    _tell(f"\nPLP Hub is ready: {tree.settings.base_url}\n")
    if accounts:
        _tell_accounts(accounts)
    if tree.settings.carrier_is_simulated:
        _tell("The carrier is simulated: no real message leaves this machine.")
    _tell(f"Logs: {tree.logs}. Stop with Ctrl-C.")


def _tell_accounts(accounts: list[dict[str, str]]) -> None:
    columns = ("role", "email", "password")
    rows = [columns, *(tuple(str(a.get(c) or "") for c in columns) for a in accounts)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        _tell("  " + "  ".join(cells).rstrip())
    if any(account.get("password") for account in accounts):
        _tell("\nThese passwords are shown only now: note them.")
    else:
        _tell("\nPasswords were shown at the first start; new ones: plp-hub demo --new-passwords")
