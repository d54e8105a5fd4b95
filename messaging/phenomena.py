"""The phenomena of the prevention plans (R53): the ministry's list, French and Dutch as printed.

German and English are ours: the list exists in two languages only.
"""

from hub.i18n import Language

# code: French, Dutch, German, English
_CATALOGUE: dict[str, tuple[str, str, str, str]] = {
    "cambriolage": (
        "Cambriolage",
        "Inbraak",
        "Einbruch",
        "Burglary",
    ),
    "crime-organise": (
        "Crime organisé",
        "Georganiseerde criminaliteit",
        "Organisierte Kriminalität",
        "Organised crime",
    ),
    "cybercriminalite": (
        "Cybercriminalité",
        "Cybercriminaliteit",
        "Cyberkriminalität",
        "Cybercrime",
    ),
    "delinquance-sexuelle": (
        "Délinquance sexuelle",
        "Seksuele delinquentie",
        "Sexualdelikte",
        "Sexual offences",
    ),
    "extorsion": (
        "Extorsion",
        "Afpersing",
        "Erpressung",
        "Extortion",
    ),
    "fraude-et-corruption": (
        "Fraude financière, économique, fiscale, sociale et corruption",
        "Financiële, economische, fiscale, sociale fraude en corruptie",
        "Finanz-, Wirtschafts-, Steuer- und Sozialbetrug und Korruption",
        "Financial, economic, tax and social fraud, and corruption",
    ),
    "incivilites-sanctionnees-administrativement": (
        "Incivilités sanctionnées administrativement",
        "Administratief sanctioneerbare overlast",
        "Verwaltungsrechtlich geahndete Ordnungswidrigkeiten",
        "Nuisances sanctioned by the municipality",
    ),
    "nuisances-publiques-liees-a-l-usage-de-drogues": (
        "Nuisances publiques liées à l'usage de drogues",
        "Druggerelateerde maatschappelijke overlast",
        "Öffentliche Belästigung durch Drogenkonsum",
        "Drug-related public nuisance",
    ),
    "nuisances-sociales": (
        "Nuisances sociales",
        "Sociale overlast",
        "Soziale Belästigung",
        "Social nuisance",
    ),
    "racisme-discrimination-extremisme": (
        "Racisme, discrimination et extrémisme",
        "Racisme, discriminatie en extremisme",
        "Rassismus, Diskriminierung und Extremismus",
        "Racism, discrimination and extremism",
    ),
    "radicalisation-a-portee-violente": (
        "Radicalisation à portée violente",
        "Gewelddadige radicalisering",
        "Gewaltbereite Radikalisierung",
        "Violent radicalisation",
    ),
    "securite-routiere": (
        "Sécurité routière",
        "Verkeersveiligheid",
        "Verkehrssicherheit",
        "Road safety",
    ),
    "terrorisme": (
        "Terrorisme",
        "Terrorisme",
        "Terrorismus",
        "Terrorism",
    ),
    "trafic-de-drogues": (
        "Trafic de drogues",
        "Drugtrafiek",
        "Drogenhandel",
        "Drug trafficking",
    ),
    "violence-contre-l-autorite": (
        "Violence à l'encontre des fonctions représentatives de l'autorité",
        "Geweld tegenover de representatieve overheids functies",
        "Gewalt gegen Amtsträger",
        "Violence against public officials",
    ),
    "violence-homosexuels-transgenres": (
        "Violence à l'encontre d'homosexuels et de transgenres",
        "Geweld tegen holebi's en transgenders",
        "Gewalt gegen Homosexuelle und Transgender",
        "Violence against LGBT people",
    ),
    "violence-transports-en-commun": (
        "Violence dans les transports en commun",
        "Geweld in het openbaar vervoer",
        "Gewalt in öffentlichen Verkehrsmitteln",
        "Violence on public transport",
    ),
    "violence-en-milieu-scolaire": (
        "Violence en milieu scolaire",
        "Geweld in schoolmilieu",
        "Gewalt in der Schule",
        "Violence in schools",
    ),
    "violence-entre-partenaires": (
        "Violence entre partenaires",
        "Partnergeweld",
        "Partnerschaftsgewalt",
        "Partner violence",
    ),
    "violence-envers-les-enfants": (
        "Violence envers les enfants",
        "Geweld tegen kinderen",
        "Gewalt gegen Kinder",
        "Violence against children",
    ),
    "violence-envers-les-personnes-agees": (
        "Violence envers les personnes âgées",
        "Geweld tegen senioren",
        "Gewalt gegen Senioren",
        "Violence against older people",
    ),
    "violence-intrafamiliale": (
        "Violence intrafamiliale",
        "Intrafamiliaal geweld",
        "Innerfamiliäre Gewalt",
        "Domestic violence",
    ),
    "violence-juvenile": (
        "Violence juvénile",
        "Jongerengeweld",
        "Jugendgewalt",
        "Youth violence",
    ),
    "violence-honneur-mariages-forces": (
        "Violence liée à l'honneur et les mariages forcés",
        "Eergerelateerd geweld en de gedwongen huwelijken",
        "Ehrgewalt und Zwangsheirat",
        "Honour-based violence and forced marriage",
    ),
    "violence-bandes-urbaines": (
        "Violence liée aux bandes urbaines",
        "Geweld gepleegd door stadsbenden",
        "Gewalt durch Stadtbanden",
        "Urban gang violence",
    ),
    "violence-evenements": (
        "Violence lors des événements et manifestations publiques",
        "Geweld tijdens evenementen en publieke gebeurtenissen",
        "Gewalt bei Veranstaltungen und Kundgebungen",
        "Violence at events and demonstrations",
    ),
    "vol-a-la-tire": (
        "Vol à la tire",
        "Gauwdiefstal",
        "Taschendiebstahl",
        "Pickpocketing",
    ),
    "vol-a-l-etalage": (
        "Vol à l'étalage",
        "Winkeldiefstal",
        "Ladendiebstahl",
        "Shoplifting",
    ),
    "vol-a-main-armee": (
        "Vol à main armée",
        "Gewapende diefstal",
        "Bewaffneter Raub",
        "Armed robbery",
    ),
    "vol-avec-violence": (
        "Vol avec violence",
        "Diefstal met geweld",
        "Raub mit Gewalt",
        "Violent theft",
    ),
    "vol-de-et-dans-vehicules": (
        "Vol de et dans véhicules",
        "Diefstal van en in auto's",
        "Diebstahl von und aus Fahrzeugen",
        "Theft of and from vehicles",
    ),
    "vol-de-velo": (
        "Vol de vélo",
        "Fietsdiefstal",
        "Fahrraddiebstahl",
        "Bicycle theft",
    ),
    "vol-par-ruse": (
        "Vol par ruse",
        "Diefstal door middel van list",
        "Trickdiebstahl",
        "Theft by deception",
    ),
}

