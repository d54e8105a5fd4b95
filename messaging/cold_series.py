"""A series: several messages that belong together, each with a moment of its own."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Action, Actor
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from messaging import cold_reach
from messaging.models import ColdMessage, ColdSeries

LONGEST_TITLE = 120
MOST_PARTS = 12
# Unless its writer says otherwise, one part a week.
BETWEEN_PARTS = timedelta(days=7)


def begin(session: Session, actor: Actor, title: str) -> ColdSeries:
    """Begin a series that has no part yet. Raises ``BadInput`` naming ``title``."""
    said = " ".join(title.split())
    if not said:
        raise BadInput(FieldProblem("title", mark("Give the series a name.")))
    if len(said) > LONGEST_TITLE:
        problem = mark("At most {count} characters.")
        raise BadInput(FieldProblem("title", problem, (("count", LONGEST_TITLE),)))
    series = ColdSeries(title=said, author_id=actor.account_id, created_at=clock.now())
    session.add(series)
    session.flush()
    audit.record(session, "cold_series.begin", ("cold_series", series.id), by=actor.account_id)
    return series


def series_for(session: Session, series_id: UUID, actor: Actor, action: Action) -> ColdSeries:
    """A series of his own, or of which a part is within reach; raises ``NotFound`` otherwise."""
    series = session.get(ColdSeries, series_id)
    if series is None:
        raise NotFound
    if series.author_id != actor.account_id and not parts(session, actor, series, action):
        raise NotFound
    return series


def parts(
    session: Session, actor: Actor, series: ColdSeries, action: Action = Action.SEE_COLD
) -> Sequence[ColdMessage]:
    """Its parts within reach, in the order in which they leave."""
    within = select(ColdMessage).where(
        ColdMessage.series_id == series.id, cold_reach.within_reach(actor, action)
    )
    return session.exec(within.order_by(col(ColdMessage.leaves_at))).all()


def all_parts(session: Session, series_id: UUID) -> Sequence[ColdMessage]:
    """Every part, in the order in which they leave."""
    wanted = select(ColdMessage).where(ColdMessage.series_id == series_id)
    return session.exec(wanted.order_by(col(ColdMessage.leaves_at))).all()


def unfinished(session: Session, actor: Actor) -> Sequence[ColdSeries]:
    """The series that this person has begun and not stopped, the newest first."""
    begun = select(ColdSeries).where(
        ColdSeries.author_id == actor.account_id, col(ColdSeries.stopped_at).is_(None)
    )
    return session.exec(begun.order_by(col(ColdSeries.created_at).desc()).limit(10)).all()


def problems(
    session: Session,
    actor: Actor,
    series_id: UUID | None,
    message_id: UUID | None,
    *,
    has_time: bool,
) -> list[FieldProblem]:
    """What keeps a message from being a part of this series, by field."""
    if series_id is None:
        return []
    series = session.get(ColdSeries, series_id)
    if series is None or series.author_id != actor.account_id:
        return [FieldProblem("series", mark("You have no such series."))]
    if series.stopped_at is not None:
        return [FieldProblem("series", mark("This series is stopped."))]
    others = [one for one in all_parts(session, series_id) if one.id != message_id]
    if len(others) >= MOST_PARTS:
        sentence = mark("A series has at most {count} parts.")
        return [FieldProblem("series", sentence, (("count", MOST_PARTS),))]
    if not has_time:
        return [FieldProblem("leaves_at", mark("Say when this part of the series leaves."))]
    return []
