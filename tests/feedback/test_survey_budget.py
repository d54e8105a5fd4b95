"""A survey comes out of the budgets like whatever can wait: what it may cost is put aside before it
starts, and what it used is spent when it has ended."""

from typing import Any
from uuid import UUID

import pytest

from hub import config
from hub.db import unit_of_work
from messaging.models import SideCost
from partnerships.models import Channel
from tests.citizens import words
from tests.feedback.test_surveys import (
    CLOSES,
    answer_all,
    ask_everybody,
    close,
    coordinator,
    officer,
    started,
)
from tests.running_hub import Api, Visitor

__all__ = ["coordinator", "officer"]

pytestmark = pytest.mark.usefixtures("demo_zone")
UPPER = "/budgets/partnership/haut-valdor"


@pytest.fixture(autouse=True)
def _prices(demo_zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A euro for each part of a text and for each mail."""
    for name in ("SMS_SEGMENT", "MAIL"):
        monkeypatch.setenv(f"HUB_{name}_PRICE", "1")
    config.settings.cache_clear()


def budget(officer: Api) -> dict[str, Any]:
    found: dict[str, Any] = officer.http.get(UPPER, params={"year": 2026}).json()
    return found


def kept(survey_id: str) -> SideCost:
    with unit_of_work(read_only=True) as session:
        return session.get_one(SideCost, UUID(survey_id))


def test_what_it_may_cost_is_put_aside_and_what_it_used_is_spent(
    coordinator: Visitor, officer: Api
) -> None:
    survey_id = started(coordinator)
    most = kept(survey_id).promised / 1_000_000
    assert budget(officer)["promised"] == most > 0
    asked = ask_everybody()
    texted = [one for one in asked if one.channel is Channel.SMS]
    answer_all(texted[0].to, "1")
    close(coordinator, survey_id)
    used = budget(officer)
    # Each first question is one part; one member was sent the second question as well.
    assert used["spent"] == len(asked) + 1
    assert (used["promised"], kept(survey_id).promised) == (0, 0)
    assert used["spent"] < most


def test_what_does_not_fit_is_not_started_and_says_who_may_help(
    coordinator: Visitor, officer: Api
) -> None:
    answer = officer.http.put(UPPER, json={"year": 2026, "euros": 3})
    assert answer.status_code == 200, answer.text
    made = coordinator.post("/surveys", template="safety")
    survey_id = made.headers["location"].rsplit("/", 1)[1]
    coordinator.get(f"/surveys/{survey_id}")
    refused = coordinator.post(f"/surveys/{survey_id}/start", closes_on=CLOSES)
    assert refused.status_code == 422
    assert "is left of" in words(refused)
    assert 'id="budget.haut-valdor"' in refused.text
    told = officer.http.post(f"/surveys/{survey_id}/start", json={"closes_on": CLOSES})
    assert told.status_code == 422
    assert "budget.haut-valdor" in told.text
    assert not ask_everybody()
    officer.http.put(UPPER, json={"year": 2026, "euros": 5000})
    again = coordinator.post(f"/surveys/{survey_id}/start", closes_on=CLOSES)
    assert again.status_code == 303
