"""The ground of one scenario: a whole hub of its own, and hands to break it with."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

import httpx
from sqlalchemy import Engine, text, update

from benchmarks.drill.databases import AnyDatabase
from benchmarks.drill.lines import Line
from benchmarks.drill.postman import Postman
from benchmarks.drill.watch import Watch, is_final
from hub.embedded_redis import EmbeddedRedis
from messaging.models import UNPROVEN, Delivery, state_is
from tests.running_hub import THE_LINE, Api, Process, RunningHub

T = TypeVar("T")

# In every text and every name, and so never allowed in a log or in Redis.
CANARY = "Zilverkanarie"
HOME = "haut-valdor"
# A supervisor needs about this long to notice a death and start again.
_RESTART_SECONDS = 0.5
_LOOK_SECONDS = 0.2


@dataclass
class Ground:
    """What a scenario plays on. Everything in it may be broken."""

    hub: RunningHub
    redis: EmbeddedRedis
    database: AnyDatabase
    engine: Engine
    carrier_line: Line
    postman: Postman
    watch: Watch
    is_quick: bool
    tell: Callable[[str], None]
    kills: int = 0
    acknowledged: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    # What was measured on the way, for the table; no promise hangs on it.
    remarks: list[str] = field(default_factory=list)
    # Numbers and addresses that this scenario's carrier never takes.
    unreachable: set[str] = field(default_factory=set)
    _texts: int = 0

    @cached_property
    def api(self) -> Api:
        """The JSON door, as the dispatcher."""
        return self.hub.api()

    # Messages

    def words(self) -> dict[str, dict[str, str]]:
        """Texts that nobody got before, so that each message can be found in the carrier's log."""
        self._texts += 1
        mark = f"{CANARY} {self._texts}"
        return {
            language: {
                "subject": f"Alerte {mark}",
                "short": f"PLP {mark}. {line}",
                "long": f"{mark}. {line}",
            }
            for language, line in THE_LINE.items()
        }

    def alert(self, *partnerships: str, **changes: Any) -> str:
        """An alert that the hub acknowledged; its id."""
        api = self.api
        sent = api.send(
            *(partnerships or (HOME,)),
            incident_id=api.incident()["id"],
            texts=changes.pop("texts", None) or self.words(),
            **changes,
        )
        self.acknowledged.append(sent)
        return sent

    def alert_as_a_client(self, key: str) -> str:
        """An alert from a client that asks again with the same key until it is acknowledged."""
        texts = self.words()

        def ask() -> str:
            api = self.api
            with suppress(httpx.HTTPError):
                incident = api.http.post(
                    "/incidents",
                    json={
                        "phenomenon": "cambriolage",
                        "place": "rue Haute",
                        "facts_at": "2026-01-01T10:00:00Z",
                    },
                )
                if incident.status_code != 201:
                    return ""
                wanted = {"client_request_id": key, "incident_id": incident.json()["id"]}
                draft = api.draft(HOME, texts=texts, **wanted)
                if draft.status_code != 201:
                    return ""
                broadcast_id: str = draft.json()["id"]
                sent = api.http.post(f"/broadcasts/{broadcast_id}/send")
                return broadcast_id if sent.status_code == 202 else ""
            return ""

        sent = self.until(ask, f"the alert {key} is acknowledged", 60)
        self.acknowledged.append(sent)
        return sent

    def first_hand_over(self, *partnerships: str) -> float:
        """Send an alert; seconds until the carrier has accepted its first message."""
        already, started = len(self.hub.carrier.accepted()), time.monotonic()
        self.alert(*partnerships)
        self.until(lambda: len(self.hub.carrier.accepted()) > already, "the first message left")
        return time.monotonic() - started

    def members(self, *numbers: str, partnership: str = HOME) -> None:
        """More members, with these mobiles."""
        register = self.hub.folder / f"register-{len(self.acknowledged)}-{time.monotonic_ns()}.csv"
        lines = [f"{CANARY} {one},fr,{number}" for one, number in enumerate(numbers)]
        register.write_text("name,language,mobile\n" + "\n".join(lines), "utf-8")
        self.hub.command("members", "import", str(register), "--partnership", partnership)
        register.unlink()

    # Looking

    def rows(self, sql: str, **values: Any) -> list[Any]:
        """What the database holds, asked beside the hub."""
        with self.engine.connect() as connection:
            return list(connection.execute(text(sql), values).all())

    def change(self, sql: str, **values: Any) -> int:
        """Change the data beside the hub: to make time pass, or to do what no page can."""
        with self.engine.begin() as connection:
            return connection.execute(text(sql), values).rowcount

    def states(self) -> dict[str, int]:
        """How many deliveries are in each state."""
        return {
            row[0]: row[1]
            for row in self.rows("SELECT state, count(*) FROM delivery GROUP BY state")
        }

    def accepted(self, kind: str = "sms") -> list[dict[str, Any]]:
        """What the carrier's own log says."""
        return [one for one in self.hub.carrier.accepted() if one["kind"] == kind]

    def until(self, look: Callable[[], T], what: str, seconds: float = 60) -> T:
        """Wait for the first true thing; a failure says what did not happen."""
        end = time.monotonic() + seconds
        while not (seen := look()):
            assert time.monotonic() < end, f"{what}: not after {seconds:.0f} s"
            # Looking costs the processor that the hub is to recover on.
            time.sleep(_LOOK_SECONDS)
        return seen

    def under_way(self, share: float = 0.2) -> None:
        """Wait until the sending has begun and is not over."""

        def some() -> bool:
            total = sum(self.states().values())
            return total > 0 and len(self.accepted()) >= total * share

        self.until(some, "the sending is under way")

    def another_few(self, count: int = 20) -> None:
        """Wait until the carrier has accepted so many more."""
        already = len(self.accepted())
        self.until(lambda: len(self.accepted()) >= already + count, "the sending is under way")

    def all_final(self, seconds: float = 90) -> None:
        """Wait until every delivery has its last state and every message is finished."""

        def open_rows() -> list[Any]:
            rows = self.rows(
                "SELECT state, channel, count(*) FROM delivery GROUP BY state, channel"
            )
            return [row for row in rows if not is_final(row[0], row[1])]

        def settled() -> bool:
            waiting = self.rows("SELECT 1 FROM broadcast WHERE status IN ('released', 'sending')")
            return not waiting and not open_rows() and not self.watch.still_open()

        try:
            self.until(settled, "every delivery is final", seconds)
        except AssertionError:
            waiting = self.rows("SELECT status, count(*) FROM broadcast GROUP BY status")
            left = [tuple(row) for row in (*open_rows(), *waiting)]
            self.notes.append(f"not final after {seconds:.0f} s: {left}")

    def all_settled(self, seconds: float = 120) -> None:
        """Wait until every message is with the carrier or final."""
        self.until(
            lambda: not {"queued", "sending", "unknown"} & set(self.states()),
            "every message is with the carrier",
            seconds,
        )

    def all_final_once_asked(self, seconds: float = 120) -> None:
        """The same as ``all_final`` where receipts were lost for good.

        The hub asks for overdue ones after a quarter of an hour; here that time is made to pass.
        """
        self.all_settled(seconds)
        # The last of those that are not lost.
        time.sleep(3)
        self.as_if_passed(20)
        self.all_final(seconds)

    # Breaking

    def kill(self, name: str) -> None:
        """SIGKILL. What a worker had in its hands is watched until nothing of it is open."""
        self.note_kill()
        self.hub.kill(name)
        if name.startswith("worker"):
            self.watch.note_death(self.in_hand())

    def note_kill(self) -> None:
        """Something is killed."""
        self.kills += 1
        self.watch.note_disturbance()

    def in_hand(self) -> set[int]:
        """The deliveries that are in somebody's hands now."""
        return {row[0] for row in self.rows("SELECT id FROM delivery WHERE state = 'sending'")}

    def start(self, name: str) -> None:
        """Start a process again, as its supervisor would."""
        time.sleep(_RESTART_SECONDS)
        self.hub.start(name)

    def start_another(self, name: str, **environment: str) -> str:
        """Start a second process of a kind; the name it has here."""
        first, other = self.hub.processes.pop(name), f"{name} (second)"
        with self.environment(**environment):
            self.hub.start(name)
        self.hub.processes[other] = self.hub.processes.pop(name)
        self.hub.processes[name] = first
        return other

    @contextmanager
    def environment(self, **values: str) -> Iterator[None]:
        """Processes that are started in the block see these variables."""
        before = dict(self.hub.environment)
        self.hub.environment.update(values)
        try:
            yield
        finally:
            self.hub.environment.clear()
            self.hub.environment.update(before)

    @contextmanager
    def frozen(self, process: Process | None) -> Iterator[None]:
        """A process that neither runs nor dies as long as the block does."""
        assert process is not None
        process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            process.send_signal(signal.SIGCONT)

    def terminate(self, name: str, seconds: float = 30) -> int:
        """SIGTERM, and its exit code."""
        process = self.hub.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        return process.wait(seconds)

    def restart_with(self, *names: str, **environment: str) -> None:
        """End processes in order and start them again with these variables, for good."""
        for name in names:
            self.terminate(name)
        self.hub.environment.update(environment)
        self.hub.start(*names)

    def pids(self) -> list[int]:
        """The hub's processes, without the carrier."""
        return [one.pid for name, one in self.hub.processes.items() if name != "simulator"]

    def outage(self, seconds: float) -> float:
        """How long a fault lasts: what the matrix says, or a sixth of it in the quick drill."""
        return seconds / 6 if self.is_quick else seconds

    def as_if_passed(self, minutes: int) -> None:
        """Let every delivery without a last word look this old, as if the time had passed."""
        then = datetime.now(UTC) - timedelta(minutes=minutes)
        aged = update(Delivery).where(state_is(*UNPROVEN)).values(changed_at=then)
        with self.engine.begin() as connection:
            connection.execute(aged)

    @property
    def lease(self) -> float:
        """Seconds after which a worker that does not renew is taken for dead."""
        return float(self.hub.environment.get("HUB_LEASE_SECONDS", "10"))

    def web_answers(self) -> bool:
        """Whether the pages are there."""
        with suppress(httpx.HTTPError):
            return httpx.get(f"{self.hub.url}/readyz", timeout=2).status_code == 200
        return False
