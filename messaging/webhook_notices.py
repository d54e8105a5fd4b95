"""Telling the keeper of a webhook that another system does not hear of the alerts.

His address is named by its host alone: the rest of it is often as good as a password.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from hub import clock
from hub.config import settings
from hub.i18n import mark, translate
from hub.roles import Role
from messaging.models import Webhook
from partnerships import appointments, notices
from partnerships.models import Account, Appointment, Channel, Organisation
from partnerships.notices import About, Words

NOTICE_KIND = "webhook_failing"
_GOOD_FOR = timedelta(days=2)
_OFFICERS = (Role.MANDATED_OFFICER, Role.DEPUTY_OFFICER)

_FAILING = mark("{host} does not take our calls")
_SWITCHED_OFF = mark("{host} is not called any more")
_WARNING = mark(
    "{host} has taken no call from {zone} since {since}. It was not told of an alert: the hub tried"
    " for a day. Alerts leave as always; only this other system does not hear of them.\n\nIf it"
    " takes nothing until {until}, it is switched off. See what was tried, and send a test:\n{link}"
)
_OFF = mark(
    "{host} has taken no call from {zone} since {since}, and is switched off. Alerts leave as"
    " always; only this other system does not hear of them.\n\nWhen it works again, switch it on"
    " here:\n{link}"
)
_GONE = mark(
    "{host} answered a call from {zone} with “gone”: it wants to hear of no more alerts, and is"
    " switched off.\n\nIf that is a mistake, switch it on again here:\n{link}"
)


def warn(session: Session, webhook: Webhook, ends_at: datetime) -> None:
    """That it fails, and until when it may."""
    _tell(session, webhook, _FAILING, _WARNING, until=_day(ends_at))


def tell_switched_off(session: Session, webhook: Webhook) -> None:
    """That it failed for too long."""
    _tell(session, webhook, _SWITCHED_OFF, _OFF)


def tell_gone(session: Session, webhook: Webhook) -> None:
    """That it asked for no more."""
    _tell(session, webhook, _SWITCHED_OFF, _GONE)


def _tell(session: Session, webhook: Webhook, subject: str, body: str, **values: str) -> None:
    zone = session.get_one(Organisation, webhook.police_zone_id)
    values |= {
        "host": urlsplit(webhook.url).hostname or "",
        "zone": zone.name,
        "since": _day(webhook.failing_since or clock.now()),
        "link": f"{settings().base_url}/outgoing-webhooks/{webhook.id}",
    }
    for account in _keepers(session, webhook):
        words = Words(
            account.language,
            translate(account.language, body, **values),
            translate(account.language, subject, **values),
        )
        about = About("webhook", webhook.id)
        notices.write(session, NOTICE_KIND, about, Channel.EMAIL, account.email, words, _GOOD_FOR)


def _keepers(session: Session, webhook: Webhook) -> Sequence[Account]:
    """Whoever added it; when his account is closed, the zone's officers."""
    added_it = session.get_one(Account, webhook.created_by)
    if added_it.disabled_at is None:
        return [added_it]
    at = clock.now()
    officers = (
        select(Account)
        .join(Appointment, col(Appointment.account_id) == col(Account.id))
        .where(
            Appointment.scope_id == webhook.police_zone_id,
            col(Appointment.role).in_(_OFFICERS),
            col(Appointment.starts_at) <= at,
            appointments.not_over(at),
            col(Account.disabled_at).is_(None),
        )
    )
    return session.exec(officers.distinct()).all()


def _day(at: datetime) -> str:
    return clock.in_brussels(at).strftime("%d/%m/%Y %H:%M")
