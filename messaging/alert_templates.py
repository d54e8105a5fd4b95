"""How feedback on an alert begins, in every language at once; the officer writes the rest.

Plain ASCII where it can be, and short: French runs longest, and one accent outside GSM-7 turns
160 characters into 70. A zone that keeps a template for feedback begins it in its own words.
"""

from hub.clock import in_brussels
from hub.i18n import Language
from messaging import phenomena
from messaging.models import Incident
from messaging.texts import Words

FEEDBACK = {
    Language.FRENCH: Words(
        "Retour d'information : {what}, {place}",
        "PLP INFO {place}: ",
        "À propos de notre alerte du {date} ({what}, {place}) :\n\n",
    ),
    Language.DUTCH: Words(
        "Terugkoppeling: {what}, {place}",
        "BIN INFO {place}: ",
        "Over ons alarm van {date} ({what}, {place}):\n\n",
    ),
    Language.GERMAN: Words(
        "Rückmeldung: {what}, {place}",
        "NIN INFO {place}: ",
        "Zu unserem Alarm vom {date} ({what}, {place}):\n\n",
    ),
    Language.ENGLISH: Words(
        "Feedback: {what}, {place}",
        "PLP INFO {place}: ",
        "About our alert of {date} ({what}, {place}):\n\n",
    ),
}


def feedback(incident: Incident, language: Language) -> Words:
    """How feedback on this incident begins; the officer writes the rest."""
    return _filled(FEEDBACK[language], incident, language)


def _filled(words: Words, incident: Incident, language: Language) -> Words:
    local = in_brussels(incident.facts_at)
    facts = {
        "what": phenomena.label(incident.phenomenon, language),
        "place": incident.place,
        "time": f"{local.hour}h{local.minute:02}"
        if language is Language.FRENCH
        else f"{local:%H:%M}",
        "date": f"{local:%d/%m/%Y}",
    }
    return Words(
        words.subject.format(**facts), words.short.format(**facts), words.long.format(**facts)
    )
