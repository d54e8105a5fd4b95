"""A coordinator keeps the members of his partnership, and sees nothing of another's."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from feedback.models import InboundChannel, InboundKind, InboundMessage
from hub import clock
from hub.db import unit_of_work
from hub.i18n import Language
from partnerships import contact, members_list
from partnerships.models import (
    Account,
    Consent,
    ContactKind,
    ContactPoint,
    Membership,
    Partnership,
    Person,
)
from tests import in_process
from tests.conftest import Templates
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
UPPER, LOWER = "haut-valdor", "valdor-gare"
MEMBERS = f"/partnerships/{UPPER}/members"
ANNA = {"name": "Anna Nieuw", "ways.0": "0471 99 00 01", "language": "nl"}
AGREED = {"purposes": ["urgent_alerts", "prevention"], "how": "paper", "on": "2026-05-31"}


@pytest.fixture(autouse=True)
def _a_day_in_june(demo_zone: str) -> None:
    clock.set_source(lambda: NOW)


@pytest.fixture
def coordinator(templates: Templates) -> Visitor:
    return in_process.signed_in(**templates.accounts["coordinator"])


@pytest.fixture
def officer(templates: Templates) -> Visitor:
    return in_process.signed_in(**templates.accounts["mandated_officer"])


def add(visitor: Visitor, **changes: Any) -> httpx.Response:
    return visitor.post(f"{MEMBERS}/new", **{**ANNA, **AGREED, **changes})


def member_page(answer: httpx.Response) -> str:
    """The address of the page of a member just added."""
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


def names(page: httpx.Response) -> list[str]:
    return [unescape(one) for one in re.findall(r'"member-name"[^>]*>([^<]+)<', page.text)]


def search(visitor: Visitor, words: str) -> list[str]:
    return names(visitor.post(f"{MEMBERS}/search", words=words))


def problem(page: httpx.Response, field: str) -> str:
    assert page.status_code == 422
    found = re.search(rf'id="problem-{re.escape(field)}">([^<]+)<', page.text)
    assert found, f"nothing is said beside {field}"
    return unescape(found[1])


def person_of(name: str) -> Person:
    with unit_of_work(read_only=True) as session:
        return next(one for one in session.exec(select(Person)) if one.name == name)


def point_of(person: Person, kind: ContactKind = ContactKind.MOBILE) -> ContactPoint:
    with unit_of_work(read_only=True) as session:
        points = select(ContactPoint).where(
            ContactPoint.person_id == person.id, ContactPoint.kind == kind
        )
        return session.exec(points).one()


def test_a_member_is_added_with_what_he_agreed_to_on_paper(coordinator: Visitor) -> None:
    page = coordinator.get(member_page(add(coordinator)) + "?added=yes").text
    assert "Anna Nieuw is a member now." in page
    assert "+32 471 99 00 01" in page
    assert "agreed on 31 May 2026" in page
    with unit_of_work(read_only=True) as session:
        given = session.exec(
            select(Consent).where(Consent.person_id == person_of("Anna Nieuw").id)
        ).all()
    assert {(one.purpose, one.given_how, one.language) for one in given} == {
        ("urgent_alerts", "paper", "nl"),
        ("prevention", "paper", "nl"),
    }


def test_a_member_is_found_by_a_part_of_the_name_however_it_is_written(
    coordinator: Visitor,
) -> None:
    add(coordinator, name="Chloé D'Hondt-Noël")
    for words in ("dhondt noel", "CHLOE  Hondt", "d'hondt", "D Hondt", "hond"):
        assert search(coordinator, words) == ["Chloé D'Hondt-Noël"]


def test_a_member_is_found_by_number_or_address_in_any_habit(coordinator: Visitor) -> None:
    add(coordinator, **{"ways.1": "Anna@Demo.example"})
    for words in ("0471/99.00.01", "+32 (0)471 99 00 01", "anna@demo.example"):
        assert search(coordinator, words) == ["Anna Nieuw"]
    for words in ("0471 99 00 02", "anna@other.example", "nobody", "047199"):
        assert search(coordinator, words) == []


def test_every_wrong_field_is_named_and_what_was_typed_is_kept(coordinator: Visitor) -> None:
    page = add(coordinator, name=" ", on="2026-06-02", **{"ways.0": "0471 99", "street": "Rue X"})
    assert problem(page, "name") == "A name is needed."
    assert problem(page, "ways.0") == "This number is too short to be a member's own."
    assert problem(page, "on") == "This day is still to come."
    assert 'value="0471 99"' in page.text
    assert 'name="is_shared"' not in page.text
    assert 'value="Rue X"' in page.text
    assert len(search(coordinator, "rue")) == 0


def test_a_member_without_any_way_to_reach_him_is_not_added(coordinator: Visitor) -> None:
    page = add(coordinator, **{"ways.0": ""})
    assert problem(page, "ways.0") == "A mobile, a land line or an email address is needed."


def test_a_number_of_a_member_here_is_said_to_be_his_unless_two_share_it(
    coordinator: Visitor,
) -> None:
    add(coordinator)
    page = add(coordinator, name="Bert Nieuw")
    told = "This number or address belongs to a member here already: Anna Nieuw."
    assert problem(page, "ways.0") == told
    assert 'name="is_shared"' in page.text
    assert add(coordinator, name="Bert Nieuw", is_shared="yes").status_code == 303
    page = add(coordinator, is_shared="yes")
    assert "is a member here already" in problem(page, "ways.0")


def test_a_number_of_another_partnerships_member_is_nobodys_business_here(
    coordinator: Visitor,
) -> None:
    elsewhere = point_of(person_of("Bram Denoël")).value
    page = coordinator.get(member_page(add(coordinator, **{"ways.0": elsewhere}))).text
    assert "Bram" not in page
    assert "member01@demo.example" not in page


def test_a_land_line_is_called_and_a_household_shares_it(coordinator: Visitor) -> None:
    add(coordinator, **{"ways.0": "04 200 09 99"})
    page = coordinator.get(member_page(add(coordinator, name="Bert", **{"ways.0": "042000999"})))
    assert "Cannot take texts: it will be called." in page.text
    assert "Shares a land line with 1 other member" in page.text


def test_each_cut_of_the_list_shows_exactly_whom_it_names(coordinator: Visitor) -> None:
    everybody = names(coordinator.get(MEMBERS))
    assert len(everybody) == 24
    assert everybody == sorted(everybody, key=lambda name: name.replace("É", "E"))
    assert names(coordinator.get(f"{MEMBERS}?show=no_consent")) == ["Simon Denoël"]
    assert names(coordinator.get(f"{MEMBERS}?show=unreachable")) == []
    assert len(names(coordinator.get(f"{MEMBERS}?show=unverified"))) == 14
    paused, suspended, lost = everybody[:3]
    with unit_of_work() as session:
        person = session.get_one(Person, person_of(paused).id)
        person.paused_from = NOW.date()
        session.add(person)
        for membership in session.exec(
            select(Membership).where(Membership.person_id == person_of(suspended).id)
        ):
            membership.suspended_until = NOW + timedelta(days=1)
            session.add(membership)
        points = select(ContactPoint).where(ContactPoint.person_id == person_of(lost).id)
        for point in session.exec(points):
            contact.stop_all(session, point, "dead_number")
    assert names(coordinator.get(f"{MEMBERS}?show=paused")) == [paused]
    assert names(coordinator.get(f"{MEMBERS}?show=suspended")) == [suspended]
    assert names(coordinator.get(f"{MEMBERS}?show=lost")) == [lost]
    assert names(coordinator.get(f"{MEMBERS}?show=unreachable")) == [lost]
    assert "not in use any more" not in coordinator.get(MEMBERS).text


def test_who_takes_no_calls_and_has_a_land_line_alone_cannot_be_reached(
    coordinator: Visitor,
) -> None:
    address = member_page(add(coordinator, **{"ways.0": "04 200 09 99"}))
    coordinator.post(address, name="Anna Nieuw", language="nl")
    assert names(coordinator.get(f"{MEMBERS}?show=unreachable")) == ["Anna Nieuw"]
    coordinator.post(address, name="Anna Nieuw", language="nl", takes_calls="yes")
    assert names(coordinator.get(f"{MEMBERS}?show=unreachable")) == []


def test_a_long_list_comes_in_pages_and_one_too_long_to_sort_in_the_order_of_joining(
    coordinator: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members_list, "PAGE_SIZE", 10)
    pages = [names(coordinator.get(f"{MEMBERS}?page={number}")) for number in (1, 2, 3)]
    assert [len(one) for one in pages] == [10, 10, 4]
    assert names(coordinator.get(f"{MEMBERS}?page=99")) == pages[2]
    monkeypatch.setattr(members_list, "MOST_SORTED", 5)
    add(coordinator)
    newest_first = coordinator.get(MEMBERS)
    assert names(newest_first)[0] == "Anna Nieuw"
    assert "the newest come first" in newest_first.text
    assert search(coordinator, "nieuw") == ["Anna Nieuw"]


def test_a_number_is_changed_added_and_removed(coordinator: Visitor) -> None:
    address = member_page(add(coordinator))
    coordinator.post(f"{address}/ways", way="anna@demo.example")
    point = point_of(person_of("Anna Nieuw"))
    assert "not a telephone number" in coordinator.post(f"{address}/ways/{point.id}", way="x").text
    coordinator.post(f"{address}/ways/{point.id}", way="0471 99 00 07")
    page = coordinator.get(address).text
    assert "+32 471 99 00 07" in page
    assert "+32 471 99 00 01" not in page
    coordinator.post(f"{address}/ways/{point.id}/remove")
    page = coordinator.get(address).text
    assert "+32 471 99 00 07" not in page
    assert "anna@demo.example" in page


def test_what_its_owner_closed_stays_closed_whoever_types_it_again(coordinator: Visitor) -> None:
    address = member_page(add(coordinator))
    point = point_of(person_of("Anna Nieuw"))
    with unit_of_work() as session:
        contact.stop_all(session, session.get_one(ContactPoint, point.id), "texted_stop")
    assert "closed by its owner" in coordinator.get(address).text
    for answer in (
        coordinator.post(f"{address}/ways/{point.id}/remove"),
        coordinator.post(f"{address}/ways/{point.id}", way="0471 99 00 08"),
    ):
        assert answer.status_code == 409
    page = member_page(add(coordinator, name="Bert Nieuw", is_shared="yes"))
    assert "closed by its owner" in coordinator.get(page).text
    assert "Not reachable" in coordinator.get(page).text


def test_a_number_messages_went_to_is_forgotten_and_its_history_stays(
    coordinator: Visitor,
) -> None:
    address = member_page(add(coordinator, **{"ways.1": "anna@demo.example"}))
    point = point_of(person_of("Anna Nieuw"))
    with unit_of_work() as session:
        # Any row of another room that names the contact point, as a delivery does.
        session.add(
            InboundMessage(
                carrier_id="SM1",
                channel=InboundChannel.SMS,
                sender=point.value,
                body="words",
                kind=InboundKind.MESSAGE,
                language=Language.DUTCH,
                contact_point_id=point.id,
            )
        )
    coordinator.post(f"{address}/ways/{point.id}/remove")
    assert "+32 471 99 00 01" not in coordinator.get(address).text
    with unit_of_work(read_only=True) as session:
        kept = session.get_one(ContactPoint, point.id)
        assert kept.value == ""
        assert contact.points_with_value(session, "+32471990001") == []
    assert search(coordinator, "0471 99 00 01") == []


def test_name_language_and_address_are_changed(coordinator: Visitor) -> None:
    address = member_page(add(coordinator))
    changes = {"name": "Anna Oud", "language": "de", "street": "Hochstr.", "house_number": "3"}
    coordinator.post(address, **changes, takes_calls="yes")
    page = coordinator.get(address).text
    assert "<h1>Anna Oud</h1>" in page
    assert 'value="Hochstr."' in page
    refused = coordinator.post(address, name="", language="de", street="Kirchstr.")
    assert problem(refused, "name") == "A name is needed."
    assert 'value="Kirchstr."' in refused.text
    assert "<h1>Anna Oud</h1>" in coordinator.get(address).text


def test_an_agreement_is_written_down_later_and_taken_back(coordinator: Visitor) -> None:
    address = member_page(add(coordinator, purposes=[]))
    assert "No consent to alerts" in coordinator.get(address).text
    nothing = coordinator.post(f"{address}/consents", how="paper", on="2026-05-01")
    assert problem(nothing, "purposes") == "Tick what he agreed to."
    coordinator.post(f"{address}/consents", **{**AGREED, "proof": "Red binder, page 3"})
    page = coordinator.get(address).text
    assert "No consent to alerts" not in page
    assert "Red binder, page 3" in page
    coordinator.post(f"{address}/consents/urgent_alerts/withdraw")
    page = coordinator.get(address).text
    assert "taken back on 1 Jun 2026" in page
    assert "No consent to alerts" in page


def test_ending_a_membership_asks_first_and_coming_back_is_the_same_membership(
    coordinator: Visitor,
) -> None:
    address = member_page(add(coordinator))
    assert "End the membership of Anna Nieuw?" in coordinator.get(f"{address}/end").text
    assert search(coordinator, "anna") == ["Anna Nieuw"]
    coordinator.post(f"{address}/end")
    assert search(coordinator, "anna") == []
    assert coordinator.get(address).status_code == 404
    assert coordinator.post(f"{address}/end").is_redirect, "a second click"
    assert member_page(add(coordinator, name="ANNA NIEUW")) == address
    assert search(coordinator, "anna") == ["ANNA NIEUW"]


@pytest.mark.parametrize("role", ["dispatcher", "prevention_officer", "administrator"])
def test_the_register_is_not_for_everybody_who_signs_in(templates: Templates, role: str) -> None:
    visitor = in_process.signed_in(**templates.accounts[role])
    for path in (MEMBERS, f"{MEMBERS}/new", f"/partnerships/{UPPER}/requests"):
        assert visitor.get(path).status_code == 403
    assert add(visitor).status_code == 403


def test_a_coordinator_sees_his_own_partnership_alone(coordinator: Visitor) -> None:
    assert coordinator.get(f"/partnerships/{LOWER}/members").status_code == 404
    with unit_of_work(read_only=True) as session:
        lower = select(Partnership.id).where(Partnership.slug == LOWER)
        of_lower = session.exec(
            select(Membership.id).where(col(Membership.partnership_id).in_(lower))
        ).first()
    assert coordinator.get(f"{MEMBERS}/{of_lower}").status_code == 404
    assert coordinator.post(f"{MEMBERS}/{of_lower}/end").status_code == 404


def test_an_officer_keeps_the_register_of_his_zone(officer: Visitor) -> None:
    assert add(officer).status_code == 303
    assert officer.get(f"/partnerships/{LOWER}/members").status_code == 200


def test_no_address_of_the_web_carries_a_name_or_a_number(coordinator: Visitor) -> None:
    page = coordinator.post(f"{MEMBERS}/search", words="Hilgers").text
    targets = re.findall(r'(?:href|action)="([^"]+)"', page)
    assert not [one for one in targets if "ilgers" in one]
    assert not [one for one in targets if "3247" in one and not one.startswith("tel:")]


def api_of(role: str) -> httpx.Client:
    with unit_of_work(read_only=True) as session:
        emails = [one.email for one in session.exec(select(Account))]
    return in_process.api(next(one for one in emails if one.startswith(role))).http


WANTED = {
    "name": "Anna Nieuw",
    "language": "nl",
    "ways": ["0471 99 00 01", "anna@demo.example"],
    "address": {"street": "Hoogstraat", "house_number": "3"},
    "agreement": {"purposes": ["urgent_alerts"], "how": "paper", "on": "2026-05-31"},
}


def test_the_api_adds_shows_changes_and_ends_a_member() -> None:
    http = api_of("coordinator")
    made = http.post(MEMBERS, json=WANTED)
    assert made.status_code == 201, made.text
    member = made.json()
    assert [one["value"] for one in member["ways"]] == ["+32471990001", "anna@demo.example"]
    assert member["consents"] == ["urgent_alerts"]
    assert member["states"] == ["unverified"]
    path = f"{MEMBERS}/{member['id']}"
    changed = http.patch(path, json={"language": "de", "takes_calls": False}).json()
    assert (changed["language"], changed["takes_calls"]) == ("de", False)
    assert changed["address"]["street"] == "Hoogstraat"
    assert http.post(f"{path}/ways", json={"value": "04 200 09 99"}).status_code == 201
    assert http.delete(f"{path}/ways/{member['ways'][1]['id']}").status_code == 204
    kinds = [one["kind"] for one in http.get(path).json()["ways"]]
    assert kinds == ["mobile", "landline"]
    assert http.delete(path).status_code == 204
    assert http.delete(path).status_code == 204
    assert http.get(path).status_code == 404


def test_who_has_left_is_neither_read_nor_changed_any_more(
    coordinator: Visitor, officer: Visitor
) -> None:
    address = member_page(add(coordinator))
    http = api_of("coordinator")
    point = point_of(person_of("Anna Nieuw"))
    coordinator.post(f"{address}/end")
    for visitor in (coordinator, officer):
        for answer in (
            visitor.get(address),
            visitor.get(f"{address}/end"),
            visitor.post(address, name="Anna Oud", language="de"),
            visitor.post(f"{address}/ways", way="anna@demo.example"),
            visitor.post(f"{address}/ways/{point.id}", way="0471 99 00 07"),
            visitor.post(f"{address}/ways/{point.id}/remove"),
            visitor.post(f"{address}/consents", **AGREED),
            visitor.post(f"{address}/consents/urgent_alerts/withdraw"),
        ):
            assert answer.status_code == 404
    for told in (
        http.get(address),
        http.patch(address, json={"name": "Anna Oud"}),
        http.post(f"{address}/ways", json={"value": "04 200 09 99"}),
        http.delete(f"{address}/ways/{point.id}"),
        http.get(f"{address}/consents"),
        http.post(f"{address}/consents", json=WANTED["agreement"]),
        http.delete(f"{address}/consents/prevention"),
    ):
        assert told.status_code == 404
    assert person_of("Anna Nieuw").language == "nl"
    assert point_of(person_of("Anna Nieuw")).value == "+32471990001"
    # What the police decide about him outlives his membership.
    assert officer.get(f"{address}/measures").status_code == 200


def test_the_api_names_every_wrong_field() -> None:
    http = api_of("coordinator")
    refused = http.post(MEMBERS, json={**WANTED, "name": "", "ways": ["101", "x@y"]})
    assert refused.headers["content-type"] == "application/problem+json"
    assert {one["field"] for one in refused.json()["errors"]} == {"name", "ways.0", "ways.1"}
    future = {**WANTED, "agreement": {**WANTED["agreement"], "on": "2026-07-01"}}  # type: ignore[dict-item]
    assert http.post(MEMBERS, json=future).json()["errors"][0]["field"] == "agreement.on"
    misspelled = http.post(MEMBERS, json={**WANTED, "langauge": "nl"})
    assert misspelled.json()["errors"][0]["field"] == "langauge"


def test_the_api_lists_by_cursor_and_filters() -> None:
    http = api_of("coordinator")
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = http.get(MEMBERS, params={"limit": 7} | ({"cursor": cursor} if cursor else {}))
        found += [one["id"] for one in page.json()["items"]]
        cursor = page.json()["next_cursor"]
    assert len(found) == len(set(found)) == 24
    german = http.get(MEMBERS, params={"language": "de"}).json()["items"]
    assert german
    assert {one["language"] for one in german} == {"de"}
    assert http.get(MEMBERS, params={"reachable": "false"}).json()["items"] == []
    assert len(http.get(MEMBERS, params={"consent": "surveys"}).json()["items"]) == 23
    assert http.get(MEMBERS, params={"cursor": "x"}).status_code == 422


def test_the_api_searches_by_post_because_addresses_are_logged() -> None:
    http = api_of("coordinator")
    refused = http.get(MEMBERS, params={"q": "Hilgers"})
    assert refused.status_code == 422
    assert "POST" in refused.json()["errors"][0]["detail"]
    found = http.post(f"{MEMBERS}/search", json={"words": "hilgers", "limit": 1}).json()
    assert len(found["items"]) == 1
    rest = http.post(
        f"{MEMBERS}/search", json={"words": "hilgers", "cursor": found["next_cursor"]}
    ).json()
    assert all("Hilgers" in one["name"] for one in rest["items"])
    assert rest["next_cursor"] is None


def test_the_api_keeps_what_a_member_agreed_to() -> None:
    http = api_of("coordinator")
    path = f"{MEMBERS}/{http.post(MEMBERS, json=WANTED).json()['id']}/consents"
    given = {"purposes": ["surveys", "urgent_alerts"], "how": "telephone", "on": "2026-06-01"}
    assert http.post(path, json=given).status_code == 201
    assert http.delete(f"{path}/urgent_alerts").status_code == 204
    rows = {one["purpose"]: one for one in http.get(path).json()}
    assert rows["surveys"]["given_how"] == "telephone"
    # The oldest proof stands: what was in force already was not written twice.
    assert rows["urgent_alerts"]["given_how"] == "paper"
    assert rows["urgent_alerts"]["withdrawn_at"] is not None


def test_the_api_hides_what_is_out_of_reach() -> None:
    assert api_of("coordinator").get(f"/partnerships/{LOWER}/members").status_code == 404
    assert api_of("dispatcher").get(MEMBERS).status_code == 403


def test_a_member_posted_twice_is_one_member() -> None:
    http = api_of("coordinator")
    assert http.post(MEMBERS, json=WANTED).status_code == 201
    again = http.post(MEMBERS, json=WANTED)
    assert again.status_code == 422
    assert {one["field"] for one in again.json()["errors"]} == {"ways.0", "ways.1"}
