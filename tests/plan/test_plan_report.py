"""The report on a plan, by its pages: read, taken along as files, issued, compared with later."""

import hashlib
import io
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from openpyxl import Workbook, load_workbook
from pypdf import PdfReader
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Role
from hub.db import unit_of_work
from partnerships import accounts
from partnerships.models import Account, Organisation, OrganisationKind
from plan.keeping.storing import Source, store
from plan.models import (
    Colour,
    Entry,
    EntryStatus,
    Evaluation,
    ExpectedResult,
    Indicator,
    IssuedFile,
    Plan,
    PlanNode,
    PlanStatus,
)
from plan.reading.document import read
from tests import in_process
from tests.conftest import Templates
from tests.plan.plan_documents import FOLDER
from tests.running_hub import Visitor
from workers import jobs

pytestmark = pytest.mark.usefixtures("demo_zone")

DOCUMENT = FOLDER / "plan-2023-2024.txt"
NOW = datetime(2026, 3, 1, 11, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
OF_THE_YEAR = "2026-01-01/2026-12-31"
COLUMNS = ["Indicateurs", "Analyse SPF IBZ", "Evaluation Code couleur", "Evaluation Motivation"]


@pytest.fixture(autouse=True)
def _in_march(demo_zone: str) -> None:
    clock.set_source(lambda: NOW)


@pytest.fixture
def plan() -> Plan:
    """The plan of the source document, in force in the demo's town."""
    content = DOCUMENT.read_bytes()
    with unit_of_work() as session:
        town = session.exec(select(Organisation.id).where(Organisation.slug == "valdor")).one()
        kept = store(
            session,
            read(content),
            Source("plan.txt", content),
            municipality_id=town,
            title="Plan stratégique 2026-2027",
            days=(date(2026, 1, 1), date(2027, 12, 31)),
            by=None,
        )
        kept.status = PlanStatus.IN_FORCE
    return kept


@pytest.fixture
def officer(templates: Templates) -> Visitor:
    return signed_in(templates, Role.PREVENTION_OFFICER)


def signed_in(templates: Templates, role: Role) -> Visitor:
    known = templates.accounts[role.value]
    return in_process.signed_in(known["email"], known["password"])


def somebody(session: Session) -> UUID:
    return session.exec(select(Account.id).order_by(col(Account.id)).limit(1)).one()


def result_of(session: Session, plan: Plan, code: str) -> ExpectedResult:
    found = (
        select(ExpectedResult)
        .join(PlanNode, col(PlanNode.id) == col(ExpectedResult.node_id))
        .where(PlanNode.plan_id == plan.id, ExpectedResult.code == code)
    )
    return session.exec(found).one()


def type_in(plan: Plan, code: str, value: float, status: EntryStatus) -> None:
    with unit_of_work() as session:
        session.add(
            Entry(
                result_id=result_of(session, plan, code).id,
                period_start=YEAR[0],
                period_end=YEAR[1],
                value=value,
                status=status,
                entered_by=somebody(session),
                entered_at=clock.now() - timedelta(minutes=30),
            )
        )


def decide(plan: Plan, code: str, colour: Colour, motivation: str) -> None:
    with unit_of_work() as session:
        indicator = session.exec(
            select(Indicator)
            .join(PlanNode, col(PlanNode.id) == col(Indicator.node_id))
            .where(PlanNode.plan_id == plan.id, Indicator.code == code)
        ).one()
        session.add(
            Evaluation(
                indicator_id=indicator.id,
                period_start=YEAR[0],
                period_end=YEAR[1],
                as_of=clock.now().date(),
                suggested=Colour.GREY,
                final=colour,
                motivation=motivation,
                decided_by=somebody(session),
                decided_at=clock.now() - timedelta(minutes=30),
            )
        )


def download(visitor: Visitor, plan: Plan, kind: str, **chosen: str) -> bytes:
    choices = {"period": OF_THE_YEAR, "language": "fr", **chosen}
    answer = visitor.post(f"/plans/{plan.id}/report/file", kind=kind, **choices)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert f".{kind}" in answer.headers["content-disposition"]
    return answer.content


def opened(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


def issue(visitor: Visitor, plan: Plan, **chosen: str) -> str:
    choices = {"period": OF_THE_YEAR, "language": "fr", **chosen}
    answer = visitor.post(f"/plans/{plan.id}/reports", **choices)
    assert answer.status_code == 303
    address = answer.headers["location"]
    jobs.make_report_files(address.rpartition("/")[2])
    return address


def test_the_workbook_has_a_sheet_for_each_section_in_the_ministrys_order(
    officer: Visitor, plan: Plan
) -> None:
    book = opened(download(officer, plan, "xlsx"))
    assert book.sheetnames[:3] == ["Coordination", "1 Cambriolage", "2 Vol de et dans véhicules"]
    assert book.sheetnames[-3:] == ["Données", "Définitions", "Journal"]
    assert len(book.sheetnames) == 12
    assert all(len(name) <= 31 for name in book.sheetnames)
    sheet = book["1 Cambriolage"]
    rows = [row[:4] for row in sheet.iter_rows(values_only=True)]
    assert rows[1][0] == "PHENOMENE 1 Cambriolage"
    heads = ("Objectifs opérationnels", "Résultats attendus", None, None)
    assert rows.index(heads) < rows.index(tuple(COLUMNS))
    assert rows.count(heads) == rows.count(tuple(COLUMNS)) == 2
    assert sheet.freeze_panes == "A3"
    assert sheet.print_title_rows == "$1:$2"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == ("landscape", 1)


def test_every_result_and_indicator_of_the_plan_is_in_the_workbook(
    officer: Visitor, plan: Plan
) -> None:
    book = opened(download(officer, plan, "xlsx"))
    ids = [
        str(row[4])
        for sheet in book.worksheets[:-3]
        for row in sheet.iter_rows(values_only=True)
        if len(row) > 4 and row[4]
    ]
    assert len({one for one in ids if one.startswith("result ")}) == 81
    assert len({one for one in ids if one.startswith("indicator ")}) == 75
    assert len({row[0] for row in book["Données"].iter_rows(min_row=2, values_only=True)}) == 81


def test_a_colour_is_its_word_on_a_fill_and_the_ministrys_column_stays_empty(
    officer: Visitor, plan: Plan
) -> None:
    decide(plan, "p1.s1.i1", Colour.RED, "=1+1")
    sheet = opened(download(officer, plan, "xlsx"))["1 Cambriolage"]
    line = next(row for row in sheet.iter_rows() if row[2].value == "rouge")
    assert line[1].value in (None, "")
    assert line[2].fill.fgColor.rgb == "00F4A19A"
    assert line[3].value == "=1+1"
    assert line[3].data_type == "s"
    others = [row[2].value for row in sheet.iter_rows() if row[4].value and row[2].value]
    assert set(others) <= {"vert", "orange", "rouge", "gris"}


def test_figures_are_approved_ones_unless_drafts_are_asked_for(
    officer: Visitor, plan: Plan
) -> None:
    type_in(plan, "p1.s1.o3.r1", 212, EntryStatus.SUBMITTED)
    approved = opened(download(officer, plan, "xlsx"))
    drafts = opened(download(officer, plan, "xlsx", drafts="1"))

    def values(book: Workbook) -> list[object]:
        return [
            row[12]
            for row in book["Données"].iter_rows(min_row=2, values_only=True)
            if row[1] == "p1.s1.o3.r1"
        ]

    assert values(approved) == [None]
    assert values(drafts) == [212]
    said = [str(row[0]) for row in drafts["1 Cambriolage"].iter_rows(values_only=True)]
    assert any("Réalisé : 212" in one and "brouillon" in one for one in said)


def test_nothing_known_is_a_blank_and_never_nought(officer: Visitor, plan: Plan) -> None:
    book = opened(download(officer, plan, "xlsx"))
    values = [row[12] for row in book["Données"].iter_rows(min_row=2, values_only=True)]
    assert len(values) == 81
    assert set(values) == {None}


def test_in_dutch_the_titles_and_the_catalogue_are_dutch_and_the_plan_keeps_its_words(
    officer: Visitor, plan: Plan
) -> None:
    book = opened(download(officer, plan, "xlsx", language="nl"))
    assert book.sheetnames[:2] == ["Coördinatie", "1 Inbraak"]
    assert "Gegevens" in book.sheetnames
    told = [row[0] for row in book["1 Inbraak"].iter_rows(values_only=True)]
    assert "Indicatoren" in told
    assert "Strategische doelstellingen: Risicogedrag verminderen" in told
    assert "Mener des actions ciblées sur la prévention des cambriolages." in told


def test_the_paper_and_the_word_document_tell_the_same(officer: Visitor, plan: Plan) -> None:
    decide(plan, "p1.s1.i1", Colour.ORANGE, "Deux <b>postes</b> & un départ \x07")
    pdf = PdfReader(io.BytesIO(download(officer, plan, "pdf")))
    text = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    document = zipfile.ZipFile(io.BytesIO(download(officer, plan, "docx")))
    xml = document.read("word/document.xml").decode()
    words = " ".join(re.sub(r"<[^>]+>", " ", xml).split())
    for told in ("PHENOMENE 1 Cambriolage", "Analyse SPF IBZ", "orange"):
        assert told in text
        assert told in words
    assert "Deux <b>postes</b> & un départ" in text
    assert "Deux &lt;b&gt;postes&lt;/b&gt; &amp; un départ" in words
    assert text.index("Coordination") < text.index("PHENOMENE 1") < text.index("PHENOMENE 8")
    assert xml.count("<w:tblHeader/>") == 2 * 28
    assert f"page {len(pdf.pages)}" in text


def test_the_page_shows_the_same_tables_and_keeps_the_choices(officer: Visitor, plan: Plan) -> None:
    decide(plan, "p1.s1.i1", Colour.RED, "<script>alert(1)</script>")
    shown = officer.get(f"/plans/{plan.id}/report?language=fr&period={OF_THE_YEAR}")
    assert shown.status_code == 200
    assert all(title in shown.text for title in COLUMNS)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown.text
    assert '<td class="preport-red">rouge</td>' in shown.text
    assert f'<option value="{OF_THE_YEAR}" selected>' in shown.text


def test_a_part_or_a_service_can_be_shown_alone(officer: Visitor, plan: Plan) -> None:
    with unit_of_work(read_only=True) as session:
        nodes = select(PlanNode).where(PlanNode.plan_id == plan.id)
        by_label = {one.label: one for one in session.exec(nodes)}
    burglary = by_label["Cambriolage"]
    book = opened(download(officer, plan, "xlsx", section=str(burglary.id)))
    assert len(book.sheetnames) == 4
    service = by_label["Médibus"]
    book = opened(download(officer, plan, "xlsx", service=str(service.id)))
    assert book.sheetnames[0].startswith("8 Nuisances publiques")
    assert len(book.sheetnames) == 4


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("as_of", "9999-12-31"),
        ("as_of", "2026-02-30"),
        ("as_of", "2026-03-02"),
        ("as_of", "0001-01-01"),
        ("period", "2019"),
        ("section", "no-id"),
        ("section", "00000000-0000-7000-8000-000000000000"),
        ("service", "00000000-0000-7000-8000-000000000000"),
        ("language", "de"),
    ],
)
def test_a_choice_that_is_none_is_said_beside_its_field(
    officer: Visitor, plan: Plan, field: str, typed: str
) -> None:
    shown = officer.get(f"/plans/{plan.id}/report?{field}={typed}")
    assert shown.status_code == 422
    assert f'href="#{field}"' in shown.text
    refused = officer.post(f"/plans/{plan.id}/reports", **{field: typed})
    assert refused.status_code == 422


