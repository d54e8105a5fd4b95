"""The strategic objectives a plan may choose from (R44): the ministry's list as it prints it.

The Dutch wording is ours: the list we have is French.
"""

COORDINATION = {
    "co1": (
        "Assurer le bon fonctionnement administratif, logistique et financier du plan et le suivi"
        " avec les autorités subsidiaires",
        "De goede administratieve, logistieke en financiële werking van het plan en de opvolging"
        " met de subsidiërende overheden verzekeren",
    ),
    "co2": (
        "Assurer une synergie entre les différentes actions de prévention communales et une"
        " articulation avec la prévention policière zonale",
        "De synergie tussen de gemeentelijke preventieacties en de afstemming met de zonale"
        " politiële preventie verzekeren",
    ),
    "co3": (
        "Assurer un processus d'évaluation permanente du plan",
        "Een proces van permanente evaluatie van het plan verzekeren",
    ),
    "co4": (
        "Assurer une information à la population",
        "De informatie aan de bevolking verzekeren",
    ),
}
PHENOMENA = {
    "so1": ("Diminuer les comportements à risque", "Risicogedrag verminderen"),
    "so2": (
        "Agir sur les circonstances et l'environnement criminogènes",
        "Inwerken op de criminogene omstandigheden en omgeving",
    ),
    "so3": (
        "Dissuader les auteurs potentiels d'infraction",
        "Potentiële daders ontmoedigen",
    ),
    "so4": (
        "Favoriser la resocialisation des usagers de drogues",
        "De resocialisatie van druggebruikers bevorderen",
    ),
    "so5": (
        "Favoriser la resocialisation des jeunes en difficultés",
        "De resocialisatie van jongeren in moeilijkheden bevorderen",
    ),
    "so6": (
        "Promouvoir une approche intégrée et intégrale",
        "Een integrale en geïntegreerde aanpak bevorderen",
    ),
    "so7": ("Favoriser le contrôle social", "De sociale controle bevorderen"),
    "so8": (
        "Diminuer les effets négatifs liés à la victimisation",
        "De negatieve gevolgen van slachtofferschap verminderen",
    ),
    "so9": (
        "Développer les partenariats locaux de prévention",
        "Lokale preventiepartnerschappen uitbouwen",
    ),
}
CATALOGUE = {**COORDINATION, **PHENOMENA}


def label(code: str, language: str = "fr") -> str:
    """The objective's name in French, or in Dutch."""
    french, dutch = CATALOGUE[code]
    return dutch if language == "nl" else french
