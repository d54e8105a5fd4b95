"""What everybody may read of a plan: what was approved and decided, and nothing about a few."""

import re
from uuid import UUID

import pytest

from hub.access import Role
from hub.db import unit_of_work
from plan.models import Colour, EntryStatus, Plan
from tests import in_process
from tests.conftest import Templates
from tests.plan.dashboard_plan import (
    RESIDENTS,
    TRADERS,
    YEAR,
    by_zone,
    decided,
    first_code,
    measured,
    signed_in,
    typed,
)
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("summer")
ENGLISH = {"Accept-Language": "en"}


def officer(templates: Templates, role: Role = Role.PREVENTION_OFFICER) -> Visitor:
    return signed_in(templates, role)


def published(plan_id: UUID, templates: Templates, **more: str) -> str:
    """The path of its public page."""
    answer = officer(templates).post(f"/plans/{plan_id}/public", choice="publish", **more)
    assert answer.status_code == 303
    with unit_of_work(read_only=True) as session:
        reference = session.get_one(Plan, plan_id).public_reference
    assert reference
    return f"/public/plan/{reference}"


def seen(path: str) -> str:
    answer = in_process.client().get(path, headers=ENGLISH)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).replace("\xa0", " ").split())


def test_nothing_is_public_until_the_officer_says_so(plan_id: UUID, templates: Templates) -> None:
    with unit_of_work(read_only=True) as session:
        assert session.get_one(Plan, plan_id).public_reference is None
    for reference in ("None", "", str(plan_id)):
        assert in_process.client().get(f"/public/plan/{reference}").status_code == 404
    refused = officer(templates, Role.MAYOR).post(f"/plans/{plan_id}/public", choice="publish")
    assert refused.status_code == 403


def test_what_is_withdrawn_is_gone_and_comes_back_elsewhere(
    plan_id: UUID, templates: Templates
) -> None:
    first = published(plan_id, templates)
    assert published(plan_id, templates) == first
    assert in_process.client().get(first).status_code == 200
    officer(templates).post(f"/plans/{plan_id}/public", choice="withdraw")
    assert in_process.client().get(first).status_code == 404
    assert published(plan_id, templates) != first


def test_it_may_be_kept_nearby_for_a_while(plan_id: UUID, templates: Templates) -> None:
    answer = in_process.client().get(published(plan_id, templates))
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert "set-cookie" not in answer.headers


def test_only_approved_figures_and_decided_colours_are_told(
    plan_id: UUID, templates: Templates
) -> None:
    typed(plan_id, TRADERS, YEAR, 41, EntryStatus.SUBMITTED)
    typed(plan_id, RESIDENTS, YEAR, 77)
    page = seen(published(plan_id, templates))
    assert "77 / 250" in page
    assert "41 / 50" not in page
    assert "75 grey" in page
    decided(plan_id, RESIDENTS, Colour.RED)
    assert "1 red" in seen(published(plan_id, templates))


def test_a_motivation_is_told_only_when_the_officer_lets_it(
    plan_id: UUID, templates: Templates
) -> None:
    decided(plan_id, TRADERS, Colour.RED, "The street was closed.")
    assert "The street was closed." not in seen(published(plan_id, templates))
    assert "The street was closed." in seen(published(plan_id, templates, motivations="1"))


def test_small_numbers_are_not_told(plan_id: UUID, templates: Templates) -> None:
    measured(plan_id, TRADERS, YEAR, 4)
    page = in_process.client().get(published(plan_id, templates), headers=ENGLISH).text
    assert "hidden: too few" in page
    assert "Reached 4" not in page


def test_a_zone_that_could_be_found_from_the_others_is_hidden_with_the_small_one(
    plan_id: UUID, templates: Templates
) -> None:
    measured(plan_id, TRADERS, YEAR, 43)
    names = by_zone(plan_id, TRADERS, YEAR, [40, 3])
    page = in_process.client().get(published(plan_id, templates), headers=ENGLISH).text
    rows = dict(re.findall(r'<tr><th scope="row">([^<]+)</th><td class="number">([^<]+)<', page))
    assert {rows[one] for one in names} == {"hidden: too few"}


def test_nothing_is_told_by_zone_of_violence_in_families_and_radicalisation(
    plan_id: UUID, templates: Templates
) -> None:
    # The third phenomenon of the document, and the sixth.
    for code in (first_code(plan_id, "p3."), first_code(plan_id, "p6.")):
        measured(plan_id, code, YEAR, 90)
        by_zone(plan_id, code, YEAR, [50, 40])
    path = published(plan_id, templates)
    assert "By zone" not in seen(path)
    # Who keeps the plan sees them.
    assert "By zone" in officer(templates).get(f"/plans/{plan_id}/dashboard").text


def test_years_are_shown_one_at_a_time(plan_id: UUID, templates: Templates) -> None:
    path = published(plan_id, templates)
    assert "The whole plan" not in seen(path)
    assert "Quarter" not in seen(f"{path}?year=2026-1")
    assert "2027" in seen(f"{path}?year=2027")
