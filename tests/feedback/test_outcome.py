"""Feedback: to whoever waits for it, once, and the incident closes when nobody does."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlmodel import Session

from feedback import outcome
from hub import clock
from hub.access import Actor
from hub.db import unit_of_work
from hub.errors import Conflict
from hub.i18n import Language
from messaging import broadcasts, deviations, drafts, fan_out, incidents
from messaging.models import Broadcast, BroadcastKind, Incident, IncidentStatus
from messaging.texts import Words
from partnerships import accounts
from tests import in_process
from tests.agreed_plans import agree_on
from tests.conftest import Templates

pytestmark = pytest.mark.usefixtures("demo_zone")

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
TEXTS = {one: Words("Subject", "Two arrests.", "Long") for one in Language if one != "en"}


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> None:
    clock.set_source(lambda: NOON)


def dispatcher(session: Session) -> Actor:
    account = accounts.by_email(session, "dispatcher@demo.example")
    assert account is not None
    return accounts.actor_for(session, account)


def incident_with_alerts(*partnerships: str) -> UUID:
    """An incident with one alert to each of these partnerships, all fanned out."""
    with unit_of_work() as session:
        actor = dispatcher(session)
        incident = incidents.open_incident(
            session, actor, phenomenon="cambriolage", place="rue Haute", facts_at=NOON
        )
        for slug in partnerships:
            draft = drafts.Draft(
                slug, BroadcastKind.URGENT_ALERT, TEXTS, [slug], incident_id=incident.id
            )
            alert = drafts.create(session, actor, draft)
            broadcasts.send(session, actor, alert)
            session.flush()
            fan_out.fan_out(session, alert.id)
    return incident.id


def give(incident_id: UUID, request_id: str) -> Broadcast:
    with unit_of_work() as session:
        incident = session.get_one(Incident, incident_id)
        return outcome.give_to_all(session, dispatcher(session), incident, TEXTS, request_id)


def fan_out_feedback(incident_id: UUID) -> None:
    with unit_of_work() as session:
        incident = session.get_one(Incident, incident_id)
        for one in incidents.broadcasts_of(session, incident):
            fan_out.fan_out(session, one.id)


def status(incident_id: UUID) -> IncidentStatus:
    with unit_of_work(read_only=True) as session:
        return session.get_one(Incident, incident_id).status


def test_an_incident_closes_only_once_feedback_is_on_its_way() -> None:
    incident_id = incident_with_alerts("haut-valdor")
    give(incident_id, "one")
    assert status(incident_id) is IncidentStatus.OPEN
    fan_out_feedback(incident_id)
    assert status(incident_id) is IncidentStatus.CLOSED


def test_every_alert_of_an_incident_gets_its_feedback() -> None:
    incident_id = incident_with_alerts("haut-valdor", "valdor-gare")
    give(incident_id, "one")
    with unit_of_work(read_only=True) as session:
        sent = incidents.broadcasts_of(session, session.get_one(Incident, incident_id))
        alerts = {one.id for one in sent if one.follows_id is None}
        assert {one.follows_id for one in sent if one.follows_id} == alerts
        assert len(alerts) == 2


def test_an_incident_stays_open_while_one_alert_waits() -> None:
    incident_id = incident_with_alerts("haut-valdor", "valdor-gare")
    with unit_of_work() as session:
        first = broadcasts.awaiting_feedback(session, incident_id)[0]
        outcome.give(session, dispatcher(session), first, TEXTS, "only the first")
    fan_out_feedback(incident_id)
    assert status(incident_id) is IncidentStatus.OPEN


def test_a_double_click_is_one_feedback() -> None:
    incident_id = incident_with_alerts("haut-valdor")
    assert give(incident_id, "one").id == give(incident_id, "one").id


def test_a_second_feedback_is_refused() -> None:
    incident_id = incident_with_alerts("haut-valdor")
    give(incident_id, "one")
    with pytest.raises(Conflict):
        give(incident_id, "two")


OFFICER_IS_AWAY = "The officer does not answer his telephone."


def only_the_officer() -> None:
    agree_on("haut-valdor", kinds={"feedback": {"sent_by": ["mandated_officer"]}})


def test_the_page_takes_a_reason_from_whoever_the_plan_does_not_name(
    templates: Templates,
) -> None:
    incident_id = incident_with_alerts("valdor-gare", "haut-valdor")
    only_the_officer()
    account = templates.accounts["dispatcher"]
    page = in_process.signed_in(account["email"], account["password"])
    where = f"/incidents/{incident_id}"
    assert "deviation_reason" not in page.get(where).text
    words = {f"{one}.{part}": "Two arrests." for one in TEXTS for part in ("subject", "short")}
    typed = {"languages": list(TEXTS), "form_id": "f", **words}
    for reason in ("", "Away"):
        refused = page.post(where, **typed, deviation_reason=reason)
        assert refused.status_code == 422
        assert 'name="deviation_reason"' in refused.text
        assert "Two arrests." in refused.text
        # Nor is it given to those of the other partnership.
        assert feedback_on(incident_id) == []
    assert "Say it in a few words more" in refused.text
    assert page.post(where, **typed, deviation_reason=OFFICER_IS_AWAY).status_code == 303
    fan_out_feedback(incident_id)
    assert status(incident_id) is IncidentStatus.CLOSED
    with unit_of_work(read_only=True) as session:
        said = [
            one.reason
            for sent in feedback_on(incident_id)
            for one in deviations.of_broadcast(session, sent.id)
        ]
    assert said == [OFFICER_IS_AWAY]


def test_the_api_takes_a_reason_from_whoever_the_plan_does_not_name() -> None:
    incident_id = incident_with_alerts("haut-valdor")
    only_the_officer()
    with unit_of_work(read_only=True) as session:
        (alert,) = broadcasts.awaiting_feedback(session, incident_id)
    api = in_process.api("dispatcher@demo.example").http
    said = {"subject": "Over", "short": "Two arrests."}
    wanted = {"texts": dict.fromkeys(TEXTS, said)}
    refused = api.post(f"/broadcasts/{alert.id}/feedback", json=wanted)
    assert refused.status_code == 422
    assert "deviation_reason" in refused.text
    assert "PLP Haut-Valdor" in refused.text
    given = api.post(
        f"/broadcasts/{alert.id}/feedback", json={**wanted, "deviation_reason": OFFICER_IS_AWAY}
    )
    assert given.status_code == 201
    assert [one["reason"] for one in given.json()["deviations"]] == [OFFICER_IS_AWAY]


def feedback_on(incident_id: UUID) -> list[Broadcast]:
    with unit_of_work(read_only=True) as session:
        sent = incidents.broadcasts_of(session, session.get_one(Incident, incident_id))
    return [one for one in sent if one.follows_id]
