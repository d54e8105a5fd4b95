"""A burglary under way where two partnerships overlap, in three languages, from the first call to
the answer everyone is owed; a false alarm; an exercise. By the door a dispatch system uses, with
every process running."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from hub import clock
from tests.running_hub import THE_LINE, Api, RunningHub, eventually

pytestmark = pytest.mark.journey

WHERE_THEY_OVERLAP = [50.6403, 5.5757]
FRENCH, DUTCH = "+32470001000", "+32470001002"
# They live on the border: members of both partnerships.
FRENCH_OF_BOTH, GERMAN_OF_BOTH = "+32470001005", "+32470001015"
# Land lines, and mobiles that take no text: whoever is called picks up and presses 1.
CALLED = (
    *(f"+3242000{number:03}" for number in range(4, 40, 8)),
    "+32470000031",
    "+32470000032",
)
WITH_A_TELEPHONE = (FRENCH, DUTCH, FRENCH_OF_BOTH, GERMAN_OF_BOTH)
MARK_OF_AN_EXERCISE = {FRENCH: "EXERCICE", DUTCH: "OEFENING", GERMAN_OF_BOTH: "ÜBUNG"}


@pytest.fixture(autouse=True)
def _everyone_picks_up(hub: RunningHub) -> Iterator[None]:
    for number in CALLED:
        hub.carrier.set_answering(number, "press_1")
    yield
    for number in CALLED:
        hub.carrier.set_answering(number, None)


def texts_on(hub: RunningHub, number: str, *about: str) -> list[str]:
    """What came by SMS that has one of these words in it; other stories use the same telephones."""
    entries = hub.carrier.phone(number)["entries"]
    came = [one["text"] for one in entries if one["kind"] == "sms" and one["direction"] == "in"]
    return [text for text in came if any(word in text for word in about)]


def composed(hub: RunningHub, street: str, **changes: Any) -> dict[str, Any]:
    """A draft made from facts alone: nothing of its words was typed."""
    facts = {
        "phenomenon": "cambriolage",
        "place": street,
        "facts_at": (clock.now() - timedelta(minutes=3)).isoformat(),
        "person": "2 hommes",
        "vehicle": "VW Golf",
        "direction": "E42",
    }
    wanted = {
        "client_request_id": f"cad-{street}",
        "facts": facts,
        "ground": {"points": [WHERE_THEY_OVERLAP]},
        **changes,
    }
    answer = hub.api().http.post("/alerts", json=wanted)
    assert answer.status_code == 201, answer.text
    draft: dict[str, Any] = answer.json()
    return draft


def sent(hub: RunningHub, draft: dict[str, Any]) -> str:
    broadcast_id: str = draft["id"]
    answer = hub.api().http.post(f"/broadcasts/{broadcast_id}/send")
    assert answer.status_code == 202, answer.text
    return broadcast_id


def follow(api: Api, alert: str, step: str, **changes: Any) -> str:
    wanted = {"step": step, "client_request_id": f"{step}-{alert}", **changes}
    answer = api.http.post(f"/broadcasts/{alert}/follow-ups", json=wanted)
    assert answer.status_code == 201, answer.text
    broadcast_id: str = answer.json()["id"]
    return broadcast_id


def is_under_way(delivery: dict[str, Any]) -> bool:
    # A mail that was sent has had its last word; a call that was sent is ringing.
    waits = ("queued", "sending", "unknown", "accepted")
    rings = delivery["channel"] == "voice" and delivery["state"] == "sent"
    return rings or delivery["state"] in waits


def everyone_was_tried(api: Api, broadcast_id: str) -> None:
    def was_tried() -> bool:
        rows = api.deliveries(broadcast_id)
        return bool(rows) and not any(is_under_way(one) for one in rows)

    eventually(was_tried, "everyone was tried")


def had_it(api: Api, broadcast_id: str) -> set[str]:
    reached = ("delivered", "sent", "accepted", "no_receipt")
    heard = ("machine", "not_confirmed")
    return {
        one["person_id"]
        for one in api.deliveries(broadcast_id)
        if one["state"] in reached or one["reason"] in heard
    }


def written_to(api: Api, broadcast_id: str) -> set[str]:
    return {one["person_id"] for one in api.deliveries(broadcast_id)}


def words_of(step: str) -> dict[str, dict[str, str]]:
    begun = {"fr": "PLP SUITE", "nl": "BIN VERVOLG", "de": "NIN"}
    said = {one: f"{words} {step}. {THE_LINE[one]}" for one, words in begun.items()}
    return {one: {"subject": "News", "short": text, "long": text} for one, text in said.items()}


def test_from_the_first_call_to_the_answer_everyone_is_owed(hub: RunningHub) -> None:
    api = hub.api()
    draft = composed(hub, "rue du Recouvrement")
    assert draft["partnerships"] == ["haut-valdor", "valdor-gare"]
    alert = sent(hub, draft)
    everyone_was_tried(api, alert)
    incident = draft["incident_id"]

    update = follow(api, alert, "update", texts=words_of("la Golf est vide"))
    # An end that came at once would have stopped it.
    everyone_was_tried(api, update)
    all_clear = follow(api, alert, "all_clear")
    everyone_was_tried(api, all_clear)
    officer = hub.api("mandated_officer")
    given = officer.http.post(f"/broadcasts/{alert}/feedback", json={"texts": words_of("2 pris")})
    assert given.status_code == 201, given.text
    feedback = given.json()["id"]
    everyone_was_tried(api, feedback)

    # One text of each, also to whoever is a member of both, in the order in which they were sent.
    firsts = {}
    for number in WITH_A_TELEPHONE:
        got = texts_on(hub, number, "rue du Recouvrement", "la Golf est vide", "2 pris")
        firsts[number] = got[0]
        assert len(got) == 4, (number, got)
        assert "rue du Recouvrement" in got[0]
        assert "VW Golf" in got[0]
        assert "101" in got[0]
        assert "la Golf est vide" in got[1]
        assert "2 pris" in got[3]
    assert firsts[FRENCH].startswith("PLP ALERTE")
    assert firsts[DUTCH].startswith("BIN ALARM")
    assert firsts[GERMAN_OF_BOTH].startswith("NIN ALARM")
    # Exactly those who got the alert are told how it ends. Of an update only those who had it by
    # then: whoever is called later, as the next way, hears the end.
    assert written_to(api, update) <= had_it(api, alert)
    for one in (all_clear, feedback):
        assert written_to(api, one) == had_it(api, alert)

    # Why somebody of both got it once is on record; and the incident is closed with its story.
    border = next(
        one
        for one in api.deliveries(alert)
        if len(api.http.get(f"/broadcasts/{alert}/people/{one['person_id']}").json()["member_of"])
        == 2
    )
    assert border["state"] == "delivered"
    whole = api.http.get(f"/incidents/{incident}").json()
    assert whole["status"] == "closed"
    steps = [one["step"] for one in whole["timeline"] if one["kind"] == "broadcast"]
    assert steps == ["first", "update", "all_clear", "feedback"]


def test_a_false_alarm_is_corrected_with_words_that_are_ready(hub: RunningHub) -> None:
    api = hub.api()
    alert = sent(hub, composed(hub, "rue Trompeuse"))
    everyone_was_tried(api, alert)
    correction = follow(api, alert, "correction", counts_as_feedback=True)
    everyone_was_tried(api, correction)
    assert "FAUSSE ALERTE" in texts_on(hub, FRENCH, "rue Trompeuse")[-1]
    assert "VALS ALARM" in texts_on(hub, DUTCH, "rue Trompeuse")[-1]
    assert written_to(api, correction) == had_it(api, alert)
    # Nothing alarming follows it.
    refused = api.http.post(
        f"/broadcasts/{alert}/follow-ups",
        json={"step": "update", "client_request_id": "late", "texts": words_of("late")},
    )
    assert refused.status_code == 409
    incident = api.broadcast(alert)["incident_id"]
    assert api.http.get(f"/incidents/{incident}").json()["status"] == "closed"


def test_an_exercise_says_so_on_every_telephone_from_the_first_text_to_the_last(
    hub: RunningHub,
) -> None:
    api = hub.api()
    draft = composed(hub, "rue de l'Essai", is_drill=True)
    alert = sent(hub, draft)
    everyone_was_tried(api, alert)
    end = follow(api, alert, "all_clear")
    everyone_was_tried(api, end)
    for number, mark in MARK_OF_AN_EXERCISE.items():
        alarm, over = texts_on(hub, number, "rue de l'Essai")
        assert mark in alarm.upper(), alarm
        assert mark in over.upper(), over
