"""The database crashing, away, locked, full: what was acknowledged is there, the rest waits."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from benchmarks.drill.databases import PostgresCluster
from benchmarks.drill.ground import Ground
from benchmarks.drill.scenario import scenario

_INCIDENT = {
    "phenomenon": "cambriolage",
    "place": "rue Haute",
    "facts_at": "2026-01-01T10:00:00Z",
}
_EVERYTHING = ("web", "worker urgent", "timetable")


@scenario("8", databases=("postgresql",), quick=("postgresql",))
def database_crashes_while_alerts_are_sent(ground: Ground) -> None:
    """Acknowledged is never missing; what was in doubt is asked again with the same key."""
    assert isinstance(ground.database, PostgresCluster)
    ground.hub.carrier.set(latency_ms=50)
    for number in range(2 if ground.is_quick else 6):
        with ThreadPoolExecutor(1) as client:
            asked = client.submit(ground.alert_as_a_client, f"crash-{number}")
            time.sleep(0.05 + 0.15 * number)
            ground.database.crash()
            ground.note_kill()
            ground.database.start()
            asked.result(90)
    ground.all_final()


@scenario("8")
def everything_killed_at_once(ground: Ground) -> None:
    """A power cut: acknowledged alerts are there and leave once all is started again."""
    ground.hub.carrier.set(latency_ms=100)
    for _time in range(1 if ground.is_quick else 3):
        ground.alert()
        ground.another_few()
        held = ground.in_hand()
        for name in _EVERYTHING:
            ground.hub.kill(name)
            ground.note_kill()
        if isinstance(ground.database, PostgresCluster):
            ground.database.kill()
            ground.note_kill()
            ground.database.start()
        ground.hub.start(*_EVERYTHING)
        ground.watch.note_death(held)
        ground.until(ground.web_answers, "the pages are back")
        ground.all_settled()
    # Receipts that came while nothing listened are gone.
    ground.all_final_once_asked()


@scenario("9")
def database_away(ground: Ground) -> None:
    """503 with Retry-After and never a 2xx; nobody spins; it goes on when it is back."""
    ground.hub.carrier.set(latency_ms=50)
    ground.alert()
    ground.under_way(0.1)
    with ground.database.away():
        before = {pid: _processor_seconds(pid) for pid in ground.pids()}
        started = time.monotonic()
        answers = _answers_for(ground.outage(60), lambda: _write(ground))
        lasted = time.monotonic() - started
        spent = sum(_processor_seconds(pid) - before[pid] for pid in before)
    wrong = [one.status_code for one in answers if one.status_code != 503]
    assert not wrong, f"answered {wrong} without a database"
    assert all(one.headers.get("Retry-After") for one in answers), "no Retry-After"
    share = spent / lasted
    ground.remarks.append(f"{len(answers)} x 503, {share:.0%} of a processor while waiting")
    assert share < 1.0, f"{share:.0%} of a processor were burnt while waiting"
    ground.alert_as_a_client("after-the-outage")
    ground.all_final()


@scenario("10")
def database_locked(ground: Ground) -> None:
    """Somebody else holds it for ten seconds: a wait or a 503, never a 500, no update lost."""
    ground.hub.carrier.set(latency_ms=50)
    ground.alert()
    ground.under_way(0.1)
    with ground.database.held():
        answers = _answers_for(ground.outage(10), lambda: _write(ground))
    wrong = [one.status_code for one in answers if one.status_code not in (201, 503)]
    assert not wrong, f"answered {wrong} while the database was locked"
    ground.alert_as_a_client("after-the-lock")
    ground.all_final()


@scenario("11")
def disk_full(ground: Ground) -> None:
    """Nothing is handed over that cannot be written down; with room again, all of it leaves."""
    ground.members(*(f"+32472{one:06}" for one in range(1500)))
    ground.hub.carrier.set(latency_ms=200)
    ground.alert()
    ground.under_way(0.05)
    with ground.database.full(ground.pids()):
        time.sleep(10)
        stopped_at = len(ground.accepted())
        time.sleep(10)
        further = len(ground.accepted()) - stopped_at
        answer = _write(ground)
    assert stopped_at < 1800, "there was room for everything"
    ground.remarks.append(f"{further} handed over after ten seconds without room")
    assert further == 0, f"{further} messages were handed over without room to record them"
    assert answer.status_code in (201, 503), f"answered {answer.status_code} without room"
    # Receipts that could not be written down are asked for.
    ground.all_final_once_asked(180)


def _write(ground: Ground) -> httpx.Response:
    return ground.api.http.post("/incidents", json=_INCIDENT)


def _answers_for(seconds: float, ask: Callable[[], httpx.Response]) -> list[httpx.Response]:
    end, answers = time.monotonic() + seconds, []
    while time.monotonic() < end:
        answers.append(ask())
        time.sleep(0.5)
    return answers


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
