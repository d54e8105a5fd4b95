"""Accounts, what they are appointed to, and the tokens of machines that act for them."""

from uuid import UUID

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import or_
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import SCOPE_OF_ROLE, Actor, Appointed, Role, ScopeKind
from hub.errors import BadInput, FieldProblem, HubError
from hub.i18n import Language, mark
from hub.security import blind_index, new_token, token_hash
from partnerships.contact import address
from partnerships.models import Account, ApiToken, Appointment, Organisation, Partnership

# 64 MiB, three passes: about 90 ms. More would let a few sign-ins at once exhaust a small machine.
passwords = PasswordHash((Argon2Hasher(memory_cost=64 * 1024, time_cost=3, parallelism=4),))
SHORTEST_PASSWORD = 15


def create(
    session: Session,
    *,
    email: str,
    name: str,
    password: str,
    language: Language = Language.FRENCH,
) -> Account:
    """A new account without rights. Raises ``BadInput`` for a taken address or a short password."""
    normal = address("email", email)
    if by_email(session, normal) is not None:
        raise BadInput(FieldProblem("email", mark("An account with this address exists already.")))
    if len(password) < SHORTEST_PASSWORD:
        problem = mark("A password has {count} characters or more.")
        raise BadInput(FieldProblem("password", problem, (("count", SHORTEST_PASSWORD),)))
    account = Account(
        email=normal,
        email_index=blind_index(normal),
        name=name,
        language=language,
        password_hash=passwords.hash(password),
    )
    session.add(account)
    session.flush()
    audit.record(session, "account.create", ("account", account.id), by=None)
    return account


def by_email(session: Session, email: str) -> Account | None:
    """The account with this address, however it is spelled."""
    index = blind_index(email.strip().lower())
    return session.exec(select(Account).where(Account.email_index == index)).first()


def appoint(session: Session, account: Account, role: Role, scope_id: UUID | None) -> None:
    """Give ``account`` a role from now on, within the scope its role asks for."""
    appointment = Appointment(
        account_id=account.id, role=role, scope_kind=SCOPE_OF_ROLE[role], scope_id=scope_id
    )
    session.add(appointment)
    session.flush()
    audit.record(session, "account.appoint", ("appointment", appointment.id), by=None, role=role)


def scope_named(session: Session, role: Role, slug: str) -> UUID | None:
    """The id of the scope a role is held in. Raises ``HubError`` when the role asks for another."""
    kind = SCOPE_OF_ROLE[role]
    if kind is ScopeKind.INSTALLATION:
        return None
    if kind is ScopeKind.PARTNERSHIP:
        wanted = select(Partnership.id).where(Partnership.slug == slug)
    else:
        wanted = select(Organisation.id).where(
            Organisation.slug == slug, col(Organisation.kind) == kind.value
        )
    found = session.exec(wanted).first()
    if found is None:
        raise HubError(mark("There is no {kind} called {slug}."), kind=kind, slug=slug)
    return found


def actor_for(session: Session, account: Account, form_token: str = "") -> Actor:
    """The account with the rights it has at this moment; one that is disabled has none, whatever
    was planned in its name."""
    at = clock.now()
    held = session.exec(
        select(Appointment)
        .join(Account, col(Account.id) == col(Appointment.account_id))
        .where(
            Appointment.account_id == account.id,
            col(Account.disabled_at).is_(None),
            Appointment.starts_at <= at,
            or_(col(Appointment.ends_at).is_(None), col(Appointment.ends_at) > at),
        )
    )
    return Actor(
        account_id=account.id,
        name=account.name,
        language=account.language,
        appointments=tuple(Appointed(a.role, a.scope_kind, a.scope_id) for a in held),
        form_token=form_token,
    )


def create_token(session: Session, account: Account, name: str) -> str:
    """A bearer token with the account's rights. It is returned once and stored as a hash."""
    token = new_token()
    row = ApiToken(account_id=account.id, name=name, token_hash=token_hash(token))
    session.add(row)
    session.flush()
    audit.record(session, "token.create", ("api_token", row.id), by=account.id)
    return token


def actor_with_token(session: Session, token: str) -> Actor | None:
    """Who a bearer token speaks for; ``None`` for one unknown, revoked or of a closed account."""
    account = session.exec(
        select(Account)
        .join(ApiToken, col(ApiToken.account_id) == col(Account.id))
        .where(
            ApiToken.token_hash == token_hash(token),
            col(ApiToken.revoked_at).is_(None),
            col(Account.disabled_at).is_(None),
        )
    ).first()
    return actor_for(session, account) if account else None
