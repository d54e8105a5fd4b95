"""Hot spots: places that are watched, opened by a person and closed by one, with a reason (R36)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from feedback import report_categories
from feedback.models import HotSpot, HotSpotOrigin
from hub import audit, clock
from hub.access import Actor
from hub.db import hold_alone
from hub.errors import BadInput, Conflict, FieldProblem
from hub.i18n import Language, mark
from partnerships.models import Organisation
from partnerships.typed_text import tidy

LONGEST_NAME, LONGEST_WORDS, SHORTEST_REASON = 120, 1000, 5
SMALLEST_RADIUS, LARGEST_RADIUS = 25, 1000
MOST_ON_A_PAGE = 25
MOST_ON_A_MAP = 200
# Two with the same middle are the same place, written down twice.
_SAME_PLACE_DEGREES = 0.00005


@dataclass(frozen=True, slots=True)
class Wanted:
    """A hot spot as somebody wants it. An empty category means everything."""

    name: str
    latitude: float
    longitude: float
    radius_metres: int
    category: str
    why: str


def open_by_hand(session: Session, actor: Actor, town: Organisation, wanted: Wanted) -> HotSpot:
    """Open one. The same again, as by a second click, gives the one there is.

    Raises ``BadInput`` naming every field that cannot be taken.
    """
    refuse_unfit(session, town, wanted)
    return _opened(session, actor, town, wanted, HotSpotOrigin.BY_HAND)


def open_proposed(
    session: Session, actor: Actor, town: Organisation, wanted: Wanted, **figures: Any
) -> HotSpot:
    """Open one that was proposed, with the figures of the proposal."""
    refuse_unfit(session, town, wanted)
    return _opened(session, actor, town, wanted, HotSpotOrigin.PROPOSED, **figures)


def _opened(
    session: Session,
    actor: Actor,
    town: Organisation,
    wanted: Wanted,
    origin: HotSpotOrigin,
    **figures: Any,
) -> HotSpot:
    hold_alone(session, town.id)
    if (known := _same(session, town, wanted)) is not None:
        return known
    spot = HotSpot(
        municipality_id=town.id,
        name=tidy(wanted.name),
        latitude=wanted.latitude,
        longitude=wanted.longitude,
        radius_metres=wanted.radius_metres,
        category=wanted.category,
        why=wanted.why.strip(),
        origin=origin,
        opened_at=clock.now(),
        opened_by=actor.account_id,
        **figures,
    )
    session.add(spot)
    session.flush()
    subject = ("hot_spot", spot.id)
    audit.record(session, "hot_spot.open", subject, by=actor.account_id, origin=origin.value)
    return spot


def _same(session: Session, town: Organisation, wanted: Wanted) -> HotSpot | None:
    near = _SAME_PLACE_DEGREES
    same = select(HotSpot).where(
        HotSpot.municipality_id == town.id,
        HotSpot.category == wanted.category,
        col(HotSpot.closed_at).is_(None),
        col(HotSpot.latitude).between(wanted.latitude - near, wanted.latitude + near),
        col(HotSpot.longitude).between(wanted.longitude - near, wanted.longitude + near),
    )
    return session.exec(same).first()


def refuse_unfit(session: Session, town: Organisation, wanted: Wanted) -> None:
    """Raise ``BadInput`` naming every field of a hot spot that cannot be taken."""
    problems = [
        *_words_problems("name", tidy(wanted.name), LONGEST_NAME),
        *_words_problems("why", wanted.why.strip(), LONGEST_WORDS),
        *_number_problems("latitude", wanted.latitude, -85, 85),
        *_number_problems("longitude", wanted.longitude, -180, 180),
        *_number_problems("radius", wanted.radius_metres, SMALLEST_RADIUS, LARGEST_RADIUS),
    ]
    names = report_categories.names(session, [town.id], Language.ENGLISH)
    if wanted.category and wanted.category not in names:
        problems.append(FieldProblem("category", mark("Choose one from the list.")))
    if problems:
        raise BadInput(*problems)


def _words_problems(field: str, words: str, most: int) -> list[FieldProblem]:
    if not words:
        return [FieldProblem(field, mark("This cannot be empty."))]
    if len(words) > most:
        problem = mark("At most {count} characters.")
        return [FieldProblem(field, problem, (("count", most),))]
    return []


def _number_problems(field: str, number: float, least: int, most: int) -> list[FieldProblem]:
    # Not a number is in no range.
    if least <= number <= most and math.isfinite(number):
        return []
    sentence = mark("Give a number from {least} to {most}.")
    return [FieldProblem(field, sentence, (("least", least), ("most", most)))]


def change(session: Session, actor: Actor, spot: HotSpot, wanted: Wanted) -> None:
    """Call it something else, or watch it for something else, or more or less of it.

    Its middle stays: another place is another hot spot, with figures of its own. Raises
    ``BadInput`` naming every field that cannot be taken, ``Conflict`` if it is closed.
    """
    town = session.get_one(Organisation, spot.municipality_id)
    wanted = replace(wanted, latitude=spot.latitude, longitude=spot.longitude)
    refuse_unfit(session, town, wanted)
    _hold_open(session, spot)
    was = (spot.name, spot.radius_metres, spot.category, spot.why)
    spot.name, spot.why = tidy(wanted.name), wanted.why.strip()
    spot.radius_metres, spot.category = wanted.radius_metres, wanted.category
    now = (spot.name, spot.radius_metres, spot.category, spot.why)
    names = ("name", "radius", "category", "why")
    changed = [name for name, one, other in zip(names, was, now, strict=True) if one != other]
    if not changed:
        return
    session.add(spot)
    session.flush()
    fields = ",".join(changed)
    audit.record(
        session, "hot_spot.change", ("hot_spot", spot.id), by=actor.account_id, fields=fields
    )


def _hold_open(session: Session, spot: HotSpot) -> None:
    """Nobody else changes it now, and it is open. Raises ``Conflict``."""
    hold_alone(session, spot.municipality_id)
    session.refresh(spot)
    if spot.closed_at is not None:
        raise Conflict(mark("This hot spot is closed already."))


def close(session: Session, actor: Actor, spot: HotSpot, reason: str) -> None:
    """Watch it no longer. Raises ``BadInput`` naming ``reason``, ``Conflict`` if it is closed."""
    words = checked_reason(reason)
    _hold_open(session, spot)
    spot.closed_at, spot.closed_by, spot.close_reason = clock.now(), actor.account_id, words
    session.add(spot)
    audit.record(session, "hot_spot.close", ("hot_spot", spot.id), by=actor.account_id)


def checked_reason(typed: str) -> str:
    """A reason in words; raises ``BadInput`` naming ``reason`` for none, or too long a one."""
    words = typed.strip()
    if len(words) < SHORTEST_REASON:
        problem = mark("Say why, in at least {count} characters.")
        raise BadInput(FieldProblem("reason", problem, (("count", SHORTEST_REASON),)))
    if problems := _words_problems("reason", words, LONGEST_WORDS):
        raise BadInput(*problems)
    return words


@dataclass(frozen=True, slots=True)
class Page:
    """Some hot spots, and where the next page begins; ``None`` at the end."""

    spots: list[HotSpot]
    next_cursor: str | None


def listed(session: Session, town_ids: Sequence[UUID], *, closed: bool, after: str = "") -> Page:
    """The hot spots of these towns, the newest first, page by page."""
    is_closed = col(HotSpot.closed_at).is_not(None)
    wanted = select(HotSpot).where(
        col(HotSpot.municipality_id).in_(town_ids), is_closed if closed else ~is_closed
    )
    if (cursor := _cursor(after)) is not None:
        opened_at, last = cursor
        wanted = wanted.where(
            or_(
                col(HotSpot.opened_at) < opened_at,
                and_(col(HotSpot.opened_at) == opened_at, col(HotSpot.id) < last),
            )
        )
    newest = wanted.order_by(col(HotSpot.opened_at).desc(), col(HotSpot.id).desc())
    found = list(session.exec(newest.limit(MOST_ON_A_PAGE + 1)))
    shown = found[:MOST_ON_A_PAGE]
    return Page(shown, cursor_at(shown[-1]) if len(found) > len(shown) else None)


def cursor_at(spot: HotSpot) -> str:
    return f"{spot.opened_at.isoformat()}_{spot.id}"


def _cursor(typed: str) -> tuple[datetime, UUID] | None:
    """What a page was asked to begin after; ``None`` for anything else that somebody typed."""
    moment, _, spot_id = typed.replace(" ", "+").partition("_")
    try:
        opened_at = datetime.fromisoformat(moment)
        return (opened_at, UUID(spot_id)) if opened_at.tzinfo else None
    except ValueError:
        return None


def open_in(session: Session, town_ids: Sequence[UUID]) -> list[HotSpot]:
    """The open ones of these towns for a map, the newest first; so many at most."""
    wanted = select(HotSpot).where(
        col(HotSpot.municipality_id).in_(town_ids), col(HotSpot.closed_at).is_(None)
    )
    newest = wanted.order_by(col(HotSpot.opened_at).desc()).limit(MOST_ON_A_MAP)
    return list(session.exec(newest))
