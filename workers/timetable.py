"""The timetable: what is done every few seconds, by one process or by several at once."""

import signal
import threading
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from redis.exceptions import RedisError
from sqlmodel import Session

from feedback import (
    answer_reminders,
    answer_sweep,
    hot_spot_log,
    old_answers,
    old_reports,
    old_sightings,
    old_voicemail,
    summary_mail,
    survey_closing,
    survey_sending,
    voicemail_fetching,
)
from hub import clock, log, rounds
from hub.config import settings
from hub.db import unit_of_work
from hub.queue import QueueName, queue
from messaging import (
    budget_waits,
    budget_warnings,
    cold_schedule,
    cost_counting,
    digest_sending,
    escalation,
    notice_dispatch,
    old_traffic,
    overdue_feedback,
    reconcile,
    relay_reminders,
    sweep,
    unmatched,
)
from messaging.budget_rule import OverBudget
from partnerships import forgetting, member_links
from partnerships.members_import import course, work
from plan.entries import reminders as figure_reminders
from plan.measures import measuring
from plan.registers import old_names, reminders
from plan.report import issuing
from workers import announcing, warm
from workers.receipt_drain import ReceiptDrain

_log = log.get(__name__)

# A question under way may take as long as a carrier may.
_LAST_QUESTION_SECONDS = 12.0


def sweep_rows() -> None:
    """Find what was left lying in the rows."""
    with unit_of_work() as session:
        sweep.sweep(session)


def ring_again() -> None:
    """Ring for work nobody came for."""
    try:
        # Nothing is written; and Redis, which is asked in between, may be slow.
        with unit_of_work(read_only=True) as session:
            sweep.ring_again(session)
    except RedisError as error:
        _log.warning("redis_away", cause=type(error).__name__)


def ring_for_digests() -> None:
    """Ring for weekly mails that are to leave. Only for an empty queue, as for chunks."""
    try:
        if not queue(QueueName.BULK).count:
            with unit_of_work() as session:
                digest_sending.ring(session)
    except RedisError as error:
        _log.warning("redis_away", cause=type(error).__name__)


def ring_for_notices() -> None:
    """Expire the hub's own notices that are too late, and ring for those nobody came for."""
    with unit_of_work() as session:
        notice_dispatch.ring_again(session)
        member_links.ring_again(session)


def settle_unclear() -> None:
    """Ask the carrier about deliveries nobody knows the end of."""
    warm.run(reconcile.settle_unclear)


def ask_for_receipts() -> None:
    """Ask the carrier what became of deliveries whose receipts never came."""
    warm.run(reconcile.ask_for_receipts)


def fold_matched_receipts() -> None:
    """Fold receipts that came before their delivery was in the rows."""
    unmatched.fold_matched()


def escalate() -> None:
    """Take the next way to those whom nothing proved to have been reached."""
    with unit_of_work(read_only=True) as session:
        in_need = escalation.in_need(session)
    for broadcast_id in in_need:
        with rounds.apart("escalation_failed", broadcast_id=broadcast_id):
            while _escalate_some(broadcast_id):
                pass


def _escalate_some(broadcast_id: UUID) -> bool:
    with unit_of_work() as session:
        return escalation.escalate(session, broadcast_id)


def ring_for_voicemail() -> None:
    """Ring for recordings that still lie at the carrier's."""
    with unit_of_work() as session:
        voicemail_fetching.due(session)


def ring_for_imports() -> None:
    """Ring for lists of members that no worker came for, or whose worker died."""
    with unit_of_work() as session:
        work.ring_again(session)


def ring_for_reports() -> None:
    """Ring for issued reports whose files no worker came for."""
    with unit_of_work() as session:
        issuing.ring_again(session)


