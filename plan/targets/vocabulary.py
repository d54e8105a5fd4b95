"""The words by which plans say how often, how much, within what and of what. French and Dutch."""

import re

# A comparator right before its number, the longest first.
_A = r"(?: *(?::|a|des|de|d'|dan|aan|van|que|soit|tot|op))?"
COMPARATORS = (
    (">=", r"(?:(?:>|&gt;) ?/ ?=|(?:>|&gt;|≥) ?=|= ?/? ?(?:>|&gt;)|≥"
           r"|&ge;|\\+ ?geq(?:slant)?|\\+ ?ge(?![a-z])|> ?ou ?(?:=|egal)"
           r"(?:e?s?)?|> ?of ?="
           r"|au moins|au minimum|a minima|minimum|minimaal|minim[ae]|mini?\.?|sup\.? ou eg\w*\.?"
           r"|pas moins|a partir|superieur\w*(?: ou |/| et )egal\w*|(?:egal\w*|=) ou superieur\w*"
           r"|minstens|ten minste|tenminste|op zijn minst|groter dan of gelijk|niet minder"
           r"|au bas mot|atteint au moins)"),
    ("<=", r"(?:(?:ne )?pas (?:depass|exced)\w+|plafonn\w+|limit(?:er?|ee?s?)(?= *a)|beperk\w+"
           r"|niet (?:overschrijden|boven)|(?:<|&lt;) ?/ ?=|(?:<|&lt;|≤) ?=|= ?/? ?(?:<|&lt;)|≤"
           r"|&le;|\\+ ?leq(?:slant)?|\\+ ?le(?![a-z])|< ?ou ?(?:=|egal)"
           r"(?:e?s?)?|au plus|au maximum|maximum|maximaal|maxi?\.?|pas plus|jusqu'"
           r"|inferieur\w*(?: ou |/| et )egal\w*|hoogstens|ten hoogste|niet meer"
           r"|kleiner dan of gelijk|n'exced\w+(?: pas)?|ne depass\w+ pas|sans depasser)"),
    (">", r"(?:>|&gt;|\\+ ?gt(?![a-z])|plus(?= *(?:de|que|d'))|superieur\w*|au[- ]dela|depass\w+"
          r"|meer(?= *dan)|groter(?= *dan)|\+(?= *de ))"),
    ("<", r"(?:<|&lt;|\\+ ?lt(?![a-z])|moins(?= *(?:de|que|d'))|inferieur\w*|en[- ]dessous"
          r"|sous (?:la barre|le seuil)|en deca|onder"
          r"|minder(?= *dan)|kleiner(?= *dan))"),
    ("=", r"(?:=|egal\w*|exactement|precies)"),
)  # fmt: skip
BEFORE = [(sign, re.compile(rf"(?<![a-z]){words}{_A} *\$? *$")) for sign, words in COMPARATORS]
# The same said after it: "2/an minimum".
AFTER = (
    (">=", re.compile(r" *[,(]? *(?:au moins|au minimum|minimum|minimaal|mini|min\b\.?|ou plus"
                      r"|et plus|ou davantage|of meer|en meer)(?![a-z])")),
    ("<=", re.compile(r" *[,(]? *(?:au plus|au maximum|maximum|maximaal|max\b\.?|ou moins"
                      r"|of minder)(?![a-z])")),
)  # fmt: skip
ABOUT = re.compile(r"(?:environ|\+/-|±|~|plus ou moins|de l'ordre de|pres de|ongeveer|circa) *$")

PERCENT = re.compile(r" *(?:%|pour ?-?cents?(?![a-z])|pourcents?(?![a-z])|percent|procent|p\.c\.)")
TIMES = re.compile(r" *(?:x(?![a-z])|fois(?![a-z])|keer(?![a-z])|maal(?![a-z]))")
HOURS = re.compile(
    r" *(?:heures?(?![a-z])|h(?:rs?)?\.?(?![a-z])|uur(?![a-z])|uren(?![a-z])"
    r"|u(?= ?(?:/|per |par )))"
)
MINUTES = re.compile(r" *(?:minutes?(?![a-z])|min\.?(?= ?/))")

