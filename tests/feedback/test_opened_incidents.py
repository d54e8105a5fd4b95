"""A member reports something by a text or a mail: an incident is opened from it, once, and he is
told what was decided, once, by the way he wrote."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import col, select

from channels.signature import sign
from channels.sms_length import measure
from feedback.models import InboundMessage
from hub import clock, config
from hub.audit import Decision
from hub.db import unit_of_work
from hub.i18n import Language
from hub.roles import Role
from messaging.models import IncidentReporter, LaunchDecision, LaunchReason
from messaging.reporter_notices import BECAUSE, body
from partnerships import accounts, leaving
from partnerships.models import Channel, Notice, Organisation, Person
from tests import in_process
from tests.agreed_plans import agree_on
from tests.conftest import Templates
from tests.running_hub import Api, Visitor
from workers import timetable
from workers.mail_door import take

pytestmark = pytest.mark.usefixtures("demo_zone")

DISPATCHER, OFFICER = "dispatcher@demo.example", "officer@demo.example"
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
DUTCH, GERMAN, BY_MAIL = "+32470001002", "+32470001003", "member06@demo.example"
STRANGER = "+32499123456"
SEEN = "Man met ladder in de Molenstraat!"
FACTS = {"phenomenon": "cambriolage", "place": "rue du Moulin"}


def at(moment: timedelta) -> None:
    clock.set_source(lambda: NOON + moment)


@pytest.fixture
def api(demo_zone: str) -> Api:
    at(timedelta())
    return in_process.api(DISPATCHER)


@pytest.fixture
def dispatcher(api: Api, templates: Templates) -> Visitor:
    account = templates.accounts["dispatcher"]
    return in_process.signed_in(account["email"], account["password"])


def text(body: str, sender: str = DUTCH) -> None:
    """What a carrier posts when somebody texts us."""
    sid = f"SM{abs(hash((body, sender))):030x}"
    form = {"MessageSid": sid, "From": sender, "To": "+32460000001", "Body": body}
    path, chosen = "/webhooks/twilio/sms/inbound", config.settings()
    signature = sign(chosen.base_url + path, list(form.items()), chosen.twilio_auth_token)
    headers = {"X-Twilio-Signature": signature}
    answer = in_process.client().post(path, data=form, headers=headers)
    assert answer.status_code == 200, answer.text


def mail(words: str, sender: str) -> None:
    """What the mail door takes in from somebody who writes anew."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = sender, "police@replies.hub.example", "Look"
    letter["Message-ID"] = "<seen-1@mail.example>"
    letter.set_content(words)
    assert asyncio.run(take("police@replies.hub.example", sender, letter.as_bytes()))


