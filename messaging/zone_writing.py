"""How each police zone writes: how far around a place it calls, and what it does without a text."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session, col, select

from hub import audit
from hub.access import Action, Actor
from hub.db import hold_alone
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from messaging.models import MissingText, ZoneWriting
from partnerships.near import FURTHEST_METRES

USUAL_METRES = 300


def of_zones(session: Session, zone_ids: Collection[UUID]) -> dict[UUID, ZoneWriting]:
    """How each of these zones writes; what a zone has not settled is as the hub does it."""
    found = session.exec(select(ZoneWriting).where(col(ZoneWriting.police_zone_id).in_(zone_ids)))
    settled = {one.police_zone_id: one for one in found}
    return {one: settled.get(one) or _usual(one) for one in zone_ids}


def _usual(zone_id: UUID) -> ZoneWriting:
    return ZoneWriting(
        police_zone_id=zone_id, near_metres=USUAL_METRES, missing_text=MissingText.REFUSE
    )


def settle(
    session: Session, actor: Actor, zone_id: UUID, near_metres: int, missing_text: MissingText
) -> ZoneWriting:
    """Write down how a zone writes. Raises ``NotFound`` out of reach, ``BadInput`` too far."""
    if zone_id not in actor.reach(Action.KEEP_TEMPLATES).police_zones:
        raise NotFound
    if not 0 <= near_metres <= FURTHEST_METRES:
        sentence = mark("Give a number from {least} to {most}.")
        values = (("least", 0), ("most", FURTHEST_METRES))
        raise BadInput(FieldProblem("near_metres", sentence, values))
    # Of two who settle it first at once, the second changes what the first one wrote.
    hold_alone(session, zone_id)
    known = session.get(ZoneWriting, zone_id, populate_existing=True)
    settled = known or _usual(zone_id)
    settled.near_metres, settled.missing_text = near_metres, missing_text
    session.add(settled)
    session.flush()
    facts = {"near_metres": near_metres, "missing_text": missing_text.value}
    subject = ("organisation", zone_id)
    audit.record(session, "zone_writing.settle", subject, by=actor.account_id, **facts)
    return settled
