"""A message kept to some streets and some groups: chosen, counted, sent, and explained afterwards.

In Haut-Valdor every fourth member is given a home in rue de l'Église, the next in rue Haute; the
others say nothing of where they live.
"""

import html
import re
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import Session, col, select

from hub import clock
from hub.db import unit_of_work
from messaging import audience, fan_out, leaving
from messaging.models import Broadcast, BroadcastStreet, Delivery, Incident
from partnerships import households
from partnerships.households import Address
from partnerships.models import (
    ContactPoint,
    GroupedMember,
    MemberGroup,
    Membership,
    Partnership,
    Person,
)
from tests import in_process
from tests.conftest import Templates
from tests.running_hub import WORDS, Visitor

NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
NIGHT = datetime(2026, 6, 3, 20, 0, tzinfo=UTC)
FACTS = {
    "form_id": "one",
    "phenomenon": "cambriolage",
    "place": "rue Haute",
    "facts_at": "2026-06-03T11:50",
    "drawn": "point",
    "partnerships": ["haut-valdor"],
}
CHURCH, HIGH = "Rue de l'Église", "Rue Haute"


@pytest.fixture
def visitor(demo_zone: str, templates: Templates) -> Visitor:
    clock.set_source(lambda: NOON)
    with unit_of_work() as session:
        for place, one in enumerate(members(session)):
            if place % 4 < 2:
                street = (CHURCH, HIGH)[place % 4]
                households.settle(session, one.person_id, Address(street, str(place)))
    account = templates.accounts["dispatcher"]
    return in_process.signed_in(account["email"], account["password"])


@pytest.fixture
def api(visitor: Visitor) -> httpx.Client:
    http = in_process.api("dispatcher@demo.example").http
    http.cookies.set("plp_language", "en")
    return http


def members(session: Session, slug: str = "haut-valdor") -> list[Membership]:
    wanted = (
        select(Membership)
        .join(Partnership, Partnership.id == Membership.partnership_id)  # type: ignore[arg-type]
        .where(Partnership.slug == slug)
    )
    return sorted(session.exec(wanted), key=lambda one: one.id)


def living_in(street: str) -> set[UUID]:
    """The people of Haut-Valdor whose home is there."""
    with unit_of_work(read_only=True) as session:
        return {
            one.person_id
            for one in members(session)
            if households.address_of(session, one.person_id).street == street
        }


def group(*places: int, slug: str = "haut-valdor", name: str = "Traders") -> str:
    """A group of the members at these places in the register; its id."""
    with unit_of_work() as session:
        own = members(session, slug)
        made = MemberGroup(partnership_id=own[0].partnership_id, name=name, made_at=NOON)
        session.add(made)
        session.flush()
        session.add_all(
            GroupedMember(group_id=made.id, membership_id=own[place].id, added_at=NOON)
            for place in places
        )
        return str(made.id)


def looked_at(visitor: Visitor, **typed: Any) -> str:
    answer = visitor.post("/alerts", look="1", **{**FACTS, **typed})
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def counted(page: str) -> int:
    found = re.search(r'class="figure"><strong>(\d+)</strong>', page)
    assert found
    return int(found[1])


def composed(visitor: Visitor, **typed: Any) -> UUID:
    answer = visitor.post("/alerts", **{**FACTS, **typed})
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].split("/")[2])


def sent(visitor: Visitor, **typed: Any) -> UUID:
    broadcast_id = composed(visitor, **typed)
    assert visitor.post(f"/broadcasts/{broadcast_id}/send").status_code == 303
    with unit_of_work() as session:
        fan_out.fan_out(session, broadcast_id)
    return broadcast_id


def people_of(broadcast_id: UUID) -> list[UUID]:
    with unit_of_work(read_only=True) as session:
        rows = session.exec(select(Delivery).where(Delivery.broadcast_id == broadcast_id))
        return sorted(one.person_id for one in rows)


def number_of(person_id: UUID) -> str:
    with unit_of_work(read_only=True) as session:
        known = select(ContactPoint.value).where(ContactPoint.person_id == person_id)
        return session.exec(known.order_by(col(ContactPoint.position))).first() or ""


# On the page


@pytest.mark.parametrize("typed", ["Rue de l'Église", "r. EGLISE", "rue de l’eglise"])
def test_only_the_people_of_a_street_however_it_is_spelled(visitor: Visitor, typed: str) -> None:
    page = looked_at(visitor, streets=typed)
    there = len(living_in(CHURCH))
    assert 0 < counted(page) <= there < 20
    assert f"{CHURCH}: {there} members" in page


def test_several_streets_together(visitor: Visitor) -> None:
    one, other = (counted(looked_at(visitor, streets=name)) for name in (CHURCH, HIGH))
    assert counted(looked_at(visitor, streets=f"{CHURCH}\nrue haute")) == one + other


