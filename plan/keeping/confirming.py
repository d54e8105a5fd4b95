"""What a plan's reading still wants of a person: each thing that is inferred, confirmed by one."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from hub import audit, clock
from hub.errors import HubError, NotFound
from hub.i18n import mark
from partnerships.typed_text import tidy
from plan.keeping import changes
from plan.keeping.storing import fields_of
from plan.models import ExpectedResult, Plan, PlanNode, ResultKind, UnplacedLine
from plan.targets import reading
from plan.targets.target import Target

# What such a result promises is a number; without one it is a blank to fill in, never nought.
_NUMBERS = (ResultKind.COUNT, ResultKind.RATIO, ResultKind.HOURS)
# Of a delay that is set by somebody else there is no number to give.
_SET_BY_OTHERS = "prescribed_deadline"
READING = (
    *("kind", "comparator", "evaluate_as", "target", "unit", "period"),
    *("aggregation", "per", "condition"),
)


class ReadAnew(HubError):
    """Another has changed this reading since the page was shown."""

    status = 409

    def __init__(self) -> None:
        super().__init__(mark("Somebody changed this reading meanwhile. Look at it again first."))


@dataclass(frozen=True, slots=True)
class Progress:
    """How many results there are, how many of them nobody needs to look at any more, and how many
    lines of the document still have no place."""

    results: int
    settled: int
    lines: int

    @property
    def waiting(self) -> int:
        return self.results - self.settled

    @property
    def is_done(self) -> bool:
        return not self.waiting and not self.lines


def lacks_number(result: ExpectedResult) -> bool:
    """Whether a number is to be filled in: an X or nothing stands where it would."""
    is_delay = result.kind is ResultKind.DELAY and result.unit != _SET_BY_OTHERS
    return result.target is None and (result.kind in _NUMBERS or is_delay)


def waits(result: ExpectedResult) -> bool:
    """Whether somebody is to confirm how it was read."""
    doubtful = result.inferred or result.flags or lacks_number(result)
    return result.confirmed_at is None and result.closed_on is None and bool(doubtful)


def waiting_of(results: Iterable[ExpectedResult]) -> list[ExpectedResult]:
    """Those of them that wait."""
    return [one for one in results if waits(one)]


def alternatives(result: ExpectedResult) -> tuple[Target, ...]:
    """The ways in which its text can be read, where it contradicts itself or says several things;
    else none."""
    return reading.read(result.raw).readings if result.flags else ()


def progress(results: Iterable[ExpectedResult], lines: int) -> Progress:
    every = list(results)
    return Progress(len(every), len(every) - len(waiting_of(every)), lines)


def progress_of(session: Session, plans: Sequence[Plan]) -> dict[UUID, Progress]:
    """Of each plan, in two queries for all of them."""
    ids = [one.id for one in plans]
    results: dict[UUID, list[ExpectedResult]] = {one: [] for one in ids}
    found = select(PlanNode.plan_id, ExpectedResult).join(
        ExpectedResult, col(ExpectedResult.node_id) == col(PlanNode.id)
    )
    for plan_id, result in session.exec(found.where(col(PlanNode.plan_id).in_(ids))):
        results[plan_id].append(result)
    lost = dict(
        session.exec(
            select(UnplacedLine.plan_id, func.count())
            .where(col(UnplacedLine.plan_id).in_(ids), _is_open())
            .group_by(col(UnplacedLine.plan_id))
        ).all()
    )
    return {one: progress(results[one], lost.get(one, 0)) for one in ids}


def lines_outside(session: Session, plan: Plan) -> Sequence[UnplacedLine]:
    """Every line of its document that is not in the tree, in order."""
    wanted = select(UnplacedLine).where(UnplacedLine.plan_id == plan.id)
    return session.exec(wanted.order_by(col(UnplacedLine.line))).all()


def _is_open() -> Any:
    return (col(UnplacedLine.role) == "") & col(UnplacedLine.settled_at).is_(None)


def fingerprint(results: Iterable[ExpectedResult]) -> str:
    """Of these readings as they are shown, so that nobody confirms what he has not seen."""
    seen = [[one.code, *(getattr(one, name) for name in READING)] for one in results]
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def confirm(
    session: Session, plan: Plan, results: Sequence[ExpectedResult], seen: str, by: UUID
) -> int:
    """Take these readings as they stand; how many of them waited for it. Once is enough.

    Raises ``ReadAnew`` where they are no longer what ``seen`` is the fingerprint of.
    """
    if seen != fingerprint(results):
        raise ReadAnew
    waiting = waiting_of(results)
    for one in waiting:
        _confirmed(one, by)
    if waiting:
        session.flush()
        audit.record(
            session,
            "plan.confirm_reading",
            ("plan", plan.id),
            by=by,
            results=len(waiting),
            first=waiting[0].code,
        )
    return len(waiting)


def choose(
    session: Session, plan: Plan, result: ExpectedResult, number: int, by: UUID
) -> ExpectedResult:
    """Take one of the ways in which its text can be read, counted from 0. Raises ``NotFound``."""
    offered = alternatives(result)
    if not 0 <= number < len(offered):
        raise NotFound
    chosen = fields_of(offered[number])
    chosen["flags"] = result.flags
    return settle(session, plan, result, chosen, by)


def settle(
    session: Session, plan: Plan, result: ExpectedResult, fields: dict[str, Any], by: UUID
) -> ExpectedResult:
    """Read it as a person says; he has confirmed it by that."""
    before = {name: getattr(result, name) for name in READING}
    _keep_since(result.condition, fields.get("condition"))
    for name, value in fields.items():
        setattr(result, name, value)
    _confirmed(result, by)
    session.flush()
    changed = [name for name in READING if getattr(result, name) != before[name]]
    how = {name: told(before[name], getattr(result, name)) for name in changed}
    changes.note(session, plan, "read", result.code, by, **how)
    return result


def _keep_since(before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
    """From when a condition runs is asked of nobody: it stays while the words stay."""
    if before and after and tidy(str(before.get("text") or "")) == after.get("text"):
        after["since"] = before.get("since")


def told(before: object, after: object) -> str:
    """A change as the log keeps it: short, and none of the plan's words."""
    return f"{_short(before)} → {_short(after)}"


def _short(value: object) -> str:
    if isinstance(value, dict):
        # Words of the plan stay out of the log.
        return f"{value.get('value')} {value.get('unit')}"
    return "–" if value in (None, "") else str(value)[:40]


def _confirmed(result: ExpectedResult, by: UUID) -> None:
    result.confirmed_by, result.confirmed_at = by, clock.now()


def settle_line(session: Session, plan: Plan, line_id: UUID, by: UUID) -> None:
    """Somebody has looked at a line without a place and says that it needs none, or that he has
    put it where it belongs. Raises ``NotFound``."""
    line = session.get(UnplacedLine, line_id)
    if line is None or line.plan_id != plan.id or line.role:
        raise NotFound
    if line.settled_at is None:
        line.settled_by, line.settled_at = by, clock.now()
        session.flush()
        audit.record(session, "plan.settle_line", ("plan", plan.id), by=by, line=line.line)
