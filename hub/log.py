"""Structured logs with fixed event names and ids; never a number, a name, an address or a text."""

import logging
import sys
from typing import Any

import structlog

# Keys that would carry a person into a log. A slip is blanked, and the test for it fails.
_PERSONAL = frozenset(
    {"phone", "number", "to", "email", "address", "name", "body", "text", "subject", "password"}
)


def _blank_personal_data(
    _logger: Any, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    for key in _PERSONAL.intersection(event):
        event[key] = "[personal data]"
    return event


def configure(log_format: str) -> None:
    """Send every log line, ours and the libraries', to standard error in one format."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _blank_personal_data,
    ]
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer()
    if log_format == "text":
        renderer = structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    _quiet_libraries()


def _quiet_libraries() -> None:
    # These print request lines or job arguments at INFO: thousands of lines a send, some of them
    # with a recipient's address.
    for name in (
        "rq.worker",
        "twilio.async_http_client",
        "aiosmtplib",
        "mail.log",
        "uvicorn.access",
    ):
        logging.getLogger(name).setLevel(logging.WARNING)


def get(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose events are fixed words: ``log.warning("delivery_failed", delivery_id=7)``."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
