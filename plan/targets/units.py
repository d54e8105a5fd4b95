"""What is counted: the nouns of prevention plans and the word the hub has for each."""

import re

_NOUNS = {
    "meeting": r"reunions?|se reuni\w+|vergadering\w*|assemblees?|overlegmoment\w*",
    "participation": r"participations?|participe\w*|deelname\w*|presences? aux? reunions?",
    "concertation": r"concertations?|overleg",
    "person_or_family": r"personnes?\b[^.]{0,20}\bou (?:de )?famill\w+",
    "new_person": r"nouvelles? personnes?",
    "trust_relation": r"relations? de confiance",
    "resident": r"habitants?|riverains?|bewoners?|inwoners?|citoyens?|burgers?|menages?|seniors?"
                r"|locataires?|ouders",
    "victim": r"victimes?|slachtoffers?",
    "trader": r"commercants?|independants?|titulaires? de professions?|handelaars?|zelfstandigen?"
              r"|commerces?|winkeliers?|pharmaciens?",
    "visit": r"visites?|bezoek\w*|huisbezoek\w*|passages?",
    "request": r"demandes?|aanvra\w+|verzoek\w*|sollicitations?",
    "accompaniment": r"accompagnements?|begeleiding\w*",
    "follow-up": r"suivis?|opvolging\w*",
    "interview": r"entretiens?|gesprek\w*|auditions?",
    "intervention": r"interventions?|tussenkomst\w*",
    "situation": r"situations?|situaties?",
    "case": r"dossiers?|cas(?= (?:de|traites|suivis))|plaintes?|gevallen|klacht\w*",
    "action": r"actions?|acties?|sensibilisations?|operations? (?:de|d')|evenements?|activites?"
              r"|activiteit\w*",
    "campaign": r"campagnes?",
    "training": r"formations?|opleiding\w*|recyclages?|vorming\w*",
    "information_session": r"soirees? d'information|seances? d'information|infosessies?"
                           r"|informatieavond\w*|infoavond\w*",
    "session": r"seances?|sessions?|sessies?",
    "workshop": r"ateliers?|workshops?|animations?|stages?",
    "contact": r"contacts?|contacten|contactname\w*|rencontres?|ontmoeting\w*",
    "partnership": r"partenariats?|partnerschap\w*|collaborations?|conventions? de partenariat"
                   r"|samenwerking\w*|plp\b|bin\b|bin's",
    "partner": r"partenaires?|partners?",
    "advice": r"avis|conseils?|advie\w*|adviez\w*",
    "aid": r"aides?|hulp\w*",
    "support": r"soutiens?|ecoutes?|ondersteuning\w*",
    "place": r"lieux?|espaces?",
    "outing": r"maraudes?|sorties?|tournees?|rondes?|rondgang\w*",
    "patrol": r"patrouilles?",
    "presence": r"presences?|permanences?|aanwezighe\w+",
    "update": r"actualisations?|actualise\w*|mises? a jour|bijwerking\w*|actualisering\w*"
              r"|updates?",
    "note": r"notes?|nota'?s?",
    "inventory": r"inventaires?|inventaris\w*",
    "report": r"rapports?|verslag\w*|bilans?|constats?|rapportage\w*",
    "tool": r"outils?|brochures?|folders?|depliants?|flyers?|affiches?|instrument\w*",
    "message": r"messages?|courriers?|berichten|newsletters?|lettres?|articles?|posts?"
    r"|publications?",
    "project": r"projets?|project\w*",
    "referral": r"orientations?|reorientations?|relais(?= vers)|doorverwijzing\w*",
    "mediation": r"mediations?|bemiddeling\w*",
    "school": r"ecoles?|scholen|etablissements? scolaires?|classes?|klassen",
    "young_person": r"jeunes?|jongeren|eleves?|leerlingen|enfants?|kinderen|adolescents?|mineurs?",
    "family": r"familles?|gezinn?en?|families",
    "person": r"personnes?|individus?|personen|usagers?|participants?|deelnemers?|beneficiaires?"
              r"|detenus?|consommateurs?|gebruikers?|publics?",
    "worker": r"travailleurs?|agents?|gardiens?|stewards?|gemeenschapswacht\w*|educateurs?"
              r"|medewerkers?|fonctionnaires?|ambtena\w+|benevoles?|vrijwilligers?",
    "bicycle": r"velos?|fietsen",
    "engraving": r"gravages?|marquages?|graveren|graveer\w+",
    "check": r"controles?|controles? de \w+|verifications?",
    "survey": r"enquetes?|sondages?|bevraging\w*|questionnaires?",
    "camera": r"cameras?",
    "official_report": r"proces-verba\w+|pv\b|sanctions?",
    "neighbourhood": r"quartiers?|wijken",
    "platform": r"plateformes?|platform\w*",
    "committee": r"comites?|organes? de concertation|groupes? de travail|werkgroep\w*",
    "incident": r"incidents?|faits?|feiten|vols?(?= )|diefstal\w*|inbrak\w+|cambriolages?",
    "full_time_equivalent": r"etp\b|equivalents? temps plein|vte\b",
    "half_day": r"demi-?journees?|halve dagen",
    "day": r"journees?|jours?|dagen",
    "hour": r"heures?|uren|uur",
    "euro": r"€|eur\b|euros?",
}  # fmt: skip
_KNOWN = re.compile(
    "|".join(
        f"(?P<{unit.replace('-', '__')}>(?<![a-z])(?:{nouns})(?![a-z]))"
        for unit, nouns in _NOUNS.items()
    )
)
# What exists or is kept up rather than counted, when only an adjective says how often.
KEPT_UP = frozenset({"update", "presence", "inventory", "report", "tool", "note", "project"})
_LITTLE = re.compile(
    r"(?:d'|l'|les |des |de la |de |du |la |le |un |une |het |de |een |aux? |nouve\w+ )*"
)
_NOT_COUNTED = frozenset({"neighbourhood"})
# Whose count it is, not what is counted.
_OF_EACH = re.compile(r"(?:chaque|elke|iedere?) [a-z]+(?: de [a-z]+)?")
_MEETS = re.compile(r"(?<![a-z])(?:se (?:sera |sont |est )?reuni\w*|komt samen|komen samen)")
_HEAD = re.compile(r"(?:nombre|aantal) *(?:total )?(?:de |d'|des |du )?([a-z-]{3,})")
# What may stand before the noun: a blank, a comparator, a number.
_NOT_THE_NOUN = re.compile(
    r"^(?:x+ +|(?:au |ten |pas )?(?:minim\w*|maxim\w*|min\.|max\.|moins|plus|minstens?|minste"
    r"|hoogstens?) (?:de |d'|dan )?|[0-9.,]+ |environ |ongeveer |tenue (?:de |d'))+"
)
_FIRST = re.compile(r"([a-z][a-z-]{2,})")


