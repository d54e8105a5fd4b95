"""Hot spots: opened by hand or proposed, followed, closed; read by whoever may (R36, R38)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete
from sqlmodel import col, select

from feedback.models import HotSpot, HotSpotAction, Report, ReportSource, ReportStatus
from hub import clock
from hub.access import Role
from hub.db import unit_of_work
from messaging.models import Incident
from partnerships import accounts, streets
from partnerships.models import Account, Organisation
from tests import in_process
from tests.conftest import Templates
from workers import timetable

pytestmark = pytest.mark.usefixtures("demo_zone")

NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
STATION = (50.6350, 5.5750)
# One hundredth of a second of latitude is 31 cm: this is 11 metres to the north.
STEP = 0.0001
PASSWORD = "four words that I remember"


@pytest.fixture(autouse=True)
def _noon(demo_zone: str) -> None:
    clock.set_source(lambda: NOON)
    # Every story begins without the hot spot of the demo.
    with unit_of_work() as session:
        session.execute(delete(HotSpotAction))
        session.execute(delete(HotSpot))


def signed_in(templates: Templates, role: str = "mandated_officer", language: str = "en") -> Any:
    account = templates.accounts[role]
    return in_process.signed_in(account["email"], account["password"], language)


def newcomer(role: Role, scope: str) -> Any:
    """Somebody of a role the demo has nobody for."""
    with unit_of_work() as session:
        place = session.exec(select(Organisation).where(Organisation.slug == scope)).one()
        made = accounts.create(
            session, email=f"{role}@hot.example", name=f"A {role}", password=PASSWORD
        )
        accounts.appoint(session, made, role, place.id)
    return in_process.signed_in(f"{role}@hot.example", PASSWORD, "en")


def words(html: str) -> str:
    """What a reader sees, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\xa0", " ").split())


def reported(
    count: int,
    *,
    at: tuple[float, float] = STATION,
    days_ago: float = 3,
    category: str = "dumping",
    apart: float = STEP,
    **more: Any,
) -> list[UUID]:
    """So many reports, each 11 metres from the one before."""
    with unit_of_work() as session:
        town = session.exec(select(Organisation).where(Organisation.slug == "valdor")).one()
        last = session.exec(select(Report.number).order_by(col(Report.number).desc())).first() or 0
        made = [
            Report(
                municipality_id=town.id,
                number=last + 1 + number,
                source=ReportSource.TELEPHONE,
                category=category,
                words="Secret words of a citizen.",
                latitude=at[0] + number * apart,
                longitude=at[1],
                received_at=clock.now() - timedelta(days=days_ago),
                **more,
            )
            for number in range(count)
        ]
        session.add_all(made)
        session.flush()
        return [one.id for one in made]


def opened(visitor: Any, **changes: str) -> Any:
    wanted = {
        "name": "Place de la Gare",
        "latitude": "50.6350",
        "longitude": "5,5750",
        "radius": "150",
        "category": "dumping",
        "why": "Bags every Monday.",
        "town": "valdor",
    }
    return visitor.post("/hot-spots", **{**wanted, **changes})


def address_of(answer: Any) -> str:
    assert answer.status_code == 303, words(answer.text)
    return str(answer.headers["location"]).partition("#")[0]


def spots() -> list[HotSpot]:
    with unit_of_work() as session:
        return list(session.exec(select(HotSpot)))


def proposal_in(html: str, number: int = 1) -> dict[str, str]:
    """The hidden fields of the form that accepts the so-many-th proposal, and its name."""
    form = html.split('action="/hot-spots/proposals/accept"')[number].split("</form>")[0]
    pairs = re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', form)
    return {name: value for name, value in pairs if name != "form_token"}


def test_a_hot_spot_is_opened_by_hand_and_stands_in_the_list(templates: Templates) -> None:
    officer = signed_in(templates)
    reported(4)
    reported(2, days_ago=40)
    spot = address_of(opened(officer))
    listed = words(officer.get("/hot-spots").text)
    assert "Place de la Gare 4 2 More Illegal dumping" in listed
    page = words(officer.get(spot).text)
    assert "Bags every Monday." in page
    assert "opened by Olivia Officier" in page
    assert "do not show that it was the cause" in page


