"""Whoever waits to write is served in turn, and never passed over."""

import threading
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from hub import audit, clock
from hub.db import engine, unit_of_work
from hub.turns import Turns

_PATIENCE = 20.0


def waiting(turns: Turns, name: str, served: list[str]) -> threading.Thread:
    """Somebody who has come to stand in the queue by the time this returns."""

    def take() -> None:
        assert turns.take(_PATIENCE)
        served.append(name)
        turns.give_back()

    before = len(turns._waiting)
    thread = threading.Thread(target=take)
    thread.start()
    while len(turns._waiting) == before:
        time.sleep(0.001)
    return thread


def test_turns_come_in_the_order_in_which_they_were_asked_for() -> None:
    turns, served = Turns(), list[str]()
    assert turns.take(_PATIENCE)
    names = [str(number) for number in range(20)]
    threads = [waiting(turns, name, served) for name in names]
    turns.give_back()
    for one in threads:
        one.join()
    assert served == names


def test_whoever_has_no_patience_left_leaves_the_queue() -> None:
    turns = Turns()
    assert turns.take(_PATIENCE)
    assert not turns.take(0.01)
    turns.give_back()
    assert turns.take(0), "nobody else waits"


@pytest.mark.usefixtures("database")
def test_a_turn_is_given_back_after_a_commit_a_failure_and_a_refused_statement() -> None:
    clock.set_source(lambda: datetime(2026, 6, 3, 10, 0, tzinfo=UTC))

    def write(*, fails: bool = False) -> None:
        with unit_of_work() as session:
            audit.record(session, "test.wrote", ("test", "1"), by=None)
            if fails:
                raise RuntimeError

    write()
    with pytest.raises(RuntimeError):
        write(fails=True)
    with pytest.raises(Exception, match="nowhere"), unit_of_work() as session:
        session.connection().execute(text("INSERT INTO nowhere VALUES (1)"))
    for _time in range(3):
        write()
    with engine().connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM decision")).scalar() == 4
