"""Telling those who may be the second person that a broadcast waits for one."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session

from hub import clock
from hub.config import settings
from hub.i18n import Language, mark, translate
from hub.roles import Role
from messaging.models import Broadcast, BroadcastKind
from messaging.second_person import Ask
from partnerships import appointments, notices
from partnerships.models import Account, Channel, Partnership
from partnerships.notices import About, Words

NOTICE_KIND = "approval_asked"
_ROLES = (Role.MANDATED_OFFICER, Role.DEPUTY_OFFICER)


def tell_who_may_approve(
    session: Session, broadcast: Broadcast, told: Sequence[Ask], asked_by: UUID
) -> int:
    """One mail at once to each mandated officer and deputy who may approve it for every partnership
    whose plan asks; how many. Neither its author nor ``asked_by`` is told."""
    asking = [one.partnership for one in told]
    found = [
        one
        for one in who_may_approve(session, asking)
        if one.id not in (asked_by, broadcast.author_id)
    ]
    for account in found:
        _tell(session, broadcast, asking, account)
    return len(found)


def who_may_approve(session: Session, asking: Sequence[Partnership]) -> list[Account]:
    """The mandated officers and deputies, now, of all of these partnerships."""
    at = clock.now()
    standing = [
        one
        for one in appointments.holders_at(session, asking, at)
        if one.holds_at(at) and one.role in _ROLES
    ]
    accounts = {one.account.id: one.account for one in standing}
    scopes: dict[UUID, set[UUID | None]] = {key: set() for key in accounts}
    for one in standing:
        scopes[one.account.id].add(one.appointment.scope_id)
    wanted = {one.police_zone_id for one in asking}
    return [account for key, account in accounts.items() if wanted <= scopes[key]]


def _tell(
    session: Session, broadcast: Broadcast, asking: Sequence[Partnership], account: Account
) -> None:
    language = account.language
    names = ", ".join(one.name for one in asking)
    words = Words(language, _body(broadcast, names, language), _subject(broadcast, names, language))
    about = About("broadcast", broadcast.id)
    good_for = broadcast.expires_at - clock.now()
    notices.write(session, NOTICE_KIND, about, Channel.EMAIL, account.email, words, good_for)


def _subject(broadcast: Broadcast, names: str, language: Language) -> str:
    urgent = mark("An urgent alert waits for you")
    other = mark("A message waits for you")
    is_urgent = broadcast.kind is BroadcastKind.URGENT_ALERT
    return f"{names}: {translate(language, urgent if is_urgent else other)}"


def _body(broadcast: Broadcast, names: str, language: Language) -> str:
    assert broadcast.approval_asked_at is not None
    sentence = mark(
        "A message to {partnerships} has been waiting for a second person since {since}. Nothing"
        " has left yet.\n\nRead it, and let it leave or stop it, before {until}:\n{link}"
    )
    return translate(
        language,
        sentence,
        partnerships=names,
        since=clock.in_brussels(broadcast.approval_asked_at).strftime("%d/%m %H:%M"),
        until=clock.in_brussels(broadcast.expires_at).strftime("%d/%m %H:%M"),
        link=f"{settings().base_url}/broadcasts/{broadcast.id}",
    )
