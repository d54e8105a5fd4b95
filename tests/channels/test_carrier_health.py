"""What a worker learns of a carrier from its answers, and how much it then gives it."""

from channels.health import PROBE_SECONDS, SLOW_SECONDS, CarrierHealth


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def after(*answers: tuple[bool, float], clock: Clock | None = None) -> CarrierHealth:
    health = CarrierHealth(clock or Clock())
    for failed, seconds in answers:
        health.note(failed, seconds)
    return health


GOOD, BAD, LATE = (False, 0.1), (True, 0.1), (False, SLOW_SECONDS + 1)


def test_a_carrier_that_answers_has_everything() -> None:
    health = after(*[GOOD] * 20)
    assert (health.weight, health.strength, health.is_open) == (1.0, 1.0, False)


def test_one_failure_among_many_changes_little() -> None:
    assert after(*[GOOD] * 20, BAD).weight > 0.7


def test_failures_in_a_row_open_the_circuit() -> None:
    health = after(*[BAD] * 8)
    assert health.is_open
    assert health.weight == 0.0


def test_a_slow_carrier_loses_its_share_but_stays_in_use() -> None:
    health = after(*[LATE] * 20)
    assert health.weight < 0.1
    assert not health.is_open
    assert health.strength == 1.0


def test_an_open_circuit_lets_one_probe_pass_in_five_seconds() -> None:
    clock = Clock()
    health = after(*[BAD] * 8, clock=clock)
    assert not health.take_probe()
    clock.seconds += PROBE_SECONDS
    assert health.take_probe()
    assert not health.take_probe()


def test_a_probe_that_succeeds_closes_the_circuit_and_the_share_grows_back() -> None:
    health = after(*[BAD] * 8)
    health.note(*GOOD)
    assert not health.is_open
    few = health.weight
    for _answer in range(12):
        health.note(*GOOD)
    assert few < 0.4 < 0.9 < health.weight


def test_a_carrier_that_refuses_us_is_left_alone_for_a_while() -> None:
    clock = Clock()
    health = after(*[GOOD] * 20, clock=clock)
    health.shut(30)
    assert health.weight == 0.0
    assert not health.take_probe()
    clock.seconds += 31
    assert health.weight == 1.0
