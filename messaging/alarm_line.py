"""The line every alert carries: call 101, and follow nobody (R7, R17)."""

import re

from hub.errors import FieldProblem
from hub.i18n import LANGUAGE_NAMES, Language, mark
from messaging.texts import Texts, Words

_101 = re.compile(r"(?<!\d)101(?!\d)")
# How far before the number its words of calling may stand: "appelez tout de suite le 101".
_NEAR = 40
# A house has a number too: "rue Haute 101" calls nobody. Words of calling count after the last
# word of a street.
_STREET = re.compile(
    r"\b(rue|avenue|av\.|chauss[ée]e|chemin|place|quai|boulevard|bd\.?|route|square|all[ée]e|cours"
    r"|impasse|\w*(straat|laan|steenweg|plein|dreef|kaai)|\w+weg"
    r"|\w*(stra(ß|ss)e|gasse|platz)|\w+str\.|street|road|lane)(?!\w)",
    re.IGNORECASE,
)
_CALLING = {
    Language.FRENCH: r"\b(appel(ez|er|le|les)|t[ée]l[ée]phone[rz]|compose[rz]|formez|form(er|ule)"
    r"|faites|contacte[rz]|pr[ée]ven(ez|ir)|averti(r|ssez)|alerte[rz]|signale[rz]"
    r"|(police|secours|urgences?|t[ée]l\.?)(?=\W+(au |le |via |par )*\W*$))",
    Language.DUTCH: r"\b(bel(t|len)?|telefoneer|contacteer|verwittig|waarschuw|meld|draai"
    r"|(politie|noodnummer|tel\.?)(?=\W+(op |via |het |nummer )*\W*$))\b",
    Language.GERMAN: r"\b(rufen|ruft?|anrufen|w[äa]hlen|w[äa]hlt?|verst[äa]ndigen|informieren"
    r"|melden|(polizei|notruf\w*|tel\.?)(?=\W+(unter |die |der |ist )*\W*$))\b",
    Language.ENGLISH: r"\b(call|ring|dial|phone|telephone|contact|warn|alert|report"
    r"|(police|emergenc(y|ies)|tel\.?)(?=\W+(on |at |by )*\W*$))\b",
}
_CALLED = re.compile(
    r"\s+((sofort|gleich|bitte|direct|meteen|onmiddellijk)\s+)?"
    r"(an(rufen)?|bellen|w[äa]hlen|verst[äa]ndigen|informieren|verwittigen)\b",
    re.IGNORECASE,
)
# "Vu quelque chose ? 101. Ne suivez personne": the number is a sentence by itself.
_BEGINS = re.compile(r"(^|[.!?;:…/(\n–—-])\s*$")
_ENDS = re.compile(
    r"\s*($|[.!?;:)…/\n–—-]|,?\s*(et|ne|en|niet|volg|achtervolg|und|nicht|niemand|verfolgen|and|do"
    r"|don't|never)\b)",
    re.IGNORECASE,
)
# How each language says that nobody is to go after anybody, with or without an accent.
_FOLLOWS_NOBODY = {
    Language.FRENCH: r"\bne (les |le |la )?(suivez|poursuivez)\b|\bne pas (suivre|poursuivre)\b",
    Language.DUTCH: r"\b(achtervolg|volg)( u)? niemand\b|\bniet (zelf )?(achter)?volgen\b",
    Language.GERMAN: r"\b(ver)?folgen sie niemand|\bniemand\w* (ver)?folgen\b"
    r"|\bnicht (selbst )?(ver)?folgen\b",
    Language.ENGLISH: r"\b(do not|don't|never) (follow|chase)\b|\b(follow|chase) (no one|nobody)\b",
}
_LINES = {
    Language.FRENCH: "Appelez le 101. Ne suivez personne.",
    Language.DUTCH: "Bel 101. Achtervolg niemand.",
    Language.GERMAN: "Rufen Sie 101 an. Verfolgen Sie niemanden.",
    Language.ENGLISH: "Call 101. Do not follow anyone.",
}
_SAYS_NEITHER = mark(
    "{written_in}: every alert says to call 101 and to follow nobody. Put it back: {line}"
)


def is_in(text: str, language: Language) -> bool:
    """Whether this text says both."""
    follows_nobody = re.search(_FOLLOWS_NOBODY[language], text, re.IGNORECASE)
    return bool(follows_nobody) and _calls_101(text, language)


def _calls_101(text: str, language: Language) -> bool:
    return any(_is_called(text, found, language) for found in _101.finditer(text))


def _is_called(text: str, number: re.Match[str], language: Language) -> bool:
    before = text[max(0, number.start() - _NEAR) : number.start()]
    after = text[number.end() : number.end() + _NEAR]
    streets = [one.end() for one in _STREET.finditer(before)]
    since_the_street = before[streets[-1] if streets else 0 :]
    if _CALLED.match(after) or re.search(_CALLING[language], since_the_street, re.IGNORECASE):
        return True
    is_of_a_street = streets and not since_the_street.strip(" .")
    return bool(not is_of_a_street and _BEGINS.search(before) and _ENDS.match(after))


def problems(texts: Texts) -> list[FieldProblem]:
    """The texts of an alert from which the line was taken out, by field path."""
    return [
        problem
        for language, words in texts.items()
        for problem in _problems_of(language, words, f"texts.{language}")
    ]


def _problems_of(language: Language, words: Words, path: str) -> list[FieldProblem]:
    values = (("written_in", LANGUAGE_NAMES[language]), ("line", _LINES[language]))
    return [
        FieldProblem(f"{path}.{name}", _SAYS_NEITHER, values)
        for name in ("short", "spoken", "long")
        # An empty one is read as the short text, which has it.
        if (text := getattr(words, name)).strip() and not is_in(text, language)
    ]
