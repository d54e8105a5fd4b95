"""Recap lists on a question or a complaint: by street, person, period and kind (R37)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from feedback import recap
from feedback.models import Report, ReportSource, ReportStatus
from feedback.report_checks import reporter_index
from hub import clock
from hub.access import Role
from hub.audit import Decision
from hub.db import unit_of_work
from partnerships import accounts, streets
from partnerships.models import Organisation
from tests import in_process
from tests.conftest import Templates

pytestmark = pytest.mark.usefixtures("demo_zone")

NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
PASSWORD = "four words that I remember"
PERIOD = {"since": "2026-01-01", "until": "2026-06-03"}


@pytest.fixture(autouse=True)
def _noon(demo_zone: str) -> None:
    clock.set_source(lambda: NOON)


def signed_in(templates: Templates, role: str = "mandated_officer", language: str = "en") -> Any:
    account = templates.accounts[role]
    return in_process.signed_in(account["email"], account["password"], language)


def peace_officer() -> Any:
    with unit_of_work() as session:
        town = session.exec(select(Organisation).where(Organisation.slug == "valdor")).one()
        made = accounts.create(session, email="w@hot.example", name="A warden", password=PASSWORD)
        accounts.appoint(session, made, Role.PEACE_OFFICER, town.id)
    return in_process.signed_in("w@hot.example", PASSWORD, "en")


def words(html: str) -> str:
    """What a reader sees, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\xa0", " ").split())


def reported(count: int = 1, *, days_ago: float = 3, street: str = "", **more: Any) -> list[UUID]:
    with unit_of_work() as session:
        town = session.exec(select(Organisation).where(Organisation.slug == "valdor")).one()
        last = session.exec(select(Report.number).order_by(col(Report.number).desc())).first() or 0
        facts = {
            "source": ReportSource.TELEPHONE,
            "category": "noise",
            "words": "A party every night.",
            "street": street,
            "street_index": streets.index_of(street) if street else None,
            "received_at": NOON - timedelta(days=days_ago),
        }
        made = [
            Report(municipality_id=town.id, number=last + 1 + number, **{**facts, **more})
            for number in range(count)
        ]
        session.add_all(made)
        session.flush()
        return [one.id for one in made]


def asked(visitor: Any, **wish: str) -> Any:
    return visitor.post("/recap", **{**PERIOD, **wish})


def records() -> list[Decision]:
    with unit_of_work() as session:
        kinds = col(Decision.action).startswith("recap.")
        return list(session.exec(select(Decision).where(kinds)))


def test_a_street_is_listed_however_it_is_spelled(templates: Templates) -> None:
    officer = signed_in(templates)
    (here,) = reported(street="Rue de l'Église", words="Bottles.")
    reported(street="Rue Haute", words="Another street.")
    answer = asked(officer, street="r. eglise")
    assert f'href="/reports/{here}"' in answer.text
    assert "Bottles." in answer.text
    assert "Another street." not in answer.text
    assert "Reports: 1" in words(answer.text)
    assert records() == [], "a street is nobody"


def test_what_one_person_reported_is_listed_and_the_question_is_on_record(
    templates: Templates,
) -> None:
    officer = signed_in(templates)
    reported(reporter_index=reporter_index("0471 99 00 01", ""), words="His own words.")
    reported(words="Somebody else's.")
    answer = asked(officer, person="+32 471 99 00 01")
    assert "His own words." in answer.text
    assert "Somebody else's." not in answer.text
    (record,) = records()
    assert record.action == "recap.person"
    assert "471" not in str(record.facts)


def test_a_peace_officer_looks_for_no_person_and_reads_nothing_confidential(
    templates: Templates,
) -> None:
    warden = peace_officer()
    reported(words="For everybody.")
    reported(words="Confidential words.", is_confidential=True)
    answer = asked(warden)
    assert "For everybody." in answer.text
    assert "Confidential words." not in answer.text
    assert "Reports: 1" in words(answer.text)
    assert "Reported from" not in answer.text
    refused = asked(warden, person="0471 99 00 01")
    assert refused.status_code == 422
    assert records() == []


@pytest.mark.parametrize("role", ["coordinator", "administrator"])
def test_whoever_reads_no_reports_gets_no_list(templates: Templates, role: str) -> None:
    reported(words="Secret words.")
    visitor = signed_in(templates, role)
    assert visitor.get("/recap").status_code == 403
    answer = asked(visitor)
    assert answer.status_code == 403
    assert "Secret words." not in answer.text


