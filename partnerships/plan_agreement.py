"""Agreeing on a communication plan: who signed, and from when it decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from hub import audit, clock
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from partnerships import partner_notices, plan_checks
from partnerships.models import (
    CommunicationPlan,
    DocumentKind,
    Partnership,
    SignatoryCapacity,
    Signature,
)
from partnerships.plan_content import fingerprint
from partnerships.plan_drafts import take

_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Signed:
    """That somebody put his name under the printed page on this day."""

    capacity: SignatoryCapacity
    name: str
    signed_on: date | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the partners agreed on: their signatures, and from when. None is from now on."""

    signatures: Sequence[Signed] = ()
    in_force_from: datetime | None = None


def agree(
    session: Session,
    draft: CommunicationPlan,
    agreement: Agreement,
    by: UUID,
    seen: str | None = None,
) -> None:
    """Let a draft come into force, and tell the partners. From then on it never changes.

    All four capacities sign a partnership's plan; a zone's default, by which nothing is sent, needs
    nobody's signature. ``seen`` is the fingerprint of what was signed. Raises ``BadInput`` naming
    each signature that is missing, ``Conflict`` for a version that is not that draft any more.
    """
    content = take(session, draft, seen)
    at = clock.now()
    problems = [*plan_checks.problems(content), *_moment_problems(agreement, at)]
    if draft.default_of_zone_id is None:
        problems += _signature_problems(agreement.signatures)
    if problems:
        raise BadInput(*problems)
    draft.in_force_from = agreement.in_force_from or at
    draft.signed_on = _last_signed(agreement)
    session.add(draft)
    if draft.partnership_id is not None:
        _keep(session, draft, draft.partnership_id, agreement.signatures, by)
        partnership = session.get_one(Partnership, draft.partnership_id)
        partner_notices.plan_agreed(session, partnership, draft, by)
    session.flush()
    audit.record(
        session,
        "plan.agree",
        ("communication_plan", draft.id),
        by=by,
        seal=fingerprint(draft, content),
        in_force_from=draft.in_force_from.isoformat(),
    )


def _last_signed(agreement: Agreement) -> date | None:
    days = [one.signed_on for one in agreement.signatures if one.signed_on]
    return max(days, default=None)


def _keep(
    session: Session,
    plan: CommunicationPlan,
    partnership_id: UUID,
    signatures: Sequence[Signed],
    by: UUID,
) -> None:
    for one in signatures:
        if one.signed_on is not None:
            session.add(
                Signature(
                    partnership_id=partnership_id,
                    kind=DocumentKind.COMMUNICATION_PLAN,
                    communication_plan_id=plan.id,
                    capacity=one.capacity,
                    name=one.name.strip(),
                    signed_on=one.signed_on,
                    recorded_by=by,
                    recorded_at=clock.now(),
                )
            )


def _moment_problems(agreement: Agreement, at: datetime) -> list[FieldProblem]:
    if agreement.in_force_from is None or agreement.in_force_from >= at:
        return []
    problem = mark("A plan comes into force now or later: what was sent so far stays as it is.")
    return [FieldProblem("in_force_from", problem)]


def _signature_problems(signatures: Sequence[Signed]) -> list[FieldProblem]:
    by_capacity = {one.capacity: one for one in signatures}
    return [
        problem
        for capacity in SignatoryCapacity
        for problem in _problems_of(capacity, by_capacity.get(capacity))
    ]


def _problems_of(capacity: SignatoryCapacity, signed: Signed | None) -> list[FieldProblem]:
    field = f"signatures.{capacity}"
    if signed is None or not signed.name.strip():
        return [FieldProblem(f"{field}.name", mark("Write down who signed."))]
    if len(signed.name.strip()) > _LONGEST_NAME:
        problem = mark("At most {count} characters.")
        return [FieldProblem(f"{field}.name", problem, (("count", _LONGEST_NAME),))]
    if signed.signed_on is None:
        return [FieldProblem(f"{field}.signed_on", mark("Give the day of the signature."))]
    if signed.signed_on > clock.in_brussels(clock.now()).date():
        return [FieldProblem(f"{field}.signed_on", mark("This day is still to come."))]
    return []


def signatures_of(session: Session, plan: CommunicationPlan) -> Sequence[Signature]:
    """Who signed this version, in the order in which the capacities are named."""
    found = session.exec(select(Signature).where(col(Signature.communication_plan_id) == plan.id))
    order = list(SignatoryCapacity)
    return sorted(found, key=lambda one: order.index(one.capacity))
