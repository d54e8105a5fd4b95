"""Every process of the hub, started as an operator would, for a test to talk to and be cruel to."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from channels.signature import sign
from channels.simulator.client import SimulatorClient, SimulatorUnreachable
from tests.forked import Forked

ACCOUNT_SID = "AC" + "0" * 32
AUTH_TOKEN = "a-token-for-tests"
SECRET_KEY = "a-secret-key-for-tests-that-is-long-enough"
MAIL_DOMAIN = "replies.hub.example"
PATIENCE_SECONDS = 90.0
EVERY_PROCESS = (
    "simulator",
    "web",
    "worker urgent",
    "worker default",
    "worker bulk",
    "timetable",
)

Process = Forked | subprocess.Popen[bytes]
T = TypeVar("T")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(look: Callable[[], T], what: str, seconds: float = PATIENCE_SECONDS) -> T:
    """The first true thing ``look`` gives. Patient, so that a slow machine fails no test."""
    end = time.monotonic() + seconds
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < end, f"{what}: still {seen!r} after {seconds} s"
        time.sleep(0.05)


@dataclass
class RunningHub:
    """The hub's processes over one database and one Redis; ports of their own on loopback."""

    folder: Path
    database_url: str
    redis_url: str
    settings: dict[str, str] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)
    accounts: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    clients: list[httpx.Client] = field(default_factory=list)
    _commands: int = 0

    def __post_init__(self) -> None:
        # Whom one story adds, no other story knows.
        self.accounts = dict(self.accounts)
        self.port, self.carrier_port, self.mail_port = free_port(), free_port(), free_port()
        self.mail_door_port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.carrier = SimulatorClient(f"http://127.0.0.1:{self.carrier_port}")
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("HUB_")},
            "HUB_DATA_DIR": str(self.folder),
            "HUB_DATABASE_URL": self.database_url,
            "HUB_REDIS_URL": self.redis_url,
            "HUB_PORT": str(self.port),
            "HUB_SIMULATOR_PORT": str(self.carrier_port),
            "HUB_SIMULATOR_SMTP_PORT": str(self.mail_port),
            "HUB_MAIL_INBOUND_DOMAIN": MAIL_DOMAIN,
            "HUB_MAIL_DOOR_PORT": str(self.mail_door_port),
            "HUB_SECRET_KEY": SECRET_KEY,
            "HUB_TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "HUB_TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "HUB_SWEEP_SECONDS": "0.5",
            # They end with the tests, also when these are killed.
            "HUB_SUPERVISOR_PID": str(os.getpid()),
            **self.settings,
        }

    def command(self, *words: str) -> str:
        """Run ``plp-hub`` to its end; what it printed."""
        self._commands += 1
        printed = self.folder / f"command-{self._commands}.out"
        errors = printed.with_suffix(".err")
        ended = Forked(words, self.environment, printed, errors).wait(60)
        assert ended == 0, printed.read_text("utf-8") + errors.read_text("utf-8")
        return printed.read_text("utf-8")

    def prepare(self) -> None:
        """Tables and the demo zone."""
        self.command("migrate")
        made = json.loads(self.command("demo", "--json"))
        self.accounts = {one["role"]: one for one in made["accounts"]}

    def start(self, *names: str) -> None:
        """Start processes by their command line: ``web``, ``worker urgent``."""
        for name in names:
            log = self.folder / f"{name.replace(' ', '-')}.log"
            self.processes[name] = self._started(name.split(), log)

    def _started(self, words: list[str], log: Path) -> Process:
        if "LD_PRELOAD" not in self.environment:
            return Forked(words, self.environment, log, log)
        # What is loaded before a program can be given only to one that begins.
        with log.open("ab") as file:
            return subprocess.Popen(
                [sys.executable, "-m", "hub.cli", *words],
                env=self.environment,
                stdout=file,
                stderr=file,
            )

    def start_all(self, *workers: str) -> None:
        """Everything, or these workers only; returns when the pages and the carrier answer."""
        self.start_only(*("simulator", "web", *workers, "timetable") if workers else EVERY_PROCESS)

    def start_only(self, *names: str) -> None:
        """These processes; returns when those of them that answer do."""
        self.start(*names)
        eventually(lambda: self._is_ready(names), "the hub is ready")

    def _is_ready(self, names: tuple[str, ...]) -> bool:
        try:
            ready = httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200
            return ready and ("simulator" not in names or bool(self.carrier.health()))
        except (httpx.HTTPError, SimulatorUnreachable):
            return False

    def kill(self, name: str) -> None:
        """SIGKILL: no goodbye, as when a machine dies."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def stop(self) -> None:
        """End everything, politely first."""
        for client in self.clients:
            client.close()
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    def logs(self) -> str:
        """Everything any process has logged."""
        return "".join(path.read_text("utf-8") for path in sorted(self.folder.glob("*.log")))

    def api(self, role: str = "dispatcher") -> "Api":
        """The JSON door, with a token of this role's account."""
        if role not in self.tokens:
            words = ("api-token", "create", "--account", self.accounts[role]["email"])
            self.tokens[role] = self.command(*words, "--name", "test").strip()
        return Api(self._client("/api/v1", Authorization=f"Bearer {self.tokens[role]}"))

    def _client(self, path: str = "", **headers: str) -> httpx.Client:
        client = httpx.Client(base_url=self.url + path, headers=headers, timeout=20)
        self.clients.append(client)
        return client

    def signed_in(self, role: str) -> "Visitor":
        """The pages, signed in as this role."""
        visitor = self.visitor()
        account = self.accounts[role]
        visitor.post("/sign-in", email=account["email"], password=account["password"])
        return visitor

    def visitor(self) -> "Visitor":
        """The pages, not signed in."""
        return Visitor(self._client())

    def webhook(self, path: str, form: dict[str, str], token: str = AUTH_TOKEN) -> httpx.Response:
        """Post what the carrier would, signed with ``token``."""
        signature = sign(self.url + path, list(form.items()), token)
        headers = {"X-Twilio-Signature": signature}
        return httpx.post(self.url + path, data=form, headers=headers, timeout=20)

    def import_members(self, count: int, partnership: str, first: int = 0) -> list[str]:
        """Add members with a mobile each; their numbers."""
        numbers = [f"+32471{first + one:06}" for one in range(count)]
        register = self.folder / f"register-{first}.csv"
        lines = [f"Member {one},fr,{number}" for one, number in enumerate(numbers)]
        register.write_text("name,language,mobile\n" + "\n".join(lines), "utf-8")
        self.command("members", "import", str(register), "--partnership", partnership)
        return numbers


