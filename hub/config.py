"""Settings by environment (``HUB_…``), with ``…_FILE`` variants so that secrets can be files."""

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from hub.errors import ConfigurationError

# Known to everyone who reads this file, so production refuses to start with them.
DEVELOPMENT_SECRET = "development-only-secret-key-change-me"  # noqa: S105
SIMULATED_ACCOUNT = "AC" + "0" * 32
SIMULATED_TOKEN = "simulated-auth-token"  # noqa: S105


class Settings(BaseSettings):
    """Everything an operator may set. Times are seconds unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="HUB_", extra="ignore")

    environment: Literal["development", "production"] = "development"
    data_dir: Path = Path("var")
    port: int = Field(default=8000, ge=1, le=65535)
    host: str = "127.0.0.1"
    base_url: str = ""
    database_url: str = ""
    redis_url: str = ""
    secret_key: str = DEVELOPMENT_SECRET
    log_format: Literal["json", "text"] = "json"
    metrics_port: int | None = None

    twilio_api_url: str = ""
    twilio_account_sid: str = SIMULATED_ACCOUNT
    twilio_auth_token: str = SIMULATED_TOKEN
    # Set while a token is being replaced: webhooks signed with either are genuine.
    twilio_previous_auth_token: str = ""
    twilio_sender: str = "+32460000001"
    smtp_url: str = ""
    mail_from: str = "PLP Hub <alert@plp-hub.example>"
    # Where the hub finds the simulated carrier; it is in use when HUB_TWILIO_API_URL is the same.
    simulator_url: str = ""
    simulator_port: int = 8025
    simulator_smtp_port: int = 8026

    sms_concurrency: int = Field(default=50, ge=1, le=1000)
    voice_concurrency: int = Field(default=5, ge=1, le=100)
    email_concurrency: int = Field(default=4, ge=1, le=50)
    chunk_size: int = Field(default=500, ge=1, le=5000)
    # A lease ends this long after its last renewal; a dead worker is noticed no later.
    lease_seconds: float = Field(default=10.0, ge=0.5)
    # How long an unknown delivery waits for its receipt before the carrier is asked.
    receipt_grace_seconds: float = Field(default=4.0, ge=0.1)
    sweep_seconds: float = Field(default=3.0, ge=0.1)
    urgent_lifetime_minutes: int = 60
    session_idle_minutes: int = 30
    session_absolute_hours: int = 12

    @field_validator("twilio_sender")
    @classmethod
    def _is_a_number_or_a_service(cls, sender: str) -> str:
        # Belgian operators overwrite a name as sender, and nobody can answer it.
        if not re.fullmatch(r"\+[1-9]\d{7,14}|MG[0-9a-f]{32}", sender):
            raise ValueError("a number such as +32…, or a messaging service MG…, is needed")
        return sender

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (
            init_settings,
            env_settings,
            _SecretFiles(settings_cls),
            _KeptSecrets(settings_cls),
        )

    def model_post_init(self, _context: Any, /) -> None:
        self.base_url = (self.base_url or f"http://127.0.0.1:{self.port}").rstrip("/")
        self.database_url = self.database_url or f"sqlite:///{self.data_dir}/plp-hub.sqlite3"
        if self.database_url.startswith(("postgres://", "postgresql://")):
            # The plain address means psycopg 3 here: it is the driver the hub ships.
            self.database_url = "postgresql+psycopg://" + self.database_url.split("://", 1)[1]
        self.simulator_url = self.simulator_url or f"http://127.0.0.1:{self.simulator_port}"
        self.simulator_url = self.simulator_url.rstrip("/")
        self.twilio_api_url = (self.twilio_api_url or self.simulator_url).rstrip("/")
        self.smtp_url = (
            self.smtp_url or f"smtp://127.0.0.1:{self.simulator_smtp_port}?starttls=never"
        )

    @property
    def carrier_is_simulated(self) -> bool:
        return self.twilio_api_url == self.simulator_url

    @property
    def may_have_demo(self) -> bool:
        """Invented people may be texted only where no real telephone can ring."""
        host = urlsplit(self.twilio_api_url).hostname or ""
        return not self.is_production and not host.endswith("twilio.com")

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def uses_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def uses_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def webhook_tokens(self) -> tuple[str, ...]:
        return tuple(t for t in (self.twilio_auth_token, self.twilio_previous_auth_token) if t)


class _SecretFiles(PydanticBaseSettingsSource):
    """Reads ``HUB_NAME_FILE`` for any setting, so that compose and Kubernetes can mount secrets."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        path = os.environ.get(f"HUB_{field_name.upper()}_FILE")
        if not path:
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").strip(), field_name, False
        except OSError as error:
            message = "{variable} names a file that cannot be read: {path}"
            variable = f"HUB_{field_name.upper()}_FILE"
            raise ConfigurationError(message, variable=variable, path=path) from error

    def __call__(self) -> dict[str, Any]:
        found = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in found.items() if value is not None}


class _KeptSecrets(_SecretFiles):
    """The secrets ``plp-hub run`` made and keeps in its data folder.

    Without them a command typed beside a running hub would look for people under other keys, and
    find nobody.
    """

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        folder = Path(os.environ.get("HUB_DATA_DIR", "var")) / "secrets"
        path = folder / f"hub_{field_name}"
        found = path.read_text(encoding="utf-8").strip() if path.is_file() else None
        return found, field_name, False


@lru_cache
def settings() -> Settings:
    """The settings of this process, read once.

    Raises ``ConfigurationError`` naming the variable when one cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        variable = "HUB_" + "_".join(str(part) for part in first["loc"]).upper()
        raise ConfigurationError(
            "{variable} cannot be used: {reason}", variable=variable, reason=first["msg"]
        ) from error


def production_faults(chosen: Settings) -> list[str]:
    """What must change before these settings may serve real people; empty when nothing must."""
    faults = []
    if chosen.secret_key == DEVELOPMENT_SECRET or len(chosen.secret_key) < 32:
        faults.append("HUB_SECRET_KEY must be a secret of your own, 32 characters or more.")
    if chosen.carrier_is_simulated:
        faults.append("HUB_TWILIO_API_URL must name a real carrier, not the simulator.")
    if chosen.twilio_auth_token == SIMULATED_TOKEN:
        faults.append("HUB_TWILIO_AUTH_TOKEN must be the carrier's secret token.")
    if not chosen.uses_https:
        faults.append("HUB_BASE_URL must be the public https address of the hub.")
    if not chosen.redis_url:
        faults.append("HUB_REDIS_URL must name a Redis server.")
    return faults