def replies(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.http.get("/replies").json()
    return found


def open_from(api: Api, reply_id: str, **changes: Any) -> httpx.Response:
    return api.http.post(f"/replies/{reply_id}/incident", json={**FACTS, **changes})


def reported(api: Api, words: str = SEEN, sender: str = DUTCH) -> str:
    """The incident opened from a text of theirs."""
    text(words, sender)
    answer = open_from(api, replies(api)[0]["id"])
    assert answer.status_code == 201, answer.text
    incident_id: str = answer.json()["id"]
    return incident_id


def decide(api: Api, incident_id: str, **changes: Any) -> httpx.Response:
    wanted = {"launched": False, "reason": "too_old", "tell_reporter": True, **changes}
    return api.http.post(f"/incidents/{incident_id}/decisions", json=wanted)


def whole(api: Api, incident_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.http.get(f"/incidents/{incident_id}").json()
    return found


def told() -> list[Notice]:
    with unit_of_work(read_only=True) as session:
        found = select(Notice).where(Notice.kind == "reporter_told")
        return list(session.exec(found.order_by(col(Notice.created_at))))


def in_threads(*asked: Callable[[], int]) -> list[int]:
    """The answers of those who ask at the same moment, in order of status."""
    start = threading.Barrier(len(asked))

    def ask(one: Callable[[], int]) -> int:
        start.wait()
        return one()

    with ThreadPoolExecutor(len(asked)) as together:
        return sorted(together.map(ask, asked))


# Opening it


def test_an_incident_is_opened_from_a_message_and_begins_with_it(
    api: Api, dispatcher: Visitor
) -> None:
    at(timedelta(seconds=23))
    text(SEEN)
    at(timedelta(minutes=2))
    (reply,) = replies(api)
    assert (reply["sender"], reply["incident_id"]) == (DUTCH, None)
    inbox = dispatcher.get("/inbox").text
    assert "Open an incident from this" in inbox
    form = dispatcher.get(f"/inbox/{reply['id']}/incident").text
    assert SEEN in form
    assert "Chloé Goossens" in form
    assert 'value="2026-06-03T12:00"' in form  # when it came in, on a Belgian clock
    sent = dispatcher.post(
        f"/inbox/{reply['id']}/incident", **FACTS, facts_at="2026-06-03T12:00", then="decide"
    )
    incident_id = replies(api)[0]["opened_incident_id"]
    assert sent.headers["location"] == f"/incidents/{incident_id}/decision"
    found = whole(api, incident_id)
    assert found["reported_at"] == "2026-06-03T10:00:23Z"
    assert found["reporter"] == {"way": "sms", "against": None, "told_at": None}
    shown = dispatcher.get(f"/incidents/{incident_id}").text
    course = shown[shown.index('class="timeline"') :]
    assert course.index(SEEN) < course.index("Facts") < course.index("Incident opened")
    assert "Reported to the police by this message" in course
    assert "rue du Moulin" in dispatcher.get("/inbox").text
    with unit_of_work(read_only=True) as session:
        actions = [one.action for one in session.exec(select(Decision))]
    assert actions[-2:] == ["incident.open", "incident.open_from_reply"]


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    api: Api, dispatcher: Visitor
) -> None:
    text(SEEN)
    (reply,) = replies(api)
    typed = {"phenomenon": "", "place": "rue du Moulin", "facts_at": "2026-06-03T12:00"}
    refused = dispatcher.post(f"/inbox/{reply['id']}/incident", **typed)
    assert refused.status_code == 422
    assert "Choose a phenomenon from the list." in refused.text
    assert 'value="rue du Moulin"' in refused.text
    assert SEEN in refused.text
    assert replies(api)[0]["opened_incident_id"] is None


def test_twice_is_once_whoever_asks_and_by_whichever_door(api: Api, dispatcher: Visitor) -> None:
    text(SEEN)
    reply_id = replies(api)[0]["id"]
    first = open_from(api, reply_id).json()["id"]
    again = open_from(in_process.api(OFFICER), reply_id, place="elsewhere")
    assert (again.status_code, again.json()["id"]) == (201, first)
    path = f"/inbox/{reply_id}/incident"
    assert dispatcher.get(path).headers["location"] == f"/incidents/{first}"
    posted = dispatcher.post(path, **FACTS, facts_at="2026-06-03T12:00")
    assert posted.headers["location"].startswith(f"/incidents/{first}/")
    assert len(api.http.get("/incidents").json()) == 1


def test_two_who_open_it_at_the_same_moment_open_one(api: Api) -> None:
    text(SEEN)
    reply_id = replies(api)[0]["id"]
    officer = in_process.api(OFFICER)
    both = [lambda by=by: open_from(by, reply_id).status_code for by in (api, officer)]
    assert in_threads(*both) == [201, 201]
    assert len(api.http.get("/incidents").json()) == 1
    with unit_of_work(read_only=True) as session:
        assert len(session.exec(select(IncidentReporter)).all()) == 1


def test_an_answer_to_an_alert_that_tells_something_new_stays_with_both(
    api: Api, dispatcher: Visitor
) -> None:
    first = api.incident()["id"]
    text(SEEN)
    with unit_of_work() as session:
        stored = session.exec(select(InboundMessage)).one()
        stored.incident_id = UUID(first)
    reply_id = replies(api)[0]["id"]
    second = open_from(api, reply_id).json()["id"]
    (reply,) = replies(api)
    assert (reply["incident_id"], reply["opened_incident_id"]) == (first, second)
    for page in (f"/incidents/{first}", "/inbox"):
        assert f'href="/incidents/{second}"' in dispatcher.get(page).text
    assert SEEN in dispatcher.get(f"/incidents/{second}").text


def test_only_a_message_within_reach_opens_one(api: Api) -> None:
    text("STOP")
    with unit_of_work(read_only=True) as session:
        stopped = session.exec(select(InboundMessage)).one()
    assert open_from(api, str(stopped.id)).status_code == 404
    text(SEEN, GERMAN)
    reply_id = replies(api)[0]["id"]
    with unit_of_work() as session:
        zone = session.exec(select(Organisation).where(Organisation.slug == "zone-valdor")).one()
        other = Organisation(kind=zone.kind, slug="zone-other", name="Zone Other")
        session.add(other)
        session.flush()
        dee = accounts.create(
            session,
            email="dee@demo.example",
            name="Dee",
            password="x" * 20,
            language=Language.ENGLISH,
        )
        accounts.appoint(session, dee, Role.DISPATCHER, other.id)
    stranger = in_process.api("dee@demo.example")
    assert open_from(stranger, reply_id).status_code == 404
    assert in_process.api("coordinator@demo.example").http.get("/replies").status_code == 403
    # From a number nobody knows: shown to every zone, and opened by one of them.
    text(SEEN, STRANGER)
    unknown = next(one for one in replies(stranger) if one["sender"] == STRANGER)
    assert open_from(api, unknown["id"]).status_code == 201
    refused = open_from(stranger, unknown["id"])
    assert refused.status_code == 409
    assert "Another police zone" in refused.json()["detail"]
    assert "rue du Moulin" not in refused.text


# Telling him


def test_he_is_told_in_his_own_language_that_no_alert_is_sent(
    api: Api, dispatcher: Visitor
) -> None:
    incident = reported(api)
    taken = decide(api, incident, words="Known to inquiry 4711", asked_by="Patrol 12")
    assert taken.json()["reporter"] == "told"
    (notice,) = told()
    assert (notice.to, notice.channel, notice.language) == (DUTCH, Channel.SMS, "nl")
    for secret in ("4711", "Patrol", "Moulin", "Cambriolage", "Inbraak"):
        assert secret not in notice.body
    assert "101" in notice.body
    assert "12:00" in notice.body
    assert measure(notice.body).segments == 1
    assert "Told to whoever reported it" in dispatcher.get(f"/incidents/{incident}").text
    assert whole(api, incident)["reporter"]["against"] == "before"


def test_he_is_told_once_whatever_is_decided_afterwards(api: Api, dispatcher: Visitor) -> None:
    incident = reported(api)
    decide(api, incident)
    assert decide(api, incident, reason="no_danger").json()["reporter"] == "before"
    page = dispatcher.get(f"/incidents/{incident}/decision").text
    assert "Nobody is told twice" in page
    assert 'name="tell_reporter"' not in page
    assert len(told()) == 1


def test_two_who_tell_him_at_the_same_moment_tell_him_once(api: Api) -> None:
    incident = reported(api)
    officer = in_process.api(OFFICER)
    both = [lambda by=by: decide(by, incident).status_code for by in (api, officer)]
    assert in_threads(*both) == [201, 201]
    assert len(told()) == 1


def test_he_is_told_that_the_alert_was_sent_once_it_has_left(api: Api) -> None:
    incident = reported(api, sender=GERMAN)
    taken = decide(api, incident, launched=True, reason="in_the_act")
    assert taken.json()["reporter"] == "asked"
    assert told() == []
    api.send("haut-valdor", incident_id=incident)
    (notice,) = told()
    assert (notice.to, notice.language) == (GERMAN, "de")
    assert "101" in notice.body
    assert whole(api, incident)["decisions"][0]["reporter"] == "told"


def test_an_alert_that_waits_for_a_second_person_tells_him_nothing_yet(
    api: Api, dispatcher: Visitor, templates: Templates
) -> None:
    agree_on("haut-valdor", second_person_above=1)
    incident = reported(api)
    draft = api.draft("haut-valdor", incident_id=incident).json()["id"]
    assert 'name="tell_reporter"' in dispatcher.get(f"/broadcasts/{draft}/confirm").text
    dispatcher.post(f"/broadcasts/{draft}/send", tell_reporter="yes")
    assert api.broadcast(draft)["status"] == "awaiting_approval"
    assert told() == []
    account = templates.accounts["mandated_officer"]
    officer = in_process.signed_in(account["email"], account["password"])
    officer.post(f"/broadcasts/{draft}/approve")
    assert api.broadcast(draft)["status"] == "released"
    assert len(told()) == 1


def test_an_exercise_is_no_alert_to_him(api: Api) -> None:
    incident = reported(api)
    decide(api, incident, launched=True, reason="in_the_act")
    api.send("haut-valdor", incident_id=incident, is_drill=True)
    assert told() == []


@pytest.mark.parametrize("sender", [DUTCH, STRANGER], ids=["a member", "a number nobody knows"])
def test_whoever_said_stop_gets_nothing_and_the_page_says_so(
    api: Api, dispatcher: Visitor, sender: str
) -> None:
    incident = reported(api, sender=sender)
    text("STOP", sender)
    page = dispatcher.get(f"/incidents/{incident}/decision").text
    assert "wants no more messages" in page
    assert 'name="tell_reporter"' not in page
    assert decide(api, incident).json()["reporter"] == "stopped"
    assert told() == []
    assert "nothing was sent to him" in dispatcher.get(f"/incidents/{incident}").text
    text("START", sender)
    assert decide(api, incident, reason="no_danger").json()["reporter"] == "told"


def test_a_number_nobody_knows_is_told_in_the_zones_languages_and_then_forgotten(api: Api) -> None:
    incident = reported(api, sender=STRANGER)
    assert decide(api, incident).json()["reporter"] == "told"
    (notice,) = told()
    assert notice.to == STRANGER
    assert "Police" in notice.body
    assert "Politie" in notice.body
    with unit_of_work(read_only=True) as session:
        assert session.exec(select(IncidentReporter)).one().number == ""


@pytest.mark.parametrize(
    ("texted_at", "decided_at", "leaves_at"),
    [
        # By a Belgian clock: texted at 21:30, decided at 23:00; told at eight.
        (timedelta(hours=9, minutes=30), timedelta(hours=11), timedelta(hours=20)),
        # He texted at half past two at night and waits for an answer.
        (timedelta(hours=14, minutes=30), timedelta(hours=15), timedelta(hours=15)),
        # He has gone to bed again.
        (timedelta(hours=14, minutes=30), timedelta(hours=16), timedelta(hours=20)),
        (timedelta(hours=14, minutes=30), timedelta(hours=18, minutes=30), timedelta(hours=20)),
        (timedelta(hours=14, minutes=30), timedelta(hours=20), timedelta(hours=20)),
    ],
)
def test_nobody_is_woken_to_be_told(
    api: Api, texted_at: timedelta, decided_at: timedelta, leaves_at: timedelta
) -> None:
    at(texted_at)
    incident = reported(api)
    at(decided_at)
    assert decide(api, incident).json()["reporter"] == "told"
    (notice,) = told()
    assert notice.not_before == NOON + leaves_at
    assert notice.expires_at == NOON + leaves_at + timedelta(days=1)


@pytest.mark.parametrize(
    ("closed_after", "looked_after", "is_kept"),
    [(1, 30, True), (1, 32, False), (None, 89, True), (None, 91, False), (89, 91, False)],
)
def test_the_number_of_somebody_who_is_never_told_is_dropped_in_time(
    api: Api, closed_after: int | None, looked_after: int, is_kept: bool
) -> None:
    incident = reported(api, sender=STRANGER)
    if closed_after is not None:
        at(timedelta(days=closed_after))
        closed = api.http.post(f"/incidents/{incident}/close", json={"reason": "No more to do."})
        assert closed.status_code == 200, closed.text
    at(timedelta(days=looked_after))
    timetable.forget_old()
    with unit_of_work(read_only=True) as session:
        kept = session.exec(select(IncidentReporter)).one().number
    assert kept == (STRANGER if is_kept else "")
    if not is_kept:
        assert decide(api, incident).status_code in (201, 409, 422)
        assert told() == []


def test_a_mail_is_answered_by_mail_at_the_address_of_the_member(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_MAIL_INBOUND_DOMAIN", "replies.hub.example")
    config.settings.cache_clear()
    mail("A man with a ladder.", BY_MAIL)
    incident = open_from(api, replies(api)[0]["id"]).json()["id"]
    assert decide(api, incident).json()["reporter"] == "told"
    (notice,) = told()
    assert (notice.channel, notice.to, notice.language) == (Channel.EMAIL, BY_MAIL, "nl")
    assert notice.subject


def test_an_address_that_a_mail_only_claims_is_never_written_to(
    api: Api, dispatcher: Visitor
) -> None:
    mail("A man with a ladder.", "anybody@elsewhere.example")
    incident = open_from(api, replies(api)[0]["id"]).json()["id"]
    assert "surely his" in dispatcher.get(f"/incidents/{incident}/decision").text
    assert decide(api, incident).json()["reporter"] == "unreachable"
    assert told() == []


def test_who_left_since_is_not_written_to(api: Api) -> None:
    incident = reported(api)
    at(timedelta(minutes=5))
    with unit_of_work() as session:
        reporter = session.exec(select(IncidentReporter)).one()
        leaving.leave_all(session, session.get_one(Person, reporter.person_id), "texted")
    assert decide(api, incident).json()["reporter"] == "stopped"
    assert told() == []


def test_nobody_is_told_of_what_nobody_reported(api: Api, dispatcher: Visitor) -> None:
    incident = api.incident()["id"]
    refused = decide(api, incident)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "tell_reporter"
    assert whole(api, incident)["decisions"] == []
    assert 'name="tell_reporter"' not in dispatcher.get(f"/incidents/{incident}/decision").text


@pytest.mark.parametrize("language", [one for one in Language if one != "en"])
def test_what_he_reads_is_one_plain_text_in_every_language(language: Language) -> None:
    at(timedelta(hours=14))
    incident_id, account_id = UUID(int=1), UUID(int=2)
    for reason in (*BECAUSE, LaunchReason.OTHER, None):
        decision = LaunchDecision(
            incident_id=incident_id,
            launched=reason is None,
            reason=reason or LaunchReason.ALERT_SENT,
            decided_by=account_id,
        )
        words = body(decision, NOON, language)
        assert words != body(decision, NOON, Language.ENGLISH), "it is not translated"
        size = measure(words)
        assert (size.encoding, size.segments) == ("GSM-7", 1), f"{size.units}: {words}"
        assert "101" in words
