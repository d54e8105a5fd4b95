"""Who appoints whom, from when until when; who is missing; and how a new person gets in."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from uuid import UUID

import httpx
import pytest
from sqlmodel import col, select

from hub import clock
from hub.access import Role
from hub.audit import Decision
from hub.db import unit_of_work
from hub.i18n import Language
from partnerships import accounts, appointment_gaps, appointments
from partnerships.models import (
    Account,
    Appointment,
    Notice,
    Organisation,
    OrganisationKind,
    Partnership,
    PasswordLink,
)
from tests import in_process
from tests.conftest import Templates
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
PAGE = "/partnerships/haut-valdor/appointments"
NEWCOMER = {
    "role": "co_coordinator",
    "email": "new@demo.example",
    "name": "Nora Nieuw",
    "language": "nl",
    "first_day": "2026-06-01",
}
PASSWORD = "vier woorden die ik onthoud"


def tell(moment: datetime) -> None:
    """Let every clock show this moment."""
    clock.set_source(lambda: moment)


@pytest.fixture(autouse=True)
def _a_day_in_june(demo_zone: str) -> None:
    tell(NOW)


@pytest.fixture
def officer(templates: Templates) -> Visitor:
    return in_process.signed_in(**templates.accounts["mandated_officer"])


def appoint(visitor: Visitor, **changes: str) -> httpx.Response:
    return visitor.post(PAGE, **{**NEWCOMER, **changes})


def problem(page: httpx.Response, field: str) -> str:
    assert page.status_code == 422
    found = re.search(rf'id="problem-{re.escape(field)}">([^<]+)<', page.text)
    assert found, f"nothing is said beside {field}"
    return unescape(found[1])


def partnership() -> Partnership:
    with unit_of_work(read_only=True) as session:
        return session.exec(select(Partnership).where(Partnership.slug == "haut-valdor")).one()


def link() -> str:
    """The link in the newest mail to choose a password by."""
    with unit_of_work(read_only=True) as session:
        mails = select(Notice).where(Notice.kind == "password_link")
        newest = session.exec(mails.order_by(col(Notice.created_at).desc())).first()
    assert newest is not None
    assert newest.to == "new@demo.example"
    return newest.body.split("/choose-password/")[1].split()[0]


def appointment_of(email: str, role: Role) -> Appointment:
    with unit_of_work(read_only=True) as session:
        account = accounts.by_email(session, email)
        assert account is not None
        held = select(Appointment).where(
            Appointment.account_id == account.id, Appointment.role == role
        )
        return session.exec(held).one()


def relay() -> tuple[Role, list[str]] | None:
    with unit_of_work(read_only=True) as session:
        found = appointments.coordinator_or_deputy(session, partnership().id, clock.now())
    return (found.role, [one.email for one in found.accounts]) if found else None


def gaps() -> list[tuple[Role, date | None]]:
    with unit_of_work(read_only=True) as session:
        found = appointment_gaps.of(session, [partnership()], clock.now())
    return [(one.role, one.last_day) for one in found.get(partnership().id, [])]


def test_a_new_person_is_appointed_chooses_a_password_and_comes_in(officer: Visitor) -> None:
    assert appoint(officer).status_code == 303
    assert "no password chosen yet" in officer.get(PAGE).text
    visitor = Visitor(in_process.client())
    token = link()
    shown = visitor.get(f"/choose-password/{token}")
    assert 'lang="nl"' in shown.text
    chosen = choose(visitor, token, PASSWORD)
    assert chosen.status_code == 303
    signed_in = in_process.signed_in("new@demo.example", PASSWORD)
    assert "Hello, Nora Nieuw" in signed_in.get("/").text
    assert "no password chosen yet" not in officer.get(PAGE).text


def choose(visitor: Visitor, token: str, password: str, again: str = "") -> httpx.Response:
    page = visitor.get(f"/choose-password/{token}").text
    form_token = re.findall(r'name="form_token" value="([^"]+)"', page)
    values = {"form_token": form_token[0] if form_token else ""}
    return visitor.http.post(
        f"/choose-password/{token}",
        data={**values, "password": password, "again": again or password},
    )


def test_the_link_works_once_for_a_day_and_not_after_a_newer_one(officer: Visitor) -> None:
    appoint(officer)
    first = link()
    held = appointment_of("new@demo.example", Role.CO_COORDINATOR)
    tell(NOW + timedelta(minutes=1))
    officer.post(f"{PAGE}/{held.id}/link")
    second = link()
    visitor = Visitor(in_process.client())
    assert first != second
    assert visitor.get(f"/choose-password/{first}").status_code == 404
    tell(NOW + timedelta(hours=24, minutes=2))
    assert visitor.get(f"/choose-password/{second}").status_code == 404
    tell(NOW + timedelta(minutes=20))
    assert choose(visitor, second, PASSWORD).status_code == 303
    assert visitor.get(f"/choose-password/{second}").status_code == 404
    assert officer.post(f"{PAGE}/{held.id}/link").status_code == 409


def test_the_link_is_stored_as_a_hash_and_a_poor_password_is_refused(officer: Visitor) -> None:
    appoint(officer)
    token = link()
    with unit_of_work(read_only=True) as session:
        kept = session.exec(select(PasswordLink)).one()
    assert token not in kept.token_hash
    visitor = Visitor(in_process.client())
    assert "15 tekens" in problem(choose(visitor, token, "short"), "password")
    assert problem(choose(visitor, token, PASSWORD, "another one, not the same"), "again")
    assert choose(visitor, token, PASSWORD).status_code == 303


def test_rights_begin_and_end_with_their_days(officer: Visitor) -> None:
    appoint(officer, first_day="2026-06-03", last_day="2026-06-04")
    choose(Visitor(in_process.client()), link(), PASSWORD)
    seen = {}
    for day in (2, 3, 4, 5):
        # The midnights are Belgian: two hours before those of Greenwich in June.
        for hour, minute in ((21, 59), (22, 1)):
            moment = datetime(2026, 6, day, hour, minute, tzinfo=UTC)
            tell(moment)
            visitor = in_process.signed_in("new@demo.example", PASSWORD)
            status = visitor.get("/partnerships/haut-valdor/members").status_code
            seen[day, hour, minute] = status == 200
    assert [when for when, may in seen.items() if may] == [
        (2, 22, 1),
        (3, 21, 59),
        (3, 22, 1),
        (4, 21, 59),
    ]


def test_rights_end_at_the_next_request(officer: Visitor, templates: Templates) -> None:
    coordinator = in_process.signed_in(**templates.accounts["coordinator"])
    assert coordinator.get("/partnerships/haut-valdor/members").status_code == 200
    held = appointment_of("coordinator@demo.example", Role.COORDINATOR)
    assert officer.post(f"{PAGE}/{held.id}/end", last_day="2026-06-01").status_code == 303
    assert coordinator.get("/partnerships/haut-valdor/members").status_code == 403


def test_nobody_gives_more_than_lies_within_his_own_reach(
    officer: Visitor, templates: Templates
) -> None:
    assert appoint(officer, role="mayor").status_code == 403
    assert appoint(officer, role="prevention_officer").status_code == 403
    assert problem(appoint(officer, role="administrator"), "role") == "Choose a role."
    assert 'value="mayor"' not in officer.get(PAGE).text
    administrator = in_process.signed_in(**templates.accounts["administrator"])
    assert appoint(administrator, role="mayor").status_code == 303
    coordinator = in_process.signed_in(**templates.accounts["coordinator"])
    assert appoint(coordinator, email="other@demo.example").status_code == 403


def test_a_coordinator_sees_who_is_appointed_and_no_address(templates: Templates) -> None:
    page = in_process.signed_in(**templates.accounts["coordinator"]).get(PAGE).text
    assert "Olivia Officier" in page
    assert "officer@demo.example" not in page
    assert "Appoint somebody" not in page


def test_nobody_appoints_himself(officer: Visitor) -> None:
    page = appoint(officer, role="chief_of_police", email="officer@demo.example")
    assert "Nobody appoints himself" in problem(page, "email")


def test_somebody_with_an_account_gets_the_appointment_and_no_second_account(
    officer: Visitor,
) -> None:
    appoint(officer, email="Prevention@demo.example", name="Another Name", role="steering_group")
    page = officer.get(PAGE).text
    assert "Pascale Prévention" in page
    assert "Another Name" not in page
    twice = appoint(officer, email="prevention@demo.example", role="steering_group")
    assert "already" in problem(twice, "email")


def test_every_wrong_field_is_named_and_what_was_typed_is_kept(officer: Visitor) -> None:
    page = appoint(officer, email="nobody", name="Nora", last_day="2026-05-01")
    assert problem(page, "email") == "This is not an email address."
    assert problem(page, "last_day") == "The last day comes before the first."
    assert 'value="nobody"' in page.text
    assert problem(appoint(officer, name=""), "name") == "A name is needed."
    assert problem(appoint(officer, first_day="31/05/2026"), "first_day") == "Give a day."


def test_another_zones_officer_neither_sees_nor_ends_an_appointment(templates: Templates) -> None:
    with unit_of_work() as session:
        zone = Organisation(kind=OrganisationKind.POLICE_ZONE, slug="elsewhere", name="Elsewhere")
        session.add(zone)
        session.flush()
        account = accounts.create(
            session, email="far@demo.example", name="Far", password="a password of length"
        )
        accounts.appoint(session, account, Role.MANDATED_OFFICER, zone.id)
    stranger = in_process.signed_in("far@demo.example", "a password of length")
    held = appointment_of("coordinator@demo.example", Role.COORDINATOR)
    assert stranger.get(PAGE).status_code == 404
    assert stranger.post(f"{PAGE}/{held.id}/end", last_day="2026-06-01").status_code == 404
    assert appoint(stranger).status_code == 404


def test_relay_goes_to_whoever_is_left(officer: Visitor) -> None:
    assert relay() == (Role.COORDINATOR, ["coordinator@demo.example"])
    for role in ("co_coordinator", "steering_group", "deputy_officer"):
        appoint(officer, role=role, email=f"{role}@demo.example")
    left = []
    for role, email in (
        (Role.COORDINATOR, "coordinator@demo.example"),
        (Role.CO_COORDINATOR, "co_coordinator@demo.example"),
        (Role.STEERING_GROUP, "steering_group@demo.example"),
    ):
        held = appointment_of(email, role)
        officer.post(f"{PAGE}/{held.id}/end", last_day="2026-06-01")
        left.append(relay())
    assert left == [
        (Role.CO_COORDINATOR, ["co_coordinator@demo.example"]),
        (Role.STEERING_GROUP, ["steering_group@demo.example"]),
        (Role.MANDATED_OFFICER, ["officer@demo.example"]),
    ]


def test_a_closed_account_relays_nothing() -> None:
    with unit_of_work() as session:
        account = accounts.by_email(session, "coordinator@demo.example")
        assert account is not None
        account.disabled_at = NOW
        session.add(account)
    assert relay() == (Role.MANDATED_OFFICER, ["officer@demo.example"])
    assert gaps() == [(Role.COORDINATOR, None)]


def test_a_gap_shows_on_the_page_on_the_first_page_and_in_the_health(officer: Visitor) -> None:
    assert gaps() == []
    held = appointment_of("coordinator@demo.example", Role.COORDINATOR)
    officer.post(f"{PAGE}/{held.id}/end", last_day="2026-06-01")
    assert gaps() == [(Role.COORDINATOR, None)]
    page = officer.get(PAGE).text
    assert "There is no coordinator." in page
    assert "Mandated officer (Olivia Officier)" in page
    assert "There is no coordinator." in officer.get("/").text
    assert "There is no coordinator." in officer.get("/partnerships/haut-valdor/health").text


def test_a_mandate_that_ends_within_a_month_is_a_gap_unless_somebody_follows(
    officer: Visitor,
) -> None:
    held = appointment_of("coordinator@demo.example", Role.COORDINATOR)
    end(held.id, date(2026, 7, 2))
    assert gaps() == []
    end(held.id, date(2026, 6, 20))
    assert gaps() == [(Role.COORDINATOR, date(2026, 6, 20))]
    appoint(officer, role="coordinator", first_day="2026-06-22")
    assert gaps() == [(Role.COORDINATOR, date(2026, 6, 20))]
    appoint(officer, role="coordinator", first_day="2026-06-21", email="next@demo.example")
    assert gaps() == []


def end(appointment_id: UUID, last_day: date) -> None:
    with unit_of_work() as session:
        account = accounts.by_email(session, "officer@demo.example")
        assert account is not None
        actor = accounts.actor_for(session, account)
        held = session.get_one(Appointment, appointment_id)
        appointments.end(session, actor, held, last_day)


def test_an_end_is_never_put_off(officer: Visitor) -> None:
    appoint(officer, last_day="2026-06-10")
    held = appointment_of("new@demo.example", Role.CO_COORDINATOR)
    page = officer.post(f"{PAGE}/{held.id}/end", last_day="2026-06-20")
    assert "before this day already" in problem(page, f"last_day-{held.id}")


def test_the_log_knows_who_appointed_whom_and_no_name(officer: Visitor) -> None:
    appoint(officer)
    held = appointment_of("new@demo.example", Role.CO_COORDINATOR)
    with unit_of_work(read_only=True) as session:
        decided = session.exec(
            select(Decision).where(
                Decision.subject_id == str(held.id), Decision.action == "account.appoint"
            )
        ).one()
        officer_account = accounts.by_email(session, "officer@demo.example")
        everything = str([one.facts for one in session.exec(select(Decision))])
    assert officer_account is not None
    assert decided.account_id == officer_account.id
    assert "Nora" not in everything
    assert "new@demo.example" not in everything


def test_the_mail_is_in_the_language_of_its_reader(officer: Visitor) -> None:
    appoint(officer)
    with unit_of_work(read_only=True) as session:
        mail = session.exec(select(Notice).where(Notice.kind == "password_link")).one()
        account = session.exec(select(Account).where(Account.name == "Nora Nieuw")).one()
    assert mail.language is account.language is Language.DUTCH
    assert mail.expires_at == NOW + timedelta(hours=24)
