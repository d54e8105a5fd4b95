"""What is kept of a person about surveys: that he was asked, and when; never what he answered."""

from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from feedback.models import Survey, SurveyInvitation
from hub.i18n import mark
from partnerships.own_data import Holder

Row = dict[str, Any]

# Read by himself; his answers are not among them, for nobody can find them.
_NAMELESS = "kept without a name: nobody can tell which are yours"


def _asked(session: Session, person_id: UUID) -> list[Row]:
    rows = session.exec(
        select(SurveyInvitation, Survey)
        .join(Survey, col(Survey.id) == col(SurveyInvitation.survey_id))
        .where(col(SurveyInvitation.person_id) == person_id)
        .order_by(col(Survey.opened_at))
    )
    return [_row(invitation, survey) for invitation, survey in rows]


def _row(invitation: SurveyInvitation, survey: Survey) -> Row:
    title = survey.title.get(invitation.language.value) or next(iter(survey.title.values()), "")
    return {
        "survey": title,
        "channel": invitation.channel,
        "asked_at": invitation.asked_at.isoformat() if invitation.asked_at else None,
        "finished_at": invitation.finished_at.isoformat() if invitation.finished_at else None,
        "not_asked_because": invitation.skipped or None,
        "answers": _NAMELESS,
    }


def _forget(session: Session, person_id: UUID) -> None:
    """He is asked nothing more, and nothing ties him to answers he was still giving."""
    own = col(SurveyInvitation.person_id) == person_id
    session.execute(
        update(SurveyInvitation)
        .where(own, col(SurveyInvitation.asked) == 0)
        .values(skipped="left")
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(SurveyInvitation)
        .where(own)
        .values(response_id=None, contact_point_id=None, ask_again_at=None)
        .execution_options(synchronize_session=False)
    )


ASKED = Holder(mark("Surveys you were asked to answer"), _asked, _forget)
