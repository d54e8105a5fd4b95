"""Why somebody gets a broadcast, and why somebody does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from hub.access import Action, Actor
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import Language, mark
from messaging import audience, kept_to
from messaging.kept_to import KeptTo
from messaging.models import (
    Broadcast,
    BroadcastChoice,
    BroadcastGround,
    BroadcastPartnership,
    ChosenHow,
    Delivery,
)
from messaging.skip_reasons import DIGEST
from partnerships import contact, scope
from partnerships.models import ContactKind, Membership, Partnership, Person

_NOBODY = mark("No member of these partnerships has this number or address.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A partnership a broadcast goes to, and why. ``how`` is None for one that was sent before
    the hub kept it, or was named by a dispatch system."""

    partnership: Partnership
    how: ChosenHow | None
    metres: int | None


@dataclass(frozen=True, slots=True)
class Why:
    """What decided about one person. Without a delivery he was not counted at all."""

    person_id: UUID
    language: Language
    # The partnerships by which he gets it: one message, however many there are.
    member_of: list[Chosen]
    # Of these he was a member and is none any more.
    left: list[Chosen]
    # The languages it is kept to, where his is not one of them.
    kept_to: list[Language]
    # The streets and groups it is kept to, and of these those that are his now.
    kept_among: KeptTo
    his: KeptTo
    is_counted: bool
    deliveries: Sequence[Delivery]

    @property
    def is_outside(self) -> bool:
        """It is kept to some streets or groups, and none is his."""
        kept, his = not self.kept_among.is_everybody, not self.his.is_everybody
        return kept and not his and not self.deliveries

    @property
    def has_changed(self) -> bool:
        """Where he lives, or in which groups he is, is not what it was when it was sent."""
        if self.kept_among.is_everybody or not self.is_counted or self.kept_to:
            return False
        is_inside_now = not self.his.is_everybody
        return bool(self.member_of) and is_inside_now is not bool(self.deliveries)

    @property
    def is_written_to(self) -> bool:
        return any(one.reason in (None, DIGEST) or one.handed_over_at for one in self.deliveries)


def chosen(session: Session, broadcast: Broadcast) -> list[Chosen]:
    """The partnerships of a broadcast by name, each with the reason for it."""
    its = (
        select(Partnership)
        .join(BroadcastPartnership, col(BroadcastPartnership.partnership_id) == col(Partnership.id))
        .where(BroadcastPartnership.broadcast_id == broadcast.id)
        .order_by(Partnership.name)
    )
    reasons = session.exec(
        select(BroadcastChoice).where(BroadcastChoice.broadcast_id == broadcast.id)
    )
    why = {one.partnership_id: one for one in reasons}
    return [_chosen(one, why.get(one.id)) for one in session.exec(its)]


def _chosen(partnership: Partnership, why: BroadcastChoice | None) -> Chosen:
    return Chosen(partnership, why.how if why else None, why.metres if why else None)


def ground(session: Session, broadcast: Broadcast) -> BroadcastGround | None:
    """The place on the map from which the partnerships were chosen, if there was one."""
    return session.get(BroadcastGround, broadcast.id)


def of_person(session: Session, actor: Actor, broadcast: Broadcast, person_id: UUID) -> Why:
    """What decided about one person. Raises ``NotFound`` for somebody it has nothing to do with,
    or who is out of reach."""
    person = session.get(Person, person_id)
    memberships = _memberships(session, actor, broadcast, person_id)
    if person is None or not memberships:
        raise NotFound
    by_id = {one.partnership.id: one for one in chosen(session, broadcast)}
    languages = audience.languages_kept_to(session, broadcast)
    kept = kept_to.of_broadcast(session, broadcast)
    at = broadcast.released_at
    gone = [one for one in memberships if one.left_at and (at is None or one.left_at <= at)]
    deliveries = session.exec(
        select(Delivery)
        .where(Delivery.broadcast_id == broadcast.id, Delivery.person_id == person_id)
        .order_by(col(Delivery.id))
    ).all()
    return Why(
        person_id=person_id,
        language=person.language,
        member_of=[by_id[one.partnership_id] for one in memberships if one not in gone],
        left=[by_id[one.partnership_id] for one in gone],
        kept_to=languages if languages and person.language not in languages else [],
        kept_among=kept,
        his=kept_to.his(session, kept, person_id, at),
        is_counted=broadcast.fanned_out_at is not None,
        deliveries=deliveries,
    )


def _memberships(
    session: Session, actor: Actor, broadcast: Broadcast, person_id: UUID
) -> Sequence[Membership]:
    wanted = (
        select(Membership)
        .join(
            BroadcastPartnership,
            col(BroadcastPartnership.partnership_id) == col(Membership.partnership_id),
        )
        .join(Partnership, col(Partnership.id) == col(Membership.partnership_id))
        .where(
            BroadcastPartnership.broadcast_id == broadcast.id,
            Membership.person_id == person_id,
            scope.within_reach(actor, Action.SEE_BROADCASTS),
        )
    )
    return session.exec(wanted.order_by(Partnership.name)).all()


def of_contact(session: Session, actor: Actor, broadcast: Broadcast, typed: str) -> list[Why]:
    """The same for whoever has this number or address: somebody asks, and this is all he says.

    Raises ``BadInput`` naming ``contact`` for what is none, and where nobody here has it.
    """
    # A land line, or a mobile: either may be called.
    kind = ContactKind.EMAIL if "@" in typed else ContactKind.LANDLINE
    value = contact.normalised("contact", typed, kind)
    people = dict.fromkeys(one.person_id for one in contact.points_with_value(session, value))
    found = []
    for person_id in people:
        try:
            found.append(of_person(session, actor, broadcast, person_id))
        except NotFound:
            continue
    if not found:
        raise BadInput(FieldProblem("contact", _NOBODY))
    return found
