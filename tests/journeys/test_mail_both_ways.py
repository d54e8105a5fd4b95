"""Mail out and back, with every process running: answers, bounces, and no more of it."""

import csv
import re
import smtplib
import socket
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import Session, col, create_engine, select

from hub.embedded_redis import EmbeddedRedis
from hub.i18n import Language, translate
from messaging.mail_addresses import unsubscribe_url
from partnerships.models import Consent
from tests.conftest import Templates, copy_of, empty_queue, forget_settings
from tests.running_hub import MAIL_DOMAIN, SECRET_KEY, RunningHub, eventually

pytestmark = pytest.mark.journey

DUTCH_READER = "member06@demo.example"  # reached by mail alone
RETURNED, LATE, ABSENT = (
    "bounce@demo.example",
    "bounce-later@demo.example",
    "autoreply@demo.example",
)


@pytest.fixture(scope="module")
def hub(
    templates: Templates,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    redis: EmbeddedRedis,
) -> Iterator[RunningHub]:
    """A hub of its own, with members whose mail comes back."""
    folder = tmp_path_factory.mktemp(f"mail-{templates.kind}")
    url = copy_of(templates.with_demo, templates.kind, folder, request)
    number = 11 if templates.kind == "sqlite" else 12
    running = RunningHub(folder, url, empty_queue(redis, number), accounts=templates.accounts)
    register = folder / "register.csv"
    with register.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["name", "language", "email"])
        lines.writerows(
            [f"Member {n}", "fr", one] for n, one in enumerate((RETURNED, LATE, ABSENT))
        )
    running.command("members", "import", str(register), "--partnership", "valdor-gare")
    running.start("mail-door")
    running.start_all()
    eventually(lambda: greets(running.mail_door_port), "the mail door is open")
    yield running
    running.stop()


def greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as line:
            return line.recv(3) == b"220"
    except OSError:
        return False


def newest(hub: RunningHub, address: str) -> dict[str, Any]:
    letters = eventually(lambda: hub.carrier.mailbox(address), f"mail for {address}")
    letter: dict[str, Any] = letters[-1]
    return letter


def header(letter: dict[str, Any], name: str) -> str:
    return next((value for one, value in letter["headers"] if one == name), "")


def mail_ends(hub: RunningHub, alert: str) -> list[tuple[str, str | None, str | None]]:
    rows = [one for one in hub.api().deliveries(alert) if one["channel"] == "email"]
    return [(one["state"], one["reason"], one["carrier_code"]) for one in rows]


def test_an_answer_by_mail_is_in_the_inbox_and_is_answered_once(hub: RunningHub) -> None:
    api = hub.api()
    api.send("haut-valdor", incident_id=api.incident(place="rue du Moulin")["id"])
    alert = newest(hub, DUTCH_READER)
    assert re.fullmatch(rf"reply\+[0-9]+\.[a-z2-7]+@{MAIL_DOMAIN}", header(alert, "Reply-To"))
    assert header(alert, "Auto-Submitted") == "auto-generated"
    # An alert is not to be unsubscribed from by a careless click.
    assert header(alert, "List-Unsubscribe") == ""
    assert "STOP" in alert["text"]
    assert "101" in alert["text"]

    dispatcher = hub.signed_in("dispatcher")
    there = f"/simulator/mailboxes/{DUTCH_READER}"
    assert 'name="body"' in dispatcher.get(there).text
    sent = dispatcher.post(f"{there}/reply", body="Witte bestelwagen <b>naar</b> het station")
    assert sent.status_code == 303, sent.text
    inbox = dispatcher.get("/inbox").text
    assert "Witte bestelwagen &lt;b&gt;naar&lt;/b&gt; het station" in inbox
    assert "rue du Moulin" in inbox
    assert DUTCH_READER in inbox

    answer = eventually(
        lambda: next(
            (
                one
                for one in hub.carrier.mailbox(DUTCH_READER)
                if header(one, "Auto-Submitted") == "auto-replied"
            ),
            None,
        ),
        "the answer arrives",
    )
    assert answer is not None
    assert "101" in answer["text"]
    assert header(answer, "In-Reply-To")
    # A second one within the hour is read and not answered.
    before = len(hub.carrier.mailbox(DUTCH_READER))
    assert hub.carrier.reply_by_mail(DUTCH_READER, "En nog iets")["status"] == 250
    assert "En nog iets" in dispatcher.get("/inbox").text
    assert len(hub.carrier.mailbox(DUTCH_READER)) == before


