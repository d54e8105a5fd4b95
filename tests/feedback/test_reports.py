"""The register of reports: written down once, followed, merged, seen by nobody who should not."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from PIL import Image
from pypdf import PdfWriter
from sqlmodel import select

from feedback import old_reports, reports
from feedback.models import (
    Answer,
    AnswerStatus,
    InboundKind,
    InboundMessage,
    Report,
    ReportAttachment,
    ReportEvent,
)
from feedback.own_reports import REPORTED
from hub import clock
from hub.config import settings
from hub.db import unit_of_work
from hub.i18n import Language
from hub.roles import Role
from partnerships import accounts, contact
from partnerships.models import Organisation, OrganisationKind, Person
from tests import in_process
from tests.conftest import Templates
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
PREVENTION, OFFICER = "prevention@demo.example", "officer@demo.example"
PEACE = "peace@demo.example"
PASSWORD = "four words that I remember"
COUNTED = {"source": "post", "category": "dumping", "words": "Old sofas near the bridge"}


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> None:
    clock.set_source(lambda: NOON)


def at_moment(moment: datetime) -> None:
    clock.set_source(lambda: moment)


def town_id(slug: str = "valdor") -> str:
    with unit_of_work(read_only=True) as session:
        return str(session.exec(select(Organisation.id).where(Organisation.slug == slug)).one())


def staff(email: str, role: Role, scope: str = "valdor") -> None:
    with unit_of_work() as session:
        made = accounts.create(session, email=email, name=f"Test {role}", password=PASSWORD)
        accounts.appoint(session, made, role, accounts.scope_named(session, role, scope))


@pytest.fixture
def officer(templates: Templates) -> Visitor:
    return visitor(templates, "prevention_officer")


def visitor(templates: Templates, role: str) -> Visitor:
    account = templates.accounts[role]
    return in_process.signed_in(account["email"], account["password"])


@pytest.fixture
def peace_officer() -> Visitor:
    staff(PEACE, Role.PEACE_OFFICER)
    return in_process.signed_in(PEACE, PASSWORD)


def typed(**changes: str) -> dict[str, str]:
    return {**COUNTED, "received_at": "2026-06-03T09:30", **changes}


def enter(who: Visitor, **changes: str) -> httpx.Response:
    return who.post(f"/reports/new?town={town_id()}", **typed(**changes))


def entered(who: Visitor, **changes: str) -> str:
    """The address of a new report."""
    answer = enter(who, **changes)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def api_input(**changes: Any) -> dict[str, Any]:
    return {
        **COUNTED,
        "municipality_id": town_id(),
        "client_request_id": "one",
        "received_at": "2026-06-03T09:30:00+02:00",
        **changes,
    }


def events_of(number: int) -> list[ReportEvent]:
    with unit_of_work(read_only=True) as session:
        report = session.exec(select(Report).where(Report.number == number)).one()
        return list(reports.events(session, report.id))


def photo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(made, "JPEG", exif=_where_it_was())
    return made.getvalue()


def _where_it_was() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Camera of somebody"
    return exif.tobytes()


def paper() -> bytes:
    writer, made = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(made)
    return made.getvalue()


def upload(who: Visitor, path: str, content: bytes, name: str, **fields: str) -> httpx.Response:
    page = who.get("/")
    token = page.text.split('name="form_token" value="')[1].split('"')[0]
    return who.http.post(
        path, data={"form_token": token, **fields}, files={"file": (name, content)}
    )


def test_a_report_is_written_down_numbered_and_listed(officer: Visitor) -> None:
    first = entered(officer, street="Rue du Moulin", house_number="4")
    second = entered(officer, category="noise", words="Loud music 🎶 at night")
    page = officer.get(first).text
    assert "1 · Illegal dumping" in page
    assert "Rue du Moulin 4" in page
    assert "Did not say" in page
    listed = officer.get("/reports").text
    assert listed.index("2 · Noise") < listed.index("1 · Illegal dumping")
    assert "Loud music 🎶 at night" in officer.get(second).text


def test_what_cannot_be_taken_is_said_beside_its_field_and_what_was_typed_is_kept(
    officer: Visitor,
) -> None:
    bad = {
        "words": " \u200b ",
        "category": "elsewhere",
        "source": "pigeon",
        "point": "12, 15",
        "received_at": "2999-12-31T23:59",
        "due_on": "9999-12-31",
        "street": "x" * 500,
        "reporter_name": "<script>alert(1)</script>",
    }
    answer = enter(officer, **bad)
    assert answer.status_code == 422
    for field in ("words", "category", "source", "point", "received_at", "due_on", "street"):
        assert f'id="problem-{field}"' in answer.text, field
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    assert "<script>alert" not in answer.text
    assert "No open report." in officer.get("/reports").text


def test_a_key_or_a_time_that_is_none_is_refused_beside_its_field(officer: Visitor) -> None:
    answer = enter(officer, received_at="yesterday", service_id="7", due_on="soon")
    assert answer.status_code == 422
    for field in ("received_at", "service_id", "due_on"):
        assert f'id="problem-{field}"' in answer.text


def test_a_report_of_right_to_left_words_and_invisible_characters_is_kept_readable(
    officer: Visitor,
) -> None:
    page = officer.get(entered(officer, words="ضوضاء\u202e\x00 في الشارع\r\nsecond line")).text
    assert "ضوضاء في الشارع\nsecond line" in page


def test_the_same_form_posted_twice_is_one_report(officer: Visitor) -> None:
    assert entered(officer, form_id="abc") == entered(officer, form_id="abc")


def test_two_who_write_at_once_get_two_numbers_and_none_is_skipped(
    officer: Visitor, templates: Templates
) -> None:
    api = in_process.api(PREVENTION)
    both = threading.Barrier(4)

    def write(number: int) -> int:
        both.wait()
        answer = api.http.post("/reports", json=api_input(client_request_id=str(number)))
        assert answer.status_code == 201, answer.text
        return int(answer.json()["number"])

    with ThreadPoolExecutor(4) as pool:
        numbers = sorted(pool.map(write, range(4)))
    assert numbers == [1, 2, 3, 4]


def test_a_reporter_who_left_a_way_is_owed_an_answer_and_one_who_did_not_is_not(
    officer: Visitor,
) -> None:
    entered(officer, reporter_name="Test Person", reporter_contact="0470 00 09 99")
    entered(officer, words="From nobody")
    entered(officer, words="From our own round", source="neighbourhood_team")
    with unit_of_work(read_only=True) as session:
        owed = session.exec(select(Answer)).all()
        statuses = {session.get_one(Report, one.report_id).number: one.status for one in owed}
    assert statuses == {1: AnswerStatus.OWED, 2: AnswerStatus.NOT_NEEDED}


def test_it_is_given_to_the_neighbourhood_team_followed_and_done(officer: Visitor) -> None:
    officer.post(f"/reports/lists/{town_id()}", do="add_usual")
    path = entered(officer)
    page = officer.get(path).text
    service = page.split(">Neighbourhood police<")[0].rsplit('value="', 1)[1].split('"')[0]
    kept = officer.post(
        f"{path}/follow",
        version="1",
        form="course",
        status="in_hand",
        service_id=service,
        due_on="2026-06-10",
        external_reference="ISLP 123/26",
        note="Asked the team to look.",
    )
    assert kept.status_code == 303, kept.text
    done = officer.post(
        f"{path}/follow", version="2", form="course", status="done", service_id=service,
        led_to="Working group on dumping",
    )  # fmt: skip
    assert done.status_code == 303, done.text
    page = officer.get(path).text
    for said in ("Neighbourhood police", "ISLP 123/26", "Asked the team to look.", "New → In hand"):
        assert said in page
    assert "In hand → Done" in page
    assert "Working group on dumping" in page
    assert "No open report." in officer.get("/reports").text


def test_of_two_who_change_it_at_once_the_second_sees_what_changed_and_keeps_his_words(
    officer: Visitor, templates: Templates
) -> None:
    path = entered(officer)
    other = visitor(templates, "dispatcher")
    assert (
        other.post(f"{path}/follow", version="1", form="course", status="waiting").status_code
        == 303
    )
    late = officer.post(
        f"{path}/follow", version="1", form="course", status="done", note="I cleaned it up."
    )
    assert late.status_code == 409
    assert "Somebody else has changed this report meanwhile." in late.text
    assert "Dominique Dispatch: State → Waiting" in late.text
    assert "I cleaned it up." in late.text
    assert [one.after for one in events_of(1)] == ["", "waiting"]
    late = officer.post(f"{path}/edit", version="1", **typed(words="Something else"))
    assert late.status_code == 409
    assert "Something else" in late.text
    kept = officer.post(f"{path}/edit", version="2", **typed(words="Something else"))
    assert kept.status_code == 303, kept.text
    assert "Something else" in officer.get(path).text


def test_the_history_names_who_the_reporter_is_nowhere(officer: Visitor) -> None:
    path = entered(officer)
    officer.post(f"{path}/edit", version="1", **typed(reporter_name="Zoé Fictive", words="New"))
    told = [(one.field, one.before, one.after) for one in events_of(1)]
    assert ("reporter_name", "", "") in told
    assert ("words", "", "") in told
    assert not any("Zoé" in one.before + one.after + one.words for one in events_of(1))


def test_a_double_report_is_suggested_merged_and_both_reporters_stay_owed(
    officer: Visitor,
) -> None:
    first = entered(officer, street="Rue du Moulin", reporter_contact="0470 00 09 98", words="Sofa")
    second = entered(
        officer, street="r. du moulin", reporter_contact="0470 00 09 97", words="A couch"
    )
    entered(officer, street="Rue du Moulin", category="noise", words="Another thing")
    page = officer.get(second).text
    assert "The same as 1" in page
    assert "The same as 3" not in page
    merged = officer.post(f"{second}/merge", version="1", into="1")
    assert merged.status_code == 303
    assert "This is the same as" in officer.get(second).text
    assert "The same was reported in" in officer.get(first).text
    with unit_of_work(read_only=True) as session:
        owed = [one.status for one in session.exec(select(Answer))]
    assert owed.count(AnswerStatus.OWED) == 2
    # Taken apart again, by giving it a state of its own.
    officer.post(f"{second}/follow", version="2", form="course", status="new")
    assert "This is the same as" not in officer.get(second).text


def test_a_report_is_not_merged_into_itself_nor_into_none(officer: Visitor) -> None:
    path = entered(officer)
    for into in ("1", "77", "x", "9" * 30):
        answer = officer.post(f"{path}/merge", version="1", into=into)
        assert answer.status_code == 422, into
        assert 'id="problem-into"' in answer.text


def test_a_confidential_report_is_hidden_from_a_peace_officer_unless_it_is_given_to_him(
    officer: Visitor, peace_officer: Visitor
) -> None:
    path = entered(officer, is_confidential="yes", street="Rue Fictive", words="Quiet please")
    assert officer.get(path).status_code == 200
    assert peace_officer.get(path).status_code == 404
    assert peace_officer.get(f"{path}/edit").status_code == 404
    assert "Quiet please" not in peace_officer.get("/reports?status=all").text
    assert "Quiet please" not in peace_officer.get("/reports?number=1").text
    api = in_process.api(PEACE)
    assert api.http.get("/reports?status=all").json()["reports"] == []
    # Not as a suggested double of one that he sees, either.
    open_one = entered(peace_officer, street="rue fictive", words="Mine")
    assert "The same as 1" not in peace_officer.get(open_one).text
    assert peace_officer.post(f"{open_one}/merge", version="1", into="1").status_code == 422
    with unit_of_work(read_only=True) as session:
        him = accounts.by_email(session, PEACE)
        assert him
    given = officer.post(
        f"{path}/follow", version="1", form="course", status="new", assigned_to=str(him.id)
    )
    assert given.status_code == 303
    assert "Quiet please" in peace_officer.get(path).text
    assert "Quiet please" in peace_officer.get("/reports").text
    # The mark is not his to take away.
    answer = peace_officer.post(f"{path}/edit", version="2", **typed(words="Quiet please"))
    assert answer.status_code == 422
    assert 'id="problem-is_confidential"' in answer.text


def test_whoever_may_not_see_what_he_wrote_down_is_led_to_the_list(peace_officer: Visitor) -> None:
    answer = enter(peace_officer, is_confidential="yes")
    assert answer.headers["location"] == "/reports"


def test_police_of_the_zone_follow_and_no_coordinator_finds_a_trace(
    officer: Visitor, templates: Templates
) -> None:
    path = entered(officer, words="Secret words")
    assert "Secret words" in visitor(templates, "dispatcher").get(path).text
    coordinator = visitor(templates, "coordinator")
    for page in (path, "/reports", "/reports/map", "/boxes", f"{path}/edit"):
        assert coordinator.get(page).status_code == 403
    assert coordinator.post("/reports/export").status_code == 403
    assert 'href="/reports"' not in coordinator.get("/").text
    assert in_process.api("coordinator@demo.example").http.get("/reports").status_code == 403


def test_another_town_does_not_see_it(officer: Visitor) -> None:
    path = entered(officer, words="Only here")
    with unit_of_work() as session:
        other = Organisation(kind=OrganisationKind.MUNICIPALITY, slug="ailleurs", name="Ailleurs")
        session.add(other)
    staff("other@demo.example", Role.PREVENTION_OFFICER, "ailleurs")
    stranger = in_process.signed_in("other@demo.example", PASSWORD)
    assert stranger.get(path).status_code == 404
    assert "Only here" not in stranger.get("/reports?status=all").text
    assert enter(stranger).status_code == 404
    assert stranger.post(f"/reports/lists/{town_id()}", do="add_usual").status_code == 404


def test_a_photo_and_a_paper_are_kept_sealed_without_what_the_camera_wrote(
    officer: Visitor,
) -> None:
    path = entered(officer)
    assert upload(officer, f"{path}/attachments", photo(), "IMG_1.jpg").status_code == 303
    assert upload(officer, f"{path}/attachments", paper(), "../letter.pdf").status_code == 303
    # The very same again is kept once.
    assert upload(officer, f"{path}/attachments", paper(), "again.pdf").status_code == 303
    with unit_of_work(read_only=True) as session:
        kept = session.exec(select(ReportAttachment)).all()
        assert sorted(one.media_type for one in kept) == ["application/pdf", "image/jpeg"]
        assert not any(one.sealed.startswith((b"%PDF", b"\xff\xd8")) for one in kept)
    by_type = {one.media_type: f"{path}/attachments/{one.id}" for one in kept}
    seen = officer.get(by_type["image/jpeg"])
    assert seen.headers["content-type"] == "image/jpeg"
    assert b"Camera of somebody" not in seen.content
    saved = officer.get(by_type["application/pdf"])
    assert saved.content == paper()
    assert saved.headers["content-disposition"].startswith("attachment")
    assert by_type["image/jpeg"] in officer.get(path).text


def test_what_is_no_photo_too_large_or_one_too_many_is_refused_kindly(
    officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = entered(officer)
    refused = upload(officer, f"{path}/attachments", b"MZ not a picture", "virus.jpg")
    assert refused.status_code == 422
    assert "cannot be read" in refused.text
    refused = upload(officer, f"{path}/attachments", b"x" * (30 * 1024 * 1024), "big.jpg")
    assert refused.status_code == 422
    assert "too large" in refused.text
    monkeypatch.setattr("feedback.report_attachments.MOST", 1)
    assert upload(officer, f"{path}/attachments", photo(), "1.jpg").status_code == 303
    refused = upload(officer, f"{path}/attachments", paper(), "2.pdf")
    assert "At most 1 photos" in refused.text


def test_a_report_with_a_broken_photo_is_not_half_kept(officer: Visitor) -> None:
    answer = upload(officer, f"/reports/new?town={town_id()}", b"broken", "x.jpg", **typed())
    assert answer.status_code == 422
    assert 'id="problem-file"' in answer.text
    assert "Old sofas near the bridge" in answer.text
    assert "No open report." in officer.get("/reports").text


def test_the_list_is_cut_by_what_is_asked(officer: Visitor) -> None:
    entered(officer, street="Rue du Moulin", words="First words")
    entered(
        officer, category="noise", source="telephone", words="Second words", due_on="2026-06-01"
    )
    old = "2026-05-01T10:00"
    entered(officer, received_at=old, words="Third words")
    found = officer.post("/reports/find", street_name="RUE DU MOULIN", status="open")
    address = found.headers["location"]
    assert "moulin" not in address.lower()
    for asked, words in {
        address: "First",
        "/reports?category=noise": "Second",
        "/reports?source=telephone": "Second",
        "/reports?overdue=1": "Second",
        "/reports?until=2026-05-31": "Third",
        "/reports?number=3": "Third",
    }.items():
        page = officer.get(asked).text
        shown = {one for one in ("First", "Second", "Third") if f"{one} words" in page}
        assert shown == {words}, asked
    assert "No report fits." in officer.get("/reports?mine=1").text
    nonsense = "/reports?status=x&since=never&until=9999-12-31&number=a&town=1&after=b&rows=0"
    assert officer.get(nonsense).status_code == 200


def test_pages_follow_each_other_without_gap_or_repeat(
    officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = in_process.api(PREVENTION)
    for number in range(7):
        # Five of them at the very same moment.
        at = NOON - timedelta(hours=max(number, 2))
        wanted = api_input(client_request_id=str(number), received_at=at.isoformat())
        assert api.http.post("/reports", json=wanted).status_code == 201
    seen, after = [], ""
    while True:
        page = api.http.get("/reports", params={"limit": 2, "after": after}).json()
        seen += [one["number"] for one in page["reports"]]
        after = page["next"]
        if not after:
            break
    assert sorted(seen) == [1, 2, 3, 4, 5, 6, 7]
    assert seen[-4:] == [4, 5, 6, 7]


def test_the_file_has_what_the_list_has_in_the_readers_language_and_no_formula(
    officer: Visitor,
) -> None:
    entered(officer, words="=HYPERLINK(1)", reporter_name="Nobody Tells", status="new")
    entered(officer, category="noise", words="Loud")
    officer.get("/language/fr")
    answer = officer.post("/reports/export", category="dumping")
    assert answer.headers["content-type"].startswith("text/csv")
    text = answer.content.decode("utf-8-sig")
    assert "Dépôt clandestin" in text
    assert ";'=HYPERLINK(1);" in text
    assert "Loud" not in text
    assert "Nobody Tells" not in text


def test_the_map_shows_those_with_a_point_and_lists_them(officer: Visitor) -> None:
    entered(officer, point="50.64321, 5.57654", words="On the map")
    entered(officer, words="Nowhere")
    page = officer.get("/reports/map").text
    assert "50.64321" in page
    assert "On the map" in page
    assert "Nowhere" not in page
    assert officer.get("/reports/map?category=noise").status_code == 200


def test_a_town_adds_its_own_category_and_leaves_out_one_of_the_hubs(officer: Visitor) -> None:
    lists = f"/reports/lists/{town_id()}"
    assert officer.post(lists, do="add_category", category_name="Trottinettes").status_code == 303
    assert officer.post(lists, do="use_category", code="vermin", is_used="").status_code == 303
    page = officer.get("/reports/new").text
    assert "Trottinettes" in page
    assert "Rats and other vermin" not in page
    assert "trottinettes" in {
        one["code"]
        for one in in_process.api(PREVENTION)
        .http.get("/report-categories", params={"municipality_id": town_id()})
        .json()
    }
    for name in ("Noise", "trottinettes", " ", "x" * 80):
        answer = officer.post(lists, do="add_category", category_name=name)
        assert answer.status_code == 422, name
    assert officer.post(lists, do="use_category", code="other", is_used="").status_code == 422
    assert officer.post(lists, do="use_category", code="nothing").status_code == 404
    assert officer.post(lists, do="explode").status_code == 404


def message_of(number: str = "+32470001002") -> InboundMessage:
    with unit_of_work() as session:
        (point,) = contact.points_with_value(session, number)
        zone = select(Organisation.id).where(Organisation.kind == OrganisationKind.POLICE_ZONE)
        made = InboundMessage(
            carrier_id="SM1",
            sender=number,
            body="Grofvuil in de Molenstraat",
            kind=InboundKind.MESSAGE,
            language=Language.DUTCH,
            person_id=point.person_id,
            contact_point_id=point.id,
            police_zone_id=session.exec(zone).one(),
        )
        session.add(made)
    return made


def test_a_members_message_becomes_one_report_and_he_is_owed_an_answer(
    officer: Visitor, templates: Templates
) -> None:
    message = message_of()
    dispatcher = visitor(templates, "dispatcher")
    assert f"/replies/{message.id}/report" in dispatcher.get("/inbox").text
    path = f"/replies/{message.id}/report"
    assert "Grofvuil in de Molenstraat" in dispatcher.get(path).text
    # Whoever does not read the inbox makes nothing of a message.
    assert officer.get(path).status_code == 404
    made = dispatcher.post(f"{path}?town={town_id()}", **typed(source="member", category="dumping"))
    assert made.status_code == 303, made.text
    again = dispatcher.post(f"{path}?town={town_id()}", **typed(source="member", words="Twice"))
    assert again.headers["location"] == made.headers["location"]
    assert dispatcher.get(path).headers["location"] == made.headers["location"]
    with unit_of_work(read_only=True) as session:
        answer = session.exec(select(Answer)).one()
        assert answer.person_id == message.person_id
        name = session.get_one(Person, message.person_id).name
    # His name is for those who read his message.
    assert name in dispatcher.get(made.headers["location"]).text
    page = officer.get(made.headers["location"]).text
    assert name not in page
    assert "A member of a partnership" in page


def test_the_api_refuses_an_old_version_and_leaves_out_what_was_not_named(
    officer: Visitor,
) -> None:
    api = in_process.api(PREVENTION)
    made = api.http.post("/reports", json=api_input(street="Rue Fictive")).json()
    path = f"/reports/{made['id']}"
    changed = api.http.patch(path, json={"version": 1, "status": "in_hand", "note": "Looking"})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert changed.json()["street"] == "Rue Fictive"
    assert changed.json()["events"][-1]["words"] == "Looking"
    assert api.http.patch(path, json={"version": 1, "status": "done"}).status_code == 409
    assert api.http.patch(path, json={"version": 2, "status": "merged"}).status_code == 422
    assert api.http.patch(path, json={"version": 2, "stattus": "done"}).status_code == 422
    assert api.http.post(f"{path}/notes", json={"note": "\u0000 "}).status_code == 422
    found = api.http.post("/reports/search", json={"street": "r fictive"}).json()["reports"]
    assert [one["id"] for one in found] == [made["id"]]


def test_what_is_personal_is_dropped_long_after_a_report_was_closed(officer: Visitor) -> None:
    path = entered(
        officer, street="Rue Fictive", house_number="4", point="50.64321, 5.57654",
        reporter_name="Zoé Fictive", reporter_contact="0470 00 09 98",
    )  # fmt: skip
    still_open = entered(officer, words="Still open")
    upload(officer, f"{path}/attachments", photo(), "1.jpg")
    officer.post(f"{path}/follow", version="1", form="course", status="done", note="Zoé was glad")
    late = NOON + timedelta(days=settings().reports_kept_days)
    for at, is_kept in ((late - timedelta(days=1), True), (late + timedelta(days=1), False)):
        at_moment(at)
        with unit_of_work() as session:
            assert old_reports.drop_old(session) is False
        with unit_of_work(read_only=True) as session:
            report = session.exec(select(Report).where(Report.number == 1)).one()
            photos = session.exec(select(ReportAttachment)).all()
            told = [one.words for one in reports.events(session, report.id)]
        assert bool(report.words) is is_kept
        assert bool(report.reporter_name) is is_kept
        assert bool(photos) is is_kept
        assert ("Zoé was glad" in told) is is_kept
        assert (report.street, report.category) == ("Rue Fictive", "dumping")
    assert (report.latitude, report.longitude) == (50.643, 5.577)
    with unit_of_work(read_only=True) as session:
        other = session.exec(select(Report).where(Report.number == 2)).one()
        assert other.words == "Still open"
    assert still_open.endswith(str(other.id))


def test_a_member_reads_what_he_reported_and_forgotten_it_is_nobodys(
    officer: Visitor, templates: Templates
) -> None:
    message = message_of()
    dispatcher = visitor(templates, "dispatcher")
    answer = dispatcher.post(
        f"/replies/{message.id}/report?town={town_id()}", **typed(source="member")
    )
    assert answer.status_code == 303
    with unit_of_work() as session:
        assert message.person_id
        (row,) = REPORTED.show(session, message.person_id)
        assert row["text"] == COUNTED["words"]
        REPORTED.forget(session, message.person_id)
        assert REPORTED.show(session, message.person_id) == []


def test_the_first_page_of_a_report_is_refused_to_whoever_changes_the_address(
    officer: Visitor,
) -> None:
    assert officer.get("/reports/not-a-key").status_code in (404, 422)
    assert officer.get("/reports/new?town=elsewhere").status_code in (404, 422)
