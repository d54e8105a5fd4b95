"""The pages of budgets and costs: drawn, kept by who may, and the refusal beside its button."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from hub import clock, config
from hub.db import unit_of_work
from messaging import fan_out
from tests import in_process
from tests.agreed_plans import agree_on
from tests.conftest import Templates
from workers import timetable

pytestmark = pytest.mark.usefixtures("demo_zone")

OFFICER, DISPATCHER = "officer@demo.example", "dispatcher@demo.example"
UPPER = "/budgets/partnership/haut-valdor"
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
WORDS = {
    language: {"subject": f"Subject {language}", "short": f"Short {language}", "long": "Long"}
    for language in ("fr", "nl", "de")
}


@pytest.fixture(autouse=True)
def _prices(demo_zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SMS_SEGMENT", "CALL", "MAIL", "WHATSAPP"):
        monkeypatch.setenv(f"HUB_{name}_PRICE", "1")
    config.settings.cache_clear()
    clock.set_source(lambda: NOON)


def signed_in(templates: Templates, role: str = "mandated_officer", language: str = "en") -> Any:
    account = templates.accounts[role]
    return in_process.signed_in(account["email"], account["password"], language)


def set_budget(officer: Any, amount: str, where: str = UPPER, **more: str) -> Any:
    return officer.post(where, year="2026", amount=amount, **more)


def written() -> str:
    wanted = {
        "client_request_id": "one",
        "kind": "prevention",
        "topic": "dark_days",
        "partnerships": ["haut-valdor"],
        "texts": WORDS,
    }
    answer = in_process.api(OFFICER).http.post("/cold-messages", json=wanted)
    assert answer.status_code == 201, answer.text
    return f"/cold/{answer.json()['id']}"


def words(html: str) -> str:
    """What a reader sees, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\xa0", " ").split())


def test_an_officer_sets_a_budget_and_reads_who_set_it(templates: Templates) -> None:
    officer = signed_in(templates)
    assert set_budget(officer, "1 250,40").status_code in (200, 303)
    seen = words(officer.get(UPPER).text)
    assert "€1,250.40" in seen
    assert "Olivia Officier" in seen
    assert "no limit" in seen
    assert "Within the budget" in words(officer.get("/budgets").text)


@pytest.mark.parametrize("typed", ["", "a lot", "12,345", "-5", "99999999999"])
def test_what_is_no_amount_is_named_beside_its_field_and_kept(
    templates: Templates, typed: str
) -> None:
    officer = signed_in(templates)
    refused = set_budget(officer, typed)
    assert refused.status_code == 422
    assert 'id="problem-amount"' in refused.text
    assert f'value="{typed}"' in refused.text
    assert "no limit" in words(officer.get("/budgets").text)


def test_the_limit_is_taken_away_on_purpose_only(templates: Templates) -> None:
    officer = signed_in(templates)
    set_budget(officer, "10")
    set_budget(officer, "10", no_limit="yes")
    assert "No limit" in words(officer.get(UPPER).text)


def test_a_coordinator_reads_his_budget_and_who_may_raise_it(templates: Templates) -> None:
    set_budget(signed_in(templates), "10")
    coordinator = signed_in(templates, "coordinator")
    seen = coordinator.get(UPPER)
    assert "These people may set it: Olivia Officier" in words(seen.text)
    assert "<form" not in seen.text.split('id="main"')[1]
    assert coordinator.get("/budgets/zone/zone-valdor").status_code == 404
    assert coordinator.get("/budgets/partnership/valdor-gare").status_code == 404


def test_the_refusal_stands_beside_the_button_with_its_figures(templates: Templates) -> None:
    officer = signed_in(templates)
    message = written()
    set_budget(officer, "3")
    before = words(officer.get(message).text)
    assert "so it cannot leave" in before
    refused = officer.post(f"{message}/release")
    assert refused.status_code == 422
    assert "€3.00 is left of €3.00" in words(refused.text)
    assert "Olivia Officier" in words(refused.text)
    set_budget(officer, "300")
    assert "so it cannot leave" not in words(officer.get(message).text)
    officer.post(f"{message}/release")
    assert "Released" in words(officer.get(message).text)


