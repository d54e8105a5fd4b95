"""Two dispatchers at one incident, and one who presses twice: one alert leaves, nothing is said
twice, and nobody waits for another for ever."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from hub import clock
from hub.audit import first_broken_link
from hub.db import unit_of_work
from messaging.models import Broadcast, BroadcastStatus, Incident
from partnerships.models import Notice
from tests import in_process
from tests.agreed_plans import agree_on
from tests.conftest import Templates
from tests.running_hub import Api, Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

DISPATCHER, OFFICER = "dispatcher@demo.example", "officer@demo.example"
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
# What happens at one moment happens in another order each time.
ROUNDS = 6

Ask = Callable[[], int]


@pytest.fixture
def api(demo_zone: str) -> Api:
    clock.set_source(lambda: NOON)
    return in_process.api(DISPATCHER)


@pytest.fixture
def officer(api: Api) -> Api:
    return in_process.api(OFFICER)


def page_of(templates: Templates, role: str) -> Visitor:
    account = templates.accounts[role]
    return in_process.signed_in(account["email"], account["password"])


def at_once(*asked: Ask) -> list[int]:
    """What those who ask at the same moment are answered, in the order in which they are given."""
    start = threading.Barrier(len(asked))

    def ask(one: Ask) -> int:
        start.wait()
        return one()

    with ThreadPoolExecutor(len(asked)) as together:
        return list(together.map(ask, asked))


def draft(by: Api, incident_id: str, *slugs: str) -> str:
    made = by.draft(*(slugs or ("haut-valdor",)), incident_id=incident_id)
    draft_id: str = made.json()["id"]
    return draft_id


def send(by: Api, draft_id: str) -> Ask:
    return post(by, f"/broadcasts/{draft_id}/send")


def post(by: Api, path: str, body: dict[str, Any] | None = None) -> Ask:
    return lambda: by.http.post(path, json=body).status_code


def press(by: Visitor, path: str, token: str, **typed: Any) -> Ask:
    """Press a button of a page that was read before."""
    return lambda: by.http.post(path, data={"form_token": token, **typed}).status_code


def token_of(visitor: Visitor) -> str:
    page = visitor.get("/").text
    return page.partition('name="form_token" value="')[2].partition('"')[0]


def launched(incident_id: str) -> Sequence[Broadcast]:
    with unit_of_work(read_only=True) as session:
        left = select(Broadcast).where(
            Broadcast.incident_id == UUID(incident_id),
            Broadcast.status == BroadcastStatus.RELEASED,
        )
        return session.exec(left).all()


def decisions(api: Api, incident_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.http.get(f"/incidents/{incident_id}").json()["decisions"]
    return found


def test_one_who_says_why_and_one_who_does_not_launch_one_alert(
    api: Api, officer: Api, templates: Templates
) -> None:
    """The one writes the log first and the alert afterwards, the other the other way round."""
    page = page_of(templates, "mandated_officer")
    token = token_of(page)
    why = {"reason_for": "in_the_act", "asked_by": "Patrol 12"}
    for _round in range(ROUNDS):
        incident = api.incident()["id"]
        mine, theirs = draft(api, incident), draft(officer, incident, "haut-valdor", "valdor-gare")
        answers = at_once(send(api, mine), press(page, f"/broadcasts/{theirs}/send", token, **why))
        assert answers in ([202, 409], [409, 303])
        assert len(launched(incident)) == 1
        assert len(decisions(api, incident)) == 1
    with unit_of_work(read_only=True) as session:
        assert first_broken_link(session) is None


def test_two_who_add_the_same_address_at_once_add_it_once(
    officer: Api, templates: Templates
) -> None:
    tabs = [page_of(templates, "mandated_officer") for _tab in range(3)]
    tokens = [token_of(one) for one in tabs]
    for number in range(ROUNDS):
        url = {"url": f"https://other-{number}.example/hook"}
        added = (post(officer, "/webhooks", {"zone": "zone-valdor", **url}) for _tab in range(3))
        assert sorted(at_once(*added)) == [201, 422, 422]
        feed = {"zone": "zone-valdor", **url}
        pressed = [
            press(tab, "/cap/sources", token, **feed)
            for tab, token in zip(tabs, tokens, strict=True)
        ]
        assert sorted(at_once(*pressed)) == [303, 422, 422]


def test_two_who_settle_how_a_zone_writes_for_the_first_time(officer: Api) -> None:
    wanted = {"near_metres": 300, "missing_text": "both"}

    def settle() -> int:
        return officer.http.put("/zones/zone-valdor/writing", json=wanted).status_code

    assert at_once(settle, settle, settle) == [200, 200, 200]


def test_a_double_click_with_a_reason_is_one_alert_and_one_decision(
    api: Api, templates: Templates
) -> None:
    tabs = [page_of(templates, "dispatcher") for _tab in range(3)]
    tokens = [token_of(one) for one in tabs]
    why = {"reason_for": "in_the_act", "ticks": "threat"}
    for _round in range(ROUNDS):
        incident = api.incident()["id"]
        path = f"/broadcasts/{draft(api, incident)}/send"
        pressed = (press(tab, path, token, **why) for tab, token in zip(tabs, tokens, strict=True))
        assert at_once(*pressed) == [303, 303, 303]
        assert len(launched(incident)) == 1
        assert len(decisions(api, incident)) == 1


def test_a_no_and_an_alert_at_the_same_moment_do_not_contradict_each_other(
    api: Api, officer: Api
) -> None:
    no = {"launched": False, "reason": "too_old", "close": True}
    for _round in range(ROUNDS):
        incident = api.incident()["id"]
        mine = draft(api, incident)
        path = f"/incidents/{incident}/decisions"
        sent, decided = at_once(send(api, mine), post(officer, path, no))
        said = [one["launched"] for one in decisions(api, incident)]
        # Either the alert left first and the no is refused; or the no came first, and whoever
        # sent the alert all the same decided otherwise after it.
        assert (sent, decided, said) in ((202, 409, [True]), (202, 201, [False, True]))


def test_a_no_pressed_twice_is_one_decision_and_one_mail(api: Api, templates: Templates) -> None:
    tabs = [page_of(templates, "dispatcher") for _tab in range(2)]
    tokens = [token_of(one) for one in tabs]
    incident = api.incident()["id"]
    no = {"launched": "no", "reason_against": "too_old", "tell": "haut-valdor", "close": "yes"}
    pressed = (
        press(tab, f"/incidents/{incident}/decision", token, **no)
        for tab, token in zip(tabs, tokens, strict=True)
    )
    assert at_once(*pressed) == [303, 303]
    assert len(decisions(api, incident)) == 1
    with unit_of_work(read_only=True) as session:
        mails = session.exec(select(Notice).where(Notice.kind == "not_launched")).all()
        assert len(mails) == 1


def test_what_waits_for_a_second_person_leaves_once(
    api: Api, officer: Api, templates: Templates
) -> None:
    agree_on("haut-valdor", second_person_above=1)
    chief = page_of(templates, "mandated_officer")
    token = token_of(chief)
    for _round in range(ROUNDS):
        incident = api.incident()["id"]
        waiting, other = (
            draft(api, incident),
            draft(officer, incident, "valdor-gare", "haut-valdor"),
        )
        assert send(api, waiting)() == 202
        assert send(officer, other)() == 202
        assert api.broadcast(waiting)["status"] == "awaiting_approval"
        answers = at_once(
            post(officer, f"/broadcasts/{waiting}/approve"),
            press(chief, f"/broadcasts/{waiting}/approve", token),
            post(api, f"/broadcasts/{other}/approve"),
        )
        assert len(launched(incident)) == 1
        assert answers in ([202, 303, 409], [409, 409, 202])


def test_an_end_and_another_alert_at_the_same_moment_wait_for_nobody_for_ever(
    api: Api, officer: Api
) -> None:
    """Closing an incident and launching it write the same rows in another order."""
    for round_ in range(ROUNDS):
        incident = api.incident()["id"]
        first = api.send("haut-valdor", incident_id=incident)
        second = draft(officer, incident, "valdor-gare")
        end = {
            "step": "correction",
            "client_request_id": f"end-{round_}",
            "counts_as_feedback": True,
        }
        path = f"/broadcasts/{first}/follow-ups"
        answers = at_once(
            post(api, path, end),
            send(officer, second),
            post(api, f"/incidents/{incident}/close", {"reason": "It was nothing."}),
        )
        assert answers[0] == 201
        assert answers[1] in (202, 409)
        assert answers[2] == 200


# One dispatch system that asks again


def test_the_same_request_opens_the_same_incident(api: Api, officer: Api) -> None:
    asked = {"client_request_id": "cad-4711"}
    first = api.incident(**asked)
    assert api.incident(place="elsewhere", **asked) == first
    # Another system's numbers are its own.
    assert officer.incident(**asked)["id"] != first["id"]
    assert api.incident()["id"] != api.incident()["id"]


def test_the_same_request_at_the_same_moment_opens_one_incident(api: Api) -> None:
    for round_ in range(ROUNDS):
        facts = {
            "phenomenon": "cambriolage",
            "place": "rue Haute",
            "facts_at": "2026-06-03T09:00:00Z",
            "client_request_id": f"cad-{round_}",
        }
        answers = at_once(*[post(api, "/incidents", facts)] * 4)
        assert answers == [201, 201, 201, 201]
    with unit_of_work(read_only=True) as session:
        assert len(session.exec(select(Incident)).all()) == ROUNDS
        assert first_broken_link(session) is None


def test_an_id_that_is_none_is_refused_beside_its_field(api: Api) -> None:
    facts = {"phenomenon": "cambriolage", "place": "rue Haute", "facts_at": "2026-06-03T09:00:00Z"}
    for wrong in ("", "x" * 101):
        refused = api.http.post("/incidents", json={**facts, "client_request_id": wrong})
        assert refused.status_code == 422
        assert "client_request_id" in refused.text


def test_a_double_click_on_the_page_opens_one_incident(templates: Templates, api: Api) -> None:
    page = page_of(templates, "dispatcher")
    shown = page.get("/incidents/new").text
    form_id = shown.partition('name="form_id" value="')[2].partition('"')[0]
    typed = {
        "phenomenon": "cambriolage",
        "place": "rue Haute",
        "facts_at": "2026-06-03T11:30",
        "form_id": form_id,
    }
    twice = [page.post("/incidents", **typed).headers["location"] for _click in range(2)]
    assert twice[0] == twice[1]
    # Back, put right, and sent again: that is another one.
    changed = page.post("/incidents", **{**typed, "place": "rue Basse"})
    assert changed.headers["location"] != twice[0]
    assert len(api.http.get("/incidents").json()) == 2
