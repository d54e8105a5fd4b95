"""The life of a partnership: which step may follow which, and the history of those taken.

The order is that of the federal procedure: proposal, information evening, charter, sent for
recognition, recognised; then active, and dormant while nothing happens in it. Until it is
recognised it may be refused. A partnership that stops simply ends: nobody has to let it sleep
first. Refused and ended are final; whoever tries again makes a new proposal.
"""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Actor
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from partnerships import life_needs, partner_notices
from partnerships.life_needs import NEEDS, Need
from partnerships.models import Partnership, PartnershipStatus, PartnershipStep
from partnerships.typed_text import tidy

_FOLLOWS = {
    PartnershipStatus.PROPOSAL: (PartnershipStatus.INFORMATION_EVENING, PartnershipStatus.REFUSED),
    PartnershipStatus.INFORMATION_EVENING: (PartnershipStatus.CHARTER, PartnershipStatus.REFUSED),
    PartnershipStatus.CHARTER: (
        PartnershipStatus.SENT_FOR_RECOGNITION,
        PartnershipStatus.REFUSED,
    ),
    PartnershipStatus.SENT_FOR_RECOGNITION: (
        PartnershipStatus.RECOGNISED,
        PartnershipStatus.REFUSED,
    ),
    PartnershipStatus.RECOGNISED: (PartnershipStatus.ACTIVE, PartnershipStatus.ENDED),
    PartnershipStatus.ACTIVE: (PartnershipStatus.DORMANT, PartnershipStatus.ENDED),
    PartnershipStatus.DORMANT: (PartnershipStatus.ACTIVE, PartnershipStatus.ENDED),
    PartnershipStatus.ENDED: (),
    PartnershipStatus.REFUSED: (),
}
# Those it concerns are told why (R30).
_WANTS_A_REASON = (
    PartnershipStatus.REFUSED,
    PartnershipStatus.DORMANT,
    PartnershipStatus.ENDED,
)
LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step that may follow now, and what is still missing for it."""

    status: PartnershipStatus
    unmet: tuple[Need, ...]

    @property
    def is_open(self) -> bool:
        """Whether it can be taken, if need be with a reason."""
        return all(NEEDS[need].yields_to_a_reason for need in self.unmet)

    @property
    def wants_a_reason(self) -> bool:
        return self.status in _WANTS_A_REASON or bool(self.unmet)


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody says happened: the day may lie before the one on which he writes it down."""

    status: PartnershipStatus
    happened_on: date | None
    reason: str = ""


def next_steps(session: Session, partnership: Partnership) -> list[NextStep]:
    """The steps that may follow where the partnership is now."""
    return [
        NextStep(status, tuple(life_needs.unmet(session, partnership, status)))
        for status in _FOLLOWS[partnership.status]
    ]


def history(session: Session, partnership: Partnership) -> list[PartnershipStep]:
    """Every step on record, the first one first."""
    taken = select(PartnershipStep).where(PartnershipStep.partnership_id == partnership.id)
    return list(session.exec(taken.order_by(col(PartnershipStep.id))))


def begin(session: Session, partnership: Partnership, by: Actor) -> None:
    """Write down that this partnership was proposed today."""
    today = clock.in_brussels(clock.now()).date()
    _record(session, partnership, Step(PartnershipStatus.PROPOSAL, today), by)


def take(session: Session, partnership: Partnership, step: Step, by: Actor) -> PartnershipStep:
    """Take a step, and tell the partners; the initiators too where it decides about their proposal.

    Raises ``BadInput`` for a step that may not follow or misses something, a day that has not come
    or lies before the step before, and a reason that is needed and was not given.
    """
    # Two officers may press at once: the second is judged by what the first has made of it.
    session.refresh(partnership, with_for_update=True)
    problems = _problems(session, partnership, step)
    if problems:
        raise BadInput(*problems)
    partnership.status = step.status
    session.add(partnership)
    taken = _record(session, partnership, step, by)
    partner_notices.status_changed(session, partnership, taken, by.account_id)
    return taken


def _problems(session: Session, partnership: Partnership, step: Step) -> list[FieldProblem]:
    if step.status not in _FOLLOWS[partnership.status]:
        sentence = mark("This step does not follow where the partnership is now.")
        return [FieldProblem("status", sentence)]
    unmet = tuple(life_needs.unmet(session, partnership, step.status))
    wanted = NextStep(step.status, unmet)
    missing = [
        FieldProblem("status", NEEDS[need].sentence)
        for need in unmet
        if not NEEDS[need].yields_to_a_reason
    ]
    return [
        *missing[:1],
        *_day_problems(session, partnership, step),
        *_reason_problems(wanted, step),
    ]


def _day_problems(session: Session, partnership: Partnership, step: Step) -> list[FieldProblem]:
    if step.happened_on is None:
        return [FieldProblem("happened_on", mark("Give the day on which this happened."))]
    if step.happened_on > clock.in_brussels(clock.now()).date():
        return [FieldProblem("happened_on", mark("This day has not come yet."))]
    before = history(session, partnership)
    if before and step.happened_on < before[-1].happened_on:
        day = before[-1].happened_on.strftime("%d/%m/%Y")
        sentence = mark("The step before this one was taken on {day}: this day comes too early.")
        return [FieldProblem("happened_on", sentence, (("day", day),))]
    return []


def _reason_problems(wanted: NextStep, step: Step) -> list[FieldProblem]:
    if len(step.reason) > LONGEST_REASON:
        sentence = mark("This is too long: at most {count} characters.")
        return [FieldProblem("reason", sentence, (("count", LONGEST_REASON),))]
    if wanted.wants_a_reason and not tidy(step.reason):
        return [FieldProblem("reason", mark("Give the reason: it is told to those concerned."))]
    return []


def _record(session: Session, partnership: Partnership, step: Step, by: Actor) -> PartnershipStep:
    assert step.happened_on is not None
    taken = PartnershipStep(
        partnership_id=partnership.id,
        status=step.status,
        happened_on=step.happened_on,
        reason=step.reason.strip() or None,
        recorded_by=by.account_id,
        recorded_at=clock.now(),
    )
    session.add(taken)
    session.flush()
    audit.record(
        session,
        "partnership.step",
        ("partnership", partnership.id),
        by=by.account_id,
        status=step.status,
        happened_on=step.happened_on.isoformat(),
    )
    return taken