def test_a_coordinator_reads_why_he_cannot_pass_it_on(templates: Templates) -> None:
    officer = signed_in(templates)
    officer.post(f"{written()}/release")
    set_budget(officer, "3")
    (relay,) = in_process.api("coordinator@demo.example").http.get("/relays").json()
    coordinator = signed_in(templates, "coordinator")
    refused = coordinator.post(f"/relay/{relay['id']}", when="now")
    assert refused.status_code == 422
    assert "€3.00 is left of €3.00" in words(refused.text)
    assert "Pass it on now" in words(refused.text)


def test_an_officer_who_approves_what_does_not_fit_any_more_changes_nothing(
    templates: Templates,
) -> None:
    api = in_process.api("coordinator@demo.example").http
    message = api.post(
        "/cold-messages",
        json={
            "client_request_id": "his",
            "kind": "prevention",
            "topic": "theft",
            "partnerships": ["haut-valdor"],
            "texts": WORDS,
        },
    ).json()["id"]
    assert api.post(f"/cold-messages/{message}/release").json()["status"] == "awaiting_review"
    officer = signed_in(templates)
    set_budget(officer, "3")
    refused = officer.post(f"/cold/{message}/approve")
    assert refused.status_code == 422
    assert "€3.00 is left of €3.00" in words(refused.text)
    found = api.get(f"/cold-messages/{message}").json()
    assert (found["status"], found["reviewed_at"]) == ("awaiting_review", None)


def test_an_alert_shows_what_it_was_thought_to_cost_and_did(templates: Templates) -> None:
    api = in_process.api(DISPATCHER)
    incident = api.incident()["id"]
    sent = api.send("haut-valdor", incident_id=incident)
    with unit_of_work() as session:
        fan_out.fan_out(session, UUID(sent))
    officer = signed_in(templates)
    assert "What it costs" not in officer.get(f"/broadcasts/{sent}").text
    timetable.count_costs()
    seen = words(officer.get(f"/broadcasts/{sent}").text)
    assert "What it costs €0.00 so far" in seen
    estimated = api.http.get(f"/broadcasts/{sent}/cost").json()["estimated"]
    assert f"Estimated before it left: €{estimated:.2f}." in seen
    sum_of_all = words(officer.get(f"/incidents/{incident}").text)
    assert f"estimated before: €{estimated:.2f}." in sum_of_all
    set_budget(officer, "0")
    over = words(officer.get(UPPER).text)
    assert "Over budget because of urgent alerts" in over


def test_what_waits_for_money_says_so_on_its_page(templates: Templates) -> None:
    agree_on("haut-valdor", kinds={"prevention": {"needs_relay": False}})
    http = in_process.api(OFFICER).http
    wanted = {
        "client_request_id": "planned",
        "kind": "prevention",
        "topic": "theft",
        "partnerships": ["haut-valdor"],
        "texts": WORDS,
        "leaves_at": "2026-06-04T10:00:00Z",
        "good_until": "2026-06-06T10:00:00Z",
    }
    message = http.post("/cold-messages", json=wanted).json()["id"]
    http.post(f"/cold-messages/{message}/release")
    officer = signed_in(templates)
    set_budget(officer, "3")
    clock.set_source(lambda: datetime(2026, 6, 4, 10, 0, tzinfo=UTC))
    timetable.release_what_is_due()
    officer = signed_in(templates)
    assert "It waits for money since" in words(officer.get(f"/cold/{message}").text)
    clock.set_source(lambda: datetime(2026, 6, 6, 10, 0, tzinfo=UTC))
    timetable.release_what_is_due()
    ended = words(signed_in(templates).get(f"/cold/{message}").text)
    assert "Not sent: there was no money for it in time" in ended


@pytest.mark.parametrize("language", ["fr", "nl", "de"])
def test_money_is_written_as_the_reader_writes_it(templates: Templates, language: str) -> None:
    set_budget(signed_in(templates), "12,40")
    seen = words(signed_in(templates, language=language).get(UPPER).text)
    assert {"fr": "12,40 €", "nl": "€ 12,40", "de": "12,40 €"}[language] in seen
