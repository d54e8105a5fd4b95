"""The hard stop for what can wait: refused, kept waiting, never more spent than there is; and never
an urgent alert held up by it."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import Session, col, select

from hub import audit, clock, config
from hub.access import POLICY, Action, Actor, Role
from hub.db import unit_of_work
from messaging import budgets, fan_out
from messaging.models import Broadcast, BroadcastStatus, BudgetWait
from partnerships import accounts
from partnerships.models import Notice
from tests import in_process
from tests.agreed_plans import agree_on
from tests.running_hub import THE_LINE
from workers import timetable

pytestmark = pytest.mark.usefixtures("demo_zone")

OFFICER, COORDINATOR = "officer@demo.example", "coordinator@demo.example"
PREVENTION, DISPATCHER = "prevention@demo.example", "dispatcher@demo.example"
ZONE, UPPER, STATION = "zone/zone-valdor", "partnership/haut-valdor", "partnership/valdor-gare"
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
LAST_HOUR = datetime(2026, 12, 31, 22, 0, tzinfo=UTC)
WITHOUT_RELAY = {"prevention": {"needs_relay": False}}
WORDS = {
    language: {"subject": f"Subject {language}", "short": f"Short {language}", "long": "Long"}
    for language in ("fr", "nl", "de")
}


def at(moment: datetime) -> None:
    clock.set_source(lambda: moment)


@pytest.fixture(autouse=True)
def _prices(demo_zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A euro for whatever leaves, so that people and euros are the same number."""
    for name in ("SMS_SEGMENT", "CALL", "MAIL", "WHATSAPP"):
        monkeypatch.setenv(f"HUB_{name}_PRICE", "1")
    config.settings.cache_clear()
    at(NOON)


def set_budget(where: str, euros: float | None, by: str = OFFICER, year: int = 2026) -> None:
    answer = in_process.api(by).http.put(f"/budgets/{where}", json={"year": year, "euros": euros})
    assert answer.status_code == 200, answer.text


def budget(where: str, by: str = OFFICER, year: int = 2026) -> dict[str, Any]:
    answer = in_process.api(by).http.get(f"/budgets/{where}", params={"year": year})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def written(by: str = OFFICER, request_id: str = "one", **changes: Any) -> str:
    wanted = {
        "client_request_id": request_id,
        "kind": "prevention",
        "topic": "dark_days",
        "partnerships": ["haut-valdor"],
        "texts": WORDS,
        **changes,
    }
    answer = in_process.api(by).http.post("/cold-messages", json=wanted)
    assert answer.status_code == 201, answer.text
    return f"/cold-messages/{answer.json()['id']}"


def release(message: str, by: str = OFFICER) -> httpx.Response:
    return in_process.api(by).http.post(f"{message}/release")


def status(message: str) -> str:
    found: str = in_process.api(OFFICER).http.get(message).json()["status"]
    return found


def cost(message: str) -> float:
    found: float = in_process.api(OFFICER).http.get(f"{message}/cost").json()["estimated"]
    return found


