"""What a person was answered, for himself to read; forgotten, it is nobody's."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from feedback.models import Answer, AnswerStatus
from hub import clock
from hub.db import Condition
from hub.i18n import mark
from partnerships.models import Notice, NoticeState
from partnerships.own_data import Holder

Row = dict[str, Any]


def _given_to(session: Session, person_id: UUID) -> list[Row]:
    return _rows(session, col(Answer.person_id) == person_id)


def _given_at(session: Session, point_id: UUID) -> list[Row]:
    return _rows(session, col(Answer.contact_point_id) == point_id)


def _rows(session: Session, whose: Condition) -> list[Row]:
    found: Sequence[Answer] = session.exec(
        select(Answer).where(whose).order_by(col(Answer.owed_since))
    ).all()
    return [
        {
            "owed_since": one.owed_since.isoformat(),
            "due_at": one.due_at.isoformat(),
            "state": one.status,
            "way": one.way,
            "answer": one.words if one.status is AnswerStatus.GIVEN else "",
            "given_at": one.given_at and one.given_at.isoformat(),
        }
        for one in found
    ]


def _forget(session: Session, person_id: UUID) -> None:
    """Who is forgotten is answered no more, not even by a text that waits for the morning; that he
    was answered stays for the counts."""
    his = col(Answer.person_id) == person_id
    held = _withheld(session, his)
    owed = or_(col(Answer.status) == AnswerStatus.OWED, col(Answer.notice_id).in_(held))
    no_more = {
        "status": AnswerStatus.NOT_NEEDED,
        "reason": FORGOTTEN,
        "given_by": None,
        "given_at": None,
        "notice_id": None,
    }
    session.execute(update(Answer).where(his, owed).values(**no_more))
    blank = {"person_id": None, "contact_point_id": None, "address": "", "words": ""}
    session.execute(update(Answer).where(his).values(**blank))


def _withheld(session: Session, his: Condition) -> list[UUID]:
    """The texts to him that had not left, and now do not leave."""
    waiting = select(Answer.notice_id).where(his, col(Answer.notice_id).is_not(None))
    taken = session.execute(
        update(Notice)
        .where(col(Notice.id).in_(waiting), col(Notice.state) == NoticeState.QUEUED)
        .values(state=NoticeState.EXPIRED, ended_at=clock.now(), to="", subject="", body="")
        .returning(col(Notice.id))
    )
    return [one for (one,) in taken]


# Why no answer is needed any more.
FORGOTTEN = "forgotten"
ANSWERED = Holder(mark("What we answered you"), _given_to, _forget, _given_at)
