"""The words a zone begins with: plain, short, in every language; it may put its own instead.

Plain ASCII where it can be in what is texted: French runs longest, and one accent outside GSM-7
turns 160 characters into 70. No abbreviation: members do not read them. Every alert says 101 and
asks nobody to follow (R7, R17); no message asks anybody to patrol or to stop anyone.
"""

from dataclasses import dataclass
from functools import lru_cache

from hub.i18n import Language
from messaging import alert_templates
from messaging.follow_up_words import GAP, READY
from messaging.models import Step, TemplateUse
from messaging.texts import Words


@dataclass(frozen=True, slots=True)
class _Asked:
    """What members are asked to do: as briefly as a text can, and in full."""

    short: str
    long: str


# Of the phenomena that are alerted most; "" is every other one.
_ASKED = {
    "": (
        _Asked("Restez chez vous.", "Restez chez vous et soyez attentifs."),
        _Asked("Blijf binnen.", "Blijf binnen en wees aandachtig."),
        _Asked("Bleiben Sie im Haus.", "Bleiben Sie im Haus und seien Sie aufmerksam."),
        _Asked("Stay inside.", "Stay inside and keep your eyes open."),
    ),
    "cambriolage": (
        _Asked(
            "Restez chez vous, allumez.",
            "Restez chez vous, allumez les lumières, fermez portes et fenêtres.",
        ),
        _Asked(
            "Blijf binnen, licht aan.", "Blijf binnen, doe de lichten aan, sluit deuren en ramen."
        ),
        _Asked(
            "Im Haus bleiben, Licht an.",
            "Bleiben Sie im Haus, machen Sie Licht, schließen Sie Türen und Fenster.",
        ),
        _Asked(
            "Stay in, lights on.", "Stay inside, switch on the lights, close doors and windows."
        ),
    ),
    "vol-par-ruse": (
        _Asked(
            "N'ouvrez pas aux inconnus.",
            "N'ouvrez pas aux inconnus, même en uniforme. Prévenez vos voisins âgés.",
        ),
        _Asked(
            "Laat geen onbekenden binnen.",
            "Laat geen onbekenden binnen, ook niet in uniform. Verwittig oudere buren.",
        ),
        _Asked(
            "Keine Unbekannten einlassen.",
            "Lassen Sie keine Unbekannten ein, auch nicht in Uniform. Warnen Sie ältere Nachbarn.",
        ),
        _Asked(
            "Do not let strangers in.",
            "Do not let strangers in, not even in uniform. Warn older neighbours.",
        ),
    ),
    "vol-a-main-armee": (
        _Asked(
            "Danger: restez à l'abri.",
            "Danger : restez à l'abri, loin des fenêtres. N'intervenez pas.",
        ),
        _Asked(
            "Gevaar: blijf binnen.",
            "Gevaar: blijf binnen, weg van de ramen. Kom niet tussenbeide.",
        ),
        _Asked(
            "Gefahr: im Haus bleiben.",
            "Gefahr: Bleiben Sie im Haus, weg von den Fenstern. Greifen Sie nicht ein.",
        ),
        _Asked("Danger: stay inside.", "Danger: stay inside, away from windows. Do not step in."),
    ),
    "vol-avec-violence": (
        _Asked("Restez chez vous.", "Restez chez vous. N'intervenez pas."),
        _Asked("Blijf binnen.", "Blijf binnen. Kom niet tussenbeide."),
        _Asked("Im Haus bleiben.", "Bleiben Sie im Haus. Greifen Sie nicht ein."),
        _Asked("Stay inside.", "Stay inside. Do not step in."),
    ),
    "vol-de-et-dans-vehicules": (
        _Asked(
            "Fermez vos véhicules.",
            "Fermez vos véhicules, n'y laissez rien en vue, gardez les clés loin de la porte.",
        ),
        _Asked(
            "Sluit uw wagen af.",
            "Sluit uw wagen af, laat er niets zichtbaar in, leg de sleutels ver van de deur.",
        ),
        _Asked(
            "Auto abschließen.",
            "Schließen Sie Ihr Auto ab, lassen Sie nichts sichtbar liegen und bewahren Sie die "
            "Schlüssel weit von der Tür auf.",
        ),
        _Asked(
            "Lock your vehicles.",
            "Lock your vehicles, leave nothing in sight, keep the keys away from the door.",
        ),
    ),
    "vol-de-velo": (
        _Asked("Attachez vos vélos.", "Attachez vos vélos, fermez garages et abris."),
        _Asked("Maak uw fietsen vast.", "Maak uw fietsen vast, sluit garage en tuinhuis."),
        _Asked("Räder anschließen.", "Schließen Sie Fahrräder an, Garage und Schuppen ab."),
        _Asked("Lock your bicycles.", "Lock your bicycles, garages and sheds."),
    ),
    "vol-a-la-tire": (
        _Asked("Gardez vos sacs fermés.", "Gardez vos sacs fermés et près de vous."),
        _Asked("Houd uw tas gesloten.", "Houd uw tas gesloten en dicht bij u."),
        _Asked("Taschen geschlossen halten.", "Halten Sie Taschen geschlossen und nah bei sich."),
        _Asked("Keep bags closed.", "Keep your bags closed and close to you."),
    ),
    "terrorisme": (
        _Asked(
            "Danger: restez à l'abri.",
            "Danger : restez à l'abri, loin des fenêtres, et suivez les consignes de la police.",
        ),
        _Asked(
            "Gevaar: blijf binnen.",
            "Gevaar: blijf binnen, weg van de ramen, en volg de instructies van de politie.",
        ),
        _Asked(
            "Gefahr: im Haus bleiben.",
            "Gefahr: Bleiben Sie im Haus, weg von den Fenstern, und beachten Sie die Anweisungen "
            "der Polizei.",
        ),
        _Asked(
            "Danger: stay inside.",
            "Danger: stay inside, away from windows, and do as the police say.",
        ),
    ),
}
WITH_OWN_WORDS = tuple(_ASKED)

