"""A fictional police zone to try the hub with. Never in production, never with a real carrier.

Names, streets and numbers are invented. Two telephones in it are magic: one is switched off, one
has changed hands, so that a failure can be seen too.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from hub import (
    clock,
    demo_hot_spots,
    demo_life,
    demo_plan,
    demo_register,
    demo_registers,
    demo_reports,
)
from hub.access import Role
from hub.config import settings
from hub.errors import ConfigurationError
from hub.i18n import Language
from hub.security import new_token
from messaging.models import BroadcastKind
from partnerships import accounts, consent, contact, zones
from partnerships.models import (
    Account,
    Channel,
    CommunicationPlan,
    ContactKind,
    Membership,
    Organisation,
    OrganisationKind,
    Partnership,
    PartnershipKind,
    Person,
    PlanChannel,
    Purpose,
)
from partnerships.usual_plan import usual_rules
from plan.models import (
    ExpectedResult,
    Indicator,
    IndicatorClass,
    NodeKind,
    Plan,
    PlanNode,
    ResultIndicator,
    ResultKind,
    ResultMeasure,
)

_ZONE_SLUG = "zone-valdor"
_WORDING = "demo-1"
_FIRST_NAMES = (
    "Alix", "Bram", "Chloé", "Dirk", "Élise", "Femke", "Gaston", "Heidi", "Ingrid", "Jan",
    "Karin", "Louis", "Marie", "Noor", "Oscar", "Petra", "Quentin", "Roos", "Simon", "Tine",
)  # fmt: skip
_LAST_NAMES = (
    "Abeele", "Bastin", "Corbeau", "Denoël", "Eicher", "Fontaine", "Goossens", "Hilgers",
)  # fmt: skip
# Switched off or out of range (30003), and unknown at its operator (30005), in the simulator.
_MAGIC_MOBILES = {7: "+32470000031", 23: "+32470000032"}


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Somebody to sign in as; the password only when it was just made."""

    role: Role
    email: str
    password: str | None


_ACCOUNTS = (
    (Role.DISPATCHER, "dispatcher@demo.example", "Dominique Dispatch"),
    (Role.MANDATED_OFFICER, "officer@demo.example", "Olivia Officier"),
    (Role.COORDINATOR, "coordinator@demo.example", "Cor Coördinator"),
    (Role.PREVENTION_OFFICER, "prevention@demo.example", "Pascale Prévention"),
    (Role.ADMINISTRATOR, "administrator@demo.example", "Ada Admin"),
)


def seed(session: Session) -> tuple[bool, list[DemoAccount]]:
    """Make the demo zone once; whether this call made it, and its accounts.

    Raises ``ConfigurationError`` in production and with the real carrier.
    """
    if not settings().may_have_demo:
        raise ConfigurationError("Demo data is never made in production or with the real carrier.")
    known = select(Organisation).where(Organisation.slug == _ZONE_SLUG)
    if session.exec(known).first() is not None:
        return False, [DemoAccount(role, email, None) for role, email, _name in _ACCOUNTS]
    zone = _organisation(session, OrganisationKind.POLICE_ZONE, _ZONE_SLUG, "Zone de police Valdor")
    town = _organisation(session, OrganisationKind.MUNICIPALITY, "valdor", "Valdor", zone)
    upper = _partnership(session, "haut-valdor", "PLP Haut-Valdor", zone, town, 50.6402)
    lower = _partnership(session, "valdor-gare", "PLP Valdor-Gare", zone, town, 50.6318)
    _members(session, upper, lower)
    _plan(session, town)
    made = [_account(session, *one, zone, town, upper) for one in _ACCOUNTS]
    officer = accounts.by_email(session, "officer@demo.example")
    assert officer is not None
    demo_register.fill(session, [upper, lower], officer.id)
    demo_hot_spots.fill(session, town.id, officer.id)
    return True, made


