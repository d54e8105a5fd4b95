"""What an alert must say is asked for at every door it comes in by, not at the composer's only."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from hub import clock
from tests import in_process
from tests.running_hub import THE_LINE, WORDS, Api

pytestmark = pytest.mark.usefixtures("demo_zone")
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


@pytest.fixture
def api(demo_zone: str) -> Api:
    clock.set_source(lambda: NOON)
    return in_process.api("dispatcher@demo.example")


def saying(text: str, **others: str) -> dict[str, Any]:
    """The words of every alert, with this for the French text."""
    return {**WORDS, "fr": {"subject": "Alerte", "short": text, "long": "", **others}}


def refused(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 422, answer.text
    return {one["field"] for one in answer.json()["errors"]}


@pytest.mark.parametrize(
    "text",
    [
        "PLP ALERTE: vol rue Haute 101. Ne suivez personne.",
        "PLP ALERTE: vol rue Haute. Appelez le 101.",
        "PLP ALERTE: vol {place}. Appelez le 101. Ne suivez personne.",
        "EXERCICE: vol rue Haute. Appelez le 101. Ne suivez personne.",
    ],
)
def test_an_alert_posted_by_a_machine_says_what_every_alert_says(api: Api, text: str) -> None:
    answer = api.draft("haut-valdor", texts=saying(text))
    assert refused(answer) == {"texts.fr.short"}


def test_what_else_is_wrong_is_named_with_it(api: Api) -> None:
    answer = api.draft("nowhere", texts=saying("Vol.", subject=""))
    assert refused(answer) == {"partnerships.0", "texts.fr.subject", "texts.fr.short"}


def test_the_same_request_again_gives_the_same_alert_whatever_it_says_now(api: Api) -> None:
    first = api.draft("haut-valdor", client_request_id="one")
    again = api.draft("haut-valdor", client_request_id="one", texts=saying("Vol."))
    assert again.json()["id"] == first.json()["id"]


@pytest.mark.parametrize(
    "text", ["La Golf est vide.", f"EXERCICE: la Golf est vide. {THE_LINE['fr']}"]
)
def test_an_update_says_it_too(api: Api, text: str) -> None:
    incident = api.incident()["id"]
    sent = api.send("haut-valdor", incident_id=incident)
    update = {"step": "update", "client_request_id": "u", "texts": saying(text)}
    answer = api.http.post(f"/broadcasts/{sent}/follow-ups", json=update)
    assert refused(answer) == {"texts.fr.short"}
    # An end alarms nobody: it says neither.
    end = {**update, "step": "all_clear", "texts": saying("C'est fini.")}
    assert api.http.post(f"/broadcasts/{sent}/follow-ups", json=end).status_code == 201