def test_counts_stand_by_category_and_month_and_merged_ones_count_once(
    templates: Templates,
) -> None:
    officer = signed_in(templates)
    reported(2, days_ago=40)
    reported(3, category="dumping")
    reported(4, status=ReportStatus.MERGED)
    seen = words(asked(officer).text)
    assert "Reports: 5" in seen
    assert "Illegal dumping 3 3 Noise 2 2 Total 2 3 5" in seen


def test_a_list_is_cut_by_period_category_service_and_source(templates: Templates) -> None:
    officer = signed_in(templates)
    reported(source=ReportSource.POST, words="By letter.")
    reported(category="dumping", words="Bags.")
    reported(days_ago=400, words="Long ago.")
    assert "Long ago." not in asked(officer).text
    assert "Long ago." in asked(officer, since="2025-01-01").text
    assert "Bags." not in asked(officer, source="post").text
    assert "By letter." not in asked(officer, category="dumping").text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("since", ""),
        ("since", "9999-12-31"),
        ("since", "0001-01-01"),
        ("since", "2019-01-01"),
        ("until", "2025-01-01"),
        ("until", "9999-12-31"),
        ("street", "x" * 121),
        ("street", "🚮"),
        ("person", "x" * 201),
    ],
)
def test_what_cannot_be_listed_is_named_beside_its_field_and_kept(
    templates: Templates, field: str, typed: str
) -> None:
    refused = asked(signed_in(templates), **{field: typed})
    assert refused.status_code == 422
    assert f'id="problem-{field}"' in refused.text
    assert typed in refused.text


def test_a_script_in_a_report_is_text_on_the_page_and_a_formula_is_none_in_the_file(
    templates: Templates,
) -> None:
    officer = signed_in(templates)
    reported(words="<script>alert(1)</script>")
    reported(words='=HYPERLINK("http://evil.example")', street="@cmd")
    assert "<script>alert" not in asked(officer).text
    file = asked(officer, **{"as": "file"})
    assert file.headers["content-type"].startswith("text/csv")
    assert "attachment" in file.headers["content-disposition"]
    cells = file.content.decode("utf-8-sig")
    assert "'=HYPERLINK" in cells
    assert ";'@cmd;" in cells
    assert [one.action for one in records()] == ["recap.take"]


def test_the_paper_says_who_made_it_when_and_of_what(templates: Templates) -> None:
    officer = signed_in(templates)
    reported(street="Rue Haute")
    seen = words(asked(officer, street="Rue Haute", category="noise", **{"as": "paper"}).text)
    assert "Made by Olivia Officier on 3 Jun 2026 12:00" in seen
    assert "Street Rue Haute" in seen
    assert "What it is about Noise" in seen
    assert "A party every night." in seen


def test_pages_follow_each_other_and_what_is_cut_says_so(
    templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = signed_in(templates)
    for number in range(60):
        reported(days_ago=number / 10, words=f"Words number {number}.")
    first = asked(officer).text
    assert "Reports: 60" in words(first)
    assert "Words number 49." in first
    assert "Words number 50." not in first
    onward = re.search(r'name="after" value="([^"]+)"', first)
    assert onward
    second = asked(officer, after=onward[1]).text
    assert "Words number 50." in second
    assert "Words number 49." not in second
    assert asked(officer, after="anything").status_code == 200
    monkeypatch.setattr(recap, "MOST_PRINTED", 10)
    assert "only the newest 10 are printed" in asked(officer, **{"as": "paper"}).text
    monkeypatch.setattr(recap, "MOST_IN_FILE", 20)
    monkeypatch.setattr(recap, "_AT_ONCE", 10)
    file = asked(officer, **{"as": "file"}).content.decode()
    assert "Words number 19." in file
    assert "Words number 20." not in file
    assert "Cut here: a file holds 20 reports at most." in file


@pytest.mark.parametrize("language", ["fr", "nl", "de"])
def test_the_pages_are_there_in_every_language(templates: Templates, language: str) -> None:
    reported(5, latitude=50.635, longitude=5.575)
    officer = signed_in(templates, language=language)
    for path in ("/recap", "/hot-spots", "/hot-spots/new", "/hot-spots/proposals"):
        assert officer.get(path).status_code == 200
    assert asked(officer).status_code == 200
