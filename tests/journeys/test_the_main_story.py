"""The main job, end to end, by API, pages and webhooks, with every process running."""

from typing import Any

import pytest

from tests.running_hub import THE_LINE, WORDS, RunningHub, eventually

pytestmark = pytest.mark.journey

FRENCH_PHONE = "+32470001000"  # a member of PLP Haut-Valdor who reads French
DUTCH_PHONE = "+32470001002"
# They take no text, so they are called.
OUT_OF_REACH = ("+32470000031", "+32470000032")


def texts_on(hub: RunningHub, number: str) -> list[str]:
    entries = hub.carrier.phone(number)["entries"]
    return [one["text"] for one in entries if one["kind"] == "sms" and one["direction"] == "in"]


def calls_on(hub: RunningHub, number: str) -> list[dict[str, Any]]:
    entries = hub.carrier.phone(number)["entries"]
    return [one for one in entries if one["kind"] == "call"]


def the_call_on(hub: RunningHub, number: str) -> dict[str, Any]:
    """The newest call to this number; waits for the first."""
    return eventually(lambda: calls_on(hub, number), f"{number} is called")[-1]


def delivered_sms(hub: RunningHub, api: Any, broadcast_id: str) -> int:
    rows = api.deliveries(broadcast_id)
    return sum(one["channel"] == "sms" and one["state"] == "delivered" for one in rows)


def got(api: Any, broadcast_id: str) -> set[str]:
    """Who was reached, as far as is known now."""
    handed_over = ("delivered", "sent", "accepted", "no_receipt")
    return {one["person_id"] for one in api.deliveries(broadcast_id) if one["state"] in handed_over}


def figure(hub: RunningHub) -> tuple[int, int]:
    """The plan's own share of alerts with feedback in time, measured now: its two parts."""
    officer = hub.api("prevention_officer").http
    newest = hub.signed_in("prevention_officer").get("/plan").headers["Location"].split("/")[2]
    assert officer.post(f"/plans/{newest}/measure").status_code == 202
    eventually(
        lambda: officer.get(f"/plans/{newest}/measuring").json()["finished_at"],
        "the plan is measured",
    )
    taken = officer.get(f"/plans/{newest}/measures", params={"area": ""}).json()["values"]
    begins, ends = (
        min(one["period_start"] for one in taken),
        max(one["period_end"] for one in taken),
    )
    [whole] = [one for one in taken if (one["period_start"], one["period_end"]) == (begins, ends)]
    return int(whole["numerator"]), int(whole["denominator"])


def test_an_alert_goes_out_is_answered_and_is_closed_by_feedback(hub: RunningHub) -> None:
    api = hub.api()
    for number in OUT_OF_REACH:
        hub.carrier.set_answering(number, "press_1")
    numerator, denominator = figure(hub)
    incident = api.incident(phenomenon="Inbraak", place="rue de la Gare")
    alert = api.send("haut-valdor", "valdor-gare", incident_id=incident["id"])

    # Everyone has one row; the texts arrive and are confirmed by the carrier's receipts.
    eventually(lambda: delivered_sms(hub, api, alert) == 28, "28 texts are delivered")
    state = api.broadcast(alert)
    # The 40 of the demo, and whoever joined in another story.
    assert state["audience"] >= 40
    assert sum(state["counts"].values()) == state["audience"]
    assert state["counts"]["skipped"] == 1
    assert state["reasons"]["no_consent"] == 1
    assert texts_on(hub, FRENCH_PHONE)[-1] == WORDS["fr"]["short"]
    assert texts_on(hub, DUTCH_PHONE)[-1] == WORDS["nl"]["short"]

    # A land line rings; what it says can be read, and 1 confirms it.
    call = the_call_on(hub, "+3242000004")
    hub.carrier.answer(call["sid"])
    assert WORDS["fr"]["short"] in the_call_on(hub, "+3242000004")["call"]["heard"]
    hub.carrier.press(call["sid"], "1")
    eventually(
        lambda: [
            d
            for d in api.deliveries(alert)
            if d["channel"] == "voice" and d["state"] == "delivered"
        ],
        "the call is confirmed",
    )

    # Mail went out in the reader's language, as text and HTML.
    letter = hub.carrier.mailbox("member06@demo.example")[-1]
    assert letter["subject"] == WORDS["nl"]["subject"]
    assert "101" in letter["text"]
    assert "<html" in letter["html"]

    # A neighbour answers by SMS: 101 in his language, and the police see it.
    answer = hub.carrier.reply(DUTCH_PHONE, "Witte bestelwagen, richting station <script>")
    assert answer["status"] == 200
    assert "101" in texts_on(hub, DUTCH_PHONE)[-1]
    inbox = hub.signed_in("dispatcher").get("/inbox").text
    assert "Witte bestelwagen, richting station &lt;script&gt;" in inbox
    assert "rue de la Gare" in inbox

    # The officer tells how it ended; only those who got the alert hear it; then it is closed.
    # Whoever takes no text has been called by then: who got it changes no more.
    officer = hub.api("mandated_officer")
    eventually(
        lambda: not {"queued", "sending", "unknown"} & set(api.counts(alert)),
        "everyone was tried",
    )
    got_before = got(api, alert)
    given = officer.http.post(f"/broadcasts/{alert}/feedback", json={"texts": WORDS})
    assert given.status_code == 201, given.text
    feedback = given.json()["id"]
    eventually(lambda: delivered_sms(hub, officer, feedback) == 28, "feedback is delivered")
    heard = {one["person_id"] for one in officer.deliveries(feedback)}
    assert got_before <= heard <= got_before | got(api, alert)
    closed = hub.signed_in("dispatcher").get(f"/incidents/{incident['id']}").text
    assert 'name="form_id"' not in closed, "a closed incident takes no more feedback"
    assert figure(hub) == (numerator + 1, denominator + 1)


