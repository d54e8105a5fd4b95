"""A taking of a plan's measures from asking to end: claimed, done one by one, told how far.

Killed at any moment it is done anew: taking again gives the same figures.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from hub import audit, clock, log, rounds
from hub.access import Actor
from hub.db import Condition, insert_new, unit_of_work
from hub.queue import QueueName, enqueue
from partnerships.days import start_of
from plan.measures import taking
from plan.measures.buckets import begun
from plan.measures.taking import Feed
from plan.models import Measuring, Plan, PlanStatus

_log = log.get(__name__)

JOB = "workers.jobs.measure_plan"
# When the town sleeps, and what a day brought is in the rows.
_NIGHT_BEGINS = timedelta(hours=2)
# Longer than any one measure takes.
_LEASE = timedelta(minutes=5)
_KEPT = timedelta(days=30)
_MOST_BELLS = 20


def ask(session: Session, plan: Plan, actor: Actor) -> Measuring:
    """Have the plan measured now; one that waits or runs already is the one."""
    newest = newest_of(session, plan.id)
    if newest and newest.finished_at is None:
        return newest
    asked = Measuring(plan_id=plan.id, asked_by=actor.account_id, asked_at=clock.now())
    session.add(asked)
    session.flush()
    enqueue(session, JOB, str(asked.id), queue=QueueName.BULK)
    audit.record(session, "plan.measure", ("plan", plan.id), by=actor.account_id)
    return asked


def newest_of(session: Session, plan_id: UUID) -> Measuring | None:
    """The newest taking of a plan, whoever asked."""
    its = select(Measuring).where(Measuring.plan_id == plan_id)
    return session.exec(its.order_by(col(Measuring.asked_at).desc()).limit(1)).first()


def ask_for_the_night(session: Session) -> None:
    """Have every plan in force measured once a night, and ring for what nobody came for."""
    now = clock.now()
    today = clock.in_brussels(now).date()
    if now >= start_of(today) + _NIGHT_BEGINS:
        in_force = select(Plan.id).where(
            Plan.status == PlanStatus.IN_FORCE, col(Plan.starts_on) <= today
        )
        for plan_id in session.exec(in_force).all():
            night = Measuring(plan_id=plan_id, night=today, asked_at=now)
            session.execute(insert_new(session, Measuring).values(**night.model_dump()))
    _ring_for_waiting(session, now)
    _forget_old(session, now)


def _ring_for_waiting(session: Session, now: datetime) -> None:
    waiting = select(Measuring.id).where(col(Measuring.finished_at).is_(None), _is_free(now))
    for one in session.exec(waiting.order_by(col(Measuring.asked_at)).limit(_MOST_BELLS)):
        enqueue(session, JOB, str(one), queue=QueueName.BULK)


def _is_free(now: datetime) -> Condition:
    return or_(col(Measuring.lease_until).is_(None), col(Measuring.lease_until) < now)


def _forget_old(session: Session, now: datetime) -> None:
    old = col(Measuring.finished_at) < now - _KEPT
    session.execute(delete(Measuring).where(old).execution_options(synchronize_session=False))


def work(measuring_id: UUID) -> None:
    """Take all measures of the plan, unless another worker has it in hand or it is done."""
    with unit_of_work() as session:
        plan = _claimed(session, measuring_id)
        if plan is None:
            return
        feeds = taking.feeds_of(session, plan)
        _tell(session, measuring_id, measures=len(feeds), done=0, failed=0)
    as_of, failed = clock.now(), 0
    for number, feed in enumerate(feeds, start=1):
        failed += not _took(plan, feed, as_of)
        with unit_of_work() as session:
            _tell(session, measuring_id, done=number, failed=failed)
    with unit_of_work() as session:
        taking.drop_unasked(session, plan)
        _tell(session, measuring_id, finished_at=clock.now(), lease_until=None)
    _log.info("plan_measured", plan_id=str(plan.id), measures=len(feeds), failed=failed)


def _claimed(session: Session, measuring_id: UUID) -> Plan | None:
    now = clock.now()
    claim = (
        update(Measuring)
        .where(
            col(Measuring.id) == measuring_id,
            col(Measuring.finished_at).is_(None),
            _is_free(now),
        )
        .values(lease_until=now + _LEASE)
        .returning(col(Measuring.plan_id))
    )
    plan_id = session.execute(claim).scalar()
    return session.get(Plan, plan_id) if plan_id else None


def _tell(session: Session, measuring_id: UUID, **said: object) -> None:
    its = update(Measuring).where(col(Measuring.id) == measuring_id)
    session.execute(its.values({"lease_until": clock.now() + _LEASE} | said))


def _took(plan: Plan, feed: Feed, as_of: datetime) -> bool:
    """Whether it could be taken. Reading is one unit of work and keeping another: on SQLite nobody
    else writes during the second, which is short."""
    has_failed = True
    with rounds.apart("measure_failed", measure=feed.measure.code, plan_id=plan.id):
        periods = begun(plan, clock.in_brussels(as_of).date())
        with unit_of_work(read_only=True) as session:
            figures = taking.taken(session, plan, feed, periods, as_of, by_zone=True)
        with unit_of_work() as session:
            taking.keep(session, feed, figures, as_of)
        has_failed = False
    return not has_failed