def test_the_same_place_sent_twice_is_one(templates: Templates) -> None:
    officer = signed_in(templates)
    assert address_of(opened(officer)) == address_of(opened(officer))
    assert len(spots()) == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", " "),
        ("name", "x" * 121),
        ("latitude", "nan"),
        ("latitude", "north"),
        ("longitude", "181"),
        ("radius", "5"),
        ("radius", "99999999999999999999"),
        ("category", "nothing-like-it"),
        ("why", ""),
    ],
)
def test_what_cannot_be_taken_is_named_beside_its_field_and_kept(
    templates: Templates, field: str, typed: str
) -> None:
    refused = opened(signed_in(templates), **{field: typed})
    assert refused.status_code == 422
    assert f'id="problem-{field}"' in refused.text
    assert "Bags every Monday." in refused.text or field == "why"
    assert spots() == []


def test_a_script_in_a_name_is_shown_as_text(templates: Templates) -> None:
    officer = signed_in(templates)
    spot = address_of(opened(officer, name="<script>alert(1)</script> 🚮 \u202eright to left\0"))
    for page in ("/hot-spots", spot):
        assert "<script>alert" not in officer.get(page).text
    assert "🚮" in officer.get(spot).text


def test_a_street_stands_for_the_middle_of_what_was_reported_in_it(templates: Templates) -> None:
    officer = signed_in(templates)
    reported(3, street="Rue Haute", street_index=streets.index_of("Rue Haute"))
    opened(officer, street="r. haute", latitude="", longitude="")
    (spot,) = spots()
    assert (spot.latitude, spot.longitude) == (50.6351, 5.575)
    refused = opened(officer, street="Rue Inconnue", latitude="", longitude="")
    assert "No report in this street has a place on the map" in words(refused.text)


def test_a_dense_place_is_proposed_with_a_sentence_and_the_reports_it_stands_on(
    templates: Templates,
) -> None:
    officer = signed_in(templates)
    found = reported(9)
    reported(2, days_ago=40)
    reported(4, category="noise")
    page = officer.get("/hot-spots/proposals").text
    assert (
        "Illegal dumping: 9 within 150 m in 28 days (threshold 5). In the 28 days before: 2."
        in words(page)
    )
    assert all(f'href="/reports/{one}"' in page for one in found)
    assert "Noise:" not in words(page)


def test_reports_too_far_apart_are_no_place_until_somebody_looks_wider(
    templates: Templates,
) -> None:
    officer = signed_in(templates)
    reported(5, apart=0.0025)
    assert "No place is as dense as that." in words(officer.get("/hot-spots/proposals").text)
    wider = officer.get("/hot-spots/proposals?metres=600&days=28&threshold=5").text
    assert "5 within 600 m in 28 days" in words(wider)
    refused = officer.get("/hot-spots/proposals?metres=0&days=9999999999&threshold=x")
    assert refused.status_code == 422
    assert refused.text.count('class="problem"') == 3


def test_two_places_are_two_proposals_and_the_densest_is_first(templates: Templates) -> None:
    officer = signed_in(templates)
    reported(5)
    reported(7, at=(50.6450, 5.5750))
    seen = words(officer.get("/hot-spots/proposals").text)
    assert seen.index("Illegal dumping: 7 within") < seen.index("Illegal dumping: 5 within")


def test_one_click_makes_the_hot_spot_and_it_is_not_proposed_again(templates: Templates) -> None:
    officer = signed_in(templates)
    reported(6, street="Rue Haute")
    wanted = proposal_in(officer.get("/hot-spots/proposals").text)
    assert wanted["name"] == "Illegal dumping, Rue Haute"
    spot = address_of(officer.post("/hot-spots/proposals/accept", **wanted))
    assert address_of(officer.post("/hot-spots/proposals/accept", **wanted)) == spot
    (made,) = spots()
    assert (made.reports_counted, made.window_days, made.threshold) == (6, 28, 5)
    assert "6 reports within 150 m in 28 days" in words(officer.get(spot).text)
    assert "No place is as dense as that." in words(officer.get("/hot-spots/proposals").text)
    officer.post(f"{spot}/close", reason="It is clean now.")
    assert "6 within 150 m" in words(officer.get("/hot-spots/proposals").text)


