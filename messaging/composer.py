"""The urgent composer: from what is typed to the words, the people and what it costs.

Nothing is remembered between two looks at the page: all of it comes with the form. A text that
somebody changed is never overwritten; one that nobody touched follows the facts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from channels.sms_length import SmsLength, measure, plain_spelling
from hub import clock
from hub.access import Action, Actor
from hub.config import settings
from hub.i18n import Language
from messaging import (
    audience,
    by_the_plan,
    drill,
    estimates,
    leaving,
    lifetimes,
    missing_texts,
    nearby,
    second_person,
    template_filling,
)
from messaging.audience import AudienceSummary
from messaging.facts import Facts
from messaging.forms import FIELDS, Typed, mark_of
from messaging.kept_to import EVERYBODY, KeptTo
from messaging.leaving import Waits
from messaging.models import BroadcastKind, Step, TemplateUse
from messaging.nearby import Ground
from messaging.second_person import Ask
from messaging.texts import Texts, Words
from partnerships import scope
from partnerships.models import LIVING_STATUSES, Channel, Partnership, PartnershipKind
from partnerships.near import Near
from partnerships.spelling import plain

# More would be a wall of names; the others are found by typing a part of theirs.
MOST_OFFERED = 40


@dataclass(frozen=True, slots=True)
class Plainer:
    """What the plain spelling of a text would save. ``stuck`` are characters that have none.

    Where only leaving those out saves a part, ``is_enough`` is false and ``segments`` is without
    them.
    """

    segments: int
    stuck: tuple[str, ...]
    is_enough: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """The effect of a message before it is sent."""

    audience: AudienceSummary
    households: int
    lengths: dict[Language, SmsLength]
    plainer: dict[Language, Plainer]
    # Who waits until the hours agreed on begin, by that moment.
    waits: list[tuple[datetime, list[str]]]
    # Why a second person must approve it.
    asks: list[Ask]
    # How many read a language in which there is no text, and what they get instead.
    without_text: dict[Language, int] = field(default_factory=dict)
    stand_ins: tuple[tuple[Language, ...], ...] = ()
    # Of the longest text that stands in.
    stand_in_segments: int = 0

    @property
    def sms_segments(self) -> int:
        """What goes out in SMS parts: the unit a carrier counts and charges."""
        return sum(
            count * self._segments(language)
            for (channel, language), count in self.audience.by_way.items()
            if channel == Channel.SMS
        )

    def _segments(self, language: Language) -> int:
        known = self.lengths.get(language)
        return known.segments if known else self.stand_in_segments

    @property
    def euros(self) -> float | None:
        """About what it costs by the prices that are set; None where none is."""
        prices = settings().prices
        if not any(prices.values()):
            return None
        counts = {**self.audience.by_channel, Channel.SMS: self.sms_segments}
        return sum(count * prices.get(channel, 0.0) for channel, count in counts.items())


@dataclass(frozen=True, slots=True)
class Offer:
    """The partnerships on the page: which are ticked, why, and which others there are."""

    ticked: list[Partnership]
    near: list[Near]
    others: list[Partnership]
    # What the page has ticked by itself.
    offered: tuple[str, ...]
    # Where the place concerns nobody.
    nearest: list[Near]
    more: int

    @property
    def slugs(self) -> list[str]:
        return [one.slug for one in self.ticked]


def offer(session: Session, actor: Actor, typed: Typed, ground: Ground | None) -> Offer:
    """Tick what the place concerns, keep what was ticked, leave out what was taken out by hand."""
    kind = _kind(typed.kind)
    near = nearby.concerned(session, actor, ground, kind) if ground else []
    now = {one.partnership.slug for one in near}
    before = set(typed.offered)
    kept = [one for one in typed.partnerships if one not in before or one in now]
    wanted = dict.fromkeys([*kept, *(one for one in now if one not in before)])
    within = _living(actor)
    chosen = select(Partnership).where(*within, col(Partnership.slug).in_(wanted))
    ticked = list(session.exec(chosen.order_by(Partnership.name)))
    nearest = nearby.nearest(session, actor, ground) if ground and not near else []
    shown = {*now, *wanted, *(one.partnership.slug for one in nearest)}
    others, more = _others(session, actor, typed, kind, shown)
    if not (ticked or near or typed.find or typed.kind or ground or typed.offered) and not more:
        # Who has but one partnership has nothing to choose.
        ticked = others if len(others) == 1 else []
        others = [] if ticked else others
    return Offer(
        ticked=ticked,
        near=near,
        others=others,
        offered=tuple(sorted(now)),
        nearest=nearest,
        more=more,
    )


def _kind(code: str) -> PartnershipKind | None:
    return PartnershipKind(code) if code in set(PartnershipKind) else None


def _living(actor: Actor) -> tuple[Any, ...]:
    return (
        scope.within_reach(actor, Action.COMPOSE_BROADCAST),
        col(Partnership.status).in_(LIVING_STATUSES),
    )


def _others(
    session: Session, actor: Actor, typed: Typed, kind: PartnershipKind | None, shown: set[str]
) -> tuple[list[Partnership], int]:
    """Further partnerships to choose from, and how many there are beyond those."""
    only = [*_living(actor), col(Partnership.slug).not_in(shown)]
    if kind:
        only.append(col(Partnership.kind) == kind)
    if typed.find:
        only.append(col(Partnership.id).in_(_called(session, only, typed.find)))
    count = session.exec(select(func.count()).select_from(Partnership).where(*only)).one()
    wanted = select(Partnership).where(*only).order_by(Partnership.name).limit(MOST_OFFERED)
    return list(session.exec(wanted)), max(0, count - MOST_OFFERED)


def _called(session: Session, only: Sequence[Any], typed: str) -> list[UUID]:
    """Those whose name has every word that was typed, with or without its accents."""
    words = plain(typed).split()
    named = session.exec(select(Partnership.id, Partnership.name).where(*only))
    return [one for one, name in named if all(word in plain(name) for word in words)]


def languages_to_write(session: Session, typed: Typed, chosen: Offer) -> list[Language]:
    """The languages that need a text: those the rule of the zone asks for."""
    if typed.only_languages:
        return list(typed.only_languages)
    asked = chosen.ticked or [one.partnership for one in chosen.near] or chosen.others
    needed = missing_texts.needed_by(session, asked)
    return needed or [Language.FRENCH]


@dataclass(frozen=True, slots=True)
class Written:
    """The words on the page, and which of them somebody wrote himself."""

    texts: dict[Language, Words]
    # Marks of what was filled in, by "fr.short"; of a text by hand, of what it was made from.
    made: dict[str, str]
    by_hand: frozenset[str]
    # By hand, and what it was made from is another now.
    behind: frozenset[str]


def write(
    session: Session,
    zone_id: UUID,
    typed: Typed,
    facts: Facts,
    languages: Iterable[Language],
) -> Written:
    """Fill in what nobody touched; leave what somebody wrote as it is."""
    needed = list(languages)
    ready = template_filling.texts(session, zone_id, TemplateUse.URGENT_ALERT, facts, needed)
    made: dict[str, str] = {}
    by_hand, behind, texts = set(), set(), {}
    has_facts = bool(facts.phenomenon or facts.what)
    for language in needed:
        filled = ready.get(language) if has_facts else None
        words = {}
        for name in FIELDS:
            path, now = f"{language}.{name}", getattr(filled, name) if filled else ""
            words[name], made[path] = now, mark_of(now)
            if typed.is_by_hand(language, name):
                words[name] = _own_words(getattr(typed.texts[language], name), typed)
                made[path] = typed.made.get(path) or mark_of(now)
                by_hand.add(path)
                if made[path] != mark_of(now):
                    behind.add(path)
        texts[language] = Words(**words)
    shown = drill.marked(texts) if typed.is_drill else texts
    return Written(shown, made, frozenset(by_hand), frozenset(behind))


def _own_words(text: str, typed: Typed) -> str:
    """What somebody wrote; without the word the page had put before it when it was an exercise."""
    return drill.unmarked(text) if typed.was_drill and not typed.is_drill else text


def preview(
    session: Session,
    partnerships: Sequence[Partnership],
    kind: BroadcastKind,
    texts: Texts,
    expires_at: datetime | None = None,
    only_languages: Sequence[Language] = (),
    kept: KeptTo = EVERYBODY,
) -> Preview:
    """Count people and SMS parts for these partnerships under the plans in force now."""
    at = clock.now()
    under = by_the_plan.targets(session, partnerships, kind, at)
    ends = expires_at or at + lifetimes.lifetime_of(kind)
    waits = leaving.waits_under(session, under, at, ends)
    rows = audience.of_plans([one.plan.id for one in under], kind, waits, only_languages, kept)
    counted = audience.summary(session, rows)
    stand_ins = tuple(
        sorted(set(missing_texts.stand_ins_for(session, partnerships, texts).values()))
    )
    return Preview(
        audience=counted,
        households=counted.households,
        lengths=lengths(texts),
        plainer=plainer(texts),
        waits=_named(waits, partnerships),
        asks=second_person.asks(Step.FIRST, under, lambda: counted.reached),
        without_text={one: count for one, count in counted.by_language.items() if one not in texts},
        stand_ins=stand_ins,
        stand_in_segments=max(estimates.standing_in(texts, one) for one in stand_ins or [()]),
    )


def _named(waits: Waits, partnerships: Sequence[Partnership]) -> list[tuple[datetime, list[str]]]:
    """The moments at which messages leave that have to wait, with the names of the partnerships."""
    names = {one.id: one.name for one in partnerships}
    return [(at, sorted(names[one] for one in ids)) for at, ids in waits.until.items()]


def lengths(texts: Texts) -> dict[Language, SmsLength]:
    """How long each short text is as SMS."""
    return {language: measure(words.short) for language, words in texts.items()}


def plainer(texts: Texts) -> dict[Language, Plainer]:
    """For each short text that the plain spelling would save parts of, what it saves."""
    found = {language: _plainer(words.short) for language, words in texts.items()}
    return {language: one for language, one in found.items() if one is not None}


def _plainer(text: str) -> Plainer | None:
    now, spelled = measure(text), plain_spelling(text)
    plain = measure(spelled)
    if plain.segments < now.segments:
        return Plainer(plain.segments, plain.offending, is_enough=True)
    left = "".join(one for one in spelled if one not in plain.offending)
    without = measure(left).segments
    return Plainer(without, plain.offending, is_enough=False) if without < now.segments else None


def written_plainly(texts: Texts, language: Language) -> Texts:
    """The texts with the short one of ``language`` in its plain spelling; no other word changes."""
    if language not in texts:
        return texts
    words = texts[language]
    return {**texts, language: replace(words, short=plain_spelling(words.short))}
