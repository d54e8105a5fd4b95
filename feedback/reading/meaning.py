"""What a reply means, and in which language it is: the rules, over the tables beside this file.

Two errors are the worst. A sighting taken for STOP is lost, and silences its writer; a STOP that is
not understood harasses him. So one word that may stand in any sentence ("stop", "end") counts only
where nothing stands beside it but politeness and reasons, and a whole phrase ("ne m'envoyez plus",
"keine SMS mehr") counts in any text that tells of nothing seen and nobody in need.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from feedback.models import InboundKind, Meaning
from feedback.reading import distress_words, goodbye_words, seen_words, sighting_words
from feedback.reading.language import language_of
from feedback.reading.phrases import compiled
from feedback.reading.plain import clauses, is_near, plain
from hub.languages import Language

_STOP = compiled(goodbye_words.STOP_PHRASES, goodbye_words.LISTS)
_NO_STOP = compiled(goodbye_words.NO_GOODBYE, goodbye_words.LISTS)
_FIRM = compiled(goodbye_words.FIRM, goodbye_words.LISTS)
_NEGATED = compiled(goodbye_words.NEGATED, goodbye_words.LISTS)
_REASON = compiled(goodbye_words.REASONS, goodbye_words.LISTS)
_START = compiled(goodbye_words.START_PHRASES, goodbye_words.LISTS)
_HARD = compiled(distress_words.HARD, distress_words.LISTS)
_SOFT = compiled(distress_words.SOFT, distress_words.LISTS)
_FAVOUR = compiled(distress_words.FAVOURS, distress_words.LISTS)
_NO_DISTRESS = compiled(distress_words.NO_DISTRESS, distress_words.LISTS)
_HELP = compiled(distress_words.HELP_PHRASES, distress_words.LISTS)
_NOBODY = compiled(sighting_words.NOBODY, {})
_PLACED = compiled(sighting_words.PHRASES, {})
_ASKS = re.compile("^(?:" + compiled(sighting_words.QUESTIONS, {}).pattern + ")")
# Belgian (1-ABC-234), older Belgian (ABC-123), German (AC-XY 123), French and Dutch (AB-123-CD).
_PLATE = re.compile(
    r"\b[1-9Tt][- ]?[A-Za-z]{3}[- ]?\d{3}\b|\b[A-Z]{3}[- ]\d{3}\b"
    r"|\b[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2} ?\d{2,4}\b|\b[A-Za-z]{2}-\d{3}-[A-Za-z]{1,2}\b"
    r"|\b[A-Z]-\d{3}-[A-Z]{2}\b|\b\d{1,2}-[A-Za-z]{2,3}-\d{1,2}\b"
)
_SOS = "🆘"
# The answer that messages ask for, and no other figure: "1 homme", "vu au 12" tell of more.
_ONE = re.compile(r"\D*1\D*")
_HIM = re.compile(r"\bl (?:ai|avons|a) vue?s?\b")
_NO_FIGURE = re.compile(r"\D*")
# Two kinds of words that a sighting has are one.
_TWO = 2
# Whoever cries for help needs no more words.
_LONGEST_CRY = 6
_LONGEST_READ = 4_000
# Longer ones tell a story in which somebody or something else stops.
_LONGEST_GOODBYE = 10
_LONGEST_REASON = 14
# Whoever moves, or is not whom they meant; anything else after STOP may be news of an incident.
_STOP_AND_WHY = re.compile(
    r"(?:stop|stopp)(?: (?:svp|stp|aub|bitte|please|merci|danke|thanks|nu|jetzt|now))*"
    r" (?:je|j|on|nous|ik|wij|we|ich|wir|i|im|ive) (?:\w+ ){0,3}"
    r"(?:demenag\w*|change|quitte\w*|retraite\w*|verhui\w*|rusthuis|woonzorgcentrum|zieh\w*"
    r"|umgezogen|weggezogen|moving|moved|left|relocat\w*|retired|abroad"
    r"|(?:habit\w+|vi\w+|woon|wonen|wohnen?|live) "
    r"(?:plus|maintenant|ailleurs|nu|niet|elders|jetzt|nicht|woanders|now|elsewhere))\b"
)
# "Appelez le 112": the number is no word.
_CALLS_FOR = re.compile(
    r"\b(?:appelez|appelle|belt?|call|rufen|ruft|ruf)\b[ a-z]{0,20}\b(?:112|101)\b"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """``has_more``: besides STOP it says something that nobody has understood."""

    meaning: Meaning
    kind: InboundKind
    language: Language | None
    has_more: bool = False


def read(body: str) -> Reading:
    """What a reply means to whoever reads it. It is a guess, and never more than a guess."""
    text = _Text(body[:_LONGEST_READ])
    kind = _kind(text)
    return Reading(
        meaning=_meaning(text, kind),
        kind=kind,
        language=language_of(text.raw, text.words),
        has_more=kind is InboundKind.STOP and not text.is_bare(goodbye_words.STOP),
    )


class _Text:
    """A reply, and what the tables find in it."""

    def __init__(self, body: str) -> None:
        self.raw = body
        self.plain = plain(body)
        self.clauses = clauses(self.plain)
        self.words = [word for clause in self.clauses for word in clause.split()]
        self.line = " ".join(self.words)

    @cached_property
    def is_question(self) -> bool:
        return "?" in self.raw or any(_ASKS.match(one) for one in self.clauses)

    @cached_property
    def tells_of_danger(self) -> bool:
        cried = _HARD.search(self.line) or _CALLS_FOR.search(self.plain)
        return bool(cried) and not _NO_DISTRESS.search(self.line)

    @cached_property
    def asks_for_help(self) -> bool:
        if _NO_DISTRESS.search(self.line):
            return False
        # "Can you help me change my address?"
        is_favour = "!" not in self.raw and (
            bool(_FAVOUR.search(self.line)) or (self.is_question and len(self.words) > _LONGEST_CRY)
        )
        asked = bool(_SOFT.search(self.line)) and not is_favour
        return asked or _SOS in self.raw or self._cries

    @cached_property
    def _cries(self) -> bool:
        """HELP! or "help help": the word for how this works is a cry as well."""
        cries = [word for word in self.words if word in distress_words.CRIES]
        is_loud = "!" in self.raw or len(cries) > 1 or self.tells_of_a_sighting
        return bool(cries) and is_loud and self.words[0] in cries

    @cached_property
    def tells_of_a_sighting(self) -> bool:
        return self.sighted >= _TWO

    @cached_property
    def sighted(self) -> int:
        """How much tells of something seen; two is a sighting."""
        if _PLATE.search(self.raw):
            return _TWO
        # "Rien vu, mais une voiture noire est passée": what is not there is left out.
        told = [clause.split() for clause in self.clauses if not _tells_of_nothing(clause)]
        said = [word for clause in told for word in clause]
        kinds = {kind for kind, table in sighting_words.KINDS.items() if _has(said, table)}
        found = len(kinds) if kinds != sighting_words.TOO_LITTLE else 1
        # Whoever speaks of a number plate has looked at one.
        found += "plate" in kinds
        found += bool(_PLACED.search(" ".join(said)))
        found -= 2 * _has(said, sighting_words.CALM)
        return found + (_TWO if _has(said, sighting_words.SEEN) else 0)

    @cached_property
    def ends_with_goodbye(self) -> bool:
        """Whether a short text has a goodbye for its last clause, and before it only why: "C'est du
        harcèlement, arrêtez"."""
        if self.is_question or self.sighted > 0 or self.asks_for_help:
            return False
        short = len(self.clauses) > 1 and len(self.words) <= _LONGEST_GOODBYE
        return short and _Text(self.clauses[-1]).is_bare(goodbye_words.STOP)

    @property
    def says_stop_and_why(self) -> bool:
        """STOP, and then that its writer lives elsewhere now: "STOP, we have left the country"."""
        if self.is_question or self.sighted > 0 or self.asks_for_help or self.tells_of_danger:
            return False
        return len(self.words) <= _LONGEST_REASON and bool(_STOP_AND_WHY.match(self.line))

    def is_bare(self, meant: frozenset[str]) -> bool:
        """Whether it is one of these words and nothing but what may stand around it."""
        said = _without_names([_REASON.sub("", one) for one in self._clauses_to_weigh(meant)])
        found = [word for word in said if _is_one_of(word, meant)]
        return bool(found) and all(
            word in goodbye_words.AROUND for word in said if word not in found
        )

    def _clauses_to_weigh(self, meant: frozenset[str]) -> list[str]:
        """Without those that only say why: "Stop. Je n'habite plus la commune." """
        return [
            clause
            for clause in self.clauses
            if not _REASON.search(clause) or any(_is_one_of(one, meant) for one in clause.split())
        ]


