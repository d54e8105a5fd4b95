"""An alert of another system becomes a draft of an incident; only a person opens it."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from hub import clock
from hub.db import engine, unit_of_work
from messaging import old_traffic
from messaging.cap import arrivals, documents, reading
from messaging.cap.vocabulary import MEDIA_TYPE
from messaging.models import Broadcast, CapArrival, Incident
from partnerships import accounts
from partnerships.models import Organisation
from tests import in_process
from tests.conftest import Templates
from tests.messaging.cap_samples import ALERT, EARLIER, changed, following
from tests.running_hub import Api, Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


@pytest.fixture
def api(demo_zone: str) -> Api:
    clock.set_source(lambda: NOON)
    return in_process.api("dispatcher@demo.example")


@pytest.fixture
def dispatcher(api: Api, templates: Templates) -> Visitor:
    return in_process.signed_in(**templates.accounts["dispatcher"])


def post(api: Api, content: str | bytes, path: str = "/cap/alerts") -> httpx.Response:
    raw = content.encode() if isinstance(content, str) else content
    return api.http.post(path, content=raw, headers={"Content-Type": MEDIA_TYPE})


def upload(visitor: Visitor, content: bytes) -> httpx.Response:
    token = re.search(r'name="form_token" value="([^"]+)"', visitor.get("/cap").text)
    assert token
    data = {"form_token": token[1], "zone": "zone-valdor"}
    return visitor.http.post("/cap/alerts", data=data, files={"file": ("alert.xml", content)})


def incidents_kept() -> list[Incident]:
    with unit_of_work(read_only=True) as session:
        return list(session.exec(select(Incident)))


def arrivals_kept() -> int:
    with unit_of_work(read_only=True) as session:
        return len(session.exec(select(CapArrival)).all())


def test_an_alert_proposes_an_incident_with_the_partnerships_it_touches(api: Api) -> None:
    taken = post(api, ALERT)
    assert taken.status_code == 201, taken.text
    draft = taken.json()
    assert draft["phenomenon"] == "cambriolage"
    assert draft["place"] == "Haut de Valdor"
    assert draft["facts_at"] == "2026-06-03T11:40:00+02:00"
    assert draft["partnerships"] == ["haut-valdor"]
    assert (draft["incident_id"], draft["doubts"]) == (None, [])
    # Nothing else came of it.
    assert incidents_kept() == []
    with unit_of_work(read_only=True) as session:
        assert session.exec(select(Broadcast)).all() == []


def test_a_circle_touches_what_is_within_its_radius(api: Api) -> None:
    polygon = re.search(r"<polygon>.*</polygon>", ALERT, re.DOTALL)
    assert polygon
    near = changed((polygon[0], "<circle>50.62900,5.57500 0.5</circle>"))
    assert post(api, near).json()["partnerships"] == ["valdor-gare"]
    wide = near.replace("OTHER-1", "OTHER-2").replace(" 0.5<", " 2<")
    assert post(api, wide).json()["partnerships"] == ["haut-valdor", "valdor-gare"]


def test_an_alert_of_hundreds_of_areas_asks_the_database_once(api: Api) -> None:
    polygon = re.search(r"<polygon>.*</polygon>", ALERT, re.DOTALL)
    assert polygon
    far = "<polygon>50.1,5.1 50.1,5.2 50.2,5.2 50.1,5.1</polygon>" * 250
    circles = "".join(f"<circle>50.3,5.3 0.{number:03}</circle>" for number in range(1, 250))
    many = changed((polygon[0], far + polygon[0] + circles))
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "FROM partnership, zone" in statement:
            asked.append(statement)

    event.listen(engine(), "before_cursor_execute", note)
    try:
        taken = post(api, many)
        assert taken.status_code == 201, taken.text
        assert taken.json()["partnerships"] == ["haut-valdor"]
        assert api.http.get("/cap/alerts").json()[0]["partnerships"] == ["haut-valdor"]
    finally:
        event.remove(engine(), "before_cursor_execute", note)
    assert len(asked) == 2, "once for each answer"


def test_the_same_alert_again_is_the_same_draft(api: Api) -> None:
    first, second = post(api, ALERT).json(), post(api, ALERT).json()
    assert first["id"] == second["id"]
    assert arrivals_kept() == 1


def test_opening_it_makes_one_incident_at_its_place_and_sends_nothing(api: Api) -> None:
    draft = post(api, ALERT).json()
    place = f"/cap/alerts/{draft['id']}/incident"
    opened = [api.http.post(place, json={"place": "rue du Puits"}) for _twice in range(2)]
    assert [one.status_code for one in opened] == [201, 201]
    (incident,) = incidents_kept()
    assert {one.json()["incident_id"] for one in opened} == {str(incident.id)}
    assert (incident.phenomenon, incident.place) == ("cambriolage", "rue du Puits")
    assert incident.latitude == pytest.approx(50.642, abs=0.003)
    assert incident.longitude == pytest.approx(5.577, abs=0.003)


def test_updates_and_cancellations_join_the_alert_and_its_incident(
    api: Api, dispatcher: Visitor
) -> None:
    first = post(api, ALERT).json()
    before = post(api, following("OTHER-2", "Update")).json()
    assert before["thread_id"] == first["thread_id"]
    opened = api.http.post(f"/cap/alerts/{before['id']}/incident", json={})
    assert opened.status_code == 201, opened.text
    after = post(api, following("OTHER-3", "Cancel")).json()
    assert after["thread_id"] == first["thread_id"]
    incident_id = opened.json()["incident_id"]
    came = api.http.get(f"/incidents/{incident_id}").json()["timeline"]
    assert [one["id"] for one in came if one["kind"] == "arrival"] == [
        one["id"] for one in (first, before, after)
    ]
    assert "Said by another system" in dispatcher.get(f"/incidents/{incident_id}").text
    joined = {one["id"]: one["incident_id"] for one in api.http.get("/cap/alerts").json()}
    assert joined == dict.fromkeys((first["id"], before["id"], after["id"]), incident_id)


def test_what_comes_before_the_alert_it_refers_to_is_joined_to_it(
    api: Api, dispatcher: Visitor
) -> None:
    update = post(api, following("OTHER-2", "Update")).json()
    cancel = post(api, following("OTHER-3", "Cancel")).json()
    assert cancel["thread_id"] == update["thread_id"], "both are about the same alert"
    opened = api.http.post(f"/cap/alerts/{update['id']}/incident", json={}).json()
    first = post(api, ALERT).json()
    assert first["thread_id"] == update["thread_id"]
    assert first["incident_id"] == opened["incident_id"]
    assert f'href="/cap/alerts/{update["id"]}"' in dispatcher.get(f"/cap/alerts/{first['id']}").text
    assert len(incidents_kept()) == 1


def test_an_alert_that_names_two_others_brings_them_together(api: Api) -> None:
    post(api, ALERT)
    other = post(api, ALERT.replace("OTHER-1", "OTHER-7")).json()
    opened = api.http.post(f"/cap/alerts/{other['id']}/incident", json={}).json()
    both = f"{EARLIER} {EARLIER.replace('OTHER-1', 'OTHER-7')}"
    assert post(api, following("OTHER-8", "Update", both)).status_code == 201
    came = api.http.get("/cap/alerts").json()
    assert len({one["thread_id"] for one in came}) == 1
    assert {one["incident_id"] for one in came} == {opened["incident_id"]}


def one_while_the_other_goes_on(
    first: Callable[[Session], object], second: Callable[[Session], object]
) -> None:
    """Do the second when the first is done and not committed."""
    begun = threading.Event()

    def and_wait() -> None:
        with unit_of_work() as session:
            first(session)
            begun.set()
            # Time for the other to look into the rows: what it does not wait for, it does not see.
            threading.Event().wait(0.3)

    def and_then() -> None:
        begun.wait()
        with unit_of_work() as session:
            second(session)

    both = [threading.Thread(target=one) for one in (and_wait, and_then)]
    for one in both:
        one.start()
    for one in both:
        one.join()


@pytest.mark.parametrize("update_first", [True, False])
def test_an_alert_and_its_update_that_come_at_one_moment_are_joined(
    api: Api, update_first: bool
) -> None:
    with unit_of_work(read_only=True) as session:
        named = select(Organisation.id).where(Organisation.slug == "zone-valdor")
        zone_id = session.exec(named).one()

    def taking(content: str) -> Callable[[Session], object]:
        return lambda session: arrivals.take_in(session, zone_id, content.encode(), None)

    both = [taking(ALERT), taking(following("OTHER-2", "Update"))]
    one_while_the_other_goes_on(*(reversed(both) if update_first else both))
    came = api.http.get("/cap/alerts").json()
    assert len(came) == 2
    assert len({one["thread_id"] for one in came}) == 1


def test_the_same_alert_twice_at_one_moment_is_one_draft_and_one_incident(api: Api) -> None:
    with unit_of_work(read_only=True) as session:
        account = accounts.by_email(session, "dispatcher@demo.example")
        assert account
        actor = accounts.actor_for(session, account)
        named = select(Organisation.id).where(Organisation.slug == "zone-valdor")
        zone_id = session.exec(named).one()

    def take_in(session: Session) -> None:
        arrivals.take_in(session, zone_id, ALERT.encode(), None)

    one_while_the_other_goes_on(take_in, take_in)
    (draft,) = api.http.get("/cap/alerts").json()

    def open_it(session: Session) -> None:
        arrival = session.get_one(CapArrival, UUID(draft["id"]))
        arrivals.open_incident(
            session, actor, arrival, phenomenon="cambriolage", place="rue du Puits", facts_at=NOON
        )

    one_while_the_other_goes_on(open_it, open_it)
    assert len(incidents_kept()) == 1


def test_facts_that_cannot_be_are_said_beside_their_fields(api: Api, dispatcher: Visitor) -> None:
    other = changed((">Cambriolage<", ">Something new<"))
    draft = post(api, other).json()
    assert draft["phenomenon"] == ""
    refused = api.http.post(f"/cap/alerts/{draft['id']}/incident", json={})
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == ["phenomenon"]
    page = dispatcher.post(
        f"/cap/alerts/{draft['id']}/incident",
        phenomenon="nothing",
        place="rue du Puits",
        facts_at="2026-06-03T11:40",
    )
    assert page.status_code == 422
    assert "Choose a phenomenon from the list." in page.text
    assert 'value="rue du Puits"' in page.text
    assert incidents_kept() == []


def test_our_own_alert_that_comes_back_is_recognised(api: Api) -> None:
    api.send("haut-valdor", incident_id=api.incident()["id"])
    documents.publish_due()
    feed = api.http.get("/cap/zones/zone-valdor/feed").text
    address = re.search(r'rel="alternate" href="[^"]*/api/v1([^"]+)"', feed)
    assert address
    ours = api.http.get(address[1]).text
    refused = post(api, ours)
    assert refused.status_code == 409
    assert "publiée par ce hub" in refused.json()["detail"]
    assert arrivals_kept() == 0
    # What another system answers to it belongs to its incident.
    alert = reading.read(ours.encode())
    earlier = f"{alert.sender},{alert.identifier},{alert.sent.isoformat()}"
    later = following("ACK-1", "Ack", earlier).replace("2026-06-03T11:55", "2026-06-03T12:55")
    answer = post(api, later)
    assert answer.json()["incident_id"] == alert.incidents[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            b'<!DOCTYPE a [<!ENTITY x "ha">]><alert>&x;</alert>',
            "defines a document type or entities",
        ),
        (b"<alert>" + b"x" * (10 * 1024 * 1024), "too large for an alert"),
        (b"", "Choose a file."),
        (ALERT.replace(">Actual<", ">Serious<").encode(), "alert.status: “Serious” is none of"),
    ],
    ids=["entities", "10 MB", "nothing", "a wrong word"],
)
def test_a_bad_file_is_refused_beside_its_field_and_nothing_is_kept(
    dispatcher: Visitor, content: bytes, said: str
) -> None:
    page = upload(dispatcher, content)
    assert page.status_code == 422
    problem = re.search(r'id="problem-file">(.*?)</p>', page.text, re.DOTALL)
    assert problem
    assert said in problem[1]
    assert arrivals_kept() == 0


def test_ten_megabytes_by_the_api_are_refused(api: Api) -> None:
    answer = post(api, b"<alert>" + b"x" * (10 * 1024 * 1024))
    assert answer.status_code == 413
    assert arrivals_kept() == 0


def test_a_file_leads_to_the_composer_in_two_steps(dispatcher: Visitor) -> None:
    taken = upload(dispatcher, ALERT.encode())
    assert taken.is_redirect
    draft = taken.headers["Location"]
    page = dispatcher.get(draft).text
    assert "Deux personnes en fuite." in page
    assert "PLP Haut-Valdor" in page
    typed = dict(re.findall(r'id="(phenomenon|place|facts_at)"[^>]*value="([^"]*)"', page))
    assert typed == {
        "phenomenon": "Burglary",
        "place": "Haut de Valdor",
        "facts_at": "2026-06-03T11:40",
    }
    opened = dispatcher.post(f"{draft}/incident", **typed)
    (incident,) = incidents_kept()
    assert opened.headers["Location"] == f"/incidents/{incident.id}/alert"
    assert dispatcher.get(opened.headers["Location"]).status_code == 200


def test_an_exercise_of_somebody_else_says_so(dispatcher: Visitor) -> None:
    taken = upload(dispatcher, ALERT.replace(">Actual<", ">Exercise<").encode())
    assert (
        "This is no real alert: its status is Exercise."
        in dispatcher.get(taken.headers["Location"]).text
    )


def test_what_concerns_nobody_is_set_aside(api: Api, dispatcher: Visitor) -> None:
    draft = post(api, ALERT).json()
    assert dispatcher.post(f"/cap/alerts/{draft['id']}/aside").is_redirect
    assert api.http.get("/cap/alerts").json() == []
    refused = api.http.post(f"/cap/alerts/{draft['id']}/incident", json={})
    assert refused.status_code == 409


def on_day(days: int) -> None:
    clock.set_source(lambda: NOON + timedelta(days=days))


def test_what_nobody_opened_goes_after_a_month_and_the_rest_after_a_year(api: Api) -> None:
    opened = post(api, ALERT).json()
    api.http.post(f"/cap/alerts/{opened['id']}/incident", json={})
    aside = post(api, ALERT.replace("OTHER-1", "OTHER-7")).json()
    api.http.post(f"/cap/alerts/{aside['id']}/set-aside")
    refers = EARLIER.replace("OTHER-1", "OTHER-7")
    post(api, following("OTHER-8", "Update", refers))
    for days, left in ((29, 3), (31, 1), (364, 1), (366, 0)):
        on_day(days)
        with unit_of_work() as session:
            old_traffic.forget_old(session)
        assert arrivals_kept() == left
    (incident,) = incidents_kept()
    assert api.http.get(f"/incidents/{incident.id}").json()["timeline"]


def test_only_those_who_may_open_incidents_take_alerts_in(api: Api, templates: Templates) -> None:
    draft = post(api, ALERT).json()
    assert post(in_process.api("coordinator@demo.example"), ALERT).status_code == 403
    assert post(in_process.api("administrator@demo.example"), ALERT).status_code == 403
    assert api.http.get(f"/cap/alerts/{UUID(int=7)}").status_code == 404
    assert post(api, ALERT, "/cap/alerts?zone=elsewhere").status_code == 422
    coordinator = in_process.signed_in(**templates.accounts["coordinator"])
    assert coordinator.get(f"/cap/alerts/{draft['id']}").status_code == 403


def test_facts_of_tomorrow_are_proposed_as_of_now(api: Api) -> None:
    later = changed(("<onset>2026-06-03T11:40", "<onset>2026-06-03T12:40"))
    assert datetime.fromisoformat(post(api, later).json()["facts_at"]) - NOON < timedelta(seconds=1)
