"""What the simulator is told at its start."""

from dataclasses import dataclass, field

from channels.simulator.knobs import Knobs

SERVICE_NUMBER = "+32460220000"  # what a Messaging Service sends from here


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """`inbound_url` is the hub's door for members' texts; port 0 lets the system choose.

    `knobs` is how everything behaves at the start and after each reset.
    """

    host: str
    port: int
    smtp_port: int
    account_sid: str
    auth_token: str = field(repr=False)
    inbound_url: str
    sender: str
    # Where members' mail to the hub goes: host, port, and smtp or lmtp.
    mail_door: tuple[str, int, str] | None = None
    knobs: Knobs = field(default_factory=Knobs)

    @property
    def calls_url(self) -> str:
        """The hub's door for members' calls."""
        return self.inbound_url.replace("/sms/", "/voice/")

    @property
    def number(self) -> str:
        """The number that members see and reply to."""
        return self.sender if self.sender.startswith("+") else SERVICE_NUMBER
