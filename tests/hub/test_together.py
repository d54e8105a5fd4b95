"""Several units of work in one commit: each is done once, and none takes another down with it."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select
from structlog.testing import capture_logs

from hub import audit
from hub.audit import Decision
from hub.db import unit_of_work
from hub.together import APART, Apart, Together

pytestmark = pytest.mark.usefixtures("database")


class Door:
    """Writes one decision for each that asks. The first of all waits until the others are there."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.calls: list[list[str]] = []
        self.together = Together[str, str]("test", self.do_all, self.do_alone)

    def do_all(self, session: Session, names: Sequence[str]) -> list[str | Apart]:
        self.calls.append(list(names))
        return [APART if one == "alone" else self.do(session, one) for one in names]

    def do_alone(self, session: Session, name: str) -> str:
        self.calls.append([name])
        return self.do(session, name)

    def do(self, session: Session, name: str) -> str:
        assert self.opened.wait(20)
        audit.record(session, "test.wrote", ("test", name), by=None)
        if name == "bad":
            raise RuntimeError("of this one")
        if name.startswith("away"):
            raise OperationalError("", {}, Exception())
        return f"done {name}"

    def ask(self, *names: str) -> list[Future[str]]:
        """Have it done for "first", and for these while it is."""
        first = self.together.ask("first")
        while not self.calls:
            time.sleep(0.001)
        others = [self.together.ask(one) for one in names]
        self.opened.set()
        return [first, *others]


def written() -> list[str]:
    with unit_of_work(read_only=True) as session:
        return list(session.exec(select(Decision.subject_id).order_by(col(Decision.number))))


def test_whoever_waits_shares_the_next_commit() -> None:
    door = Door()
    names = [str(number) for number in range(30)]
    answers = [one.result(20) for one in door.ask(*names)]
    assert answers == ["done first", *(f"done {name}" for name in names)]
    assert written() == ["first", *names]
    assert [name for call in door.calls for name in call] == ["first", *names]
    assert len(door.calls) == 2


def test_an_answer_comes_after_its_commit() -> None:
    door = Door()
    first, second = door.ask("second")
    assert first.result(20) == "done first"
    assert "first" in written()
    assert second.result(20) == "done second"
    assert "second" in written()


def test_one_that_fails_takes_no_other_down_with_it() -> None:
    door = Door()
    with capture_logs() as told:
        answers = door.ask("good", "bad", "better")
        assert all(one.result(20) for one in answers if one is not answers[2])
        with pytest.raises(RuntimeError, match="of this one"):
            answers[2].result(20)
    assert sorted(written()) == ["better", "first", "good"]
    assert [one["event"] for one in told] == ["not_done_together"]


def test_what_must_be_done_alone_is() -> None:
    door = Door()
    for one in door.ask("one", "alone", "other"):
        one.result(20)
    assert ["alone"] in door.calls
    assert sorted(written()) == ["alone", "first", "one", "other"]


def test_a_database_that_is_away_is_waited_for_once() -> None:
    door = Door()
    answers = door.ask("away 1", "away 2", "away 3")
    assert answers[0].result(20) == "done first"
    for one in answers[1:]:
        with pytest.raises(OperationalError):
            one.result(20)
    assert written() == ["first"]
    assert len(door.calls) == 2
    assert door.together.ask("later").result(20) == "done later"
