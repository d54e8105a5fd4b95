"""What happens to answers by itself: one that did not leave is owed again, and one that was given
by telling what the police decided counts (R30)."""

from datetime import timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from feedback import answer_address
from feedback.models import Answer, AnswerStatus, InboundMessage, Sighting
from feedback.owed_answers import TOLD_THE_DECISION
from hub import audit, clock
from messaging.models import IncidentReporter
from partnerships.models import Notice, NoticeState

# Why it is owed again.
NOT_SENT = "not_sent"
# A notice has ended long before.
_LOOKED_AT = timedelta(days=4)
_FAILED = (NoticeState.FAILED, NoticeState.EXPIRED)


def sweep(session: Session) -> None:
    """Bring the answers up to date; doing it twice does no harm."""
    withhold_stopped(session)
    put_back_unsent(session)
    count_told_decisions(session)


def withhold_stopped(session: Session) -> int:
    """Take back the texts that wait for the morning to somebody who said STOP, left, or was
    forgotten since; how many."""
    waiting = _with_notice(session, (NoticeState.QUEUED,))
    stopped = [
        (answer, notice)
        for answer, notice in waiting
        if answer_address.against(session, answer) is not None
    ]
    held = [answer for answer, notice in stopped if _is_withheld(session, notice)]
    return _put_back(session, held)


def _is_withheld(session: Session, notice: Notice) -> bool:
    # A worker that has it already sends it: it was on its way when he said STOP.
    taken = session.execute(
        update(Notice)
        .where(col(Notice.id) == notice.id, col(Notice.state) == NoticeState.QUEUED)
        .values(state=NoticeState.EXPIRED, ended_at=clock.now(), to="", subject="", body="")
        .returning(col(Notice.id))
        .execution_options(synchronize_session=False)
    ).all()
    return bool(taken)


def put_back_unsent(session: Session) -> int:
    """Owe those again whose text or mail did not leave; how many. What was written stays."""
    unsent = _with_notice(session, _FAILED)
    return _put_back(session, [answer for answer, _notice in unsent])


def _with_notice(session: Session, states: tuple[NoticeState, ...]) -> list[tuple[Answer, Notice]]:
    given = (
        select(Answer, Notice)
        .join(Notice, col(Notice.id) == col(Answer.notice_id))
        .where(
            Answer.status == AnswerStatus.GIVEN,
            col(Answer.given_at) > clock.now() - _LOOKED_AT,
            col(Notice.state).in_(states),
        )
        .order_by(col(Answer.id))
    )
    return list(session.exec(given))


def _put_back(session: Session, answers: list[Answer]) -> int:
    """Owe these again; how many were not dealt with meanwhile. The log is written last: it makes
    others wait until the commit."""
    owed = [one for one in answers if _is_owed_again(session, one)]
    for answer in owed:
        audit.record(session, "answer.put_back", ("answer", answer.id), by=None)
    return len(owed)


def _is_owed_again(session: Session, answer: Answer) -> bool:
    taken = session.execute(
        update(Answer)
        .where(
            col(Answer.id) == answer.id,
            col(Answer.status) == AnswerStatus.GIVEN,
            col(Answer.notice_id) == answer.notice_id,
        )
        .values(
            status=AnswerStatus.OWED, reason=NOT_SENT, given_by=None, given_at=None, notice_id=None
        )
        .returning(col(Answer.id))
        .execution_options(synchronize_session=False)
    ).all()
    return bool(taken)


def count_told_decisions(session: Session) -> int:
    """Take those for answered whose message opened an incident, and who were told since whether an
    alert is sent (R30); how many."""
    told = session.exec(
        select(Answer.id, IncidentReporter.told_at)
        .join(Sighting, col(Sighting.id) == col(Answer.sighting_id))
        .join(InboundMessage, col(InboundMessage.id) == col(Sighting.message_id))
        .join(
            IncidentReporter,
            col(IncidentReporter.incident_id) == col(InboundMessage.opened_incident_id),
        )
        .where(Answer.status == AnswerStatus.OWED, col(IncidentReporter.told_at).is_not(None))
        .order_by(col(Answer.id))
    ).all()
    for answer_id, told_at in told:
        session.execute(
            update(Answer)
            .where(col(Answer.id) == answer_id, col(Answer.status) == AnswerStatus.OWED)
            .values(
                status=AnswerStatus.GIVEN, given_at=told_at, reason=TOLD_THE_DECISION, address=""
            )
            .execution_options(synchronize_session=False)
        )
    return len(told)
