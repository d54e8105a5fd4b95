"""A newcomer opens the demo: somebody has written, spoken, seen something and answered."""

import re

import pytest
from sqlmodel import select

from feedback.models import Survey, SurveyInvitation, SurveyStatus
from hub import demo
from hub.audit import first_broken_link
from hub.db import unit_of_work
from partnerships.models import Notice
from tests import in_process
from tests.citizens import words
from tests.conftest import Templates

pytestmark = pytest.mark.usefixtures("demo_zone")


@pytest.fixture
def alive(demo_zone: str) -> list[demo.DemoAccount]:
    with unit_of_work() as session:
        return demo.seed_life(session)


def test_the_inbox_holds_texts_sightings_and_a_voice_to_listen_to(
    alive: list[demo.DemoAccount], templates: Templates
) -> None:
    known = templates.accounts["mandated_officer"]
    officer = in_process.signed_in(known["email"], known["password"])
    page = officer.get("/inbox")
    shown = words(page)
    assert "1-XYZ-987" in shown
    assert "Voice message, 6 seconds" in shown
    assert "Unknown number" in shown
    assert "Pass on to the coordinator…" in shown
    [address] = re.findall(r'<audio[^>]* src="([^"]+)"', page.text)
    assert officer.get(address).content[:4] == b"RIFF"
    assert "Kerkstraat (fictief)" in words(officer.get("/sightings"))
    assert "How safe we feel" in words(officer.get("/surveys"))


def test_a_coordinator_sees_none_of_it_and_nothing_leaves(
    alive: list[demo.DemoAccount], templates: Templates
) -> None:
    known = templates.accounts["coordinator"]
    page = words(in_process.signed_in(known["email"], known["password"]).get("/"))
    assert "1-XYZ-987" not in page
    with unit_of_work(read_only=True) as session:
        assert session.exec(select(Notice)).all() == []
        survey = session.exec(select(Survey)).one()
        assert survey.status is SurveyStatus.CLOSED
        invited = session.exec(select(SurveyInvitation)).all()
        assert any(one.finished_at for one in invited)
        assert {one.response_id for one in invited} == {None}
        assert first_broken_link(session) is None


def test_a_peace_officer_and_a_service_worker_sign_in(alive: list[demo.DemoAccount]) -> None:
    assert [one.role for one in alive] == ["peace_officer", "service_worker"]
    for one in alive:
        page = in_process.signed_in(one.email, one.password or "").get("/")
        assert page.status_code == 200
        assert "Hello" in words(page)
