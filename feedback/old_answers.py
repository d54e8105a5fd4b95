"""What is kept for a time only: where somebody was answered, and in which words."""

from datetime import timedelta

from sqlalchemy import or_, update
from sqlmodel import Session, col

from feedback.models import Answer, AnswerStatus
from hub import clock
from hub.config import settings


def forget_old(session: Session) -> None:
    """Empty the addresses of answers that nobody asks after any more, and later their words; that
    somebody was answered, and when, stays for the counts. Doing it twice a day does no harm."""
    chosen = settings()
    done = (AnswerStatus.GIVEN, AnswerStatus.NOT_NEEDED)
    _empty(session, done, chosen.answer_address_kept_days, address="")
    _empty(session, done, chosen.answer_words_kept_days, words="", address="")


def _empty(session: Session, done: tuple[AnswerStatus, ...], days: int, **values: str) -> None:
    ended_at = or_(
        col(Answer.given_at) < clock.now() - timedelta(days=days),
        # What needed none from the first was decided by nobody.
        col(Answer.given_at).is_(None)
        & (col(Answer.created_at) < clock.now() - timedelta(days=days)),
    )
    filled = or_(*(col(getattr(Answer, name)) != "" for name in values))
    session.execute(
        update(Answer)
        .where(col(Answer.status).in_(done), ended_at, filled)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
