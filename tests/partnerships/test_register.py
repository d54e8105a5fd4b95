"""The list of partnerships, organisations with their contacts, groups; by page and by API."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlmodel import select
from typer.testing import CliRunner

from hub import clock
from hub.cli import app
from hub.db import unit_of_work
from hub.i18n import Language
from partnerships.models import (
    Organisation,
    OrganisationContact,
    Partnership,
    PartnershipKind,
    PartnershipStatus,
)
from partnerships.slugs import slug_of
from tests import in_process
from tests.conftest import Templates
from tests.partnerships.register_zone import PROPOSAL, found, mails, problem
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
CONTACT = {
    "function": "Secrétariat",
    "name": "Sara Secrétaire",
    "email": "Sara@Demo.example",
    "telephone": "0470 12 34 56",
    "language": "de",
    "is_told_of_changes": "yes",
}
API_PROPOSAL: dict[str, Any] = {
    "name": "PLP Hafen",
    "kind": "thematic",
    "theme": "Hafen",
    "languages": ["de", "fr"],
    "municipality": "valdor",
    "initiators": [{"name": "Hans Hafen", "email": "hans@demo.example", "language": "de"}],
}


@pytest.fixture(autouse=True)
def _a_day_in_june(demo_zone: str) -> None:
    clock.set_source(lambda: NOW)


@pytest.fixture
def officer(templates: Templates) -> Visitor:
    return in_process.signed_in(**templates.accounts["mandated_officer"])


@pytest.fixture
def api(templates: Templates) -> httpx.Client:
    return in_process.api(templates.accounts["mandated_officer"]["email"]).http


def add_partnerships(count: int) -> None:
    with unit_of_work() as session:
        zone = session.exec(select(Organisation).where(Organisation.slug == "zone-valdor")).one()
        town = session.exec(select(Organisation).where(Organisation.slug == "valdor")).one()
        session.add_all(
            Partnership(
                slug=f"quartier-{number:04}",
                name=f"Quartier {number:04}",
                kind=PartnershipKind.MIXED,
                status=PartnershipStatus.DORMANT,
                languages=[Language.FRENCH],
                police_zone_id=zone.id,
                municipality_id=town.id,
            )
            for number in range(count)
        )


def organisation(slug: str) -> Organisation:
    with unit_of_work(read_only=True) as session:
        return session.exec(select(Organisation).where(Organisation.slug == slug)).one()


def contact(name: str) -> OrganisationContact:
    with unit_of_work(read_only=True) as session:
        return next(one for one in session.exec(select(OrganisationContact)) if one.name == name)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("PLP Rue de l'Église", "plp-rue-de-l-eglise"),
        ("BIN Groß-Œuvre & Co.", "bin-gross-oeuvre-co"),
        ("  ", ""),
        ("Ελλάδα", ""),
        ("x" * 80, "x" * 60),
    ],
)
def test_a_slug_is_made_of_plain_letters(name: str, slug: str) -> None:
    assert slug_of(name) == slug


def test_the_list_says_what_each_is_and_who_is_in_it(officer: Visitor) -> None:
    page = officer.get("/partnerships").text
    assert "3 partnerships" in page
    assert "Self-employed (PLP-I) · Valdor" in page
    assert "Version 1" in page
    assert "Renewal overdue" in page


def test_two_thousand_partnerships_are_shown_a_page_at_a_time_and_found_by_name(
    officer: Visitor,
) -> None:
    add_partnerships(2000)
    first = officer.get("/partnerships").text
    assert "2003 partnerships" in first
    assert "page 1 of 41" in first
    assert "Quartier 0046" in first
    assert "Quartier 0047" not in first
    assert "Quartier 1999" in officer.get("/partnerships?page=41").text
    assert "Quartier 1999" in officer.get("/partnerships?page=9999").text
    assert "1 partnership<" in officer.get("/partnerships?q=tier 0815").text
    assert "page 2 of 40" in officer.get("/partnerships?status=dormant&page=2").text


@pytest.mark.parametrize(
    ("search", "seen"),
    [
        ("q=EGLISE", True),
        ("q=église", True),
        ("q=gare", False),
        ("q=%25", False),
        ("status=proposal", True),
        ("status=active", False),
        ("kind=citizens", True),
        ("kind=mixed", False),
        ("municipality=valdor", True),
        ("municipality=elsewhere", False),
        ("status=nonsense", True),
    ],
)
def test_the_list_is_narrowed_by_what_is_asked(officer: Visitor, search: str, seen: bool) -> None:
    found(officer)
    page = officer.get(f"/partnerships?{search}").text
    assert ("PLP Rue de l&#39;Église</a>" in page) is seen


def test_everybody_sees_those_within_his_reach_only(templates: Templates) -> None:
    coordinator = in_process.signed_in(**templates.accounts["coordinator"])
    page = coordinator.get("/partnerships").text
    assert "PLP Haut-Valdor" in page
    assert "Valdor-Gare" not in page
    assert coordinator.get("/partnerships/valdor-gare").status_code == 404
    assert coordinator.get("/partnerships/haut-valdor").status_code == 200


def test_tabs_lead_only_where_one_may_go(templates: Templates, officer: Visitor) -> None:
    page = officer.get("/partnerships/haut-valdor").text
    assert '/partnerships/haut-valdor/members"' in page
    mayor = in_process.signed_in(**templates.accounts["prevention_officer"])
    assert '/partnerships/haut-valdor/members"' not in mayor.get("/partnerships/haut-valdor").text


def test_contacts_are_kept_and_the_partners_told_who_they_are(officer: Visitor) -> None:
    place = "/organisations/zone-valdor"
    assert officer.post(f"{place}/contacts", **CONTACT).is_redirect
    told = mails("organisation")
    assert "Sara Secrétaire, Secrétariat, +32470123456, sara@demo.example" in (
        told["coordinator@demo.example"].body
    )
    assert told["sara@demo.example"].language == "de"
    assert "officer@demo.example" not in told
    assert "+32 470 12 34 56" in officer.get("/partnerships/haut-valdor").text
    sara = contact("Sara Secrétaire")
    changed = {**CONTACT, "name": "Sara Seul", "is_told_of_changes": ""}
    assert officer.post(f"{place}/contacts/{sara.id}", **changed).is_redirect
    assert contact("Sara Seul").is_told_of_changes is False
    assert officer.post(f"/organisations/valdor/contacts/{sara.id}/remove").status_code == 404
    assert officer.post(f"{place}/contacts/{sara.id}/remove").is_redirect
    assert "Sara" not in officer.get(place).text


def test_a_contact_that_will_not_do_is_refused_beside_its_fields(officer: Visitor) -> None:
    wrong = {"function": "", "name": "", "email": "x", "telephone": "12", "language": "fr"}
    page = officer.post("/organisations/valdor/contacts", **wrong)
    for field in ("function", "name", "email", "telephone"):
        assert problem(page, f"{field}.new")
    assert 'value="12"' in page.text


def test_an_organisation_says_where_citizens_reach_it(officer: Visitor) -> None:
    fields = {
        "organisation.name": "Zone de police Valdor",
        "organisation.public_telephone": "04 200 01 01",
        "organisation.public_email": "zone@demo.example",
        "organisation.province": "Liège",
    }
    assert officer.post("/organisations/zone-valdor", **fields).is_redirect
    zone = organisation("zone-valdor")
    assert zone.public_telephone == "+3242000101"
    assert zone.part_of_id == organisation("liege").id
    assert "Liège" in officer.get("/partnerships/haut-valdor").text
    wrong = officer.post("/organisations/zone-valdor", **{**fields, "organisation.name": ""})
    assert problem(wrong, "organisation.name")


def test_a_province_is_not_kept_by_the_officer_of_one_zone(officer: Visitor) -> None:
    words = ["zone", "province", "zone-valdor", "Liège"]
    assert CliRunner().invoke(app, words, catch_exceptions=False).exit_code == 0
    assert "/organisations/liege" not in officer.get("/organisations").text
    for answer in (
        officer.get("/organisations/liege"),
        officer.post("/organisations/liege", **{"organisation.name": "Ours"}),
        officer.post("/organisations/liege/contacts", **CONTACT),
    ):
        assert answer.status_code == 404
    assert organisation("liege").name == "Liège"


def test_an_officer_names_the_province_of_his_zone_once_and_does_not_move_it(
    officer: Visitor,
) -> None:
    fields = {"organisation.name": "Zone de police Valdor", "organisation.province": "Liège"}
    assert officer.post("/organisations/zone-valdor", **fields).is_redirect
    liege = organisation("liege").id
    # The same again, in another spelling, is no move.
    again = {**fields, "organisation.province": "LIEGE"}
    assert officer.post("/organisations/zone-valdor", **again).is_redirect
    moved = {**fields, "organisation.province": "Namur"}
    page = officer.post("/organisations/zone-valdor", **moved)
    assert "Only an administrator" in problem(page, "organisation.province")
    assert 'value="Namur"' in page.text
    assert organisation("zone-valdor").part_of_id == liege
    words = ["zone", "province", "zone-valdor", "Namur"]
    assert CliRunner().invoke(app, words, catch_exceptions=False).exit_code == 0
    assert organisation("zone-valdor").part_of_id == organisation("namur").id
    wrong = CliRunner().invoke(app, ["zone", "province", "nowhere", "Namur"])
    assert wrong.exit_code != 0


def test_an_administrator_keeps_the_province_and_moves_a_zone(templates: Templates) -> None:
    administrator = in_process.signed_in(**templates.accounts["administrator"])
    words = ["zone", "province", "zone-valdor", "Liège"]
    assert CliRunner().invoke(app, words, catch_exceptions=False).exit_code == 0
    assert 'href="/organisations"' in administrator.get("/partnerships").text
    assert "/organisations/liege" in administrator.get("/organisations").text
    assert administrator.post("/organisations/liege/contacts", **CONTACT).is_redirect
    assert CONTACT["name"] in administrator.get("/organisations/liege").text
    fields = {"organisation.name": "Zone de police Valdor", "organisation.province": "Namur"}
    assert administrator.post("/organisations/zone-valdor", **fields).is_redirect
    assert organisation("zone-valdor").part_of_id == organisation("namur").id
    assert administrator.get("/partnerships/new").status_code == 403


def test_a_prevention_officer_keeps_his_municipality_and_no_police_zone(
    templates: Templates,
) -> None:
    prevention = in_process.signed_in(**templates.accounts["prevention_officer"])
    assert prevention.get("/organisations/valdor").status_code == 200
    assert prevention.get("/organisations/zone-valdor").status_code == 404
    assert prevention.post("/organisations/zone-valdor/contacts", **CONTACT).status_code == 404
    assert prevention.post("/groups", name="Ours").status_code == 422


def test_a_group_is_made_renamed_filled_and_dissolved(officer: Visitor) -> None:
    assert officer.post("/groups", name="Bords de Meuse").headers["Location"] == (
        "/groups/bords-de-meuse"
    )
    assert "exists already" in problem(officer.post("/groups", name="bords de meuse"), "name")
    place = "/groups/bords-de-meuse"
    officer.post(f"{place}/partnerships", partnership="valdor-gare")
    officer.post(f"{place}/partnerships", partnership="valdor-gare")
    stranger = officer.post(f"{place}/partnerships", partnership="elsewhere")
    assert problem(stranger, "partnership")
    assert "In the group Bords de Meuse" in officer.get("/partnerships/valdor-gare").text
    officer.post(f"{place}/rename", name="Rives de Meuse")
    assert "Rives de Meuse" in officer.get(place).text
    officer.post(f"{place}/partnerships/valdor-gare/remove")
    assert "Rives de Meuse" not in officer.get("/partnerships/valdor-gare").text
    assert officer.post(f"{place}/dissolve").is_redirect
    assert officer.get(place).status_code == 404


def test_the_api_pages_through_the_register_by_cursor(api: httpx.Client) -> None:
    add_partnerships(25)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.get("/partnerships", params={"limit": 10, "cursor": cursor}).json()
        seen += [one["slug"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == 28
    assert seen == sorted(set(seen))


@pytest.mark.parametrize(
    ("asked", "slugs"),
    [
        ({"status": "proposal"}, ["valdor-commerces"]),
        ({"kind": "self_employed"}, ["valdor-commerces"]),
        ({"q": "gare"}, ["valdor-gare"]),
        ({"police_zone": "zone-valdor", "status": "active"}, ["haut-valdor", "valdor-gare"]),
        ({"municipality": "elsewhere"}, []),
    ],
)
def test_the_api_narrows_the_register(
    api: httpx.Client, asked: dict[str, str], slugs: list[str]
) -> None:
    items = api.get("/partnerships", params=asked).json()["items"]
    assert [one["slug"] for one in items] == slugs


def test_the_api_refuses_a_filter_it_does_not_know(api: httpx.Client) -> None:
    assert api.get("/partnerships", params={"statu": "active"}).status_code == 422
    assert api.get("/partnerships", params={"status": "asleep"}).status_code == 422


def test_by_the_api_a_partnership_is_founded_changed_and_brought_on(api: httpx.Client) -> None:
    made = api.post("/partnerships", json=API_PROPOSAL)
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["slug"], told["status"], told["theme"]) == ("plp-hafen", "proposal", "Hafen")
    assert (told["police_zone"], told["municipality"]) == ("zone-valdor", "valdor")
    assert [one["status"] for one in told["next_steps"]] == ["information_evening", "refused"]
    changed = api.patch("/partnerships/plp-hafen", json={"renewal_due_on": "2027-01-01"}).json()
    assert (changed["name"], changed["renewal_due_on"]) == ("PLP Hafen", "2027-01-01")
    assert changed["takes_requests"] is True
    taken = api.post(
        "/partnerships/plp-hafen/steps",
        json={"status": "information_evening", "happened_on": "2026-06-01"},
    )
    assert taken.status_code == 201
    assert [one["status"] for one in taken.json()["steps"]] == ["proposal", "information_evening"]
    assert taken.json() == api.get("/partnerships/plp-hafen").json()


def test_by_the_api_a_step_that_misses_something_is_refused_with_every_reason(
    api: httpx.Client,
) -> None:
    api.post("/partnerships", json=API_PROPOSAL)
    for status in ("information_evening", "charter"):
        api.post(
            "/partnerships/plp-hafen/steps", json={"status": status, "happened_on": "2026-06-01"}
        )
    wanted = {"status": "sent_for_recognition", "happened_on": "2026-06-02"}
    refused = api.post("/partnerships/plp-hafen/steps", json=wanted)
    assert refused.status_code == 422
    assert {one["field"] for one in refused.json()["errors"]} == {"status", "happened_on", "reason"}
    coming = api.get("/partnerships/plp-hafen").json()["next_steps"][0]
    assert coming["missing"] == ["charter", "signatures", "house_rules"]
    assert coming["is_open"] is False


def test_the_api_refuses_what_is_misspelled_and_who_may_not(
    api: httpx.Client, templates: Templates
) -> None:
    assert api.post("/partnerships", json={**API_PROPOSAL, "nam": "X"}).status_code == 422
    nobody = api.post("/partnerships", json={**API_PROPOSAL, "initiators": []})
    assert "initiators" in {one["field"] for one in nobody.json()["errors"]}
    coordinator = in_process.api(templates.accounts["coordinator"]["email"]).http
    assert coordinator.post("/partnerships", json=API_PROPOSAL).status_code == 403
    assert coordinator.patch("/partnerships/haut-valdor", json={}).status_code == 403
    assert coordinator.get("/partnerships/valdor-gare").status_code == 404


def test_the_api_tells_organisations_without_their_people(api: httpx.Client) -> None:
    told = api.get("/organisations").json()
    assert {one["slug"]: one["part_of"] for one in told} == {
        "zone-valdor": None,
        "valdor": "zone-valdor",
    }
    assert "secretariat@demo.example" not in api.get("/organisations").text
    assert [one["slug"] for one in api.get("/organisations?kind=municipality").json()] == ["valdor"]


def test_an_operator_puts_a_police_zone_into_the_register_and_it_is_founded_in() -> None:
    words = ["zone", "create", "Zone de police Neuve", "--municipality", "Neuve-Église"]
    told = CliRunner().invoke(
        app, [*words, "--province", "Hainaut", "--json"], catch_exceptions=False
    )
    assert json.loads(told.stdout) == {
        "zone": "zone-de-police-neuve",
        "municipalities": ["neuve-eglise"],
    }
    assert organisation("zone-de-police-neuve").part_of_id == organisation("hainaut").id
    words = ["account", "create", "--email", "new-officer@demo.example", "--json"]
    words += ["--role", "mandated_officer", "--scope", "zone-de-police-neuve"]
    made = CliRunner().invoke(app, words, catch_exceptions=False)
    newcomer = in_process.signed_in("new-officer@demo.example", json.loads(made.stdout)["password"])
    assert found(newcomer, municipality="neuve-eglise").is_redirect
    assert "Valdor" not in newcomer.get("/partnerships").text


def test_what_the_pages_take_the_proposal_form_has(officer: Visitor) -> None:
    page = officer.get("/partnerships/new").text
    for field in PROPOSAL:
        assert f'name="{field}"' in page