DAY, WEEK, MONTH, QUARTER, HALF, YEAR, PLAN = (
    "day", "week", "month", "quarter", "semester", "year", "plan",
)  # fmt: skip
_NOUN = {
    DAY: r"j(?:ours?)?(?:nee?s?)?(?: ouvrables?| ouvres?| de service| calendrier)?|dag(?:en)?"
         r"|werkdag(?:en)?",
    WEEK: r"sem(?:aines?)?\.?|semaine|hebdo|we+k(?:en)?",
    MONTH: r"mois|maand(?:en)?",
    QUARTER: r"trim(?:estres?)?\.?|kwarta(?:al|len)",
    HALF: r"semestres?|semester",
    YEAR: r"ans?|annees?(?: civile| scolaire)?|jaar|kalenderjaar|schooljaar|exercice"
          r"|a\.(?! ?[a-z])",
    PLAN: r"plan|convention|(?:la )?duree du plan|mandature|legislature",
}  # fmt: skip
PER = [
    (period, re.compile(
        rf" *\$? *(?:/+|\bpar|\bper|\bchaque|\belke?|\bieder|\bpour chaque|\bdurant chaque"
        rf"|\btous les|\btoutes les|\ba l'(?=annee)|\bp[./])"
        rf" *(?:l'|la |le |les )?(?:{noun})(?![a-z])"))
    for period, noun in _NOUN.items()
]  # fmt: skip
# "par an" with something between, "chaque annee": anywhere in the text.
_ANYWHERE = {
    DAY: r"(?:par|chaque|tous les|/) ?jours?|quotidien\w*|journali\w+|per dag|dagelijks\w*"
         r"|elke dag",
    WEEK: r"(?:par|chaque|toutes les|/) ?sem(?:aines?)?|hebdomadaire\w*|per week|wekelijks\w*"
          r"|elke week|(?:chaque|tous les) (?:lun|mar|mercre|jeu|vendre|same)dis?"
          r"|(?:chaque|tous les) dimanches?|elke (?:maan|dins|woens|donder|vrij|zater|zon)dag",
    MONTH: r"(?:par|chaque|tous les|/) ?mois|mensuel\w*|de mois en mois|per maand|maandelijks\w*"
           r"|van maand tot maand|elke maand",
    QUARTER: r"(?:par|chaque|tous les|/) ?trimestres?|trimestriel\w*"
             r"|(?:per|elk) (?:kwartaal|trimester)"
             r"|driemaandelijks\w*",
    HALF: r"(?:par|chaque|tous les|/) ?semestres?|semestriel\w*|(?:per|elk) semester"
          r"|halfjaarlijks\w*|elk half ?jaar",
    YEAR: r"(?:par|chaque|durant l'|pendant l'|sur l'|/) ?an(?:nee)?s?"
          r"(?: civile)?|tous les ans|annuel\w*"
          r"|van jaar tot jaar|jaar na jaar|d'annee en annee|l'an\b|per jaar|jaarlijks\w*|elk jaar",
    PLAN: r"(?:durant|pendant|sur|pour|au cours de|tout au long de|a l'issue de) (?:toute )?la"
          r" (?:duree|periode) (?:totale )?(?:du|de la|de l') ?(?:plan|convention|temps|projet)"
          r"|(?:durant|pendant|sur|pour) (?:toute )?la duree du \w+|tijdens de (?:hele )?"
          r"(?:duur|looptijd) van het plan|(?:par|/) ?plan|tout au long du plan|sur (?:les )?"
          r"(?:deux|2) ans",
}  # fmt: skip
ANYWHERE = [(period, re.compile(rf"(?<![a-z])(?:{words})(?![a-z])"))
            for period, words in _ANYWHERE.items()]  # fmt: skip
