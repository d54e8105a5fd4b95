"""Reading a text as the answer to a question. Whatever may be for the police is none."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from feedback.models import QuestionKind

LONGEST_WORDS = 500

_YES = {"yes", "y", "oui", "ouais", "ja", "jawohl", "jo", "si"}
_NO = {"no", "n", "non", "nee", "neen", "nein", "nope"}
# What politeness adds around an answer without changing it.
_POLITE = {
    "thanks", "thank", "you", "please",
    "merci", "bien", "vous", "svp",
    "dank", "u", "bedankt", "aub", "je", "wel",
    "danke", "bitte", "schon", "vielen",
}  # fmt: skip
# One of these, a question, or a number as on plates and doors: it may be a sighting or a cry for
# help. Too many go to the police rather than one too few; all that is lost is a free word.
_FOR_THE_POLICE = {
    "help", "helpen", "hulp", "aide", "aidez", "secours", "hilfe", "sos", "urgent", "urgence",
    "dringend", "notfall", "noodgeval", "emergency", "police", "politie", "polizei", "flic",
    "flics", "agent", "inbraak", "inbreker", "inbrekers", "dief", "dieven", "cambriolage",
    "cambrioleur", "cambrioleurs", "voleur", "voleurs", "vol", "einbruch", "einbrecher", "dieb",
    "diebe", "burglar", "burglars", "burglary", "thief", "thieves", "suspect", "suspects",
    "suspecte", "suspectes", "verdacht", "verdachte", "verdachtig", "verdachtige", "verdachtiger",
    "suspicious", "auto", "wagen", "bestelwagen", "voiture", "camionnette", "car", "van", "moto",
    "scooter", "lieferwagen", "plaque", "plaat", "nummerplaat", "kennzeichen", "plate", "man",
    "mannen", "mann", "manner", "vrouw", "frau", "homme", "hommes", "femme", "individu",
    "individus", "jongen", "jongens", "jeunes", "men", "woman", "persoon", "personen", "personne",
    "personnes", "person", "someone", "somebody", "iemand", "quelqu", "jemand", "feu", "incendie",
    "brand", "vuur", "feuer", "brennt", "fire", "wapen", "arme", "waffe", "weapon", "gun", "knife",
    "couteau", "mes", "messer", "pistolet", "bloed", "sang", "blut", "blood", "accident", "ongeval",
    "ongeluk", "unfall", "maintenant", "nu", "jetzt", "now", "ladder", "echelle", "leiter",
    "fuite", "gevlucht", "gefluchtet", "vu", "gezien", "gesehen", "saw", "seen",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """An answer: a number, or words."""

    value: int | None = None
    words: str = ""


# It is meant as an answer, and is none to this question.
UNFIT: Literal["unfit"] = "unfit"


def read(kind: QuestionKind, choices: Sequence[str], body: str) -> Given | Literal["unfit"] | None:
    """The answer in a text; ``UNFIT`` for a bare number or yes and no that this question cannot
    take; ``None`` for what is no answer at all.

    A choice is given by its number or its words. Of yes and no, yes is 1 and no is 0.
    """
    if kind is QuestionKind.WORDS:
        return _words(body)
    tokens = [one for one in _tokens(body) if one not in _POLITE]
    for number, words in enumerate(choices, start=1):
        if tokens and tokens == _tokens(words):
            return Given(number)
    bare = _bare(kind, tokens)
    if bare is None:
        return None
    return Given(bare) if _fits(kind, len(choices), tokens, bare) else UNFIT


def is_bare(body: str) -> bool:
    """Whether a text is nothing but a short number, or yes or no, with some politeness."""
    tokens = [one for one in _tokens(body) if one not in _POLITE]
    return _bare(QuestionKind.YES_NO, tokens) is not None


def _bare(kind: QuestionKind, tokens: Sequence[str]) -> int | None:
    if kind is QuestionKind.SCALE and len(tokens) == 2 and tokens[1] == "5":
        tokens = tokens[:1]  # 4/5
    if len(tokens) != 1:
        return None
    if tokens[0] in _YES | _NO:
        return int(tokens[0] in _YES)
    # 101 and 112 are no answers.
    return int(tokens[0]) if tokens[0].isdecimal() and len(tokens[0]) <= 2 else None


def _fits(kind: QuestionKind, choices: int, tokens: Sequence[str], value: int) -> bool:
    is_word = tokens[0] in _YES | _NO
    if kind is QuestionKind.YES_NO:
        return is_word
    return not is_word and 1 <= value <= (5 if kind is QuestionKind.SCALE else choices)


def _words(body: str) -> Given | None:
    said = " ".join(body.split())[:LONGEST_WORDS]
    return None if not said or may_be_for_the_police(body) else Given(words=said)


def may_be_for_the_police(body: str) -> bool:
    """Whether a text may be a sighting, a question or a cry for help."""
    return (
        "?" in body
        or "!!" in body
        or re.search(r"\d{2}", body) is not None
        or not _FOR_THE_POLICE.isdisjoint(_tokens(body))
    )


def _tokens(body: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", body.casefold())
    without_accents = "".join(c for c in decomposed if not unicodedata.combining(c))
    return re.findall(r"[a-z]+|[0-9]+", without_accents)
