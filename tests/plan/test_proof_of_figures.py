"""What proves a typed figure: it stays while the figure is corrected, and stands in the report."""

import io
import re
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from openpyxl import load_workbook
from PIL import Image
from sqlmodel import col, select

from hub import clock
from hub.access import Role
from hub.audit import Decision
from hub.db import unit_of_work
from plan.models import Evidence, ExpectedResult, PlanNode
from tests.conftest import Templates
from tests.plan.dashboard_plan import SUMMER, TRADERS, in_force, result, signed_in
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("summer")


@pytest.fixture
def traders() -> UUID:
    plan_id = in_force()
    with unit_of_work(read_only=True) as session:
        return result(session, plan_id, TRADERS).id


def step(officer: Visitor, traders: UUID, name: str, value: str = "") -> None:
    page = officer.get(f"/figures/{traders}?span=2026").text
    newest = re.search(r'name="seen" value="([^"]*)"', page)
    seen = newest[1] if newest else ""
    answer = officer.post(f"/figures/{traders}", step=name, span="2026", seen=seen, value=value)
    assert answer.status_code == 303, answer.text


def prove(officer: Visitor, traders: UUID, content: bytes) -> httpx.Response:
    token = officer.get("/figures").text.split('name="form_token" value="')[1].split('"')[0]
    return officer.http.post(
        f"/figures/{traders}/evidence",
        data={"form_token": token, "span": "2026"},
        files={"file": ("list.png", content)},
    )


def photo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(made, "PNG")
    return made.getvalue()


def address(traders: UUID) -> str:
    with unit_of_work(read_only=True) as session:
        return f"/figures/{traders}/evidence/{session.exec(select(Evidence.id)).one()}"


def test_proof_stays_while_the_figure_is_corrected_and_approved(
    officer: Visitor, traders: UUID
) -> None:
    step(officer, traders, "submit", "40")
    assert prove(officer, traders, photo()).status_code == 303
    step(officer, traders, "submit", "41")
    step(officer, traders, "approve")

    path = address(traders)
    assert path in officer.get(f"/figures/{traders}?span=2026").text
    opened = officer.get(path)
    assert opened.content[:3] == b"\xff\xd8\xff"
    assert opened.headers["content-disposition"].startswith("attachment")
    with unit_of_work(read_only=True) as session:
        newest = select(Decision).order_by(col(Decision.number).desc())
        last = session.exec(newest).first()
        assert last
        assert last.action == "evidence.open"


def test_there_is_nothing_to_prove_before_a_figure_is_typed(
    officer: Visitor, traders: UUID
) -> None:
    refused = prove(officer, traders, photo())
    assert refused.status_code == 422
    assert "Type the figure first" in refused.text


def test_what_is_no_paper_is_refused_beside_the_field(officer: Visitor, traders: UUID) -> None:
    step(officer, traders, "draft", "40")
    refused = prove(officer, traders, b"no file of any kind")
    assert refused.status_code == 422
    assert 'id="file-problem"' in refused.text or "aria-invalid" in refused.text


def test_proof_of_one_figure_is_not_another_ones(
    officer: Visitor, traders: UUID, templates: Templates
) -> None:
    step(officer, traders, "submit", "40")
    prove(officer, traders, photo())
    path = address(traders)
    worker = signed_in(templates, Role.SERVICE_WORKER)
    assert worker.get(path).status_code == 404
    assert signed_in(templates, Role.MAYOR).get(path).status_code == 403
    elsewhere = path.replace(str(traders), str(UUID(int=traders.int ^ 1)))
    assert officer.get(elsewhere).status_code == 404


def test_the_report_says_where_the_proof_is(officer: Visitor, traders: UUID) -> None:
    step(officer, traders, "submit", "40")
    prove(officer, traders, photo())
    step(officer, traders, "approve")
    path = address(traders)
    clock.set_source(lambda: SUMMER + timedelta(minutes=1))
    with unit_of_work(read_only=True) as session:
        node = session.get_one(ExpectedResult, traders).node_id
        plan_id = session.get_one(PlanNode, node).plan_id
    chosen = {"kind": "xlsx", "period": "2026-01-01/2026-12-31", "language": "fr"}
    answer = officer.post(f"/plans/{plan_id}/report/file", **chosen)
    assert answer.status_code == 200, answer.text
    book = load_workbook(io.BytesIO(answer.content))
    said = [str(cell) for row in book["Données"].iter_rows(values_only=True) for cell in row]
    assert path in said
