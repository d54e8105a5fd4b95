"""How many codes and links may leave, and requests come in: counted by rows, shared by all workers.

A stranger who types numbers into a form makes us send texts that cost money, to people who did not
ask. The figures are those of the security plan: by number, by address of the internet, by range of
a thousand numbers, in all per hour, and in all per day.
"""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from hub import clock
from hub.config import settings
from hub.db import Condition, row_locks
from hub.security import blind_index
from partnerships.models import Channel, ConfirmationCode, ContactKind, JoinRequest
from partnerships.ways import Way

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_RANGE_DIGITS = 3
_REQUESTS_FROM_ONE_PLACE = 30
# Any constant does, as long as nothing else uses it.
_SENDING_LOCK = 7_013_102


class Limit(StrEnum):
    """Which limit a code or link would pass."""

    COUNTRY = "country"
    VALUE = "value"
    PLACE = "place"
    RANGE = "range"
    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Most:
    """How many may leave. ``None``: as many as the others allow."""

    to_value_in_a_day: int
    from_place_in_an_hour: int
    to_range_in_an_hour: int | None = None
    in_an_hour: int | None = None
    in_a_day: int | None = None


# A mail costs nothing, but fills a stranger's box just the same.
_MAILS = Most(to_value_in_a_day=5, from_place_in_an_hour=20, in_an_hour=2000)
# Members' links are counted apart: else strangers could use up what may be texted in an hour by
# asking for links that are never sent.
MEMBER_LINK = "member_link"
_LINKS = Most(to_value_in_a_day=10, from_place_in_an_hour=20)
# A code to end a membership answers a text whose sender may be forged.
LEAVING = "leaving"
_LEAVING_CODES = Most(to_value_in_a_day=3, from_place_in_an_hour=3)


def most_texts() -> Most:
    """What may leave by text to people who want to join."""
    return Most(
        to_value_in_a_day=3,
        from_place_in_an_hour=5,
        to_range_in_an_hour=20,
        in_an_hour=settings().join_codes_per_hour,
        in_a_day=settings().join_codes_per_day,
    )


def place_index(address: str | None) -> str:
    """The blind index of an address of the internet; the address itself is never stored.

    Of IPv6 the first half counts: a household has all the rest to choose from.
    """
    return blind_index(f"place {_network(address or '')}")


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def range_index(way: Way) -> str | None:
    """The blind index of the thousand numbers this one is among; none for mail."""
    if way.kind is ContactKind.EMAIL:
        return None
    return blind_index(f"range {way.value[:-_RANGE_DIGITS]}")


def passed(session: Session, way: Way, place: str) -> Limit | None:
    """The limit that one more code or link to ``way`` would pass; ``None`` when it may leave.

    Held until the unit of work ends, so that two at once cannot both be the last one.
    """
    _one_at_a_time(session)
    if way.kind is ContactKind.EMAIL:
        return _passed(session, way, place, Channel.EMAIL, _MAILS)
    if not _is_from_here(way.value):
        return Limit.COUNTRY
    return _passed(session, way, place, Channel.SMS, most_texts())


def link_passed(session: Session, way: Way, place: str) -> Limit | None:
    """The same for a link to a member's own page, whether or not ``way`` is a member's."""
    _one_at_a_time(session)
    return _passed(session, way, place, MEMBER_LINK, _LINKS)


def leaving_passed(session: Session, way: Way, place: str) -> Limit | None:
    """The same for a code that ends a membership by text."""
    _one_at_a_time(session)
    return _passed(session, way, place, LEAVING, _LEAVING_CODES)


def _is_from_here(number: str) -> bool:
    countries = settings().join_code_countries.split(",")
    return any(number.startswith(f"+{one.strip()}") for one in countries if one.strip())


def _passed(session: Session, way: Way, place: str, channel: str, most: Most) -> Limit | None:
    questions = (
        (Limit.VALUE, _DAY, most.to_value_in_a_day, _is_to(way)),
        (Limit.PLACE, _HOUR, most.from_place_in_an_hour, _is_from(place)),
        (Limit.RANGE, _HOUR, most.to_range_in_an_hour, _is_in_range_of(way)),
        (Limit.HOUR, _HOUR, most.in_an_hour, None),
        (Limit.DAY, _DAY, most.in_a_day, None),
    )
    for limit, within, allowed, condition in questions:
        if allowed is not None and _sent(session, channel, within, condition) >= allowed:
            return limit
    return None


def _is_to(way: Way) -> Condition:
    return col(ConfirmationCode.value_index) == blind_index(way.value)


def _is_from(place: str) -> Condition:
    return col(ConfirmationCode.asked_from_index) == place


def _is_in_range_of(way: Way) -> Condition:
    return col(ConfirmationCode.range_index) == range_index(way)


def _sent(session: Session, channel: str, within: timedelta, condition: Condition | None) -> int:
    recent = select(func.count()).where(
        ConfirmationCode.channel == channel,
        col(ConfirmationCode.created_at) > clock.now() - within,
    )
    return session.exec(recent if condition is None else recent.where(condition)).one()


def _one_at_a_time(session: Session) -> None:
    # SQLite's write lock does this already.
    if row_locks(session):
        session.connection().execute(
            text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SENDING_LOCK}
        )


def too_many_requests_from(session: Session, place: str) -> bool:
    """Whether one place of the internet has asked to join too often: a robot fills lists too."""
    recent = select(func.count()).where(
        JoinRequest.asked_from_index == place,
        col(JoinRequest.created_at) > clock.now() - _HOUR,
    )
    return session.exec(recent).one() >= _REQUESTS_FROM_ONE_PLACE