def test_a_proposal_that_no_longer_holds_opens_nothing(templates: Templates) -> None:
    officer = signed_in(templates)
    reported(5)
    wanted = proposal_in(officer.get("/hot-spots/proposals").text)
    clock.set_source(lambda: NOON + timedelta(days=60))
    officer = signed_in(templates)
    assert officer.post("/hot-spots/proposals/accept", **wanted).status_code == 409
    assert spots() == []


def test_a_declined_place_is_left_alone_for_a_while(templates: Templates) -> None:
    officer = signed_in(templates)
    reported(6)
    wanted = proposal_in(officer.get("/hot-spots/proposals").text)
    refused = officer.post("/hot-spots/proposals/decline", **{**wanted, "reason": "no"})
    assert refused.status_code == 422
    assert 'id="problem-reason"' in refused.text
    officer.post("/hot-spots/proposals/decline", **{**wanted, "reason": "A fair that is over."})
    assert "No place is as dense as that." in words(officer.get("/hot-spots/proposals").text)
    clock.set_source(lambda: NOON + timedelta(days=91))
    reported(6)
    officer = signed_in(templates)
    assert "6 within 150 m" in words(officer.get("/hot-spots/proposals").text)


def test_incidents_are_proposed_to_the_police_and_the_town_reads_no_figure_of_them(
    templates: Templates,
) -> None:
    officer, town = signed_in(templates), signed_in(templates, "prevention_officer")
    api = in_process.api(templates.accounts["mandated_officer"]["email"])
    for number in range(5):
        made = api.incident(facts_at="2026-06-02T10:00:00Z", place=f"rue {number}")["id"]
        with unit_of_work() as session:
            incident = session.get_one(Incident, UUID(made))
            incident.latitude, incident.longitude = STATION
            session.add(incident)
    assert "Burglary: 5 within 150 m" in words(officer.get("/hot-spots/proposals").text)
    at_town = words(town.get("/hot-spots/proposals").text)
    assert "Burglary" not in at_town
    assert "incidents of the police" not in at_town
    wanted = proposal_in(officer.get("/hot-spots/proposals").text)
    assert wanted["of"] == "incidents"
    # Whoever may not know of them gets nothing by asking for the same place.
    assert town.post("/hot-spots/proposals/accept", **wanted).status_code == 409
    spot = address_of(
        officer.post("/hot-spots/proposals/accept", **{**wanted, "name": "Rue Haute"})
    )
    read = words(town.get(spot).text)
    assert "Rue Haute" in read
    assert "Burglary" not in read
    assert "threshold" not in read


def test_presence_is_typed_in_and_counted_in_hours_of_people(templates: Templates) -> None:
    spot = address_of(opened(signed_in(templates)))
    warden = newcomer(Role.PEACE_OFFICER, "valdor")
    written = warden.post(
        f"{spot}/presence",
        began_at="2026-06-03T10:00",
        ended_at="2026-06-03T11:30",
        people="2",
        words="Spoke with the shop.",
    )
    assert address_of(written) == spot
    page = warden.get(spot).text
    assert "Spoke with the shop." in page
    assert "A peace_officer" in page
    assert re.search(r'opened</span></th><td class="number">0</td><td class="number">3<', page)
    assert "Place de la Gare" in words(warden.get("/hot-spots/mine").text)


