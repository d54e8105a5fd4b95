"""Codes and links that prove whose a number or an address is: right once, for a short time."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from hub import clock
from hub.db import Condition
from hub.security import blind_index, keyed_digest, new_token, same, token_hash
from partnerships import sign_up_limits
from partnerships.models import Channel, ConfirmationCode, ContactKind, ContactPoint
from partnerships.sign_up_limits import Limit
from partnerships.ways import Way

CODE_GOOD_FOR = timedelta(minutes=10)
MAIL_LINK_GOOD_FOR = timedelta(hours=24)
_TRIES = 5
_AT_ONCE = 100
# Longer than the longest time by which they are counted.
_KEPT_FOR = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class About:
    """What is proved: the number or address in a request, or one of a member's own."""

    join_request_id: UUID | None = None
    contact_point_id: UUID | None = None


class Answer(StrEnum):
    """What became of a code that was typed."""

    RIGHT = "right"
    WRONG = "wrong"
    # Used, expired, or tried too often: only a new one helps.
    SPENT = "spent"


def new_code(session: Session, way: Way, about: About, place: str) -> str | Limit:
    """Six digits for a mobile, to be sent now; or the limit that stands in the way."""
    limit = sign_up_limits.passed(session, way, place)
    return limit or _digits(session, _row(way, about, place, CODE_GOOD_FOR))


def _digits(session: Session, row: ConfirmationCode) -> str:
    code = f"{secrets.randbelow(10**6):06}"
    row.code_hash = _code_hash(row.id, code)
    session.add(row)
    session.flush()
    return code


def new_leaving_code(session: Session, point: ContactPoint, good_for: timedelta) -> str | Limit:
    """Six digits to be texted back by whoever asked by text to end his membership."""
    way, place = Way(point.kind, point.value), sign_up_limits.place_index(point.value)
    limit = sign_up_limits.leaving_passed(session, way, place)
    row = _row(way, About(contact_point_id=point.id), place, good_for)
    row.channel = sign_up_limits.LEAVING
    return limit or _digits(session, row)


def new_link(session: Session, way: Way, about: About, place: str) -> str | Limit:
    """The token of a link for a mail address, to be sent now; or the limit in the way."""
    limit = sign_up_limits.passed(session, way, place)
    if limit is not None:
        return limit
    secret = new_token()
    row = _row(way, about, place, MAIL_LINK_GOOD_FOR)
    row.code_hash = token_hash(secret)
    session.add(row)
    session.flush()
    return f"{row.id.hex}{secret}"


def count_link(session: Session, way: Way, place: str) -> UUID:
    """Count that a link to a member's own page was asked for, whether or not anybody has this way;
    the id by which a worker finds what was asked."""
    row = _row(way, About(), place, CODE_GOOD_FOR)
    row.channel = sign_up_limits.MEMBER_LINK
    session.add(row)
    session.flush()
    return row.id


def take_asked_link(session: Session, asked: UUID) -> str | None:
    """For which number or address, as a blind index, a link was asked for; ``None`` when another
    worker has seen to it, or it is too late."""
    row = session.get(ConfirmationCode, asked)
    is_open = row is not None and row.expires_at > clock.now() and _spend(session, asked)
    return row.value_index if row is not None and is_open else None


def note_link(session: Session, way: Way, asked: UUID, token: str, contact_point_id: UUID) -> None:
    """Note to which number or address of a member a link is sent. The first that comes of an asking
    is counted with it, each further one by itself."""
    row = session.get_one(ConfirmationCode, asked)
    if row.contact_point_id is not None:
        row = _row(way, About(), row.asked_from_index, CODE_GOOD_FOR)
        row.channel, row.used_at = sign_up_limits.MEMBER_LINK, clock.now()
    row.contact_point_id, row.code_hash = contact_point_id, token_hash(token)
    session.add(row)
    session.flush()


def open_asked_links(session: Session, before: datetime) -> list[UUID]:
    """The links asked for by then that no worker has seen to yet, and are still worth sending."""
    waiting = select(ConfirmationCode.id).where(
        ConfirmationCode.channel == sign_up_limits.MEMBER_LINK,
        col(ConfirmationCode.used_at).is_(None),
        col(ConfirmationCode.expires_at) > clock.now(),
        col(ConfirmationCode.created_at) <= before,
    )
    return list(session.exec(waiting.order_by(col(ConfirmationCode.created_at)).limit(_AT_ONCE)))


def point_of_link(session: Session, token: str, points: Sequence[UUID]) -> UUID | None:
    """Which of these contact points a link to a member's own page was sent to."""
    sent = select(ConfirmationCode.contact_point_id).where(
        col(ConfirmationCode.contact_point_id).in_(points),
        ConfirmationCode.channel == sign_up_limits.MEMBER_LINK,
        ConfirmationCode.code_hash == token_hash(token),
    )
    return session.exec(sent).first()


