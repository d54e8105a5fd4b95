"""WhatsApp: off unless a police zone switches it on, and never for what is urgent."""

import json
from collections.abc import Sequence

import pytest
from sqlmodel import col, select
from typer.testing import CliRunner

from hub.audit import Decision
from hub.cli import app
from hub.config import settings
from hub.db import unit_of_work
from hub.errors import ConfigurationError, HubError
from messaging import audience
from messaging.audience import AudienceSummary
from messaging.models import COLD_KINDS, BroadcastKind
from partnerships.models import Channel, CommunicationPlan, PlanChannel

pytestmark = pytest.mark.usefixtures("demo_zone")

ZONE = "zone-valdor"
TEMPLATE = "HX" + "a" * 32


@pytest.fixture(autouse=True)
def _whatsapp_comes_first_in_every_plan(demo_zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_WHATSAPP_SENDER", "+32460000009")
    monkeypatch.setenv("HUB_WHATSAPP_CONTENT_SID", TEMPLATE)
    settings.cache_clear()
    with unit_of_work() as session:
        for plan in session.exec(select(CommunicationPlan)).all():
            for kind in BroadcastKind:
                session.add(
                    PlanChannel(
                        communication_plan_id=plan.id,
                        kind=kind,
                        channel=Channel.WHATSAPP,
                        position=0,
                    )
                )


def plans() -> Sequence[CommunicationPlan]:
    with unit_of_work(read_only=True) as session:
        return session.exec(select(CommunicationPlan)).all()


def reached(kind: BroadcastKind) -> AudienceSummary:
    with unit_of_work(read_only=True) as session:
        return audience.summary(session, audience.of_plans([one.id for one in plans()], kind))


def switch(*words: str) -> None:
    CliRunner().invoke(app, ["zone", "set", ZONE, *words], catch_exceptions=False)


def test_it_is_off_until_the_zone_switches_it_on_and_off_again() -> None:
    assert Channel.WHATSAPP not in reached(BroadcastKind.PREVENTION).by_channel
    switch("--whatsapp")
    assert reached(BroadcastKind.PREVENTION).by_channel[Channel.WHATSAPP] > 20
    switch("--no-whatsapp")
    assert Channel.WHATSAPP not in reached(BroadcastKind.PREVENTION).by_channel


@pytest.mark.parametrize("kind", list(BroadcastKind))
def test_only_what_may_wait_goes_that_way(kind: BroadcastKind) -> None:
    before = reached(kind).reached
    switch("--whatsapp")
    after = reached(kind)
    assert (Channel.WHATSAPP in after.by_channel) is (kind in COLD_KINDS)
    assert after.reached == before


def test_without_a_sender_or_a_template_nothing_goes_that_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    switch("--whatsapp")
    monkeypatch.delenv("HUB_WHATSAPP_CONTENT_SID")
    settings.cache_clear()
    assert Channel.WHATSAPP not in reached(BroadcastKind.PREVENTION).by_channel


def test_whoever_has_no_other_way_is_told_of_with_the_reason() -> None:
    with unit_of_work() as session:
        others = select(PlanChannel).where(
            PlanChannel.kind == BroadcastKind.PREVENTION,
            col(PlanChannel.channel) != Channel.WHATSAPP,
        )
        for one in session.exec(others):
            session.delete(one)
    told = reached(BroadcastKind.PREVENTION)
    assert told.reached == 0
    assert told.not_reached[audience.CHANNEL_OFF] > 20
    assert told.people == 40


def test_the_decision_is_written_down() -> None:
    switch("--whatsapp")
    with unit_of_work(read_only=True) as session:
        last = session.exec(select(Decision).order_by(col(Decision.number).desc())).first()
    assert last is not None
    assert (last.action, last.facts) == ("zone.allow_whatsapp", {"is_allowed": True})


def test_a_zone_that_is_not_there_is_named() -> None:
    with pytest.raises(HubError, match="no police zone"):
        CliRunner().invoke(app, ["zone", "set", "nowhere", "--whatsapp"], catch_exceptions=False)


def test_the_answer_can_be_read_by_a_script() -> None:
    told = CliRunner().invoke(app, ["zone", "set", ZONE, "--whatsapp", "--json"])
    assert json.loads(told.stdout) == {"zone": ZONE, "allows_whatsapp": True}


@pytest.mark.parametrize("wrong", ["PLP", "+0", "HX"])
def test_a_sender_that_cannot_be_one_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    monkeypatch.setenv("HUB_WHATSAPP_SENDER", wrong)
    settings.cache_clear()
    with pytest.raises(ConfigurationError) as refused:
        settings()
    assert refused.value.values["variable"] == "HUB_WHATSAPP_SENDER"
