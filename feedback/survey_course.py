"""The course of a survey: started, which asks every member who agreed to it, and closed."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from feedback import survey_audience, survey_closing, survey_costs, surveys
from feedback.models import Survey, SurveyInvitation, SurveyStatus
from hub import audit, clock
from hub.access import Actor
from hub.columns import new_id
from hub.db import hold_alone
from hub.errors import BadInput, Conflict, FieldProblem
from hub.i18n import mark
from hub.many_rows import insert_new_rows
from messaging import side_costs
from partnerships import days
from partnerships.models import Partnership


def start(
    session: Session,
    actor: Actor,
    survey: Survey,
    partnership: Partnership,
    closes_on: date,
    *,
    reminds: bool,
) -> int:
    """Ask every member who agreed to surveys, from the next hour that is not quiet on; how many.

    Raises ``BadInput`` naming each field whose words are missing, ``OverBudget`` where less is left
    than it may cost, and ``Conflict`` while another survey of the partnership is open.
    """
    # Of a partnership only one is open: a bare "4" must belong to one question.
    hold_alone(session, partnership.id)
    surveys.hold_draft(session, survey)
    content = surveys.content_of(session, survey)
    problems = [
        *surveys.missing(content, surveys.languages_of(content, partnership)),
        *_bad_day(closes_on),
    ]
    if problems:
        raise BadInput(*problems)
    if _another_is_open(session, partnership):
        raise Conflict(mark("Another survey of this partnership is open. Close it first."))
    most = survey_costs.outlook(session, survey, partnership).most
    side_costs.promise(session, survey.id, partnership, most)
    survey.title = {code: words for code, words in survey.title.items() if words}
    survey.status, survey.opened_at = SurveyStatus.OPEN, clock.now()
    survey.closes_at = days.end_of(closes_on)
    survey.reminder_days = surveys.USUAL_REMINDER_DAYS if reminds else 0
    session.add(survey)
    session.flush()
    asked = _invite(session, survey)
    audit.record(session, "survey.opened", ("survey", survey.id), by=actor.account_id, asked=asked)
    return asked


def _bad_day(closes_on: date) -> list[FieldProblem]:
    ahead = (closes_on - days.today()).days
    if 1 <= ahead <= surveys.MOST_DAYS:
        return []
    return [FieldProblem("closes_on", mark("Choose a day from tomorrow to 90 days from now."))]


def _another_is_open(session: Session, partnership: Partnership) -> bool:
    other = select(col(Survey.id)).where(
        col(Survey.partnership_id) == partnership.id, col(Survey.status) == SurveyStatus.OPEN
    )
    return session.execute(other.limit(1)).first() is not None


def _invite(session: Session, survey: Survey) -> int:
    members = survey_audience.of_partnership(session, survey.partnership_id)
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "survey_id": survey.id,
            "person_id": one.person_id,
            "contact_point_id": one.contact_point_id,
            "channel": one.channel,
            "language": one.language,
            "asked": 0,
            "asked_again": False,
            "skipped": one.skipped,
        }
        for one in members
    ]
    insert_new_rows(session, SurveyInvitation, rows)
    return sum(not one.skipped for one in members)


def close(session: Session, survey: Survey, by: UUID | None) -> None:
    """Close an open one, by its day or by hand (``by`` an account); closing twice is closing once.

    From now on nobody, and no query, can tell whose answers are whose.
    """
    hold_alone(session, survey.id)
    closed = session.execute(
        update(Survey)
        .where(col(Survey.id) == survey.id, col(Survey.status) == SurveyStatus.OPEN)
        .values(status=SurveyStatus.CLOSED, closed_at=clock.now())
        .returning(col(Survey.id))
    ).first()
    if closed is not None:
        partnership = session.get_one(Partnership, survey.partnership_id)
        side_costs.settle(session, survey.id, survey_costs.used(session, survey, partnership))
        survey_closing.let_go(session, survey.id)
        audit.record(session, "survey.closed", ("survey", survey.id), by=by)
