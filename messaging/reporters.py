"""Whoever told the hub of an incident: kept with it, and told what was decided, once (R30).

He is written to by the way he wrote: a text, or a mail at the address we have of him. A mail that
only claims an address is answered there by nobody, so that no stranger can be written to.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from hub import clock
from hub.config import settings
from hub.db import insert_new
from hub.i18n import Language
from hub.security import blind_index
from messaging import reporter_notices
from messaging.models import (
    Incident,
    IncidentReporter,
    LaunchDecision,
    ReporterTold,
    StrangerStop,
)
from partnerships import communication_plan
from partnerships.contact import UNCONFIRMED
from partnerships.lost_contacts import LOST_REASONS
from partnerships.models import (
    Channel,
    CommunicationPlan,
    ContactPoint,
    ContactStop,
    Membership,
    Partnership,
    Person,
)
from partnerships.quiet_hours import is_between, next_time
from partnerships.ways import REMOVED

# Who writes by WhatsApp has a number that takes texts.
_ANSWERED_BY = {Channel.EMAIL: Channel.EMAIL}
# Whoever wrote that short a time ago at night has not gone to sleep.
_IS_STILL_UP = timedelta(hours=1)
# Why a number or address is closed although its owner did not say STOP.
_NOT_HIS_WORD = (UNCONFIRMED, REMOVED, *LOST_REASONS)


def keep(
    session: Session,
    incident: Incident,
    *,
    channel: Channel,
    reported_at: datetime,
    number: str,
    point: ContactPoint | None,
) -> None:
    """Note who reported an incident. ``number`` is kept only of somebody we do not know."""
    # A name in the place of a number takes no answer.
    is_number = channel is not Channel.EMAIL and number.startswith("+")
    session.add(
        IncidentReporter(
            incident_id=incident.id,
            channel=channel,
            reported_at=reported_at,
            contact_point_id=point.id if point else None,
            person_id=point.person_id if point else None,
            number=number if is_number and point is None else "",
        )
    )
    session.flush()


def of_incident(session: Session, incident_id: UUID | None) -> IncidentReporter | None:
    """Who reported it to the hub; ``None`` where it came in by another way."""
    return session.get(IncidentReporter, incident_id) if incident_id else None


@dataclass(frozen=True, slots=True)
class Seen:
    """What the police should know before they tell him. ``against``: why he would not be told."""

    way: Channel
    against: ReporterTold | None
    told_at: datetime | None


def seen(session: Session, incident_id: UUID | None) -> Seen | None:
    """Whoever reported an incident, as the page that asks shows him; ``None`` where nobody did."""
    reporter = of_incident(session, incident_id)
    if reporter is None:
        return None
    return Seen(answered_by(reporter), against(session, reporter), reporter.told_at)


def against(session: Session, reporter: IncidentReporter) -> ReporterTold | None:
    """Why he would not be told now; ``None`` where he would."""
    if reporter.told_at is not None:
        return ReporterTold.BEFORE
    if _has_stopped(session, reporter):
        return ReporterTold.STOPPED
    return None if _address(session, reporter) else ReporterTold.UNREACHABLE


def tell(session: Session, incident: Incident, decision: LaunchDecision) -> ReporterTold:
    """Tell him what was decided, unless something is against it; what became of it."""
    reporter = session.get_one(IncidentReporter, incident.id)
    refused = against(session, reporter)
    if refused is not None:
        return refused
    if not _is_first_to_tell(session, reporter):
        return ReporterTold.BEFORE
    to, languages = _address(session, reporter), _languages(session, incident, reporter)
    way = answered_by(reporter)
    leaves = _leaves_at(session, incident, reporter)
    reporter_notices.write(session, decision, reporter.reported_at, way, to, languages, leaves)
    reporter.number = ""
    session.add(reporter)
    session.flush()
    return ReporterTold.TOLD


def _leaves_at(session: Session, incident: Incident, reporter: IncidentReporter) -> datetime:
    """Not at night, by the plans of the police zone; unless he wrote in it himself just now."""
    at = clock.now()
    plan = _plan(session, incident)
    if plan is None or not _sleeps(plan, at):
        return at
    if _sleeps(plan, reporter.reported_at) and at - reporter.reported_at < _IS_STILL_UP:
        return at
    return next_time(at, plan.messages_from)


def _sleeps(plan: CommunicationPlan, at: datetime) -> bool:
    """From the beginning of the night until the hours begin in which messages may leave."""
    return is_between(clock.in_brussels(at).time(), plan.night_from, plan.messages_from)


def _plan(session: Session, incident: Incident) -> CommunicationPlan | None:
    """The plan that says when it is night: that of the first partnership of the zone."""
    its = select(Partnership.id).where(Partnership.police_zone_id == incident.police_zone_id)
    known = list(session.exec(its.order_by(Partnership.slug)))
    plans = communication_plan.in_force_of(session, known, clock.now())
    return next((plans[one] for one in known if one in plans), None)


def _is_first_to_tell(session: Session, reporter: IncidentReporter) -> bool:
    # One UPDATE decides between two who tell him at the same moment.
    taken = session.execute(
        update(IncidentReporter)
        .where(
            col(IncidentReporter.incident_id) == reporter.incident_id,
            col(IncidentReporter.told_at).is_(None),
        )
        .values(told_at=clock.now())
        .returning(col(IncidentReporter.incident_id))
        .execution_options(synchronize_session=False)
    ).all()
    # The number is needed for what follows: only what changed is read again.
    session.refresh(reporter, ["told_at"])
    return len(taken) == 1


def answered_by(reporter: IncidentReporter) -> Channel:
    """By which way he is told: the one he wrote by."""
    return _ANSWERED_BY.get(reporter.channel, Channel.SMS)


def _address(session: Session, reporter: IncidentReporter) -> str:
    """Where he is written to; empty where there is none that is proved his."""
    if reporter.contact_point_id is None:
        return reporter.number
    closed = _stop_of(session, reporter)
    return "" if closed else session.get_one(ContactPoint, reporter.contact_point_id).value


def _stop_of(session: Session, reporter: IncidentReporter) -> ContactStop | None:
    return session.get(ContactStop, (reporter.contact_point_id, answered_by(reporter)))


def _has_stopped(session: Session, reporter: IncidentReporter) -> bool:
    """Whether he said STOP, or left after he had reported it."""
    if reporter.contact_point_id is None:
        index = blind_index(reporter.number)
        return bool(reporter.number) and session.get(StrangerStop, index) is not None
    closed = _stop_of(session, reporter)
    is_his_word = closed is not None and closed.reason not in _NOT_HIS_WORD
    return is_his_word or _has_left_since(session, reporter)


def _has_left_since(session: Session, reporter: IncidentReporter) -> bool:
    left = select(Membership.left_at).where(Membership.person_id == reporter.person_id)
    found = list(session.exec(left))
    return bool(found) and all(at is not None and at >= reporter.reported_at for at in found)


def _languages(
    session: Session, incident: Incident, reporter: IncidentReporter
) -> tuple[Language, ...]:
    """A member's own language; of somebody we do not know, the two first of the police zone."""
    if reporter.person_id is not None:
        return (session.get_one(Person, reporter.person_id).language,)
    its = select(Partnership).where(Partnership.police_zone_id == incident.police_zone_id)
    spoken = session.exec(its.order_by(Partnership.slug)).all()
    ordered = dict.fromkeys(Language(code) for one in spoken for code in one.languages)
    return tuple(ordered)[:2] or (Language.FRENCH,)