def _kind(text: _Text) -> InboundKind:
    if text.tells_of_danger or text.tells_of_a_sighting:
        return InboundKind.MESSAGE
    said = set(text.words)
    named = said & goodbye_words.PARTNERSHIP
    goodbyes = goodbye_words.STOP | goodbye_words.LEAVE
    if named and said & goodbyes:
        rest = said - goodbyes - goodbye_words.PARTNERSHIP - goodbye_words.AROUND
        if not rest:
            return InboundKind.LEAVE
    stops, starts = _asks_to_stop(text), _asks_to_start(text)
    if stops != starts:
        return InboundKind.STOP if stops else InboundKind.START
    return InboundKind.MESSAGE


def _asks_to_stop(text: _Text) -> bool:
    if _means_the_contrary(text) and not text.is_bare(goodbye_words.STOP):
        return False
    if text.line in goodbye_words.ALONE and _NO_FIGURE.fullmatch(text.raw):
        return True
    if any(_NEGATED.search(clause) for clause in text.clauses):
        return False
    if any(_STOP.search(clause) for clause in text.clauses) or _STOP.search(text.line):
        return True
    if text.ends_with_goodbye or text.says_stop_and_why:
        return True
    is_request = not goodbye_words.REQUESTS.isdisjoint(text.words)
    return (is_request or not text.is_question) and text.is_bare(goodbye_words.STOP)


