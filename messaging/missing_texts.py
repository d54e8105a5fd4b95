"""What a police zone does when there is no text in a member's language."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from channels.sms_length import measure
from hub.errors import FieldProblem
from hub.i18n import LANGUAGE_NAMES, Language, mark
from messaging import zone_writing
from messaging.models import Broadcast, BroadcastLanguage, BroadcastPartnership, MissingText
from messaging.texts import MOST_SEGMENTS, Texts, joined
from partnerships.models import Partnership

# By partnership; two of them are put together in one message.
StandIns = Mapping[UUID, tuple[Language, ...]]
Targets = Sequence[tuple[UUID, UUID]]  # partnership, communication plan in force

_TOO_LONG_TOGETHER = mark(
    "{languages}: whoever reads neither gets both in one message, and that is {count} SMS parts."
    " At most {most}."
)


def needed(session: Session, targets: Targets) -> list[Language]:
    """The languages in which there must be a text, in the order of these partnerships."""
    ids = [partnership_id for partnership_id, _plan_id in targets]
    return needed_by(session, _partnerships(session, ids))


def needed_by(session: Session, partnerships: Iterable[Partnership]) -> list[Language]:
    """The same for partnerships that are still being chosen."""
    chosen = list(partnerships)
    rules = zone_writing.of_zones(session, {one.police_zone_id for one in chosen})
    wanted = (_first(one.languages, rules[one.police_zone_id].missing_text) for one in chosen)
    return list(dict.fromkeys(language for few in wanted for language in few))


def needed_after(session: Session, followed: Broadcast, targets: Targets) -> list[Language]:
    """The languages a follow-up needs: those its alert was kept to, else as for the alert."""
    kept_to = select(BroadcastLanguage.language).where(
        BroadcastLanguage.broadcast_id == followed.id
    )
    languages = list(session.exec(kept_to))
    return [one for one in Language if one in languages] or needed(session, targets)


def stand_ins(session: Session, broadcast: Broadcast, texts: Texts) -> StandIns:
    """What those read for whom there is no text in their own language: by partnership, one
    language, or two where its zone gives both in one message; in its own order."""
    ids = session.exec(
        select(BroadcastPartnership.partnership_id).where(
            BroadcastPartnership.broadcast_id == broadcast.id
        )
    ).all()
    return stand_ins_for(session, _partnerships(session, ids), texts)


def stand_ins_for(session: Session, partnerships: Sequence[Partnership], texts: Texts) -> StandIns:
    """The same for partnerships that are still being chosen."""
    rules = zone_writing.of_zones(session, {one.police_zone_id for one in partnerships})
    # Where a partnership has no text in any of its own, what the others beside it read.
    everybody = [Language(code) for one in partnerships for code in one.languages]
    known = [one for one in dict.fromkeys((*everybody, *texts)) if one in texts]
    found: dict[UUID, tuple[Language, ...]] = {}
    for one in partnerships:
        its_own = [Language(code) for code in one.languages if code in texts]
        count = 2 if rules[one.police_zone_id].missing_text is MissingText.BOTH else 1
        found[one.id] = tuple((its_own or known)[:count])
    return found


def too_long_together(
    session: Session, partnerships: Sequence[Partnership], texts: Texts
) -> list[FieldProblem]:
    """Two languages that fit a carrier each, and not in one message; by field path."""
    found = []
    for pair in sorted(set(stand_ins_for(session, partnerships, texts).values())):
        segments = measure(joined(texts[one] for one in pair).short).segments
        if len(pair) > 1 and segments > MOST_SEGMENTS:
            names = " + ".join(LANGUAGE_NAMES[one] for one in pair)
            values = (("languages", names), ("count", segments), ("most", MOST_SEGMENTS))
            found.append(FieldProblem(f"texts.{pair[0]}.short", _TOO_LONG_TOGETHER, values))
    return found


def too_long_after(session: Session, targets: Targets, texts: Texts) -> list[FieldProblem]:
    """The same for what follows an alert."""
    ids = [partnership_id for partnership_id, _plan_id in targets]
    return too_long_together(session, _partnerships(session, ids), texts)


def _first(languages: Sequence[str], rule: MissingText) -> list[Language]:
    count = {MissingText.ZONE_LANGUAGE: 1, MissingText.BOTH: 2}.get(rule, len(languages))
    return [Language(code) for code in languages[:count]]


def _partnerships(session: Session, ids: Sequence[UUID]) -> Sequence[Partnership]:
    wanted = select(Partnership).where(col(Partnership.id).in_(ids))
    return session.exec(wanted.order_by(Partnership.slug)).all()
