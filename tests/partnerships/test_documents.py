"""Papers of a partnership: real PDFs only, all kept, the newest holds, served as files to save."""

import hashlib
import io
from datetime import UTC, datetime

import httpx
import pytest
from pypdf import PdfWriter
from sqlmodel import col, select

from hub import clock
from hub.db import unit_of_work
from partnerships.documents import LARGEST_BYTES
from partnerships.models import PartnershipDocument, Signature
from tests import in_process
from tests.conftest import Templates
from tests.partnerships.register_zone import found, mails, pdf, problem, sign, step, upload
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
PLACE = "/partnerships/plp-rue-de-l-eglise"


@pytest.fixture(autouse=True)
def _a_day_in_june(demo_zone: str) -> None:
    clock.set_source(lambda: NOW)


@pytest.fixture
def officer(templates: Templates) -> Visitor:
    visitor = in_process.signed_in(**templates.accounts["mandated_officer"])
    found(visitor)
    return visitor


def kept(kind: str) -> list[PartnershipDocument]:
    """The papers of this kind that were uploaded here, the oldest first."""
    with unit_of_work(read_only=True) as session:
        papers = select(PartnershipDocument).where(
            PartnershipDocument.kind == kind,
            PartnershipDocument.uploaded_at == NOW,
        )
        return list(session.exec(papers.order_by(col(PartnershipDocument.id))))


def without_pages() -> bytes:
    written = io.BytesIO()
    PdfWriter().write(written)
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Choose a file."),
        (b"PK\x03\x04 a word processor's file", "This is not a PDF"),
        (b"<html><script>alert(1)</script></html>", "This is not a PDF"),
        (b"%PDF-1.7\n" + b"nothing that hangs together" * 40, "This PDF is damaged"),
        (pdf()[:200], "This PDF is damaged"),
        (pdf(password="secret"), "This PDF is protected"),
        (without_pages(), "This PDF has no page."),
        (pdf() + b" " * LARGEST_BYTES, "This file is too large: at most 10 MB."),
    ],
    ids=["nothing", "other", "page", "garbage", "cut", "locked", "blank", "large"],
)
def test_what_is_no_readable_pdf_is_refused_with_the_reason(
    officer: Visitor, content: bytes, said: str
) -> None:
    refused = upload(officer, "charter", content)
    assert problem(refused, "file.charter").startswith(said)
    assert kept("charter") == []


def test_a_paper_is_kept_as_it_is_and_served_as_a_file_to_save(officer: Visitor) -> None:
    content = pdf(pages=3)
    assert upload(officer, "charter", content, "../Charte é №1.PDF").is_redirect
    page = officer.get(f"{PLACE}/documents").text
    assert "3 pages" in page
    paper = kept("charter")[0]
    assert paper.sha256 == hashlib.sha256(content).hexdigest()
    assert paper.file_name == "Charte é №1.pdf"
    served = officer.get(f"{PLACE}/documents/{paper.id}")
    assert served.content == content
    assert served.headers["Content-Type"] == "application/pdf"
    assert served.headers["Content-Disposition"] == (
        'attachment; filename="Charte _ _1.pdf"; '
        "filename*=UTF-8''Charte%20%C3%A9%20%E2%84%961.pdf"
    )
    assert served.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("", "charter.pdf"),
        ("..\\..\\boot.ini", "boot.ini.pdf"),
        ("a|b<c>:d?.pdf", "a-b-c-d.pdf"),
        ("\u202efdp.exe", "fdp.exe.pdf"),
        ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
        ("...pdf", "charter.pdf"),
    ],
)
def test_the_name_of_a_file_is_made_safe(officer: Visitor, typed: str, name: str) -> None:
    upload(officer, "charter", pdf(), typed or "-")
    assert kept("charter")[0].file_name == name


def test_a_newer_paper_replaces_the_older_one_and_both_are_kept(officer: Visitor) -> None:
    upload(officer, "house_rules", pdf(1), "first.pdf")
    upload(officer, "house_rules", pdf(2), "second.pdf")
    # The same file again, as after a double click.
    upload(officer, "house_rules", pdf(2), "second.pdf")
    assert [one.file_name for one in kept("house_rules")] == ["first.pdf", "second.pdf"]
    page = officer.get(f"{PLACE}/documents").text
    assert page.index("second.pdf") < page.index("1 older paper") < page.index("first.pdf")


def test_partners_are_told_of_a_new_paper(officer: Visitor) -> None:
    upload(officer, "communication_plan", pdf(), place="/partnerships/haut-valdor")
    told = mails("partnership_document")
    assert "coordinator@demo.example" in told
    assert "Communicatieplan" in told["preventie@demo.example"].body
    assert "officer@demo.example" not in told


def test_a_paper_of_another_partnership_is_not_found_by_its_id(officer: Visitor) -> None:
    upload(officer, "charter", pdf())
    paper = kept("charter")[0]
    assert officer.get(f"/partnerships/haut-valdor/documents/{paper.id}").status_code == 404


def test_who_does_not_keep_the_register_reads_papers_and_adds_none(templates: Templates) -> None:
    coordinator = in_process.signed_in(**templates.accounts["coordinator"])
    place = "/partnerships/haut-valdor"
    page = coordinator.get(f"{place}/documents").text
    assert "charte-haut-valdor.pdf" in page
    assert "Maud Mayeur" in page
    assert 'type="file"' not in page
    assert upload(coordinator, "charter", pdf(), place=place).status_code == 403
    assert coordinator.get("/partnerships/valdor-gare/documents").status_code == 404


def test_a_signature_needs_a_capacity_a_name_and_a_day_that_has_come(officer: Visitor) -> None:
    refused = officer.post(f"{PLACE}/signatures", capacity="king", name=" ", signed_on="2026-06-02")
    assert problem(refused, "capacity") == "Choose in which capacity was signed."
    assert problem(refused, "name") == "Give the name of who signed."
    assert problem(refused, "signed_on") == "This day has not come yet."


def test_a_signature_recorded_by_mistake_is_withdrawn_until_the_papers_have_left(
    officer: Visitor,
) -> None:
    sign(officer, "mayor")
    assert officer.post(f"{PLACE}/signatures/{_signature().id}/withdraw").is_redirect
    assert "Sam Signataire" not in officer.get(f"{PLACE}/documents").text
    sign(officer, "mayor", "chief_of_police", "mandated_officer", "coordinator")
    upload(officer, "charter", pdf())
    step(officer, "information_evening")
    step(officer, "charter")
    assert step(officer, "sent_for_recognition", reason="In the charter.").is_redirect
    assert officer.post(f"{PLACE}/signatures/{_signature().id}/withdraw").status_code == 409


def _signature() -> Signature:
    with unit_of_work(read_only=True) as session:
        there = session.exec(select(Signature)).all()
    return next(one for one in there if one.name == "Sam Signataire")


def test_a_body_far_too_large_is_refused_before_it_is_read(officer: Visitor) -> None:
    huge: httpx.Response = upload(officer, "charter", b"%PDF-" + b"x" * (17 * 1024 * 1024))
    assert huge.status_code == 413
