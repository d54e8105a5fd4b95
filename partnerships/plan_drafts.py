"""Writing a version of a communication plan: one draft at a time, from what there was."""

from uuid import UUID

from sqlmodel import Session, col, select

from hub import audit, clock
from hub.errors import BadInput, Conflict
from hub.i18n import mark
from partnerships import plan_checks
from partnerships.models import CommunicationPlan, Organisation, Partnership
from partnerships.plan_content import (
    PlanContent,
    clear,
    content_of,
    fingerprint,
    next_review,
    store,
    usual_content,
)
from partnerships.plan_versions import PlanOwner, draft_of, newest_agreed, versions


def start(session: Session, owner: PlanOwner, by: UUID | None) -> CommunicationPlan:
    """The draft of this owner's next version; the one there is, where somebody has begun.

    It begins as the newest version, else as the zone's default in force, else as the usual plan.
    """
    _one_writer_at_a_time(session, owner)
    begun = draft_of(session, owner)
    if begun is not None:
        return begun
    content = _beginning(session, owner)
    so_far = versions(session, owner)
    draft = CommunicationPlan(
        partnership_id=None if owner.is_zone else owner.id,
        default_of_zone_id=owner.id if owner.is_zone else None,
        version=so_far[0].version + 1 if so_far else 1,
        created_at=clock.now(),
        created_by=by,
    )
    store(session, draft, content)
    draft.review_on = next_review()
    audit.record(session, "plan.draft", ("communication_plan", draft.id), by=by)
    return draft


def _one_writer_at_a_time(session: Session, owner: PlanOwner) -> None:
    # Two who begin at once would else make two drafts, or two versions of one number.
    column = Organisation.id if owner.is_zone else Partnership.id
    session.exec(select(column).where(col(column) == owner.id).with_for_update()).one()


def _beginning(session: Session, owner: PlanOwner) -> PlanContent:
    before = newest_agreed(session, owner)
    if before is None and not owner.is_zone:
        zone = PlanOwner(owner.police_zone_id, "", "", owner.police_zone_id)
        before = newest_agreed(session, zone, clock.now())
    return usual_content() if before is None else content_of(session, before)


def save(
    session: Session,
    draft: CommunicationPlan,
    content: PlanContent,
    by: UUID,
    seen: str | None = None,
) -> None:
    """Let a draft say this. ``seen`` is the fingerprint of what the writer had before him.

    Raises ``BadInput`` naming every field that cannot be agreed on, ``Conflict`` for a version that
    was agreed or that somebody else has changed meanwhile.
    """
    take(session, draft, seen)
    problems = plan_checks.problems(content)
    if problems:
        raise BadInput(*problems)
    store(session, draft, content)
    seal = fingerprint(draft, content)
    audit.record(session, "plan.change", ("communication_plan", draft.id), by=by, seal=seal)


def take(session: Session, draft: CommunicationPlan, seen: str | None) -> PlanContent:
    """What a draft says, held until the end of the unit of work so that nobody else changes it.

    Raises ``Conflict`` for a version that was agreed, or is not what ``seen`` is the seal of.
    """
    session.refresh(draft, with_for_update=True)
    if draft.in_force_from is not None:
        raise Conflict(mark("This version was agreed on: it does not change any more."))
    content = content_of(session, draft)
    if seen is not None and seen != fingerprint(draft, content):
        raise Conflict(mark("Somebody else has changed this draft. Load the page again."))
    return content


def drop(session: Session, draft: CommunicationPlan, by: UUID) -> None:
    """Throw a draft away. Raises ``Conflict`` for a version that was agreed."""
    take(session, draft, None)
    clear(session, draft)
    audit.record(session, "plan.drop", ("communication_plan", draft.id), by=by)
    session.delete(draft)
    session.flush()