def test_feedback_given_twice_is_one_feedback(hub: RunningHub) -> None:
    api = hub.api()
    alert = api.send("valdor-gare", incident_id=api.incident()["id"])
    eventually(lambda: api.broadcast(alert)["audience"], "the alert is fanned out")
    first = api.http.post(f"/broadcasts/{alert}/feedback", json={"texts": WORDS})
    second = api.http.post(f"/broadcasts/{alert}/feedback", json={"texts": WORDS})
    assert first.json()["id"] == second.json()["id"]


def test_sending_twice_is_one_send(hub: RunningHub) -> None:
    api = hub.api()
    texts = {one: {**words, "short": f"Only once. {THE_LINE[one]}"} for one, words in WORDS.items()}
    alert = api.send("valdor-gare", incident_id=api.incident()["id"], texts=texts)
    assert api.http.post(f"/broadcasts/{alert}/send").status_code == 202
    eventually(lambda: delivered_sms(hub, api, alert) == 18, "eighteen texts are delivered")
    rows = [one for one in api.deliveries(alert) if one["attempt_kind"] == "first"]
    assert len(rows) == len({one["person_id"] for one in rows}) == api.broadcast(alert)["audience"]
    arrived = [
        entry["text"]
        for phone in hub.carrier.phones()
        for entry in phone["entries"]
        if entry["kind"] == "sms" and entry["text"].startswith("Only once.")
    ]
    # Two more telephones are switched off or unknown: those texts end at the carrier, until the
    # unknown number was unknown twice and is given up.
    assert 18 <= len(arrived) <= 20


def test_the_same_request_again_is_the_same_draft(hub: RunningHub) -> None:
    api = hub.api()
    one = api.draft("valdor-gare", client_request_id="the-same-request")
    two = api.draft("valdor-gare", client_request_id="the-same-request")
    assert one.json()["id"] == two.json()["id"]


def test_a_member_who_texts_stop_gets_no_more_texts_until_start(hub: RunningHub) -> None:
    api, number = hub.api(), "+32470001001"

    def alert_saying(short: str) -> str:
        # Words of its own: a late text of an earlier broadcast must not pass for this one's.
        texts = {
            one: {**words, "short": f"{short} {THE_LINE[one]}"} for one, words in WORDS.items()
        }
        return api.send("valdor-gare", incident_id=api.incident()["id"], texts=texts)

    hub.carrier.reply(number, "Stop. Merci")
    assert "START" in texts_on(hub, number)[-1]
    silent = alert_saying("You do not hear this.")
    eventually(lambda: "delivered" in api.counts(silent), "the others get it")
    # Nor is he called instead: his email address is the plan's next way to him.
    assert [one["kind"] for one in hub.carrier.phone(number)["entries"]].count("call") == 0
    assert hub.carrier.mailbox("member01@demo.example")
    # Else it would go on to him by text, once he wants texts again: no mail is proof that he knows.
    assert api.http.post(f"/broadcasts/{silent}/cancel").status_code == 200
    hub.carrier.reply(number, "START")
    loud = alert_saying("You hear us again.")
    eventually(lambda: "You hear us again." in texts_on(hub, number)[-1], "texts again")
    assert not any("You do not hear" in text for text in texts_on(hub, number))
    assert api.broadcast(loud)["audience"] == api.broadcast(silent)["audience"]


def test_a_repeated_webhook_gets_the_same_answer_and_has_no_second_effect(hub: RunningHub) -> None:
    form = {
        "MessageSid": "SM" + "a" * 32,
        "From": FRENCH_PHONE,
        "To": "+32460000001",
        "Body": "un repetition",
        "NumMedia": "0",
    }
    answers = [hub.webhook("/webhooks/twilio/sms/inbound", form) for _ in range(3)]
    assert {one.status_code for one in answers} == {200}
    assert len({one.text for one in answers}) == 1
    assert hub.signed_in("dispatcher").get("/inbox").text.count("un repetition") == 1


def test_key_9_ends_calls_to_that_number(hub: RunningHub) -> None:
    api, number = hub.api(), "+3242000012"
    api.send("haut-valdor", incident_id=api.incident()["id"])
    call = eventually(lambda: ringing_on(hub, number), "the land line rings")
    assert call is not None
    hub.carrier.answer(call["sid"])
    hub.carrier.press(call["sid"], "9")
    silent = api.send("haut-valdor", incident_id=api.incident()["id"])
    eventually(lambda: api.broadcast(silent)["audience"], "the alert is fanned out")
    assert api.broadcast(silent)["reasons"]["opted_out"] == 1


def ringing_on(hub: RunningHub, number: str) -> dict[str, Any] | None:
    phones = {one["number"]: one for one in hub.carrier.phones()}
    entries = phones[number]["entries"] if number in phones else []
    calls = [one for one in entries if one["kind"] == "call"]
    return next((one for one in calls if one["call"]["state"] == "ringing"), None)


def test_nothing_personal_is_logged(hub: RunningHub) -> None:
    logs = hub.logs()
    for personal in ("+3247000", "@demo.example", "bestelwagen", "restez chez vous", "Chloé"):
        assert personal not in logs
