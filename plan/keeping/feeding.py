"""Which measure of the hub feeds a result: proposed by the words of its text, taken by a person.

A proposal never looks at a code: plans of other municipalities are worded alike and coded anew.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import Session, col, delete, select

from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from partnerships.typed_text import tidy
from plan.keeping import changes
from plan.measures.catalogue import MEASURES
from plan.models import ExpectedResult, Plan, ResultKind, ResultMeasure
from plan.targets.folding import words

_LONGEST_FILTER = 80


@dataclass(frozen=True, slots=True)
class Proposal:
    """A measure for a result; ``because`` are the words it was found by."""

    measure: str
    because: str
    filters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Rule:
    """``measure`` where the text says ``said``, and is of one of ``kinds`` where some are named."""

    measure: str
    said: re.Pattern[str]
    kinds: frozenset[ResultKind] = frozenset()


def _rule(measure: str, said: str, *kinds: ResultKind) -> _Rule:
    return _Rule(measure, re.compile(said), frozenset(kinds))


_K = ResultKind
_VISIT = (
    r"(?:visites?|huisbezoek\w*|bezoek\w*)\b.{0,40}(?:techno|prevent|inbraak)"
    r"|technoprevent\w*(?:advies|bezoek\w*)|diefstalpreventieadvi\w+"
    r"|conseille\w*\b.{0,60}(?:semaines?|jours?)|(?:semaines?|jours?|weken|dagen)\b.{0,40}conseille"
    r"|geadviseerd\b.{0,60}(?:weken|dagen)"
)
_PRESENCE = r"presence (?:dissuasive|quotidienne|sur)|travail de rue|aanwezigheid|straathoekwerk"
# The first that fits is proposed: what is said more exactly stands before what is said more often.
_RULES = (
    _rule(
        "m.street_counts_each",
        r"(?:chaque travailleur de rue|elke straathoekwerker)\b"
        r".{0,80}\b(?:contacts?|contacten|personnes|personen|relations? de confiance)"
        r"|(?:relations? de confiance|contacts?)\b.{0,60}chaque travailleur de rue",
        _K.COUNT,
    ),
    _rule(
        "m.street_counts",
        r"(?:travail|travailleurs?) de rue\b.{0,120}\boriente|\borientations? reussies"
        r"|straathoekwerk\w*\b.{0,120}doorverw\w+",
        _K.COUNT,
    ),
    _rule(
        "m.obligations_on_time",
        r"\b(?:rapports?|verslag\w*|information|tableaux? de bords?|informatie|boordtabel\w*)\b"
        r".{0,80}(?:delais? prescrit|autorite subsidi|directives? regle|suivant la demande"
        r"|voorgeschreven termijn|subsidierende|op tijd)"
        r"|(?:transmission|production|overmaking|indiening)\w*\b.{0,40}\b(?:rapports?|verslag\w*)",
    ),
    _rule(
        "m.trained_share",
        r"(?:ayant|aient|ont|a) (?:ete |suivi).{0,30}(?:formation|formes?\b)"
        r"|(?:opleiding|vorming)\w*\b.{0,30}(?:gevolgd|volgde)"
        r"|(?:agents?|gardiens?|stewards?|personnel|medewerkers|gemeenschapswacht\w*)"
        r"\b.{0,30}(?:forme\w*|sensibilise\w*|opgeleid)",
        _K.RATIO,
        _K.YES_NO,
        _K.COUNT,
    ),
    _rule("m.visits_on_time_share", rf"{_VISIT}", _K.RATIO),
    _rule("m.visits_on_time", rf"{_VISIT}", _K.COUNT, _K.DELAY),
    _rule(
        "m.persons_informed",
        r"\b(?:informe[es]*|geinformeerd\w*|sensibilise[es]*|bereikt\w*)\b"
        r"(?=.{0,80}(?:mesures?|incitants?|quant|sur|maatregel|premies?|over))",
        _K.COUNT,
    ),
    _rule("m.comm_tools_updated", r"(?:actualis|mises? a jour|bijwerk)\w*.{0,60}communicati"),
    _rule("m.comm_tools", r"(?:outils?|middelen|instrumenten) (?:de )?communicati|communicatiemid"),
    _rule(
        "m.presence_outings",
        r"\b(?:maraudes?|tournees?|rondes?|sorties? (?:sur|en|de)|rondgang\w*|uitstap\w*)\b",
        _K.COUNT,
    ),
    _rule("m.presence_hours", _PRESENCE, _K.HOURS, _K.EXISTENCE),
    _rule(
        "m.meeting_partners",
        r"partenaires? (?:impliques?|participants?|presents?|reunis)|betrokken partners",
        _K.COUNT,
    ),
    _rule(
        "m.meetings",
        r"\breunions?\b|\bse reuni|\bconcertations?\b.{0,30}|\bplateformes? professionn"
        r"|participations? (?:effectives? )?(?:a |au[x]? |du ).{0,60}"
        r"(?:conseil|comite|groupes?|csil|cellule|reunion|plateforme|concertation)"
        r"|\bvergadering\w*|\boverlegmoment\w*|\bcomite de pilotage"
        r"|\bcontacts? (?:effectifs? )?avec (?:la cellule|des associations|les associations|le)",
        _K.COUNT,
    ),
    _rule(
        "m.active_partnerships",
        r"partenariats? (?:avec|entre) (?:la population|les habitants|les citoyens|les riverains)"
        r"|\breseau de partenaires|\bplp\b|\bbin\b|partenariat local de prevention"
        r"|buurtinformatienetwerk\w*|buurtpreventie",
    ),
    _rule(
        "m.prevention_actions",
        r"\bactions? de sensibilisation|sensibiliseringsacti\w*|\bcampagnes?\b"
        r"|\boperations? rosace|operation effective|preventieacti\w*|\bactions?/evenements?"
        r"|(?:organisation|participation)\b.{0,60}\b(?:operations?|actions?)\b",
        _K.COUNT,
        _K.EXISTENCE,
    ),
)
_AT_MEETING_PLACES = re.compile(r"\blieux? de concertation")
# Text -> what of a measure's rows it is about; only where the measure takes such a filter.
_FILTERS = (
    # The last that fits counts least: what is said more exactly stands below.
    ("m.street_counts", "counted", "referrals", re.compile(r"orient|doorverw")),
    ("m.street_counts_each", "counted", "trust_relations", re.compile(r"confiance|vertrouwen")),
    ("m.street_counts_each", "counted", "new_persons", re.compile(r"nouvelles personnes|nieuwe p")),
    ("m.street_counts_each", "counted", "contacts", re.compile(r"\bcontact(?:s|en)?\b")),
    ("m.meetings", "level", "local", re.compile(r"niveau local|lokaal niveau")),
    ("m.meetings", "level", "zonal", re.compile(r"niveau zonal|zonaal niveau")),
    ("m.meetings", "level", "regional", re.compile(r"niveau (?:zonal/)?regional")),
    ("m.persons_informed", "member_kind", "trader", re.compile(r"commercants?|handelaars?")),
    ("m.persons_informed", "member_kind", "resident", re.compile(r"habitants?|bewoners?")),
    ("m.presence_hours", "zone_set", "target", re.compile(r"quartiers cibles?|doelwijk")),
    ("m.presence_hours", "per", "week", re.compile(r"/ ?semaine|par semaine|per week|/ ?week")),
    ("m.prevention_actions", "zone_set", "target", re.compile(r"quartiers cibles?|doelwijk")),
    ("m.visits_on_time", "requester", "victim", re.compile(r"victime|post-infraction|slachtoff")),
    ("m.visits_on_time_share", "requester", "victim", re.compile(r"victime|slachtoffer")),
    ("m.visits_on_time_share", "requester", "trader", re.compile(r"commercants?|handelaar")),
    ("m.obligations_on_time", "kind", "financial_report", re.compile(r"rapports? financ")),
    ("m.obligations_on_time", "kind", "activity_report", re.compile(r"rapports? d'activ")),
    ("m.obligations_on_time", "kind", "information_request", re.compile(r"toute information")),
    ("m.obligations_on_time", "kind", "dashboard", re.compile(r"tableaux? de bord")),
    ("m.obligations_on_time", "kind", "interim_report", re.compile(r"rapports? intermediaire")),
)


def proposed(result: ExpectedResult) -> Proposal | None:
    """The measure its words ask for; ``None`` where they ask for none that we take."""
    said = words(result.raw)
    if _AT_MEETING_PLACES.search(said):
        return None
    for rule in _RULES:
        found = rule.said.search(said)
        if found and (not rule.kinds or result.kind in rule.kinds):
            return Proposal(rule.measure, found[0].strip(), _filters(rule.measure, said))
    return None


def _filters(measure: str, said: str) -> dict[str, str]:
    accepted = MEASURES[measure].filters
    return {
        name: value
        for of, name, value, pattern in reversed(_FILTERS)
        if of == measure and name in accepted and pattern.search(said)
    }


def feed(
    session: Session,
    plan: Plan,
    result: ExpectedResult,
    measure: str,
    filters: dict[str, str],
    by: UUID,
) -> None:
    """From now on ``measure`` feeds the result, cut by ``filters``; an empty one takes it off.

    Raises ``BadInput`` naming ``measure`` or the filter that it does not take.
    """
    before = session.exec(select(ResultMeasure).where(ResultMeasure.result_id == result.id)).all()
    if measure not in MEASURES and measure in {one.measure for one in before}:
        # One of before this catalogue: it may stay.
        return
    kept = checked(measure, filters)
    if [(one.measure, one.filters) for one in before] == ([(measure, kept)] if measure else []):
        return
    session.exec(delete(ResultMeasure).where(col(ResultMeasure.result_id) == result.id))
    if measure:
        session.add(ResultMeasure(result_id=result.id, measure=measure, filters=kept))
    session.flush()
    changes.note(session, plan, "feed", result.code, by, measure=_told(measure, kept))


def feed_all(
    session: Session, plan: Plan, free: Sequence[tuple[ExpectedResult, Proposal]], by: UUID
) -> None:
    """Take each of these proposals, of results that nothing feeds yet: one version for all."""
    session.add_all(
        ResultMeasure(result_id=result.id, measure=one.measure, filters=one.filters)
        for result, one in free
    )
    session.flush()
    if free:
        made = [
            ("feed", result.code, {"measure": _told(one.measure, one.filters)})
            for result, one in free
        ]
        changes.note_all(session, plan, made, by)


def _told(measure: str, filters: dict[str, str]) -> str:
    said = " ".join([measure or "–", *(f"{name}={filters[name]}" for name in sorted(filters))])
    return said[:200]


def checked(measure: str, filters: dict[str, str]) -> dict[str, str]:
    """What is left of the filters, tidied. Raises ``BadInput``."""
    if not measure:
        return {}
    if measure not in MEASURES:
        raise BadInput(FieldProblem("measure", mark("The hub has no such measure.")))
    kept = {name: tidy(value)[:_LONGEST_FILTER] for name, value in filters.items()}
    kept = {name: value for name, value in kept.items() if value}
    wrong = [name for name in kept if name not in MEASURES[measure].filters]
    if wrong:
        sentence = mark("This measure cannot be cut by this.")
        raise BadInput(*(FieldProblem(name, sentence) for name in wrong))
    return kept


def without_measure(
    results: Sequence[ExpectedResult], fed: dict[UUID, tuple[ResultMeasure, ...]]
) -> list[tuple[ExpectedResult, Proposal]]:
    """The results that no measure feeds yet, each with what is proposed."""
    free = [one for one in results if one.id not in fed and one.closed_on is None]
    return [(one, found) for one in free if (found := proposed(one))]
