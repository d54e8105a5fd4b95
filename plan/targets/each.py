"""Of whom each is to reach a target: "chaque travailleur de rue a au moins 40 contacts"."""

import re

from plan.targets.folding import words

WORKER = "worker"
_OF_EACH_WORKER = re.compile(
    r"(?<![a-z])(?:chaque (?:travailleu(?:r|se)|agent|gardien|educateur|educatrice|intervenant)"
    r"(?: (?:de rue|social))?"
    r"|(?:elke|iedere) (?:straathoekwerker|straatwerker|hoekwerker|medewerker|gemeenschapswacht)"
    r"|(?:jeder|jede) (?:strassensozialarbeiter|mitarbeiter))(?![a-z])"
)


def said(folded: str) -> str:
    """The words of a folded text that say so; nothing where none do."""
    found = _OF_EACH_WORKER.search(folded)
    return found[0] if found else ""


def of_whom(text: str) -> str:
    """``worker``, or nothing where the text says of nobody that each is to reach it."""
    return WORKER if said(words(text)) else ""
