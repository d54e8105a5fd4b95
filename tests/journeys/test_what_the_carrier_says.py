"""A carrier's codes as people meet them: on the pages, in the API, and when they are forged."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hub.embedded_redis import EmbeddedRedis
from tests.conftest import Templates, copy_of, empty_queue
from tests.running_hub import RunningHub, eventually, free_port

pytestmark = pytest.mark.journey

PHONE_OFF, TAKEN_FOR_SPAM = "+32470000031", "+32470000034"


@pytest.fixture
def own_hub(
    templates: Templates, request: pytest.FixtureRequest, tmp_path: Path, redis: EmbeddedRedis
) -> Iterator[RunningHub]:
    """A hub of the test's own: what it counts and warns of is this test's doing alone."""
    url = copy_of(templates.with_demo, templates.kind, tmp_path, request)
    running = RunningHub(tmp_path, url, empty_queue(redis, 9), accounts=templates.accounts)
    running.environment["HUB_METRICS_PORT"] = str(free_port())
    running.start("web")
    metrics_port = running.environment.pop("HUB_METRICS_PORT")
    running.start_only("simulator", "worker urgent", "timetable")
    running.environment["HUB_METRICS_PORT"] = metrics_port
    yield running
    running.stop()


def with_members(hub: RunningHub, *numbers: str) -> None:
    register = hub.folder / "register.csv"
    lines = [f"Member {place},fr,{number}" for place, number in enumerate(numbers)]
    register.write_text("name,language,mobile\n" + "\n".join(lines), "utf-8")
    hub.command("members", "import", str(register), "--partnership", "haut-valdor")


def refused(hub: RunningHub) -> float:
    text = httpx.get(f"http://127.0.0.1:{hub.environment['HUB_METRICS_PORT']}/metrics").text
    found = re.search(r"^hub_webhooks_refused_total (\S+)$", text, re.MULTILINE)
    assert found, text
    return float(found[1])


def test_a_code_is_told_as_a_sentence_and_spam_is_an_alarm(own_hub: RunningHub) -> None:
    with_members(own_hub, PHONE_OFF, TAKEN_FOR_SPAM)
    api = own_hub.api()
    alert = api.send("haut-valdor", incident_id=api.incident()["id"])
    path = f"/broadcasts/{alert}/deliveries"

    def told(language: str) -> dict[str, str]:
        headers = {"Accept-Language": language}
        items = api.http.get(path, params={"limit": 500}, headers=headers).json()["items"]
        return {one["carrier_code"]: one["carrier_sentence"] for one in items}

    eventually(lambda: {"30003", "30007"} <= told("en").keys(), "both codes have come")
    assert told("en")["30003"] == "The phone is off or out of range."
    assert told("tlh")["30007"] == "The network took the message for spam."
    assert told("nl-BE")["30007"] == "Het netwerk hield het bericht voor spam."
    assert told("de")[None] is None  # type: ignore[index]  # those without a code have no sentence

    visitor = own_hub.signed_in("dispatcher")
    home, page = visitor.get("/").text, visitor.get(f"/broadcasts/{alert}").text
    spam = "Le réseau a pris le message pour un spam."
    assert spam in home
    assert spam in page
    assert "Le téléphone est éteint ou hors de portée." in page
    assert "Code 30003" in page
    assert spam not in own_hub.signed_in("coordinator").get("/").text


def test_a_forged_receipt_is_refused_and_counted_and_changes_nothing(own_hub: RunningHub) -> None:
    with_members(own_hub, "+32471777777")
    own_hub.carrier.set(receipts_forged="wrong_token", answering="press_1")
    before = refused(own_hub)
    api = own_hub.api()
    alert = api.send("haut-valdor", incident_id=api.incident()["id"])

    def texts() -> list[str]:
        return [one["state"] for one in api.deliveries(alert) if one["channel"] == "sms"]

    eventually(lambda: set(texts()) == {"delivered"}, "the genuine receipts were believed")
    forged = eventually(lambda: own_hub.carrier.counts().get("forged", 0), "some were forged")
    eventually(lambda: refused(own_hub) - before >= forged, "each was counted")
    assert all(one["carrier_code"] is None for one in api.deliveries(alert))
