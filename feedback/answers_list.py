"""The answers that are owed, and what became of the others: oldest first, a page at a time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select
from sqlmodel import Session, col

from feedback.answer_reach import within_reach
from feedback.models import Answer, AnswerStatus, Report, Sighting
from hub import clock
from hub.access import Actor
from hub.db import Condition
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from partnerships.models import Account, Notice, NoticeState

PAGE = 50


class Show(StrEnum):
    """Which answers."""

    OWED = "owed"
    OVERDUE = "overdue"
    GIVEN = "given"
    NOT_NEEDED = "not_needed"


class About(StrEnum):
    """For what they are owed."""

    SIGHTINGS = "sightings"
    REPORTS = "reports"


@dataclass(frozen=True, slots=True)
class Row:
    """One answer, and what it is for. ``left``: the state of the text or mail that carries it."""

    answer: Answer
    place: str
    report_number: int | None
    given_by: str
    left: NoticeState | None

    @property
    def is_late(self) -> bool:
        return self.answer.status is AnswerStatus.OWED and self.answer.due_at < clock.now()

    @property
    def path(self) -> str:
        if self.answer.sighting_id is not None:
            return f"/sightings/{self.answer.sighting_id}"
        return f"/reports/{self.answer.report_id}"


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and where the next page begins; empty after the last."""

    rows: list[Row]
    next_after: str = ""


def page(
    session: Session,
    actor: Actor,
    show: Show = Show.OWED,
    about: About | None = None,
    after: str = "",
    limit: int = PAGE,
) -> Page:
    """The answers within reach by the moment they are due. ``after`` is where the page before it
    ended. Raises ``BadInput`` naming ``after`` for what never was such an end."""
    wanted = (
        select(
            Answer,
            col(Sighting.place),
            col(Report.street),
            col(Report.number),
            col(Account.name),
            col(Notice.state),
        )
        .outerjoin(Sighting, col(Sighting.id) == col(Answer.sighting_id))
        .outerjoin(Report, col(Report.id) == col(Answer.report_id))
        .outerjoin(Account, col(Account.id) == col(Answer.given_by))
        .outerjoin(Notice, col(Notice.id) == col(Answer.notice_id))
        .where(within_reach(actor), _shown(show), _about(about), _later_than(after))
        .order_by(col(Answer.due_at), col(Answer.id))
        .limit(limit + 1)
    )
    found = session.execute(wanted).all()
    rows = [
        Row(answer, place or street or "", number, name or "", left)
        for answer, place, street, number, name, left in found[:limit]
    ]
    return Page(rows, _end(rows[-1].answer) if len(found) > limit else "")


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many answers are owed within reach, and how many of them are late."""

    owed: int = 0
    late: int = 0


def waiting(session: Session, actor: Actor) -> Waiting:
    """For the card on the first page."""
    late = func.sum(case((col(Answer.due_at) < clock.now(), 1), else_=0))
    counted = select(func.count(), func.coalesce(late, 0)).where(
        within_reach(actor), col(Answer.status) == AnswerStatus.OWED
    )
    return Waiting(*session.execute(counted).one())


def _shown(show: Show) -> Condition:
    owed = col(Answer.status) == AnswerStatus.OWED
    return {
        Show.OWED: owed,
        Show.OVERDUE: and_(owed, col(Answer.due_at) < clock.now()),
        Show.GIVEN: col(Answer.status) == AnswerStatus.GIVEN,
        Show.NOT_NEEDED: col(Answer.status) == AnswerStatus.NOT_NEEDED,
    }[show]


def _about(about: About | None) -> Condition:
    if about is None:
        return col(Answer.id).is_not(None)
    its = Answer.sighting_id if about is About.SIGHTINGS else Answer.report_id
    return col(its).is_not(None)


def _end(answer: Answer) -> str:
    return f"{answer.due_at.isoformat()}~{answer.id}"


def _later_than(after: str) -> Condition:
    if not after:
        return col(Answer.id).is_not(None)
    moment, _, row_id = after.partition("~")
    try:
        due_at, last = datetime.fromisoformat(moment), UUID(row_id)
        clock.in_brussels(due_at)
    except (ValueError, OverflowError):
        raise BadInput(FieldProblem("after", mark("This is no page of the list."))) from None
    if due_at.tzinfo is None:
        raise BadInput(FieldProblem("after", mark("This is no page of the list.")))
    return or_(
        col(Answer.due_at) > due_at, and_(col(Answer.due_at) == due_at, col(Answer.id) > last)
    )
