"""Facts counted week by week: typed, from a list, by a program; and the hint that comes of them."""

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from sqlmodel import col, select

from hub import clock
from hub.access import Role
from hub.audit import Decision
from hub.db import unit_of_work
from partnerships import accounts
from partnerships.models import Organisation
from plan.models import ContextCount
from plan.rises import weeks
from plan.rises.judging import judge
from plan.rises.rule import Level
from plan.rises.weeks import Week
from tests import in_process
from tests.conftest import Templates

pytestmark = pytest.mark.usefixtures("demo_zone")

# A Wednesday noon in Belgium: the last complete week is 2026-W22.
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
LAST = Week(2026, 22)
BURGLARY, BICYCLES = "cambriolage", "vol-de-velo"
TOWN = "zone-valdor/valdor"
USUAL = (6, 4, 7, 5, 8, 6, 5, 3, 7, 6, 4, 5)


@pytest.fixture(autouse=True)
def _noon(demo_zone: str) -> None:
    clock.set_source(lambda: NOON)


def signed_in(templates: Templates, role: str = "mandated_officer") -> Any:
    account = templates.accounts[role]
    return in_process.signed_in(account["email"], account["password"], "en")


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\xa0", " ").split())


def kept(phenomenon: str = BURGLARY) -> list[tuple[str, str, int, int, str]]:
    with unit_of_work(read_only=True) as session:
        rows = session.exec(
            select(ContextCount)
            .where(ContextCount.phenomenon == phenomenon)
            .order_by(col(ContextCount.area), col(ContextCount.iso_year))
            .order_by(col(ContextCount.iso_week), col(ContextCount.edition))
        )
        return [
            (one.area, str(Week(one.iso_year, one.iso_week)), one.count, one.edition, one.source)
            for one in rows
        ]


def handed_in(
    series: Sequence[tuple[Week, int]], phenomenon: str = BURGLARY, area: str = ""
) -> Any:
    """By a program of the police."""
    figures = [
        {"phenomenon": phenomenon, "week": str(week), "count": count} for week, count in series
    ]
    api = in_process.api("officer@demo.example").http
    return api.post("/counts", json={"area": area, "counts": figures})


def windows_of(now: int, before: Sequence[int]) -> list[tuple[Week, int]]:
    """Weeks that add up to these windows of four, the newest first, with a gap after the first."""
    whole = [now, before[0], *before]
    return [
        (LAST.later(-(4 * window + back)), total if back == 0 else 0)
        for window, total in enumerate(whole)
        for back in range(4)
    ]


def test_a_week_is_typed_and_a_correction_is_a_new_edition(templates: Templates) -> None:
    officer = signed_in(templates)
    form = {"area": "zone-valdor", "week": "2026-W22", "more": BURGLARY, "more_count": "7"}
    assert officer.post("/counts", **form).status_code == 303
    page = officer.get("/counts?area=zone-valdor&week=2026-W22").text
    assert f'name="{BURGLARY}" value="7"' in page
    again = {"area": "zone-valdor", "week": "2026-W22", BURGLARY: "9"}
    assert officer.post("/counts", **again).status_code == 303
    # The same once more is no news.
    assert officer.post("/counts", **again, more="").status_code == 303
    assert kept() == [("", "2026-W22", 7, 1, "typed"), ("", "2026-W22", 9, 2, "typed")]
    with unit_of_work(read_only=True) as session:
        actions = [one.action for one in session.exec(select(Decision))]
    assert actions.count("context_counts.keep") == 2


@pytest.mark.parametrize("typed", ["-1", "1.5", "many", "99999999999999999999", "100000", "\u0663"])
def test_what_is_no_count_is_refused_beside_its_field_and_nothing_is_kept(
    templates: Templates, typed: str
) -> None:
    officer = signed_in(templates)
    form = {"area": "zone-valdor", "week": "2026-W22", BURGLARY: "4", BICYCLES: typed}
    refused = officer.post("/counts", **form)
    assert refused.status_code == 422
    assert f'id="problem-{BICYCLES}.2026-W22"' in refused.text
    assert f'name="{BURGLARY}" value="4"' in refused.text, "what was typed is kept on the page"
    assert kept() == kept(BICYCLES) == []


def test_an_empty_field_is_a_week_nobody_counted_and_a_nought_is_a_figure(
    templates: Templates,
) -> None:
    officer = signed_in(templates)
    form = {"area": "zone-valdor", "week": "2026-W22", BURGLARY: "", BICYCLES: "0"}
    assert officer.post("/counts", **form).status_code == 303
    assert kept() == []
    assert kept(BICYCLES) == [("", "2026-W22", 0, 1, "typed")]