def release_what_is_due() -> None:
    """Let messages and relays leave whose moment has come; what costs too much waits."""
    with unit_of_work(read_only=True) as session:
        late = budget_waits.late(session)
    for subject_id in late:
        with rounds.apart("budget_wait_not_ended", subject_id=subject_id):
            _in_its_own(budget_waits.end_late, subject_id)
    with unit_of_work(read_only=True) as session:
        messages, relays = cold_schedule.due_messages(session), cold_schedule.due_relays(session)
    for message_id in messages:
        with rounds.apart("cold_release_failed", message_id=message_id):
            _leave_or_wait(cold_schedule.release, budget_waits.keep_message, message_id)
    for relay_id in relays:
        with rounds.apart("relay_failed", relay_id=relay_id):
            _leave_or_wait(cold_schedule.pass_on, budget_waits.keep_relay, relay_id)


def _in_its_own(does: Callable[[Session, UUID], object], item_id: UUID) -> None:
    with unit_of_work() as session:
        does(session, item_id)


def _leave_or_wait(
    leave: Callable[[Session, UUID], None],
    keep: Callable[[Session, UUID, OverBudget], None],
    subject_id: UUID,
) -> None:
    try:
        with unit_of_work() as session:
            leave(session, subject_id)
    except OverBudget as refusal:
        with unit_of_work() as session:
            keep(session, subject_id, refusal)


def count_costs() -> None:
    """Count what messages cost."""
    cost_counting.count_due()


def warn_of_budgets() -> None:
    """Tell those who keep a budget that it is nearly gone."""
    with unit_of_work(read_only=True) as session:
        gone = budget_warnings.due(session)
    for one in gone:
        with (
            rounds.apart("budget_warning_failed", scope_id=one.scope.id),
            unit_of_work() as session,
        ):
            budget_warnings.warn(session, one)


def remind_of_relays() -> None:
    """Remind coordinators, ask their deputies, tell the writers, as the plans say."""
    with unit_of_work(read_only=True) as session:
        due = relay_reminders.due(session)
    for relay_id in due:
        with rounds.apart("relay_reminder_failed", relay_id=relay_id):
            _in_its_own(relay_reminders.look_at, relay_id)


def remind_of_feedback() -> None:
    """Write to those who owe members the outcome of an alert."""
    with unit_of_work(read_only=True) as session:
        waiting = overdue_feedback.to_remind_of(session)
    for broadcast_id in waiting:
        with rounds.apart("feedback_reminder_failed", broadcast_id=broadcast_id):
            _in_its_own(overdue_feedback.remind_of, broadcast_id)


def look_after_answers() -> None:
    """Owe answers again that did not leave, and count what was told otherwise."""
    with unit_of_work() as session:
        answer_sweep.sweep(session)


def remind_of_answers() -> None:
    """Write to those who owe somebody an answer."""
    with unit_of_work(read_only=True) as session:
        due = answer_reminders.due(session)
    _each(answer_reminders.remind, due)


def remind_of_obligations() -> None:
    """Write to those who owe the ministry something."""
    with unit_of_work(read_only=True) as session:
        due = reminders.due(session)
    _each(reminders.remind, due)


def remind_of_figures() -> None:
    """Write to those whose figures a plan still wants."""
    with unit_of_work(read_only=True) as session:
        due = figure_reminders.due(session)
    _each(figure_reminders.remind, due)


def write_summaries() -> None:
    """Tell coordinators of the month that is over."""
    with unit_of_work(read_only=True) as session:
        due = summary_mail.due(session)
    _each(summary_mail.write, due)


def _each(deed: Callable[[Session, UUID], object], subjects: Iterable[UUID]) -> None:
    """Do it for each, in a unit of work of its own: one that fails must not keep the others."""
    for subject_id in subjects:
        with rounds.apart("timetable_item_failed", task=deed.__name__, subject_id=subject_id):
            _in_its_own(deed, subject_id)


def ask_surveys() -> None:
    """Ask the next members of each open survey, and close those whose day is over."""
    with unit_of_work(read_only=True) as session:
        due = survey_sending.open_surveys(session)
    _each(survey_sending.step, due)


