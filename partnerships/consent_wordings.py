"""What people agree to, word for word: by version, purpose and language.

A version that anybody agreed to is never changed, not even a comma: it is the proof. New words are
a new version. That is why they stand here and not in the catalogues of translations.
"""

from hub.i18n import Language
from partnerships.models import Purpose

CURRENT = "2026-1"

_Wording = dict[Purpose, dict[Language, str]]

_2026_1: _Wording = {
    Purpose.URGENT_ALERTS: {
        Language.FRENCH: (
            "Je veux recevoir les alertes urgentes de la police pour mon quartier et les "
            "nouvelles qui les suivent. Mon numéro et mon adresse e-mail servent à cela."
        ),
        Language.DUTCH: (
            "Ik wil de dringende waarschuwingen van de politie voor mijn buurt ontvangen, en het "
            "nieuws dat erop volgt. Mijn nummer en mijn e-mailadres dienen daarvoor."
        ),
        Language.GERMAN: (
            "Ich möchte die dringenden Warnungen der Polizei für meine Nachbarschaft erhalten, "
            "und was darauf folgt. Dazu dienen meine Nummer und meine E-Mail-Adresse."
        ),
        Language.ENGLISH: (
            "I want to receive the urgent alerts of the police for my neighbourhood and the news "
            "that follows them. My number and my email address serve for this."
        ),
    },
    Purpose.PREVENTION: {
        Language.FRENCH: (
            "Je veux aussi recevoir des conseils de prévention et des informations qui ne sont "
            "pas urgentes."
        ),
        Language.DUTCH: (
            "Ik wil ook preventieadvies en informatie ontvangen die niet dringend is."
        ),
        Language.GERMAN: (
            "Ich möchte auch Präventionsratschläge und nicht dringende Informationen erhalten."
        ),
        Language.ENGLISH: (
            "I also want to receive prevention advice and information that is not urgent."
        ),
    },
    Purpose.SURVEYS: {
        Language.FRENCH: (
            "Je veux bien qu'on me demande de temps en temps, en quelques questions, comment je "
            "vois la sécurité de mon quartier et le partenariat."
        ),
        Language.DUTCH: (
            "Men mag mij af en toe enkele vragen stellen over de veiligheid in mijn buurt en over "
            "het netwerk."
        ),
        Language.GERMAN: (
            "Man darf mich von Zeit zu Zeit mit einigen Fragen dazu befragen, wie ich die "
            "Sicherheit meiner Nachbarschaft und die Partnerschaft sehe."
        ),
        Language.ENGLISH: (
            "I may be asked from time to time, in a few questions, how I see the safety of my "
            "neighbourhood and the partnership."
        ),
    },
}

_VERSIONS: dict[str, _Wording] = {"2026-1": _2026_1}


def wording(purpose: Purpose, language: Language, version: str = CURRENT) -> str | None:
    """The words of one version; ``None`` for one kept elsewhere, such as a list taken over."""
    words = _VERSIONS.get(version)
    return words[purpose][language] if words else None


def current(language: Language) -> dict[Purpose, str]:
    """What somebody who joins now is asked, purpose by purpose."""
    return {purpose: words[language] for purpose, words in _VERSIONS[CURRENT].items()}
