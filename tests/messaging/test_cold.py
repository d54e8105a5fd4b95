"""Writing what can wait: who may, to whom, in which words, when; and what the police read first."""

import io
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from reportlab.pdfgen.canvas import Canvas
from sqlmodel import col, select

from hub import clock
from hub.db import unit_of_work
from messaging import claims, fan_out, rendering
from messaging.models import (
    Broadcast,
    BroadcastStatus,
    ColdMessage,
    Delivery,
    DeliveryState,
)
from partnerships.models import Channel, Notice, PartnershipGroup
from tests import in_process
from tests.agreed_plans import agree_on
from tests.conftest import Templates
from workers import timetable

pytestmark = pytest.mark.usefixtures("demo_zone")

OFFICER, COORDINATOR = "officer@demo.example", "coordinator@demo.example"
PREVENTION, DISPATCHER = "prevention@demo.example", "dispatcher@demo.example"
BOTH = ["haut-valdor", "valdor-gare"]
# A Wednesday noon and a Saturday evening in Belgium, and the Monday morning after it.
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
SATURDAY_EVENING = datetime(2026, 6, 6, 19, 0, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 6, 8, 6, 0, tzinfo=UTC)
WORDS = {
    language: {"subject": f"Subject {language}", "short": f"Short {language}", "long": "Long"}
    for language in ("fr", "nl", "de")
}
WITHOUT_RELAY = {"prevention": {"needs_relay": False}}


def at(moment: datetime) -> None:
    clock.set_source(lambda: moment)


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> None:
    at(NOON)


def write(by: str = OFFICER, **changes: Any) -> httpx.Response:
    wanted = {
        "client_request_id": "one",
        "kind": "prevention",
        "topic": "dark_days",
        "partnerships": BOTH,
        "texts": WORDS,
    }
    return in_process.api(by).http.post("/cold-messages", json={**wanted, **changes})


def written(by: str = OFFICER, **changes: Any) -> str:
    """A draft; its address."""
    answer = write(by, **changes)
    assert answer.status_code == 201, answer.text
    return f"/cold-messages/{answer.json()['id']}"


def release(message: str, by: str = OFFICER) -> dict[str, Any]:
    answer = in_process.api(by).http.post(f"{message}/release")
    assert answer.status_code == 202, answer.text
    told: dict[str, Any] = answer.json()
    return told


