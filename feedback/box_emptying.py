"""Boxes emptied: one row a box and day, with how many letters were in it; none is a figure too.

A box emptied twice on one day keeps one row: the second time adds its letters to it. Whoever does
that must have seen the first, so that a double tap, or two colleagues at one box, add nothing.
What was written wrongly is put right by its own door, and the log of decisions keeps both numbers.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from feedback import report_checks
from feedback.box_register import box_for
from feedback.models import BoxEmptying, ProblemBox
from hub import audit, clock
from hub.access import Action, Actor
from hub.errors import BadInput, Conflict, FieldProblem
from hub.i18n import mark
from partnerships import days

MOST_LETTERS = 500
# A day that was forgotten is still written down; what is older nobody remembers.
LATEST_AFTER = timedelta(days=31)


class EmptiedMeanwhile(Conflict):
    """Somebody has emptied it on this day already; ``emptying`` is what he found."""

    def __init__(self, emptying: BoxEmptying) -> None:
        super().__init__(
            mark("This box was emptied meanwhile. Add your letters to it, or leave it.")
        )
        self.emptying = emptying
        self.see = f"/boxes/{emptying.box_id}"


def empty(
    session: Session,
    actor: Actor,
    box_id: UUID,
    letters: int,
    *,
    day: date | None = None,
    note: str = "",
    after: str = "",
) -> BoxEmptying:
    """Write down that a box was emptied, today or on a day of the last month.

    ``after`` is the mark (``mark_of``) of the day's row as it was seen, for letters that are to be
    added to it. The same account's same number again, without it, is the same tap twice. Raises
    ``EmptiedMeanwhile`` for anything else that stands there already, ``BadInput`` naming the field.
    """
    box = _held(session, actor, box_id)
    when, words = day or days.today(), report_checks.note(note)
    _refuse(box, when, letters)
    row = on_day(session, box.id, when)
    if row is None:
        row = BoxEmptying(
            box_id=box.id, day=when, letters=letters, note=words,
            emptied_at=_moment(when), emptied_by=actor.account_id, entered_at=clock.now(),
        )  # fmt: skip
    elif after and after == mark_of(row):
        row.letters = min(row.letters + letters, MOST_LETTERS)
        row.note = "\n".join(filter(None, (row.note, words)))
        row.emptied_at, row.emptied_by = _moment(when), actor.account_id
    elif row.emptied_by == actor.account_id and row.letters == letters and not after:
        return row
    else:
        raise EmptiedMeanwhile(row)
    session.add(row)
    session.flush()
    audit.record(
        session, "box.empty", ("problem_box", box.id), by=actor.account_id,
        day=when.isoformat(), letters=letters,
    )  # fmt: skip
    return row


def correct(session: Session, actor: Actor, emptying: BoxEmptying, letters: int, note: str) -> None:
    """Put right how many letters there were. Raises ``BadInput`` naming the field."""
    box = _held(session, actor, emptying.box_id)
    words = report_checks.note(note)
    _refuse(box, emptying.day, letters)
    session.refresh(emptying)
    before = emptying.letters
    if (before, emptying.note) == (letters, words):
        return
    emptying.letters, emptying.note = letters, words
    session.add(emptying)
    session.flush()
    audit.record(
        session, "box.correct", ("problem_box", box.id), by=actor.account_id,
        day=emptying.day.isoformat(), before=before, letters=letters,
    )  # fmt: skip


def _held(session: Session, actor: Actor, box_id: UUID) -> ProblemBox:
    """The box, which nobody else empties until the commit."""
    box_for(session, actor, box_id, Action.EMPTY_BOX)
    wanted = select(ProblemBox).where(ProblemBox.id == box_id)
    # Not so strong that rows which refer to the box would wait.
    return session.exec(wanted.with_for_update(key_share=True)).one()


def _refuse(box: ProblemBox, day: date, letters: int) -> None:
    problems = []
    if not 0 <= letters <= MOST_LETTERS:
        said = mark("Give a number from {least} to {most}.")
        problems.append(FieldProblem("letters", said, (("least", 0), ("most", MOST_LETTERS))))
    today = days.today()
    if not today - LATEST_AFTER <= day <= today:
        problems.append(FieldProblem("day", mark("Give a day of the last month, or today.")))
    elif day < box.hung_on or (box.removed_on is not None and day >= box.removed_on):
        problems.append(FieldProblem("day", mark("The box did not hang on that day.")))
    if problems:
        raise BadInput(*problems)


def _moment(day: date) -> datetime:
    """Now for today; of an earlier day the hour is not known, and noon stands for it."""
    now = clock.now()
    is_today = clock.in_brussels(now).date() == day
    return now if is_today else days.start_of(day) + timedelta(hours=12)


def mark_of(row: BoxEmptying) -> str:
    """Tells a day's row from the same row after somebody added to it or put it right."""
    return f"{row.emptied_at.isoformat()}/{row.letters}"


def on_day(session: Session, box_id: UUID, day: date) -> BoxEmptying | None:
    """What was found in a box on a day, if it was emptied."""
    wanted = select(BoxEmptying).where(BoxEmptying.box_id == box_id, BoxEmptying.day == day)
    return session.exec(wanted).first()


def between(
    session: Session, boxes: Sequence[ProblemBox], first: date, last: date
) -> dict[tuple[UUID, date], BoxEmptying]:
    """What was found in these boxes from a first to a last day, by box and day."""
    wanted = select(BoxEmptying).where(
        col(BoxEmptying.box_id).in_([one.id for one in boxes]),
        col(BoxEmptying.day).between(first, last),
    )
    return {(one.box_id, one.day): one for one in session.exec(wanted)}
