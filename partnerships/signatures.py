"""Who signed a paper of a partnership: four capacities sign a charter (besafe, "création")."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Actor
from hub.errors import BadInput, Conflict, FieldProblem, NotFound
from hub.i18n import mark
from partnerships.models import (
    DocumentKind,
    Partnership,
    PartnershipStatus,
    SignatoryCapacity,
    Signature,
)
from partnerships.typed_text import tidy

LONGEST_NAME = 120
# Once the papers have left for the ministry, what was signed is no longer changed, only added to.
_BEFORE_SENDING = (
    PartnershipStatus.PROPOSAL,
    PartnershipStatus.INFORMATION_EVENING,
    PartnershipStatus.CHARTER,
)


@dataclass(frozen=True, slots=True)
class Signed:
    """What somebody wrote down about a signature."""

    capacity: SignatoryCapacity | None
    name: str
    signed_on: date | None


def record(
    session: Session, partnership: Partnership, kind: DocumentKind, signed: Signed, by: Actor
) -> Signature:
    """Write down that somebody signed. Raises ``BadInput`` naming every field that will not do."""
    problems = [*_capacity_problems(signed), *_name_problems(signed), *_day_problems(signed)]
    if problems:
        raise BadInput(*problems)
    assert signed.capacity is not None
    assert signed.signed_on is not None
    made = Signature(
        partnership_id=partnership.id,
        kind=kind,
        capacity=signed.capacity,
        name=tidy(signed.name),
        signed_on=signed.signed_on,
        recorded_by=by.account_id,
        recorded_at=clock.now(),
    )
    session.add(made)
    session.flush()
    facts = {"kind": kind.value, "capacity": signed.capacity.value}
    audit.record(session, "signature.record", ("signature", made.id), by=by.account_id, **facts)
    return made


def _capacity_problems(signed: Signed) -> list[FieldProblem]:
    if signed.capacity is None:
        return [FieldProblem("capacity", mark("Choose in which capacity was signed."))]
    return []


def _name_problems(signed: Signed) -> list[FieldProblem]:
    if not 1 <= len(tidy(signed.name)) <= LONGEST_NAME:
        return [FieldProblem("name", mark("Give the name of who signed."))]
    return []


def _day_problems(signed: Signed) -> list[FieldProblem]:
    if signed.signed_on is None:
        return [FieldProblem("signed_on", mark("Give the day of the signature."))]
    if signed.signed_on > clock.in_brussels(clock.now()).date():
        return [FieldProblem("signed_on", mark("This day has not come yet."))]
    return []


def of_paper(
    session: Session, partnership: Partnership, kind: DocumentKind
) -> dict[SignatoryCapacity, Signature]:
    """The newest signature in each capacity."""
    found = select(Signature).where(
        Signature.partnership_id == partnership.id, Signature.kind == kind
    )
    ordered = found.order_by(col(Signature.signed_on), col(Signature.id))
    return {one.capacity: one for one in session.exec(ordered)}


def missing(
    session: Session, partnership: Partnership, kind: DocumentKind
) -> Sequence[SignatoryCapacity]:
    """The capacities in which nobody has signed yet."""
    there = of_paper(session, partnership, kind)
    return [one for one in SignatoryCapacity if one not in there]


def may_be_withdrawn(partnership: Partnership) -> bool:
    """Whether what was recorded by mistake may still be taken out."""
    return partnership.status in _BEFORE_SENDING


def withdraw(session: Session, partnership: Partnership, signature_id: UUID, by: Actor) -> None:
    """Take out a signature recorded by mistake.

    Raises ``NotFound`` for another partnership's, ``Conflict`` once the papers have left.
    """
    found = session.get(Signature, signature_id)
    is_of_a_paper = found is not None and found.communication_plan_id is None
    if found is None or not is_of_a_paper or found.partnership_id != partnership.id:
        raise NotFound
    if not may_be_withdrawn(partnership):
        raise Conflict(mark("The papers have left: what was signed does not change any more."))
    facts = {"kind": found.kind.value, "capacity": found.capacity.value}
    audit.record(session, "signature.withdraw", ("signature", found.id), by=by.account_id, **facts)
    session.delete(found)
    session.flush()
