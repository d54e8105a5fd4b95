"""What citizens reported, and whether and when they had an answer."""

from bisect import bisect_left
from datetime import timedelta
from math import ceil
from statistics import median, median_low

from sqlalchemy import and_, select
from sqlmodel import Session, col

from feedback.models import Answer, AnswerStatus, Report, ReportStatus
from hub.db import Condition
from plan.measures.asked import Asked, equals, in_period
from plan.measures.dates import seconds_between
from plan.measures.figure import NO_CASE, TOO_FEW, Figure
from plan.measures.rows import Rows, rows

USUAL_DAYS = 7
DAYS_ASKED_FOR = (1, 7, 14, 30)
_NEVER = float("inf")
_MOST_OF_TEN = 0.9
_SECONDS_OF_AN_HOUR = 3600


def reports_registered(asked: Asked) -> Rows:
    """Reports received in the period; merged ones count once, those that were not for us not."""
    return rows("report", col(Report.id), col(Report.received_at)).where(_counted(asked))


def _counted(asked: Asked) -> Condition:
    return (
        (col(Report.municipality_id) == asked.municipality_id)
        & in_period(col(Report.received_at), asked)
        & col(Report.status).not_in((ReportStatus.MERGED, ReportStatus.NOT_FOR_US))
        & equals(col(Report.category), asked.wants("category"))
        & equals(col(Report.status), asked.wants("status"))
    )


def reports_followed_up(asked: Asked) -> Rows:
    """Reports that are at least N x 24 hours old, and whether each was answered within them."""
    within = _within(asked)
    took = seconds_between(col(Report.received_at), col(Answer.given_at))
    return (
        rows(
            "report",
            col(Report.id),
            col(Report.received_at),
            counts=and_(col(Answer.given_at).is_not(None), took <= within.total_seconds()),
        )
        .outerjoin(Answer, _answers(asked))
        .where(_counted(asked), col(Report.received_at) <= asked.as_of - within)
    )


def _within(asked: Asked) -> timedelta:
    wanted = asked.wants("days")
    return timedelta(days=int(wanted) if wanted in map(str, DAYS_ASKED_FOR) else USUAL_DAYS)


def _answers(asked: Asked) -> Condition:
    """The condition that an answer is the report's, and was given as far as it is known."""
    return and_(
        col(Answer.report_id) == col(Report.id),
        col(Answer.status) == AnswerStatus.GIVEN,
        col(Answer.given_at) <= asked.as_of,
    )


def time_to_first_feedback(session: Session, asked: Asked) -> Figure:
    """The median hours to the first answer. One that has none yet took longer than any; with fewer
    than half answered there is no median. ``numerator`` is the time nine of ten had theirs in."""
    took = seconds_between(col(Report.received_at), col(Answer.given_at))
    waits = select(took).select_from(Report).outerjoin(Answer, _answers(asked))
    found = session.scalars(waits.where(_counted(asked)))
    hours = sorted(_NEVER if one is None else one / _SECONDS_OF_AN_HOUR for one in found)
    if not hours:
        return Figure(None, reason=NO_CASE)
    answered = bisect_left(hours, _NEVER)
    if answered * 2 < len(hours):
        return Figure(None, denominator=len(hours), reason=TOO_FEW)
    # With just half of them answered the middle lies between a time and never: it is the time.
    middle = median(hours) if median(hours) != _NEVER else median_low(hours)
    nine_of_ten = hours[ceil(_MOST_OF_TEN * len(hours)) - 1]
    return Figure(middle, nine_of_ten if nine_of_ten != _NEVER else None, len(hours))
