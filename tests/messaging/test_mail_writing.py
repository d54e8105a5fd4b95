"""What a mail carries besides its words: where to answer, where to bounce, how to stop it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from channels.contract import Mail
from hub import config
from hub.errors import ConfigurationError
from hub.i18n import Language
from messaging import rendering
from messaging.claims import Claimed
from messaging.mail_addresses import (
    read_inbound_address,
    read_message_id,
    read_seen_reference,
    read_unsubscribe_token,
)
from messaging.models import COLD_KINDS, BroadcastKind
from messaging.texts import Words
from partnerships.models import Channel

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
WORDS = {Language.FRENCH: Words("Sujet", "Court", "Long")}


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("HUB_BASE_URL", "https://hub.police.example")
    monkeypatch.setenv("HUB_MAIL_INBOUND_DOMAIN", "Replies.police.example")
    config.settings.cache_clear()
    yield
    config.settings.cache_clear()


def mail(kind: BroadcastKind) -> Mail:
    delivery = Claimed(
        id=7_000_000_001,
        fence=1,
        attempt=1,
        is_repeat=False,
        channel=Channel.EMAIL,
        language=Language.FRENCH,
        to="anne@example.org",
        queued_at=NOON,
    )
    letter = rendering.Letter(uuid4(), kind, WORDS, expires_at=NOON, segments=1)
    return rendering.mail(letter, delivery)


@pytest.mark.parametrize("kind", list(BroadcastKind))
def test_an_answer_and_a_bounce_come_back_to_their_delivery(kind: BroadcastKind) -> None:
    written = mail(kind)
    for address in (dict(written.headers)["Reply-To"], written.envelope_sender):
        read = read_inbound_address(address)
        assert read is not None
        assert read.delivery_id == 7_000_000_001
    assert dict(written.headers)["Reply-To"] != written.envelope_sender
    assert read_message_id(written.message_id) == 7_000_000_001


@pytest.mark.parametrize("kind", sorted(COLD_KINDS))
def test_whatever_is_not_urgent_can_be_stopped_with_one_click(kind: BroadcastKind) -> None:
    written = mail(kind)
    headers = dict(written.headers)
    web, post = re.findall("<([^>]+)>", headers["List-Unsubscribe"])
    assert web.startswith("https://hub.police.example/unsubscribe/")
    assert read_unsubscribe_token(web.rpartition("/")[2]) == 7_000_000_001
    assert post.startswith("mailto:unsubscribe+7000000001.")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert web in written.text
    assert web in written.html


@pytest.mark.parametrize("kind", [BroadcastKind.URGENT_ALERT, BroadcastKind.FEEDBACK])
def test_an_alert_has_no_button_that_a_program_might_press(kind: BroadcastKind) -> None:
    written = mail(kind)
    assert "List-Unsubscribe" not in dict(written.headers)
    assert "unsubscribe" not in written.text
    assert "STOP" in written.text


def test_without_an_inbound_domain_nothing_pretends_to_be_answerable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HUB_MAIL_INBOUND_DOMAIN", "")
    config.settings.cache_clear()
    alert, cold = mail(BroadcastKind.URGENT_ALERT), mail(BroadcastKind.PREVENTION)
    assert (alert.headers, alert.envelope_sender) == ((), "")
    assert "STOP" not in alert.text
    assert "mailto" not in dict(cold.headers)["List-Unsubscribe"]


@pytest.mark.parametrize("domain", ["replies", "a b.example", "-x.example", "x@y.example"])
def test_a_domain_that_is_none_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, domain: str
) -> None:
    monkeypatch.setenv("HUB_MAIL_INBOUND_DOMAIN", domain)
    config.settings.cache_clear()
    with pytest.raises(ConfigurationError):
        config.settings()


def test_an_alert_has_the_link_to_say_what_was_seen_and_what_ended_has_none() -> None:
    written = mail(BroadcastKind.URGENT_ALERT)
    link = re.findall(r"https://hub.police.example(/seen/\S+)", written.text)[0]
    assert read_seen_reference(link.rpartition("/")[2]) == 7_000_000_001
    assert link in written.html
    for kind in set(BroadcastKind) - {BroadcastKind.URGENT_ALERT}:
        assert "/seen/" not in mail(kind).text + mail(kind).html