def test_an_issued_report_is_had_again_byte_for_byte(officer: Visitor, plan: Plan) -> None:
    type_in(plan, "p1.s1.o3.r1", 212, EntryStatus.APPROVED)
    decide(plan, "p1.s1.i1", Colour.RED, "Un poste vacant")
    address = issue(officer, plan)
    page = officer.get(address).text
    first = {}
    for kind in ("xlsx", "pdf", "docx"):
        first[kind] = officer.post(f"{address}/file", kind=kind).content
        assert hashlib.sha256(first[kind]).hexdigest() in page
    clock.set_source(lambda: LATER)
    type_in(plan, "p1.s1.o3.r1", 240, EntryStatus.APPROVED)
    for kind, content in first.items():
        assert officer.post(f"{address}/file", kind=kind).content == content
    assert "Un poste vacant" in str(list(opened(first["xlsx"])["1 Cambriolage"].values))


def test_what_changed_since_is_a_table_and_a_sentence(officer: Visitor, plan: Plan) -> None:
    type_in(plan, "p1.s1.o3.r1", 212, EntryStatus.APPROVED)
    address = issue(officer, plan)
    assert "Nothing has changed since." in officer.get(address).text
    clock.set_source(lambda: LATER)
    with unit_of_work() as session:
        result = result_of(session, plan, "p1.s1.o3.r1")
        before = session.exec(select(Entry).where(Entry.result_id == result.id)).one()
        session.add(
            Entry(
                result_id=result.id,
                period_start=YEAR[0],
                period_end=YEAR[1],
                value=260,
                status=EntryStatus.APPROVED,
                supersedes_id=before.id,
                entered_by=before.entered_by,
                entered_at=clock.now() - timedelta(minutes=30),
            )
        )
    decide(plan, "p1.s2.i1", Colour.ORANGE, "En retard")
    page = officer.get(address).text
    assert "<td>212</td><td>260</td>" in page
    assert "<td>grey</td><td>orange</td>" in page
    assert "1 figures" in page


