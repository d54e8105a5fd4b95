"""Whose answers somebody may give: of sightings those of his police zone, of reports those of his
town or of the towns of his zone (R17, H7)."""

from uuid import UUID

from sqlalchemy import false, or_, true
from sqlmodel import Session, col, select

from feedback.models import Answer
from hub.access import Action, Actor
from hub.db import Condition
from hub.errors import NotFound
from partnerships.models import Organisation


def within_reach(actor: Actor) -> Condition:
    """The condition on ``Answer`` that ``actor`` may give it."""
    return or_(_of_sightings(actor), _of_reports(actor))


def _of_sightings(actor: Actor) -> Condition:
    reach = actor.reach(Action.ANSWER_SIGHTING)
    whose = true() if reach.everywhere else col(Answer.police_zone_id).in_(reach.police_zones)
    return col(Answer.sighting_id).is_not(None) & (whose if actor.may(_SIGHTING) else false())


def _of_reports(actor: Actor) -> Condition:
    reach = actor.reach(Action.ANSWER_REPORT)
    towns = select(Organisation.id).where(col(Organisation.part_of_id).in_(reach.police_zones))
    whose = or_(
        col(Answer.municipality_id).in_(reach.municipalities),
        col(Answer.municipality_id).in_(towns),
    )
    is_his = true() if reach.everywhere else whose
    return col(Answer.report_id).is_not(None) & (is_his if actor.may(_REPORT) else false())


_SIGHTING, _REPORT = Action.ANSWER_SIGHTING, Action.ANSWER_REPORT


def for_sighting(session: Session, actor: Actor, sighting_id: UUID) -> Answer:
    """What is owed for one sighting; raises ``NotFound`` whether absent or out of reach."""
    return _found(session, actor, col(Answer.sighting_id) == sighting_id)


def for_report(session: Session, actor: Actor, report_id: UUID) -> Answer:
    """The same of one report."""
    return _found(session, actor, col(Answer.report_id) == report_id)


def by_id(session: Session, actor: Actor, answer_id: UUID) -> Answer:
    """One answer; raises ``NotFound`` whether it is absent or out of reach."""
    return _found(session, actor, col(Answer.id) == answer_id)


def _found(session: Session, actor: Actor, its: Condition) -> Answer:
    found = session.exec(select(Answer).where(its, within_reach(actor))).first()
    if found is None:
        raise NotFound
    return found