_LANGUAGES = (Language.FRENCH, Language.DUTCH, Language.GERMAN, Language.ENGLISH)

# <short> and <long> are what members are asked to do.
_ALERT = {
    Language.FRENCH: Words(
        "Alerte PLP : {what}, {place}",
        "PLP ALERTE {time} {place}: {what}. [{description}. ][Direction {direction}. ]<short> "
        "[{measures}. ]Vu quelque chose? Appelez le 101. Ne suivez personne.",
        "{what} signalé à {time}, {place}.\n\n[Signalement : {description}.\n][Direction : "
        "{direction}.\n]\n<long>\n[{measures}.\n]Vous voyez quelque chose ? Appelez le 101. Ne "
        "suivez personne.\n\nVous recevrez un retour d'information de la police.",
        "Alerte de votre partenariat local de prévention. {what}, {place}, à {time}. "
        "[Signalement : {description}. ][Direction {direction}. ]<long> [{measures}. ]"
        "Vous voyez quelque chose ? Appelez le 101. Ne suivez personne.",
    ),
    Language.DUTCH: Words(
        "BIN-alarm: {what}, {place}",
        "BIN ALARM {time} {place}: {what}. [{description}. ][Richting {direction}. ]<short> "
        "[{measures}. ]Iets gezien? Bel 101. Achtervolg niemand.",
        "{what} gemeld om {time}, {place}.\n\n[Beschrijving: {description}.\n][Richting: "
        "{direction}.\n]\n<long>\n[{measures}.\n]Ziet u iets? Bel 101. Achtervolg niemand.\n\n"
        "U krijgt nog terugkoppeling van de politie.",
        "Alarm van uw buurtinformatienetwerk. {what}, {place}, om {time}. "
        "[Beschrijving: {description}. ][Richting {direction}. ]<long> [{measures}. ]"
        "Ziet u iets? Bel 101. Achtervolg niemand.",
    ),
    Language.GERMAN: Words(
        "NIN-Alarm: {what}, {place}",
        "NIN ALARM {time} {place}: {what}. [{description}. ][Richtung {direction}. ]<short> "
        "[{measures}. ]Etwas gesehen? 101 anrufen. Niemanden verfolgen.",
        "{what} gemeldet um {time}, {place}.\n\n[Beschreibung: {description}.\n][Richtung: "
        "{direction}.\n]\n<long>\n[{measures}.\n]Sehen Sie etwas? Rufen Sie 101 an. Verfolgen Sie "
        "niemanden.\n\nSie erhalten eine Rückmeldung der Polizei.",
        "Alarm Ihres Nachbarschaftsinformationsnetzwerks. {what}, {place}, um {time}. "
        "[Beschreibung: {description}. ][Richtung {direction}. ]<long> [{measures}. ]"
        "Sehen Sie etwas? Rufen Sie 101 an. Verfolgen Sie niemanden.",
    ),
    Language.ENGLISH: Words(
        "PLP alert: {what}, {place}",
        "PLP ALERT {time} {place}: {what}. [{description}. ][Direction {direction}. ]<short> "
        "[{measures}. ]Seen something? Call 101. Do not follow anyone.",
        "{what} reported at {time}, {place}.\n\n[Description: {description}.\n][Direction: "
        "{direction}.\n]\n<long>\n[{measures}.\n]Seen something? Call 101. Do not follow anyone."
        "\n\nThe police will tell you how it ended.",
        "Alert from your local prevention partnership. {what}, {place}, at {time}. "
        "[Description: {description}. ][Direction {direction}. ]<long> [{measures}. ]"
        "Seen something? Call 101. Do not follow anyone.",
    ),
}

# What follows an alert, under the names that templates give to what is open.
_STEPS = {
    TemplateUse.UPDATE: Step.UPDATE,
    TemplateUse.ALL_CLEAR: Step.ALL_CLEAR,
    TemplateUse.FALSE_ALARM: Step.CORRECTION,
}
# A zone writes a cold message from the subject on: there is nothing to begin it with.
USES = (TemplateUse.URGENT_ALERT, *_STEPS, TemplateUse.FEEDBACK)


@lru_cache
def starter(use: TemplateUse, phenomenon: str) -> dict[Language, Words]:
    """The hub's own words, with their placeholders; none for a use it has no words for."""
    if use is TemplateUse.URGENT_ALERT:
        asked = dict(zip(_LANGUAGES, _ASKED.get(phenomenon, _ASKED[""]), strict=True))
        return {language: _asking(words, asked[language]) for language, words in _ALERT.items()}
    if use is TemplateUse.FEEDBACK:
        return {one: _to_be_told(words) for one, words in alert_templates.FEEDBACK.items()}
    step = _STEPS.get(use)
    return {one: _following(words) for one, words in READY[step].items()} if step else {}


def _asking(words: Words, asked: _Asked) -> Words:
    return Words(
        words.subject,
        words.short.replace("<short>", asked.short),
        words.long.replace("<long>", asked.long),
        words.spoken.replace("<long>", asked.long),
    )


def _to_be_told(words: Words) -> Words:
    return Words(words.subject, words.short + "{news}", words.long + "{news}")


def _following(words: Words) -> Words:
    return Words(
        words.subject.replace("{at}", "[: {place}]"),
        words.short.replace("{at}", "[ {place}]").replace(GAP, "{news}"),
        words.long.replace("{at}", "[ {place}]").replace(GAP, "{news}"),
    )
