"""Numbers of a text that name, date or measure something, and count nothing."""

import re

_MONTH = (
    "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
    "|januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
)
_STREET = r"(?:rue|avenue|av\.|boulevard|bd\.?|chaussee|quai|impasse|allee|square)"
_NAMES = re.compile(
    rf"[0-9]{{1,2}}(?:er)? ?(?:-|au?|et|tot|en) ?[0-9]{{1,2}}(?:er)? (?:{_MONTH})"
    rf"(?: (?:19|20)[0-9]{{2}})?"
    # Where somebody is found, or rung up.
    rf"|[0-9]{{1,4}}(?: ?- ?[0-9]{{1,4}})?,? {_STREET} (?=[a-z])"
    rf"|{_STREET} (?:de |du |des |d'|l')[a-z' -]{{2,30}},? [0-9]{{1,4}}"
    r"(?=,? [1-9][0-9]{3} [a-z]| *[,.;)]? *$)(?:,? [1-9][0-9]{3}(?= [a-z]))?"
    r"|0[0-9]{2,3} ?[ /.][0-9][0-9 ./]{3,}"
    r"|(?:\ble|\bau|\bdu|\bhet|\bnumero|\bnummer|«) ?(?:101|103|107|112|1712|1722|1733)(?![0-9])"
    r"|(?:zones? de police|politiezone|zp|pz|code postal|postcode) ?[0-9]{4}"
    # What is measured and not counted, and ranks.
    r"|[0-9]+(?:[.,][0-9]+)? ?(?:km ?/ ?h|m[²2](?![0-9a-z])|g ?/ ?l|db(?![a-z]))"
    r"|[0-9]+(?:er|ere|eme|e|ste)(?![a-z])(?! semestre| trimestre)"
    r"|(?:apres|na|avant|voor|vanaf|des) [0-9]{1,2} ?[hu](?:[0-9]{2})?(?![a-z0-9])"
    r"(?! ?(?:/|par|per))"
    r"|(?:apres|na) [0-9]+ (?:mois|semaines?|jours?|ans?|maanden|weken|dagen|jaar)"
    rf"|[0-9]{{1,2}} ?[/.-] ?[0-9]{{1,2}} ?[/.-] ?(?:19|20)?[0-9]{{2}}(?![0-9])"
    rf"|[0-9]{{1,2}}(?:er)? (?:{_MONTH})(?: (?:19|20)[0-9]{{2}})?"
    r"|(?:19|20)[0-9]{2} ?[-/] ?(?:19|20)?[0-9]{2}(?![0-9])"
    r"|(?:\ben|\ban(?:nee)?s?|depuis|loi du|arrete du|fin|debut|in|jaar) (?:l'annee )?"
    r"(?:19|20)[0-9]{2}(?![0-9])"
    r"|24 ?h?(?:eures)? ?(?:/|sur) ?24 ?h?|[57] ?j?(?:ours)? ?(?:/|sur) ?7 ?j?(?![0-9a-z])"
    r"|[0-9]{1,2} ?h ?[0-9]{0,2} ?(?:-|a|et) ?[0-9]{1,2} ?h ?[0-9]{0,2}(?![0-9]*(?: ?/))"
    r"|(?:(?:plus|moins) (?:de|que) |\+ ?de |[+-] ?)?[0-9]{1,2} ?(?:(?:-|a|et|/) ?[0-9]{1,2} ?)?"
    r"ans\b(?: et (?:plus|moins))?"
    r"|(?:phenomenes?|fenomeen|axes?|art(?:icles?|\.)|niveaux?|zones?|quartiers?|n°|nr\.?|numeros?"
    r"|contingent|page|phases?|annexes?|codes?|lignes?|chapitres?|lots?|etapes?|mesures?|fiches?"
    r"|objectifs?|programmes?|wijken|wijk|artikel|paix|covid-?|periode|plan|projet|commune"
    r"|fonctionnement|contrat|service) ?(?:[0-9]+(?:er?|e)?(?![0-9.,]*(?: ?[%x/]| ?fois| ?h\b))"
    r"(?: ?(?:,|et|en|-|a) ?[0-9]+(?![0-9]*(?: ?[%x/])))*|x{1,4}(?![a-z]))"
    r"|[a-z][a-z]*-?[0-9]+[a-z]?(?![0-9a-z])(?! ?(?:/|%|x\b|fois))"
)


def named(text: str) -> list[tuple[int, int]]:
    """Where such numbers stand in a folded text, with the words that make them so."""
    return [one.span() for one in _NAMES.finditer(text)]
