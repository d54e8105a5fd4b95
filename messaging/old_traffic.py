"""What was said to other systems, and what they said, is kept for a time only.

The alerts themselves stay in the rows; these are copies of them, and other people's papers.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, update
from sqlmodel import Session, col, select

from hub import clock
from hub.config import settings
from hub.db import Condition
from messaging import facts, reporters
from messaging.cap.arrivals import UNUSED_KEPT
from messaging.models import (
    CapArrival,
    CapDocument,
    CapReader,
    CapReference,
    Webhook,
    WebhookCall,
)

# Long enough to find out why another system did not hear of an alert.
_CALLS_KEPT = timedelta(days=30)
# It is news for whoever passes by, and no register of where something happened.
_PUBLIC_KEPT = timedelta(days=30)


def forget_old(session: Session) -> None:
    """Drop what its time is over for; doing it twice a day does no harm."""
    _forget_documents(session, CapReader.PUBLIC, clock.now() - _PUBLIC_KEPT)
    _forget_documents(session, CapReader.PARTNERS, clock.now() - _kept())
    _forget_arrivals(session)
    _forget_calls(session)
    _forget_secrets(session)
    facts.forget_old(session)
    reporters.forget_old(session)


def _kept() -> timedelta:
    return timedelta(days=settings().cap_kept_days)


def _forget_documents(session: Session, reader: CapReader, before: datetime) -> None:
    """All about one alert at a time: an update stands beside what it refers to."""
    roots = (
        select(CapDocument.root_id)
        .where(CapDocument.reader == reader)
        .group_by(col(CapDocument.root_id))
        .having(func.max(CapDocument.sent_at) < before)
    )
    _delete(
        session,
        CapDocument,
        (col(CapDocument.reader) == reader) & col(CapDocument.root_id).in_(roots),
    )


def _forget_arrivals(session: Session) -> None:
    """What belongs together goes together; what no incident was opened for goes first."""
    last = func.max(CapArrival.arrived_at)
    unused = (func.count(col(CapArrival.incident_id)) == 0) & (last < clock.now() - UNUSED_KEPT)
    threads = (
        select(CapArrival.thread_id)
        .group_by(col(CapArrival.thread_id))
        .having(unused | (last < clock.now() - _kept()))
    )
    over = select(CapArrival.id).where(col(CapArrival.thread_id).in_(threads))
    ids = session.exec(over).all()
    _delete(session, CapReference, col(CapReference.arrival_id).in_(ids))
    _delete(session, CapArrival, col(CapArrival.id).in_(ids))


def _forget_calls(session: Session) -> None:
    before = clock.now() - _CALLS_KEPT
    _delete(session, WebhookCall, col(WebhookCall.ended_at) < before)
    has_calls = exists().where(col(WebhookCall.webhook_id) == col(Webhook.id))
    _delete(session, Webhook, (col(Webhook.removed_at) < before) & ~has_calls)


def _forget_secrets(session: Session) -> None:
    session.execute(
        update(Webhook)
        .where(col(Webhook.previous_until) <= clock.now())
        .values(previous_secret="", previous_until=None)
        .execution_options(synchronize_session=False)
    )


def _delete(session: Session, table: type, which: Condition) -> None:
    session.execute(delete(table).where(which).execution_options(synchronize_session=False))
