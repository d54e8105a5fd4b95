"""Counters for an operator, served on a port of their own and only when HUB_METRICS_PORT is set.

Each process counts for itself; a scraper adds them up.
"""

from prometheus_client import Counter, start_http_server

from hub.config import settings

webhooks_refused = Counter("hub_webhooks_refused", "Webhooks without a valid signature")
receipts_taken = Counter("hub_receipts_taken", "Receipts accepted from the carrier")
deliveries_taken = Counter("hub_deliveries_taken", "Deliveries claimed for sending")
inbound_stored = Counter("hub_inbound_stored", "Replies stored")
mail_taken = Counter("hub_mail_taken", "Mail that came in, by what it was", ["taken_for"])


def serve_if_wanted() -> None:
    """Open the metrics port, when one is set."""
    port = settings().metrics_port
    if port:
        start_http_server(port, addr=settings().host)
