"""Problem boxes: emptied each day in a tap, counted by the month, and what was in them reported."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlmodel import col, select

from feedback.models import BoxEmptying, Report
from hub import clock
from hub.audit import Decision
from hub.db import unit_of_work
from hub.roles import Role
from partnerships import accounts
from partnerships.models import Organisation, OrganisationKind
from tests import in_process
from tests.conftest import Templates
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

# A Wednesday.
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
PASSWORD = "four words that I remember"


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> None:
    days_on(0)


def days_on(days: float) -> None:
    clock.set_source(lambda: NOON + timedelta(days=days))


@pytest.fixture
def officer(templates: Templates) -> Visitor:
    account = templates.accounts["prevention_officer"]
    return in_process.signed_in(account["email"], account["password"])


def peace_officer(name: str = "one") -> Visitor:
    email = f"peace-{name}@demo.example"
    with unit_of_work() as session:
        made = accounts.create(session, email=email, name=f"Peace {name}", password=PASSWORD)
        scope = accounts.scope_named(session, Role.PEACE_OFFICER, "valdor")
        accounts.appoint(session, made, Role.PEACE_OFFICER, scope)
    return in_process.signed_in(email, PASSWORD)


def town_id() -> str:
    with unit_of_work(read_only=True) as session:
        return str(session.exec(select(Organisation.id).where(Organisation.slug == "valdor")).one())


def hang(officer: Visitor, **typed: str) -> httpx.Response:
    given = {"name": "Test box", "hung_on": "2026-05-20", "place": "Town hall", **typed}
    return officer.post(f"/boxes/new?town={town_id()}", **given)


def new_box(officer: Visitor, **typed: str) -> str:
    """The address of a new box."""
    answer = hang(officer, **typed)
    assert answer.status_code == 303, answer.text
    name = typed.get("name", "Test box")
    return officer.get("/boxes").text.split(f">{name}<")[0].rsplit('href="', 1)[1].split('"')[0]


def rows() -> list[tuple[str, int]]:
    with unit_of_work(read_only=True) as session:
        found = session.exec(select(BoxEmptying).order_by(col(BoxEmptying.day)))
        return [(one.day.isoformat(), one.letters) for one in found]


def mark_on(page: str) -> str:
    return page.split('name="after" value="')[1].split('"')[0]


def test_a_box_is_emptied_in_one_tap_and_a_double_tap_counts_once(officer: Visitor) -> None:
    box = new_box(officer)
    peace = peace_officer()
    assert f'action="{box}/empty"' in peace.get("/boxes").text
    for _tap in range(2):
        assert peace.post(f"{box}/empty", letters="2").status_code == 303
    assert rows() == [("2026-06-03", 2)]
    page = peace.get("/boxes").text
    assert "2 letters" in page
    assert "Write down a letter" in page


def test_nothing_in_it_is_a_figure_too(officer: Visitor) -> None:
    box = new_box(officer)
    assert peace_officer().post(f"{box}/empty", letters="0").status_code == 303
    assert rows() == [("2026-06-03", 0)]
    assert "Nothing in it" in officer.get("/boxes").text


def test_a_second_colleague_at_the_same_box_is_told_and_adds_only_when_he_has_seen_it(
    officer: Visitor,
) -> None:
    box = new_box(officer)
    one, two = peace_officer("one"), peace_officer("two")
    one.post(f"{box}/empty", letters="2")
    refused = two.post(f"{box}/empty", letters="2")
    assert refused.status_code == 422
    assert "This box was emptied meanwhile." in refused.text
    after = mark_on(two.get(box).text)
    added = two.post(f"{box}/empty", letters="3", after=after, note="In the evening", back="1")
    assert added.status_code == 303
    assert rows() == [("2026-06-03", 5)]
    # Sent again, the same form adds nothing: the row is no longer the one that it had seen.
    assert two.post(f"{box}/empty", letters="3", after=after, back="1").status_code == 422
    assert rows() == [("2026-06-03", 5)]
    assert "In the evening" in one.get(box).text


def test_a_wrong_number_is_put_right_and_the_log_keeps_both(officer: Visitor) -> None:
    box = new_box(officer)
    peace = peace_officer()
    peace.post(f"{box}/empty", letters="22")
    with unit_of_work(read_only=True) as session:
        emptying = session.exec(select(BoxEmptying)).one()
    assert peace.post(f"{box}/emptyings/{emptying.id}", letters="2").status_code == 303
    assert rows() == [("2026-06-03", 2)]
    with unit_of_work(read_only=True) as session:
        noted = session.exec(select(Decision).where(Decision.action == "box.correct")).one()
    assert (noted.facts["before"], noted.facts["letters"]) == (22, 2)


@pytest.mark.parametrize("letters", ["-1", "501", "two", "", "9" * 20, "١"])
def test_a_number_of_letters_that_is_none_is_refused(officer: Visitor, letters: str) -> None:
    box = new_box(officer)
    answer = officer.post(f"{box}/empty", letters=letters, back="1")
    assert answer.status_code == 422
    assert 'id="problem-letters"' in answer.text
    assert rows() == []


@pytest.mark.parametrize("day", ["2026-06-04", "2026-05-19", "2026-04-01", "9999-12-31", "soon"])
def test_a_day_to_come_too_old_or_before_the_box_hung_is_refused(
    officer: Visitor, day: str
) -> None:
    box = new_box(officer)
    answer = officer.post(f"{box}/empty", letters="1", day=day, back="1")
    assert answer.status_code == 422
    assert 'id="problem-day"' in answer.text


def test_the_month_shows_each_day_emptied_missed_or_not_due(officer: Visitor) -> None:
    box = new_box(officer, hung_on="2026-05-27", working_days_only="yes")
    daily = new_box(officer, name="Daily", hung_on="2026-05-27")
    officer.post(f"{box}/empty", letters="3", day="2026-05-28", back="1")
    officer.post(f"{box}/empty", letters="0", day="2026-05-29", back="1")
    api = in_process.api("prevention@demo.example")
    months = {one["box_id"]: one for one in api.http.get("/boxes/months/2026-05").json()}
    first = months[box.rsplit("/", 1)[1]]
    # Wednesday to Friday; the 30th and 31st are a Saturday and a Sunday.
    assert (first["done"], first["due"], first["letters"]) == (2, 3, 3)
    kinds = {one["day"]: one["kind"] for one in first["days"]}
    assert kinds["2026-05-26"] == "none"
    assert kinds["2026-05-27"] == "missed"
    assert kinds["2026-05-28"] == "emptied"
    assert kinds["2026-05-30"] == "not_due"
    other = months[daily.rsplit("/", 1)[1]]
    assert (other["done"], other["due"]) == (0, 5)
    page = officer.get("/boxes?month=2026-05").text
    assert "2 of 3 days" in page
    assert "May 2026" in page
    # Today is not missed before it is over.
    june = {one["box_id"]: one for one in api.http.get("/boxes/months/2026-06").json()}
    assert june[first["box_id"]]["due"] == 2
    assert officer.get("/boxes?month=0000-00").status_code == 200
    assert officer.get("/boxes?month=9999-12").status_code == 200


def test_a_letter_in_a_box_becomes_a_report_that_says_which_box(officer: Visitor) -> None:
    box = new_box(officer)
    peace = peace_officer()
    peace.post(f"{box}/empty", letters="1")
    link = peace.get("/boxes").text.split('href="/reports/new?emptying=')[1].split('"')[0]
    page = peace.get(f"/reports/new?emptying={link}").text
    assert "From the problem box Test box" in page
    made = peace.post(
        f"/reports/new?town={town_id()}",
        emptying=link,
        source="problem_box",
        category="speed",
        words="They race past the school",
        received_at="2026-06-03T09:00",
    )
    assert made.status_code == 303, made.text
    shown = peace.get(made.headers["location"]).text
    assert "Test box" in shown
    assert "Next letter from this box" in shown
    with unit_of_work(read_only=True) as session:
        assert str(session.exec(select(Report.box_emptying_id)).one()) == link


def test_a_box_that_was_taken_down_is_no_longer_emptied(officer: Visitor) -> None:
    box = new_box(officer)
    gone = officer.post(
        f"{box}/edit", name="Test box", hung_on="2026-05-20", removed_on="2026-06-01"
    )
    assert gone.status_code == 303
    assert f'action="{box}/empty"' not in officer.get("/boxes").text
    assert officer.post(f"{box}/empty", letters="1").status_code == 422
    days_on(-3)
    assert officer.post(f"{box}/empty", letters="1").status_code == 303


def test_what_cannot_be_said_of_a_box_is_refused_beside_its_field(officer: Visitor) -> None:
    new_box(officer)
    for field, typed in {
        "name": {"name": "test BOX"},
        "hung_on": {"name": "Other", "hung_on": "2027-01-01"},
        "point": {"name": "Other", "point": "1,2"},
        "place": {"name": "Other", "place": "x" * 300},
    }.items():
        answer = hang(officer, **typed)
        assert answer.status_code == 422, field
        assert f'id="problem-{field}"' in answer.text


def test_police_see_boxes_and_only_the_town_empties_and_hangs_them(
    officer: Visitor, templates: Templates
) -> None:
    box = new_box(officer)
    account = templates.accounts["dispatcher"]
    dispatcher = in_process.signed_in(account["email"], account["password"])
    assert "Test box" in dispatcher.get("/boxes").text
    assert dispatcher.post(f"{box}/empty", letters="1").status_code == 403
    assert hang(peace_officer(), name="Own").status_code == 403
    with unit_of_work() as session:
        session.add(
            Organisation(kind=OrganisationKind.MUNICIPALITY, slug="ailleurs", name="Ailleurs")
        )
    with unit_of_work() as session:
        made = accounts.create(session, email="o@demo.example", name="Other", password=PASSWORD)
        scope = accounts.scope_named(session, Role.PEACE_OFFICER, "ailleurs")
        accounts.appoint(session, made, Role.PEACE_OFFICER, scope)
    stranger = in_process.signed_in("o@demo.example", PASSWORD)
    assert "Test box" not in stranger.get("/boxes").text
    assert stranger.get(box).status_code == 404
    assert stranger.post(f"{box}/empty", letters="1").status_code == 404
