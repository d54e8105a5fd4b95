"""What services wrote down: meetings, presence, visits, trainings, actions, obligations, tools."""

from datetime import date, timedelta

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlmodel import Session, col

from hub.db import Condition
from plan.measures.asked import Asked, equals
from plan.measures.dates import days_after
from plan.measures.figure import (
    NO_CASE,
    NOT_YET,
    Figure,
    share,
)
from plan.measures.period import Period
from plan.measures.rows import Rows, rows
from plan.models import (
    Campaign,
    CampaignDay,
    Certificate,
    CommunicationTool,
    Meeting,
    MeetingAttendance,
    MeetingStatus,
    Obligation,
    PreventionVisit,
    RequesterKind,
    StaffMember,
    ToolVersion,
)

VISIT_WITHIN_DAYS = 14
_SECONDS_OF_AN_HOUR = 3600


def known_days(asked: Asked) -> Period:
    """The days of the period that are over or going on."""
    return Period(asked.period.first, min(asked.period.last, asked.today))


def _on(day: object, asked: Asked) -> Condition:
    its: Condition = day.between(asked.period.first, known_days(asked).last)  # type: ignore[attr-defined]  # SQLModel types a column as its value
    return its


def meetings(asked: Asked) -> Rows:
    """Meetings held in the period; with ``organisation`` those it attended."""
    wanted = asked.wants("organisation")
    attended = exists().where(
        col(MeetingAttendance.meeting_id) == col(Meeting.id),
        col(MeetingAttendance.organisation) == wanted,
    )
    return rows("meeting", col(Meeting.id), col(Meeting.day)).where(
        _held(asked), attended if wanted else true()
    )


def _held(asked: Asked) -> Condition:
    return (
        (col(Meeting.municipality_id) == asked.municipality_id)
        & (col(Meeting.status) == MeetingStatus.HELD)
        & col(Meeting.taken_back_at).is_(None)
        & _on(col(Meeting.day), asked)
        & equals(col(Meeting.body), asked.wants("body"))
        & equals(col(Meeting.phenomenon), asked.wants("phenomenon"))
        & equals(col(Meeting.level), asked.wants("level"))
    )


def meeting_partners(session: Session, asked: Asked) -> Figure:
    """Distinct organisations that attended a meeting that was held."""
    names = (
        select(func.count(func.distinct(col(MeetingAttendance.organisation))))
        .join(Meeting, col(Meeting.id) == col(MeetingAttendance.meeting_id))
        .where(_held(asked))
    )
    return Figure(float(session.execute(names).scalar_one()))


def visits_on_time(asked: Asked) -> Rows:
    """Visits made in the period within fourteen days of the request, or of a victim's offence."""
    made = rows("prevention_visit", col(PreventionVisit.id), col(PreventionVisit.visited_on))
    return made.where(
        _of_visits(asked),
        _on(col(PreventionVisit.visited_on), asked),
        _is_on_time(),
    )


def _of_visits(asked: Asked) -> Condition:
    return (
        (col(PreventionVisit.municipality_id) == asked.municipality_id)
        & col(PreventionVisit.taken_back_at).is_(None)
        & equals(col(PreventionVisit.requester), asked.wants("requester"))
    )


def _starts_on() -> ColumnElement[date]:
    """From when a visit's fourteen days run: of a victim from the offence, else the request."""
    is_victim = col(PreventionVisit.requester) == RequesterKind.VICTIM
    offence = func.coalesce(col(PreventionVisit.offence_on), col(PreventionVisit.requested_on))
    return case((is_victim, offence), else_=col(PreventionVisit.requested_on))


def _is_on_time() -> Condition:
    return col(PreventionVisit.visited_on) <= days_after(_starts_on(), VISIT_WITHIN_DAYS)


def visits_on_time_share(session: Session, asked: Asked) -> Figure:
    """Of those who asked in the period and whose fourteen days are over: victims visited within
    them; of any others, those visited at all."""
    is_victim = asked.wants("requester") == RequesterKind.VICTIM
    visited = col(PreventionVisit.visited_on) <= known_days(asked).last
    made = and_(visited, _is_on_time()) if is_victim else visited
    is_over = days_after(_starts_on(), VISIT_WITHIN_DAYS) < asked.today
    mature = and_(_of_visits(asked), _on(col(PreventionVisit.requested_on), asked))
    all_of_them, over, in_time = session.execute(
        select(
            func.count(),
            func.count().filter(is_over),
            func.count().filter(is_over, made),
        )
        .select_from(PreventionVisit)
        .where(mature)
    ).one()
    return share(in_time, over, otherwise=NOT_YET if all_of_them else NO_CASE)


