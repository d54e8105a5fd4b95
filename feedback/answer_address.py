"""Where somebody is answered now, and what is against it: he said STOP, left, or was forgotten."""

from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, select

from feedback.models import Answer, AnswerWay
from hub.i18n import mark
from hub.security import blind_index
from messaging.models import StrangerStop
from partnerships import ways
from partnerships.contact import UNCONFIRMED
from partnerships.lost_contacts import LOST_REASONS
from partnerships.models import CHANNELS_OF_CONTACT, Channel, ContactPoint, Membership, Person
from partnerships.ways import REMOVED

# The ways by which the hub itself writes.
CHANNEL_OF_WAY = {AnswerWay.SMS: Channel.SMS, AnswerWay.EMAIL: Channel.EMAIL}
# Why a number or address is closed although its owner did not say STOP.
_NOT_HIS_WORD = (UNCONFIRMED, REMOVED, *LOST_REASONS)


class Against(StrEnum):
    """Why the hub does not write to him. Somebody may still ring him, if he may be rung."""

    STOPPED = "stopped"
    LEFT = "left"
    UNREACHABLE = "unreachable"
    BY_HAND = "by_hand"


SENTENCES = {
    Against.STOPPED: mark("He wants no more messages from us (STOP): nothing is sent to him."),
    Against.LEFT: mark("He has left the partnership since: nothing is sent to him."),
    Against.UNREACHABLE: mark("We have no number or address any more that is surely his."),
    Against.BY_HAND: mark("The hub cannot write to him: tell him yourself and note it here."),
}


def against(session: Session, answer: Answer) -> Against | None:
    """Why the hub would not write to him now; ``None`` where it would."""
    if answer.way not in CHANNEL_OF_WAY:
        return Against.BY_HAND
    if answer.person_id is not None and _has_left_since(session, answer):
        return Against.LEFT
    if answer.contact_point_id is not None:
        return _against_point(session, answer)
    if not answer.address:
        return Against.UNREACHABLE
    return Against.STOPPED if _has_stopped(session, answer) else None


def where(session: Session, answer: Answer) -> str:
    """The number or address he is written to at; empty where there is none any more."""
    if answer.contact_point_id is None:
        return answer.address
    return session.get_one(ContactPoint, answer.contact_point_id).value


def _against_point(session: Session, answer: Answer) -> Against | None:
    point = session.get_one(ContactPoint, answer.contact_point_id)
    person = session.get_one(Person, point.person_id)
    channel = CHANNEL_OF_WAY[answer.way]
    takes_it = channel in CHANNELS_OF_CONTACT[point.kind]
    if person.erased_at is not None or not point.value or not takes_it:
        return Against.UNREACHABLE
    reason = ways.stops_of(session, point.id).get(channel)
    if reason is None:
        return None
    return Against.UNREACHABLE if reason in _NOT_HIS_WORD else Against.STOPPED


def _has_left_since(session: Session, answer: Answer) -> bool:
    """Who was no member when he told us is answered all the same; who left since wants no more."""
    memberships = select(Membership.left_at).where(Membership.person_id == answer.person_id)
    found = session.exec(memberships).all()
    return bool(found) and all(at is not None and at >= answer.owed_since for at in found)


def _has_stopped(session: Session, answer: Answer) -> bool:
    """Whether STOP came from what he left: as a stranger's, or as the number of a member."""
    index, channel = blind_index(answer.address), CHANNEL_OF_WAY[answer.way]
    closed = ways.closed_by_owners(session, [index]).get(index, {}).get(channel)
    is_his_word = closed is not None and closed.reason not in _NOT_HIS_WORD
    return is_his_word or session.get(StrangerStop, index) is not None


def partnership_ids(session: Session, person_id: UUID | None) -> list[UUID]:
    """The partnerships he is a member of now; none of somebody we do not know."""
    if person_id is None:
        return []
    his = select(Membership.partnership_id).where(
        Membership.person_id == person_id, col(Membership.left_at).is_(None)
    )
    return list(session.exec(his))