# "Tous les 2 mois": once in so many.
EVERY = re.compile(r"(?:tous|toutes) les *$|om de *$|elke *$|(?:/|par|per) *$")
EVERY_UNIT = {
    period: re.compile(rf" *(?:{_NOUN[period]})(?![a-z])") for period in (DAY, WEEK, MONTH, YEAR)
}
ADJECTIVES = [(period, re.compile(rf"(?<![a-z])(?:{words})(?![a-z])")) for period, words in (
    (DAY, r"quotidien(?:ne)?s?(?:ment)?|journali(?:er|ere)s?|dagelijkse?"),
    (WEEK, r"hebdomadaires?(?:ment)?|wekelijkse?"),
    (MONTH, r"mensuel(?:le)?s?(?:lement)?|maandelijkse?"),
    (QUARTER, r"trimestriel(?:le)?s?(?:lement)?|driemaandelijkse?"),
    (HALF, r"semestriel(?:le)?s?(?:lement)?|halfjaarlijkse?"),
    (YEAR, r"annuel(?:le)?s?(?:lement)?|jaarlijkse?"),
)]  # fmt: skip
# Words that mean one of two things, or something between the periods we have.
UNSURE = re.compile(r"(?<![a-z])(?:bi-?mensuel\w*|bi-?annuel\w*|bi-?mestriel\w*|bisannuel\w*"
                    r"|tweemaandelijks\w*|bi-?hebdomadaire\w*)")  # fmt: skip