@pytest.mark.parametrize(
    ("began", "ended", "people", "field"),
    [
        ("2026-06-03T11:00", "2026-06-03T10:00", "1", "ended_at"),
        ("2026-06-03T11:00", "2026-06-03T11:00", "1", "ended_at"),
        ("2026-06-01T11:00", "2026-06-02T11:15", "1", "ended_at"),
        ("2026-06-03T11:07", "2026-06-03T11:30", "1", "began_at"),
        ("2026-06-04T11:00", "2026-06-04T12:00", "1", "began_at"),
        ("2024-06-03T11:00", "2024-06-03T12:00", "1", "began_at"),
        ("9999-12-31T23:45", "9999-12-31T23:45", "1", "began_at"),
        ("0001-01-01T00:00", "0001-01-01T00:15", "1", "began_at"),
        ("now", "", "1", "began_at"),
        ("2026-06-03T10:00", "2026-06-03T11:00", "0", "people"),
        ("2026-06-03T10:00", "2026-06-03T11:00", "999999999999999", "people"),
    ],
)
def test_a_presence_that_cannot_be_is_refused_beside_its_field(
    templates: Templates, began: str, ended: str, people: str, field: str
) -> None:
    officer = signed_in(templates)
    spot = address_of(opened(officer))
    refused = officer.post(
        f"{spot}/presence", began_at=began, ended_at=ended, people=people, words="kept words"
    )
    assert refused.status_code == 422
    assert f'id="problem-{field}"' in refused.text
    assert "kept words" in refused.text
    with unit_of_work() as session:
        assert session.exec(select(HotSpotAction)).all() == []


def test_the_day_of_25_hours_is_one_day(templates: Templates) -> None:
    clock.set_source(lambda: datetime(2026, 10, 26, 10, 0, tzinfo=UTC))
    officer = signed_in(templates)
    spot = address_of(opened(officer))
    day = {"began_at": "2026-10-25T00:00", "ended_at": "2026-10-26T00:00", "people": "1"}
    assert address_of(officer.post(f"{spot}/presence", **day, words="")) == spot
    assert '<td class="number">25</td>' in officer.get(spot).text


def test_a_line_written_twice_is_one_and_taken_back_it_counts_no_more(
    templates: Templates,
) -> None:
    officer = signed_in(templates)
    spot = address_of(opened(officer))
    there = {"began_at": "2026-06-03T10:00", "ended_at": "2026-06-03T12:00", "people": "1"}
    for _tap in range(2):
        officer.post(f"{spot}/presence", **there, words="")
    with unit_of_work() as session:
        (entry,) = session.exec(select(HotSpotAction)).all()
    warden = newcomer(Role.PEACE_OFFICER, "valdor")
    assert warden.post(f"{spot}/log/{entry.id}/take-back").status_code == 404
    officer.post(f"{spot}/log/{entry.id}/take-back")
    page = officer.get(spot).text
    assert "taken back" in page
    assert '<td class="number">2</td>' not in page


def test_an_action_is_written_down_and_a_closed_hot_spot_takes_no_more(
    templates: Templates,
) -> None:
    officer = signed_in(templates)
    spot = address_of(opened(officer))
    done = {"kind": "action", "at": "2026-06-03T09:10", "words": "A sign was put up."}
    assert address_of(officer.post(f"{spot}/actions", **done)) == spot
    assert officer.post(f"{spot}/actions", **{**done, "words": " "}).status_code == 422
    assert officer.post(f"{spot}/close", reason="x").status_code == 422
    officer.post(f"{spot}/close", reason="Solved with the neighbours.")
    closed = words(officer.get(spot).text)
    assert "A sign was put up." in closed
    assert "Solved with the neighbours." in closed
    assert officer.post(f"{spot}/actions", **done, more="1").status_code == 409
    assert "No place is watched now." in words(officer.get("/hot-spots").text)
    assert "Place de la Gare" in words(officer.get("/hot-spots?closed=yes").text)