def test_files_are_made_once_and_until_then_the_page_says_how_far_it_is(
    officer: Visitor, plan: Plan
) -> None:
    answer = officer.post(f"/plans/{plan.id}/reports", period=OF_THE_YEAR, language="fr")
    address = answer.headers["location"]
    assert "0 of 3 are ready" in officer.get(address).text
    assert officer.post(f"{address}/file", kind="pdf").status_code == 404
    for _time in range(2):
        jobs.make_report_files(address.rpartition("/")[2])
    assert "All files are ready." in officer.get(f"{address}/files").text
    with unit_of_work(read_only=True) as session:
        assert len(session.exec(select(IssuedFile)).all()) == 4


def test_the_same_report_is_the_same_bytes(officer: Visitor, plan: Plan) -> None:
    for kind in ("xlsx", "pdf", "docx"):
        assert download(officer, plan, kind) == download(officer, plan, kind)


def test_issued_reports_are_listed_with_who_issued_them(officer: Visitor, plan: Plan) -> None:
    assert "No report has been issued yet." in officer.get(f"/plans/{plan.id}/reports").text
    address = issue(officer, plan)
    shown = officer.get(f"/plans/{plan.id}/reports").text
    assert f'href="{address}"' in shown
    assert "2026" in shown


def test_downloads_and_issues_are_in_the_log_of_decisions(officer: Visitor, plan: Plan) -> None:
    download(officer, plan, "pdf")
    address = issue(officer, plan)
    officer.post(f"{address}/file", kind="xlsx")
    with unit_of_work(read_only=True) as session:
        found = session.exec(
            select(audit.Decision.action)
            .where(col(audit.Decision.action).startswith("plan_report."))
            .order_by(col(audit.Decision.number))
        ).all()
    assert found == [
        "plan_report.download",
        "plan_report.issue",
        *["plan_report.make_file"] * 3,
        "plan_report.download_issued",
    ]