def test_a_week_that_is_not_over_is_refused(templates: Templates) -> None:
    answer = handed_in([(Week(2026, 23), 3)])
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [f"{BURGLARY}.2026-W23"]
    assert kept() == []
    page = signed_in(templates).get("/counts?week=2026-W40")
    assert "week 2026-W22" in words(page.text), "the page goes no further than the last one"


def test_a_town_types_its_own_and_nobody_elses(templates: Templates) -> None:
    town = signed_in(templates, "prevention_officer")
    page = town.get("/counts").text
    assert f'value="{TOWN}"' in page
    assert 'value="zone-valdor"' not in page, "the whole zone is for the police to count"
    form = {"area": TOWN, "week": "2026-W22", BURGLARY: "2"}
    assert town.post("/counts", **form).status_code == 303
    assert town.post("/counts", **{**form, "area": "zone-valdor"}).status_code == 404
    assert kept() == [("valdor", "2026-W22", 2, 1, "typed")]
    for role in ("coordinator", "dispatcher"):
        assert signed_in(templates, role).get("/counts").status_code == 403


def as_file(rows: Sequence[Sequence[str]]) -> bytes:
    return "\n".join(";".join(row) for row in rows).encode()


def bring_in(visitor: Any, content: bytes, name: str = "counts.csv") -> Any:
    found = re.search(r'name="form_token" value="([^"]+)"', visitor.get("/").text)
    assert found
    form = {"form_token": found[1], "area": "zone-valdor"}
    return visitor.http.post("/counts/file", data=form, files={"file": (name, content)})


def test_a_list_is_taken_whole_and_goes_out_as_it_came(templates: Templates) -> None:
    officer = signed_in(templates)
    rows = [
        ["Semaine", "Zone", "Phénomène", "Nombre"],
        ["2026-W20", "", "Cambriolage", "3"],
        ["2026-W21", "", "Inbraak", "4"],
        ["2026W21", TOWN, "cambriolage", "1"],
    ]
    assert bring_in(officer, as_file(rows)).status_code == 303
    assert [one[:3] for one in kept()] == [
        ("", "2026-W20", 3),
        ("", "2026-W21", 4),
        ("valdor", "2026-W21", 1),
    ]
    taken_out = officer.get("/counts/file.csv?area=zone-valdor").content
    assert b"2026-W20;zone-valdor;cambriolage" in taken_out
    assert bring_in(officer, taken_out).status_code == 303
    assert len(kept()) == 3, "what is known already is no news"


def test_a_workbook_is_a_list_too(templates: Templates) -> None:
    book = openpyxl.Workbook()
    assert book.active
    for row in (["week", "phenomenon", "count"], ["2026-W22", "cambriolage", 5]):
        book.active.append(row)
    into = io.BytesIO()
    book.save(into)
    assert bring_in(signed_in(templates), into.getvalue(), "counts.xlsx").status_code == 303
    assert [one[2] for one in kept()] == [5]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["2026-W60", "cambriolage", "1"], "Row 3: write the week"),
        (["2026-W23", "cambriolage", "1"], "Row 3: this week is not over yet"),
        (["2026-W22", "dragons", "1"], "Row 3: this phenomenon"),
        (["2026-W22", "cambriolage", "-1"], "Row 3: give a whole number"),
        (["2026-W22", "cambriolage", "=1+1"], "Row 3: give a whole number"),
        (["2026-W22", "cambriolage"], "Row 3: give a whole number"),
    ],
)
def test_one_wrong_row_is_named_and_no_row_is_taken(
    templates: Templates, row: list[str], said: str
) -> None:
    rows = [["week", "phenomenon", "count"], ["2026-W21", "cambriolage", "3"], row]
    refused = bring_in(signed_in(templates), as_file(rows))
    assert refused.status_code == 422
    assert said in words(refused.text)
    assert kept() == []


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 x", b"one;two\n1;2", b"PK\x03\x04broken"])
def test_what_is_no_list_is_told(templates: Templates, content: bytes) -> None:
    refused = bring_in(signed_in(templates), content)
    assert refused.status_code == 422
    assert 'id="problem-file"' in refused.text