def seed_reports(session: Session) -> None:
    """What the demo town was told over some months; apart, for a test begins with an empty one."""
    town = session.exec(select(Organisation).where(Organisation.slug == "valdor")).one()
    worker = accounts.by_email(session, "prevention@demo.example")
    assert worker is not None
    demo_reports.fill(session, town, worker)


def seed_registers(session: Session) -> None:
    """What its services did in half a year; apart, as the reports are."""
    town = session.exec(select(Organisation).where(Organisation.slug == "valdor")).one()
    officer = accounts.by_email(session, "prevention@demo.example")
    assert officer is not None
    demo_registers.fill(session, town.id, officer.id)


def seed_life(session: Session) -> list[DemoAccount]:
    """What came back from its members lately, and who else works there: for whoever looks around.
    Apart, for a test begins with an empty inbox; once."""
    town = session.exec(select(Organisation).where(Organisation.slug == "valdor")).one()
    upper = session.exec(select(Partnership).where(Partnership.slug == "haut-valdor")).one()
    officer = accounts.by_email(session, "officer@demo.example")
    assert officer is not None
    demo_life.fill(session, upper, accounts.actor_for(session, officer))
    prevention = accounts.by_email(session, "prevention@demo.example")
    assert prevention is not None
    demo_plan.fill(session, town, prevention.id)
    made = [DemoAccount(one.role, one.email, new_token()[:20]) for one in demo_life.PEOPLE]
    for person, account in zip(demo_life.PEOPLE, made, strict=True):
        demo_life.appoint(session, person, town, account.password or "")
    return made


def new_passwords(session: Session) -> list[DemoAccount]:
    """Fresh passwords for the demo accounts, shown once."""
    made = []
    for role, email, _name in _ACCOUNTS:
        account = accounts.by_email(session, email)
        if account is None:
            raise ConfigurationError("There is no demo yet: run plp-hub demo first.")
        password = new_token()[:20]
        account.password_hash = accounts.passwords.hash(password)
        session.add(account)
        made.append(DemoAccount(role, email, password))
    return made


def _organisation(
    session: Session,
    kind: OrganisationKind,
    slug: str,
    name: str,
    part_of: Organisation | None = None,
) -> Organisation:
    made = Organisation(kind=kind, slug=slug, name=name, part_of_id=part_of.id if part_of else None)
    session.add(made)
    session.flush()
    return made


def _partnership(
    session: Session, slug: str, name: str, zone: Organisation, town: Organisation, south: float
) -> Partnership:
    made = Partnership(
        slug=slug,
        name=name,
        kind=PartnershipKind.CITIZENS,
        languages=[Language.FRENCH, Language.DUTCH, Language.GERMAN],
        police_zone_id=zone.id,
        municipality_id=town.id,
    )
    session.add(made)
    session.flush()
    zones.draw(session, made.id, _rectangle(5.5701, south))
    _communication_plan(session, made)
    return made


def _rectangle(west: float, south: float) -> dict[str, Any]:
    east, north = west + 0.0112, south + 0.0071
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [corners]}


def _communication_plan(session: Session, partnership: Partnership) -> None:
    agreed = CommunicationPlan(
        partnership_id=partnership.id,
        version=1,
        signed_on=date(2026, 1, 15),
        in_force_from=clock.now() - timedelta(days=1),
        feedback_within_hours=48,
    )
    session.add(agreed)
    session.flush()
    session.add_all(usual_rules(agreed.id))
    for kind in BroadcastKind:
        for position, channel in enumerate((Channel.SMS, Channel.VOICE, Channel.EMAIL), start=1):
            session.add(
                PlanChannel(
                    communication_plan_id=agreed.id, kind=kind, channel=channel, position=position
                )
            )


