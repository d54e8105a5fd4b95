"""The yearly evaluation: counted by the hub, written by both sides, signed by both, then frozen."""

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from pypdf import PdfReader

from feedback import crime_figures, evaluations
from feedback.evaluation_years import Year
from hub import clock
from hub.db import unit_of_work
from hub.errors import BadInput
from messaging import fan_out
from partnerships import scope
from tests import in_process
from tests.conftest import Templates
from tests.running_hub import WORDS, Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

OFFICER, COORDINATOR = "officer@demo.example", "coordinator@demo.example"
HOME = "/evaluations/haut-valdor/2026"
API = "/partnerships/haut-valdor/evaluations/2026"
# Midday and half past eleven at night on a Belgian wall.
BY_DAY = datetime(2026, 2, 10, 11, 0, tzinfo=UTC)
BY_NIGHT = datetime(2026, 2, 11, 22, 30, tzinfo=UTC)
# Ten minutes past midnight on a Belgian wall: another year, though not yet in Greenwich.
NEW_YEAR = datetime(2026, 12, 31, 23, 10, tzinfo=UTC)
AFTERWARDS = datetime(2027, 1, 15, 9, 0, tzinfo=UTC)


def at(moment: datetime) -> None:
    clock.set_source(lambda: moment)


@pytest.fixture(autouse=True)
def _at_midday(demo_zone: str) -> None:
    at(BY_DAY)


def api(email: str = OFFICER) -> httpx.Client:
    return in_process.api(email).http


def alert(moment: datetime, **changes: Any) -> str:
    at(moment)
    caller = in_process.api(OFFICER)
    incident = caller.incident(facts_at=moment.isoformat())["id"]
    sent = caller.send("haut-valdor", incident_id=incident, **changes)
    leave(sent)
    return sent


def leave(broadcast: str) -> None:
    with unit_of_work() as session:
        fan_out.fan_out(session, UUID(broadcast))


def give_feedback(broadcast: str, moment: datetime) -> None:
    at(moment)
    given = api().post(f"/broadcasts/{broadcast}/feedback", json={"texts": WORDS})
    assert given.status_code == 201, given.text
    leave(given.json()["id"])


def figures(email: str = OFFICER, year: int = 2026) -> dict[str, Any]:
    read = api(email).get(f"/partnerships/haut-valdor/evaluations/{year}")
    assert read.status_code == 200, read.text
    told: dict[str, Any] = read.json()["figures"]["years"][-1]
    return told


def write(email: str = OFFICER, edition: int = 0, **said: Any) -> httpx.Response:
    return api(email).put(API, json={"edition": edition, **said})


def sign(email: str, side: str, edition: int) -> httpx.Response:
    return api(email).post(f"{API}/signatures", json={"edition": edition, "side": side})


def test_alerts_count_by_day_and_night_in_the_year_of_a_belgian_wall() -> None:
    alert(BY_DAY)
    alert(BY_NIGHT)
    alert(BY_DAY + timedelta(days=1), is_drill=True)
    alert(NEW_YEAR)
    at(AFTERWARDS)
    counted = figures()["messages"]
    assert (counted["hot_by_day"], counted["hot_by_night"], counted["drills"]) == (1, 1, 1)
    assert counted["hot_by_month"][1] == 2
    assert counted["phenomena"] == {"cambriolage": 2}
    assert figures(year=2027)["messages"]["hot_by_night"] == 1


def test_feedback_counts_as_kept_only_within_the_time_the_plan_promises() -> None:
    in_time, late, _none = alert(BY_DAY), alert(BY_NIGHT), alert(BY_DAY + timedelta(days=9))
    give_feedback(in_time, BY_DAY + timedelta(hours=10))
    give_feedback(late, BY_NIGHT + timedelta(days=5))
    at(AFTERWARDS)
    assert figures()["feedback"] == {"owed": 3, "given": 2, "in_time": 1, "median_hours": 65}
    assert figures()["messages"]["cold"] == {"feedback": 2}


def test_somebody_is_reached_only_by_what_proves_it() -> None:
    alert(BY_DAY)
    at(AFTERWARDS)
    reach = figures()["reach"]
    assert reach["meant"] > 0
    assert reach["reached"] == 0


def test_members_are_those_who_had_joined_and_not_left_by_the_end_of_the_year() -> None:
    at(AFTERWARDS)
    this, before = figures(), figures(year=2025)
    assert this["members"]["joined"] == this["members"]["at_end"] > 0
    assert before["members"] == {"joined": 0, "left": 0, "at_end": 0}


