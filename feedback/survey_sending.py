"""Asking: a few members at a time, in the hours that are not quiet, until everybody is asked.

The invitation is the truth. It is marked as asked in the unit of work that writes its notice, so
nobody is asked twice and nobody is lost; the notice leaves like the hub's others, at the sender's
pace, behind every alert.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from feedback import (
    survey_audience,
    survey_course,
    survey_words,
    surveys,
)
from feedback.models import Survey, SurveyInvitation, SurveyQuestion, SurveyStatus
from feedback.survey_closing import ABOUT, NOTICE
from hub import clock
from hub.db import Condition, hold_alone
from messaging.skip_reasons import OPTED_OUT
from partnerships import communication_plan, notices
from partnerships.models import Channel, ContactPoint, Notice, NoticeState, Partnership, Person
from partnerships.notices import About
from partnerships.quiet_hours import Hours, next_allowed

# What is under way at once: few enough for a code to join not to wait behind them.
MOST_UNDER_WAY = 60
# It leaves within the longest of these that has no quiet hour in it, or is written anew.
_GOOD_FOR = (timedelta(minutes=30), timedelta(minutes=10), timedelta(minutes=2))
# A member of two partnerships gets no second survey while a question of the first is open so long.
_ONE_AT_A_TIME = timedelta(days=2)
# Whoever was sent nothing, by what the carrier said.
NOT_SENT = "not_sent"
_UNDER_WAY = (NoticeState.QUEUED, NoticeState.SENDING)


@dataclass(frozen=True, slots=True)
class _UsualHours:
    """Of a partnership without a communication plan in force."""

    messages_from: time = time(9)
    messages_until: time = time(20)
    messages_on_sundays: bool = False
    messages_on_holidays: bool = False


def open_surveys(session: Session) -> list[UUID]:
    """Those that are open."""
    is_open = select(col(Survey.id)).where(col(Survey.status) == SurveyStatus.OPEN)
    return list(session.execute(is_open.order_by(col(Survey.opened_at))).scalars())


def step(session: Session, survey_id: UUID) -> int:
    """Do what is due for one survey: close it, or ask the next; how many were asked."""
    hold_alone(session, survey_id)
    survey = session.get_one(Survey, survey_id)
    session.refresh(survey)
    if survey.status is not SurveyStatus.OPEN:
        return 0
    if survey.closes_at is not None and survey.closes_at <= clock.now():
        survey_course.close(session, survey, by=None)
        return 0
    _learn(session, survey)
    _remind(session, survey)
    return _ask_next(session, survey)


def hours_of(session: Session, partnership_id: UUID) -> Hours:
    """The hours in which its members are asked."""
    return communication_plan.in_force(session, partnership_id, clock.now()) or _UsualHours()


def _learn(session: Session, survey: Survey) -> None:
    """What became of the notices. What surely never left is asked again; what may have is not."""
    ended = (
        select(col(Notice.about_id))
        .where(
            col(Notice.about_kind) == ABOUT,
            col(Notice.about_id) == col(SurveyInvitation.id),
            col(Notice.created_at) >= col(SurveyInvitation.asked_at),
        )
        .correlate(SurveyInvitation)
    )
    never_tried = ended.where(col(Notice.state) == NoticeState.EXPIRED, col(Notice.attempts) == 0)
    failed = ended.where(col(Notice.state).in_((NoticeState.EXPIRED, NoticeState.FAILED)))
    # Of a question asked again the first one had arrived.
    waiting = and_(
        col(SurveyInvitation.survey_id) == survey.id,
        col(SurveyInvitation.asked) == 1,
        ~col(SurveyInvitation.asked_again),
        col(SurveyInvitation.finished_at).is_(None),
        col(SurveyInvitation.skipped) == "",
        # Later nothing more comes of a notice, and fewer rows are looked at.
        col(SurveyInvitation.asked_at) > clock.now() - 2 * _GOOD_FOR[0],
    )
    _change(session, and_(waiting, exists(never_tried)), asked=0, asked_at=None)
    _change(session, and_(waiting, exists(failed)), skipped=NOT_SENT)


def _remind(session: Session, survey: Survey) -> None:
    if not survey.reminder_days:
        return
    long_ago = clock.now() - timedelta(days=survey.reminder_days)
    has_not_begun = and_(
        col(SurveyInvitation.survey_id) == survey.id,
        col(SurveyInvitation.asked) == 1,
        col(SurveyInvitation.asked_at) <= long_ago,
        col(SurveyInvitation.finished_at).is_(None),
        col(SurveyInvitation.skipped) == "",
        col(SurveyInvitation.ask_again_at).is_(None),
        ~col(SurveyInvitation.asked_again),
    )
    _change(session, has_not_begun, ask_again_at=clock.now())


def _change(session: Session, condition: Condition, **values: Any) -> None:
    session.execute(
        update(SurveyInvitation)
        .where(condition)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def _ask_next(session: Session, survey: Survey) -> int:
    good_for = _good_for(hours_of(session, survey.partnership_id))
    if good_for is None:
        return 0
    room = MOST_UNDER_WAY - _under_way(session)
    if room <= 0:
        return 0
    due = _due(session, survey, room)
    points = {one.contact_point_id for one in due if one.contact_point_id}
    usable = survey_audience.still(session, survey.partnership_id, points) if points else set()
    questions = surveys.questions_of(session, survey.id)
    partnership = session.get_one(Partnership, survey.partnership_id)
    for one in due:
        if one.contact_point_id in usable:
            _ask(session, survey, partnership, questions, one, good_for)
        else:
            _leave_alone(session, one)
    return len(usable)


def _good_for(hours: Hours) -> timedelta | None:
    """How long something written now may wait; ``None`` in a quiet hour."""
    at = clock.now()
    if next_allowed(hours, at) > at:
        return None
    return next((one for one in _GOOD_FOR if next_allowed(hours, at + one) == at + one), None)


def _under_way(session: Session) -> int:
    waiting = select(func.count()).where(
        col(Notice.kind) == NOTICE, col(Notice.state).in_(_UNDER_WAY)
    )
    return int(session.execute(waiting).scalar_one())


def _due(session: Session, survey: Survey, room: int) -> Sequence[SurveyInvitation]:
    at = clock.now()
    first = and_(col(SurveyInvitation.asked) == 0, col(SurveyInvitation.skipped) == "")
    again = col(SurveyInvitation.ask_again_at) <= at
    rows = (
        select(SurveyInvitation)
        .join(Person, col(Person.id) == col(SurveyInvitation.person_id))
        .where(
            col(SurveyInvitation.survey_id) == survey.id,
            col(SurveyInvitation.finished_at).is_(None),
            or_(first, again),
            ~survey_audience.is_away(),
            ~_has_another_open(),
        )
        .order_by(col(SurveyInvitation.id))
        .limit(room)
    )
    return session.execute(rows).scalars().all()


def _has_another_open() -> Condition:
    other, its_survey = aliased(SurveyInvitation), aliased(Survey)
    return exists().where(
        col(other.person_id) == col(SurveyInvitation.person_id),
        col(other.survey_id) != col(SurveyInvitation.survey_id),
        col(its_survey.id) == col(other.survey_id),
        col(its_survey.status) == SurveyStatus.OPEN,
        col(other.finished_at).is_(None),
        col(other.asked_at) > clock.now() - _ONE_AT_A_TIME,
    )


def _ask(
    session: Session,
    survey: Survey,
    partnership: Partnership,
    questions: Sequence[SurveyQuestion],
    invitation: SurveyInvitation,
    good_for: timedelta,
) -> None:
    point = session.get_one(ContactPoint, invitation.contact_point_id)
    if invitation.asked:
        invitation.asked_again, invitation.ask_again_at = True, None
    else:
        invitation.asked = 1
    invitation.asked_at = clock.now()
    # Not in order of time, as other ids are: it must not say who it was.
    invitation.response_id = invitation.response_id or uuid4()
    session.add(invitation)
    language = survey_words.language_for(survey, partnership, invitation.language)
    if invitation.channel is Channel.SMS:
        body = survey_words.text_of(partnership, questions, invitation.asked, language)
        words = notices.Words(language, body)
    else:
        words = survey_words.letter(
            survey, partnership, len(questions), str(invitation.id), language
        )
    about = About(ABOUT, invitation.id)
    notices.write(session, NOTICE, about, invitation.channel, point.value, words, good_for)


def _leave_alone(session: Session, invitation: SurveyInvitation) -> None:
    """He left, said STOP or took his agreement back since."""
    invitation.ask_again_at = None
    if not invitation.asked:
        invitation.skipped = OPTED_OUT
    session.add(invitation)
