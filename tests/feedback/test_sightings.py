"""The police complete what was seen, hand it on, join what is the same, and nobody else sees it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlmodel import select

from feedback import old_sightings, plates
from feedback.models import Sighting, SightingEvent, SightingPhoto, SightingPlatePart
from feedback.own_sightings import SEEN as SEEN_BY_HIM
from hub import clock
from hub.audit import Decision
from hub.db import unit_of_work
from hub.roles import Role
from partnerships import accounts, ways
from partnerships.models import Organisation, OrganisationKind
from tests import in_process
from tests.citizens import text_from
from tests.conftest import Templates
from tests.feedback.seen_things import (
    DISPATCHER,
    DUTCH,
    NOON,
    OFFICER,
    alert,
    at,
    kept,
    photo_with_place,
    tell,
)
from tests.running_hub import Api, Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

SEEN = "Witte bestelwagen 1-ABC-234 richting station, 5 min geleden, Molenstraat 3"


@pytest.fixture
def api(demo_zone: str) -> Api:
    at(timedelta())
    return in_process.api(DISPATCHER)


@pytest.fixture
def dispatcher(api: Api, templates: Templates) -> Visitor:
    return in_process.signed_in(**templates.accounts["dispatcher"])


def replied(api: Api, words: str = SEEN) -> str:
    """The id of a message that came in by text."""
    text_from(DUTCH, words)
    newest: str = api.http.get("/replies").json()[0]["id"]
    return newest


def made(api: Api, message_id: str, **changes: Any) -> httpx.Response:
    wanted = {"observed_at": clock.now().isoformat(), "plate": "1-ABC-234", **changes}
    return api.http.post(f"/replies/{message_id}/sighting", json=wanted)


def read(api: Api, sighting_id: object) -> dict[str, Any]:
    answer = api.http.get(f"/sightings/{sighting_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def told(delivery: int, **typed: Any) -> str:
    """The id of a sighting that a citizen filled in."""
    assert tell(delivery, **typed).status_code == 200
    return str(kept()[-1].id)


def in_threads(*asked: Callable[[], int]) -> list[int]:
    start = threading.Barrier(len(asked))

    def ask(one: Callable[[], int]) -> int:
        start.wait()
        return one()

    with ThreadPoolExecutor(len(asked)) as together:
        return sorted(together.map(ask, asked))


# From a message


def test_an_officer_makes_a_sighting_of_a_text_with_what_can_be_read_out_of_it(
    api: Api, dispatcher: Visitor
) -> None:
    incident, _delivery = alert(api)
    at(timedelta(minutes=10))
    message = replied(api)
    assert "Make it a sighting" in dispatcher.get("/inbox").text
    form = dispatcher.get(f"/replies/{message}/sighting").text
    assert SEEN in form
    assert form.count("Read from the message: check it.") == 5
    for suggested in ("1-ABC-234", "Witte bestelwagen", "station", "Molenstraat 3"):
        assert f">{suggested}<" in form or f'value="{suggested}"' in form
    assert 'value="2026-06-03T12:05"' in form
    # Nothing is kept by looking.
    assert kept() == []
    at(timedelta(minutes=12))
    sent = dispatcher.post(
        f"/replies/{message}/sighting",
        plate="1-ABC-234",
        vehicle="Witte bestelwagen",
        direction="station",
        observed_at="2026-06-03T12:05",
        incident=incident,
    )
    (one,) = kept()
    assert sent.headers["location"] == f"/sightings/{one.id}"
    assert one.received_at == NOON + timedelta(minutes=10)
    page = dispatcher.get(f"/sightings/{one.id}").text
    assert "told 5 minutes later" in page
    assert "1-ABC-234" in page
    assert "Chloé Goossens" in page
    assert "To its sighting" in dispatcher.get("/inbox").text
    assert str(dispatcher.get(f"/replies/{message}/sighting").headers["location"]).endswith(
        str(one.id)
    )


def test_one_message_makes_one_sighting_however_often_and_by_whomever(api: Api) -> None:
    message = replied(api)
    officer = in_process.api(OFFICER)
    answers = in_threads(
        lambda: made(api, message).status_code, lambda: made(officer, message).status_code
    )
    assert answers == [201, 201]
    assert len(kept()) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"observed_at": "9999-12-31T23:59:59Z"},
        {"observed_at": "0001-01-01T00:00:00Z"},
        {"observed_at": "2020-01-01T00:00:00Z"},
        {"plate": "<script>"},
        {"words": "x" * 2001},
        {"latitude": 91},
        {"unknown": "field"},
        {"plate": ""},
    ],
)
def test_what_cannot_be_taken_is_refused_and_nothing_is_kept(
    api: Api, wrong: dict[str, Any]
) -> None:
    assert made(api, replied(api), **wrong).status_code == 422
    assert kept() == []


def test_a_wrong_time_is_told_beside_its_field_and_the_rest_is_kept(
    api: Api, dispatcher: Visitor
) -> None:
    message = replied(api)
    for wrong in ("9999-01-01T10:00", "0001-01-01T00:00", "", "yesterday"):
        answer = dispatcher.post(
            f"/replies/{message}/sighting", vehicle="Green bus", observed_at=wrong
        )
        assert answer.status_code == 422
        assert 'id="problem-observed_at"' in answer.text
        assert "Green bus" in answer.text


# Completing, handing on, status


def test_a_sighting_is_completed_taken_up_handed_on_and_closed_with_its_history(api: Api) -> None:
    incident, delivery = alert(api)
    sighting = told(delivery, plate="1AB?234", what="vehicle", description="Van")
    changed = api.http.put(
        f"/sightings/{sighting}",
        json={
            "version": 1,
            "observed_at": clock.now().isoformat(),
            "plate": "1abc234",
            "vehicle": "White van",
            "incident_id": incident,
        },
    ).json()
    assert (changed["plate"], changed["vehicle"], changed["version"]) == ("1ABC234", "White van", 2)
    taken = api.http.post(
        f"/sightings/{sighting}/status", json={"version": 2, "status": "taken_up"}
    ).json()
    assert taken["status"] == "taken_up"
    given = api.http.post(
        f"/sightings/{sighting}/hand-on", json={"version": 3, "reference": "PV-2026/0042"}
    ).json()
    assert (given["status"], given["external_reference"]) == ("handed_on", "PV-2026/0042")
    closed = api.http.post(
        f"/sightings/{sighting}/status",
        json={"version": 4, "status": "closed", "words": "Nothing in it"},
    ).json()
    history = [(one["kind"], one["before"], one["after"]) for one in closed["history"]]
    assert history == [
        ("entered", "", ""),
        ("completed", "", "vehicle,plate"),
        ("status", "new", "taken_up"),
        ("handed_on", "taken_up", "handed_on"),
        ("status", "handed_on", "closed"),
    ]
    assert "plate: 1AB?234" in closed["history"][1]["words"]


def test_what_happens_is_in_the_decision_log_without_a_word_of_it(api: Api) -> None:
    _incident, delivery = alert(api)
    sighting = told(delivery, plate="1ABC234", description="Man with a ladder")
    api.http.post(f"/sightings/{sighting}/hand-on", json={"version": 1, "reference": "PV-1"})
    with unit_of_work(read_only=True) as session:
        rows = session.exec(select(Decision).where(Decision.subject_kind == "sighting")).all()
    assert [one.action for one in rows] == ["sighting.enter", "sighting.handed_on"]
    assert all(one.facts == {} for one in rows)


def test_of_two_officers_at_once_the_second_is_told(api: Api, dispatcher: Visitor) -> None:
    _incident, delivery = alert(api)
    sighting = told(delivery, description="Man")
    officer = in_process.api(OFFICER)
    wanted = {"version": 1, "status": "taken_up"}
    path = f"/sightings/{sighting}/status"
    answers = in_threads(
        lambda: api.http.post(path, json=wanted).status_code,
        lambda: officer.http.post(path, json=wanted).status_code,
    )
    assert answers == [200, 409]
    page = dispatcher.post(
        f"/sightings/{sighting}", version="1", observed_at="2026-06-03T12:00", vehicle="Overwritten"
    )
    assert page.status_code == 409
    assert "Somebody has changed this sighting meanwhile" in page.text
    assert read(api, sighting)["vehicle"] == ""


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("hand-on", {"reference": " "}),
        ("hand-on", {"reference": "x" * 61}),
        ("hand-on", {"reference": "\0"}),
        ("status", {"status": "handed_on"}),
        ("status", {"status": "duplicate"}),
        ("status", {"status": "closed", "words": "x" * 501}),
    ],
)
def test_a_status_that_needs_more_is_refused(api: Api, path: str, wanted: dict[str, Any]) -> None:
    _incident, delivery = alert(api)
    sighting = told(delivery, description="Man")
    answer = api.http.post(f"/sightings/{sighting}/{path}", json={"version": 1, **wanted})
    assert answer.status_code == 422
    assert read(api, sighting)["status"] == "new"


def test_the_pages_do_the_same_as_the_api(api: Api, dispatcher: Visitor) -> None:
    _incident, delivery = alert(api)
    sighting = told(delivery, description="Man")
    page = f"/sightings/{sighting}"
    assert dispatcher.post(f"{page}/status", version="1", status="taken_up").status_code == 303
    refused = dispatcher.post(f"{page}/hand-on", version="2", external_reference="")
    assert refused.status_code == 422
    assert 'id="problem-reference"' in refused.text
    sent = dispatcher.post(f"{page}/hand-on", version="2", external_reference="PV 7")
    assert sent.status_code == 303
    assert "PV 7" in dispatcher.get(page).text


# The list


def test_the_list_is_cut_by_status_incident_and_period_and_goes_on_page_by_page(api: Api) -> None:
    first, one = alert(api)
    _second, other = alert(api, "rue Haute")
    for number in range(3):
        at(timedelta(hours=number))
        tell(one, description=f"Seen {number}")
    tell(other, description="Elsewhere")
    found = api.http.get("/sightings", params={"incident_id": first, "limit": 2}).json()
    assert [each["words"] for each in found["items"]] == ["Seen 2", "Seen 1"]
    rest = api.http.get(
        "/sightings", params={"incident_id": first, "limit": 2, "cursor": found["next_cursor"]}
    ).json()
    assert [each["words"] for each in rest["items"]] == ["Seen 0"]
    assert rest["next_cursor"] is None
    since = (NOON + timedelta(minutes=30)).isoformat()
    late = api.http.get("/sightings", params={"since": since, "status": "new"}).json()["items"]
    assert len(late) == 3
    assert api.http.get("/sightings", params={"status": "closed"}).json()["items"] == []
    for wrong in ("nonsense", "WzEsIDJd", "é"):
        assert api.http.get("/sightings", params={"cursor": wrong}).status_code == 404


def test_a_plate_is_found_however_it_is_written_and_also_where_a_part_was_seen(
    api: Api, dispatcher: Visitor
) -> None:
    _incident, delivery = alert(api)
    whole = told(delivery, plate="1-ABC-234")
    part = told(delivery, plate="1AB?23?")
    told(delivery, plate="2XYZ987")

    def found(plate: str) -> set[str]:
        answer = api.http.post("/sightings/search", json={"plate": plate})
        return {one["id"] for one in answer.json()["items"]}

    assert found("1 abc 234") == {whole, part}
    assert found("?ABC") == {whole, part}
    assert found("ABC23?") == {whole, part}
    assert found("ABC") == {whole}
    assert found("1ABC235") == {part}
    assert found("9ZZZ999") == set()
    assert api.http.post("/sightings/search", json={"plate": "1A?B"}).status_code == 422
    page = dispatcher.post("/sightings/search", plate="1abc234").text
    assert page.count('class="card link-card sighting"') == 2
    refused = dispatcher.post("/sightings/search", plate="<script>")
    assert refused.status_code == 422
    assert "<script>" not in refused.text.partition("<main")[2]


def test_no_plate_stands_readable_beside_its_row(api: Api) -> None:
    _incident, delivery = alert(api)
    told(delivery, plate="1ABC234")
    with unit_of_work(read_only=True) as session:
        parts = session.exec(select(SightingPlatePart.part_index)).all()
        (index,) = session.exec(select(Sighting.plate_index)).all()
    assert len(parts) == 5
    assert not {"1AB", "ABC", "BC2", "C23", "234"} & set(parts)
    assert index == plates.index("1ABC234")


# The same


def test_those_that_may_be_the_same_are_shown_and_joined(api: Api, dispatcher: Visitor) -> None:
    _incident, delivery = alert(api)
    first = told(delivery, plate="1ABC234", place="rue de la Gare")
    like = told(delivery, plate="1AB?234", place="elsewhere")
    near = told(delivery, description="White van", place="Gare, quai 2")
    far = told(delivery, plate="2XYZ111", place="rue de la Gare")
    possible = {one["id"]: one["because"] for one in read(api, first)["possible_duplicates"]}
    assert possible == {like: "like_plate", near: "same_place"}
    assert "Perhaps the same" in dispatcher.get(f"/sightings/{first}").text
    joined = dispatcher.post(f"/sightings/{like}/duplicate", version="1", other=first)
    assert joined.status_code == 303
    assert read(api, like)["status"] == "duplicate"
    assert read(api, like)["duplicate_of_id"] == first
    for wrong in (first, like):
        answer = api.http.post(f"/sightings/{first}/duplicate", json={"version": 1, "of": wrong})
        assert answer.status_code == 422, wrong
    # What hung on one that is joined hangs on the other now.
    api.http.post(f"/sightings/{first}/duplicate", json={"version": 1, "of": far})
    assert read(api, like)["duplicate_of_id"] == far
    api.http.post(f"/sightings/{first}/status", json={"version": 2, "status": "new"})
    assert read(api, first)["duplicate_of_id"] is None


def test_the_same_plate_after_many_days_is_not_shown_as_the_same(api: Api) -> None:
    _incident, delivery = alert(api)
    first = told(delivery, plate="1ABC234")
    at(timedelta(days=4))
    told(delivery, plate="1ABC234")
    assert read(api, first)["possible_duplicates"] == []


# Photos


def test_a_photo_is_shown_to_the_police_alone_and_each_opening_is_written_down(
    api: Api, dispatcher: Visitor, templates: Templates
) -> None:
    _incident, delivery = alert(api)
    sighting = told(delivery, photo=photo_with_place())
    with unit_of_work(read_only=True) as session:
        photo = session.exec(select(SightingPhoto.id)).one()
    path = f"/sightings/{sighting}/photos/{photo}"
    assert path in dispatcher.get(f"/sightings/{sighting}").text
    shown = dispatcher.get(path)
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["cache-control"] == "no-store"
    assert shown.content[:2] == b"\xff\xd8"
    assert [one["kind"] for one in read(api, sighting)["history"]] == ["entered", "photo_seen"]
    coordinator = in_process.signed_in(**templates.accounts["coordinator"])
    assert coordinator.get(path).status_code == 403
    assert in_process.client().get(path).status_code in (303, 401)
    other = told(delivery, description="Another")
    assert dispatcher.get(f"/sightings/{other}/photos/{photo}").status_code == 404


# Whose they are


def test_another_police_zone_finds_none_of_it(api: Api) -> None:
    _incident, delivery = alert(api)
    sighting = told(delivery, plate="1ABC234")
    other = in_process.api(_officer_elsewhere())
    assert other.http.get("/sightings").json()["items"] == []
    found = other.http.post("/sightings/search", json={"plate": "1ABC234"}).json()
    assert found["items"] == []
    for path, body in (
        ("status", {"version": 1, "status": "closed"}),
        ("hand-on", {"version": 1, "reference": "PV"}),
        ("duplicate", {"version": 1, "of": str(uuid4())}),
    ):
        answer = other.http.post(f"/sightings/{sighting}/{path}", json=body)
        assert answer.status_code == 404
    assert other.http.get(f"/sightings/{sighting}").status_code == 404


def _officer_elsewhere() -> str:
    """Somebody of another police zone: his address."""
    with unit_of_work() as session:
        zone = Organisation(
            kind=OrganisationKind.POLICE_ZONE, name="Zone Elsewhere", slug="zone-elsewhere"
        )
        session.add(zone)
        session.flush()
        account = accounts.create(
            session, email="dee@elsewhere.example", name="Dee Elsewhere", password="x" * 20
        )
        accounts.appoint(session, account, Role.DISPATCHER, zone.id)
    return "dee@elsewhere.example"


def test_it_stands_in_the_timeline_of_its_incident(api: Api, dispatcher: Visitor) -> None:
    incident, delivery = alert(api)
    told(delivery, plate="1ABC234", what="vehicle", description="White van")
    page = dispatcher.get(f"/incidents/{incident}").text
    assert "is-sighting" in page
    assert "1-ABC-234" in page


# Kept for a time only


def test_what_was_seen_is_forgotten_after_a_year_and_its_photo_before(api: Api) -> None:
    _incident, delivery = alert(api)
    sighting = told(delivery, photo=photo_with_place(), plate="1ABC234", description="Man")
    at(timedelta(days=91))
    forget()
    assert read(api, sighting)["photos"] == 0
    assert read(api, sighting)["plate"] == "1ABC234"
    at(timedelta(days=366))
    forget()
    forget()
    left = read(api, sighting)
    assert (left["plate"], left["words"], left["name"], left["status"]) == ("", "", "", "closed")
    assert [one["kind"] for one in left["history"]] == ["forgotten"]
    assert api.http.post("/sightings/search", json={"plate": "1ABC234"}).json()["items"] == []
    with unit_of_work(read_only=True) as session:
        assert session.exec(select(SightingPlatePart)).all() == []
        assert len(session.exec(select(SightingEvent)).all()) == 1
        (row,) = session.exec(select(Sighting)).all()
    assert (row.person_id, row.delivery_id, row.contact_point_id) == (None, None, None)


def test_whoever_told_it_reads_his_own_words_and_forgotten_nobody_told_it(api: Api) -> None:
    _incident, delivery = alert(api)
    sighting = told(delivery, plate="1ABC234", what="vehicle", description="White van")
    (row,) = kept()
    assert row.person_id
    person = row.person_id
    with unit_of_work() as session:
        # As long as nothing shows that the number is his, a stranger may have told it.
        assert SEEN_BY_HIM.show(session, person) == []
        for point in ways.of_person(session, person):
            point.verified_at = NOON
            session.add(point)
    with unit_of_work(read_only=True) as session:
        (own,) = SEEN_BY_HIM.show(session, person)
    assert (own["plate"], own["vehicle"]) == ("1-ABC-234", "White van")
    completed = {"version": 1, "observed_at": clock.now().isoformat(), "plate": "1abc234"}
    changed = api.http.put(f"/sightings/{sighting}", json={**completed, "vehicle": "A police word"})
    assert changed.status_code == 200, changed.text
    with unit_of_work(read_only=True) as session:
        (own,) = SEEN_BY_HIM.show(session, person)
    assert set(own) == {"number", "received_at"}, "what the police made of it is theirs"
    with unit_of_work() as session:
        SEEN_BY_HIM.forget(session, person)
    with unit_of_work(read_only=True) as session:
        assert SEEN_BY_HIM.show(session, person) == []
    (row,) = kept()
    assert (row.person_id, row.contact_point_id, row.delivery_id) == (None, None, None)
    # What was seen stays with the police.
    assert read(api, sighting)["plate"] == "1ABC234"


def forget() -> None:
    with unit_of_work() as session:
        old_sightings.forget_old(session)
