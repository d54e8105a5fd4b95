"""Many small units of work in one transaction: whoever waits while one is written shares the next.

A commit costs the same for one as for fifty, and nobody waits for company: one that comes alone is
done at once. See docs/decisions/0033.
"""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from enum import Enum
from typing import Generic, TypeVar

from sqlmodel import Session

from hub import log
from hub.db import DATABASE_AWAY, is_deadlock, unit_of_work

_log = log.get(__name__)

# Enough to keep up with any carrier; few enough that the first does not wait long for the last.
_MOST_AT_ONCE = 50

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
_Wish = tuple[Asked, Future[Answer]]


class Apart(Enum):
    """Said of one that must have a unit of work of its own; nothing was done for it."""

    APART = "apart"


APART = Apart.APART


class Together(Generic[Asked, Answer]):
    """Does what is asked of it, several at a time, in the order asked.

    ``do_all`` answers each of some, or says ``APART`` of it; ``do_alone`` does any one. If
    ``do_all`` raises, each is done alone, so that one that fails takes no other down with it; but
    if the database is away, all are told so at once.
    """

    def __init__(
        self,
        name: str,
        do_all: Callable[[Session, Sequence[Asked]], Sequence[Answer | Apart]],
        do_alone: Callable[[Session, Asked], Answer],
    ) -> None:
        self._name, self._do_all, self._do_alone = name, do_all, do_alone
        self._waiting: deque[_Wish[Asked, Answer]] = deque()
        # One thread: what comes meanwhile gathers, and is done in order.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    def ask(self, asked: Asked) -> Future[Answer]:
        """Have it done. The answer comes after the commit; what ``do_alone`` raises, comes too."""
        future: Future[Answer] = Future()
        # From now on whoever waits for it can no longer take it back.
        future.set_running_or_notify_cancel()
        self._waiting.append((asked, future))
        self._thread.submit(self._take)
        return future

    def _take(self) -> None:
        count = min(len(self._waiting), _MOST_AT_ONCE)
        some = [self._waiting.popleft() for _ in range(count)]
        # One thread takes them and is told of each, so most of the time others were quicker.
        if some:
            self._do(some)

    def _do(self, some: Sequence[_Wish[Asked, Answer]]) -> None:
        try:
            answers = self._together([asked for asked, _future in some])
        except BaseException as error:
            _refuse(some, error)
            return
        left = []
        for (asked, future), answer in zip(some, answers, strict=True):
            if isinstance(answer, Apart):
                left.append((asked, future))
            else:
                future.set_result(answer)
        self._one_by_one(left)

    def _together(self, some: Sequence[Asked]) -> Sequence[Answer | Apart]:
        if len(some) == 1:
            return [APART]
        try:
            with unit_of_work() as session:
                return self._do_all(session, some)
        except Exception as error:
            if isinstance(error, DATABASE_AWAY) and not is_deadlock(error):
                raise
            # Only the kind: what a database complains of may quote what was to be stored.
            _log.warning(
                "not_done_together", of=self._name, count=len(some), cause=type(error).__name__
            )
            return [APART] * len(some)

    def _one_by_one(self, left: Sequence[_Wish[Asked, Answer]]) -> None:
        for number, (asked, future) in enumerate(left):
            try:
                with unit_of_work() as session:
                    answer = self._do_alone(session, asked)
            except DATABASE_AWAY as error:
                # Each of the others would wait as long, and be told the same.
                _refuse(left[number:], error)
                return
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(answer)


def _refuse(some: Sequence[_Wish[Asked, Answer]], error: BaseException) -> None:
    for _asked, future in some:
        future.set_exception(error)
