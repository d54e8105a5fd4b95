"""The answer that is owed for a sighting or a report: to whom, by which way, by when (R27, R29)."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from feedback import answer_way
from feedback.answer_way import Way
from feedback.models import Answer, AnswerStatus, AnswerWay, InboundMessage, Report, Sighting
from feedback.models.reports import ReportSource
from hub import clock
from hub.db import insert_new
from hub.i18n import Language
from messaging import reporters
from partnerships import communication_plan, days, working_days
from partnerships.models import Membership, Partnership, Person

# Where no plan says it: by the end of this working day after the one on which it came in.
WORKING_DAYS = 3
# Why no answer is needed, where the hub says so itself.
NOBODY_TO_ANSWER = "nobody"
# Why it counts as given although nobody wrote an answer: he was told what was decided (R30).
TOLD_THE_DECISION = "told_decision"
# What an official or another service found on its own round was reported by nobody.
_FOUND_BY_OURSELVES = (
    ReportSource.NEIGHBOURHOOD_TEAM,
    ReportSource.NEIGHBOURHOOD_PROGRAMME,
    ReportSource.MUNICIPAL_SERVICE,
    ReportSource.EXTERNAL_SERVICE,
    ReportSource.WORKING_GROUP,
)


def owe_for_sighting(session: Session, sighting: Sighting) -> Answer:
    """The answer that is owed to whoever saw it: written down once, however often it is asked.

    Not needed where nobody can be answered, and given where its writer was already told what the
    police decided on his message (R30).
    """
    zone = col(Partnership.police_zone_id) == sighting.police_zone_id
    way = _way_of_sighting(session, sighting)
    since = sighting.received_at
    answer = Answer(
        sighting_id=sighting.id,
        police_zone_id=sighting.police_zone_id,
        way=way.way,
        contact_point_id=way.contact_point_id,
        person_id=way.person_id,
        address=way.address,
        language=sighting.language,
        owed_since=since,
        due_at=due_at(session, since, sighting.person_id, zone),
    )
    told_at = _told_at(session, sighting)
    if told_at is not None:
        answer.status, answer.given_at, answer.address = AnswerStatus.GIVEN, told_at, ""
        answer.reason = TOLD_THE_DECISION
    _store(session, answer)
    return _stored(session, col(Answer.sighting_id) == sighting.id)


def owe_for_report(session: Session, report: Report) -> Answer | None:
    """The same for a report; ``None`` for what no citizen reported: an official found it himself.

    It is not needed where a citizen did not say who he is.
    """
    existing = of_report(session, report.id)
    way = _way_of_report(session, report)
    if existing is not None or (way == answer_way.NOBODY and report.source in _FOUND_BY_OURSELVES):
        return existing
    town = col(Partnership.municipality_id) == report.municipality_id
    since = report.received_at
    answer = Answer(
        report_id=report.id,
        municipality_id=report.municipality_id,
        way=way.way,
        contact_point_id=way.contact_point_id,
        person_id=way.person_id,
        address=way.address,
        language=_language(session, report),
        owed_since=since,
        due_at=due_at(session, since, report.person_id, town),
    )
    _store(session, answer)
    return _stored(session, col(Answer.report_id) == report.id)


def of_sighting(session: Session, sighting_id: UUID) -> Answer | None:
    """What is owed for one sighting; ``None`` before anybody wrote it down."""
    return session.exec(select(Answer).where(Answer.sighting_id == sighting_id)).first()


def of_report(session: Session, report_id: UUID) -> Answer | None:
    """What is owed for one report; ``None`` where nobody reported it."""
    return session.exec(select(Answer).where(Answer.report_id == report_id)).first()


def due_at(
    session: Session, since: datetime, person_id: UUID | None, here: ColumnElement[bool]
) -> datetime:
    """Until when he is to be answered who told us something at ``since``.

    The shortest delay that the plans of his partnerships ``here`` promised him then; of somebody
    with none, the end of the third working day on a Belgian clock.
    """
    joined = select(Partnership.id).join(
        Membership, col(Membership.partnership_id) == col(Partnership.id)
    )
    his = joined.where(here, Membership.person_id == person_id, col(Membership.left_at).is_(None))
    found = session.exec(his).all() if person_id is not None else []
    plans = communication_plan.in_force_of(session, found, since).values() if found else ()
    delays = [one.feedback_within_hours for one in plans]
    if delays:
        return since + timedelta(hours=min(delays))
    day = clock.in_brussels(since).date()
    last = working_days.working_day_after(day, WORKING_DAYS)
    # Read as the last minute of that day, and not as the first of the next.
    return days.end_of(last) - timedelta(seconds=1)


def _way_of_sighting(session: Session, sighting: Sighting) -> Way:
    if sighting.person_id is not None:
        return answer_way.to_person(session, sighting.person_id, sighting.contact_point_id)
    return _way_of_message(session, sighting.message_id)


def _way_of_report(session: Session, report: Report) -> Way:
    """What he left himself comes before the number that his message came from."""
    if report.reporter_contact.strip():
        left = answer_way.to_address(report.reporter_contact)
        return Way(left.way, report.person_id, address=left.address)
    if report.person_id is not None:
        message = session.get(InboundMessage, report.message_id) if report.message_id else None
        point_id = message.contact_point_id if message else None
        return answer_way.to_person(session, report.person_id, point_id)
    return _way_of_message(session, report.message_id)


def _way_of_message(session: Session, message_id: UUID | None) -> Way:
    message = session.get(InboundMessage, message_id) if message_id else None
    return answer_way.to_writer(session, message) if message else answer_way.NOBODY


def _language(session: Session, report: Report) -> Language:
    """His own, else the first that the partnerships of the town speak."""
    if report.reporter_language is not None:
        return report.reporter_language
    if report.person_id is not None:
        return session.get_one(Person, report.person_id).language
    its = select(Partnership).where(Partnership.municipality_id == report.municipality_id)
    first = session.exec(its.order_by(Partnership.slug)).first()
    return Language(first.languages[0]) if first and first.languages else Language.FRENCH


def _told_at(session: Session, sighting: Sighting) -> datetime | None:
    """When its writer was told what was decided on the incident that his message opened."""
    message = session.get(InboundMessage, sighting.message_id) if sighting.message_id else None
    incident_id = message.opened_incident_id if message else None
    reporter = reporters.of_incident(session, incident_id)
    return reporter.told_at if reporter else None


def _store(session: Session, answer: Answer) -> None:
    """Two who write it down at once write one: the sighting, or the report, is a unique key."""
    if answer.way is AnswerWay.NONE and answer.status is AnswerStatus.OWED:
        answer.status, answer.reason = AnswerStatus.NOT_NEEDED, NOBODY_TO_ANSWER
    # The row it refers to may still wait in this session.
    session.flush()
    session.execute(insert_new(session, Answer).values(**answer.model_dump()))


def _stored(session: Session, its: ColumnElement[bool]) -> Answer:
    return session.exec(select(Answer).where(its)).one()
