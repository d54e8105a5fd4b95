"""What must be there before a partnership may take a step in its life.

Which of these a reason may pass over is settled by where the need comes from:

- The charter and its four signatures are the federal procedure itself: without them there is
  nothing to send, so no reason passes over them. Nor over the agreed communication plan (R3) and
  the delimited territory (R1): by them messages are sent, and without them none could be.
- House rules may stand in the charter, the letter of recognition may come by post weeks after the
  decision, and while there is no coordinator the steering group stands in. A reason passes over
  these three; it is kept in the history.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, select

from hub import clock
from hub.i18n import mark
from hub.roles import Role
from partnerships import appointments, communication_plan, documents, signatures
from partnerships.models import DocumentKind, Partnership, PartnershipStatus, Zone


class Need(StrEnum):
    CHARTER = "charter"
    SIGNATURES = "signatures"
    HOUSE_RULES = "house_rules"
    RECOGNITION_LETTER = "recognition_letter"
    COMMUNICATION_PLAN = "communication_plan"
    ZONE = "zone"
    COORDINATOR = "coordinator"


@dataclass(frozen=True, slots=True)
class Known:
    """What the register says of a need: why it is one, and on which page it is met."""

    sentence: str
    page: str
    yields_to_a_reason: bool = False


NEEDS = {
    Need.CHARTER: Known(mark("The signed charter is not among the papers yet."), "/documents"),
    Need.SIGNATURES: Known(
        mark(
            "The charter is signed by the mayor, the chief of police, the mandated officer and "
            "the coordinator: not all four signatures are recorded yet."
        ),
        "/documents",
    ),
    Need.HOUSE_RULES: Known(
        mark("The house rules are checked together with the charter: they are not there yet."),
        "/documents",
        yields_to_a_reason=True,
    ),
    Need.RECOGNITION_LETTER: Known(
        mark("The letter of recognition is not among the papers yet."),
        "/documents",
        yields_to_a_reason=True,
    ),
    Need.COMMUNICATION_PLAN: Known(
        mark("No communication plan is in force: by it the partners agree on every message."),
        "/communication-plan",
    ),
    Need.ZONE: Known(
        mark("No zone is drawn: a partnership works inside a delimited territory."), "/zone"
    ),
    Need.COORDINATOR: Known(
        mark("Nobody is appointed as coordinator."), "/appointments", yields_to_a_reason=True
    ),
}

_NEEDED_FOR = {
    PartnershipStatus.SENT_FOR_RECOGNITION: (Need.CHARTER, Need.SIGNATURES, Need.HOUSE_RULES),
    PartnershipStatus.RECOGNISED: (Need.RECOGNITION_LETTER,),
    PartnershipStatus.ACTIVE: (Need.COMMUNICATION_PLAN, Need.ZONE, Need.COORDINATOR),
}


def unmet(session: Session, partnership: Partnership, status: PartnershipStatus) -> list[Need]:
    """What is still missing for this step."""
    wanted = _NEEDED_FOR.get(status, ())
    return [need for need in wanted if not _is_met(session, partnership, need)]


def _is_met(session: Session, partnership: Partnership, need: Need) -> bool:
    at = clock.now()
    match need:
        case Need.SIGNATURES:
            return not signatures.missing(session, partnership, DocumentKind.CHARTER)
        case Need.COMMUNICATION_PLAN:
            return communication_plan.in_force(session, partnership.id, at) is not None
        case Need.ZONE:
            drawn = select(Zone.partnership_id).where(Zone.partnership_id == partnership.id)
            return session.exec(drawn).first() is not None
        case Need.COORDINATOR:
            holders = appointments.holders_at(session, [partnership], at)
            return any(one.role is Role.COORDINATOR and one.holds_at(at) for one in holders)
        case _:
            return documents.newest(session, partnership, DocumentKind(need)) is not None
