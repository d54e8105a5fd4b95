"""The command line, as an operator and as a script use it."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from typer.testing import CliRunner

from hub.cli import app
from hub.config import settings
from hub.db import unit_of_work
from hub.errors import BadInput, ConfigurationError, HubError
from partnerships import accounts

pytestmark = pytest.mark.usefixtures("demo_zone")


def answer(*words: str) -> Any:
    told = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False)
    return json.loads(told.stdout)


def test_an_account_gets_a_one_time_password_that_works() -> None:
    words = ("--email", "New@Demo.example", "--role", "coordinator", "--scope", "valdor-gare")
    made = answer("account", "create", *words)
    with unit_of_work() as session:
        account = accounts.by_email(session, "new@demo.example")
        assert account is not None
        assert accounts.passwords.verify(made["password"], account.password_hash)
        actor = accounts.actor_for(session, account)
    assert [held.role for held in actor.appointments] == ["coordinator"]


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("--email", "dispatcher@demo.example", "--role", "administrator"), BadInput),
        (("--email", "not an address", "--role", "administrator"), BadInput),
        (("--email", "a@b.example", "--role", "dispatcher", "--scope", "nowhere"), HubError),
    ],
)
def test_a_wrong_account_is_refused_and_not_half_made(
    words: tuple[str, ...], refusal: type[HubError]
) -> None:
    with pytest.raises(refusal):
        answer("account", "create", *words)
    with unit_of_work(read_only=True) as session:
        assert accounts.by_email(session, "a@b.example") is None


def test_a_token_is_printed_once_and_kept_only_as_a_hash() -> None:
    made = answer("api-token", "create", "--account", "officer@demo.example", "--name", "cad")
    with unit_of_work(read_only=True) as session:
        actor = accounts.actor_with_token(session, made["token"])
        assert actor is not None
        assert actor.name == "Olivia Officier"
        assert accounts.actor_with_token(session, made["token"] + "x") is None


def test_the_demo_is_made_once() -> None:
    again = answer("demo")
    assert again["created"] is False
    assert {one["password"] for one in again["accounts"]} == {None}
    assert all(one["password"] for one in answer("demo", "--new-passwords")["accounts"])


@pytest.mark.parametrize(
    ("name", "value"),
    [("HUB_ENVIRONMENT", "production"), ("HUB_TWILIO_API_URL", "https://api.twilio.com")],
)
def test_invented_people_are_never_made_where_real_telephones_ring(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    settings.cache_clear()
    with pytest.raises(ConfigurationError):
        answer("demo")


def test_the_doctor_says_what_is_missing() -> None:
    findings = {one["about"]: one["ok"] for one in answer("doctor")}
    assert findings["database"]
    assert findings["log of decisions"]
    assert not findings["redis"]


def test_a_refusal_is_a_sentence_and_exit_code_1() -> None:
    words = [sys.executable, "-m", "hub.cli", "members", "import", "nothing.csv"]
    told = subprocess.run(
        [*words, "--partnership", "nowhere"], capture_output=True, text=True, check=False
    )
    assert told.returncode == 1
    assert told.stderr.strip() == "There is no partnership called nowhere."


@pytest.mark.parametrize(
    ("wanted", "named"),
    [
        ('{"percent_500": 200}', "percent_500 Input should be less than or equal to 100"),
        ('{"speed": 1}', "speed Extra inputs are not permitted"),
        ("fast", "Invalid JSON"),
    ],
)
def test_a_wrong_setting_of_the_simulator_is_named(wanted: str, named: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "hub.cli", "simulator"],
        env={**os.environ, "HUB_SIMULATOR_SETTINGS": wanted},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert told.returncode == 1
    assert told.stderr.startswith(f"HUB_SIMULATOR_SETTINGS cannot be used: {named}")