def test_a_street_nobody_lives_in_is_named_with_the_nearest(visitor: Visitor) -> None:
    page = looked_at(visitor, streets="rue Hautte\nrue Haute")
    assert (
        'id="problem-streets.0">Nobody in these partnerships lives in rue Hautte.'
        " Nearest: Rue Haute.<" in page
    )
    assert "rue Hautte\nrue Haute</textarea>" in page
    # Not a word of it is for everybody.
    assert counted(page) == counted(looked_at(visitor, streets="rue Haute"))
    assert counted(looked_at(visitor, streets="Zonnebloemlaan")) == 0
    assert counted(looked_at(visitor, streets="???")) == 0
    refused = visitor.post("/alerts", **{**FACTS, "streets": "Zonnebloemlaan"})
    assert refused.status_code == 422
    assert "Nobody in these partnerships lives in Zonnebloemlaan" in html.unescape(refused.text)
    with unit_of_work(read_only=True) as session:
        assert session.exec(select(Incident)).all() == []
        assert session.exec(select(BroadcastStreet)).all() == []


def test_only_a_group_or_a_street_and_only_their_language(visitor: Visitor) -> None:
    traders = group(0, 2, 3)
    assert "Only these groups" in looked_at(visitor)
    assert "3 members" in looked_at(visitor)
    both = looked_at(visitor, groups=[traders], streets=HIGH)
    assert f'value="{traders}" checked' in both
    assert "Whoever lives in one of the streets or is in one of the groups gets it." in both
    alone = counted(looked_at(visitor, groups=[traders]))
    assert 0 < alone <= 3
    assert counted(both) == alone + counted(looked_at(visitor, streets=HIGH))
    by_language = [
        counted(looked_at(visitor, groups=[traders], streets=HIGH, only_languages=[code]))
        for code in ("fr", "nl", "de", "en")
    ]
    assert sum(by_language) == counted(both)
    assert max(by_language) < counted(both)


def test_a_group_of_a_partnership_that_is_not_chosen_widens_nothing(visitor: Visitor) -> None:
    elsewhere = group(0, 1, slug="valdor-gare", name="Commuters")
    page = looked_at(visitor, groups=[elsewhere])
    assert "There is no such group in the partnerships chosen." in page
    # It stays on the page, to be taken out by hand or its partnership chosen.
    assert f'value="{elsewhere}" checked' in page
    assert counted(page) <= 2
    assert visitor.post("/alerts", **{**FACTS, "groups": [elsewhere]}).status_code == 422
    both = looked_at(visitor, groups=[elsewhere], partnerships=["haut-valdor", "valdor-gare"])
    assert "no such group" not in both
    assert "Commuters" in both


def test_a_draft_says_whom_it_is_kept_to_and_can_be_gone_back_to(visitor: Visitor) -> None:
    traders = group(2)
    draft = composed(visitor, streets="r. Haute", groups=[traders])
    check = html.unescape(visitor.get(f"/broadcasts/{draft}/confirm").text)
    assert "Only to members who live in or are in: <strong>Rue Haute, Traders</strong>" in check
    with unit_of_work(read_only=True) as session:
        incident_id = session.get_one(Broadcast, draft).incident_id
    back = html.unescape(visitor.get(f"/incidents/{incident_id}/alert?draft={draft}").text)
    assert "Rue Haute</textarea>" in back
    assert f'value="{traders}" checked' in back
    assert counted(back) == counted(check)


# What leaves


def test_what_was_counted_leaves_once_for_each_and_what_follows_goes_to_the_same(
    visitor: Visitor, api: httpx.Client
) -> None:
    own = living_in(HIGH)
    with unit_of_work(read_only=True) as session:
        trader = members(session)[2].person_id
    # Member 1 is in the group and in the street: he gets it once.
    traders = group(1, 2)
    page = looked_at(visitor, streets=HIGH, groups=[traders])
    alert = sent(visitor, streets=HIGH, groups=[traders])
    got = people_of(alert)
    assert set(got) == own | {trader}
    assert len(got) == len(set(got)) >= counted(page)
    # Somebody moves out and the group is given up: what follows goes to those who got it.
    with unit_of_work() as session:
        households.settle(session, next(iter(own)), Address("Rue Neuve", "1"))
        for one in session.exec(select(GroupedMember)):
            session.delete(one)
    with unit_of_work(read_only=True) as session:
        written = {
            one.person_id
            for one in session.exec(select(Delivery).where(Delivery.broadcast_id == alert))
            if one.reason is None
        }
    clock.set_source(lambda: NOON + timedelta(minutes=10))
    news = {"step": "update", "client_request_id": "update", "texts": WORDS}
    answer = api.post(f"/broadcasts/{alert}/follow-ups", json=news)
    assert answer.status_code == 201, answer.text
    update = UUID(answer.json()["id"])
    with unit_of_work() as session:
        fan_out.fan_out(session, update)
    assert set(people_of(update)) == written


