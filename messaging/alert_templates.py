"""Ready words for an urgent alert: only the facts are filled in, in every language at once.

Plain ASCII where it can be, and short: French runs longest, and one accent outside GSM-7 turns
160 characters into 70. Every text says 101 and asks nobody to follow (R7, R17).
"""

from hub.clock import in_brussels
from hub.i18n import Language
from messaging import phenomena
from messaging.models import Incident
from messaging.texts import Words

_ALERTS = {
    Language.FRENCH: Words(
        "Alerte PLP : {what}, {place}",
        "PLP ALERTE {time} {place}: {what}. Restez chez vous, allumez. Vu qqch? 101. "
        "Ne suivez personne.",
        "{what} signalé à {time}, {place}.\n\nRestez à l'intérieur, allumez les lumières, "
        "vérifiez portes et fenêtres.\nVous voyez quelque chose ? Appelez le 101. "
        "Ne suivez personne.\n\nVous recevrez un retour d'information de la police.",
    ),
    Language.DUTCH: Words(
        "BIN-alarm: {what}, {place}",
        "BIN ALARM {time} {place}: {what}. Blijf binnen, licht aan. Iets gezien? Bel 101. "
        "Niet achtervolgen.",
        "{what} gemeld om {time}, {place}.\n\nBlijf binnen, doe de lichten aan, "
        "controleer deuren en ramen.\nZiet u iets? Bel 101. Achtervolg niemand.\n\n"
        "U krijgt nog terugkoppeling van de politie.",
    ),
    Language.GERMAN: Words(
        "NIN-Alarm: {what}, {place}",
        "NIN ALARM {time} {place}: {what}. Drinnen bleiben, Licht an. Etwas gesehen? 101. "
        "Nicht verfolgen.",
        "{what} gemeldet um {time}, {place}.\n\nBleiben Sie drinnen, machen Sie Licht an, "
        "kontrollieren Sie Türen und Fenster.\nSehen Sie etwas? Rufen Sie 101 an. "
        "Verfolgen Sie niemanden.\n\nSie erhalten eine Rückmeldung der Polizei.",
    ),
    Language.ENGLISH: Words(
        "PLP alert: {what}, {place}",
        "PLP ALERT {time} {place}: {what}. Stay in, lights on. Seen something? Call 101. "
        "Do not follow.",
        "{what} reported at {time}, {place}.\n\nStay inside, switch on the lights, check doors "
        "and windows.\nSeen something? Call 101. Follow no one.\n\n"
        "The police will tell you how it ended.",
    ),
}

_FEEDBACK = {
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


def alert(incident: Incident, language: Language) -> Words:
    """The words of a first alert on this incident."""
    return _filled(_ALERTS[language], incident, language)


def feedback(incident: Incident, language: Language) -> Words:
    """How feedback on this incident begins; the officer writes the rest."""
    return _filled(_FEEDBACK[language], incident, language)


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
