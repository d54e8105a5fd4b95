"""Groups of members: kept on the pages of their partnership, by whoever keeps its register."""

import html
import re
from uuid import UUID

import httpx
import pytest
from sqlmodel import select

from hub.audit import Decision
from hub.db import unit_of_work
from partnerships import member_groups, own_data
from partnerships.models import GroupedMember, MemberGroup, Membership, Partnership, Person
from tests import in_process
from tests.conftest import Templates
from tests.running_hub import Visitor

PAGE = "/partnerships/haut-valdor/member-groups"


def signed_in(templates: Templates, role: str) -> Visitor:
    account = templates.accounts[role]
    return in_process.signed_in(account["email"], account["password"])


@pytest.fixture
def coordinator(demo_zone: str, templates: Templates) -> Visitor:
    return signed_in(templates, "coordinator")


def made(visitor: Visitor, name: str = "Traders of the square") -> str:
    """The address of a new group."""
    answer = visitor.post(PAGE, name=name)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def offered(page: str) -> list[str]:
    """The members who can be put in."""
    return re.findall(r'name="members" value="([^"]+)"', page)


def problem(answer: httpx.Response, field: str) -> str:
    assert answer.status_code == 422
    found = re.search(rf'id="problem-{field}">([^<]*)<', answer.text)
    assert found, answer.text
    return html.unescape(found[1])


def test_a_coordinator_names_a_group_and_fills_it(coordinator: Visitor) -> None:
    group = made(coordinator)
    first, second, *_others = offered(coordinator.get(group).text)
    coordinator.post(f"{group}/members", members=[first, second])
    shown = coordinator.get(group).text
    assert {first, second}.isdisjoint(offered(shown))
    assert f"/members/{first}/remove" in shown
    assert "2 members" in coordinator.get(PAGE).text
    coordinator.post(f"{group}/members/{first}/remove")
    assert first in offered(coordinator.get(group).text)
    assert "1 member" in coordinator.get(PAGE).text


def test_a_member_is_found_by_his_name(coordinator: Visitor) -> None:
    group = made(coordinator)
    everybody = offered(coordinator.get(group).text)
    with unit_of_work(read_only=True) as session:
        membership = session.get_one(Membership, UUID(everybody[0]))
        name = session.get_one(Person, membership.person_id).name
    found = offered(coordinator.post(f"{group}/search", words=name.upper()).text)
    assert found == everybody[:1]


def test_taking_a_member_in_twice_is_taking_him_once(coordinator: Visitor) -> None:
    group = made(coordinator)
    first = offered(coordinator.get(group).text)[0]
    for _twice in range(2):
        assert coordinator.post(f"{group}/members", members=[first]).status_code == 303
    assert "1 member" in coordinator.get(PAGE).text


def test_every_mistake_is_told_beside_its_field(coordinator: Visitor) -> None:
    group = made(coordinator)
    assert problem(coordinator.post(PAGE, name="x"), "name") == "A name has 2 to 80 characters."
    answer = coordinator.post(PAGE, name="  traders of the SQUARE ")
    assert "a group of this name already" in problem(answer, "name")
    assert 'value="  traders of the SQUARE "' in answer.text
    assert problem(coordinator.post(f"{group}/members"), "members").startswith("Tick at least")
    gone = coordinator.post(f"{group}/members", members=["no-id"])
    assert "no member any more" in problem(gone, "members")
    other = made(coordinator, "Parents at the school gate")
    assert "already" in problem(
        coordinator.post(f"{other}/rename", name="Traders of the square"), "name"
    )
    assert coordinator.post(f"{other}/rename", name="Parents").status_code == 303
    assert "Parents" in coordinator.get(PAGE).text


def test_a_group_that_is_given_up_is_gone_and_its_members_stay(coordinator: Visitor) -> None:
    group = made(coordinator)
    first = offered(coordinator.get(group).text)[0]
    coordinator.post(f"{group}/members", members=[first])
    coordinator.post(f"{group}/give-up")
    assert "No group yet." in coordinator.get(PAGE).text
    assert coordinator.get(group).status_code == 404
    assert coordinator.get(f"/partnerships/haut-valdor/members/{first}").status_code == 200
    # Its name is free again.
    made(coordinator)


def test_groups_are_for_those_who_keep_the_register(
    coordinator: Visitor, templates: Templates
) -> None:
    group = made(coordinator)
    assert signed_in(templates, "mandated_officer").get(group).status_code == 200
    for role in ("dispatcher", "prevention_officer", "administrator"):
        assert signed_in(templates, role).get(group).status_code == 403
    elsewhere = group.replace("haut-valdor", "valdor-gare")
    assert signed_in(templates, "mandated_officer").get(elsewhere).status_code == 404


def test_somebody_forgotten_is_in_no_group_and_reads_before_in_which_he_was(
    coordinator: Visitor,
) -> None:
    group = made(coordinator)
    first = offered(coordinator.get(group).text)[0]
    coordinator.post(f"{group}/members", members=[first])
    with unit_of_work() as session:
        person = session.get_one(Person, session.get_one(Membership, UUID(first)).person_id)
        (shown,) = own_data.everything(session, person, [])["Groups"]
        assert (shown["group"], shown["partnership"]) == (
            "Traders of the square",
            "PLP Haut-Valdor",
        )
        own_data.erase(session, person, [], "test")
        assert session.exec(select(GroupedMember)).all() == []


def test_who_left_is_counted_no_more(coordinator: Visitor) -> None:
    group = made(coordinator)
    first = offered(coordinator.get(group).text)[0]
    coordinator.post(f"{group}/members", members=[first])
    coordinator.post(f"/partnerships/haut-valdor/members/{first}/end")
    assert "0 members" in coordinator.get(PAGE).text


def test_each_change_is_on_record_without_a_name(coordinator: Visitor) -> None:
    group = made(coordinator)
    first = offered(coordinator.get(group).text)[0]
    coordinator.post(f"{group}/members", members=[first])
    coordinator.post(f"{group}/members/{first}/remove")
    coordinator.post(f"{group}/rename", name="Traders")
    coordinator.post(f"{group}/give-up")
    with unit_of_work(read_only=True) as session:
        kept = select(Decision).where(Decision.subject_kind == "member_group")
        told = [one.action for one in session.exec(kept)]
        assert session.exec(select(MemberGroup.name)).all() == ["Traders"]
    assert told == [
        f"member_group.{one}" for one in ("make", "put_in", "take_out", "rename", "give_up")
    ]


def test_the_groups_of_several_partnerships_come_by_name(demo_zone: str) -> None:
    with unit_of_work() as session:
        ids = session.exec(select(Partnership.id)).all()
        for place, name in enumerate(("Zoo", "école", "Abbey")):
            session.add(MemberGroup(partnership_id=ids[place % 2], name=name))
        session.flush()
        found = member_groups.of_partnerships(session, ids)
    assert [one.row.name for one in found] == ["Abbey", "école", "Zoo"]