def test_a_hot_spot_gets_another_name_and_reach_where_it_is(templates: Templates) -> None:
    officer = signed_in(templates)
    spot = address_of(opened(officer))
    form = officer.get(f"{spot}/change").text
    assert 'value="Place de la Gare"' in form
    wanted = {"name": "Gare, côté parc", "radius": "300", "category": "", "why": "Bags, and noise."}
    refused = officer.post(f"{spot}/change", **{**wanted, "radius": "5"})
    assert refused.status_code == 422
    assert 'id="problem-radius"' in refused.text
    assert "Gare, côté parc" in refused.text, "what was typed is kept"
    assert spots()[0].name == "Place de la Gare"
    assert address_of(officer.post(f"{spot}/change", **wanted)) == spot
    (changed,) = spots()
    assert (changed.name, changed.radius_metres, changed.category) == ("Gare, côté parc", 300, "")
    assert (changed.latitude, changed.longitude) == STATION
    assert (
        newcomer(Role.PEACE_OFFICER, "valdor").post(f"{spot}/change", **wanted).status_code == 403
    )
    officer.post(f"{spot}/close", reason="Solved with the neighbours.")
    assert officer.post(f"{spot}/change", **{**wanted, "name": "Late"}).status_code == 409
    assert spots()[0].name == "Gare, côté parc"


def test_a_mayor_reads_figures_and_no_words_of_reports_or_colleagues(templates: Templates) -> None:
    officer = signed_in(templates)
    found = reported(4)
    reported(1, is_confidential=True)
    spot = address_of(opened(officer))
    there = {"began_at": "2026-06-03T10:00", "ended_at": "2026-06-03T11:00", "people": "1"}
    officer.post(f"{spot}/presence", **there, words="Spoke with Mr Fiction.")
    assert "Place de la Gare 5 0" in words(officer.get("/hot-spots").text)
    mayor = newcomer(Role.MAYOR, "valdor")
    assert "Place de la Gare 4 0" in words(mayor.get("/hot-spots").text)
    page = mayor.get(spot).text
    assert '<td class="number">1</td>' in page, "the hours are read"
    for hidden in ("Secret words", "Mr Fiction", "/reports/", str(found[0])):
        assert hidden not in page
    assert mayor.get("/hot-spots/proposals").status_code == 403
    assert mayor.post(f"{spot}/presence", **there).status_code == 403


def test_a_coordinator_and_another_town_find_nothing(templates: Templates) -> None:
    spot = address_of(opened(signed_in(templates)))
    coordinator = signed_in(templates, "coordinator")
    assert coordinator.get("/hot-spots").status_code == 403
    assert coordinator.get(spot).status_code == 403
    assert "/hot-spots" not in coordinator.get("/").text
    with unit_of_work() as session:
        session.add(
            Organisation(kind="municipality", slug="elsewhere", name="Elsewhere")  # type: ignore[arg-type]  # its word
        )
    stranger = newcomer(Role.PREVENTION_OFFICER, "elsewhere")
    assert stranger.get(spot).status_code == 404
    assert "Place de la Gare" not in stranger.get("/hot-spots").text
    assert opened(stranger, town="valdor").status_code == 404


def test_a_report_merged_into_another_counts_once(templates: Templates) -> None:
    officer = signed_in(templates)
    reported(4)
    reported(3, status=ReportStatus.MERGED)
    assert "No place is as dense as that." in words(officer.get("/hot-spots/proposals").text)


def test_who_was_where_is_dropped_when_its_time_is_over_and_the_hours_stay(
    templates: Templates,
) -> None:
    officer = signed_in(templates)
    spot = address_of(opened(officer))
    there = {"began_at": "2026-06-03T10:00", "ended_at": "2026-06-03T11:00", "people": "3"}
    officer.post(f"{spot}/presence", **there, words="Names of people")
    clock.set_source(lambda: NOON + timedelta(days=366))
    timetable.forget_old()
    with unit_of_work() as session:
        (entry,) = session.exec(select(HotSpotAction)).all()
        officers = session.exec(select(Account.id)).all()
    assert entry.by is None
    assert entry.words == ""
    assert entry.people == 3
    assert officers


def test_the_list_goes_on_page_by_page(templates: Templates) -> None:
    officer = signed_in(templates)
    for number in range(27):
        opened(officer, name=f"Place {number}", latitude=str(50.6 + number / 100))
    first = officer.get("/hot-spots").text
    assert first.count('<th scope="row">') == 25
    onward = re.search(r'href="(/hot-spots\?after=[^"]+)"', first)
    assert onward
    second = officer.get(onward[1]).text
    assert second.count('<th scope="row">') == 2
    assert officer.get("/hot-spots?after=anything").status_code == 200