def right_after(text: str, end: int) -> str | None:
    """The unit whose noun follows a number that ends at ``end``: "3 réunions"."""
    start = end + len(text[end:]) - len(text[end:].lstrip())
    little = _LITTLE.match(text, start)
    found = _KNOWN.match(text, little.end() if little else start)
    return _name(found)


def right_before(text: str, start: int) -> str | None:
    """The unit whose noun stands right before ``start``: "un inventaire annuel"."""
    found = [one for one in _KNOWN.finditer(text, 0, start) if not text[one.end() : start].strip()]
    return _name(found[-1]) if found else None


def first_in(text: str) -> str | None:
    """The unit of the first noun that is known: what the sentence is about."""
    meets = _MEETS.search(text)
    if meets:
        return "meeting"
    whose = _OF_EACH.match(text)
    for found in _KNOWN.finditer(text, whose.end() if whose else 0):
        name = _name(found)
        if name not in _NOT_COUNTED:
            return name
    return _name(_KNOWN.search(text))


def _name(found: re.Match[str] | None) -> str | None:
    return found.lastgroup.replace("__", "-") if found and found.lastgroup else None


def as_printed(text: str) -> str | None:
    """The noun the text counts, in its own words, where it is none we know."""
    found = _HEAD.search(text) or _FIRST.search(_NOT_THE_NOUN.sub("", text))
    return found[1] if found else None
