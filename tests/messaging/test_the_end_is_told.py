"""Once feedback on an alert is released, nobody hears the alert any more; whoever heard it is told
how it ended."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select

from channels.contract import Accepted, Meaning, Refused, Result, Unclear
from hub import clock
from hub.db import unit_of_work
from hub.i18n import Language
from hub.security import signed_reference
from messaging import claims, escalation, fan_out, outcomes, receipts, sweep, webhooks
from messaging.claims import Claimed
from messaging.models import (
    Broadcast,
    BroadcastStatus,
    Delivery,
    DeliveryState,
    Incident,
    IncidentStatus,
)
from messaging.rendering import DELIVERY_TOKEN
from partnerships.models import Channel
from tests import in_process
from tests.agreed_plans import agree_on
from tests.conftest import Templates
from tests.running_hub import Api

pytestmark = pytest.mark.usefixtures("demo_zone")

NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
OUTCOME = {
    language: {"subject": "It is over", "short": "Two people were arrested.", "long": "It is over."}
    for language in Language
    if language != "en"
}
LATER = Refused(Meaning.RETRY, "busy")


@pytest.fixture
def api(demo_zone: str) -> Api:
    at(0)
    return in_process.api("dispatcher@demo.example")


def at(seconds: float) -> None:
    moment = NOON + timedelta(seconds=seconds)
    clock.set_source(lambda: moment)


def made(sent: str) -> UUID:
    """Its rows are there."""
    with unit_of_work() as session:
        fan_out.fan_out(session, UUID(sent))
    return UUID(sent)


def alert(api: Api) -> UUID:
    return made(api.send("haut-valdor", incident_id=api.incident()["id"]))


def feedback(api: Api, on: UUID) -> UUID:
    """Given by the real door."""
    given = api.http.post(f"/broadcasts/{on}/feedback", json={"texts": OUTCOME})
    assert given.status_code == 201, given.text
    return made(given.json()["id"])


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
    """The carrier's answer to each."""
    ends = NOON + timedelta(hours=1)
    with unit_of_work() as session:
        outcomes.record(
            session,
            [outcomes.outcome_of(one, result or Accepted(f"ID{one.id}"), ends) for one in taken],
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


def test_who_has_not_got_the_alert_yet_hears_neither_it_nor_its_end(api: Api) -> None:
    sent = alert(api)
    taken = held(sent)
    answer(taken[:10])
    answer(taken[10:], LATER)
    assert len(taken) > 12
    ended = feedback(api, sent)
    by_person = rows(sent)
    got_it = {person for person, (one,) in by_person.items() if one.carrier_id}
    waited = [one for (one,) in by_person.values() if not one.carrier_id]
    assert {(one.state, one.reason) for one in waited} == {(DeliveryState.CANCELLED, "end_told")}
    assert len(got_it) == 10
    assert set(rows(ended)) == got_it
    at(600)
    assert held(sent) == []


def test_whoever_is_in_doubt_counts_as_having_got_it_and_is_not_tried_again(api: Api) -> None:
    sent = alert(api)
    sending, unclear, refused, *others = held(sent)
    answer(others)
    answer([unclear], Unclear("cut_off"))
    ended = feedback(api, sent)
    assert len(rows(ended)) == len(others) + 3
    # A worker brings back what it held then: it does not leave any more.
    answer([sending, refused], LATER)
    at(60)
    assert held(sent) == []
    ends = {one.id: one for (one,) in rows(sent).values()}
    for brought_back in (sending, refused):
        row = ends[brought_back.id]
        assert (row.state, row.reason) == (DeliveryState.CANCELLED, "end_told")
    # And their feedback waits for nothing any more.
    assert len(held(ended)) == len(others) + 3


def test_the_sweep_ends_what_is_brought_back_before_it_is_due(api: Api) -> None:
    sent = alert(api)
    first, *others = held(sent)
    answer(others)
    feedback(api, sent)
    answer([first], Refused(Meaning.RETRY, "busy", retry_after=900))
    with unit_of_work() as session:
        sweep.sweep(session)
    assert {one.reason for (one,) in rows(sent).values() if one.id == first.id} == {"end_told"}


def test_nobody_is_called_with_an_alert_whose_end_was_told(api: Api) -> None:
    agree_on("haut-valdor", kinds={"urgent_alert": {"channels": ["sms", "voice"]}})
    sent = alert(api)
    taken = held(sent)
    answer(taken[1:])
    # His operator refuses the number: without feedback, he would be called next.
    answer(taken[:1], Refused(Meaning.STOP_POINT, "21211"))
    ended = feedback(api, sent)
    at(600)
    with unit_of_work() as session:
        assert sent not in escalation.in_need(session)
        assert not escalation.escalate(session, sent)
    assert {len(one) for one in rows(sent).values()} == {1}
    assert len(rows(ended)) == len(taken) - 1


def test_an_alert_whose_end_was_told_finishes(api: Api) -> None:
    sent = alert(api)
    taken = held(sent)
    answer(taken, Refused(Meaning.STOP_POINT, "21211"))
    feedback(api, sent)
    with unit_of_work() as session:
        sweep.sweep(session)
        assert session.get_one(Broadcast, sent).status is BroadcastStatus.FINISHED


# Feedback that is cancelled


def incident_of(alert_id: UUID) -> Incident:
    with unit_of_work(read_only=True) as session:
        return session.get_one(Incident, session.get_one(Broadcast, alert_id).incident_id)


def given(api: Api, on: UUID) -> UUID:
    """Without its rows."""
    answer = api.http.post(f"/broadcasts/{on}/feedback", json={"texts": OUTCOME})
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


def cancelled(api: Api, sent: UUID) -> int:
    return api.http.post(f"/broadcasts/{sent}/cancel").status_code


def test_feedback_cancelled_before_anybody_got_it_is_given_again(
    api: Api, templates: Templates
) -> None:
    sent = alert(api)
    answer(held(sent))
    first = given(api, sent)
    assert cancelled(api, first) == 200
    with unit_of_work() as session:
        fan_out.fan_out(session, first)
    assert rows(first) == {}
    account = templates.accounts["dispatcher"]
    page = in_process.signed_in(account["email"], account["password"])
    incident = incident_of(sent)
    typed = {f"{code}.{part}": said for code, one in OUTCOME.items() for part, said in one.items()}
    again = page.post(f"/incidents/{incident.id}", languages=list(OUTCOME), form_id="f", **typed)
    assert again.status_code == 303, again.text
    second = made(again.headers["location"].rpartition("/")[2])
    assert set(rows(second)) == set(rows(sent))
    assert incident_of(sent).status is IncidentStatus.CLOSED


def test_feedback_cancelled_on_its_way_opens_the_incident_again(api: Api) -> None:
    sent = alert(api)
    one, *others = held(sent)
    answer(others)
    ended = feedback(api, sent)
    assert incident_of(sent).status is IncidentStatus.CLOSED
    assert cancelled(api, ended) == 200
    assert (incident_of(sent).status, incident_of(sent).closed_at) == (IncidentStatus.OPEN, None)
    # The alert does not come back: its time has passed.
    answer([one], LATER)
    at(600)
    assert held(sent) == []
    another = given(api, sent)
    assert another != ended
    made(str(another))
    assert set(rows(another)) == set(rows(sent)) - {
        person for person, (row,) in rows(sent).items() if row.id == one.id
    }
    assert incident_of(sent).status is IncidentStatus.CLOSED


def test_feedback_that_has_left_to_everybody_stands(api: Api) -> None:
    sent = alert(api)
    answer(held(sent))
    ended = feedback(api, sent)
    answer(held(ended))
    assert cancelled(api, ended) == 409
    assert incident_of(sent).status is IncidentStatus.CLOSED


def test_an_alert_that_was_cancelled_on_its_way_gets_its_feedback(api: Api) -> None:
    """One that was cancelled before that has nobody to be told, and keeps no incident open."""
    sent = alert(api)
    answer(held(sent)[:5])
    assert cancelled(api, sent) == 200
    incident = incident_of(sent)
    never = api.send("valdor-gare", incident_id=str(incident.id), client_request_id="never")
    assert cancelled(api, UUID(never)) == 200
    feedback(api, sent)
    assert incident_of(sent).status is IncidentStatus.CLOSED


# Calls that were heard


@pytest.mark.parametrize("answered_by", ["machine_start", "human"])
def test_whoever_may_have_heard_the_call_is_told_how_it_ended(api: Api, answered_by: str) -> None:
    """The machine keeps the message; who hung up heard it begin."""
    agree_on("haut-valdor", kinds={"urgent_alert": {"channels": ["voice"]}})
    sent = alert(api)
    heard, busy, *others = held(sent)
    answer([heard, busy, *others])
    by_voice(heard, "completed", answered_by)
    by_voice(busy, "busy")
    ended = feedback(api, sent)
    people = {one.id: person for person, (one, *_more) in rows(sent).items()}
    assert people[heard.id] in rows(ended)
    assert people[busy.id] not in rows(ended)
    assert len(rows(ended)) == len(others) + 1


def by_voice(taken: Claimed, status: str, answered_by: str = "") -> None:
    """What the carrier says of a call, read as at its door."""
    token = signed_reference(DELIVERY_TOKEN, taken.id)
    form = {"CallStatus": status, "CallSid": f"ID{taken.id}", "AnsweredBy": answered_by}
    with unit_of_work() as session:
        receipts.fold(session, [webhooks.receipt_in(Channel.VOICE, token, form)])
