"""Answers: by text one question at a time, or all at once on the page. They bear no name."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlmodel import Session, col

from feedback import survey_reading, survey_words, surveys
from feedback.models import (
    QuestionKind,
    Survey,
    SurveyAnswer,
    SurveyInvitation,
    SurveyQuestion,
    SurveyStatus,
)
from feedback.survey_reading import UNFIT, Given
from hub import clock
from hub.db import insert_new, row_locks
from hub.errors import NotFound
from hub.i18n import Language, translate
from hub.security import read_reference
from messaging.models import Broadcast, BroadcastKind, Delivery
from partnerships.models import Channel, Partnership

# An alert asks too ("1 = seen"). Whoever asked last is answered; an alert, for so long.
_ALERT_ASKS_FOR = timedelta(hours=48)
# Where an alert, or a message to the police, came between, the question is sent once more.
_AGAIN_AFTER = timedelta(hours=3)
# So long a bare number is still taken for an answer that came too late.
_TOLD_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """The question that stands open at one telephone, and what a text says to it."""

    invitation_id: UUID
    number: int
    said: Given | str


def asked_last(session: Session, points: Collection[UUID]) -> dict[UUID, SurveyInvitation]:
    """The newest invitation of which a question was texted to each of these contact points."""
    if not points:
        return {}
    asked = (
        select(SurveyInvitation)
        .where(
            col(SurveyInvitation.contact_point_id).in_(points),
            col(SurveyInvitation.channel) == Channel.SMS,
            col(SurveyInvitation.asked_at).is_not(None),
        )
        .order_by(col(SurveyInvitation.asked_at), col(SurveyInvitation.id))
    )
    every = session.execute(asked).scalars()
    return {one.contact_point_id: one for one in every if one.contact_point_id}


def answered_by(
    session: Session, invitation: SurveyInvitation, points: Sequence[UUID], body: str
) -> OpenQuestion | None:
    """The open question that a text from these contact points answers, if it does; nothing is
    changed but that a question which the text passes over is sent once more, later.

    ``invitation`` is the last one sent there. A text may be for the police: whatever is not plainly
    an answer is left to them.
    """
    if invitation.asked_at is None:
        return None
    survey = session.get_one(Survey, invitation.survey_id)
    if _an_alert_asked(session, points, invitation.asked_at):
        _ask_again_later(session, survey, invitation)
        return None
    if survey.status is not SurveyStatus.OPEN or invitation.finished_at is not None:
        return _too_late(survey, invitation, body)
    question = session.get_one(SurveyQuestion, (survey.id, invitation.asked))
    partnership = session.get_one(Partnership, survey.partnership_id)
    language = survey_words.language_for(survey, partnership, invitation.language)
    said = survey_reading.read(question.kind, question.choices.get(language.value, ()), body)
    if said is None:
        _ask_again_later(session, survey, invitation)
        return None
    return OpenQuestion(invitation.id, invitation.asked, said)


def _an_alert_asked(session: Session, points: Sequence[UUID], asked_at: datetime) -> bool:
    since = max(asked_at, clock.now() - _ALERT_ASKS_FOR)
    alert = (
        select(col(Delivery.id))
        .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
        .where(
            col(Delivery.contact_point_id).in_(points),
            col(Delivery.handed_over_at) >= since,
            col(Broadcast.kind) == BroadcastKind.URGENT_ALERT,
        )
    )
    return bool(session.execute(select(exists(alert))).scalar_one())


def _ask_again_later(session: Session, survey: Survey, invitation: SurveyInvitation) -> None:
    is_open = survey.status is SurveyStatus.OPEN and invitation.finished_at is None
    if is_open and not invitation.asked_again and invitation.ask_again_at is None:
        invitation.ask_again_at = clock.now() + _AGAIN_AFTER
        session.add(invitation)


def _too_late(survey: Survey, invitation: SurveyInvitation, body: str) -> OpenQuestion | None:
    ended = invitation.finished_at or survey.closed_at
    is_recent = ended is not None and ended > clock.now() - _TOLD_FOR
    if not (is_recent and survey_reading.is_bare(body)):
        return None
    return OpenQuestion(invitation.id, invitation.asked, UNFIT)


def take(session: Session, found: OpenQuestion) -> str:
    """Store an answer, and say what to answer to it: the next question, or thanks."""
    invitation = _held(session, found.invitation_id)
    survey = session.get_one(Survey, invitation.survey_id)
    partnership = session.get_one(Partnership, survey.partnership_id)
    language = survey_words.language_for(survey, partnership, invitation.language)
    if invitation.finished_at is not None:
        return translate(language, survey_words.DONE)
    if survey.status is not SurveyStatus.OPEN or invitation.response_id is None:
        return translate(language, survey_words.CLOSED)
    questions = surveys.questions_of(session, survey.id)
    if isinstance(found.said, str) or invitation.asked != found.number:
        # Not for this question, or a second text crossed the first.
        return survey_words.text_again(questions, invitation.asked, language)
    _keep(session, invitation, found.number, found.said)
    return _go_on(session, invitation, questions, language)


def _go_on(
    session: Session,
    invitation: SurveyInvitation,
    questions: Sequence[SurveyQuestion],
    language: Language,
) -> str:
    if invitation.asked == len(questions):
        _finish(session, invitation)
        return translate(language, survey_words.THANKS)
    invitation.asked += 1
    invitation.asked_at, invitation.ask_again_at = clock.now(), None
    session.add(invitation)
    return survey_words.next_text(questions, invitation.asked, language)


def _finish(session: Session, invitation: SurveyInvitation) -> None:
    """From now on nobody can tell which answers were his."""
    invitation.finished_at, invitation.response_id = clock.now(), None
    invitation.ask_again_at = None
    session.add(invitation)
    session.flush()


def _keep(session: Session, invitation: SurveyInvitation, number: int, said: Given) -> None:
    assert invitation.response_id is not None
    row = SurveyAnswer(
        response_id=invitation.response_id,
        number=number,
        survey_id=invitation.survey_id,
        channel=invitation.channel,
        language=invitation.language,
        value=said.value,
        words=said.words,
    )
    session.execute(insert_new(session, SurveyAnswer).values(**row.model_dump()))


def _held(session: Session, invitation_id: UUID) -> SurveyInvitation:
    if not row_locks(session):
        return session.get_one(SurveyInvitation, invitation_id)
    return session.get_one(
        SurveyInvitation, invitation_id, with_for_update=True, populate_existing=True
    )


def of_reference(session: Session, reference: str) -> tuple[SurveyInvitation, Survey]:
    """Whose page this is. Raises ``NotFound`` for a link we did not make."""
    known = read_reference(survey_words.LINK_PURPOSE, reference)
    invitation = session.get(SurveyInvitation, UUID(known)) if known else None
    if invitation is None:
        raise NotFound
    return invitation, session.get_one(Survey, invitation.survey_id)


def take_all(session: Session, invitation_id: UUID, answers: Mapping[int, Given]) -> bool:
    """Store what somebody answered on the page; false if he had answered, or it is closed.

    What he left out is left out.
    """
    invitation = _held(session, invitation_id)
    survey = session.get_one(Survey, invitation.survey_id)
    is_open = survey.status is SurveyStatus.OPEN and invitation.finished_at is None
    if not is_open or invitation.response_id is None:
        return False
    for number, said in answers.items():
        _keep(session, invitation, number, said)
    _finish(session, invitation)
    return True


def given_on_page(question: SurveyQuestion, choices: int, typed: str) -> Given | None:
    """What was chosen or typed; ``None`` for nothing, or what the question does not offer."""
    if question.kind is QuestionKind.WORDS:
        words = " ".join(typed.split())[: survey_reading.LONGEST_WORDS]
        return Given(words=words) if words else None
    lowest, highest = {
        QuestionKind.SCALE: (1, 5),
        QuestionKind.YES_NO: (0, 1),
        QuestionKind.CHOICE: (1, choices),
    }[question.kind]
    is_offered = typed in {str(one) for one in range(lowest, highest + 1)}
    return Given(int(typed)) if is_offered else None
