"""Settings by environment (``HUB_…``), with ``…_FILE`` variants so that secrets can be files."""

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator
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
# Where the simulated members answer by mail, under ``plp-hub run``. Nobody can own it (RFC 2606).
SIMULATED_MAIL_DOMAIN = "replies.plp-hub.example"


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
    # Non-urgent messages by WhatsApp, where a police zone allows it: its sender's number, and the
    # template that was approved for it, whose {{1}} takes the text. None without both.
    whatsapp_sender: str = ""
    whatsapp_content_sid: str = ""
    # Listen whether a machine answered, before a call speaks: seconds of silence and a fee for
    # each call, and about one in ten is taken for the other.
    voice_machine_detection: bool = False
    smtp_url: str = ""
    mail_from: str = "PLP Hub <alert@plp-hub.example>"
    # Where answers and bounces come in. Without it mail carries no address to answer to.
    mail_inbound_domain: str = ""
    mail_door_host: str = "127.0.0.1"
    mail_door_port: int = Field(default=8027, ge=1, le=65535)
    # What the mail server in front speaks to the door.
    mail_door_protocol: Literal["smtp", "lmtp"] = "smtp"
    # Where the hub finds the simulated carrier; it is in use when HUB_TWILIO_API_URL is the same.
    simulator_url: str = ""
    simulator_port: int = 8025
    simulator_smtp_port: int = 8026
    # How the simulated carrier behaves from the start: JSON, names of channels.simulator.knobs.
    simulator_settings: str = "{}"

    # A second carrier of the same kind, used when the first fails or is slow; none without an id.
    second_twilio_api_url: str = ""
    second_twilio_account_sid: str = ""
    second_twilio_auth_token: str = ""
    second_twilio_sender: str = ""
    second_smtp_url: str = ""

    # What the carrier takes from one sender in a second. Unset: what Twilio takes from a Belgian
    # number (10 segments, 1 call) where the carrier is Twilio, and no limit elsewhere. 0: no limit.
    sms_segments_per_second: float | None = Field(default=None, ge=0)
    calls_per_second: float | None = Field(default=None, ge=0)
    # The share of that pace which only alerts may use.
    urgent_share: float = Field(default=0.2, ge=0, lt=1)
    sms_concurrency: int = Field(default=50, ge=1, le=1000)
    voice_concurrency: int = Field(default=5, ge=1, le=100)
    email_concurrency: int = Field(default=4, ge=1, le=50)
    chunk_size: int = Field(default=500, ge=1, le=5000)
    # A lease ends this long after its last renewal; a dead worker is noticed no later.
    lease_seconds: float = Field(default=10.0, ge=0.5)
    # How long an unknown delivery waits for its receipt before the carrier is asked.
    receipt_grace_seconds: float = Field(default=4.0, ge=0.1)
    # A message the carrier took and gave no receipt for is asked about after this, and again.
    receipt_overdue_seconds: float = Field(default=900.0, ge=1)
    sweep_seconds: float = Field(default=3.0, ge=0.1)
    urgent_lifetime_minutes: int = 60
    # Where the numbers are to which a code to join is texted (calling codes, by commas), how many
    # leave in an hour and in a day, and how many zero bits a browser's puzzle asks for.
    join_code_countries: str = "32"
    join_codes_per_hour: int = Field(default=200, ge=0)
    join_codes_per_day: int = Field(default=1000, ge=0)
    join_puzzle_bits: int = Field(default=18, ge=0, le=24)
    # The map under the zones: where its tiles are, such as https://tiles.example.be/{z}/{x}/{y}.png,
    # and whom to name for it (a web address at its end becomes a link). Without it zones are drawn
    # on plain ground: whose browser asks for tiles tells that server where he is looking.
    map_tiles_url: str = ""
    map_attribution: str = ""
    # Under which domain alerts are published (CAP): by default the host of the base URL. Readers
    # know an alert again by it, so it stays as it is. The key that signs them: plp-hub cap new-key.
    cap_domain: str = ""
    cap_signing_key: str = ""
    # How long published alerts, and those of others that became incidents, are kept for readers.
    # Partnerships are evaluated once a year; the alerts themselves stay.
    cap_kept_days: int = Field(default=365, ge=30)
    # How long what an officer typed into the composer (persons, vehicles) is kept after its alert,
    # so that the next one about the same begins with it. The words that were sent stay.
    alert_facts_kept_days: int = Field(default=365, ge=1)
    # How long the number of somebody unknown who reported an incident is kept where he was not
    # told: after it was closed, and after he wrote, whichever is over first.
    reporter_kept_days_closed: int = Field(default=30, ge=1)
    reporter_kept_days: int = Field(default=90, ge=1)
    # How long after a report is closed it says who reported it, and what was written and shown.
    reports_kept_days: int = Field(default=730, ge=30)
    # How often the alert feeds of other systems are looked into.
    cap_look_seconds: int = Field(default=60, ge=1)
    # Let webhooks and feeds lead to addresses in this very network, as a dispatch room's may; and,
    # outside production, without https.
    outgoing_private_addresses: bool = False
    # What the carrier charges in euros, without VAT: an SMS part, a call, a mail, a WhatsApp. The
    # composer says about what an alert costs; 0 is not known, and it says nothing.
    sms_segment_price: float = Field(default=0.0, ge=0)
    call_price: float = Field(default=0.0, ge=0)
    mail_price: float = Field(default=0.0, ge=0)
    whatsapp_price: float = Field(default=0.0, ge=0)
    # How long the page on which a member tells what he saw is open after the alert, in days; how
    # long what was seen, and its photos, stay here: the police keep theirs in their own system.
    seen_link_days: int = Field(default=7, ge=1, le=60)
    sightings_kept_days: int = Field(default=365, ge=30)
    sighting_photos_kept_days: int = Field(default=90, ge=7)
    # How long what somebody said after the tone can be listened to.
    voicemail_kept_days: int = Field(default=90, ge=7)
    # A zone outside of these is kept only by somebody who says that it is meant.
    zone_smallest_km2: float = Field(default=0.01, ge=0)
    zone_largest_km2: float = Field(default=50.0, gt=0)
    # Free words of surveys are kept for so long after a survey closes: the evaluation is yearly.
    survey_words_kept_days: int = Field(default=400, ge=30)
    session_idle_minutes: int = 30
    session_absolute_hours: int = 12

    # After so many days it is forgotten where somebody was answered, and in which words.
    answer_address_kept_days: int = Field(default=30, ge=1)
    answer_words_kept_days: int = Field(default=730, ge=1)
    # When the health of a partnership shows orange, and red: days without a message (R31), days
    # that a request to join waits, days before a mandate ends.
    silence_warning_days: int = Field(default=60, ge=1)
    silence_alarm_days: int = Field(default=120, ge=1)
    request_alarm_days: int = Field(default=7, ge=1)
    appointment_warning_days: int = Field(default=30, ge=1)
    # From and until which hour an alert counts as one by day, in the evaluation of a partnership.
    day_from_hour: int = Field(default=7, ge=0, le=23)
    day_until_hour: int = Field(default=22, ge=1, le=24)
    # When a place is proposed as a hot spot: so many reports of one category, within so many
    # metres, in so many days. Whoever looks may change them on the page. One that was declined is
    # not proposed again for so many days.
    hot_spot_radius_metres: int = Field(default=150, ge=25, le=1000)
    hot_spot_window_days: int = Field(default=28, ge=7, le=366)
    hot_spot_threshold: int = Field(default=5, ge=2, le=1000)
    hot_spot_declined_days: int = Field(default=90, ge=1)
    # How long it is kept which colleague was at a hot spot; the hours stay, without a name.
    presence_kept_days: int = Field(default=365, ge=30)
    # Names of staff in the registers of a town, after they left.
    staff_names_kept_days: int = Field(default=1095, ge=30)
    # Where one colour of a plan's indicators ends and another begins: ours, for the official list
    # is not known. Parts of what was wanted (or, in a period that goes on, of what is due by now):
    # green from so much once the period has ended, and while it goes on; orange from so much.
    colour_green_closed: float = Field(default=1.0, gt=0, le=1)
    colour_green_open: float = Field(default=0.9, gt=0, le=1)
    colour_orange: float = Field(default=0.7, ge=0, le=1)
    # A target below so many that is not reached is orange when this part of its days is over.
    colour_due_soon: float = Field(default=0.75, ge=0, le=1)
    colour_small_target: float = Field(default=4, ge=0)
    # A share of fewer cases carries a mark.
    colour_few_cases: int = Field(default=5, ge=0)

    @field_validator("twilio_sender", "second_twilio_sender", "whatsapp_sender")
    @classmethod
    def _is_a_number_or_a_service(cls, sender: str, info: ValidationInfo) -> str:
        if not sender and info.field_name != "twilio_sender":
            return sender
        # Belgian operators overwrite a name as sender, and nobody can answer it.
        if not re.fullmatch(r"\+[1-9]\d{7,14}|MG[0-9a-f]{32}", sender):
            raise ValueError("a number such as +32…, or a messaging service MG…, is needed")
        return sender

    @field_validator("whatsapp_content_sid")
    @classmethod
    def _is_a_template(cls, content_sid: str) -> str:
        if content_sid and not re.fullmatch(r"HX[0-9a-f]{32}", content_sid):
            raise ValueError("the id of an approved template, HX…, is needed")
        return content_sid

    @field_validator("colour_orange")
    @classmethod
    def _is_below_green(cls, orange: float, info: ValidationInfo) -> float:
        greens = [info.data.get(f"colour_green_{one}", 1.0) for one in ("open", "closed")]
        if orange > min(greens):
            raise ValueError("orange begins below green")
        return orange

    @field_validator("map_tiles_url")
    @classmethod
    def _is_a_tile_address(cls, address: str) -> str:
        # It goes into the Content-Security-Policy, where a semicolon begins another rule.
        shape = r"(https?://(\{s\}\.)?[A-Za-z0-9.-]+(:\d+)?)?/(?!/)[^\s;,'\"<>]*"
        is_complete = all(part in address for part in ("{z}", "{x}", "{y}"))
        if address and not (is_complete and re.fullmatch(shape, address)):
            raise ValueError("an address such as https://host/{z}/{x}/{y}.png is needed")
        return address

    @field_validator("mail_inbound_domain")
    @classmethod
    def _is_a_domain(cls, domain: str) -> str:
        if domain and not re.fullmatch(r"(?!-)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+", domain):
            raise ValueError("a domain such as replies.example.be is needed")
        return domain.lower()

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
    def map_tiles_origin(self) -> str:
        """Where a browser must be allowed to fetch tiles; empty when nowhere but from us."""
        address = urlsplit(self.map_tiles_url.replace("{s}", "*"))
        return f"{address.scheme}://{address.netloc}" if address.netloc else ""

    @property
    def prices(self) -> dict[str, float]:
        """Euros by channel; of an SMS for each of its parts."""
        return {
            "sms": self.sms_segment_price,
            "voice": self.call_price,
            "email": self.mail_price,
            "whatsapp": self.whatsapp_price,
        }

    @property
    def has_whatsapp(self) -> bool:
        return bool(self.whatsapp_sender and self.whatsapp_content_sid)

    @property
    def may_have_demo(self) -> bool:
        """Invented people may be texted only where no real telephone can ring."""
        host = urlsplit(self.twilio_api_url).hostname or ""
        return not self.is_production and not host.endswith("twilio.com")

    @property
    def mail_door(self) -> tuple[str, int, str] | None:
        """Host, port and protocol of the door mail comes in by, when there is one."""
        door = (self.mail_door_host, self.mail_door_port, self.mail_door_protocol)
        return door if self.mail_inbound_domain else None

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
        tokens = (
            self.twilio_auth_token,
            self.twilio_previous_auth_token,
            self.second_twilio_auth_token,
        )
        return tuple(token for token in tokens if token)


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