def forget_old(session: Session) -> None:
    """Drop the numbers of those we do not know who were never told, once their time is over."""
    at = clock.now()
    closed = at - timedelta(days=settings().reporter_kept_days_closed)
    reported = at - timedelta(days=settings().reporter_kept_days)
    untold = (
        select(IncidentReporter)
        .join(Incident, col(Incident.id) == col(IncidentReporter.incident_id))
        .where(
            col(IncidentReporter.contact_point_id).is_(None),
            col(IncidentReporter.told_at).is_(None),
            (col(Incident.closed_at) < closed) | (col(IncidentReporter.reported_at) < reported),
        )
        .execution_options(yield_per=500)
    )
    # A number is not compared in the database: only those that still have one are written.
    for one in [one for one in session.exec(untold) if one.number]:
        one.number = ""
        session.add(one)
    session.flush()


def stop(session: Session, sender: str) -> None:
    """STOP from a number that is no member's: nothing is sent to it any more."""
    row = {"value_index": blind_index(sender), "stopped_at": clock.now()}
    session.execute(insert_new(session, StrangerStop).values(**row))


def resume(session: Session, sender: str) -> None:
    """START from a number that is no member's."""
    its = col(StrangerStop.value_index) == blind_index(sender)
    session.execute(delete(StrangerStop).where(its))
