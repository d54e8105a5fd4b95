"""Settings: files for secrets, sentences for mistakes, and no production with a known secret."""

from pathlib import Path

import pytest

from hub.app import create_app
from hub.config import Settings, production_faults, settings
from hub.errors import ConfigurationError
from tests.conftest import forget_settings


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HUB_DATA_DIR", str(tmp_path))
    forget_settings()


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file\n", "utf-8")
    monkeypatch.setenv("HUB_TWILIO_AUTH_TOKEN_FILE", str(tmp_path / "token"))
    assert settings().twilio_auth_token == "from-a-file"


def test_a_missing_secret_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_SECRET_KEY_FILE", "/nowhere/secret")
    with pytest.raises(ConfigurationError) as told:
        settings()
    assert told.value.values["variable"] == "HUB_SECRET_KEY_FILE"


@pytest.mark.parametrize(
    ("variable", "value"),
    [("HUB_PORT", "eighty"), ("HUB_TWILIO_SENDER", "PLP Valdor"), ("HUB_TWILIO_SENDER", "0470")],
)
def test_a_value_that_cannot_be_used_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError) as told:
        settings()
    assert told.value.values["variable"] == variable


def test_the_secrets_a_running_hub_keeps_are_found_beside_it(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "hub_secret_key").write_text("kept-beside-the-data", "utf-8")
    assert settings().secret_key == "kept-beside-the-data"


def test_production_does_not_start_with_what_everyone_knows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HUB_ENVIRONMENT", "production")
    assert len(production_faults(Settings())) == 5
    with pytest.raises(ConfigurationError):
        create_app()


def test_a_plain_postgresql_address_means_the_driver_we_ship() -> None:
    assert Settings(database_url="postgres://a@b/c").database_url == "postgresql+psycopg://a@b/c"
