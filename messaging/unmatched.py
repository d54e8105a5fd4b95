"""Receipts whose delivery is not in the rows: kept for a day, and folded once it is there.

The signature is ours, so the delivery was: after a restored backup, or from another installation.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, exists, select
from sqlmodel import Session, col

from hub import clock, log, rounds
from hub.db import DATABASE_AWAY, unit_of_work
from messaging.models import Delivery, UnmatchedReceipt
from messaging.receipts import Receipt, fold

_log = log.get(__name__)

_KEPT_FOR = timedelta(days=1)
_MOST_AT_ONCE = 1000


def fold_matched() -> int:
    """Fold what has found its delivery by now, forget what is a day old; how many found theirs.

    One that cannot be folded is told loudly, and tried again until it is a day old.
    """
    try:
        with unit_of_work() as session:
            matched = _matched(session)
            _fold(session, matched)
    except DATABASE_AWAY:
        raise
    except Exception:
        _log.warning("unmatched_receipts_not_folded_together")
        matched = _fold_each()
    with unit_of_work() as session:
        _forget_old(session)
    return len(matched)


def _matched(session: Session) -> Sequence[UnmatchedReceipt]:
    has_delivery = exists().where(col(Delivery.id) == col(UnmatchedReceipt.delivery_id))
    # The newest first: those that cannot be folded stay, and must not stand before all others.
    rows = select(UnmatchedReceipt).where(has_delivery).order_by(col(UnmatchedReceipt.id).desc())
    return session.execute(rows.limit(_MOST_AT_ONCE)).scalars().all()


def _fold_each() -> Sequence[UnmatchedReceipt]:
    with unit_of_work(read_only=True) as session:
        matched = _matched(session)
    for one in matched:
        with (
            rounds.apart("receipt_not_folded", delivery_id=one.delivery_id),
            unit_of_work() as session,
        ):
            _fold(session, [one])
    return matched


def _fold(session: Session, matched: Sequence[UnmatchedReceipt]) -> None:
    fold(
        session,
        [
            Receipt(one.delivery_id, one.channel, one.status, one.carrier_id, one.code, one.at)
            for one in matched
        ],
    )
    own = [one.id for one in matched]
    session.execute(delete(UnmatchedReceipt).where(col(UnmatchedReceipt.id).in_(own)))


def _forget_old(session: Session) -> None:
    too_old = col(UnmatchedReceipt.at) < clock.now() - _KEPT_FOR
    gone = session.execute(
        delete(UnmatchedReceipt).where(too_old).returning(col(UnmatchedReceipt.id))
    ).all()
    if gone:
        _log.warning("receipts_never_matched", receipts=len(gone))
