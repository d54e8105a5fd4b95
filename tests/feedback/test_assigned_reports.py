"""Whoever is given a report hears of it by mail; machines add its photos and papers."""

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from hub import clock
from hub.db import unit_of_work
from hub.i18n import Language
from hub.roles import Role
from partnerships import accounts
from partnerships.models import Notice
from tests import in_process
from tests.conftest import Templates
from tests.feedback.test_reports import (
    NOON,
    PEACE,
    PREVENTION,
    entered,
    paper,
    photo,
    staff,
    visitor,
)
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> None:
    clock.set_source(lambda: NOON)


@pytest.fixture
def officer(templates: Templates) -> Visitor:
    return visitor(templates, "prevention_officer")


@pytest.fixture
def colleague() -> UUID:
    staff(PEACE, Role.PEACE_OFFICER)
    with unit_of_work() as session:
        account = accounts.by_email(session, PEACE)
        assert account
        account.language = Language.GERMAN
        session.add(account)
        return account.id


def mails() -> list[Notice]:
    with unit_of_work(read_only=True) as session:
        wanted = select(Notice).where(Notice.kind == "report_assigned")
        return list(session.exec(wanted))


def follow(who: Visitor, path: str, version: int, **fields: Any) -> None:
    given = who.post(f"{path}/follow", version=str(version), form="course", **fields)
    assert given.status_code == 303, given.text


def test_whoever_is_given_a_report_gets_one_mail_in_his_language_without_its_words(
    officer: Visitor, colleague: UUID
) -> None:
    path = entered(officer, words="A very secret sofa", street="Rue Fictive")
    assert not mails()
    given = {"assigned_to": str(colleague), "due_on": "2026-06-12"}
    follow(officer, path, 1, status="in_hand", **given)
    # What changes afterwards tells him nothing new.
    follow(officer, path, 2, status="waiting", **given)
    (mail,) = mails()
    assert (mail.to, mail.language) == (PEACE, Language.GERMAN)
    assert mail.subject == "Meldung 1: bitte kümmern Sie sich darum"
    assert path in mail.body
    assert "12. Juni 2026" in mail.body
    assert "sofa" not in mail.body + mail.subject
    assert "Fictive" not in mail.body


def test_whoever_takes_a_report_himself_needs_no_mail(officer: Visitor) -> None:
    path = entered(officer)
    with unit_of_work(read_only=True) as session:
        me = accounts.by_email(session, PREVENTION)
        assert me
    follow(officer, path, 1, status="in_hand", assigned_to=str(me.id))
    assert not mails()


def test_a_report_that_is_given_as_it_is_written_down_is_told_too(
    officer: Visitor, colleague: UUID
) -> None:
    entered(officer, assigned_to=str(colleague))
    assert [one.to for one in mails()] == [PEACE]


def test_a_machine_adds_a_photo_and_a_paper_and_what_is_neither_is_refused(
    officer: Visitor,
) -> None:
    path = entered(officer)
    api = in_process.api(PREVENTION).http
    made = api.post(f"{path}/attachments", files={"file": ("IMG_1.jpg", photo())})
    assert made.status_code == 201, made.text
    assert made.json()["media_type"] == "image/jpeg"
    again = api.post(f"{path}/attachments", files={"file": ("again.jpg", photo())})
    assert again.json()["id"] == made.json()["id"], "the very same is kept once"
    assert api.post(f"{path}/attachments", files={"file": ("l.pdf", paper())}).status_code == 201
    refused = api.post(f"{path}/attachments", files={"file": ("x.jpg", b"MZ no picture")})
    assert refused.status_code == 422
    assert "file" in refused.text
    kept = api.get(path).json()["attachments"]
    assert [one["media_type"] for one in kept] == ["image/jpeg", "application/pdf"]
    assert api.get(f"{path}/attachments/{kept[1]['id']}").content == paper()
