"""Telling the partners of a partnership what changed in it, and showing whether they were told.

The partners are the contacts of its police zone, its municipality and the province who asked to be
told, the mandated officers and the coordinators. Each gets one mail, in his own language; whoever
made the change gets none.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from hub import clock
from hub.config import settings
from hub.i18n import Language, mark, translate
from hub.roles import Role
from partnerships import appointments, notices
from partnerships.models import (
    Channel,
    CommunicationPlan,
    Initiator,
    Notice,
    NoticeState,
    Organisation,
    OrganisationContact,
    Partnership,
    PartnershipDocument,
    PartnershipStatus,
    PartnershipStep,
)
from partnerships.notices import About, Words
from partnerships.register_words import DOCUMENT_NAMES, STATUS_NAMES

_TOLD = (Role.MANDATED_OFFICER, Role.DEPUTY_OFFICER, Role.COORDINATOR, Role.CO_COORDINATOR)
_GOOD_FOR = timedelta(days=3)
_ONE_BREATH = timedelta(seconds=10)
# What is decided about their proposal, and why (R30).
_TELLS_INITIATORS = (
    PartnershipStatus.RECOGNISED,
    PartnershipStatus.REFUSED,
    PartnershipStatus.DORMANT,
    PartnershipStatus.ENDED,
)

# What a notice says, in any language.
Sentence = Callable[[Language], str]


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody to be told. Only who has an account can open the hub's pages."""

    email: str
    language: Language
    account_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the notices about one change."""

    sent: int
    waiting: int
    failed: int


def status_changed(
    session: Session, partnership: Partnership, step: PartnershipStep, by: UUID
) -> None:
    """Tell the partners of a step; the initiators too where it decides about their proposal."""
    about = About("partnership_step", step.id)
    partners = _partners(session, [partnership])
    told = _tell(session, partnership, about, partners, lambda one: _step_words(step, one), by)
    if step.status in _TELLS_INITIATORS:
        others = [one for one in _initiators(session, partnership) if one.email not in told]
        _tell(session, partnership, about, others, lambda one: _decision_words(step, one), by)


def document_kept(
    session: Session, partnership: Partnership, document: PartnershipDocument, by: UUID
) -> None:
    """Tell the partners that there is a new paper."""

    def words(language: Language) -> str:
        paper = translate(language, DOCUMENT_NAMES[document.kind])
        return translate(language, mark("There is a new paper: {paper}."), paper=paper)

    about = About("partnership_document", document.id)
    _tell(session, partnership, about, _partners(session, [partnership]), words, by)


def plan_agreed(
    session: Session, partnership: Partnership, plan: CommunicationPlan, by: UUID
) -> None:
    """Tell the partners that another version of the communication plan was agreed on."""
    assert plan.in_force_from is not None
    day = clock.in_brussels(plan.in_force_from).strftime("%d/%m/%Y")

    def words(language: Language) -> str:
        sentence = mark("Version {version} of the communication plan is in force from {day}.")
        return translate(language, sentence, version=plan.version, day=day)

    about = About("communication_plan", plan.id)
    _tell(session, partnership, about, _partners(session, [partnership]), words, by)


def contacts_changed(session: Session, partnership: Partnership, by: UUID) -> None:
    """Tell the partners that somebody was appointed in the partnership, or that this ended."""
    sentence = mark("The people you can reach for this partnership have changed.")
    about = About("partnership", partnership.id)
    readers = _partners(session, [partnership])
    _tell(session, partnership, about, readers, lambda one: translate(one, sentence), by)


def organisation_changed(
    session: Session, organisation: Organisation, partnerships: list[Partnership], by: UUID
) -> None:
    """Tell the partners of all its partnerships, each once, whom to reach at an organisation."""
    named = select(OrganisationContact).where(
        OrganisationContact.organisation_id == organisation.id
    )
    people = session.exec(named.order_by(col(OrganisationContact.id))).all()
    lines = "\n".join(_contact_line(one) for one in people)
    sentence = mark("The contacts of {organisation} have changed. They are now:")
    about = About("organisation", organisation.id)
    for reader in _others(_partners(session, partnerships), by):
        said = translate(reader.language, sentence, organisation=organisation.name)
        _write(session, about, reader, organisation.name, f"{said}\n\n{lines or '-'}")


def _contact_line(contact: OrganisationContact) -> str:
    known = (contact.name, contact.function, contact.telephone, contact.email)
    return ", ".join(part for part in known if part)


def told_of(session: Session, kind: str, ids: Iterable[UUID]) -> dict[UUID, Told]:
    """What became of the newest notices about each of these things; nothing for those without."""
    written = session.exec(
        select(Notice.about_id, Notice.state, Notice.created_at)
        .where(Notice.about_kind == kind, col(Notice.about_id).in_(list(ids)))
        .order_by(col(Notice.created_at).desc())
    )
    newest: dict[UUID, datetime] = {}
    states: dict[UUID, Counter[NoticeState]] = {}
    for about_id, state, created_at in written:
        # Those of one change are written within a breath.
        if created_at > newest.setdefault(about_id, created_at) - _ONE_BREATH:
            states.setdefault(about_id, Counter())[NoticeState(state)] += 1
    return {about_id: _told(counts) for about_id, counts in states.items()}


def _told(states: Counter[NoticeState]) -> Told:
    return Told(
        sent=states[NoticeState.SENT],
        waiting=states[NoticeState.QUEUED] + states[NoticeState.SENDING],
        failed=states[NoticeState.FAILED] + states[NoticeState.EXPIRED],
    )


def _partners(session: Session, partnerships: list[Partnership]) -> list[Reader]:
    return [*_contacts(session, partnerships), *_appointed(session, partnerships)]


def _contacts(session: Session, partnerships: list[Partnership]) -> list[Reader]:
    scopes = {id for one in partnerships for id in (one.police_zone_id, one.municipality_id)}
    above = select(Organisation.part_of_id).where(col(Organisation.id).in_(scopes))
    found = select(OrganisationContact).where(
        col(OrganisationContact.organisation_id).in_(scopes)
        | col(OrganisationContact.organisation_id).in_(above),
        col(OrganisationContact.is_told_of_changes),
    )
    return [Reader(one.email, one.language) for one in session.exec(found)]


def _appointed(session: Session, partnerships: list[Partnership]) -> list[Reader]:
    at = clock.now()
    holders = appointments.holders_at(session, partnerships, at) if partnerships else []
    return [
        Reader(one.account.email, one.account.language, one.account.id)
        for one in holders
        if one.role in _TOLD and one.holds_at(at)
    ]


def _initiators(session: Session, partnership: Partnership) -> list[Reader]:
    found = select(Initiator).where(Initiator.partnership_id == partnership.id)
    return [Reader(one.email, one.language) for one in session.exec(found)]


def _others(readers: list[Reader], by: UUID) -> list[Reader]:
    """Each address once, an account before a mere contact; not the one who made the change."""
    by_address: dict[str, Reader] = {}
    for reader in readers:
        if reader.email not in by_address or reader.account_id is not None:
            by_address[reader.email] = reader
    return [one for one in by_address.values() if one.account_id != by]


def _tell(
    session: Session,
    partnership: Partnership,
    about: About,
    readers: list[Reader],
    sentence: Sentence,
    by: UUID,
) -> set[str]:
    """Write a notice to each of them; their addresses."""
    told = _others(readers, by)
    for reader in told:
        page = f"/partnerships/{partnership.slug}"
        body = _with_link(sentence(reader.language), reader, page)
        _write(session, about, reader, partnership.name, f"{partnership.name}\n\n{body}")
    return {one.email for one in told}


def _write(session: Session, about: About, reader: Reader, name: str, body: str) -> None:
    subject = translate(reader.language, mark("Changed: {name}"), name=name)
    words = Words(reader.language, body, subject)
    notices.write(
        session, "partnership_changed", about, Channel.EMAIL, reader.email, words, _GOOD_FOR
    )


def _with_link(body: str, reader: Reader, page: str) -> str:
    return f"{body}\n\n{settings().base_url}{page}" if reader.account_id else body


def _step_words(step: PartnershipStep, language: Language) -> str:
    status = translate(language, STATUS_NAMES[step.status])
    sentence = mark("New status since {day}: {status}.")
    said = translate(language, sentence, day=_day_of(step), status=status)
    return _with_reason(said, step, language)


def _decision_words(step: PartnershipStep, language: Language) -> str:
    """What those who proposed the partnership are told."""
    sentence = {
        PartnershipStatus.RECOGNISED: mark(
            "The partnership you proposed was recognised on {day}. Thank you for your initiative."
        ),
        PartnershipStatus.REFUSED: mark(
            "The partnership you proposed was refused on {day}. You can ask the police or your "
            "municipality for more explanation."
        ),
        PartnershipStatus.DORMANT: mark(
            "The partnership you proposed has been dormant since {day}: no messages are sent in it."
        ),
        PartnershipStatus.ENDED: mark("The partnership you proposed ended on {day}."),
    }[step.status]
    return _with_reason(translate(language, sentence, day=_day_of(step)), step, language)


def _with_reason(said: str, step: PartnershipStep, language: Language) -> str:
    reason = translate(language, mark("The reason:"))
    return f"{said}\n\n{reason} {step.reason}" if step.reason else said


def _day_of(step: PartnershipStep) -> str:
    return step.happened_on.strftime("%d/%m/%Y")