def test_both_sides_sign_what_they_read_and_the_figures_stay_as_they_were() -> None:
    alert(BY_DAY)
    at(AFTERWARDS)
    assert sign(OFFICER, "officer", 0).status_code == 409
    written = write(words={"conclusion": "A calm year."}, hot_felt="enough").json()
    first = sign(COORDINATOR, "coordinator", written["edition"])
    assert first.status_code == 201, first.text
    assert first.json()["sha256"] == ""
    both = sign(OFFICER, "officer", written["edition"]).json()
    assert re.fullmatch("[0-9a-f]{64}", both["sha256"])
    assert both["officer_signed_at"]
    assert both["coordinator_signed_at"]
    refused = write(edition=both["edition"], words={"conclusion": "Otherwise."})
    assert refused.status_code == 409
    alert(BY_NIGHT)
    at(AFTERWARDS)
    assert api().get(API).json() == both


def test_a_change_takes_back_the_signature_and_counts_anew() -> None:
    alert(BY_DAY)
    at(AFTERWARDS)
    edition = write(words={"conclusion": "One."}).json()["edition"]
    sign(COORDINATOR, "coordinator", edition)
    alert(BY_NIGHT)
    at(AFTERWARDS)
    assert figures()["messages"]["hot_by_night"] == 0
    changed = write(edition=edition, words={"conclusion": "Two."}).json()
    assert changed["coordinator_signed_at"] is None
    assert changed["figures"]["years"][-1]["messages"]["hot_by_night"] == 1
    assert sign(OFFICER, "officer", edition).status_code == 409
    assert sign(OFFICER, "officer", changed["edition"]).status_code == 201


def test_saving_the_same_words_again_leaves_the_signature() -> None:
    at(AFTERWARDS)
    said: dict[str, Any] = {"words": {"conclusion": "One."}}
    edition = write(**said).json()["edition"]
    sign(COORDINATOR, "coordinator", edition)
    assert write(edition=edition, **said).json()["coordinator_signed_at"]


def test_two_who_write_at_once_do_not_overwrite_each_other() -> None:
    assert write(words={"conclusion": "Mine."}).status_code == 200
    assert write(COORDINATOR, words={"conclusion": "Hers."}).status_code == 409
    assert api().get(API).json()["words"]["conclusion"] == "Mine."


def test_nobody_signs_before_the_year_is_over_nor_for_the_other_side() -> None:
    edition = write(words={"conclusion": "Soon."}).json()["edition"]
    early = sign(OFFICER, "officer", edition)
    assert early.status_code == 409
    assert "pas termin" in early.text
    at(AFTERWARDS)
    assert sign(COORDINATOR, "officer", edition).status_code == 403
    assert sign(OFFICER, "coordinator", edition).status_code == 403
    assert sign("dispatcher@demo.example", "officer", edition).status_code == 403


def test_crime_figures_are_the_polices_and_stay_when_the_coordinator_writes() -> None:
    crimes = {"burglary_done": {"here": 3, "zone": 40}, "burglary_attempted": {"here": 1}}
    written = write(crime_figures=crimes).json()
    assert written["crime_figures"] == crimes
    refused = write(COORDINATOR, edition=1, crime_figures={})
    assert refused.status_code == 422
    assert "crime_figures" in refused.text
    hers = write(COORDINATOR, edition=1, words={"safety_words": "Quiet."})
    assert hers.json()["crime_figures"] == crimes


@pytest.mark.parametrize("typed", ["-1", "1.5", "1e3", "٣", "10000000", "many", "1\0"])
def test_a_crime_figure_that_is_no_whole_number_is_refused_beside_its_field(typed: str) -> None:
    with pytest.raises(BadInput) as refused:
        crime_figures.read({"burglary_done.here": typed, "burglary_attempted.here": "2"})
    assert [one.field for one in refused.value.problems] == ["burglary_done.here"]


def test_an_empty_crime_figure_is_not_known_and_makes_no_share() -> None:
    assert crime_figures.read({"burglary_done.here": " "}) == {}
    only_done = crime_figures.read({"burglary_done.here": "3"})
    assert crime_figures.attempts(only_done).here is None
    nothing = crime_figures.read({"burglary_done.here": "0", "burglary_attempted.here": "0"})
    assert crime_figures.attempts(nothing).here is None
    some = crime_figures.read({"burglary_done.zone": "30", "burglary_attempted.zone": "10"})
    assert crime_figures.attempts(some).zone == 25


