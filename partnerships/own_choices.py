"""What a member decides about himself: language, channels, hours, absence, where he lives."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time

from sqlalchemy import delete
from sqlmodel import Session, col, select

from hub import clock
from hub.errors import BadInput, FieldProblem
from hub.i18n import Language, language_from, mark
from partnerships import households, leaving
from partnerships.application import parted
from partnerships.models import Channel, ChannelChoice, Organisation, Person, Residence

_LONGEST_STREET = 200
_LONGEST_ABSENCE_DAYS = 366
# Belgium and a little around it: south, north, west, east.
_AROUND_BELGIUM = (49.3, 51.7, 2.3, 6.6)
_POINT = re.compile(r"\s*(\d{1,2}(?:[.]\d+)?)\s*[,; ]\s*(\d{1,2}(?:[.]\d+)?)\s*")


def speak(session: Session, person: Person, code: str) -> None:
    """Write to him in this language from now on. Raises ``BadInput`` on ``language``."""
    language = language_from(code)
    if language is None:
        raise BadInput(FieldProblem("language", mark("Choose one of these languages.")))
    person.language = Language(language)
    session.add(person)


def channels(session: Session, person: Person) -> list[Channel]:
    """In which order he wants to be reached; those he said nothing of follow, as plans have it."""
    usual = (Channel.SMS, Channel.VOICE, Channel.EMAIL)
    chosen = select(ChannelChoice).where(ChannelChoice.person_id == person.id)
    first = [
        Channel(one.channel) for one in session.exec(chosen.order_by(col(ChannelChoice.position)))
    ]
    return [*first, *(one for one in usual if one not in first)]


def order_channels(session: Session, person: Person, typed: Sequence[str]) -> None:
    """Reach him in this order. Raises ``BadInput`` on ``channels`` when one stands twice."""
    wanted = [Channel(one) for one in typed if one in set(Channel)]
    if len(set(wanted)) != len(wanted) or not wanted:
        raise BadInput(FieldProblem("channels", mark("Give each way its own place.")))
    session.execute(delete(ChannelChoice).where(col(ChannelChoice.person_id) == person.id))
    for position, channel in enumerate(wanted, start=1):
        session.add(ChannelChoice(person_id=person.id, channel=channel, position=position))
    session.flush()


def take_calls(session: Session, person: Person, *, wanted: bool, start: str, end: str) -> None:
    """Whether he may be called, and between which hours not. Raises ``BadInput`` on ``hours``."""
    if bool(start) != bool(end):
        raise BadInput(FieldProblem("hours", mark("Give both hours, or neither.")))
    first, last = _hour(start), _hour(end)
    if first is not None and first == last:
        raise BadInput(FieldProblem("hours", mark("Give two different hours.")))
    person.takes_calls = wanted
    person.no_calls_from, person.no_calls_until = first, last
    session.add(person)


def gather_mails(session: Session, person: Person, *, weekly: bool) -> None:
    """Whether what can wait comes in one mail a week, from the next message on."""
    person.weekly_mail = weekly
    session.add(person)


def _hour(typed: str) -> time | None:
    try:
        return time.fromisoformat(typed) if typed else None
    except ValueError:
        raise BadInput(FieldProblem("hours", mark("Give a time such as 22:00."))) from None


def pause(session: Session, person: Person, start: str, end: str) -> None:
    """Nothing but urgent alerts between two days, both included; two empty ones end it.

    Raises ``BadInput`` on ``pause``.
    """
    first, last = _day(start), _day(end)
    if (first is None) != (last is None):
        raise BadInput(FieldProblem("pause", mark("Give both days, or neither.")))
    if first is not None and last is not None:
        today = clock.in_brussels(clock.now()).date()
        if last < first or last < today:
            raise BadInput(FieldProblem("pause", mark("The last day is over before it begins.")))
        if (last - first).days > _LONGEST_ABSENCE_DAYS:
            raise BadInput(FieldProblem("pause", mark("A year at most. Leave instead?")))
    person.paused_from, person.paused_until = first, last
    session.add(person)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise BadInput(FieldProblem("pause", mark("Give a day such as 2026-07-21."))) from None


def live_at(session: Session, person: Person, street: str, point: str) -> None:
    """Where he lives or works, as precisely as he likes. Raises ``BadInput`` on either field."""
    if len(street) > _LONGEST_STREET:
        sentence = mark("This is too long: {most} characters at most.")
        raise BadInput(FieldProblem("street", sentence, (("most", _LONGEST_STREET),)))
    where = _point(point)
    name, number = parted(street)
    known = households.address_of(session, person.id)
    town = known.town or _town(session, person)
    address = replace(known, street=name, house_number=number, town=town)
    residence = session.get(Residence, person.id) or Residence(person_id=person.id)
    residence.point = where
    session.add(residence)
    session.flush()
    # Without a street, the town alone says nothing worth keeping.
    households.settle(session, person.id, address if name else households.Address())
    session.flush()


def _town(session: Session, person: Person) -> str:
    """Where his partnership is: the same street and number in one town is one household."""
    for _membership, partnership in leaving.present(session, person):
        return session.get_one(Organisation, partnership.municipality_id).name
    return ""


def _point(typed: str) -> str:
    if not typed.strip():
        return ""
    found = _POINT.fullmatch(typed)
    south, north, west, east = _AROUND_BELGIUM
    if found is not None:
        latitude, longitude = float(found[1]), float(found[2])
        if south <= latitude <= north and west <= longitude <= east:
            return f"{latitude:.5f},{longitude:.5f}"
    problem = mark("Give a point in Belgium as latitude and longitude, such as 50.64020, 5.57010.")
    raise BadInput(FieldProblem("point", problem))