def _members(session: Session, upper: Partnership, lower: Partnership) -> None:
    languages = (Language.FRENCH, Language.FRENCH, Language.DUTCH, Language.GERMAN)
    for number in range(40):
        first = _FIRST_NAMES[number % len(_FIRST_NAMES)]
        last = _LAST_NAMES[(number * 3 + number // len(_FIRST_NAMES)) % len(_LAST_NAMES)]
        person = Person(name=f"{first} {last}", language=languages[number % len(languages)])
        session.add(person)
        session.flush()
        _join(session, person, number, upper, lower)
        _contact_points(session, person, number)
        # One member never agreed: the page says why he gets nothing.
        if number != 38:
            for purpose in Purpose:
                consent.give(session, person, purpose, wording=_WORDING, how="paper")


def _join(
    session: Session, person: Person, number: int, upper: Partnership, lower: Partnership
) -> None:
    # Every tenth lives on the border and is a member of both: he gets one message all the same.
    joined = (upper, lower) if number % 10 == 5 else ((upper, lower)[number % 2],)
    for partnership in joined:
        session.add(Membership(partnership_id=partnership.id, person_id=person.id))


def _contact_points(session: Session, person: Person, number: int) -> None:
    mobile = _MAGIC_MOBILES.get(number, f"+32470001{number:03}")
    email = f"member{number:02}@demo.example"
    if number % 8 == 4:
        contact.add(session, person, ContactKind.LANDLINE, f"+3242000{number:03}", 1)
    elif number % 8 == 6:
        contact.add(session, person, ContactKind.EMAIL, email, 1)
    else:
        contact.add(session, person, ContactKind.MOBILE, mobile, 1)
        contact.add(session, person, ContactKind.EMAIL, email, 2)


def _plan(session: Session, town: Organisation) -> None:
    year = clock.in_brussels(clock.now()).year
    plan = Plan(
        municipality_id=town.id,
        title=f"Plan stratégique de sécurité et de prévention {year}-{year + 1}",
        starts_on=date(year, 1, 1),
        ends_on=date(year + 1, 12, 31),
    )
    session.add(plan)
    session.flush()
    strategic = _node(
        session, plan, NodeKind.STRATEGIC, None, "Développer les partenariats locaux de prévention"
    )
    operational = _node(
        session,
        plan,
        NodeKind.OPERATIONAL,
        strategic,
        "Entretenir la communication avec les membres des PLP",
    )
    result = ExpectedResult(
        node_id=operational.id,
        raw="80 % des alertes PLP reçoivent un retour d'information dans le délai convenu",
        kind=ResultKind.RATIO,
        target=80,
    )
    indicator = Indicator(
        node_id=operational.id,
        text="Part des alertes avec retour d'information dans le délai du plan de communication",
        indicator_class=IndicatorClass.RESULT,
    )
    session.add_all([result, indicator])
    session.flush()
    session.add(ResultIndicator(result_id=result.id, indicator_id=indicator.id))
    session.add(ResultMeasure(result_id=result.id, measure="m.alerts_with_feedback_in_time"))


def _node(
    session: Session, plan: Plan, kind: NodeKind, parent: PlanNode | None, label: str
) -> PlanNode:
    made = PlanNode(
        plan_id=plan.id, kind=kind, parent_id=parent.id if parent else None, label=label
    )
    session.add(made)
    session.flush()
    return made


def _account(
    session: Session,
    role: Role,
    email: str,
    name: str,
    zone: Organisation,
    town: Organisation,
    partnership: Partnership,
) -> DemoAccount:
    password = new_token()[:20]
    account: Account = accounts.create(session, email=email, name=name, password=password)
    accounts.appoint(session, account, role, _scope(role, zone, town, partnership))
    return DemoAccount(role, email, password)


def _scope(
    role: Role, zone: Organisation, town: Organisation, partnership: Partnership
) -> UUID | None:
    return {
        Role.COORDINATOR: partnership.id,
        Role.PREVENTION_OFFICER: town.id,
        Role.ADMINISTRATOR: None,
    }.get(role, zone.id)
