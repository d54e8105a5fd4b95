"""Ready words for what follows an alert, in every language at once.

A correction and an all clear can leave as they are: whoever finds out that he frightened a street
for nothing must not have to think of words. Plain and short, like the alerts.
"""

from datetime import datetime

from hub.clock import in_brussels
from hub.i18n import Language
from messaging.models import Broadcast, Incident, Step
from messaging.texts import Texts, Words

# Where an update waits for what is new; nothing leaves while it is there.
GAP = "(...)"

_UPDATES = {
    Language.FRENCH: Words(
        "Suite de l'alerte PLP{at}",
        "PLP SUITE {now}{at}: (...) Vu quelque chose? 101. Ne suivez personne.",
        "Suite de notre alerte de {alert}{at} :\n\n(...)\n\nVous voyez quelque chose ? "
        "Appelez le 101. Ne suivez personne.",
    ),
    Language.DUTCH: Words(
        "Vervolg van het BIN-alarm{at}",
        "BIN VERVOLG {now}{at}: (...) Iets gezien? Bel 101. Niet achtervolgen.",
        "Vervolg van ons alarm van {alert}{at}:\n\n(...)\n\nZiet u iets? Bel 101. "
        "Achtervolg niemand.",
    ),
    Language.GERMAN: Words(
        "Fortsetzung des NIN-Alarms{at}",
        "NIN NEUES {now}{at}: (...) Etwas gesehen? 101. Nicht verfolgen.",
        "Neues zu unserem Alarm von {alert}{at}:\n\n(...)\n\nSehen Sie etwas? Rufen Sie 101 an. "
        "Verfolgen Sie niemanden.",
    ),
    Language.ENGLISH: Words(
        "Update of the PLP alert{at}",
        "PLP UPDATE {now}{at}: (...) Seen something? Call 101. Do not follow.",
        "Update of our alert of {alert}{at}:\n\n(...)\n\nSeen something? Call 101. Follow no one.",
    ),
}
_ALL_CLEARS = {
    Language.FRENCH: Words(
        "Fin de l'alerte PLP{at}",
        "PLP FIN {now}{at}: alerte terminée, plus de danger. Merci de votre attention.",
        "L'alerte de {alert}{at} est terminée. Il n'y a plus de danger.\n\n"
        "Merci de votre attention.",
    ),
    Language.DUTCH: Words(
        "Einde van het BIN-alarm{at}",
        "BIN EINDE {now}{at}: alarm voorbij, geen gevaar meer. Dank voor uw aandacht.",
        "Het alarm van {alert}{at} is voorbij. Er is geen gevaar meer.\n\nDank voor uw aandacht.",
    ),
    Language.GERMAN: Words(
        "Ende des NIN-Alarms{at}",
        "NIN ENDE {now}{at}: Alarm beendet, keine Gefahr mehr. Danke für Ihre Aufmerksamkeit.",
        "Der Alarm von {alert}{at} ist beendet. Es besteht keine Gefahr mehr.\n\n"
        "Danke für Ihre Aufmerksamkeit.",
    ),
    Language.ENGLISH: Words(
        "End of the PLP alert{at}",
        "PLP END {now}{at}: the alert is over, no more danger. Thank you for looking out.",
        "The alert of {alert}{at} is over. There is no more danger.\n\nThank you for looking out.",
    ),
}
_CORRECTIONS = {
    Language.FRENCH: Words(
        "Fausse alerte{at}",
        "PLP ERREUR {now}{at}: FAUSSE ALERTE. Notre message de {alert} n'est plus valable. "
        "Pas de danger, rien à faire. Nos excuses.",
        "Notre alerte de {alert}{at} était une fausse alerte. Elle n'est plus valable.\n\n"
        "Il n'y a pas de danger et vous n'avez rien à faire. Nous vous présentons nos excuses.",
    ),
    Language.DUTCH: Words(
        "Vals alarm{at}",
        "BIN FOUT {now}{at}: VALS ALARM. Ons bericht van {alert} geldt niet meer. "
        "Geen gevaar, u hoeft niets te doen. Excuses.",
        "Ons alarm van {alert}{at} was een vals alarm. Het geldt niet meer.\n\n"
        "Er is geen gevaar en u hoeft niets te doen. Onze excuses.",
    ),
    Language.GERMAN: Words(
        "Fehlalarm{at}",
        "NIN FEHLER {now}{at}: FEHLALARM. Unsere Nachricht von {alert} gilt nicht mehr. "
        "Keine Gefahr, Sie müssen nichts tun. Entschuldigung.",
        "Unser Alarm von {alert}{at} war ein Fehlalarm. Er gilt nicht mehr.\n\n"
        "Es besteht keine Gefahr und Sie müssen nichts tun. Wir bitten um Entschuldigung.",
    ),
    Language.ENGLISH: Words(
        "False alarm{at}",
        "PLP CORRECTION {now}{at}: FALSE ALARM. Our message of {alert} no longer stands. "
        "No danger, nothing to do. Our apologies.",
        "Our alert of {alert}{at} was a false alarm. It no longer stands.\n\n"
        "There is no danger and nothing you need to do. Our apologies.",
    ),
}
# By placeholders of this file: {at} the place, {now} and {alert} the times, GAP what is new.
READY = {
    Step.UPDATE: _UPDATES,
    Step.ALL_CLEAR: _ALL_CLEARS,
    Step.CORRECTION: _CORRECTIONS,
}


def words(
    step: Step, alert: Broadcast, incident: Incident | None, language: Language, at: datetime
) -> Words:
    """What is said to those who got ``alert``, released at ``at``. An update has a ``GAP``."""
    assert alert.released_at is not None
    facts = {
        "at": f" {incident.place}" if incident else "",
        "now": _time(at, language),
        "alert": _time(alert.released_at, language),
    }
    ready = READY[step][language]
    return Words(
        _subject(ready.subject, facts), ready.short.format(**facts), ready.long.format(**facts)
    )


def _subject(subject: str, facts: dict[str, str]) -> str:
    return subject.format(**{**facts, "at": facts["at"] and f":{facts['at']}"})


def _time(moment: datetime, language: Language) -> str:
    local = in_brussels(moment)
    is_french = language is Language.FRENCH
    return f"{local.hour}h{local.minute:02}" if is_french else f"{local:%H:%M}"


def has_gap(texts: Texts, language: Language) -> bool:
    """Whether these words still wait for what is new."""
    one = texts[language]
    return any(GAP in text for text in (one.subject, one.short, one.long))
