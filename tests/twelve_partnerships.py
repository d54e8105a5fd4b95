"""Twelve partnerships of the demo's police zone, each with a coordinator and three members."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import Session, select

from hub import clock
from hub.i18n import Language
from hub.roles import Role
from hub.security import blind_index
from partnerships import accounts, consent, contact
from partnerships.models import (
    Account,
    BroadcastKind,
    Channel,
    CommunicationPlan,
    ContactKind,
    Membership,
    Organisation,
    Partnership,
    Person,
    PlanChannel,
    Purpose,
)
from partnerships.usual_plan import usual_rules

COUNT = 12
PASSWORD = "a-password-for-tests"
SLUGS = tuple(f"rue-{number}" for number in range(1, COUNT + 1))


def coordinator(number: int) -> str:
    """The address of the coordinator of one of them, from 1."""
    return f"coordinator-{number}@demo.example"


def deputy(number: int) -> str:
    """The address of his co-coordinator."""
    return f"deputy-{number}@demo.example"


@dataclass(frozen=True)
class Twelve:
    """What was made: the partnerships in their order, and somebody who is in the first two."""

    partnerships: tuple[UUID, ...]
    neighbour: UUID


def make(session: Session, *, keeps_quiet_hours: bool = True) -> Twelve:
    """Make them. Their plans are the usual one: mail first, then text; through the coordinator.

    Without quiet hours a message leaves whenever the test runs.
    """
    zone = session.exec(select(Organisation).where(Organisation.slug == "zone-valdor")).one()
    town = session.exec(select(Organisation).where(Organisation.slug == "valdor")).one()
    made = []
    for number, slug in enumerate(SLUGS, start=1):
        partnership = Partnership(
            slug=slug,
            name=f"PLP Rue {number}",
            languages=[Language.FRENCH, Language.DUTCH],
            police_zone_id=zone.id,
            municipality_id=town.id,
        )
        session.add(partnership)
        session.flush()
        _plan(session, partnership, keeps_quiet_hours)
        for member in range(3):
            _member(session, f"{number}-{member}", partnership)
        _appoint(session, coordinator(number), f"Coco {number}", Role.COORDINATOR, partnership)
        _appoint(session, deputy(number), f"Dédé {number}", Role.CO_COORDINATOR, partnership)
        made.append(partnership)
    neighbour = _member(session, "neighbour", *made[:2])
    return Twelve(tuple(one.id for one in made), neighbour.id)


def _plan(session: Session, partnership: Partnership, keeps_quiet_hours: bool) -> None:
    plan = CommunicationPlan(
        partnership_id=partnership.id,
        signed_on=date(2026, 1, 15),
        in_force_from=clock.now() - timedelta(days=1),
    )
    session.add(plan)
    session.flush()
    for rule in usual_rules(plan.id):
        rule.keeps_quiet_hours = rule.keeps_quiet_hours and keeps_quiet_hours
        session.add(rule)
    session.add_all(
        PlanChannel(communication_plan_id=plan.id, kind=kind, channel=channel, position=place)
        for kind in BroadcastKind
        for place, channel in enumerate((Channel.EMAIL, Channel.SMS), start=1)
    )
    session.flush()


def _member(session: Session, name: str, *partnerships: Partnership) -> Person:
    person = Person(name=f"Member {name}", language=Language.FRENCH)
    session.add(person)
    session.flush()
    session.add_all(Membership(partnership_id=one.id, person_id=person.id) for one in partnerships)
    contact.add(session, person, ContactKind.EMAIL, f"member-{name}@demo.example", 1)
    for purpose in Purpose:
        consent.give(session, person, purpose, wording="test", how="paper")
    return person


def _appoint(session: Session, email: str, name: str, role: Role, partnership: Partnership) -> None:
    # With the least work: twenty-four passwords are hashed.
    quick = Argon2Hasher(memory_cost=8, time_cost=1, parallelism=1)
    account = Account(
        email=email,
        email_index=blind_index(email),
        name=name,
        password_hash=quick.hash(PASSWORD),
    )
    session.add(account)
    session.flush()
    accounts.appoint(session, account, role, partnership.id)


NOTICE = {
    "kind": "modus_operandi",
    "phenomenon": "cambriolage",
    "texts": {
        language: {
            "subject": f"Sujet {language}",
            "short": f"PLP INFO: faux releveurs de compteurs {language}.",
            "how": f"Deux hommes se disent releveurs {language}.",
            "places": "Autour de la gare",
            "times": "En semaine, le matin",
            "advice": f"Demandez leur carte {language}.",
        }
        for language in ("fr", "nl")
    },
}
