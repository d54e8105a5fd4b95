"""Founding a partnership: a proposal by its initiators, who are told what becomes of it (R30)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Action, Actor
from hub.errors import BadInput, Conflict, FieldProblem, NotFound
from hub.i18n import Language, mark
from partnerships import communication_plan, contact_fields, partnership_life
from partnerships.models import (
    Initiator,
    Organisation,
    OrganisationKind,
    Partnership,
    PartnershipStatus,
)
from partnerships.partnership_details import Details, detail_problems, fill
from partnerships.slugs import free_slug
from partnerships.typed_text import tidy

MOST_INITIATORS = 10
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Proposer:
    """One who asks for a partnership; only the telephone may be left out."""

    name: str
    email: str
    language: Language
    telephone: str = ""

    @property
    def is_blank(self) -> bool:
        return not (self.name.strip() or self.email.strip() or self.telephone.strip())


@dataclass(frozen=True, slots=True)
class Proposal:
    """A partnership to be; its municipality, named by its slug, says which police zone it is in."""

    details: Details
    municipality: str
    initiators: Sequence[Proposer]


def found(session: Session, proposal: Proposal, by: Actor) -> Partnership:
    """Put a proposal into the register, with a first draft of its communication plan.

    Raises ``BadInput`` naming every field that will not do (``initiators.0.email``).
    """
    town = _municipality(session, proposal.municipality, by)
    zone_id = town.part_of_id if town else None
    problems = detail_problems(session, proposal.details, zone_id)
    if town is None:
        problems.append(FieldProblem("municipality", mark("Choose a municipality.")))
    checked = _checked_initiators(proposal.initiators, problems)
    if problems:
        raise BadInput(*problems)
    assert town is not None
    assert zone_id is not None
    made = _partnership(session, proposal.details, zone_id, town.id)
    for one in checked:
        one.partnership_id = made.id
        session.add(one)
    session.flush()
    audit.record(session, "partnership.create", ("partnership", made.id), by=by.account_id)
    partnership_life.begin(session, made, by)
    communication_plan.start_draft(session, made, by.account_id)
    return made


def municipalities(session: Session, actor: Actor) -> list[Organisation]:
    """Where this person may found a partnership, by name."""
    reach = actor.reach(Action.KEEP_PARTNERSHIPS)
    towns = select(Organisation).where(
        Organisation.kind == OrganisationKind.MUNICIPALITY,
        col(Organisation.part_of_id).is_not(None),
    )
    found = session.exec(towns.order_by(Organisation.name))
    return [one for one in found if one.part_of_id and reach.covers(one.id, one.part_of_id)]


def _municipality(session: Session, slug: str, by: Actor) -> Organisation | None:
    return next((one for one in municipalities(session, by) if one.slug == slug), None)


def _partnership(
    session: Session, details: Details, zone_id: UUID, municipality_id: UUID
) -> Partnership:
    made = Partnership(
        slug=free_slug(details.name, "partnership", _slug_is_taken(session)),
        name="",
        status=PartnershipStatus.PROPOSAL,
        languages=[],
        police_zone_id=zone_id,
        municipality_id=municipality_id,
        created_at=clock.now(),
    )
    fill(made, details)
    session.add(made)
    session.flush()
    return made


def _slug_is_taken(session: Session) -> Callable[[str], bool]:
    def is_taken(slug: str) -> bool:
        known = select(Partnership.id).where(Partnership.slug == slug)
        return session.exec(known).first() is not None

    return is_taken


def _checked_initiators(
    proposers: Sequence[Proposer], problems: list[FieldProblem]
) -> list[Initiator]:
    """Those that will do; what will not is added to ``problems``."""
    if not 1 <= len(proposers) <= MOST_INITIATORS:
        sentence = mark("Name one to {count} people who propose it.")
        problems.append(FieldProblem("initiators", sentence, (("count", MOST_INITIATORS),)))
    checked = []
    for number, proposer in enumerate(proposers[:MOST_INITIATORS]):
        try:
            checked.append(_checked(proposer, f"initiators.{number}."))
        except BadInput as refusal:
            problems.extend(refusal.problems)
    return checked


def _checked(proposer: Proposer, path: str = "") -> Initiator:
    """Raises ``BadInput`` naming every field that will not do, after ``path``."""
    problems: list[FieldProblem] = []
    made = Initiator(
        partnership_id=UUID(int=0),
        name=tidy(proposer.name),
        email=contact_fields.address(f"{path}email", proposer.email, problems),
        telephone=contact_fields.telephone(f"{path}telephone", proposer.telephone, problems),
        language=proposer.language,
    )
    if not 1 <= len(made.name) <= LONGEST_NAME:
        problems.append(FieldProblem(f"{path}name", mark("A name is needed.")))
    if problems:
        raise BadInput(*problems)
    return made


def initiators(session: Session, partnership: Partnership) -> list[Initiator]:
    """Those who asked for this partnership, in the order in which they were written down."""
    asked = select(Initiator).where(Initiator.partnership_id == partnership.id)
    return list(session.exec(asked.order_by(col(Initiator.id))))


def add_initiator(
    session: Session, partnership: Partnership, proposer: Proposer, by: Actor
) -> None:
    """Another one to be told. Raises ``BadInput`` naming every field that will not do."""
    made = _checked(proposer)
    made.partnership_id = partnership.id
    session.add(made)
    session.flush()
    audit.record(session, "initiator.add", ("initiator", made.id), by=by.account_id)


def remove_initiator(
    session: Session, partnership: Partnership, initiator_id: UUID, by: Actor
) -> None:
    """Forget an initiator. Raises ``NotFound`` for another partnership's, and ``Conflict`` for the
    only one of a partnership that is not decided on yet: somebody must be told."""
    there = {one.id: one for one in initiators(session, partnership)}
    if initiator_id not in there:
        raise NotFound
    if len(there) == 1 and is_undecided(partnership):
        raise Conflict(mark("Somebody must be told what becomes of the proposal."))
    session.delete(there[initiator_id])
    session.flush()
    audit.record(session, "initiator.remove", ("initiator", initiator_id), by=by.account_id)


def is_undecided(partnership: Partnership) -> bool:
    """Whether it is neither recognised nor refused yet."""
    return partnership.status in (
        PartnershipStatus.PROPOSAL,
        PartnershipStatus.INFORMATION_EVENING,
        PartnershipStatus.CHARTER,
        PartnershipStatus.SENT_FOR_RECOGNITION,
    )