def fields(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 422, answer.text
    return {one["field"] for one in answer.json()["errors"]}


def states(told: dict[str, Any]) -> dict[str, str]:
    return {one["partnership"]: one["state"] for one in told["relays"]}


def leave() -> None:
    with unit_of_work(read_only=True) as session:
        released = session.exec(
            select(Broadcast.id).where(Broadcast.status == BroadcastStatus.RELEASED)
        ).all()
    for broadcast_id in released:
        with unit_of_work() as session:
            fan_out.fan_out(session, broadcast_id)


def rows() -> list[Delivery]:
    with unit_of_work(read_only=True) as session:
        return list(session.exec(select(Delivery).order_by(col(Delivery.id))))


def mails(kind: str) -> Counter[str]:
    with unit_of_work(read_only=True) as session:
        return Counter(session.exec(select(Notice.to).where(Notice.kind == kind)).all())


def signed_in(templates: Templates, role: str) -> Any:
    account = templates.accounts[role]
    return in_process.signed_in(account["email"], account["password"])


# Who writes, and what


def test_every_mistake_is_named_at_once_and_nothing_is_stored() -> None:
    refused = write(
        kind="modus_operandi",
        topic=None,
        partnerships=["haut-valdor", "nowhere"],
        texts={"fr": {**WORDS["fr"], "subject": " ", "places": "x" * 601}},
        leaves_at="2026-06-01T10:00:00Z",
    )
    assert fields(refused) == {
        "partnerships.1",
        "phenomenon",
        "leaves_at",
        "texts.nl",
        "texts.de",
        "texts.fr.subject",
        "texts.fr.how",
        "texts.fr.advice",
        "texts.fr.places",
    }
    with unit_of_work(read_only=True) as session:
        assert session.exec(select(ColdMessage)).all() == []


def test_the_same_request_is_the_same_message() -> None:
    assert written() == written()


def test_an_alert_is_not_written_here() -> None:
    assert fields(write(kind="urgent_alert")) == {"kind"}


def test_the_prevention_officer_writes_to_his_municipality_where_the_plan_names_him() -> None:
    told = release(written(PREVENTION, partnerships=[], everywhere=True), by=PREVENTION)
    assert set(states(told)) == set(BOTH)
    agree_on("valdor-gare", kinds={"prevention": {"sent_by": ["mandated_officer"]}})
    refused = write(PREVENTION, client_request_id="two")
    assert fields(refused) == {"partnerships.valdor-gare"}


def test_a_group_is_chosen_by_its_name() -> None:
    with unit_of_work(read_only=True) as session:
        group = session.exec(select(PartnershipGroup.slug)).one()
    told = in_process.api(OFFICER).http.get(written(partnerships=[], group=group)).json()
    assert set(states(told)) == set(BOTH)


def test_a_dispatcher_reads_and_does_not_write() -> None:
    assert write(DISPATCHER).status_code == 403
    message = written()
    assert in_process.api(DISPATCHER).http.get(message).status_code == 200


def test_a_coordinator_sees_no_draft_of_the_police_and_changes_nothing_of_theirs() -> None:
    message = written()
    coordinator = in_process.api(COORDINATOR).http
    assert coordinator.get(message).status_code == 404
    release(message)
    assert coordinator.post(f"{message}/withdraw").status_code == 403
    # Of other partnerships he is told nothing.
    assert set(states(coordinator.get(message).json())) == {"haut-valdor"}


# Leaving


def test_where_the_plan_asks_no_coordinator_it_leaves_at_once() -> None:
    agree_on("valdor-gare", kinds=WITHOUT_RELAY)
    told = release(written())
    assert states(told) == {"haut-valdor": "waiting", "valdor-gare": "direct"}
    assert mails("relay_asked") == Counter([COORDINATOR])
    leave()
    assert len(rows()) == 20


def test_what_leaves_straight_to_many_waits_for_a_second_person() -> None:
    agree_on("valdor-gare", kinds=WITHOUT_RELAY, second_person_above=5)
    told = release(written(partnerships=["valdor-gare"]))
    officer = in_process.api(OFFICER).http
    assert officer.get(f"/broadcasts/{told['broadcasts'][0]}").json()["status"] == (
        "awaiting_approval"
    )
    leave()
    assert rows() == []


def test_the_officer_withdraws_what_the_prevention_officer_wrote_and_not_the_other_way() -> None:
    police, town = written(), written(PREVENTION)
    prevention, officer = in_process.api(PREVENTION).http, in_process.api(OFFICER).http
    assert prevention.get(police).status_code == 200
    assert prevention.post(f"{police}/withdraw").status_code == 403
    assert officer.post(f"{town}/withdraw").json()["status"] == "withdrawn"
    assert {one["status"] for one in officer.get("/cold-messages").json()} == {
        "draft",
        "withdrawn",
    }


def test_releasing_twice_is_releasing_once() -> None:
    agree_on("valdor-gare", kinds=WITHOUT_RELAY)
    message = written()
    assert release(message)["broadcasts"] == release(message)["broadcasts"]
    assert mails("relay_asked") == Counter([COORDINATOR])


def test_what_is_planned_leaves_at_its_moment_once() -> None:
    agree_on("valdor-gare", kinds=WITHOUT_RELAY)
    moment = NOON + timedelta(days=2)
    told = release(written(leaves_at=moment.isoformat()))
    assert told["status"] == "scheduled"
    timetable.release_what_is_due()
    assert mails("relay_asked") == Counter()
    at(moment)
    for _look in range(2):
        timetable.release_what_is_due()
    assert mails("relay_asked") == Counter([COORDINATOR])
    leave()
    assert len(rows()) == 20


def test_a_weekend_and_its_hours_are_kept_and_shown(templates: Templates) -> None:
    agree_on("valdor-gare", kinds=WITHOUT_RELAY)
    message = written(leaves_at=SATURDAY_EVENING.isoformat(), partnerships=["valdor-gare"])
    release(message)
    at(SATURDAY_EVENING)
    timetable.release_what_is_due()
    leave()
    assert {one.not_before for one in rows() if one.reason is None} == {MONDAY_MORNING}
    calendar = signed_in(templates, "mandated_officer").get("/cold?month=2026-06").text
    assert "Saturday 6 June" in calendar
    assert "8 Jun 2026 08:00" in calendar
    empty = signed_in(templates, "mandated_officer").get("/cold?month=2026-07").text
    assert "Nothing is planned" in empty


def stop(broadcast_id: UUID) -> None:
    answer = in_process.api(OFFICER).http.post(f"/broadcasts/{broadcast_id}/cancel")
    assert answer.status_code == 200, answer.text


def passed_on_by_the_coordinator() -> UUID:
    """Now, to his members; their rows are made."""
    coordinator = in_process.api(COORDINATOR).http
    (asked,) = coordinator.get("/relays").json()
    assert coordinator.post(f"/relays/{asked['id']}/relay", json={}).status_code == 202
    with unit_of_work(read_only=True) as session:
        released = select(Broadcast.id).where(Broadcast.status == BroadcastStatus.RELEASED)
        broadcast_id = session.exec(released).one()
    leave()
    return broadcast_id


def copies(broadcast_id: UUID) -> Counter[tuple[DeliveryState, str | None]]:
    return Counter((one.state, one.reason) for one in rows() if one.broadcast_id == broadcast_id)


def test_a_copy_that_was_stopped_before_it_left_keeps_nobody_from_the_other() -> None:
    agree_on("valdor-gare", kinds=WITHOUT_RELAY)
    release(written())
    leave()
    direct = rows()[0].broadcast_id
    relayed = passed_on_by_the_coordinator()
    twice = copies(relayed)[DeliveryState.SKIPPED, "got_it_elsewhere"]
    waiting = copies(relayed)[DeliveryState.QUEUED, None]
    assert twice
    # One of them has it by then, and gets no second copy.
    both = [one.person_id for one in rows() if one.reason == "got_it_elsewhere"]
    with unit_of_work() as session:
        its = select(Delivery).where(
            Delivery.broadcast_id == direct, col(Delivery.person_id) == both[0]
        )
        has_it = session.exec(its).one()
        has_it.state = DeliveryState.DELIVERED
        session.add(has_it)
        # All others have theirs: that broadcast is over.
        over = session.get_one(Broadcast, relayed)
        over.status, over.finished_at = BroadcastStatus.FINISHED, NOON
        session.add(over)
    stop(direct)
    assert copies(relayed)[DeliveryState.SKIPPED, "got_it_elsewhere"] == 1
    assert copies(relayed)[DeliveryState.QUEUED, None] == waiting + twice - 1
    with unit_of_work(read_only=True) as session:
        assert session.get_one(Broadcast, relayed).status is BroadcastStatus.SENDING


def test_a_copy_that_is_too_late_to_leave_is_none() -> None:
    agree_on("valdor-gare", kinds=WITHOUT_RELAY)
    release(written())
    leave()
    with unit_of_work() as session:
        direct = session.exec(select(Broadcast)).one()
        direct.expires_at = NOON
        session.add(direct)
    relayed = passed_on_by_the_coordinator()
    assert (DeliveryState.SKIPPED, "got_it_elsewhere") not in copies(relayed)


def test_what_nobody_has_passed_on_may_be_withdrawn() -> None:
    agree_on("valdor-gare", kinds=WITHOUT_RELAY)
    message = written()
    release(message)
    officer = in_process.api(OFFICER).http
    told = officer.post(f"{message}/withdraw").json()
    assert states(told) == {"haut-valdor": "withdrawn", "valdor-gare": "direct"}
    assert told["status"] == "withdrawn"
    coordinator = in_process.api(COORDINATOR).http
    (asked,) = coordinator.get("/relays").json()
    late = coordinator.post(f"/relays/{asked['id']}/relay", json={})
    assert late.status_code == 409
    assert "retiré" in late.json()["detail"]
    # The words of what was released are settled.
    changed = officer.put(message, json={**_as_written(), "client_request_id": "one"})
    assert changed.status_code == 409


def _as_written() -> dict[str, Any]:
    return {"kind": "prevention", "topic": "theft", "partnerships": BOTH, "texts": WORDS}


# What a coordinator writes himself


def own(**changes: Any) -> str:
    return written(COORDINATOR, partnerships=["haut-valdor"], kind="information", **changes)


def test_the_police_read_what_a_coordinator_writes_and_may_send_it_back() -> None:
    message = own()
    assert release(message, by=COORDINATOR)["status"] == "awaiting_review"
    assert mails("cold_review") == Counter([OFFICER])
    officer, coordinator = in_process.api(OFFICER).http, in_process.api(COORDINATOR).http
    read = {"seal": officer.get(message).json()["seal"]}
    assert coordinator.post(f"{message}/approve", json=read).status_code == 403
    assert in_process.api(PREVENTION).http.post(f"{message}/approve", json=read).status_code == 403
    assert fields(officer.post(f"{message}/send-back", json={"remark": ""})) == {"remark"}
    told = officer.post(f"{message}/send-back", json={"remark": "No names, please."}).json()
    assert told["status"] == "sent_back"
    assert mails("cold_sent_back") == Counter([COORDINATOR])
    assert coordinator.get(message).json()["review_remark"] == "No names, please."
    theirs = officer.put(message, json={**_as_written(), "client_request_id": "one"})
    assert theirs.status_code == 403
    better = {**_as_written(), "partnerships": ["haut-valdor"], "client_request_id": "one"}
    assert coordinator.put(message, json=better).status_code == 200
    release(message, by=COORDINATOR)
    late = officer.post(f"{message}/approve", json=read)
    assert late.status_code == 409, "he has not read what is written now"
    read = {"seal": officer.get(message).json()["seal"]}
    told = officer.post(f"{message}/approve", json=read).json()
    assert (told["status"], states(told)) == ("released", {"haut-valdor": "direct"})
    leave()
    assert len(rows()) == 24


def test_whoever_sent_it_back_has_not_read_what_is_written_after_it() -> None:
    message = own()
    release(message, by=COORDINATOR)
    officer, coordinator = in_process.api(OFFICER).http, in_process.api(COORDINATOR).http
    officer.post(f"{message}/send-back", json={"remark": "No names, please."})
    better = {**_as_written(), "partnerships": ["haut-valdor"], "client_request_id": "one"}
    assert coordinator.put(message, json=better).status_code == 200
    assert reviewer() is None
    # Nor is he the second person when nobody need read it any more.
    release(message, by=COORDINATOR)
    officer.post(f"{message}/send-back", json={"remark": "No streets, please."})
    agree_on("haut-valdor", reviews_coordinator=False)
    assert release(message, by=COORDINATOR)["status"] == "released"
    assert reviewer() is None


def reviewer() -> object:
    with unit_of_work(read_only=True) as session:
        return session.exec(select(ColdMessage.reviewed_by)).one()


def test_it_leaves_at_once_where_the_plan_trusts_him() -> None:
    agree_on("haut-valdor", reviews_coordinator=False)
    assert release(own(), by=COORDINATOR)["status"] == "released"
    assert mails("cold_review") == Counter()


def test_a_coordinator_gives_advice_and_does_not_speak_for_the_police() -> None:
    refused = write(
        COORDINATOR,
        kind="increase_warning",
        phenomenon="cambriolage",
        partnerships=["haut-valdor"],
    )
    assert fields(refused) == {"kind"}
    assert fields(write(COORDINATOR, partnerships=["valdor-gare"])) == {"partnerships.0"}


# Papers


def pdf() -> bytes:
    paper = io.BytesIO()
    sheet = Canvas(paper, invariant=True)
    sheet.drawString(72, 740, "Faux releveurs")
    sheet.save()
    return paper.getvalue()


def test_a_pdf_is_opened_from_the_mail_by_an_address_nobody_can_guess() -> None:
    agree_on("haut-valdor", kinds=WITHOUT_RELAY)
    message = written(partnerships=["haut-valdor"])
    officer = in_process.api(OFFICER).http
    for _again in range(2):
        kept = officer.post(f"{message}/papers", files={"file": ("avis.pdf", pdf())})
        assert kept.status_code == 201, kept.text
    (paper,) = kept.json()["papers"]
    assert (paper["file_name"], paper["pages"]) == ("avis.pdf", 1)
    release(message)
    leave()
    with unit_of_work() as session:
        broadcast = session.exec(select(Broadcast)).one()
        letter = rendering.letter_of(session, broadcast)
        claimed, *_others = claims.claim(session, broadcast, 0, Channel.EMAIL, 10)
    mail = rendering.mail(letter, claimed)
    assert paper["address"] in mail.text
    assert f'href="{paper["address"]}"' in mail.html
    anybody = in_process.client()
    opened = anybody.get(paper["address"])
    assert opened.content == pdf()
    assert opened.headers["content-disposition"].startswith("attachment")
    other = "x" if paper["address"][-1] != "x" else "y"
    assert anybody.get(paper["address"][:-1] + other).status_code == 404
    assert anybody.get(f"/papers/{paper['id']}").status_code == 404
    refused = officer.post(f"{message}/papers", files={"file": ("late.pdf", pdf())})
    assert refused.status_code == 409


@pytest.mark.parametrize("content", [b"", b"not a PDF", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7 broken"])
def test_what_is_no_pdf_is_refused_with_a_sentence(content: bytes) -> None:
    message = written()
    officer = in_process.api(OFFICER).http
    refused = officer.post(f"{message}/papers", files={"file": ("photo.pdf", content)})
    assert fields(refused) == {"file"}


# The pages


def test_a_form_that_is_refused_keeps_what_was_typed(templates: Templates) -> None:
    page = signed_in(templates, "mandated_officer")
    typed = {
        "kind": "modus_operandi",
        "form_id": "f",
        "languages": ["fr", "nl", "de"],
        "partnerships": "haut-valdor",
        "fr.subject": "Faux releveurs",
        "fr.how": "Deux hommes",
        "leaves_at": "yesterday",
    }
    refused = page.post("/cold", **typed)
    assert refused.status_code == 422
    assert 'value="Faux releveurs"' in refused.text
    typed["leaves_at"] = ""
    refused = page.post("/cold", **typed)
    assert refused.status_code == 422
    for field in ("phenomenon", "texts.fr.short", "texts.fr.advice", "texts.nl", "texts.de"):
        assert f'id="problem-{field}"' in refused.text, field
    assert "Deux hommes" in refused.text


def test_the_form_leads_to_the_message_as_members_read_it(templates: Templates) -> None:
    page = signed_in(templates, "mandated_officer")
    typed: dict[str, Any] = {
        "kind": "modus_operandi",
        "phenomenon": "cambriolage",
        "form_id": "f",
        "languages": ["fr", "nl", "de"],
        "partnerships": BOTH,
    }
    for code in ("fr", "nl", "de"):
        for part in ("subject", "short", "how", "advice", "passage"):
            typed[f"{code}.{part}"] = f"{part} {code}"
    there = page.post("/cold", **typed).headers["location"]
    shown = page.get(there).text
    assert "Comment ils procèdent" in shown
    assert "how fr" in shown
    assert "39" in shown
    assert page.post(f"{there}/release").headers["location"] == there
    assert "Waits for an answer" in page.get(there).text
    assert "how fr" not in page.get(f"{there}/edit").text
