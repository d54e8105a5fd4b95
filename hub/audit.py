"""The append-only log of decisions: who did what, when, written in the decision's transaction.

Each row carries the hash of the one before, so a changed, removed or inserted row shows. The
database refuses UPDATE and DELETE by trigger (see the migrations). Facts are ids, counts and
hashes of texts; never a name, a number or a text, so that erasing a person breaks nothing.
"""

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, text
from sqlmodel import Field, Session, SQLModel, col, select

from hub import clock
from hub.columns import UtcDateTime
from hub.db import row_locks

# Any constant does, as long as nothing else uses it.
_CHAIN_LOCK = 7_013_101
FIRST_HASH = "0" * 64


class Decision(SQLModel, table=True):
    """One decision. ``number`` counts from 1 without gaps."""

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime)
    account_id: UUID | None = None
    action: str
    subject_kind: str
    subject_id: str
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    previous_hash: str
    hash: str = Field(unique=True)


def record(
    session: Session,
    action: str,
    subject: tuple[str, UUID | int | str],
    *,
    by: UUID | None,
    **facts: str | int | bool | None,
) -> Decision:
    """Add a decision to the chain; it exists if and only if this unit of work commits."""
    _one_writer_at_a_time(session)
    last = session.exec(select(Decision).order_by(col(Decision.number).desc()).limit(1)).first()
    decision = Decision(
        number=last.number + 1 if last else 1,
        at=clock.now(),
        account_id=by,
        action=action,
        subject_kind=subject[0],
        subject_id=str(subject[1]),
        facts=facts,
        previous_hash=last.hash if last else FIRST_HASH,
        hash="",
    )
    decision.hash = _hash(decision)
    session.add(decision)
    session.flush()
    return decision


def _one_writer_at_a_time(session: Session) -> None:
    # SQLite's write lock does this already. Without it two decisions would take the same number.
    if row_locks(session):
        session.connection().execute(
            text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK}
        )


def first_broken_link(session: Session) -> int | None:
    """The number of the first decision that does not fit the chain; ``None`` if all do."""
    expected_number, previous = 1, FIRST_HASH
    rows = session.exec(select(Decision).order_by(col(Decision.number)))
    for decision in rows.yield_per(1000):
        if decision.number != expected_number or decision.previous_hash != previous:
            return expected_number
        if decision.hash != _hash(decision):
            return decision.number
        expected_number, previous = expected_number + 1, decision.hash
    return None


def _hash(decision: Decision) -> str:
    row = decision.model_dump(mode="json", exclude={"hash", "at"})
    row["at"] = decision.at.isoformat(timespec="microseconds")
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()
