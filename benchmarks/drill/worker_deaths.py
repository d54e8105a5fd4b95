"""Workers and timetables that die, are paused, are stopped in order, or exist twice."""

import random
import time

from benchmarks.drill.ground import Ground
from benchmarks.drill.scenario import ALL_DATABASES, scenario

WORKER, TIMETABLE = "worker urgent", "timetable"


@scenario("1", quick=ALL_DATABASES)
def worker_killed_in_mid_batch(ground: Ground) -> None:
    """Again and again, at a random moment: nothing lost, nothing doubled, back within 30 s."""
    ground.hub.carrier.set(latency_ms=150)
    for _time in range(1 if ground.is_quick else 5):
        ground.alert()
        ground.another_few()
        time.sleep(random.uniform(0.02, 0.2))
        ground.kill(WORKER)
        ground.start(WORKER)
        ground.all_final()


@scenario("2")
def worker_killed_between_claim_and_hand_over(ground: Ground) -> None:
    """What it had claimed never reached the carrier: the carrier is asked, then it is sent."""
    ground.carrier_line.latency = 5.0
    ground.alert()
    ground.until(lambda: len(ground.in_hand()) > 10, "messages are in its hands")
    assert not ground.accepted(), "nothing has reached the carrier"
    ground.kill(WORKER)
    ground.carrier_line.mend()
    ground.start(WORKER)
    ground.all_final()


@scenario("2", quick=("sqlite",))
def worker_killed_between_hand_over_and_record(ground: Ground) -> None:
    """The carrier has it and we have not written it down: found in his list, not sent again."""
    ground.hub.carrier.set(receipts="off")
    ground.carrier_line.answer_latency = 5.0
    ground.alert()
    ground.until(lambda: len(ground.accepted()) > 10, "the carrier has some")
    ground.kill(WORKER)
    ground.carrier_line.mend()
    ground.hub.carrier.set(receipts="on")
    ground.start(WORKER)
    ground.all_final()


@scenario("24")
def worker_and_web_stopped_in_order(ground: Ground) -> None:
    """A deployment: what is in hand is finished or handed back, and nobody waits for a lease."""
    ground.hub.carrier.set(latency_ms=300)
    ground.alert()
    ground.under_way()
    started = time.monotonic()
    code = ground.terminate(WORKER)
    assert code == 0, f"the worker ended with {code}"
    assert time.monotonic() - started < 20, "the worker took too long to stop"
    assert not ground.in_hand(), f"{len(ground.in_hand())} were left in its hands"
    assert ground.terminate("web") == 0, "the web process did not end in order"
    ground.hub.start("web", WORKER)
    ground.until(ground.web_answers, "the pages are back")
    ground.all_final()


@scenario("25")
def two_timetables_and_two_workers(ground: Ground) -> None:
    """Both do everything, one of them is paused and wakes up: each message leaves once."""
    ground.start_another(TIMETABLE)
    ground.start_another(WORKER)
    ground.hub.carrier.set(latency_ms=50)
    ground.alert()
    ground.alert()
    with ground.frozen(ground.hub.processes[TIMETABLE]):
        ground.alert()
        ground.alert()
        time.sleep(ground.outage(60))
    ground.alert()
    ground.all_final()


@scenario("27")
def worker_paused_past_its_lease(ground: Ground) -> None:
    """It wakes up and must not send what is no longer its own."""
    ground.hub.carrier.set(latency_ms=200)
    ground.alert()
    ground.under_way(0.05)
    other = ground.start_another(WORKER)
    with ground.frozen(ground.hub.processes[WORKER]):
        # Long enough for all of it to be taken away and sent by the other worker.
        time.sleep(2.5 * ground.lease + 5)
    ground.all_final()
    assert ground.hub.processes[other].poll() is None


@scenario("1")
def timetable_killed_with_work_left(ground: Ground) -> None:
    """Leases end and receipts come in only while a timetable runs: a new one goes on."""
    ground.hub.carrier.set(latency_ms=100)
    ground.alert()
    ground.under_way(0.1)
    ground.kill(TIMETABLE)
    time.sleep(3)
    ground.kill(WORKER)
    ground.start(WORKER)
    ground.start(TIMETABLE)
    ground.all_final()