def fields(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 422, answer.text
    return {one["field"] for one in answer.json()["errors"]}


def asked(by: str = COORDINATOR) -> tuple[httpx.Client, str]:
    http = in_process.api(by).http
    (one,) = http.get("/relays").json()
    return http, f"/relays/{one['id']}"


def alert(*partnerships: str) -> str:
    api = in_process.api(DISPATCHER)
    sent = api.send(*(partnerships or ("haut-valdor",)), incident_id=api.incident()["id"])
    with unit_of_work() as session:
        fan_out.fan_out(session, UUID(sent))
    return sent


def mails(kind: str) -> Counter[str]:
    with unit_of_work(read_only=True) as session:
        return Counter(session.exec(select(Notice.to).where(Notice.kind == kind)).all())


def decisions(action: str) -> list[dict[str, Any]]:
    with unit_of_work(read_only=True) as session:
        found = select(audit.Decision.facts).where(audit.Decision.action == action)
        return [dict(facts) for facts in session.exec(found)]


# Who keeps it


def test_the_officer_keeps_both_and_the_prevention_officer_his_partnerships() -> None:
    set_budget(ZONE, 500)
    set_budget(UPPER, 50, by=PREVENTION)
    refused = in_process.api(PREVENTION).http.put(
        f"/budgets/{ZONE}", json={"year": 2026, "euros": 1}
    )
    assert refused.status_code == 404
    seen = {one["slug"] for one in in_process.api(COORDINATOR).http.get("/budgets").json()}
    assert seen == {"haut-valdor"}
    theirs = {"year": 2026, "euros": 1_000_000}
    assert in_process.api(COORDINATOR).http.put(f"/budgets/{UPPER}", json=theirs).status_code == 403
    assert in_process.api(DISPATCHER).http.get("/budgets").status_code == 403


def test_every_change_is_on_record_with_who_and_when() -> None:
    set_budget(UPPER, 50)
    at(NOON + timedelta(hours=1))
    set_budget(UPPER, 80.5, by=PREVENTION)
    set_budget(UPPER, 80.5)
    newest, oldest = budget(UPPER)["history"]
    assert (newest["before"], newest["after"]) == (50, 80.5)
    assert (oldest["before"], oldest["after"]) == (None, 50)
    assert newest["changed_by"] != oldest["changed_by"]
    assert newest["changed_at"] > oldest["changed_at"]
    assert [one["after"] for one in decisions("budget.change")] == [50_000_000, 80_500_000]


def test_a_budget_counts_for_the_years_after_it_until_another_is_set() -> None:
    set_budget(UPPER, 50)
    set_budget(UPPER, 70, year=2027)
    assert budget(UPPER, year=2025)["amount"] is None
    assert budget(UPPER, year=2026)["amount"] == 50
    assert budget(UPPER, year=2029)["amount"] == 70


@pytest.mark.parametrize("year", [2025, 2028])
def test_a_year_that_is_over_or_far_ahead_is_refused(year: int) -> None:
    http = in_process.api(OFFICER).http
    assert fields(http.put(f"/budgets/{UPPER}", json={"year": year, "euros": 1})) == {"year"}


# Refused before it leaves


def test_it_is_refused_with_the_figures_and_who_may_raise_it() -> None:
    message = written()
    set_budget(UPPER, cost(message) - 1)
    refused = release(message)
    assert fields(refused) == {"budget.haut-valdor"}
    said = refused.json()["errors"][0]["detail"]
    for part in ("Haut-Valdor", "2026", "Olivia Officier", "Pascale Prévention"):
        assert part in said
    assert status(message) == "draft"
    assert mails("relay_asked") == Counter()
    set_budget(UPPER, cost(message))
    assert release(message).status_code == 202


def test_the_zones_budget_holds_for_all_of_its_partnerships_together() -> None:
    message = written(partnerships=["haut-valdor", "valdor-gare"])
    set_budget(ZONE, cost(message) - 0.01)
    assert fields(release(message)) == {"budget.zone-valdor"}
    set_budget(ZONE, cost(message))
    assert release(message).status_code == 202
    found = budget(ZONE)
    assert (found["promised"], found["left"]) == (cost(message), 0)


def test_without_a_budget_and_without_prices_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert release(written()).status_code == 202
    for name in ("SMS_SEGMENT", "CALL", "MAIL", "WHATSAPP"):
        monkeypatch.setenv(f"HUB_{name}_PRICE", "0")
    config.settings.cache_clear()
    set_budget(UPPER, 0)
    assert release(written(request_id="two")).status_code == 202


def test_what_waits_for_its_coordinator_is_promised_until_he_has_decided() -> None:
    message = written()
    price = cost(message)
    set_budget(UPPER, price * 1.5)
    assert release(message).status_code == 202
    assert budget(UPPER)["promised"] == price
    assert fields(release(written(request_id="two"))) == {"budget.haut-valdor"}
    http, relay = asked()
    assert http.post(f"{relay}/decline", json={"reason": "Not for us."}).status_code == 200
    assert budget(UPPER)["promised"] == 0
    assert release(written(request_id="three")).status_code == 202


def test_withdrawing_gives_back_what_was_promised() -> None:
    message = written()
    set_budget(UPPER, cost(message))
    release(message)
    assert in_process.api(OFFICER).http.post(f"{message}/withdraw").status_code == 200
    assert budget(UPPER)["promised"] == 0


def test_the_police_are_not_asked_to_read_what_cannot_leave() -> None:
    message = written(COORDINATOR)
    set_budget(UPPER, 1)
    assert fields(release(message, by=COORDINATOR)) == {"budget.haut-valdor"}
    set_budget(UPPER, 500)
    assert release(message, by=COORDINATOR).json()["status"] == "awaiting_review"
    # Meanwhile the money has gone elsewhere.
    set_budget(UPPER, 1)
    officer = in_process.api(OFFICER).http
    seal = officer.get(message).json()["seal"]
    approve = officer.post(f"{message}/approve", json={"seal": seal})
    assert fields(approve) == {"budget.haut-valdor"}
    assert status(message) == "awaiting_review"


def test_a_coordinator_is_refused_when_the_money_has_gone_since() -> None:
    set_budget(UPPER, 500)
    message = written()
    price = cost(message)
    release(message)
    set_budget(UPPER, 1)
    http, relay = asked()
    refused = http.post(f"{relay}/relay", json={})
    assert fields(refused) == {"budget.haut-valdor"}
    assert http.get(relay).json()["state"] == "waiting"
    set_budget(UPPER, 500)
    assert http.post(f"{relay}/relay", json={}).status_code == 202
    assert budget(UPPER)["promised"] == price


def test_what_leaves_straight_counts_once() -> None:
    agree_on("haut-valdor", kinds=WITHOUT_RELAY)
    message = written()
    price = cost(message)
    set_budget(UPPER, price)
    assert release(message).status_code == 202
    assert budget(UPPER)["promised"] == price
    assert budget(UPPER)["left"] == 0


def test_a_second_person_lets_nothing_leave_that_does_not_fit_any_more() -> None:
    agree_on("haut-valdor", kinds=WITHOUT_RELAY, second_person_above=5)
    set_budget(UPPER, 500)
    message = written()
    (waiting,) = release(message).json()["broadcasts"]
    assert budget(UPPER)["promised"] == cost(message)
    set_budget(UPPER, 1)
    dispatcher = in_process.api(DISPATCHER).http
    assert fields(dispatcher.post(f"/broadcasts/{waiting}/approve")) == {"budget.haut-valdor"}
    assert dispatcher.get(f"/broadcasts/{waiting}").json()["status"] == "awaiting_approval"
    set_budget(UPPER, 500)
    assert dispatcher.post(f"/broadcasts/{waiting}/approve").status_code == 202


# What is planned


def planned(**changes: Any) -> str:
    agree_on("haut-valdor", kinds=WITHOUT_RELAY)
    message = written(
        leaves_at=(NOON + timedelta(days=1)).isoformat(),
        good_until=(NOON + timedelta(days=3)).isoformat(),
        **changes,
    )
    assert release(message).json()["status"] == "scheduled"
    return message


def test_what_was_planned_waits_tells_once_and_leaves_when_there_is_money() -> None:
    set_budget(UPPER, 500)
    message = planned()
    set_budget(UPPER, 1)
    for minutes in range(3):
        at(NOON + timedelta(days=1, minutes=minutes))
        timetable.release_what_is_due()
    assert status(message) == "scheduled"
    # The officer wrote it and keeps the budget: he is told once all the same.
    assert mails("budget_wait") == Counter([OFFICER, PREVENTION])
    assert len(decisions("cold.wait_for_budget")) == 1
    set_budget(UPPER, 500)
    at(NOON + timedelta(days=1, minutes=5))
    timetable.release_what_is_due()
    assert status(message) == "released"
    with unit_of_work(read_only=True) as session:
        wait = session.exec(select(BudgetWait)).one()
        assert wait.has_left
        released = session.exec(select(Broadcast.status)).one()
    assert released == BroadcastStatus.RELEASED


def test_what_waits_too_long_ends_with_its_reason_on_record() -> None:
    set_budget(UPPER, 500)
    message = planned()
    set_budget(UPPER, 0)
    at(NOON + timedelta(days=1))
    timetable.release_what_is_due()
    at(NOON + timedelta(days=3))
    for _look in range(2):
        timetable.release_what_is_due()
    assert status(message) == "lapsed"
    assert [one["reason"] for one in decisions("cold.lapse")] == ["budget"]
    set_budget(UPPER, 500)
    timetable.release_what_is_due()
    assert status(message) == "lapsed"
    assert budget(UPPER)["promised"] == 0


def test_what_a_coordinator_planned_waits_as_well_and_he_is_told() -> None:
    set_budget(UPPER, 500)
    release(written())
    http, relay = asked()
    later = {"relay_at": (NOON + timedelta(days=1)).isoformat()}
    assert http.post(f"{relay}/relay", json=later).status_code == 202
    set_budget(UPPER, 1)
    at(NOON + timedelta(days=1))
    for _look in range(2):
        timetable.release_what_is_due()
    assert http.get(relay).json()["state"] == "scheduled"
    assert mails("budget_wait") == Counter([OFFICER, COORDINATOR, PREVENTION])
    set_budget(UPPER, 500)
    at(NOON + timedelta(days=1, minutes=1))
    timetable.release_what_is_due()
    assert http.get(relay).json()["state"] == "relayed"


def test_what_leaves_next_year_comes_out_of_next_years_budget() -> None:
    at(LAST_HOUR)
    set_budget(UPPER, 0)
    set_budget(UPPER, 500, year=2027)
    agree_on("haut-valdor", kinds=WITHOUT_RELAY)
    # 2027 begins in Belgium an hour before it does in UTC.
    message = written(leaves_at="2026-12-31T23:30:00Z", good_until="2027-01-20T10:00:00Z")
    assert release(message).status_code == 202
    assert budget(UPPER, year=2026)["promised"] == 0
    assert budget(UPPER, year=2027)["promised"] == cost(message)


# Two at once


def test_two_messages_at_once_cannot_both_take_the_last_euro() -> None:
    first, second = written(request_id="one"), written(request_id="two")
    price = cost(first)
    set_budget(UPPER, price * 1.5)
    answers: list[int] = []
    start = threading.Barrier(2)
    clients = [in_process.api(OFFICER).http for _one in range(2)]

    def press(http: httpx.Client, message: str) -> None:
        start.wait()
        answers.append(http.post(f"{message}/release").status_code)

    pressing = [
        threading.Thread(target=press, args=pair)
        for pair in zip(clients, (first, second), strict=True)
    ]
    for one in pressing:
        one.start()
    for one in pressing:
        one.join()
    assert sorted(answers) == [202, 422]
    assert budget(UPPER)["promised"] == price


def test_one_message_released_by_two_at_once_is_promised_once() -> None:
    message = written()
    price = cost(message)
    answers: list[int] = []
    start = threading.Barrier(4)
    clients = [in_process.api(OFFICER).http for _one in range(4)]

    def press(http: httpx.Client) -> None:
        start.wait()
        answers.append(http.post(f"{message}/release").status_code)

    pressing = [threading.Thread(target=press, args=(one,)) for one in clients]
    for one in pressing:
        one.start()
    for one in pressing:
        one.join()
    assert set(answers) == {202}
    assert budget(UPPER)["promised"] == price


# What is urgent


def test_an_alert_what_follows_it_and_feedback_leave_with_a_budget_of_nothing() -> None:
    for where in (ZONE, UPPER, STATION):
        set_budget(where, 0)
    sent = alert("haut-valdor", "valdor-gare")
    http = in_process.api(DISPATCHER).http
    news = {one: {"subject": "News", "short": f"White van, gone. {THE_LINE[one]}"} for one in WORDS}
    update = {"step": "update", "client_request_id": "update", "texts": news}
    all_clear = {"step": "all_clear", "client_request_id": "all_clear"}
    for door, wanted in (("follow-ups", update), ("follow-ups", all_clear), ("feedback", None)):
        answer = http.post(f"/broadcasts/{sent}/{door}", json=wanted or {"texts": news})
        assert answer.status_code == 201, answer.text
        assert answer.json()["status"] == "released"


def test_an_alert_waits_for_nobody_who_holds_the_budget() -> None:
    set_budget(UPPER, 0)
    with unit_of_work(read_only=True) as session:
        on_sqlite = session.get_bind().dialect.name == "sqlite"
    if on_sqlite:
        # One writer at a time there, whatever it writes.
        return
    with unit_of_work() as session:
        scope = budgets.scope_for(
            session, "partnership", "haut-valdor", _officer(session), Action.SEE_BUDGETS
        )
        budgets.standings(session, [scope], 2026, lock=True)
        assert alert()


def _officer(session: Session) -> Actor:
    found = accounts.by_email(session, OFFICER)
    assert found
    return accounts.actor_for(session, found)


def test_what_alerts_cost_counts_and_is_said_to_be_theirs() -> None:
    set_budget(UPPER, 5)
    alert()
    timetable.count_costs()
    found = budget(UPPER)
    assert found["by_alerts"] == found["spent"] + found["promised"] > 5
    assert found["left"] < 0
    assert found["is_over"]
    assert found["is_over_by_alerts"]
    assert fields(release(written())) == {"budget.haut-valdor"}


# Warned in time


def test_its_keepers_are_warned_once_when_most_of_it_is_gone() -> None:
    message = written()
    set_budget(UPPER, round(cost(message) / 0.79, 2))
    release(message)
    timetable.warn_of_budgets()
    assert mails("budget_nearly_gone") == Counter()
    set_budget(UPPER, round(cost(message) / 0.8, 2))
    for _look in range(2):
        timetable.warn_of_budgets()
    assert mails("budget_nearly_gone") == Counter([OFFICER, PREVENTION])
    set_budget(UPPER, cost(message))
    timetable.warn_of_budgets()
    assert mails("budget_nearly_gone").total() == 2
    with unit_of_work(read_only=True) as session:
        body = session.exec(
            select(Notice.body).where(
                Notice.kind == "budget_nearly_gone", col(Notice.to) == OFFICER
            )
        ).one()
    assert "/budgets/partnership/haut-valdor" in body


# Who may, in the one policy


def test_these_roles_see_budgets_and_fewer_set_them() -> None:
    keep = {role for role, actions in POLICY.items() if Action.KEEP_BUDGETS in actions}
    see = {role for role, actions in POLICY.items() if Action.SEE_BUDGETS in actions}
    assert keep == {
        Role.MANDATED_OFFICER,
        Role.DEPUTY_OFFICER,
        Role.CHIEF_OF_POLICE,
        Role.PREVENTION_OFFICER,
    }
    assert see == keep | {Role.COORDINATOR, Role.CO_COORDINATOR, Role.MAYOR}


def test_what_a_machine_sends_without_a_coordinator_is_refused_as_well() -> None:
    agree_on("haut-valdor", kinds=WITHOUT_RELAY)
    set_budget(UPPER, 1)
    api = in_process.api(OFFICER)
    draft = api.draft("haut-valdor", kind="prevention").json()["id"]
    assert fields(api.http.post(f"/broadcasts/{draft}/send")) == {"budget.haut-valdor"}
    assert api.broadcast(draft)["status"] == "draft"
    set_budget(UPPER, 500)
    assert api.http.post(f"/broadcasts/{draft}/send").status_code == 202
    assert budget(UPPER)["promised"] > 0