def test_why_he_got_it_and_why_not(visitor: Visitor) -> None:
    traders = group(2)
    alert = sent(visitor, streets=HIGH, groups=[traders])
    with unit_of_work(read_only=True) as session:
        people = [one.person_id for one in members(session)]
    place = f"/broadcasts/{alert}/why"
    assert "<strong>Rue Haute, Traders</strong>" in visitor.get(place).text
    lives, trades, neither = (
        html.unescape(visitor.post(place, contact=number_of(one)).text)
        for one in (people[1], people[2], people[0])
    )
    assert "He lives in Rue Haute, one of the streets it goes to." in lives
    assert "He is in the group “Traders”, which it goes to." in trades
    assert "He lives in none of the streets and is in none of the groups it goes to." in neither
    assert "He was not counted." in neither
    # The register goes on; what was sent does not change with it.
    clock.set_source(lambda: NOON + timedelta(minutes=10))
    with unit_of_work() as session:
        households.settle(session, people[1], Address(CHURCH, "7"))
        households.settle(session, people[0], Address(HIGH, "7"))
        session.add(
            GroupedMember(
                group_id=UUID(traders),
                membership_id=members(session)[4].id,
                added_at=clock.now(),
            )
        )
    has_changed = "Where he lives, or in which groups he is, has changed since it was sent."
    for one in people[:2]:
        assert has_changed in html.unescape(visitor.post(place, contact=number_of(one)).text)
    late = html.unescape(visitor.post(place, contact=number_of(people[4])).text)
    assert "He lives in none of the streets and is in none of the groups it goes to." in late


def test_at_night_with_all_of_it_at_once(visitor: Visitor) -> None:
    """The deepest question of all: SQLite reads questions within questions only so deep."""
    clock.set_source(lambda: NIGHT)
    with unit_of_work() as session:
        for one in members(session):
            person = session.get_one(Person, one.person_id)
            person.no_calls_from, person.no_calls_until = time(21), time(22, 30)
            session.add(person)
    http = in_process.api("dispatcher@demo.example").http
    narrow = wanted(streets=[HIGH, CHURCH], groups=[group(2, 3)], only_languages=["fr", "nl"])
    narrow["facts"]["facts_at"] = "2026-06-03T19:50:00Z"
    preview = http.post("/alerts/preview", json=narrow)
    assert preview.status_code == 200, preview.text
    made = http.post("/alerts", json=narrow)
    assert made.status_code == 201, made.text
    broadcast_id = UUID(made.json()["id"])
    with unit_of_work() as session:
        broadcast = session.get_one(Broadcast, broadcast_id)
        waits = leaving.waits_of(session, broadcast, clock.now())
        assert waits.calls_again
        people = audience.summary(session, audience.of_broadcast(broadcast, waits)).people
    assert people == preview.json()["people"] > 0


# By API


def wanted(**changes: Any) -> dict[str, Any]:
    facts = {
        "phenomenon": "cambriolage",
        "place": "rue Haute",
        "facts_at": "2026-06-03T09:50:00Z",
    }
    return {
        "client_request_id": "one",
        "facts": facts,
        "partnerships": ["haut-valdor"],
        **changes,
    }


def test_a_dispatch_system_chooses_streets_and_groups(visitor: Visitor, api: httpx.Client) -> None:
    group(2, 3)
    (offered,) = api.get("/partnerships/haut-valdor/member-groups").json()
    assert (offered["name"], offered["people"]) == ("Traders", 2)
    kept = wanted(streets=["r. haute"], groups=[offered["id"]])
    preview = api.post("/alerts/preview", json=kept).json()
    assert preview["people"] == len(living_in(HIGH)) + 2
    made = api.post("/alerts", json=kept)
    assert made.status_code == 201, made.text
    told = api.get(f"/broadcasts/{made.json()['id']}/audience").json()
    assert (told["streets"], told["groups"]) == (["Rue Haute"], ["Traders"])
    with unit_of_work(read_only=True) as session:
        people = [one.person_id for one in members(session)]
    whys = [
        api.get(f"/broadcasts/{made.json()['id']}/people/{one}").json()
        for one in (people[1], people[2], people[0])
    ]
    assert [(one["streets"], one["groups"], one["is_outside"]) for one in whys] == [
        (["Rue Haute"], [], False),
        ([], ["Traders"], False),
        ([], [], True),
    ]


def test_a_dispatch_system_is_told_what_is_unknown(visitor: Visitor, api: httpx.Client) -> None:
    answer = api.post("/alerts/preview", json=wanted(streets=["rue Hautte", ""]))
    assert answer.status_code == 422
    assert "Nearest: Rue Haute." in answer.text
    strange = wanted(groups=["01980000-0000-7000-8000-000000000000"])
    answer = api.post("/alerts", json=strange)
    assert answer.status_code == 422
    assert "no such group" in answer.text


def test_a_person_of_two_partnerships_is_found_by_either_street(visitor: Visitor) -> None:
    with unit_of_work(read_only=True) as session:
        known = {one.person_id for one in members(session)}
        both = next(
            one.person_id for one in members(session, "valdor-gare") if one.person_id in known
        )
        person = session.get_one(Person, both)
        assert person.erased_at is None
    with unit_of_work() as session:
        households.settle(session, both, Address("Quai du Port", "3"))
    page = looked_at(visitor, streets="quai du port", partnerships=["haut-valdor", "valdor-gare"])
    assert "Quai du Port: 1 member<" in page
    assert counted(page) == 1