def measure_plans() -> None:
    """Have plans in force measured each night, and ring for measuring that nobody came for."""
    with unit_of_work() as session:
        measuring.ask_for_the_night(session)


def forget_lists() -> None:
    """Empty lists of members that nobody came back for."""
    with unit_of_work() as session:
        course.forget_old(session)


_KEPT_FOR_A_TIME = (
    forgetting,
    old_traffic,
    old_sightings,
    old_voicemail,
    old_answers,
    survey_closing,
    hot_spot_log,
    old_names,
)


def forget_old() -> None:
    """Close and blank what is kept for a time only."""
    for room in _KEPT_FOR_A_TIME:
        with rounds.apart("not_forgotten", room=room.__name__), unit_of_work() as session:
            room.forget_old(session)
    with rounds.apart("not_forgotten", room=old_reports.__name__):
        while _drop_some_reports():
            pass


def _drop_some_reports() -> bool:
    with unit_of_work() as session:
        return old_reports.drop_old(session)


class Daily:
    """A task that this process does once a day, at the first occasion. Doing it twice does no harm:
    another timetable may do it too."""

    def __init__(self, task: Callable[[], None]) -> None:
        self._task = task
        self._done_on: date | None = None
        self.__name__ = task.__name__

    def __call__(self) -> None:
        today = clock.now().date()
        if self._done_on != today:
            self._task()
            self._done_on = today


class Spaced:
    """A task that this process does no more often than so. Doing it oftener does no harm."""

    def __init__(self, task: Callable[[], None], apart: timedelta) -> None:
        self._task = task
        self._apart = apart
        self._done_at: datetime | None = None
        self.__name__ = task.__name__

    def __call__(self) -> None:
        at = clock.now()
        if self._done_at is None or at - self._done_at >= self._apart:
            self._task()
            self._done_at = at


_Tasks = tuple[Callable[[], None], ...]
_ROWS: _Tasks = (
    escalate,
    sweep_rows,
    fold_matched_receipts,
    ring_again,
    # Before the notices: a text that is taken back must not be rung for.
    look_after_answers,
    ring_for_digests,
    ring_for_notices,
    ring_for_imports,
    Spaced(ring_for_reports, timedelta(minutes=1)),
    ring_for_voicemail,
    *announcing.TASKS,
    remind_of_feedback,
    release_what_is_due,
    remind_of_relays,
    remind_of_answers,
    Daily(forget_old),
    Daily(forget_lists),
)
# Beside the others: a carrier that hangs, a count of a million rows or thousands of questions must
# not keep the rows from being swept.
_QUESTIONS: _Tasks = (
    settle_unclear,
    ask_for_receipts,
    count_costs,
    Spaced(warn_of_budgets, timedelta(minutes=1)),
    Spaced(write_summaries, timedelta(minutes=1)),
    Spaced(remind_of_obligations, timedelta(minutes=1)),
    Spaced(remind_of_figures, timedelta(minutes=1)),
    Spaced(ask_surveys, timedelta(seconds=5)),
    Spaced(measure_plans, timedelta(minutes=1)),
)


def run() -> None:
    """Do everything that is due until told to stop."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: stopping.set())
    drain = ReceiptDrain()
    drain.start()
    beside = [
        threading.Thread(target=_keep_doing, args=(tasks, stopping), daemon=True)
        for tasks in (_QUESTIONS, *announcing.BESIDE)
    ]
    for one in beside:
        one.start()
    _keep_doing(_ROWS, stopping)
    drain.stop()
    for one in beside:
        one.join(timeout=_LAST_QUESTION_SECONDS)


def _keep_doing(tasks: _Tasks, stopping: threading.Event) -> None:
    while not stopping.wait(settings().sweep_seconds):
        for task in tasks:
            _attempt(task)
    warm.cool_down()


def _attempt(task: Callable[[], None]) -> None:
    try:
        task()
    except Exception:
        # One task that fails must not keep the others from running.
        _log.exception("timetable_task_failed", task=task.__name__)
