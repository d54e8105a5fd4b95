"""The members of one partnership as a list: found, cut to a state, in order, a page at a time.

Names are not for the database to read: they are encrypted at rest sooner or later. So they are
read here, the names of one partnership at a time. Up to ``MOST_SORTED`` members (ten times a large
partnership) the list is in the order of the alphabet; above, in that of joining. A search reads
every name in either case, which takes a second per 100,000.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, exists, false, func
from sqlmodel import Session, col, select

from hub.db import Condition
from hub.errors import BadInput
from hub.i18n import Language
from hub.security import blind_index
from partnerships import ways
from partnerships.member_lines import MemberShown, shown_members
from partnerships.member_states import MemberState, agrees, condition, is_reachable
from partnerships.models import ContactPoint, Membership, Person, Purpose
from partnerships.spelling import plain

MOST_SORTED = 2000
PAGE_SIZE = 50
_BATCH = 500
_FEWEST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Wish:
    """Which members somebody wants to see: ``words`` is a part of a name, or a whole number or
    address."""

    state: MemberState | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class MembersPage:
    """A page of the list. ``total`` is of all pages; ``is_sorted`` whether by name."""

    members: list[MemberShown]
    number: int
    pages: int
    total: int
    is_sorted: bool


def page(
    session: Session, partnership_id: UUID, wish: Wish, number: int, at: datetime
) -> MembersPage:
    """One page of the present members, counted from 1; a number too high gives the last page."""
    ids, is_sorted = _in_order(session, partnership_id, wish, at)
    pages = max(1, -(-len(ids) // PAGE_SIZE))
    number = min(max(number, 1), pages)
    shown = ids[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return MembersPage(shown_members(session, shown, at), number, pages, len(ids), is_sorted)


def _in_order(
    session: Session, partnership_id: UUID, wish: Wish, at: datetime
) -> tuple[list[UUID], bool]:
    """The ids of the memberships that are wanted, and whether they are sorted by name."""
    wanted = [_is_present(partnership_id), *_conditions(wish, at)]
    if _count(session, partnership_id) > MOST_SORTED:
        return list(_newest_first(session, wanted, wish)), False
    named = _named(session, wanted, wish)
    return [one for one, _name in sorted(named, key=lambda pair: (plain(pair[1]), pair[0]))], True


def _count(session: Session, partnership_id: UUID) -> int:
    present = select(func.count()).select_from(Membership).where(_is_present(partnership_id))
    return session.exec(present).one()


def _newest_first(session: Session, wanted: Sequence[Condition], wish: Wish) -> Iterator[UUID]:
    if _is_name(wish.words):
        yield from (one for one, _name in reversed(_named(session, wanted, wish)))
        return
    newest = select(Membership.id).join(Person, _is_his()).where(*wanted)
    yield from session.exec(newest.order_by(col(Membership.id).desc()))


def _named(session: Session, wanted: Sequence[Condition], wish: Wish) -> list[tuple[UUID, str]]:
    """Memberships with the name of each, in the order of joining; cut to a name if one is asked."""
    rows = (
        select(Membership.id, Person.name)
        .join(Person, _is_his())
        .where(*wanted)
        .order_by(col(Membership.id))
    )
    asked = plain(wish.words).split() if _is_name(wish.words) else []
    return [
        (one, name)
        for one, name in session.exec(rows).yield_per(_BATCH)
        if not asked or _fits(name, asked)
    ]


def _fits(name: str, asked: Sequence[str]) -> bool:
    known = plain(name)
    return all(word in known for word in asked)


def _is_his() -> Condition:
    return col(Person.id) == col(Membership.person_id)


def _is_present(partnership_id: UUID) -> Condition:
    return and_(col(Membership.partnership_id) == partnership_id, col(Membership.left_at).is_(None))


def _conditions(wish: Wish, at: datetime) -> Iterator[Condition]:
    if wish.state is not None:
        yield condition(wish.state, at)
    if wish.words.strip() and not _is_name(wish.words):
        yield _has_way(wish.words.strip())


def _is_name(words: str) -> bool:
    return bool(words.strip()) and "@" not in words and _digits(words) < _FEWEST_DIGITS


def _digits(words: str) -> int:
    return sum(one.isdigit() for one in words)


def _has_way(typed: str) -> Condition:
    """On ``Person``: he has exactly this number or address; nobody has one that is none."""
    try:
        value = ways.read("words", typed).value
    except BadInput:
        return false()
    return exists().where(
        col(ContactPoint.person_id) == col(Person.id),
        col(ContactPoint.value_index) == blind_index(value),
    )


@dataclass(frozen=True, slots=True)
class Filters:
    """What a machine cuts the list to; None leaves it open."""

    language: Language | None = None
    is_reachable: bool | None = None
    consent: Purpose | None = None
    words: str = ""


def after(
    session: Session,
    partnership_id: UUID,
    filters: Filters,
    cursor: UUID | None,
    limit: int,
    at: datetime,
) -> list[MemberShown]:
    """Present members in the order of joining, after the membership ``cursor``, at most ``limit``.

    A search by name goes on from batch to batch until it has found so many.
    """
    wish = Wish(words=filters.words)
    found: list[UUID] = []
    while len(found) < limit:
        size = _BATCH if _is_name(wish.words) else limit
        batch = _batch(session, partnership_id, filters, cursor, size, at)
        found.extend(one for one, name in batch if _is_asked(name, wish))
        if len(batch) < size:
            break
        cursor = batch[-1][0]
    return shown_members(session, found[:limit], at)


def _is_asked(name: str, wish: Wish) -> bool:
    return not _is_name(wish.words) or _fits(name, plain(wish.words).split())


def _batch(
    session: Session,
    partnership_id: UUID,
    filters: Filters,
    cursor: UUID | None,
    size: int,
    at: datetime,
) -> list[tuple[UUID, str]]:
    wanted = [_is_present(partnership_id), *_conditions(Wish(words=filters.words), at)]
    if filters.language is not None:
        wanted.append(col(Person.language) == filters.language)
    if filters.is_reachable is not None:
        wanted.append(is_reachable() if filters.is_reachable else ~is_reachable())
    if filters.consent is not None:
        wanted.append(agrees(filters.consent))
    if cursor is not None:
        wanted.append(col(Membership.id) > cursor)
    rows = select(Membership.id, Person.name).join(Person, _is_his()).where(*wanted)
    return list(session.exec(rows.order_by(col(Membership.id)).limit(size)))
