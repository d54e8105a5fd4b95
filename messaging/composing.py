"""Who has the composer of an incident open: two dispatchers at one incident see each other."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from hub import clock
from hub.access import Actor
from hub.db import insert_new
from messaging.models import Composing
from partnerships.models import Account

# A page that is open says so three times in this time.
SEEN_WITHIN = timedelta(seconds=60)


def is_here(session: Session, actor: Actor, incident_id: UUID) -> None:
    """Note that ``actor`` has the composer of this incident open now."""
    row = {"incident_id": incident_id, "account_id": actor.account_id, "seen_at": clock.now()}
    session.execute(insert_new(session, Composing).values(**row))
    session.execute(
        update(Composing)
        .where(
            col(Composing.incident_id) == incident_id,
            col(Composing.account_id) == actor.account_id,
        )
        .values(seen_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def others(session: Session, actor: Actor, incident_id: UUID) -> list[str]:
    """The names of those others who have it open now, who came first, first."""
    seen = (
        select(Account)
        .join(Composing, col(Composing.account_id) == col(Account.id))
        .where(
            Composing.incident_id == incident_id,
            Composing.account_id != actor.account_id,
            col(Composing.seen_at) > clock.now() - SEEN_WITHIN,
        )
    )
    return [one.name for one in session.exec(seen.order_by(col(Composing.seen_at)))]