CODES = tuple(_CATALOGUE)


def label(code: str, language: Language) -> str:
    """The phenomenon's name in ``language``."""
    french, dutch, german, english = _CATALOGUE[code]
    return {
        Language.FRENCH: french,
        Language.DUTCH: dutch,
        Language.GERMAN: german,
        Language.ENGLISH: english,
    }[language]


def labels(language: Language) -> list[tuple[str, str]]:
    """Every code with its name, by name, as a person looks for it in a list."""
    named = [(code, label(code, language)) for code in CODES]
    return sorted(named, key=lambda pair: pair[1].casefold())


# What is alerted while it happens or just after; the others are matters of prevention first.
URGENT = (
    "cambriolage",
    "vol-par-ruse",
    "vol-a-main-armee",
    "vol-avec-violence",
    "vol-de-et-dans-vehicules",
    "vol-de-velo",
    "vol-a-la-tire",
    "vol-a-l-etalage",
    "violence-evenements",
    "terrorisme",
)


def grouped(language: Language) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every code with its name in two groups: "urgent" in the order in which they are alerted most,
    then "other" by name."""
    urgent = [(code, label(code, language)) for code in URGENT]
    return [
        ("urgent", urgent),
        ("other", [pair for pair in labels(language) if pair[0] not in URGENT]),
    ]


_BY_NAME = {name.casefold(): code for code, names in _CATALOGUE.items() for name in (code, *names)}


def code_of(name: str) -> str | None:
    """The code for a code or a name in any of the languages; ``None`` when we know no such."""
    return _BY_NAME.get(name.strip().casefold())