def test_a_new_version_begins_with_the_same_words_and_the_signed_one_stays() -> None:
    at(AFTERWARDS)
    edition = write(words={"conclusion": "One."}).json()["edition"]
    sign(COORDINATOR, "coordinator", edition)
    signed = sign(OFFICER, "officer", edition).json()
    page = in_process.signed_in(OFFICER, password(OFFICER))
    assert page.post(f"{HOME}/again").status_code == 303
    again = api().get(API).json()
    assert (again["version"], again["words"]["conclusion"]) == (2, "One.")
    assert again["sha256"] == ""
    first = page.get(f"{HOME}/pdf?version=1")
    assert signed["sha256"] in words_of(first)


_passwords: dict[str, str] = {}


@pytest.fixture(autouse=True)
def _know_passwords(templates: Templates) -> None:
    _passwords.update({one["email"]: one["password"] for one in templates.accounts.values()})


def password(email: str) -> str:
    return _passwords[email]


def words_of(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return " ".join("".join(page.extract_text() for page in pages).split())


def visitor(email: str = OFFICER, language: str = "en") -> Visitor:
    return in_process.signed_in(email, password(email), language)


def test_what_was_typed_is_kept_when_a_figure_is_refused() -> None:
    page = visitor().post(
        HOME, edition="0", **{"burglary_done.here": "few", "conclusion": "Kept as typed <b>."}
    )
    assert page.status_code == 422
    assert "Kept as typed &lt;b&gt;." in page.text
    assert 'value="few"' in page.text
    assert 'id="problem-burglary_done.here"' in page.text


def test_the_page_the_paper_and_the_list_tell_the_same_in_every_language() -> None:
    alert(BY_DAY)
    at(AFTERWARDS)
    write(words={"conclusion": "Rustig jaar."}, crime_figures={"burglary_done": {"here": 7}})
    for language, hot in (("fr", "Messages chauds"), ("nl", "Warme"), ("de", "Heiße Nachrichten")):
        reader = visitor(language=language)
        assert hot in reader.get(HOME).text
        paper = words_of(reader.get(f"{HOME}/pdf"))
        assert hot in paper
        assert "Rustig jaar." in paper
        assert reader.get("/evaluations").status_code == 200


def test_words_no_font_knows_break_no_paper() -> None:
    at(AFTERWARDS)
    write(words={"conclusion": "🚓 مرحبا <b>&\n\nend", "safety_words": "x " * 1900})
    paper = words_of(visitor().get(f"{HOME}/pdf"))
    assert "<b>&" in paper


def test_words_that_are_too_long_are_refused_beside_their_field() -> None:
    refused = write(words={"conclusion": "x" * 4001})
    assert refused.status_code == 422
    assert "conclusion" in refused.text


def test_a_coordinator_reads_and_writes_his_own_partnership_only() -> None:
    assert api(COORDINATOR).get("/partnerships/valdor-gare/evaluations/2026").status_code == 404
    assert visitor(COORDINATOR).get("/evaluations/valdor-gare/2026").status_code == 404
    page = visitor(COORDINATOR).get(HOME)
    assert page.status_code == 200
    assert 'name="burglary_done.here"' not in page.text
    assert "valdor-gare" not in visitor(COORDINATOR).get("/evaluations?year=2026").text


@pytest.mark.parametrize("year", ["1999", "2031", "0", "99999", "x"])
def test_a_year_nobody_can_evaluate_is_not_found(year: str) -> None:
    assert visitor().get(f"/evaluations/haut-valdor/{year}").status_code in (404, 422)
    assert visitor().get(f"/evaluations?year={year}").status_code == 200


def test_what_was_signed_carries_a_fingerprint_that_anybody_can_make_again() -> None:
    at(AFTERWARDS)
    edition = write(words={"conclusion": "One."}).json()["edition"]
    sign(COORDINATOR, "coordinator", edition)
    both = sign(OFFICER, "officer", edition).json()
    with unit_of_work(read_only=True) as session:
        partnership = scope.any_partnership(session, "haut-valdor")
        kept = evaluations.newest(session, partnership, Year(2026))
        assert kept is not None
        assert evaluations.fingerprint(kept) == both["sha256"]
        kept.conclusion = "Two."
        assert evaluations.fingerprint(kept) != both["sha256"]
