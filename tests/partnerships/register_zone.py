"""Steps through the register that several tests take by its pages, as an officer does."""

import io
import re
from typing import Any

import httpx
from pypdf import PdfReader, PdfWriter
from sqlmodel import col, select

from hub.db import unit_of_work
from partnerships.models import Notice, Partnership
from tests.running_hub import Visitor

PROPOSAL: dict[str, Any] = {
    "name": "PLP Rue de l'Église",
    "kind": "citizens",
    "theme": "",
    "language.0": "fr",
    "language.1": "de",
    "municipality": "valdor",
    "initiators.0.name": "Ines Initiatrice",
    "initiators.0.email": "ines@demo.example",
    "initiators.0.telephone": "04 200 01 99",
    "initiators.0.language": "nl",
}
PLACE = "/partnerships/plp-rue-de-l-eglise"
CAPACITIES = ("mayor", "chief_of_police", "mandated_officer", "coordinator")


def pdf(pages: int = 1, password: str = "") -> bytes:
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(width=595, height=842)
    if password:
        writer.encrypt(password)
    written = io.BytesIO()
    writer.write(written)
    assert password or len(PdfReader(written).pages) == pages
    return written.getvalue()


def found(visitor: Visitor, **changes: str) -> httpx.Response:
    """Propose a partnership."""
    return visitor.post("/partnerships/new", **{**PROPOSAL, **changes})


def step(
    visitor: Visitor, status: str, day: str = "2026-06-01", reason: str = "", place: str = PLACE
) -> httpx.Response:
    return visitor.post(f"{place}/steps", status=status, happened_on=day, reason=reason)


def upload(
    visitor: Visitor,
    kind: str,
    content: bytes,
    file_name: str = "paper.pdf",
    place: str = PLACE,
) -> httpx.Response:
    token = re.search(r'name="form_token" value="([^"]+)"', visitor.get("/").text)
    assert token
    return visitor.http.post(
        f"{place}/documents/{kind}",
        data={"form_token": token[1]},
        files={"file": (file_name, content, "application/pdf")},
    )


def sign(
    visitor: Visitor, *capacities: str, day: str = "2026-05-30", place: str = PLACE
) -> httpx.Response:
    for capacity in capacities:
        answer = visitor.post(
            f"{place}/signatures", capacity=capacity, name="Sam Signataire", signed_on=day
        )
    return answer


def problem(page: httpx.Response, field: str) -> str:
    """What the page says beside a field."""
    assert page.status_code == 422, page.status_code
    said = re.search(rf'id="problem-{re.escape(field)}">([^<]+)<', page.text)
    assert said, f"nothing is said beside {field}"
    return said[1]


def partnership(slug: str = "plp-rue-de-l-eglise") -> Partnership:
    with unit_of_work(read_only=True) as session:
        return session.exec(select(Partnership).where(Partnership.slug == slug)).one()


def mails(about: str) -> dict[str, Notice]:
    """The newest mail to each address about this kind of thing."""
    with unit_of_work(read_only=True) as session:
        written = select(Notice).where(Notice.about_kind == about).order_by(col(Notice.id))
        return {one.to: one for one in session.exec(written)}