# Without it no alert and no update is taken.
THE_LINE = {
    "fr": "Appelez le 101. Ne suivez personne.",
    "nl": "Bel 101. Achtervolg niemand.",
    "de": "101 anrufen. Niemanden verfolgen.",
}
WORDS = {
    "fr": {
        "subject": "Alerte",
        "short": "PLP ALERTE: restez chez vous. Vu? 101. Ne suivez personne.",
        "long": f"Long. {THE_LINE['fr']}",
    },
    "nl": {
        "subject": "Alarm",
        "short": "BIN ALARM: blijf binnen. Gezien? 101. Achtervolg niemand.",
        "long": f"Lang. {THE_LINE['nl']}",
    },
    "de": {
        "subject": "Alarm",
        "short": "NIN ALARM: drinnen bleiben. 101. Niemanden verfolgen.",
        "long": f"Lang. {THE_LINE['de']}",
    },
}


@dataclass
class Api:
    """The JSON door."""

    http: httpx.Client

    def incident(self, **changes: Any) -> dict[str, Any]:
        facts = {
            "phenomenon": "cambriolage",
            "place": "rue Haute",
            "facts_at": "2026-01-01T10:00:00Z",
        }
        answer = self.http.post("/incidents", json={**facts, **changes})
        assert answer.status_code == 201, answer.text
        incident: dict[str, Any] = answer.json()
        return incident

    def draft(self, *partnerships: str, **changes: Any) -> httpx.Response:
        wanted = {
            "client_request_id": f"test-{time.monotonic_ns()}",
            "kind": "urgent_alert",
            "partnerships": list(partnerships),
            "texts": WORDS,
        }
        return self.http.post("/broadcasts", json={**wanted, **changes})

    def send(self, *partnerships: str, **changes: Any) -> str:
        """Draft and release; the broadcast's id."""
        draft = self.draft(*partnerships, **changes)
        assert draft.status_code == 201, draft.text
        broadcast_id: str = draft.json()["id"]
        assert self.http.post(f"/broadcasts/{broadcast_id}/send").status_code == 202
        return broadcast_id

    def broadcast(self, broadcast_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"/broadcasts/{broadcast_id}").json()
        return found

    def counts(self, broadcast_id: str) -> dict[str, int]:
        """How many deliveries are in each state that has any."""
        counts: dict[str, int] = self.broadcast(broadcast_id)["counts"]
        return {state: count for state, count in counts.items() if count}

    def deliveries(self, broadcast_id: str) -> list[dict[str, Any]]:
        """Every delivery, page after page."""
        found: list[dict[str, Any]] = []
        cursor: str | None = "0"
        while cursor is not None:
            path = f"/broadcasts/{broadcast_id}/deliveries"
            page = self.http.get(path, params={"cursor": cursor, "limit": 500}).json()
            found.extend(page["items"])
            cursor = page["next_cursor"]
        return found


@dataclass
class Visitor:
    """A browser without a screen: cookies, pages, and forms with their token."""

    http: httpx.Client

    def get(self, path: str) -> httpx.Response:
        return self.http.get(path)

    def post(self, path: str, **values: Any) -> httpx.Response:
        """Post a form of ours, with the token its page carries."""
        page = self.http.get("/sign-in" if path == "/sign-in" else "/")
        found = re.search(r'name="form_token" value="([^"]+)"', page.text)
        assert found, "the page carries no form token"
        return self.http.post(path, data={"form_token": found[1], **values})