def _row(way: Way, about: About, place: str, good_for: timedelta) -> ConfirmationCode:
    at = clock.now()
    return ConfirmationCode(
        channel=Channel.EMAIL if way.kind is ContactKind.EMAIL else Channel.SMS,
        value_index=blind_index(way.value),
        range_index=sign_up_limits.range_index(way),
        asked_from_index=place,
        code_hash="",
        join_request_id=about.join_request_id,
        contact_point_id=about.contact_point_id,
        created_at=at,
        expires_at=at + good_for,
    )


def _code_hash(row_id: UUID, code: str) -> str:
    # Keyed: a million codes are tried in a second against a plain hash.
    return keyed_digest("confirmation-code", f"{row_id} {code}")


def try_code(session: Session, about: About, typed: str) -> Answer:
    """Try a code against the newest one sent. A right one is spent by it."""
    return _try(session, _newest(session, about), typed)


def try_leaving_code(session: Session, point: ContactPoint, typed: str) -> Answer:
    """The same for the code that ends a membership."""
    about = About(contact_point_id=point.id)
    return _try(session, _newest(session, about, sign_up_limits.LEAVING), typed)


def _try(session: Session, newest: ConfirmationCode | None, typed: str) -> Answer:
    if newest is None or not _count_try(session, newest):
        return Answer.SPENT
    digits = re.sub(r"\D", "", typed)
    if not same(newest.code_hash, _code_hash(newest.id, digits)):
        return Answer.WRONG
    return Answer.RIGHT if _spend(session, newest.id) else Answer.SPENT


def _newest(
    session: Session, about: About, channel: str = Channel.SMS.value
) -> ConfirmationCode | None:
    sent = select(ConfirmationCode).where(_is_about(about), ConfirmationCode.channel == channel)
    return session.exec(sent.order_by(col(ConfirmationCode.created_at).desc()).limit(1)).first()


def _is_about(about: About) -> Condition:
    if about.join_request_id is not None:
        return col(ConfirmationCode.join_request_id) == about.join_request_id
    return col(ConfirmationCode.contact_point_id) == about.contact_point_id


def _count_try(session: Session, row: ConfirmationCode) -> bool:
    """Count one more try; whether there was one left. Counted first, so that none is free."""
    tried = session.execute(
        update(ConfirmationCode)
        .where(
            col(ConfirmationCode.id) == row.id,
            col(ConfirmationCode.tries) < _TRIES,
            col(ConfirmationCode.used_at).is_(None),
            col(ConfirmationCode.expires_at) > clock.now(),
        )
        .values(tries=col(ConfirmationCode.tries) + 1)
        .returning(col(ConfirmationCode.id))
    )
    return tried.first() is not None


def _spend(session: Session, row_id: UUID) -> bool:
    spent = session.execute(
        update(ConfirmationCode)
        .where(col(ConfirmationCode.id) == row_id, col(ConfirmationCode.used_at).is_(None))
        .values(used_at=clock.now())
        .returning(col(ConfirmationCode.id))
    )
    return spent.first() is not None


def open_code(session: Session, about: About) -> ConfirmationCode | None:
    """The newest code sent, while it can still be typed."""
    newest = _newest(session, about)
    if newest is None or newest.used_at or newest.expires_at <= clock.now():
        return None
    return newest if newest.tries < _TRIES else None


def was_texted(session: Session, about: About) -> bool:
    """Whether a code was ever sent about this."""
    return _newest(session, about) is not None


def request_behind(session: Session, token: str) -> UUID | None:
    """The request to join that a link is about, while it is good; looking spends nothing."""
    row = _behind_link(session, token)
    return row.join_request_id if row else None


def point_behind(session: Session, token: str) -> UUID | None:
    """The same for a contact point of a member."""
    row = _behind_link(session, token)
    return row.contact_point_id if row else None


def _behind_link(session: Session, token: str) -> ConfirmationCode | None:
    try:
        row = session.get(ConfirmationCode, UUID(token[:32]))
    except ValueError:
        return None
    if row is None or not same(row.code_hash, token_hash(token[32:])):
        return None
    is_good = row.used_at is None and row.expires_at > clock.now()
    return row if is_good else None


def use_link(session: Session, token: str) -> bool:
    """Spend a link; whether it was still good."""
    row = _behind_link(session, token)
    return row is not None and _spend(session, row.id)


def forget_old(session: Session) -> None:
    """Drop what is too old to be typed or counted."""
    session.execute(
        delete(ConfirmationCode).where(
            col(ConfirmationCode.created_at) < clock.now() - _KEPT_FOR,
            col(ConfirmationCode.expires_at) < clock.now(),
        )
    )
