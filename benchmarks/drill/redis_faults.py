"""Redis dead, empty, frozen, full, or never there: it is only the bell, the rows are the truth."""

import re
import time

from redis import Redis

from benchmarks.drill.ground import Ground
from benchmarks.drill.scenario import scenario

_CLOSED_PORT = "redis://127.0.0.1:1/0"
# A page or an answer that takes longer than this is one nobody waits for.
_LONGEST_ANSWER_SECONDS = 5.0


@scenario("5", quick=("sqlite",))
def redis_killed_and_started_again(ground: Ground) -> None:
    """Alerts leave without it, receipts come in without it, and it is used again afterwards."""
    assert ground.redis.process is not None
    ground.alert()
    ground.redis.process.kill()
    ground.redis.process.wait()
    ground.note_kill()
    without = ground.first_hand_over()
    ground.remarks.append(f"first hand-over without Redis after {without:.1f} s")
    ground.redis.start()
    ground.alert()
    ground.all_final()


@scenario("5")
def redis_restarted_empty(ground: Ground) -> None:
    """Its data are gone: every bell that was lost is rung again from the rows."""
    assert ground.redis.process is not None
    ground.kill("worker urgent")
    ground.alert()
    ground.redis.process.kill()
    ground.redis.process.wait()
    ground.note_kill()
    for left in ground.redis.folder.rglob("*.aof"):
        left.unlink()
    for left in ground.redis.folder.rglob("*.manifest"):
        left.unlink()
    ground.redis.start()
    ground.start("worker urgent")
    ground.all_final()


@scenario("5")
def redis_flushed_in_mid_batch(ground: Ground) -> None:
    """FLUSHALL takes bells and receipts along: the rows ring again, the carrier is asked."""
    ground.hub.carrier.set(latency_ms=100)
    ground.alert()
    for _time in range(3):
        ground.another_few()
        with Redis.from_url(ground.redis.url) as redis:
            redis.flushall()
    ground.hub.carrier.set(latency_ms=0)
    ground.all_settled()
    # Nothing hangs: what comes now is taken as ever.
    again = ground.alert()
    done = "SELECT count(*) FROM broadcast WHERE status = 'finished'"
    ground.until(lambda: ground.rows(done)[0][0], f"the alert after it is finished ({again})", 60)
    ground.all_final_once_asked()


@scenario("6")
def redis_frozen(ground: Ground) -> None:
    """Nobody waits for it: alerts are taken and leave all the same."""
    ground.alert()
    ground.all_final()
    with ground.frozen(ground.redis.process):
        end = time.monotonic() + ground.outage(60)
        waits = []
        while time.monotonic() < end:
            started = time.monotonic()
            assert ground.api.http.get("/partnerships").status_code == 200
            waits.append(time.monotonic() - started)
            time.sleep(0.2)
        frozen_for = ground.first_hand_over()
    ground.remarks.append(
        f"slowest of {len(waits)} requests {max(waits):.2f} s, first hand-over {frozen_for:.1f} s"
    )
    assert max(waits) < _LONGEST_ANSWER_SECONDS, f"a request took {max(waits):.1f} s"
    ground.all_final()


@scenario("7")
def redis_full(ground: Ground) -> None:
    """It refuses whatever is written: wake-ups are lost, nothing else."""
    with Redis.from_url(ground.redis.url) as redis:
        redis.config_set("maxmemory", 1)
        taken = ground.first_hand_over()
        ground.remarks.append(f"first hand-over with a full Redis after {taken:.1f} s")
        ground.under_way(0.9)
        redis.config_set("maxmemory", 0)
    ground.alert()
    ground.all_final()


@scenario("38", settings={"HUB_REDIS_URL": _CLOSED_PORT})
def redis_never_there(ground: Ground) -> None:
    """Every page answers, every limit still limits, and an alert leaves."""
    ground.first_hand_over()
    visitor = ground.hub.signed_in("dispatcher")
    seen, waiting = set[str](), ["/"]
    while waiting and len(seen) < 60:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        page = visitor.get(path)
        assert page.status_code in (200, 303), f"{path} answers {page.status_code}"
        waiting.extend(_links(page.text))
    ground.remarks.append(f"{len(seen)} pages answered without Redis")
    assert len(seen) > 5, f"only {seen} were found"
    ground.all_final()


def _links(page: str) -> list[str]:
    found = re.findall(r'href="(/[^"#?]*)"', page)
    return [one for one in found if not one.startswith("/static") and "events" not in one]
