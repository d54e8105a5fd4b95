"""What keepers of a budget and writers are told of it: one mail each, with a link."""

from collections.abc import Iterable
from datetime import timedelta

from sqlmodel import Session

from hub.config import settings
from hub.i18n import Language, mark, moment, translate
from hub.money import Money
from messaging.budget_use import Standing
from messaging.budgets import Scope
from messaging.models import ColdMessage
from partnerships import notices
from partnerships.models import Account, Channel
from partnerships.notices import About, Words

_GOOD_FOR = timedelta(days=3)
_NEARLY_GONE = mark(
    "Of the budget of {name} for {year}, {used} of {amount} is spent or promised. When it is"
    " gone, prevention messages and other messages that can wait are refused; urgent alerts always"
    " leave. You can raise it here:\n{link}"
)
_WAITS = mark(
    "A message that was planned could not leave: it costs about {cost}, and of the budget of"
    " {name} {left} is left. It leaves by itself if the budget is raised before {until};"
    " else it is not sent. Look at it here:\n{link}"
)


def nearly_gone(
    session: Session, scope: Scope, year: int, standing: Standing, to: Iterable[Account]
) -> None:
    """Tell the keepers that most of a budget is gone."""
    for account in to:
        language = Language(account.language)
        words = Words(
            language,
            translate(
                language,
                _NEARLY_GONE,
                name=scope.name,
                year=year,
                used=Money(standing.use.used),
                amount=Money(standing.amount or 0),
                link=f"{settings().base_url}{scope.path}",
            ),
            translate(language, mark("{name}: the budget is nearly gone"), name=scope.name),
        )
        about = About(scope.kind.value, scope.id)
        _write(session, "budget_nearly_gone", about, account, words)


def message_waits(
    session: Session,
    message: ColdMessage,
    scope: Scope,
    cost: int,
    left: int,
    to: Iterable[tuple[Account, str]],
) -> None:
    """Tell that a planned message waits for money: each with the page he can do something on."""
    for account, path in to:
        language = Language(account.language)
        words = Words(
            language,
            translate(
                language,
                _WAITS,
                name=scope.name,
                cost=Money(cost),
                left=Money(max(0, left)),
                until=moment(message.good_until, language),
                link=f"{settings().base_url}{path}",
            ),
            translate(language, mark("{name}: a message waits for money"), name=scope.name),
        )
        _write(session, "budget_wait", About("cold_message", message.id), account, words)


def _write(session: Session, kind: str, about: About, account: Account, words: Words) -> None:
    notices.write(session, kind, about, Channel.EMAIL, account.email, words, _GOOD_FOR)
