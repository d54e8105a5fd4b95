"""Figures and colours by the JSON door: the same steps and the same refusals as on the pages."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from hub import clock
from hub.access import Role
from hub.db import unit_of_work
from tests import in_process
from tests.conftest import Templates
from tests.plan.dashboard_plan import (
    EARLY_SUMMER,
    RESIDENTS,
    SUMMER,
    TRADERS,
    YEAR,
    in_force,
    measured,
    result,
    signed_in,
)

pytestmark = pytest.mark.usefixtures("demo_zone")


@pytest.fixture
def now(demo_zone: str) -> Iterator[list[datetime]]:
    moment = [SUMMER]
    clock.set_source(lambda: moment[0])
    yield moment
    clock.set_source(None)


@pytest.fixture
def plan_id(now: list[datetime]) -> UUID:
    return in_force()


@pytest.fixture
def officer(templates: Templates) -> httpx.Client:
    return of_role(templates, Role.PREVENTION_OFFICER)


def of_role(templates: Templates, role: Role) -> httpx.Client:
    signed_in(templates, role)
    known = templates.accounts.get(role.value)
    return in_process.api(known["email"] if known else f"{role}@town.example").http


def id_of(plan_id: UUID, code: str) -> UUID:
    with unit_of_work(read_only=True) as session:
        return result(session, plan_id, code).id


def stands(api: httpx.Client, plan_id: UUID, code: str, span: str = "2026") -> dict[str, Any]:
    answer = api.get(f"/plans/{plan_id}/figures", params={"span": span})
    assert answer.status_code == 200, answer.text
    return next(one for one in answer.json()["results"] if one["code"] == code)


def test_a_figure_is_typed_read_and_approved(
    plan_id: UUID, officer: httpx.Client, now: list[datetime]
) -> None:
    address = f"/figures/{id_of(plan_id, TRADERS)}"
    assert stands(officer, plan_id, TRADERS)["value"] is None, "no figure is never nought"
    made = officer.post(address, json={"span": "2026", "value": 23, "note": "The visits' list."})
    assert made.status_code == 201, made.text
    now[0] += timedelta(minutes=1)
    waiting = stands(officer, plan_id, TRADERS)
    assert (waiting["value"], waiting["waits_for_approval"]) == (23, True)
    assert (waiting["source"], waiting["wanted"]) == ("typed", 50)
    read = officer.get(address, params={"span": "2026"}).json()
    assert [one["status"] for one in read["steps"]] == ["submitted"]
    unread = {"span": "2026", "seen": str(uuid4())}
    assert officer.post(f"{address}/approve", json=unread).status_code == 409
    seen = {"span": "2026", "seen": read["seen"]}
    assert officer.post(f"{address}/approve", json=seen).status_code == 200
    now[0] += timedelta(minutes=1)
    assert stands(officer, plan_id, TRADERS)["waits_for_approval"] is False


def test_a_figure_is_sent_back_with_the_reason(plan_id: UUID, officer: httpx.Client) -> None:
    address = f"/figures/{id_of(plan_id, TRADERS)}"
    seen = officer.post(address, json={"span": "2026", "value": 23}).json()["seen"]
    silent = {"span": "2026", "seen": seen, "reason": " "}
    assert "reason" in officer.post(f"{address}/send-back", json=silent).text
    back = officer.post(f"{address}/send-back", json={**silent, "reason": "Which list?"})
    assert back.json()["steps"][-1]["note"] == "Which list?"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"span": "2026", "value": -1}, "value"),
        ({"span": "2026", "state": "yes"}, "state"),
        ({"span": "2031", "value": 1}, "span"),
        ({"span": "2027", "value": 1}, "period"),
        ({"span": "2026"}, "value"),
        ({"span": "2026", "valeu": 1}, "valeu"),
    ],
)
def test_what_cannot_be_names_its_field(
    plan_id: UUID, officer: httpx.Client, typed: dict[str, Any], field: str
) -> None:
    answer = officer.post(f"/figures/{id_of(plan_id, TRADERS)}", json=typed)
    assert answer.status_code == 422
    assert f'"{field}' in answer.text or f".{field}" in answer.text, answer.text


def test_a_zone_is_asked_for_by_its_name(plan_id: UUID, officer: httpx.Client) -> None:
    measured(plan_id, RESIDENTS, EARLY_SUMMER, 70, "haut-valdor")
    asked = {"span": "2026-2", "area": "haut-valdor"}
    answer = officer.get(f"/plans/{plan_id}/figures", params=asked).json()
    mine = next(one for one in answer["results"] if one["code"] == RESIDENTS)
    assert (answer["area"], mine["value"], mine["source"]) == ("haut-valdor", 70, "auto")


def test_a_colour_is_decided_once(
    plan_id: UUID, officer: httpx.Client, now: list[datetime]
) -> None:
    measured(plan_id, RESIDENTS, YEAR, 10)
    address = f"/plans/{plan_id}/colours"
    every = officer.get(address, params={"span": "2026"}).json()
    red = next(one for one in every if one["suggested"] in ("red", "orange"))
    assert red["decided"] is None
    decide = f"{address}/{red['indicator_id']}"
    wanted = {"span": "2026", "colour": red["suggested"]}
    assert "motivation" in officer.post(decide, json=wanted).text
    said = {**wanted, "motivation": "The visits begin in autumn."}
    made = officer.post(decide, json=said)
    assert (made.status_code, made.json()["decided"]) == (201, red["suggested"])
    now[0] += timedelta(minutes=1)
    assert officer.post(decide, json=said).status_code == 409, "decided since it was read"
    assert officer.post(decide, json={**said, "seen": made.json()["seen"]}).status_code == 201


def test_whoever_only_looks_types_nothing(plan_id: UUID, templates: Templates) -> None:
    mayor = of_role(templates, Role.MAYOR)
    assert mayor.get(f"/plans/{plan_id}/figures", params={"span": "2026"}).status_code == 200
    address = f"/figures/{id_of(plan_id, TRADERS)}"
    assert mayor.post(address, json={"span": "2026", "value": 1}).status_code == 403
    assert mayor.get(address, params={"span": "2026"}).status_code == 403
    wanted = {"span": "2026", "colour": "green"}
    assert mayor.post(f"/plans/{plan_id}/colours/{uuid4()}", json=wanted).status_code == 403
