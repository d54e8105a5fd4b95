"""The carrier refusing, failing, silent, slow, forgetting to answer, or not to be found."""

import time
from datetime import UTC, datetime, timedelta

from benchmarks.drill.ground import Ground
from benchmarks.drill.scenario import scenario
from tests.running_hub import ACCOUNT_SID, AUTH_TOKEN

WORKER = "worker urgent"
MAGIC = "+324700000"


@scenario("12")
def carrier_says_slow_down(ground: Ground) -> None:
    """429 with Retry-After: waited for, and nobody is left out."""
    ground.members(f"{MAGIC}16")
    ground.alert()
    ground.all_final(150)


@scenario("13", may_end=("failed", "expired"))
def carrier_answers_500_and_503(ground: Ground) -> None:
    """503 is a refusal and tried again; 500 may have been taken, so he is asked."""
    # Refused twice; never taken; never taken; taken although he said 500; half an answer.
    ground.members(*(f"{MAGIC}{one}" for one in ("17", "21", "22", "25", "26")))
    ground.unreachable |= {f"{MAGIC}21", f"{MAGIC}22"}
    ground.alert(expires_at=_in(70))
    ground.all_final(150)
    reached = {one["to"] for one in ground.accepted()}
    assert {f"{MAGIC}{one}" for one in ("17", "25", "26")} <= reached, "somebody was given up"


@scenario("13")
def carrier_gone_and_a_second_one_there(ground: Ground) -> None:
    """The breaker opens and the second carrier takes everything; the first is used again later."""
    ground.restart_with(
        WORKER,
        "timetable",
        HUB_SECOND_TWILIO_API_URL=f"http://127.0.0.1:{ground.hub.carrier_port}",
        HUB_SECOND_TWILIO_ACCOUNT_SID=ACCOUNT_SID,
        HUB_SECOND_TWILIO_AUTH_TOKEN=AUTH_TOKEN,
        HUB_SECOND_TWILIO_SENDER="+32460000002",
    )
    ground.carrier_line.refuses = True
    ground.alert()
    ground.until(lambda: len(ground.accepted()) > 250, "the second carrier takes over", 60)
    ground.carrier_line.mend()
    ground.alert()
    ground.all_final()


@scenario("14")
def carrier_hangs_for_some(ground: Ground) -> None:
    """Five calls without an answer: everybody else gets his message meanwhile."""
    ground.members(f"{MAGIC}23")
    ground.unreachable.add(f"{MAGIC}23")
    started = time.monotonic()
    ground.alert()
    ground.until(lambda: len(ground.accepted()) >= 300, "the others are served", 30)
    ground.remarks.append(f"the others were served after {time.monotonic() - started:.1f} s")
    # Nothing proves that it arrived, so its next way is tried after two minutes.
    ground.all_final(300)


@scenario("14")
def carrier_silent_for_all(ground: Ground) -> None:
    """Nobody answers for half a minute: the hub stays awake, and then everything leaves."""
    ground.carrier_line.is_silent = True
    ground.alert()
    end = time.monotonic() + 30
    while time.monotonic() < end:
        assert ground.api.http.get("/partnerships").status_code == 200
        time.sleep(0.5)
    ground.carrier_line.mend()
    ground.all_final(150)


@scenario("15", quick=("sqlite",))
def carrier_takes_it_and_the_answer_is_lost(ground: Ground) -> None:
    """Every third answer: the receipt or his list tells, and nothing is sent twice."""
    ground.carrier_line.loses_answers = 0.3
    ground.alert()
    ground.under_way(0.9)
    ground.carrier_line.mend()
    ground.all_final()


@scenario("15")
def answers_lost_and_no_receipts(ground: Ground) -> None:
    """Only his list can tell, and it does."""
    ground.hub.carrier.set(receipts="off")
    ground.carrier_line.loses_answers = 0.3
    ground.alert()
    ground.under_way(0.9)
    ground.carrier_line.mend()
    # Those that are not in doubt wait for a receipt that now comes by asking.
    ground.until(lambda: "unknown" not in ground.states(), "nothing is in doubt any more", 90)
    ground.as_if_passed(20)
    ground.all_final(120)


@scenario("16")
def carrier_slow(ground: Ground) -> None:
    """Fifty bytes a second, then five seconds an answer: each call ends in ten seconds."""
    ground.carrier_line.bytes_per_second = 50
    ground.alert()
    time.sleep(25)
    ground.carrier_line.mend()
    ground.hub.carrier.set(latency_ms=5000)
    ground.alert("valdor-gare")
    time.sleep(10)
    ground.hub.carrier.set(latency_ms=0)
    ground.all_final(150)


@scenario("16")
def lines_reset_in_mid_request(ground: Ground) -> None:
    """Every connection is reset after two kilobytes: what may have arrived is asked about."""
    ground.carrier_line.resets_after = 2000
    ground.alert()
    time.sleep(10)
    ground.carrier_line.mend()
    ground.all_final(120)


@scenario("17")
def carrier_not_found_by_name(ground: Ground) -> None:
    """A name that does not resolve is a definite refusal: tried again, never in doubt."""
    ground.restart_with(WORKER, HUB_TWILIO_API_URL="http://no-such-carrier.invalid:8025")
    ground.alert()
    time.sleep(8)
    assert not ground.states().get("unknown"), "a message that cannot have left is in doubt"
    assert ground.hub.processes[WORKER].poll() is None, "the worker gave up"
    good = f"http://127.0.0.1:{ground.carrier_line.port}"
    ground.restart_with(WORKER, HUB_TWILIO_API_URL=good)
    ground.all_final(150)


@scenario("17")
def carrier_without_tls(ground: Ground) -> None:
    """A handshake that fails is a definite refusal: nothing has left."""
    bad = f"https://127.0.0.1:{ground.carrier_line.port}"
    ground.restart_with(WORKER, HUB_TWILIO_API_URL=bad)
    ground.alert()
    time.sleep(8)
    assert not ground.accepted(), "something left over a broken line"
    assert not ground.states().get("unknown"), "a message that cannot have left is in doubt"
    good = f"http://127.0.0.1:{ground.carrier_line.port}"
    ground.restart_with(WORKER, HUB_TWILIO_API_URL=good)
    ground.all_final(150)


def _in(seconds: int) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