DELAY_UNITS = (
    ("hour", r"h(?:eures?)?(?![a-z])|uur(?![a-z])|uren(?![a-z])"),
    ("working_day", r"jours? ouvr(?:able|e)s?|werkdag(?:en)?"),
    ("day", r"jours?(?: calendrier)?(?![a-z])|j(?![a-z])|dag(?:en)?(?![a-z])"),
    ("week", r"semaines?|sem\.?(?![a-z])|we+k(?:en)?(?![a-z])"),
    ("month", r"mois|maand(?:en)?"),
    ("year", r"ans?(?![a-z])|annees?|jaar"),
)
WITHIN = (
    r"(?:dans (?:les|le|la|l'|un delai (?:maximum |maximal |moyen )?(?:de|d'))|endeans(?: les| le"
    r"| la| un delai de)?|sous(?: les| un delai de)?|en moins de|au plus tard(?: dans les| les)?"
    r"|dans un maximum de|delai (?:maximum |maximal |moyen )?(?:de|:)|en dedans(?: des)?"
    r"|binnen(?: de| het| een termijn van)?|dans|d'ici(?: a)?|a moins de) *(?:maximum|max\.?)? *"
)
AFTERWARDS = (
    r"(?:de|du|des|d'|qui sui\w+|suivant\w*|apres|a dater|a compter|a partir|depuis|a la suite"
    r"|na|volgend\w*|vanaf|van)"
)
FORTNIGHT = re.compile(
    r"(?:sous|dans la|endeans la|dans une) (?:huitaine|quinzaine)(?! de)(?![a-z])"
)
# What is waited for: its number of days is a time within which, whatever stands between.
WAITING = re.compile(
    r"(?:x )?(?:le |la |les |de )?(?:delais?|temps (?:moyen |maximal |maximum )?(?:de|d')"
    r"(?: ?(?:reponse|traitement|intervention|attente|reaction|prise en charge))"
    r"|(?:gemiddelde |maximale )?(?:antwoord|reactie|behandelings|wacht|doorloop|antwoords)?"
    r"(?:termijn|tijd)(?: |$))"
)
PRESCRIBED = re.compile(
    r"(?:dans|endeans|selon|respect(?:er|ant)?|hors)?(?: (?:les|le|des|du|de))* ?delais?"
    r" (?:[a-z]+ )?(?:prescrits?|impartis?|fixes?|prevus?|requis|legaux|legal|reglementaires?"
    r"|imposes?|demandes?|convenus?|accordes?)|binnen de (?:gestelde|voorgeschreven|wettelijke)"
    r" termijn(?:en)?|a (?:la date prescrite|l'echeance prevue)"
)
BY_DATE = re.compile(
    r"(?:avant|pour|au plus tard|d'ici|d'ici a|voor|tegen|uiterlijk)(?: le| la| fin| op| eind)*"
    r" *(?:(?:[0-9]{1,2}(?:er)? *)?(?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre"
    r"|octobre|novembre|decembre|januari|februari|maart|april|mei|juni|juli|augustus|september"
    r"|oktober|november|december) *(?:20[0-9]{2})?|[0-9]{1,2}[/.-][0-9]{1,2}[/.-](?:20)?[0-9]{2}"
    r"|(?:la )?(?:fin )?(?:de )?(?:l'annee )?20[0-9]{2})(?![0-9])"
)
YES_NO = re.compile(
    r"(?<![a-z])(?:oui *(?:/|ou|-) *non|o */ *n|ja *(?:/|of|-) *ne+n?e?)(?![a-z])|^(?:oui|ja)[ .]*$"
)
TREND = (
    ("increase", re.compile(r"(?<![a-z])(?:augment\w+|accroi\w+|elargi\w*|hausse"
                            r"|\+(?= ?[0-9.,]+ ?%)"
                            r"|stijg\w+|toename|verhog\w+|toenemen|neemt toe|progress\w+ de"
                            r"|passer de|pass(?:e|ent) de)")),
    ("decrease", re.compile(r"(?<![a-z])(?:diminu\w+|redui\w+|reduction|baiss\w+|recul\w*"
                            r"|ramen\w+|limit(?:er?|ation)|dal(?:en|ing)|daal(?:t|de)"
                            r"|vermindering|verminder\w+|afname|afnemen|neemt af|terugdring\w+)")),
)  # fmt: skip
STEP_BY_STEP = re.compile(
    r"(?:de mois en mois|d'annee en annee|de semaine en semaine|chaque fois plus"
    r"|van (?:jaar tot jaar|maand tot maand|week tot week)|(?:jaar na jaar|maand na maand))"
)
# Twice as much of something: it is to grow by all there was.
DOUBLED = re.compile(r"(?<![a-z])(?:doubl(?:er|ement)|verdubbel\w+)(?![a-z])")
EVERYBODY = re.compile(
    r"^(?:x )?(?:l'ensemble des|la totalite des|tout(?:e)?s? (?!a |au |autre)(?:les |nouve\w+ )?"
    r"|tous les |chaque |alle |elke )(?!an(?:nee)?s?\b|mois\b|semaines?\b|jours?\b|trimestres?\b"
    r"|maand\b|week\b|dag\b|jaar\b|kwartaal\b|semestres?\b|semester\b)"
)
# Parts of a whole. "Un tiers" alone is somebody else, and three quarters of an hour are no share.
_ONE = r"(?:1|une?|een)"
_OF = r"(?: \w+)? (?:sur|op(?: de)?) "
_NO_TIME = r"(?![a-z0-9])(?! (?:ans|mois|jours|semaines|jaar|maanden|weken|dagen|sites|lieux))"
FRACTIONS = (
    (50, re.compile(r"(?<![a-z])(?:la moitie|de moitie|de helft"
                    rf"|{_ONE}{_OF}(?:2|deux|twee){_NO_TIME})")),
    (25, re.compile(rf"(?<![a-z])(?:(?:un|le|een) (?:quart|kwart) (?=d|v)(?!d'heure)"
                    rf"|{_ONE}{_OF}(?:4|quatre|vier){_NO_TIME})")),
    (75, re.compile(r"(?<![a-z])(?:(?:les )?(?:trois quarts|3/4|driekwart|drie vierden?)(?= d| v)"
                    r"(?! d'heure)"
                    rf"|(?:3|trois|drie){_OF}(?:4|quatre|vier){_NO_TIME})")),
    (66.67, re.compile(rf"(?<![a-z])(?:(?:les )?(?:deux tiers|2/3|twee derde)(?= d| v)"
                       rf"|(?:2|deux|twee){_OF}(?:3|trois|drie){_NO_TIME})")),
    (33.33, re.compile(rf"(?<![a-z])(?:(?:un|le) tiers(?= d)|een derde(?= v)"
                       rf"|{_ONE}{_OF}(?:3|trois|drie){_NO_TIME})")),
    (20, re.compile(rf"(?<![a-z]){_ONE}{_OF}(?:5|cinq|vijf){_NO_TIME}")),
    (10, re.compile(rf"(?<![a-z]){_ONE}{_OF}(?:10|dix|tien){_NO_TIME}")),
)  # fmt: skip