def trained_share(session: Session, asked: Asked) -> Figure:
    """Of those in the role on the last known day: who holds a certificate of the course then.

    Whoever began within the ``grace`` days before it does not count yet.
    """
    day = known_days(asked).last
    grace = asked.wants("grace")
    since = day - timedelta(days=int(grace) if grace.isdecimal() and len(grace) < 4 else 0)
    holds = exists().where(
        col(Certificate.staff_member_id) == col(StaffMember.id),
        col(Certificate.taken_back_at).is_(None),
        equals(col(Certificate.course), asked.wants("course")),
        col(Certificate.obtained_on) <= day,
        or_(col(Certificate.expires_on).is_(None), col(Certificate.expires_on) >= day),
    )
    staff, trained = session.execute(
        select(func.count(), func.count().filter(holds))
        .select_from(StaffMember)
        .where(
            col(StaffMember.municipality_id) == asked.municipality_id,
            equals(col(StaffMember.role), asked.wants("role")),
            col(StaffMember.started_on) <= since,
            or_(col(StaffMember.left_on).is_(None), col(StaffMember.left_on) > day),
        )
    ).one()
    return share(trained, staff)


def prevention_actions(asked: Asked) -> Rows:
    """Actions with at least one day in the period: each counts once, whatever its days are."""
    topic = asked.wants("topic")
    days = exists().where(
        col(CampaignDay.campaign_id) == col(Campaign.id),
        col(CampaignDay.taken_back_at).is_(None),
        _on(col(CampaignDay.day), asked),
        col(CampaignDay.is_target_quarter) if asked.wants("zone_set") == "target" else true(),
    )
    return rows("campaign", col(Campaign.id), col(Campaign.entered_at)).where(
        col(Campaign.municipality_id) == asked.municipality_id,
        col(Campaign.is_action),
        col(Campaign.taken_back_at).is_(None),
        equals(col(Campaign.phenomenon), asked.wants("phenomenon")),
        equals(col(Campaign.target_group), asked.wants("target_group")),
        # The words of a JSON list, in their quotes.
        cast(col(Campaign.topics), Text).contains(f'"{topic}"', autoescape=True)
        if topic
        else true(),
        days,
    )


def obligations_on_time(session: Session, asked: Asked) -> Figure:
    """Of what was sent or is overdue: what was sent by its day. What is due later is no case."""
    day = known_days(asked).last
    sent = col(Obligation.sent_on) <= day
    on_time = and_(sent, col(Obligation.sent_on) <= col(Obligation.due_on))
    all_of_them, judged, kept = session.execute(
        select(
            func.count(),
            func.count().filter(or_(sent, col(Obligation.due_on) < day)),
            func.count().filter(on_time),
        )
        .select_from(Obligation)
        .where(
            col(Obligation.municipality_id) == asked.municipality_id,
            col(Obligation.taken_back_at).is_(None),
            col(Obligation.due_on).between(asked.period.first, asked.period.last),
            equals(col(Obligation.kind), asked.wants("kind")),
        )
    ).one()
    return share(kept, judged, otherwise=NOT_YET if all_of_them else NO_CASE)


def communication_tools(asked: Asked) -> Rows:
    """Tools that are published on the last known day."""
    day = known_days(asked).last
    published = exists().where(
        col(ToolVersion.tool_id) == col(CommunicationTool.id),
        col(ToolVersion.taken_back_at).is_(None),
        col(ToolVersion.published_on) <= day,
    )
    return _tools(asked).where(
        published,
        or_(
            col(CommunicationTool.withdrawn_on).is_(None),
            col(CommunicationTool.withdrawn_on) > day,
        ),
    )


def communication_tools_updated(asked: Asked) -> Rows:
    """Tools with a new version that was published in the period."""
    published = exists().where(
        col(ToolVersion.tool_id) == col(CommunicationTool.id),
        col(ToolVersion.taken_back_at).is_(None),
        _on(col(ToolVersion.published_on), asked),
    )
    return _tools(asked).where(published)


def _tools(asked: Asked) -> Rows:
    return rows(
        "communication_tool", col(CommunicationTool.id), col(CommunicationTool.entered_at)
    ).where(
        col(CommunicationTool.municipality_id) == asked.municipality_id,
        col(CommunicationTool.taken_back_at).is_(None),
        equals(col(CommunicationTool.phenomenon), asked.wants("phenomenon")),
    )
