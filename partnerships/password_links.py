"""A mailed link to choose a password by: for whoever was given an account by somebody else."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.config import settings
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import Language, mark, translate
from hub.security import new_token, token_hash
from partnerships import accounts
from partnerships.models import Account, Channel, PasswordLink, SignIn
from partnerships.notices import About, Words, write

GOOD_FOR = timedelta(hours=24)
LONGEST_PASSWORD = 200
_SUBJECT = mark("Choose your password for PLP Hub")
_BODY = mark(
    "Hello {name},\n\nyou have been given an account on PLP Hub. Choose your password here, within"
    " 24 hours:\n\n{address}\n\nThe link works once. If it is too late, ask whoever appointed you"
    " for another one."
)


def account_without_password(
    session: Session, *, email: str, name: str, language: Language
) -> Account:
    """A new account that nobody can sign in to until its password was chosen by a link."""
    return accounts.create(session, email=email, name=name, password=new_token(), language=language)


def send(session: Session, account: Account) -> None:
    """Mail a new link; the earlier ones are worth nothing from now on."""
    session.execute(
        delete(PasswordLink).where(
            col(PasswordLink.account_id) == account.id, col(PasswordLink.used_at).is_(None)
        )
    )
    token = new_token()
    at = clock.now()
    session.add(
        PasswordLink(
            token_hash=token_hash(token),
            account_id=account.id,
            created_at=at,
            expires_at=at + GOOD_FOR,
        )
    )
    language = Language(account.language)
    address = f"{settings().base_url}/choose-password/{token}"
    body = translate(language, _BODY, name=account.name, address=address)
    words = Words(language, body, translate(language, _SUBJECT))
    write(
        session,
        "password_link",
        About("account", account.id),
        Channel.EMAIL,
        account.email,
        words,
        GOOD_FOR,
    )


def account_of(session: Session, token: str) -> Account | None:
    """Whose password this link may set now; ``None`` for one unknown, used, or too old."""
    link = session.get(PasswordLink, token_hash(token))
    if link is None or link.used_at is not None or link.expires_at <= clock.now():
        return None
    account = session.get_one(Account, link.account_id)
    return account if account.disabled_at is None else None


def choose(session: Session, token: str, password: str, again: str) -> None:
    """Set the password: the link is used up, and every sign-in of this account ends.

    Raises ``BadInput`` naming ``password`` or ``again``, and ``NotFound`` for a link that is no
    longer good.
    """
    account = account_of(session, token)
    if account is None:
        raise NotFound
    _check(password, again)
    # Of two requests at once, one uses it.
    used = session.connection().execute(
        update(PasswordLink)
        .where(
            col(PasswordLink.token_hash) == token_hash(token), col(PasswordLink.used_at).is_(None)
        )
        .values(used_at=clock.now())
    )
    if used.rowcount != 1:
        raise NotFound
    account.password_hash = accounts.passwords.hash(password)
    session.add(account)
    session.execute(delete(SignIn).where(col(SignIn.account_id) == account.id))
    audit.record(session, "account.choose_password", ("account", account.id), by=account.id)


def _check(password: str, again: str) -> None:
    problem: FieldProblem | None = None
    if len(password) < accounts.SHORTEST_PASSWORD:
        told = mark("A password has {count} characters or more.")
        problem = FieldProblem("password", told, (("count", accounts.SHORTEST_PASSWORD),))
    elif len(password) > LONGEST_PASSWORD:
        told = mark("At most {count} characters.")
        problem = FieldProblem("password", told, (("count", LONGEST_PASSWORD),))
    elif password != again:
        problem = FieldProblem("again", mark("This is not the same password."))
    if problem is not None:
        raise BadInput(problem)


def unanswered(session: Session, account_ids: Collection[UUID]) -> set[UUID]:
    """Those who were mailed a link and have chosen no password yet: they may get another one."""
    links = session.exec(
        select(PasswordLink.account_id, PasswordLink.used_at).where(
            col(PasswordLink.account_id).in_(account_ids)
        )
    ).all()
    return {one for one, _used in links} - {one for one, used in links if used is not None}
