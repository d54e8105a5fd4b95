"""What was done at a hot spot, and who was there from when to when (R38).

Typed in by whoever was there: nobody's telephone is followed, and quarters of an hour are precise
enough. A slip of the pen is taken back and stays on record. Who was there is kept for a time only;
the hours stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from feedback.hot_spot_reach import covers
from feedback.models import HotSpot, HotSpotAction, HotSpotActionKind
from hub import audit, clock
from hub.access import Action, Actor
from hub.config import settings
from hub.db import hold_alone
from hub.errors import BadInput, Conflict, FieldProblem, NotFound
from hub.i18n import mark
from partnerships import days
from partnerships.models import Account

LONGEST_WORDS = 1000
MOST_PEOPLE = 100
MOST_SHOWN = 100
_QUARTER = 15
# Of a clock that runs a little ahead, or somebody who has just arrived.
_AHEAD = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log, and who wrote it; no name once that time is over."""

    entry: HotSpotAction
    by: str


def log_presence(
    session: Session,
    actor: Actor,
    spot: HotSpot,
    began_at: datetime,
    ended_at: datetime,
    people: int,
    words: str = "",
) -> HotSpotAction:
    """Write down who was there. The same again, as by a second tap, gives the same line.

    Raises ``BadInput`` naming each field that cannot be taken, ``Conflict`` where it is closed.
    """
    problems = [*_times_problems(began_at, ended_at), *_words_problems(words, needed=False)]
    if not 1 <= people <= MOST_PEOPLE:
        sentence = mark("Give a number from {least} to {most}.")
        problems.append(FieldProblem("people", sentence, (("least", 1), ("most", MOST_PEOPLE))))
    if problems:
        raise BadInput(*problems)
    entry = HotSpotAction(
        hot_spot_id=spot.id,
        kind=HotSpotActionKind.PRESENCE,
        began_at=began_at,
        ended_at=ended_at,
        people=people,
        words=words.strip(),
        by=actor.account_id,
    )
    return _written(session, actor, spot, entry)


def log_words(
    session: Session, actor: Actor, spot: HotSpot, kind: HotSpotActionKind, at: datetime, words: str
) -> HotSpotAction:
    """Write down an action or a note. Raises as ``log_presence`` does."""
    problems = [*_moment_problems("at", at), *_words_problems(words, needed=True)]
    if problems:
        raise BadInput(*problems)
    entry = HotSpotAction(
        hot_spot_id=spot.id, kind=kind, began_at=at, words=words.strip(), by=actor.account_id
    )
    return _written(session, actor, spot, entry)


def _written(session: Session, actor: Actor, spot: HotSpot, entry: HotSpotAction) -> HotSpotAction:
    hold_alone(session, spot.municipality_id)
    session.refresh(spot)
    if spot.closed_at is not None:
        raise Conflict(mark("This hot spot is closed: nothing is added to it."))
    if (known := _same(session, entry)) is not None:
        return known
    session.add(entry)
    session.flush()
    subject = ("hot_spot", spot.id)
    audit.record(session, "hot_spot.log", subject, by=actor.account_id, kind=entry.kind.value)
    return entry


def _same(session: Session, entry: HotSpotAction) -> HotSpotAction | None:
    """What one person writes twice is one: of a presence the times say so, else the words."""
    near = select(HotSpotAction).where(
        HotSpotAction.hot_spot_id == entry.hot_spot_id,
        HotSpotAction.kind == entry.kind,
        HotSpotAction.by == entry.by,
        HotSpotAction.began_at == entry.began_at,
        col(HotSpotAction.taken_back_at).is_(None),
    )
    return next(
        (
            one
            for one in session.exec(near)
            if (one.ended_at, one.people, one.words) == (entry.ended_at, entry.people, entry.words)
        ),
        None,
    )


def _times_problems(began_at: datetime, ended_at: datetime) -> list[FieldProblem]:
    problems = _moment_problems("began_at", began_at)
    for field, moment in (("began_at", began_at), ("ended_at", ended_at)):
        if moment.minute % _QUARTER or moment.second or moment.microsecond:
            sentence = mark("Give quarters of an hour: 14:00, 14:15, 14:30, 14:45.")
            problems.append(FieldProblem(field, sentence))
    if ended_at <= began_at:
        problems.append(FieldProblem("ended_at", mark("It ends before it begins.")))
    elif _on_the_wall(ended_at) - _on_the_wall(began_at) > timedelta(days=1):
        problems.append(FieldProblem("ended_at", mark("One presence lasts a day at most.")))
    return problems


