"""The communication plan: written, refused, agreed on, replaced, compared, printed, watched."""

import html
import re
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from hub import clock
from hub.audit import Decision
from hub.db import unit_of_work
from hub.i18n import Language
from partnerships import accounts, communication_plan, plan_drafts
from partnerships.models import (
    CommunicationPlan,
    Notice,
    Organisation,
    Partnership,
    PlanRule,
    Signature,
)
from partnerships.plan_versions import owned_by
from tests import in_process
from tests.agreed_plans import CAPACITIES, OFFICER, SIGNATURES, agree_on
from tests.conftest import Templates
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

COORDINATOR = "coordinator@demo.example"
PLANS = "/partnerships/haut-valdor/communication-plans"
PAGE = "/partnerships/haut-valdor/communication-plan"
NOON = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> None:
    clock.set_source(lambda: NOON)


def at(moment: datetime) -> None:
    clock.set_source(lambda: moment)


def fields(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 422, answer.text
    return {one["field"] for one in answer.json()["errors"]}


def pages_of(templates: Templates, role: str, language: str = "en") -> Visitor:
    account = templates.accounts[role]
    return in_process.signed_in(account["email"], account["password"], language)


def typed_on(page: str) -> dict[str, Any]:
    """The form as the browser would send it back untouched."""
    typed: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        values = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        name, kind = values.get("name"), values.get("type", "text")
        if not name or name == "form_token":
            continue
        if kind not in ("checkbox", "radio"):
            typed[name] = html.unescape(values.get("value", ""))
        elif " checked" in tag and name.endswith("sent_by"):
            typed.setdefault(name, []).append(values["value"])
        elif " checked" in tag:
            typed[name] = values["value"]
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        typed[name] = chosen[1] if chosen else ""
    return typed


def in_force(at_moment: datetime) -> int:
    with unit_of_work(read_only=True) as session:
        partnership = session.exec(select(Partnership).where(Partnership.slug == "haut-valdor"))
        plan = communication_plan.in_force(session, partnership.one().id, at_moment)
        assert plan
        return plan.version


def test_partners_write_sign_and_replace_their_plan_in_the_pages(templates: Templates) -> None:
    coordinator = pages_of(templates, "coordinator")
    assert "in force since" in coordinator.get(PAGE).text
    assert coordinator.post(f"{PAGE}/draft").headers["location"] == f"{PAGE}/draft"
    typed = typed_on(coordinator.get(f"{PAGE}/draft").text)
    assert typed["kinds.urgent_alert.way1"] == "sms"
    assert typed["kinds.prevention.needs_relay"] == "yes"
    typed |= {
        "kinds.urgent_alert.way1": "voice",
        "kinds.urgent_alert.way2": "",
        "kinds.urgent_alert.way3": "email",
        "messages_until": "19:30",
        "second_person_at_night": "yes",
        "second_person_above": "500",
        "review_on": "01/06/2027",
    }
    saved = coordinator.post(f"{PAGE}/draft/save", **typed)
    assert saved.headers["location"] == f"{PAGE}/2"
    draft = coordinator.get(f"{PAGE}/2").text
    assert "1. telephone call, 2. email" in draft
    assert "19:30" in draft
    assert "500 people" in draft
    assert "The partners have signed" not in draft, "a coordinator does not agree for the police"

    officer = pages_of(templates, "mandated_officer")
    shown = officer.get(f"{PAGE}/2").text
    signed = typed_on(shown)
    for one in CAPACITIES:
        signed |= {f"signatures.{one}.name": one, f"signatures.{one}.signed_on": "2026-06-01"}
    assert officer.post(f"{PAGE}/draft/agree", **signed).headers["location"] == f"{PAGE}/2"
    agreed = officer.get(PAGE).text
    assert "Version 2" in agreed
    assert "in force since" in agreed
    assert "Write a new version" in agreed
    assert "replaced" in officer.get(f"{PAGE}/1").text
    assert in_force(NOON) == 2
    assert in_force(NOON - timedelta(seconds=1)) == 1


def test_a_draft_begins_as_the_plan_there_is_and_there_is_one_at_a_time() -> None:
    http = in_process.api(COORDINATOR).http
    first = http.post(PLANS)
    assert first.status_code == 201
    assert (first.json()["version"], first.json()["state"]) == (2, "draft")
    assert first.json()["kinds"]["urgent_alert"]["channels"] == ["sms", "voice", "email"]
    assert first.json()["review_on"] == "2027-06-03"
    http.patch(f"{PLANS}/2", json={"call_tries": 4})
    again = http.post(PLANS).json()
    assert (again["version"], again["call_tries"]) == (2, 4)
    assert [one["version"] for one in http.get(PLANS).json()] == [2, 1]


def test_two_who_begin_at_once_write_the_same_draft() -> None:
    found: list[int] = []

    def begin() -> None:
        with unit_of_work() as session:
            partnership = session.exec(select(Partnership).where(Partnership.slug == "valdor-gare"))
            found.append(plan_drafts.start(session, owned_by(partnership.one()), None).version)

    writers = [threading.Thread(target=begin) for _one in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert found == [2, 2, 2, 2]


def test_an_agreed_version_never_changes(templates: Templates) -> None:
    http = in_process.api(COORDINATOR).http
    assert http.patch(f"{PLANS}/1", json={"call_tries": 1}).status_code == 409
    assert http.get(f"{PLANS}/1").json()["call_tries"] == 2
    again = {"seal": http.get(f"{PLANS}/1").json()["seal"], "signatures": SIGNATURES}
    officer = in_process.api(OFFICER).http
    assert officer.post(f"{PLANS}/1/agree", json=again).status_code == 409
    page = pages_of(templates, "coordinator")
    assert page.post(f"{PAGE}/draft/save", call_tries="1").status_code == 404


IMPOSSIBLE: list[tuple[dict[str, Any], set[str]]] = [
    ({"kinds": {"urgent_alert": {"channels": []}}}, {"kinds.urgent_alert.channels"}),
    (
        {"kinds": {"urgent_alert": {"channels": ["sms", "sms"]}}},
        {"kinds.urgent_alert.channels"},
    ),
    ({"kinds": {"urgent_alert": {"channels": ["whatsapp"]}}}, {"kinds.urgent_alert.channels"}),
    ({"kinds": {"urgent_alert": {"sent_by": []}}}, {"kinds.urgent_alert.sent_by"}),
    ({"kinds": {"feedback": {"sent_by": []}}}, {"kinds.feedback.sent_by"}),
    (
        {"kinds": {"urgent_alert": {"sent_by": ["prevention_officer"]}}},
        {"kinds.urgent_alert.sent_by"},
    ),
    ({"kinds": {"urgent_alert": {"needs_relay": True}}}, {"kinds.urgent_alert.needs_relay"}),
    (
        {"kinds": {"prevention": {"rings_in_closed_hours": True}}},
        {"kinds.prevention.rings_in_closed_hours"},
    ),
    ({"messages_from": "20:00", "messages_until": "08:00"}, {"messages_until"}),
    ({"messages_from": "08:00", "messages_until": "08:00"}, {"messages_until"}),
    (
        {"second_person_at_night": True, "night_from": "22:00", "night_until": "22:00"},
        {"night_until"},
    ),
    ({"feedback_within_hours": 0}, {"feedback_within_hours"}),
    ({"feedback_within_hours": 100_000}, {"feedback_within_hours"}),
    ({"escalate_after_seconds": 0, "call_tries": 0}, {"escalate_after_seconds", "call_tries"}),
    ({"second_person_above": 0}, {"second_person_above"}),
    ({"review_on": "2026-06-03"}, {"review_on"}),
    ({"remind_me": True}, {"remind_me"}),
]


@pytest.mark.parametrize(("changes", "refused"), IMPOSSIBLE, ids=lambda one: str(sorted(one))[:40])
def test_an_impossible_plan_is_refused_beside_the_field(
    changes: dict[str, Any], refused: set[str]
) -> None:
    http = in_process.api(COORDINATOR).http
    before = http.post(PLANS).json()
    assert fields(http.patch(f"{PLANS}/2", json=changes)) == refused
    assert http.get(f"{PLANS}/2").json() == before


def test_a_form_that_is_refused_keeps_what_was_typed_and_names_every_field(
    templates: Templates,
) -> None:
    coordinator = pages_of(templates, "coordinator", language="nl")
    coordinator.post(f"{PAGE}/draft")
    typed = typed_on(coordinator.get(f"{PAGE}/draft").text)
    typed |= {
        "kinds.urgent_alert.way1": "",
        "kinds.urgent_alert.way2": "",
        "kinds.urgent_alert.way3": "",
        "kinds.information.sent_by": [],
        "messages_from": "half acht",
        "call_tries": "veel",
        "feedback_within_hours": "0",
        "second_person_above": "-3",
        "review_on": "31/02/2027",
    }
    refused = coordinator.post(f"{PAGE}/draft/save", **typed)
    assert refused.status_code == 422
    for field in (
        "kinds.urgent_alert.channels",
        "kinds.information.sent_by",
        "messages_from",
        "call_tries",
        "feedback_within_hours",
        "second_person_above",
        "review_on",
    ):
        assert f'id="problem-{field}"' in refused.text, field
    assert 'value="half acht"' in refused.text
    assert 'value="veel"' in refused.text
    assert 'value="31/02/2027"' in refused.text
    # In the reader's language.
    assert "Een dringend alarm" in refused.text
    with unit_of_work(read_only=True) as session:
        draft = session.exec(select(CommunicationPlan).where(CommunicationPlan.version == 2)).one()
        assert (draft.call_tries, draft.feedback_within_hours) == (2, 48)


def test_what_is_odd_is_said_and_may_be_agreed_on() -> None:
    http = in_process.api(COORDINATOR).http
    http.post(PLANS)
    odd = {
        "kinds": {
            "urgent_alert": {"channels": ["email"], "keeps_quiet_hours": True},
            "prevention": {"channels": ["voice"], "keeps_quiet_hours": False},
            "information": {"channels": [], "sent_by": []},
            "modus_operandi": {"channels": ["email"]},
            "increase_warning": {"channels": ["email"]},
        },
        "escalate_after_seconds": 1800,
        "feedback_within_hours": 400,
        "second_person_above": 3,
        "review_on": None,
    }
    saved = http.patch(f"{PLANS}/2", json=odd)
    assert saved.status_code == 200
    assert {one["field"] for one in saved.json()["warnings"]} == {
        "kinds.urgent_alert.channels",
        "kinds.urgent_alert.keeps_quiet_hours",
        "kinds.prevention.channels",
        "kinds.prevention.keeps_quiet_hours",
        "kinds.information.channels",
        "escalate_after_seconds",
        "feedback_within_hours",
        "second_person_above",
        "review_on",
    }


def test_without_all_four_signatures_nothing_is_agreed_on() -> None:
    http = in_process.api(OFFICER).http
    seal = http.post(PLANS).json()["seal"]
    some = {
        "mayor": {"name": " ", "signed_on": "2026-06-01"},
        "coordinator": {"name": "Cor", "signed_on": "2026-06-04"},
        "chief_of_police": {"name": "Chris", "signed_on": "2026-06-03"},
    }
    wanted = {"seal": seal, "signatures": some, "in_force_from": "2026-06-02T00:00:00Z"}
    assert fields(http.post(f"{PLANS}/2/agree", json=wanted)) == {
        "signatures.mayor.name",
        "signatures.mandated_officer.name",
        "signatures.coordinator.signed_on",
        "in_force_from",
    }
    with unit_of_work(read_only=True) as session:
        draft = select(CommunicationPlan.id).where(CommunicationPlan.version == 2)
        signed = select(Signature).where(col(Signature.communication_plan_id).in_(draft))
        assert session.exec(signed).all() == []


def test_what_was_agreed_is_kept_with_its_signatures_its_seal_and_the_partners_are_told() -> None:
    plan = agree_on("haut-valdor", call_tries=3)
    assert plan["state"] == "in_force"
    assert plan["signed_on"] == "2026-01-15"
    assert [one["capacity"] for one in plan["signatures"]] == list(CAPACITIES)
    with unit_of_work(read_only=True) as session:
        decision = session.exec(select(Decision).where(Decision.action == "plan.agree")).one()
        assert decision.facts["seal"] == plan["seal"]
        about = select(Notice).where(Notice.about_kind == "communication_plan")
        assert {str(one.about_id) for one in session.exec(about)} == {plan["id"]}


def test_a_plan_agreed_for_later_decides_from_then_on() -> None:
    plan = agree_on("haut-valdor", in_force_from="2026-06-10T08:00:00")
    assert plan["state"] == "to_come"
    start = datetime(2026, 6, 10, 6, 0, tzinfo=UTC)
    assert in_force(start - timedelta(seconds=1)) == 1
    assert in_force(start) == 2
    at(start)
    listed = in_process.api(OFFICER).http.get(PLANS).json()
    assert [one["state"] for one in listed] == ["in_force", "replaced"]


def test_a_draft_that_somebody_else_changed_is_neither_saved_over_nor_agreed_on(
    templates: Templates,
) -> None:
    http = in_process.api(COORDINATOR).http
    seen = http.post(PLANS).json()["seal"]
    coordinator = pages_of(templates, "coordinator")
    typed = typed_on(coordinator.get(f"{PAGE}/draft").text)
    assert http.patch(f"{PLANS}/2", json={"call_tries": 5}).status_code == 200
    late = {"seal": seen, "call_tries": 1}
    assert http.patch(f"{PLANS}/2", json=late).status_code == 409
    signed = {"seal": seen, "signatures": SIGNATURES}
    officer = in_process.api(OFFICER).http
    assert officer.post(f"{PLANS}/2/agree", json=signed).status_code == 409
    assert coordinator.post(f"{PAGE}/draft/save", **typed).status_code == 409
    assert http.get(f"{PLANS}/2").json()["call_tries"] == 5


def test_a_zones_default_is_what_its_new_partnerships_start_from(templates: Templates) -> None:
    defaults = "/police-zones/zone-valdor/communication-plans"
    http = in_process.api(OFFICER).http
    assert http.get(defaults).json() == []
    draft = http.post(defaults).json()
    # Without one, it starts as the usual plan.
    assert draft["kinds"]["prevention"]["channels"] == ["email", "sms"]
    assert draft["warnings"] == []
    assert http.patch(f"{defaults}/1", json={"call_tries": 4}).status_code == 200
    seal = http.get(f"{defaults}/1").json()["seal"]
    agreed = http.post(f"{defaults}/1/agree", json={"seal": seal})
    assert agreed.json()["state"] == "in_force", agreed.text
    assert (
        "4 times"
        in pages_of(templates, "mandated_officer")
        .get("/police-zones/zone-valdor/communication-plan")
        .text
    )

    with unit_of_work() as session:
        zone = session.exec(select(Organisation).where(Organisation.slug == "zone-valdor")).one()
        new = Partnership(
            slug="new", name="New", languages=[Language.FRENCH], police_zone_id=zone.id,
            municipality_id=zone.id,
        )  # fmt: skip
        session.add(new)
        session.flush()
        begun = communication_plan.start_draft(session, new, None)
        assert (begun.version, begun.call_tries, begun.in_force_from) == (1, 4, None)
        rules = session.exec(select(PlanRule).where(PlanRule.communication_plan_id == begun.id))
        assert len(rules.all()) == 6
    # Those who had a plan keep it.
    assert http.get(f"{PLANS}/1").json()["call_tries"] == 2
    coordinator = in_process.api(COORDINATOR).http
    assert coordinator.get(defaults).status_code == 404
    assert coordinator.post(defaults).status_code == 404


def test_two_versions_are_compared_in_words(templates: Templates) -> None:
    agree_on(
        "haut-valdor",
        kinds={
            "urgent_alert": {"channels": ["voice", "sms"]},
            "prevention": {"needs_relay": False},
        },
        messages_until="18:00",
        second_person_above=200,
        reporting_route="coordinator_when_not_urgent",
    )
    http = in_process.api(OFFICER).http
    told = http.get(f"{PLANS}/compare", params={"old": 1, "new": 2}).json()
    assert {one["field"]: (one["before"], one["after"]) for one in told} == {
        "kinds.urgent_alert.channels": (
            "1. text message (SMS), 2. telephone call, 3. email",
            "1. telephone call, 2. text message (SMS)",
        ),
        "kinds.prevention.needs_relay": ("yes", "no"),
        "messages_until": ("20:00", "18:00"),
        "second_person_above": ("no number of people", "200 people"),
        "reporting_route": (
            "always to the police, never through the coordinator",
            "to the police; what is not urgent may go through the coordinator",
        ),
        "review_on": ("no day chosen", "3 June 2027"),
    }
    assert http.get(f"{PLANS}/compare", params={"old": 2, "new": 2}).json() == []
    assert http.get(f"{PLANS}/compare", params={"old": 2, "new": 9}).status_code == 404
    page = pages_of(templates, "coordinator", language="nl").get(f"{PAGE}/compare?old=1&new=2")
    assert "1. telefoonoproep, 2. sms" in page.text


def test_the_printed_page_has_the_seal_and_a_line_for_each_partner(templates: Templates) -> None:
    coordinator = pages_of(templates, "coordinator")
    coordinator.post(f"{PAGE}/draft")
    first = coordinator.get(f"{PAGE}/2/print").text
    assert len(re.findall('class="to-sign"', first)) == 4
    seal = in_process.api(COORDINATOR).http.get(f"{PLANS}/2").json()["seal"]
    assert " ".join(re.findall("....", seal[:24])) in first
    typed = typed_on(coordinator.get(f"{PAGE}/draft").text) | {"call_tries": "3"}
    coordinator.post(f"{PAGE}/draft/save", **typed)
    second = coordinator.get(f"{PAGE}/2/print").text
    assert " ".join(re.findall("....", seal[:24])) not in second


def test_a_draft_may_be_thrown_away_and_its_number_is_free_again(templates: Templates) -> None:
    coordinator = pages_of(templates, "coordinator")
    coordinator.post(f"{PAGE}/draft")
    assert coordinator.post(f"{PAGE}/draft/drop").headers["location"] == PAGE
    assert coordinator.get(f"{PAGE}/2").status_code == 404
    coordinator.post(f"{PAGE}/draft")
    assert "draft" in coordinator.get(f"{PAGE}/2").text


def reviews(account: str) -> list[tuple[str, date, bool]]:
    with unit_of_work(read_only=True) as session:
        found = accounts.by_email(session, account)
        assert found
        due = communication_plan.reviews_due(session, accounts.actor_for(session, found))
        return [(one.partnership.slug, one.review_on, one.is_past) for one in due]


def test_the_day_to_look_at_a_plan_again_is_watched(templates: Templates) -> None:
    agree_on("haut-valdor", review_on="2027-01-31")
    agree_on("valdor-gare", review_on="2027-01-20")
    at(datetime(2026, 12, 20, 12, 0, tzinfo=UTC))
    assert reviews(OFFICER) == []
    at(datetime(2027, 1, 2, 12, 0, tzinfo=UTC))
    gare, upper = date(2027, 1, 20), date(2027, 1, 31)
    assert reviews(OFFICER) == [("valdor-gare", gare, False), ("haut-valdor", upper, False)]
    assert reviews(COORDINATOR) == [("haut-valdor", upper, False)]
    assert (
        "to be looked at again before 31/01/2027"
        in pages_of(templates, "coordinator").get(PAGE).text
    )
    at(datetime(2027, 2, 1, 12, 0, tzinfo=UTC))
    assert reviews(COORDINATOR) == [("haut-valdor", upper, True)]
    assert (
        "to be looked at again since 31/01/2027"
        in pages_of(templates, "coordinator").get(PAGE).text
    )


def test_each_writes_and_agrees_only_where_he_may() -> None:
    coordinator = in_process.api(COORDINATOR).http
    seal = coordinator.post(PLANS).json()["seal"]
    agreement = {"seal": seal, "signatures": SIGNATURES}
    assert coordinator.post(f"{PLANS}/2/agree", json=agreement).status_code == 403
    elsewhere = "/partnerships/valdor-gare/communication-plans"
    assert coordinator.post(elsewhere).status_code == 404
    assert coordinator.get(f"{elsewhere}/1").status_code == 404
    dispatcher = in_process.api("dispatcher@demo.example").http
    assert dispatcher.get(f"{PLANS}/1").status_code == 200
    assert dispatcher.patch(f"{PLANS}/2", json={"call_tries": 1}).status_code == 403
