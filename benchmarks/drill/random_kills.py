"""Processes of every kind killed at random, while alerts leave over a carrier that misbehaves."""

import random
import time

from benchmarks.drill.databases import PostgresCluster
from benchmarks.drill.ground import Ground
from benchmarks.drill.scenario import Scenario

WORKER, TIMETABLE, WEB, REDIS, DATABASE = (
    "worker urgent",
    "timetable",
    "web",
    "redis",
    "database",
)
# The worker most of all: it is the one that has messages in its hands.
_VICTIMS = {WORKER: 5, WEB: 2, TIMETABLE: 2, REDIS: 1, DATABASE: 1}
_KILLS_BETWEEN_RESTS = 5


def scenario_of(kills: int, seed: int) -> Scenario:
    """So many kills on each database, the same ones for the same seed."""

    def play(ground: Ground) -> None:
        _kill_at_random(ground, kills, random.Random(f"{seed} {ground.database.kind}"))

    return Scenario(f"{kills} kills at random", ("1-8",), play)


def _kill_at_random(ground: Ground, kills: int, chance: random.Random) -> None:
    ground.hub.carrier.set(latency_ms=100)
    ground.carrier_line.loses_answers = 0.02
    ground.postman.longest_delay, ground.postman.doubles = 4.0, 0.2
    sent = 0
    while ground.kills < kills:
        if _is_quiet(ground):
            sent += 1
            ground.alert_as_a_client(f"random-{sent}")
        time.sleep(chance.uniform(0.3, 3.0))
        _kill_one(ground, chance)
        if ground.kills % _KILLS_BETWEEN_RESTS == 0:
            # So that the time to recover can be seen: the next death would only add to it.
            ground.all_settled()
            ground.tell(f"{ground.kills} kills, {sent} alerts, {len(ground.accepted())} accepted")
    ground.carrier_line.mend()
    # Receipts that came while Redis or the web process was dead may be gone.
    ground.all_final_once_asked(180)
    slowest = max(ground.watch.disturbed_recoveries, default=0)
    ground.remarks.append(f"{sent} alerts; where further deaths came in between: {slowest:.1f} s")


def _is_quiet(ground: Ground) -> bool:
    """Whether little is left to be sent, so that the next alert may come."""
    states = ground.states()
    return states.get("queued", 0) + states.get("sending", 0) < 50


def _kill_one(ground: Ground, chance: random.Random) -> None:
    victims = [one for one in _VICTIMS if one != DATABASE or ground.database.kind == "postgresql"]
    victim = chance.choices(victims, [_VICTIMS[one] for one in victims])[0]
    if victim == REDIS:
        _kill_redis(ground)
    elif victim == DATABASE:
        _kill_database(ground)
    else:
        ground.kill(victim)
        ground.start(victim)


def _kill_redis(ground: Ground) -> None:
    assert ground.redis.process is not None
    ground.redis.process.kill()
    ground.redis.process.wait()
    ground.note_kill()
    time.sleep(0.5)
    ground.redis.start()


def _kill_database(ground: Ground) -> None:
    assert isinstance(ground.database, PostgresCluster)
    ground.database.kill()
    ground.note_kill()
    time.sleep(0.5)
    ground.database.start()