def _means_the_contrary(text: _Text) -> bool:
    return bool(_NO_STOP.search(text.line)) and not _FIRM.search(text.line)


def _asks_to_start(text: _Text) -> bool:
    if _has(text.words, sighting_words.NOTHING) or _NO_STOP.search(text.line):
        return False
    phrase = any(_START.search(clause) for clause in text.clauses)
    return phrase or (not text.is_question and text.is_bare(goodbye_words.START))


def _meaning(text: _Text, kind: InboundKind) -> Meaning:
    if kind in (InboundKind.STOP, InboundKind.LEAVE):
        return Meaning.STOP
    if kind is InboundKind.START:
        return Meaning.START
    if text.tells_of_danger or text.asks_for_help:
        return Meaning.NEED_HELP
    if _asks_how_it_works(text):
        return Meaning.HELP
    if _only_confirms(text):
        return Meaning.SEEN
    if text.tells_of_a_sighting and (not text.is_question or text.sighted > _TWO):
        return Meaning.SIGHTING
    return Meaning.QUESTION if text.is_question else Meaning.OTHER


def _only_confirms(text: _Text) -> bool:
    """Whether it says that the message was read, and nothing else."""
    if text.is_question or len(text.words) > seen_words.MOST_WORDS:
        return False
    # "Je l'ai vu": whom he saw, not what he read.
    if _HIM.search(text.line):
        return False
    is_drawn = any(sign in text.raw for sign in seen_words.SIGNS)
    is_one = bool(_ONE.fullmatch(text.raw))
    if not is_one and not _NO_FIGURE.fullmatch(text.raw):
        return False
    said = set(text.words)
    says = is_one or is_drawn or bool(said & seen_words.SEEN)
    return says and said <= seen_words.SEEN | seen_words.BESIDE


def _asks_how_it_works(text: _Text) -> bool:
    if text.raw.strip() in ("?", "??", "???"):
        return True
    left = [word for word in text.words if word not in goodbye_words.AROUND - distress_words.HELP]
    asked = bool(left) and all(word in distress_words.HELP for word in left)
    thanks = set(text.words) & {"merci", "bedankt", "danke", "thanks", "thank", "dank"}
    return (asked and not thanks) or bool(_HELP.search(text.line))


def _is_one_of(word: str, meant: frozenset[str]) -> bool:
    """Whether it is one of these words, or a slip in a long one that is near no other table's."""
    if word in meant:
        return True
    others = goodbye_words.START if meant is goodbye_words.STOP else goodbye_words.STOP
    if len(word) < 6 or word in others or word in goodbye_words.AROUND:
        return False
    return any(len(one) >= 6 and is_near(word, one) for one in meant) and not any(
        len(one) >= 6 and is_near(word, one) for one in others
    )


def _without_names(parts: list[str]) -> list[str]:
    """The words, without the name that follows a closing formula or stands alone at the end."""
    said: list[str] = []
    for word in " ".join(parts).split():
        said.append(word)
        if word in goodbye_words.BEFORE_A_NAME:
            break
    return said


def _has(said: list[str], table: frozenset[str]) -> bool:
    exact = {one for one in table if "*" not in one}
    begins = tuple(one[:-1] for one in table if one.endswith("*"))
    ends = tuple(one[1:] for one in table if one.startswith("*"))
    return any(
        word in exact
        or (begins and word.startswith(begins))
        or (ends and len(word) > 5 and word.endswith(ends))
        for word in said
    )


def _tells_of_nothing(clause: str) -> bool:
    """Whether a clause says that nothing was seen, or that nobody is there."""
    said = set(clause.split())
    if said & sighting_words.SEEN:
        return bool(said & sighting_words.NOTHING)
    return bool(_NOBODY.search(clause))
