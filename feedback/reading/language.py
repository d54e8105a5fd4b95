"""The language of a short text: by the small words that only one language has, else by its look.

Programs that tell a hundred languages apart need a paragraph; a reply has four words, and they
are
in one of four languages, so a list of words does better.
"""

from hub.languages import Language

_WORDS = {
    Language.FRENCH: """
je tu il elle nous vous ils elles le la les un une des du au aux ce cette ces ca cela mon ma mes
ton
ta votre vos notre nos leur et ou est sont etait ai avez avons ont suis pas plus ne rien personne
que qui quoi dans sur avec pour par chez vers oui non merci bonjour bonsoir svp stp aide secours
arret arreter arretez arrete desinscrire desinscription desabonner resilier reprendre reinscrire
recommencer envoyez recevoir veux souhaite vu vue voiture rue homme hommes gare plaque camion
camionnette voisin ici devant derriere tres bien recu accord quand comment pourquoi encore
toujours
jai cest moi toi lui faut infos venez vite appelez quelqu quelque bonne nuit journee soiree bravo
retirez enlevez supprimez numero liste noire noir blanche rouge tout tous scandaleux cessez
desinscrivez reinscrivez ah dsl a retrouve dame madame monsieur y en se sa son ses mais si
fait peut peux pouvez va vont etes etre avoir car donc alors aussi apres avant jour heure heures
hier
demain matin soir police numeros commune quartier reunion porte jardin maison femme fille garcon
jeunes personne quelle quel combien parce deux trois vite pres loin entre sous sans grand petit
de m affaire nouvelles nouvelle resiliation importuner deranger cordialement agresse
assez trop marre laissez tranquille veuillez messages alertes plaît rouge bleu bleue vert gris
grise bois ecole eglise toujours jamais deja encore rappelez""",
    Language.DUTCH: """
ik jij hij wij jullie zij ze het een de en van voor op bij met naar niet nie ni geen gene meer
niets
niks niemand aub alstublieft alsjeblieft bedankt dank dankje graag ja-gezien gezien gij ge u uw
mijn
mij me wie wat waar wanneer hoe waarom dit dat deze die daar hier heb heeft hebben ben zijn
wordt kan kunnen mag moet wil wens stoppen stopt hou houd uitschrijven uitschrijving afmelden
hervatten inschrijven berichten bericht sturen stuur krijgen ontvangen opnieuw terug weer hulp
inbreker inbrekers politie kom snel help-mij staat loopt rijdt richting straat kenteken
nummerplaat
bestelwagen wagen auto-s buren buurvrouw buurman nee neen goed begrepen slaapwel zwarte witte rode
blauwe aan er opzeggen beu genoeg gelieve beste goeiendag goedendag kheb em den al nog ook iemand
verwijder lijst nummer nr thv nu net doe zal verkeerd ermee toch verdacht verdachte mannen
voertuig gestopt wegens ophouden man vrouw alles rustig onze ons coordinator als maar want dus om
tot te uit over tegen tussen onder deur huis tuin fiets hem haar hun zich zien zie zag gij da wa
nie mee doen gaan gaat ging moeten kunnen zullen wordt worden werd was waren vandaag gisteren
morgen avond uur gemeente buurt vergadering kerk school twee drie veel heel zeer erg mooi
gehoord gevallen bloedt gevonden gestolen gebeurd weg thuis iets ergens nergens jongen meisje
laat gerust rust letten stoppen ermee verhuisd
kinderen oud jong groen grijs geel kap jas hoek achter voorbij helpen slecht goeden dat-is""",
    Language.GERMAN: """
ich er wir ihr mich mir dich dir sie das der den dem ein eine einen einem einer und ist sind war
bin habe hab hat haben nicht nichts nix kein keine keinen mehr bitte danke ja-gesehen nein auf mit
von zu zum zur im am beim bei fur uber wer wann warum wie wo was-ist jemand niemand niemanden
hilfe helfen helft polizei schnell einbrecher stopp abmelden abmeldung abbestellen beenden
aufhoren
kundigen austragen anmelden starten wieder nachrichten nachricht schicken schickt senden mochte
will
bekommen erhalten gesehen richtung kennzeichen strasse bahnhof auto-steht mann manner steht lauft
fahrt schwarzer weisser roter guten tag gut gute nacht alles klar verstanden horen hort lassen
ruhe
nehmen liste loschen nummer-loschen urlaub ruhig gemacht passiert gefunden und-nachbar grad
weiteren verdachtiges verdachtige kann nummer andern konnen muss soll wurde wird werden hatte aber
oder wenn weil dass auch noch schon nur sehr heute gestern morgen abend uhr haus tur garten frau
kind junge madchen polizei gemeinde kirche schule zwei drei viel blau grun grau rot schwarz weiss
sein seine ihre unsere unser nachbar nachbarn nachbarin laut leise weg vorbei hinter vor neben
unter gegen ohne nach seit sagen sehe sehen gehort gefallen gestohlen sitzung koordinator welche
ihn ihm konnten keinen schluss
diese dieser dieses danach dort hier da also ganz etwas einfach gerade""",
    Language.ENGLISH: """
i you he she it we they the a an and of to in-the at on is are was were am be been not no don dont
didn didnt haven havent didnt please thanks thank yes what when where who why how this that these
those my your me him her them stop-texting unsubscribe remove quit end cancel want receive texts
text messages-please anymore again more any help-me house someone somebody man men police send
call
now seen saw see spotted plate white black street car van near towards heading running parked
number
from off out subscribe unstop resubscribe received will do all quiet nothing anyone catch commands
emergency there just with for stopped drove suspicious enough wrong unsuscribe sms-please one
two three very much here his her our your their its
as so but if or because then than who which did does have has had can could would should may might
must get got go going went come came know think want need like good bad night day morning evening
house door garden neighbour neighbours street woman girl boy red blue green grey old young small
big left right behind before after yesterday today tomorrow nobody everybody hello hi dear sorry
sending messages leave alone pls me opt help
take never always this-is look looks around back front window church school""",
}
_ONLY = {
    language: {word for word in table.split() if "-" not in word}
    for language, table in _WORDS.items()
}
# The look of words that are in no list: endings and letters that the others seldom have.
_LOOK = {
    Language.FRENCH: ("tion", "eur", "euse", "eux", "aient", "ement", "ette", "ez", "oir", "ique"),
    Language.DUTCH: ("ijk", "ij", "aan", "oen", "heid", "uis", "aat", "eer", "oer", "tje", "uur"),
    Language.GERMAN: ("sch", "ung", "icht", "keit", "lich", "tz", "ier", "cht", "pf", "chen"),
    Language.ENGLISH: ("ing", "th", "wh", "ght", "ly", "ow", "sh", "ck", "ould", "ness"),
}
_LETTERS = {
    Language.FRENCH: "éèêàçùœâîû",
    Language.DUTCH: "",
    Language.GERMAN: "äöüß",
    Language.ENGLISH: "",
}


def language_of(text: str, words: list[str]) -> Language | None:
    """The language of a text, whose plain words are ``words``; ``None`` where it cannot be
    told."""
    marks = {one: _marks(one, text.casefold(), words) for one in _WORDS}
    ranked = sorted(marks, key=lambda one: marks[one], reverse=True)
    best, next_best = ranked[0], ranked[1]
    return best if marks[best] > marks[next_best] and marks[best] >= 1 else None


def _marks(language: Language, text: str, words: list[str]) -> float:
    shared = [sum(word in table for table in _ONLY.values()) for word in words]
    known = sum(
        2 / count for word, count in zip(words, shared, strict=True) if word in _ONLY[language]
    )
    looks = sum(
        0.5
        for word, count in zip(words, shared, strict=True)
        if not count and len(word) > 4 and any(part in word for part in _LOOK[language])
    )
    return known + looks + sum(letter in text for letter in _LETTERS[language])
