"""What comes back: a citizen texts what he saw, the police make it a sighting and answer him, and
the members hear how it ended; and a STOP in German. With every process running."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.embedded_redis import EmbeddedRedis
from tests.conftest import Templates, copy_of, empty_queue
from tests.running_hub import THE_LINE, RunningHub, eventually

pytestmark = pytest.mark.journey

# Nobody else texts from the first: an answer comes by itself once an hour.
DUTCH, GERMAN_OF_BOTH = "+32470001010", "+32470001015"
STREET = "rue des Aubépines"
SEEN = "Gele VW Polo gezien, 1-ABC-234, richting station"


@pytest.fixture
def own_hub(
    templates: Templates, request: pytest.FixtureRequest, tmp_path: Path, redis: EmbeddedRedis
) -> Iterator[RunningHub]:
    """A hub in which nobody else sends alerts: a text is taken for an answer to the last one."""
    url = copy_of(templates.with_demo, templates.kind, tmp_path, request)
    running = RunningHub(tmp_path, url, empty_queue(redis, 9), accounts=templates.accounts)
    running.start_all()
    yield running
    running.stop()


def texts_on(hub: RunningHub, number: str, about: str) -> list[str]:
    """What came by SMS that says this; other stories use the same telephones."""
    entries = hub.carrier.phone(number)["entries"]
    came = [one["text"] for one in entries if one["kind"] == "sms" and one["direction"] == "in"]
    return [text for text in came if about in text]


def words(said: str) -> dict[str, dict[str, str]]:
    texts = {one: f"{said} {line}" for one, line in THE_LINE.items()}
    return {one: {"subject": "PLP", "short": text, "long": text} for one, text in texts.items()}


def the_reply(hub: RunningHub, body: str) -> dict[str, Any]:
    """A message to the police, once it is in their inbox."""

    def found() -> dict[str, Any] | None:
        replies = hub.api().http.get("/replies").json()
        return next((one for one in replies if one["body"] == body), None)

    reply = eventually(found, f"{body!r} is in the inbox")
    assert reply is not None
    return reply


def test_a_plate_by_text_becomes_a_sighting_that_is_handed_on_and_answered(
    own_hub: RunningHub,
) -> None:
    hub = own_hub
    api = hub.api()
    incident = api.incident(place=STREET)["id"]
    alert = api.send("haut-valdor", incident_id=incident, texts=words(f"{STREET}: Polo."))
    eventually(lambda: texts_on(hub, DUTCH, f"{STREET}: Polo."), "the alert is on his phone")

    hub.carrier.reply(DUTCH, SEEN)
    reply = the_reply(hub, SEEN)
    assert (reply["meaning"], reply["incident_id"]) == ("sighting", incident)
    # Answered in his language, with the way to say more.
    eventually(lambda: texts_on(hub, DUTCH, "/seen/"), "he is led to the form")

    officer = hub.api("mandated_officer").http
    made = officer.post(
        f"/replies/{reply['id']}/sighting",
        json={
            "observed_at": reply["received_at"],
            "vehicle": "VW Polo, jaune",
            "plate": "1 abc 234",
            "direction": "gare",
        },
    )
    assert made.status_code == 201, made.text
    sighting = made.json()
    assert sighting["incident_id"] == incident
    handed = officer.post(
        f"/sightings/{sighting['id']}/hand-on",
        json={"version": sighting["version"], "reference": "LI.12.34/2026"},
    )
    assert handed.json()["status"] == "handed_on", handed.text

    owed = officer.get("/answers").json()["answers"]
    (answer,) = [one for one in owed if one["sighting_id"] == sighting["id"]]
    assert (answer["way"], answer["language"]) == ("sms", "nl")
    given = officer.post(f"/answers/{answer['id']}", json={"words": "Dank u, dit heeft geholpen."})
    assert given.status_code == 200, given.text
    assert given.json()["status"] == "given"
    still_owed = officer.get("/answers").json()["answers"]
    assert sighting["id"] not in {one["sighting_id"] for one in still_owed}

    ended = officer.post(
        f"/broadcasts/{alert}/feedback", json={"texts": words(f"{STREET}: 2 opgepakt.")}
    )
    assert ended.status_code == 201, ended.text
    eventually(lambda: texts_on(hub, DUTCH, f"{STREET}: 2 opgepakt."), "he hears how it ended")

    coordinator = hub.api("coordinator").http
    for closed in ("/sightings", f"/sightings/{sighting['id']}", "/replies", "/answers"):
        assert coordinator.get(closed).status_code == 403


def test_a_stop_in_german_is_understood_answered_in_german_and_taken_back(
    hub: RunningHub,
) -> None:
    hub.carrier.reply(GERMAN_OF_BOTH, "Bitte keine SMS mehr, danke")
    eventually(
        lambda: texts_on(hub, GERMAN_OF_BOTH, "Sie bleiben Mitglied"), "he is told it is done"
    )
    # Other stories write to him.
    hub.carrier.reply(GERMAN_OF_BOTH, "Start")
    eventually(
        lambda: texts_on(hub, GERMAN_OF_BOTH, "wieder"), "he gets our texts again, and is told"
    )