def test_a_plan_of_another_town_is_not_found(officer: Visitor, plan: Plan) -> None:
    mine = issue(officer, plan).rpartition("/")[2]
    with unit_of_work() as session:
        other = Organisation(kind=OrganisationKind.MUNICIPALITY, slug="elsewhere", name="Elsewhere")
        session.add(other)
        session.flush()
        theirs = Plan(
            municipality_id=other.id,
            title="Theirs",
            starts_on=date(2026, 1, 1),
            ends_on=date(2027, 12, 31),
        )
        session.add(theirs)
    for path in ("report", "reports", f"reports/{mine}"):
        assert officer.get(f"/plans/{theirs.id}/{path}").status_code == 404
    assert officer.post(f"/plans/{theirs.id}/reports").status_code == 404
    answer = officer.post(f"/plans/{theirs.id}/report/file", kind="pdf")
    assert answer.status_code == 404


def test_whoever_only_reads_cannot_issue(templates: Templates, plan: Plan) -> None:
    with unit_of_work() as session:
        account = accounts.create(
            session, email="mayor@valdor.example", name="Burgo", password="a-long-password-1"
        )
        accounts.appoint(session, account, Role.MAYOR, plan.municipality_id)
    mayor = in_process.signed_in("mayor@valdor.example", "a-long-password-1")
    shown = mayor.get(f"/plans/{plan.id}/report")
    assert shown.status_code == 200
    assert "Issue this report" not in shown.text
    assert mayor.post(f"/plans/{plan.id}/reports").status_code == 403
    coordinator = signed_in(templates, Role.COORDINATOR)
    assert coordinator.get(f"/plans/{plan.id}/report").status_code == 403
