"""An alert goes on until somebody is proved to be reached; the rest is for a person to call."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Update, create_engine, update
from sqlmodel import col

from hub.embedded_redis import EmbeddedRedis
from partnerships.models import CommunicationPlan, Membership
from tests.conftest import DATABASES, Templates, copy_of, empty_queue
from tests.running_hub import Api, RunningHub, Visitor, eventually

pytestmark = pytest.mark.journey

RIK = "+32471900001"  # his text arrives
PAULA = "+32470000031"  # her telephone is off when the text comes
TINA = "+32470000032"  # her mobile has changed hands; she has a land line as well
TINA_AT_HOME = "+3242000777"
NORA = "+32470000033"  # cannot get texts, and does not pick up
WIM = "+32470000041"  # nothing is ever heard of his text

REGISTER = f"""name,language,mobile,landline
Rik Reached,fr,{RIK},
Paula Off,fr,{PAULA},
Tina Twice,nl,{TINA},{TINA_AT_HOME}
Nora Nobody,fr,{NORA},
Wim Waits,nl,{WIM},
"""


@pytest.fixture
def own_hub(
    templates: Templates, request: pytest.FixtureRequest, tmp_path: Path, redis: EmbeddedRedis
) -> Iterator[RunningHub]:
    """A hub whose PLP Haut-Valdor has these five members and nobody else."""
    running = RunningHub(
        tmp_path,
        copy_of(templates.with_demo, templates.kind, tmp_path, request),
        empty_queue(redis, 7 + DATABASES.index(templates.kind)),
        accounts=templates.accounts,
    )
    write(running, update(Membership).values(left_at=col(Membership.joined_at)))
    agree(running, escalate_after_seconds=900, call_tries=1)
    (tmp_path / "register.csv").write_text(REGISTER, "utf-8")
    words = ("members", "import", str(tmp_path / "register.csv"), "--partnership", "haut-valdor")
    running.command(*words)
    running.start_all()
    yield running
    running.stop()


def write(hub: RunningHub, change: Update) -> None:
    engine = create_engine(hub.database_url)
    with engine.begin() as connection:
        connection.execute(change)
    engine.dispose()


def agree(hub: RunningHub, **terms: int) -> None:
    """Change the communication plans, which have no page yet."""
    write(hub, update(CommunicationPlan).values(**terms))


def ringing(hub: RunningHub, number: str) -> str:
    """The call that rings there; waits for it."""

    def look() -> str | None:
        entries: list[dict[str, Any]] = hub.carrier.phone(number)["entries"]
        calls = [one["call"] | {"sid": one["sid"]} for one in entries if one["kind"] == "call"]
        return next((one["sid"] for one in calls if one["state"] == "ringing"), None)

    return str(eventually(look, f"{number} rings"))


def confirm_call(hub: RunningHub, number: str) -> None:
    call = ringing(hub, number)
    hub.carrier.answer(call)
    hub.carrier.press(call, "1")


def ways(api: Api, broadcast_id: str) -> list[list[str]]:
    """What was tried for each person, in order, and the state of it."""
    found: dict[str, list[str]] = {}
    for one in api.deliveries(broadcast_id):
        assert (one["attempt_kind"] == "first") is (one["person_id"] not in found)
        found.setdefault(one["person_id"], []).append(f"{one['channel']} {one['state']}")
    return sorted(found.values())


def calls_to(hub: RunningHub) -> list[str]:
    return [one["to"] for one in hub.carrier.accepted() if one["kind"] == "call"]


def test_an_alert_goes_on_until_each_is_reached_and_lists_whom_nothing_reached(
    own_hub: RunningHub,
) -> None:
    hub, api = own_hub, own_hub.api()
    alert = api.send("haut-valdor", incident_id=api.incident()["id"])

    # Her text could not be delivered, so she is called, and confirms.
    confirm_call(hub, PAULA)
    # Her mobile is busy, so her land line rings.
    hub.carrier.hang_up(ringing(hub, TINA))
    confirm_call(hub, TINA_AT_HOME)
    hub.carrier.hang_up(ringing(hub, NORA))
    as_expected = [
        ["sms accepted"],
        ["sms delivered"],
        ["sms undelivered", "voice delivered"],
        ["sms undelivered", "voice undelivered"],
        ["sms undelivered", "voice undelivered", "voice delivered"],
    ]
    eventually(lambda: ways(api, alert) == as_expected, "each was tried by his ways")
    state = api.broadcast(alert)
    assert state["audience"] == sum(state["counts"].values()) == 5
    assert state["counts"]["delivered"] == 3
    assert sorted(calls_to(hub)) == sorted([PAULA, TINA, TINA_AT_HOME, NORA])

    # Nothing was heard of his text for as long as the partners agreed: he is called, and texts.
    agree(hub, escalate_after_seconds=0)
    ringing(hub, WIM)
    hub.carrier.reply(WIM, "Alles goed hier")
    eventually(lambda: api.broadcast(alert)["counts"]["delivered"] == 4, "his answer is proof")
    assert calls_to(hub).count(WIM) == 1
    assert RIK not in calls_to(hub)

    listed_and_ticked_off(hub, alert)


def coordinator_of(hub: RunningHub, slug: str) -> Visitor:
    words = ("--email", "other@demo.example", "--role", "coordinator", "--scope", slug)
    password = hub.command("account", "create", *words).split()[-1]
    hub.accounts["other"] = {"email": "other@demo.example", "password": password}
    return hub.signed_in("other")


def listed_and_ticked_off(hub: RunningHub, alert: str) -> None:
    path = f"/broadcasts/{alert}/call-list"
    watching = hub.signed_in("dispatcher").get(f"/broadcasts/{alert}").text
    assert f'href="{path}"' in watching
    coordinator = hub.signed_in("coordinator")
    assert f'href="{path}"' in coordinator.get("/").text
    listed = coordinator.get(path).text
    assert "Nora Nobody" in listed
    assert f'href="tel:{NORA}"' in listed
    for other in ("Rik Reached", "Paula Off", "Tina Twice", "Wim Waits", "Alles goed"):
        assert other not in listed
    assert hub.signed_in("prevention_officer").get(path).status_code == 403
    assert coordinator_of(hub, "valdor-gare").get(path).status_code == 404

    action = listed.split(f'action="{path}/')[1].split('"')[0]
    point = listed.split('name="contact_point" value="')[1].split('"')[0]
    for _click in range(2):
        assert coordinator.post(f"{path}/{action}", contact_point=point).status_code == 303
    assert "Nora Nobody" not in coordinator.get(path).text
    state = hub.api().broadcast(alert)
    assert state["counts"]["delivered"] == state["audience"] == 5
    watching = hub.signed_in("dispatcher").get(f"/broadcasts/{alert}").text
    assert f'href="{path}"' not in watching, "nobody is left to call"
    assert "Nora" not in hub.logs()
    refused = coordinator.post(f"{path}/{action}", contact_point="nonsense")
    assert refused.status_code == 404