def test_a_mail_without_anything_of_ours_is_shown_with_a_warning(hub: RunningHub) -> None:
    words = b"From: <anne@stranger.example>\r\nMessage-ID: <s1@stranger>\r\n\r\nUn homme suspect"
    with smtplib.SMTP("127.0.0.1", hub.mail_door_port, timeout=20) as line:
        line.sendmail("anne@stranger.example", f"reply+guessed@{MAIL_DOMAIN}", words)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            line.sendmail("anne@stranger.example", "dispatcher@demo.example", words)
    inbox = hub.signed_in("dispatcher").get("/inbox").text
    shown = inbox[inbox.index("Un homme suspect") :].partition("</li>")[0]
    assert translate(Language.FRENCH, "sender not verified") in shown
    assert translate(Language.FRENCH, "Unknown sender") in shown
    assert hub.carrier.mailbox("anne@stranger.example") == []


def test_mail_that_comes_back_ends_the_delivery_and_closes_the_address(hub: RunningHub) -> None:
    api = hub.api()
    alert = api.send("valdor-gare", incident_id=api.incident()["id"])
    returned = ("undelivered", "unknown_address", "5.1.1")
    eventually(lambda: returned in mail_ends(hub, alert), "the bounce is read")
    # Not yet, and an absence, are no ends.
    for address in (LATE, ABSENT):
        assert newest(hub, address)
    assert mail_ends(hub, alert).count(returned) == 1
    again = api.send("valdor-gare", incident_id=api.incident()["id"])
    eventually(lambda: api.broadcast(again)["audience"], "the second alert is fanned out")
    assert api.broadcast(again)["reasons"]["stop_point"] == 1
    assert ABSENT not in hub.signed_in("dispatcher").get("/inbox").text


@pytest.fixture
def link(hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """A member's link to unsubscribe, as a prevention message carries it, and who he is."""
    api = hub.api()
    alert = api.send("haut-valdor", incident_id=api.incident()["id"])
    rows = eventually(lambda: api.deliveries(alert), "the alert is fanned out")
    mine = next(one for one in rows if one["channel"] == "email" and one["language"] == "nl")
    forget_settings()
    monkeypatch.setenv("HUB_SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("HUB_BASE_URL", hub.url)
    yield unsubscribe_url(int(mine["id"])), mine["person_id"]
    forget_settings()


def agreed(hub: RunningHub, person_id: str) -> list[str]:
    """What this member still agrees to, as the database has it."""
    wanted = select(Consent.purpose).where(
        Consent.person_id == UUID(person_id), col(Consent.withdrawn_at).is_(None)
    )
    database = create_engine(hub.database_url)
    with Session(database) as session:
        purposes = [str(purpose) for purpose in session.exec(wanted)]
    database.dispose()
    return sorted(purposes)


def test_one_click_stops_prevention_messages_and_no_alert(
    hub: RunningHub, link: tuple[str, str]
) -> None:
    url, person_id = link
    # Looking is harmless, and in the member's language.
    looked = httpx.get(url)
    assert looked.status_code == 200
    assert '<html lang="nl">' in looked.text
    assert '<form method="post">' in looked.text
    assert agreed(hub, person_id) == ["prevention", "surveys", "urgent_alerts"]
    # A mail program's own click carries no form token, and comes more than once.
    for _time in range(2):
        clicked = httpx.post(url, data={"List-Unsubscribe": "One-Click"})
        assert clicked.status_code == 200
        assert "<form" not in clicked.text
    assert agreed(hub, person_id) == ["surveys", "urgent_alerts"]


@pytest.mark.parametrize("change", ["{}x", "{}/", "{}%00"])
def test_a_link_we_did_not_make_does_nothing(
    hub: RunningHub, link: tuple[str, str], change: str
) -> None:
    forged = change.format(link[0].replace("/unsubscribe/", "/unsubscribe/9"))
    for method in ("GET", "POST"):
        assert httpx.request(method, forged, follow_redirects=True).status_code == 404


def test_nothing_of_all_this_is_logged(hub: RunningHub) -> None:
    logs = hub.logs()
    assert "mail_door_open" in logs
    for personal in (
        "@demo.example",
        "@stranger.example",
        "bestelwagen",
        "reply+",
        "bounce+",
        "En nog iets",
    ):
        assert personal not in logs
    assert "mail_not_taken" not in logs
