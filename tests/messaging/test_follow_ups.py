"""What follows an alert: each step goes to exactly those who got it, in order, and ends what is
over; what has not left can be paused, stopped, or sent again to those who did not get it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import col, select

from channels.contract import Accepted, Meaning, Refused, Result
from channels.sms_length import measure
from hub import clock
from hub.db import unit_of_work
from hub.i18n import Language, translate
from messaging import (
    broadcasts,
    claims,
    escalation,
    fan_out,
    follow_up_words,
    outcomes,
    receipts,
    rendering,
    sweep,
)
from messaging.claims import Claimed
from messaging.models import (
    Broadcast,
    BroadcastStatus,
    Delivery,
    DeliveryState,
    Incident,
    IncidentStatus,
    Step,
)
from messaging.receipts import Receipt
from partnerships.models import Channel
from tests import in_process
from tests.agreed_plans import agree_on
from tests.running_hub import THE_LINE, Api

pytestmark = pytest.mark.usefixtures("demo_zone")

DISPATCHER, OFFICER = "dispatcher@demo.example", "officer@demo.example"
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
NIGHT = datetime(2026, 6, 3, 23, 0, tzinfo=UTC)
NEWS = {
    language: {"subject": "News", "short": f"White van, towards the station. {line}", "long": ""}
    for language, line in THE_LINE.items()
}
LATER = Refused(Meaning.RETRY, "busy")
REFUSED = Refused(Meaning.STOP_POINT, "21211")


def at(seconds: float, since: datetime = NOON) -> None:
    moment = since + timedelta(seconds=seconds)
    clock.set_source(lambda: moment)


@pytest.fixture
def api(demo_zone: str) -> Api:
    at(0)
    return in_process.api(DISPATCHER)


def made(broadcast_id: str | UUID) -> UUID:
    """Its rows are there, if they may be."""
    with unit_of_work() as session:
        fan_out.fan_out(session, UUID(str(broadcast_id)))
    return UUID(str(broadcast_id))


def alert(api: Api, *partnerships: str) -> UUID:
    chosen = partnerships or ("haut-valdor",)
    return made(api.send(*chosen, incident_id=api.incident()["id"]))


def ask(api: Api, on: UUID, step: str, **changes: Any) -> httpx.Response:
    wanted = {"step": step, "client_request_id": f"{step}-1", **changes}
    return api.http.post(f"/broadcasts/{on}/follow-ups", json=wanted)


def follow(api: Api, on: UUID, step: str, **changes: Any) -> UUID:
    """Sent by the real door, with its rows made."""
    if step == "update":
        changes = {"texts": NEWS, **changes}
    answer = ask(api, on, step, **changes)
    assert answer.status_code == 201, answer.text
    return made(answer.json()["id"])


def held(broadcast_id: UUID) -> list[Claimed]:
    """What a worker takes now."""
    with unit_of_work() as session:
        found = session.get_one(Broadcast, broadcast_id)
        return [
            one
            for chunk in fan_out.chunks_to_send(session, broadcast_id)
            for channel in Channel
            for one in claims.claim(session, found, chunk, channel, 1000)
        ]


def answer(taken: Sequence[Claimed], result: Result | None = None) -> None:
    ends = clock.now() + timedelta(hours=1)
    with unit_of_work() as session:
        outcomes.record(
            session,
            [outcomes.outcome_of(one, result or Accepted(f"ID{one.id}"), ends) for one in taken],
        )


def confirm(taken: Sequence[Claimed]) -> None:
    with unit_of_work() as session:
        receipts.fold(
            session,
            [
                Receipt(one.id, Channel.SMS, "delivered", f"ID{one.id}", "", clock.now())
                for one in taken
            ],
        )


def rows(broadcast_id: UUID) -> dict[UUID, list[Delivery]]:
    """The deliveries of each person, without those who never agreed."""
    found: dict[UUID, list[Delivery]] = {}
    with unit_of_work(read_only=True) as session:
        wanted = select(Delivery).where(Delivery.broadcast_id == broadcast_id)
        for one in session.exec(wanted.order_by(col(Delivery.id))):
            if one.reason != "no_consent":
                found.setdefault(one.person_id, []).append(one)
    return found


def people(taken: Sequence[Claimed]) -> set[UUID]:
    ids = [one.id for one in taken]
    with unit_of_work(read_only=True) as session:
        return set(session.exec(select(Delivery.person_id).where(col(Delivery.id).in_(ids))))


def broadcast(broadcast_id: UUID) -> Broadcast:
    with unit_of_work(read_only=True) as session:
        return session.get_one(Broadcast, broadcast_id)


def incident_of(broadcast_id: UUID) -> Incident:
    with unit_of_work(read_only=True) as session:
        sent = session.get_one(Broadcast, broadcast_id)
        return session.get_one(Incident, sent.incident_id)


def see(answer: httpx.Response) -> str:
    assert answer.status_code == 409, answer.text
    return str(answer.json()["see"]).removeprefix("/api/v1/broadcasts/")


# To whom, and in which order


@pytest.mark.parametrize("step", ["update", "all_clear", "correction"])
def test_it_goes_to_exactly_those_who_got_the_alert(api: Api, step: str) -> None:
    sent = alert(api)
    taken = held(sent)
    answer(taken[:8])
    answer(taken[8:], REFUSED)
    followed = follow(api, sent, step)
    assert set(rows(followed)) == people(taken[:8])
    assert broadcast(followed).step == step
    # It rings for whoever got a ring, and at once.
    ways = {one.channel for (one,) in rows(followed).values()}
    assert ways <= {one.channel for one in taken[:8]}
    assert len(held(followed)) == 8


def test_it_waits_for_no_quiet_hours(api: Api) -> None:
    at(0, since=NIGHT)
    sent = alert(api)
    answer(held(sent))
    followed = follow(api, sent, "all_clear")
    assert broadcast(followed).keeps_quiet_hours is False
    assert len(held(followed)) == len(rows(followed)) > 0


def test_no_step_overtakes_the_one_before_it(api: Api) -> None:
    sent = alert(api)
    first, *others = held(sent)
    answer(others)
    one = follow(api, sent, "update", client_request_id="one")
    two = follow(api, sent, "update", client_request_id="two")
    # The alert is still in somebody's hands for one person; the others get the first update first.
    taken = held(one)
    assert len(taken) == len(others)
    assert held(two) == []
    answer(taken)
    assert people(held(two)) == people(others)
    answer([first])
    (last,) = held(one)
    assert people([last]) == people([first])
    assert held(two) == []
    answer([last])
    assert people(held(two)) == people([first])


def test_rows_are_made_in_the_order_of_release(api: Api) -> None:
    sent = UUID(api.send("haut-valdor", incident_id=api.incident()["id"]))
    early = ask(api, sent, "update", texts=NEWS).json()["id"]
    # Nobody knows yet who gets the alert: the update waits for that.
    assert rows(made(early)) == {}
    assert broadcast(UUID(early)).status is BroadcastStatus.RELEASED
    made(sent)
    assert set(rows(made(early))) == set(rows(sent))


def test_an_alert_corrected_before_anybody_had_it_says_nothing_to_anybody(api: Api) -> None:
    sent = UUID(api.send("haut-valdor", incident_id=api.incident()["id"]))
    corrected = UUID(ask(api, sent, "correction").json()["id"])
    made(sent)
    made(corrected)
    assert {one.reason for (one,) in rows(sent).values()} == {"end_told"}
    assert rows(corrected) == {}


# The end


@pytest.mark.parametrize("step", ["all_clear", "correction"])
def test_the_end_stops_what_of_the_alert_and_its_updates_has_not_left(api: Api, step: str) -> None:
    sent = alert(api)
    taken = held(sent)
    answer(taken[:5])
    answer(taken[5:], LATER)
    update = follow(api, sent, "update")
    ended = follow(api, sent, step)
    stopped = [one for (one,) in rows(sent).values() if one.reason == "end_told"]
    assert len(stopped) == len(taken) - 5
    assert {one.reason for (one,) in rows(update).values()} == {"end_told"}
    assert set(rows(ended)) == people(taken[:5])
    at(600)
    assert held(sent) == held(update) == []
    with unit_of_work() as session:
        assert escalation.in_need(session) == [] or ended in escalation.in_need(session)


def test_nothing_alarming_follows_the_end(api: Api) -> None:
    sent = alert(api)
    answer(held(sent))
    ended = follow(api, sent, "all_clear")
    assert see(ask(api, sent, "update", texts=NEWS)) == str(ended)
    again = api.http.post(f"/broadcasts/{sent}/again", json={"client_request_id": "x"})
    assert see(again) == str(ended)
    # A second all clear, by another officer, neither; but it may turn out to have been nothing.
    other = in_process.api(OFFICER)
    assert see(ask(other, sent, "all_clear", client_request_id="2")) == str(ended)
    corrected = follow(other, sent, "correction")
    assert see(ask(api, sent, "correction", client_request_id="2")) == str(corrected)


def test_a_false_alarm_is_corrected_by_one_press_in_every_language(api: Api) -> None:
    at(0)
    sent = alert(api)
    answer(held(sent))
    at(40)
    answered = ask(api, sent, "correction")
    assert answered.status_code == 201
    with unit_of_work(read_only=True) as session:
        correction = session.get_one(Broadcast, UUID(answered.json()["id"]))
        texts = {
            one: words.short for one, words in broadcasts.texts_of(session, correction).items()
        }
    assert set(texts) == {Language.FRENCH, Language.DUTCH, Language.GERMAN}
    assert "FAUSSE ALERTE" in texts[Language.FRENCH]
    assert "VALS ALARM" in texts[Language.DUTCH]
    assert "FEHLALARM" in texts[Language.GERMAN]
    # The time is that of the alert, on a Belgian clock.
    assert "12h00" in texts[Language.FRENCH]


def test_the_same_request_again_is_the_same_correction(api: Api) -> None:
    sent = alert(api)
    answer(held(sent))
    assert ask(api, sent, "correction").json()["id"] == ask(api, sent, "correction").json()["id"]


@pytest.mark.parametrize("step", [Step.ALL_CLEAR, Step.CORRECTION, Step.UPDATE])
def test_the_ready_words_fit_a_carrier_and_keep_the_line_about_101(step: Step) -> None:
    incident = Incident.model_construct(place="chaussée de la Station")
    sent = Broadcast.model_construct(released_at=NOON)
    for language in Language:
        words = follow_up_words.words(step, sent, incident, language, NOON)
        length = measure(words.short)
        assert length.segments <= (1 if step is not Step.CORRECTION else 2), (language, words)
        assert length.offending == (), (language, words.short)
        assert ("101" in words.short) is (step is Step.UPDATE)


def test_an_update_that_says_nothing_new_is_not_sent(api: Api) -> None:
    sent = alert(api)
    words = api.http.get(f"/broadcasts/{sent}/follow-ups/update/words").json()
    refused = ask(api, sent, "update", texts=words)
    assert refused.status_code == 422
    assert {one["field"] for one in refused.json()["errors"]} == {
        "texts.fr.short",
        "texts.nl.short",
        "texts.de.short",
    }


def test_the_all_clear_closes_the_incident_only_where_it_says_it_is_the_feedback(api: Api) -> None:
    sent = alert(api)
    answer(held(sent))
    follow(api, sent, "all_clear")
    assert incident_of(sent).status is IncidentStatus.OPEN
    follow(api, sent, "correction", counts_as_feedback=True)
    assert incident_of(sent).status is IncidentStatus.CLOSED


def test_feedback_still_follows_an_all_clear(api: Api) -> None:
    sent = alert(api)
    answer(held(sent))
    cleared = follow(api, sent, "all_clear")
    given = api.http.post(f"/broadcasts/{sent}/feedback", json={"texts": NEWS})
    assert given.status_code == 201
    told = made(given.json()["id"])
    assert set(rows(told)) == set(rows(cleared))
    assert held(told) == []
    answer(held(cleared))
    assert len(held(told)) == len(rows(told))
    assert incident_of(sent).status is IncidentStatus.CLOSED


def test_the_plans_rule_for_alerts_says_who_may_send_it(api: Api) -> None:
    sent = alert(api)
    answer(held(sent))
    agree_on("haut-valdor", kinds={"urgent_alert": {"sent_by": ["mandated_officer"]}})
    refused = ask(api, sent, "correction")
    assert refused.status_code == 403
    assert "PLP Haut-Valdor" in refused.json()["detail"]
    allowed = ask(api, sent, "correction", deviation_reason="The officer cannot be reached.")
    assert allowed.status_code == 201
    assert [one["kind"] for one in allowed.json()["deviations"]] == ["sender"]


def test_only_an_alert_that_has_left_is_followed(api: Api) -> None:
    draft = api.draft("haut-valdor", incident_id=api.incident()["id"]).json()["id"]
    assert ask(api, draft, "all_clear").status_code == 409
    sent = alert(api)
    answer(held(sent))
    update = follow(api, sent, "update")
    assert ask(api, update, "all_clear").status_code == 409


# Stopping


def test_what_is_paused_does_not_leave_until_somebody_lets_it_go_on(api: Api) -> None:
    sent = alert(api)
    refused = api.http.post(f"/broadcasts/{sent}/pause", json={"reason": " "})
    assert refused.status_code == 422
    paused = api.http.post(f"/broadcasts/{sent}/pause", json={"reason": "The facts are unclear."})
    assert paused.json()["paused_at"] is not None
    assert held(sent) == []
    with unit_of_work() as session:
        sweep.sweep(session)
        assert claims.waiting_chunks(session, [broadcast(sent).kind], clock.now(), 9) == []
    assert broadcast(sent).status is BroadcastStatus.SENDING
    api.http.post(f"/broadcasts/{sent}/resume")
    assert len(held(sent)) == len(rows(sent))


def test_nobody_is_tried_by_a_further_way_while_it_is_paused(api: Api) -> None:
    agree_on("haut-valdor", kinds={"urgent_alert": {"channels": ["sms", "voice"]}})
    sent = alert(api)
    answer(held(sent), REFUSED)
    api.http.post(f"/broadcasts/{sent}/pause", json={"reason": "Wait."})
    at(600)
    with unit_of_work() as session:
        assert sent not in escalation.in_need(session)
    api.http.post(f"/broadcasts/{sent}/resume")
    with unit_of_work() as session:
        assert sent in escalation.in_need(session)


def test_the_time_of_what_is_paused_runs_on(api: Api) -> None:
    sent = alert(api)
    api.http.post(f"/broadcasts/{sent}/pause", json={"reason": "Wait."})
    at(3601)
    with unit_of_work() as session:
        sweep.sweep(session)
    assert {one.state for (one,) in rows(sent).values()} == {DeliveryState.EXPIRED}
    assert api.http.post(f"/broadcasts/{sent}/resume").status_code == 409


def test_cancelling_says_why_and_whoever_had_it_still_hears_how_it_ended(api: Api) -> None:
    sent = alert(api)
    taken = held(sent)
    answer(taken[:4])
    answer(taken[4:], LATER)
    stopped = api.http.post(f"/broadcasts/{sent}/cancel", json={"reason": "Wrong street."})
    assert stopped.json()["status"] == "cancelled"
    whole = api.http.get(f"/incidents/{incident_of(sent).id}").json()
    assert [one["detail"] for one in whole["timeline"] if one["kind"] == "cancel"] == [
        "Wrong street."
    ]
    corrected = follow(api, sent, "correction", counts_as_feedback=True)
    assert set(rows(corrected)) == people(taken[:4])
    assert incident_of(sent).status is IncidentStatus.CLOSED


# Again, to those who did not get it


def again(api: Api, on: UUID, request_id: str = "again") -> httpx.Response:
    wanted = {"client_request_id": request_id}
    return api.http.post(f"/broadcasts/{on}/again", json=wanted)


def after_the_alert(api: Api) -> tuple[UUID, list[Claimed], list[Claimed]]:
    """An alert whose time has passed: who confirmed it, and who did not get it."""
    agree_on("haut-valdor", kinds={"urgent_alert": {"channels": ["sms", "voice"]}})
    sent = alert(api)
    taken = [one for one in held(sent) if one.channel is Channel.SMS]
    answer(taken)
    confirm(taken[3:])
    with unit_of_work() as session:
        receipts.fold(
            session,
            [
                Receipt(one.id, Channel.SMS, "undelivered", f"ID{one.id}", "30003", clock.now())
                for one in taken[:3]
            ],
        )
    at(3700)
    with unit_of_work() as session:
        sweep.sweep(session)
    return sent, taken[3:], taken[:3]


def test_it_is_sent_again_only_to_those_who_did_not_get_it(api: Api) -> None:
    sent, got_it, missed = after_the_alert(api)
    repeated = again(api, sent)
    assert repeated.status_code == 201, repeated.text
    assert repeated.json()["step"] == "again"
    second = made(repeated.json()["id"])
    assert people(missed) <= set(rows(second))
    assert not people(got_it) & set(rows(second))
    # One click is one message; nor does another person send it to them a second time.
    assert again(api, sent).json()["id"] == repeated.json()["id"]
    assert again(in_process.api(OFFICER), sent, "more").status_code == 409


def test_two_who_press_at_once_reach_nobody_twice(api: Api) -> None:
    sent, _got_it, missed = after_the_alert(api)
    one = again(api, sent).json()["id"]
    two = again(in_process.api(OFFICER), sent).json()["id"]
    first, second = made(one), made(two)
    assert people(missed) <= set(rows(first))
    assert rows(second) == {}


def test_whoever_got_it_at_the_second_try_hears_the_end_as_well(api: Api) -> None:
    sent, got_it, missed = after_the_alert(api)
    second = made(again(api, sent).json()["id"])
    reached = [one for one in held(second) if people([one]) <= people(missed)]
    answer(reached)
    ended = follow(api, sent, "all_clear")
    assert people(missed) | people(got_it) <= set(rows(ended))


def test_nobody_is_sent_it_again_while_he_is_still_being_tried(api: Api) -> None:
    sent = alert(api)
    answer(held(sent))
    assert again(api, sent).status_code == 409


def test_only_the_mail_of_a_danger_that_is_there_asks_to_look_out(api: Api) -> None:
    sent = alert(api)
    answer(held(sent))
    to = Claimed(1, 1, 1, False, Channel.EMAIL, Language.FRENCH, "x@demo.example", NOON)
    look_out = translate(
        Language.FRENCH, "Seen something? Call 101. Do not follow anyone, and stay safe."
    )
    asks = {}
    for step in ("update", "all_clear", "correction"):
        followed = follow(api, sent, step)
        with unit_of_work(read_only=True) as session:
            letter = rendering.letter_of(session, session.get_one(Broadcast, followed))
        asks[step] = look_out in rendering.mail(letter, to).text
    assert asks == {"update": True, "all_clear": False, "correction": False}
