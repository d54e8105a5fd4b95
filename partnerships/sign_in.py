"""Signing in and out, and knowing who a browser's cookie belongs to."""

from datetime import timedelta
from functools import lru_cache
from threading import BoundedSemaphore

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Actor
from hub.config import settings
from hub.db import unit_of_work
from hub.errors import HubError
from hub.i18n import mark
from hub.security import blind_index, keyed_digest, new_token, token_hash
from partnerships.accounts import actor_for, by_email, passwords
from partnerships.models import Account, SignIn, SignInFailure

_TRIES = 10
_WINDOW = timedelta(minutes=15)
# A row written at each request would be a write lock at each page view.
_SEEN_EVERY = timedelta(minutes=1)
# Each check takes 64 MiB: forty at once would take a small machine down.
_FEW_AT_ONCE = BoundedSemaphore(4)


@lru_cache
def _nobodys_hash() -> str:
    """Checked when no account has the address: the answer takes as long as for a wrong password."""
    return passwords.hash(new_token())


class SignInRefused(HubError):
    """Wrong address or password: which of the two is not told."""

    status = 422


def sign_in(session: Session, email: str, password: str) -> str | None:
    """A new sign-in token for this account; ``None`` when address or password is wrong.

    Raises ``SignInRefused`` after ten failures in a quarter of an hour for that address, whether
    or not an account has it.
    """
    email_index = blind_index(email.strip().lower())
    # Looked up by itself: nobody else may write on SQLite once ``session`` has begun, and checking
    # a password takes its time on purpose.
    with unit_of_work(read_only=True) as reading:
        _refuse_after_too_many_tries(reading, email_index)
        account = by_email(reading, email)
    known = account if account is not None and account.disabled_at is None else None
    with _FEW_AT_ONCE:
        right = passwords.verify(password, known.password_hash if known else _nobodys_hash())
    if known is None or not right:
        session.add(SignInFailure(email_index=email_index, at=clock.now()))
        return None
    token = new_token()
    at = clock.now()
    session.add(
        SignIn(token_hash=token_hash(token), account_id=known.id, created_at=at, last_seen_at=at)
    )
    audit.record(session, "account.sign_in", ("account", known.id), by=known.id)
    return token


def _refuse_after_too_many_tries(session: Session, email_index: str) -> None:
    recent = select(func.count()).where(
        col(SignInFailure.email_index) == email_index,
        col(SignInFailure.at) > clock.now() - _WINDOW,
    )
    if session.exec(recent).one() >= _TRIES:
        raise SignInRefused(mark("Too many tries. Wait a quarter of an hour and try again."))


def sign_out(session: Session, token: str) -> None:
    """End this sign-in; the cookie is worth nothing from the next request on."""
    session.execute(delete(SignIn).where(col(SignIn.token_hash) == token_hash(token)))


def form_token(sign_in_token: str) -> str:
    """What each form of this sign-in carries, and another site cannot know."""
    return keyed_digest("form", sign_in_token)


def actor_signed_in(session: Session, token: str) -> Actor | None:
    """Who holds this cookie; ``None`` when the sign-in is unknown, idle too long, or too old."""
    signed = session.get(SignIn, token_hash(token))
    if signed is None or _has_ended(signed):
        return None
    account = session.get(Account, signed.account_id)
    if account is None or account.disabled_at is not None:
        return None
    return actor_for(session, account, form_token(token))


def _has_ended(signed: SignIn) -> bool:
    at = clock.now()
    idle = timedelta(minutes=settings().session_idle_minutes)
    whole = timedelta(hours=settings().session_absolute_hours)
    return signed.last_seen_at < at - idle or signed.created_at < at - whole


def is_due_to_be_seen(session: Session, token: str) -> bool:
    """Whether the row should be told that its holder is still there."""
    signed = session.get(SignIn, token_hash(token))
    return signed is not None and signed.last_seen_at < clock.now() - _SEEN_EVERY


def seen(session: Session, token: str) -> None:
    """Note that the holder of this cookie is still there."""
    signed = session.get(SignIn, token_hash(token))
    if signed is not None:
        signed.last_seen_at = clock.now()
        session.add(signed)