def test_seventeen_where_five_or_six_are_usual_is_a_strong_rise(templates: Templates) -> None:
    assert handed_in(windows_of(17, USUAL)).status_code == 201
    officer = signed_in(templates)
    page = officer.get("/rises").text
    assert "17 in four weeks, 5–6 usual." in words(page)
    assert "strong rise" in page
    assert 'class="rise-new"' in page
    assert "17 in four weeks" in words(officer.get("/").text)
    assert f"/cold/new?kind=increase_warning&amp;phenomenon={BURGLARY}" in page


def test_thirteen_is_to_check_and_brought_to_nobody(templates: Templates) -> None:
    assert handed_in(windows_of(13, USUAL)).status_code == 201
    officer = signed_in(templates)
    assert "rise to check" in officer.get("/rises").text
    assert "13 in four weeks" not in words(officer.get("/").text)


def test_what_every_winter_brings_is_told_as_such(templates: Templates) -> None:
    series = dict(windows_of(40, [20] * 12))
    for year in (1, 2, 3):
        for back in range(-4, 8):
            week = LAST.later(-52 * year - back)
            if year > 1 or back in range(4):
                series[week] = 8
            else:
                series.setdefault(week, 8)
    judged = judge(series, LAST)
    assert judged
    assert (judged.rise.level, judged.level) == (Level.STRONG, Level.SEASONAL)
    assert handed_in(list(series.items())).status_code == 201
    page = signed_in(templates).get("/rises").text
    assert "usual for the season" in page
    assert "/cold/new?kind=prevention" in page


def test_a_week_that_nobody_counted_is_not_a_week_without_facts(templates: Templates) -> None:
    series = [one for one in windows_of(17, USUAL) if one[0] != LAST.later(-2)]
    assert handed_in(series).status_code == 201
    assert judge(dict(series), LAST) is None
    officer = signed_in(templates)
    assert "17 in four weeks" not in words(officer.get("/rises").text)
    assert "nothing can be said" in words(officer.get("/counts?area=zone-valdor").text)


def test_each_area_is_put_aside_by_itself(templates: Templates) -> None:
    for area in ("", TOWN):
        assert handed_in(windows_of(17, USUAL), area=area).status_code == 201
    officer = signed_in(templates)
    page = officer.get("/rises").text
    assert page.count("17 in four weeks") == 2
    action = "/rises/" + page.partition('action="/rises/')[2].partition('"')[0]
    answer = officer.post(action, area="valdor", reason="One gang, caught on Monday.")
    assert answer.status_code == 303
    left = officer.get("/rises").text
    assert left.count("17 in four weeks") == 1
    assert 'name="area" value=""' in left


def test_a_program_reads_what_it_handed_in() -> None:
    assert handed_in([(LAST, 4)]).json() == {"kept": 1}
    assert handed_in([(LAST, 4)]).json() == {"kept": 0}
    api = in_process.api("officer@demo.example").http
    assert api.get("/counts").json() == {
        "area": "zone-valdor",
        "counts": [{"phenomenon": BURGLARY, "week": "2026-W22", "count": 4}],
    }
    assert api.get(f"/counts?phenomenon={BICYCLES}").json()["counts"] == []
    assert handed_in([(LAST, 4)], phenomenon="dragons").status_code == 422
    assert handed_in([(LAST, 4)], area="elsewhere").status_code == 404


def test_a_mayor_of_elsewhere_has_no_area(templates: Templates) -> None:
    with unit_of_work() as session:
        session.add(
            Organisation(kind="municipality", slug="elsewhere", name="Elsewhere")  # type: ignore[arg-type]  # its word
        )
    with unit_of_work() as session:
        place = session.exec(select(Organisation).where(Organisation.slug == "elsewhere")).one()
        made = accounts.create(
            session, email="po@else.example", name="Else", password="four words I remember"
        )
        accounts.appoint(session, made, Role.PREVENTION_OFFICER, place.id)
    stranger = in_process.signed_in("po@else.example", "four words I remember", "en")
    assert stranger.get("/counts").status_code == 404


@pytest.mark.parametrize(
    ("typed", "week"),
    [
        ("2026-W07", Week(2026, 7)),
        ("2026w7", Week(2026, 7)),
        (" 2026-07 ", Week(2026, 7)),
        ("2020-W53", Week(2020, 53)),
        ("2021-W53", None),
        ("2026-W00", None),
        ("1999-W10", None),
        ("9999-W52", None),
        ("next", None),
    ],
)
def test_a_week_is_read_as_people_write_it(typed: str, week: Week | None) -> None:
    assert weeks.read(typed) == week
