"""The figures of a partnership's year and of those before it, as they can be frozen: plain words,
numbers and lists, so that what was signed reads the same when the hub counts otherwise one day."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlmodel import Session

from feedback import evaluation_survey, member_figures, message_figures, promise_figures
from feedback.evaluation_years import Year
from hub import clock

Figures = dict[str, Any]


def of(session: Session, partnership_id: UUID, year: Year) -> Figures:
    """``years`` has one entry for each year compared, the oldest first; ``as_of`` says when they
    were counted."""
    return {
        "as_of": clock.now().isoformat(),
        "years": [_of_year(session, partnership_id, one) for one in year.with_those_before()],
    }


def _of_year(session: Session, partnership_id: UUID, year: Year) -> Figures:
    wanted = (session, partnership_id, year)
    return {
        "year": year.number,
        "messages": asdict(message_figures.of_year(*wanted)),
        "feedback": asdict(promise_figures.feedback(*wanted)),
        "relay": asdict(promise_figures.relay(*wanted)),
        "reach": asdict(promise_figures.reach(*wanted)),
        "not_launched": asdict(promise_figures.not_launched(*wanted)),
        "members": asdict(member_figures.of_year(*wanted)),
        "survey": evaluation_survey.of_year(*wanted),
    }
