"""The end of a survey: what ties answers to people goes at once, free words after their time."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from feedback.models import Survey, SurveyAnswer, SurveyInvitation
from hub import clock
from hub.config import settings
from partnerships.models import Notice, NoticeState

NOTICE, ABOUT = "survey", "survey_invitation"


def let_go(session: Session, survey_id: UUID) -> None:
    """Forget whose answers are whose, and keep what has not left from leaving."""
    own = col(SurveyInvitation.survey_id) == survey_id
    session.execute(
        update(Notice)
        .where(
            col(Notice.about_kind) == ABOUT,
            col(Notice.about_id).in_(select(col(SurveyInvitation.id)).where(own)),
            col(Notice.state) == NoticeState.QUEUED,
        )
        .values(state=NoticeState.EXPIRED, ended_at=clock.now(), to="", subject="", body="")
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(SurveyInvitation)
        .where(own)
        .values(response_id=None, ask_again_at=None)
        .execution_options(synchronize_session=False)
    )


def forget_old(session: Session) -> None:
    """Blank the free words of surveys that closed long ago: somebody may be known by what he
    writes. The figures stay."""
    before = clock.now() - timedelta(days=settings().survey_words_kept_days)
    old = select(col(Survey.id)).where(col(Survey.closed_at) < before)
    session.execute(
        update(SurveyAnswer)
        .where(col(SurveyAnswer.survey_id).in_(old), col(SurveyAnswer.value).is_(None))
        .values(words="")
        .execution_options(synchronize_session=False)
    )