def _on_the_wall(moment: datetime) -> datetime:
    """What a Belgian clock shows: the day on which the clock goes back has 25 hours, and is one."""
    return clock.in_brussels(moment).replace(tzinfo=None)


def _moment_problems(field: str, moment: datetime) -> list[FieldProblem]:
    at = clock.now()
    if moment > at + _AHEAD:
        return [FieldProblem(field, mark("This moment is still to come."))]
    if moment < at - timedelta(days=settings().presence_kept_days):
        return [FieldProblem(field, mark("This is too long ago."))]
    return []


def _words_problems(words: str, *, needed: bool) -> list[FieldProblem]:
    if needed and not words.strip():
        return [FieldProblem("words", mark("Say what was done."))]
    if len(words.strip()) > LONGEST_WORDS:
        problem = mark("At most {count} characters.")
        return [FieldProblem("words", problem, (("count", LONGEST_WORDS),))]
    return []


def lines_of(session: Session, spot: HotSpot) -> list[Line]:
    """The log, the newest first; so many at most."""
    wanted = (
        select(HotSpotAction, Account.name)
        .join(Account, col(Account.id) == col(HotSpotAction.by), isouter=True)
        .where(HotSpotAction.hot_spot_id == spot.id)
        .order_by(col(HotSpotAction.began_at).desc(), col(HotSpotAction.id).desc())
        .limit(MOST_SHOWN)
    )
    return [Line(entry, name or "") for entry, name in session.exec(wanted)]


def own_lines(session: Session, actor: Actor) -> list[tuple[HotSpotAction, HotSpot]]:
    """What is kept of this very person's own presence, the newest first."""
    wanted = (
        select(HotSpotAction, HotSpot)
        .join(HotSpot, col(HotSpot.id) == col(HotSpotAction.hot_spot_id))
        .where(HotSpotAction.by == actor.account_id)
        .order_by(col(HotSpotAction.began_at).desc())
        .limit(MOST_SHOWN)
    )
    return [(entry, spot) for entry, spot in session.exec(wanted)]


def take_back(session: Session, actor: Actor, spot: HotSpot, entry_id: UUID) -> None:
    """Let a line count no more; it stays to be read. By whoever wrote it, or keeps hot spots.

    Raises ``NotFound`` for another's line, or one of another place.
    """
    hold_alone(session, spot.municipality_id)
    entry = session.get(HotSpotAction, entry_id)
    if entry is None or entry.hot_spot_id != spot.id:
        raise NotFound
    if entry.by != actor.account_id and not covers(
        session, actor, spot.municipality_id, Action.KEEP_HOT_SPOTS
    ):
        raise NotFound
    if entry.taken_back_at is not None:
        return
    entry.taken_back_at = clock.now()
    session.add(entry)
    subject = ("hot_spot_action", entry.id)
    audit.record(session, "hot_spot.take_back", subject, by=actor.account_id)


def hours_by_week(session: Session, spot: HotSpot, mondays: Sequence[date]) -> list[float]:
    """Hours of people in each of these weeks: two for one hour are two. Of a presence that goes on
    past Sunday night each week has its part."""
    edges = [days.start_of(one) for one in (*mondays, mondays[-1] + timedelta(weeks=1))]
    present = session.exec(
        select(HotSpotAction.began_at, HotSpotAction.ended_at, HotSpotAction.people).where(
            HotSpotAction.hot_spot_id == spot.id,
            HotSpotAction.kind == HotSpotActionKind.PRESENCE,
            col(HotSpotAction.taken_back_at).is_(None),
            col(HotSpotAction.began_at) < edges[-1],
            col(HotSpotAction.ended_at) > edges[0],
        )
    ).all()
    return [
        sum(
            people * _hours(max(began, first), min(ended or began, last))
            for began, ended, people in present
        )
        for first, last in pairwise(edges)
    ]


def _hours(began: datetime, ended: datetime) -> float:
    return max(0.0, (ended - began) / timedelta(hours=1))


def forget_old(session: Session) -> None:
    """Keep what was done and when; drop who it was, and his words, once its time is over."""
    before = clock.now() - timedelta(days=settings().presence_kept_days)
    old = (
        col(HotSpotAction.began_at) < before,
        or_(col(HotSpotAction.by).is_not(None), col(HotSpotAction.words) != ""),
    )
    session.execute(update(HotSpotAction).where(*old).values(by=None, words=""))
