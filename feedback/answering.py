"""Giving the answer that is owed: sent by the hub, told by somebody himself, or not needed. Once.

Whoever wins writes to him; a second officer is told that it is done.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from feedback import answer_address, answer_words
from feedback.models import Answer, AnswerStatus, AnswerWay, Report, ReportEvent, ReportEventKind
from feedback.owed_answers import NOBODY_TO_ANSWER
from hub import audit, clock
from hub.access import Actor
from hub.errors import BadInput, Conflict, FieldProblem
from hub.i18n import mark
from partnerships import communication_plan, notices
from partnerships.models import CommunicationPlan, Notice, Organisation
from partnerships.notices import About, Words
from partnerships.quiet_hours import next_allowed

NOTICE_KIND = "answer"
# What somebody does himself and notes here.
BY_HAND = (AnswerWay.TELEPHONE, AnswerWay.POST, AnswerWay.IN_PERSON)
# Long enough for a carrier to come back; an older answer is put back on the list.
_GOOD_FOR = timedelta(days=1)
_DONE = mark("Somebody else has dealt with this answer already. Nothing was sent a second time.")


def give(session: Session, actor: Actor, answer: Answer, typed: str) -> bool:
    """Send him these words by the way he wrote; whether this call did it.

    A text waits for the hours agreed on. Raises ``BadInput`` naming ``words`` for words that cannot
    leave and where something is against writing to him, ``Conflict`` where somebody else was first.
    """
    words = answer_words.checked(answer, typed, sender_of(session, answer))
    if _is_repeated(answer, actor, words):
        return False
    refused = answer_address.against(session, answer)
    if refused is not None and answer.status is not AnswerStatus.GIVEN:
        raise BadInput(FieldProblem("words", answer_address.SENTENCES[refused]))
    if not _take(session, actor, answer, status=AnswerStatus.GIVEN, words=words):
        return False
    answer.notice_id = _write(session, answer, words).id
    session.add(answer)
    _record(session, actor, answer, "answer.give")
    return True


def note(session: Session, actor: Actor, answer: Answer, way: str, typed: str) -> bool:
    """Note that somebody told him himself; whether this call did it.

    Raises ``BadInput`` naming ``way`` or ``words``, and ``Conflict`` as ``give`` does.
    """
    if way not in BY_HAND:
        raise BadInput(FieldProblem("way", mark("Say how he was told.")))
    told = AnswerWay(way)
    words = _said(typed, "said", mark("Write in a few words what he was told."))
    if _is_repeated(answer, actor, words):
        return False
    values = {"status": AnswerStatus.GIVEN, "words": words, "way": told, "reason": ""}
    if not _take(session, actor, answer, **values):
        return False
    _record(session, actor, answer, "answer.note")
    return True


def set_aside(session: Session, actor: Actor, answer: Answer, typed: str) -> bool:
    """Say why no answer is needed; whether this call did it.

    Raises ``BadInput`` naming ``reason`` where it is empty or too long, ``Conflict`` as ``give``.
    """
    reason = _said(typed, "reason", mark("Say why no answer is needed."))
    if answer.status is AnswerStatus.NOT_NEEDED and answer.reason == reason:
        return False
    if not _take(session, actor, answer, status=AnswerStatus.NOT_NEEDED, reason=reason):
        return False
    _record(session, actor, answer, "answer.set_aside")
    return True


def sender_of(session: Session, answer: Answer) -> str:
    """Who answers, as its reader knows him: the police zone, or the town."""
    owner = answer.police_zone_id or answer.municipality_id
    return session.get_one(Organisation, owner).name


def leaves_at(session: Session, answer: Answer) -> datetime:
    """When the answer would leave: a mail now, a text in the hours that his partnership agreed on,
    or that go without saying."""
    at = clock.now()
    if answer.way is not AnswerWay.SMS:
        return at
    his = answer_address.partnership_ids(session, answer.person_id)
    plans = list(communication_plan.in_force_of(session, his, at).values()) or [usual_hours()]
    return max(next_allowed(plan, at) for plan in plans)


def usual_hours() -> CommunicationPlan:
    """The hours of a plan that says nothing else; kept by no partnership."""
    return CommunicationPlan()


def _is_repeated(answer: Answer, actor: Actor, words: str) -> bool:
    is_his = answer.given_by == actor.account_id and answer.words == words
    return answer.status is AnswerStatus.GIVEN and is_his


def _said(typed: str, field: str, missing: str) -> str:
    said = "".join(one for one in typed if one == "\n" or one.isprintable()).strip()
    if not said:
        raise BadInput(FieldProblem(field, missing))
    if len(said) > answer_words.LONGEST_REASON:
        problem = mark("This is too long: at most {count} characters.")
        most = (("count", answer_words.LONGEST_REASON),)
        raise BadInput(FieldProblem(field, problem, most))
    return said


def _take(session: Session, actor: Actor, answer: Answer, **values: Any) -> bool:
    """One UPDATE decides between a double click and two officers; whether it was this one. Who left
    no address may still be told by whoever meets him."""
    nobody = (col(Answer.status) == AnswerStatus.NOT_NEEDED) & (
        col(Answer.reason) == NOBODY_TO_ANSWER
    )
    taken = session.execute(
        update(Answer)
        .where(
            col(Answer.id) == answer.id,
            (col(Answer.status) == AnswerStatus.OWED) | nobody,
        )
        .values(given_by=actor.account_id, given_at=clock.now(), **values)
        .returning(col(Answer.id))
        .execution_options(synchronize_session=False)
    ).all()
    session.refresh(answer)
    is_same = answer.given_by == actor.account_id and all(
        getattr(answer, name) == value for name, value in values.items()
    )
    if not taken and not is_same:
        raise Conflict(_DONE)
    return bool(taken)


def _write(session: Session, answer: Answer, words: str) -> Notice:
    sender = sender_of(session, answer)
    body = answer_words.body(answer, words, sender)
    is_mail = answer.way is AnswerWay.EMAIL
    said = Words(answer.language, body, answer_words.subject(answer) if is_mail else "")
    return notices.write(
        session,
        NOTICE_KIND,
        About("answer", answer.id),
        answer_address.CHANNEL_OF_WAY[answer.way],
        answer_address.where(session, answer),
        said,
        _GOOD_FOR,
        leaves_at(session, answer),
    )


def _record(session: Session, actor: Actor, answer: Answer, action: str) -> None:
    if answer.report_id is not None and answer.status is AnswerStatus.GIVEN:
        session.add(
            ReportEvent(
                report_id=answer.report_id,
                version=session.get_one(Report, answer.report_id).version,
                kind=ReportEventKind.ANSWERED,
                field=answer.way,
                words=answer.words,
                by=actor.account_id,
            )
        )
    session.flush()
    audit.record(session, action, ("answer", answer.id), by=actor.account_id, way=answer.way)
