"""STOP and START in four languages: what a member types to leave or come back by text.

Carriers know the English words only, and match them whole; a citizen writes "Stop. Merci".
"""

import re
import unicodedata

from feedback.models import InboundKind

_STOP = {
    "stop", "stopall", "unsubscribe", "end", "quit", "cancel",
    "arret", "arreter", "desinscrire", "desabonner", "resilier",
    "stoppen", "uitschrijven", "afmelden", "stopzetten",
    "stopp", "abmelden", "abbestellen", "beenden",
}  # fmt: skip
# Not YES, OUI or JA: members confirm an alert with these, and a confirmation re-subscribes nobody.
_START = {
    "start", "unstop",
    "reprendre", "reinscrire",
    "hervatten", "inschrijven",
    "starten", "anmelden",
}  # fmt: skip
# What politeness adds around the word without changing what is meant.
_POLITE = {
    "please", "thanks", "thank", "you", "sms",
    "merci", "svp", "s", "il", "vous", "plait", "les", "des",
    "aub", "bedankt", "dank", "u", "je", "graag",
    "bitte", "danke",
}  # fmt: skip


def kind_of(body: str) -> InboundKind:
    """What a reply asks: STOP or START when that and politeness is all it says, else a message.

    "Stop, a man is climbing the fence" is a message to the police, not a goodbye.
    """
    words = set(_plain_words(body))
    meant = words - _POLITE
    if meant and meant <= _STOP:
        return InboundKind.STOP
    if meant and meant <= _START:
        return InboundKind.START
    return InboundKind.MESSAGE


def _plain_words(body: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", body.casefold())
    without_accents = "".join(c for c in decomposed if not unicodedata.combining(c))
    return re.findall(r"[a-z]+", without_accents)
