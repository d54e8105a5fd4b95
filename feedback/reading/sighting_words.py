"""What people write who saw something: words by kind. One kind alone proves little, two a
sighting.

``SEEN`` proves one alone. A word that ends with ``*`` is the beginning of words.
"""

from feedback.reading.phrases import table, words

SEEN = words("""
vu vue vus vues apercu apercue apercois vois voit repere reperee croise croisee remarque
jai-vu reconnu
gezien zie zien zag opgemerkt gespot herkend tegengekomen
gesehen sehe seh sah bemerkt entdeckt gesichtet erkannt
saw seen see spotted noticed sighted
filme filmee filmes filmees gefilmd gefilmt filmed
""")
# Of these, one beside a SEEN says that nothing was seen.
NOTHING = words("""
rien personne pas aucun aucune jamais ni
niets niks niemand niet nie ni geen nooit gene
nichts niemand niemanden nicht keinen keine kein nie nix
nothing nobody none not haven havent didn didnt never anything anyone cannot no
""")

KINDS: dict[str, frozenset[str]] = {
    "plate": words("""plaque plaques immatricul* kenteken* nummerplaat nummerplaten kennzeichen
        nummernschild plate licence license registration"""),
    "vehicle": words("""voiture voitures camionnette camionette camion camions auto autos
    bagnole vehicule
        moto scooter velo fourgon fourgonnette quad golf bmw audi mercedes renault peugeot opel
        ford
        volkswagen vw citroen toyota skoda seat trottinette
        wagen wagens bestelwagen bestelwagens camionet* busje vrachtwagen moto brommer bromfiets
        fiets voertuig step
        lieferwagen transporter lkw motorrad roller fahrrad fahrzeug kleinbus pkw
        car truck lorry bike motorbike motorcycle vehicle bicycle minivan"""),
    "person": words("""homme hommes femme type types gars individu individus jeunes personne
    personnes
        quelqu mec mecs inconnu inconnus rodeur fille garcon monsieur voleur voleurs cambrioleur*
        man mannen vrouw kerel kerels gast gasten jongeren jongen iemand persoon personen
        onbekende*
        meisje dief dieven inbreker*
        mann manner frau typ typen jugendliche jemand person personen fremder unbekannte* junge
        madchen dieb einbrecher*
        men woman guy guys someone somebody person people youths stranger girl boy thief thieves
        burglar* lad lads"""),
    "he": words("il ils elle elles hij zij ze er he she they"),
    "look": words("""blanc blanche noir noire rouge bleu bleue vert verte gris grise jaune
    capuche casquette
        masque cagoule veste pull barbe cagoules gants sac foncee fonce
        wit witte zwart zwarte rood rode blauw blauwe groen groene grijs grijze geel gele kap pet
        muts jas trui baard masker donkere
        weiss weisser weisses weisse weissen schwarz schwarzer schwarzes schwarze schwarzen rot
        rote
        roter roten blau blaue blauer blauen grun gruner grune grau grauer graue kapuze mutze
        jacke
        bart maske dunkle
        white black red blue green grey gray yellow hood hoodie cap mask jacket beard balaclava
        """),
    "place": words("""rue rues avenue chemin place carrefour rond gare parc ecole eglise station
    magasin
        parking jardin cloture haie coin chaussee boulevard devant derriere pres delhaize colruyt
        aldi lidl voisin voisine voisins quai pont bois
        straat *straat *laan *weg *plein steenweg station park school kerk bushalte halte bakker
        winkel kruispunt tuin hof haag brug bos buren nr hoek parking achter apotheek garage deur
        strasse *strasse *gasse platz bahnhof wald kirche schule garten hecke haltestelle
        bushaltestelle supermarkt kreuzung brucke nachbar nachbarn hinter ecke
        street road lane avenue church shop garden fence corner crossroads bridge woods school
        neighbour* neighbor* behind supermarket number outside front thv"""),
    "moves": words("""passe passer passent passant court courent courir fuit enfuit enfuient
    fuite roule
        roulent gare garee garer stationne* attend attendent rode rodent sonne sonnent escalade
        grimpe
        fouille fouillent fouiller parti partis partir traine trainent marche
        loopt lopen rijdt rijden gereden weggereden weggevlucht gevlucht vlucht staat staan
        geparkeerd
        parkeert passeert gepasseerd belt bellen aanbellen klimt klimmen sluipt
        rondloopt rondrijdt wandelt vertrokken vluchten
        lauft laufen fahrt fahren weggefahren gefahren gefluchtet steht stehen parkt geparkt
        klettert
        klingelt klingeln schleicht rennt rennen gerannt vorbei
        running runs ran walking walks walked driving drives drove parked parking climbing climbs
        climbed fled ringing passed passing standing stands hiding lurking sitting entered jumped
        waiting"""),
    "halts": words("arrete arretee arretes stopt gestopt stopped angehalten halten halt"),
    "direction": words("""direction vers richting naar richtung towards toward heading headed
    direction
        """),
    "when": words(
        "net daarnet zonet zojuist gisteren gerade grad eben gestern just yesterday minutes min lui"
        " soir matin minuten zopas"
    ),
    "odd": words("""louche suspect suspecte suspects bizarre etrange
        verdacht verdachte verdachten raar rare vreemd vreemde
        verdachtig verdachtige verdachtiger verdachtiges verdachtigen seltsam komisch
        suspicious strange weird dodgy"""),
}
# "Il faut que ça s'arrête": these two together tell nothing yet.
TOO_LITTLE = {"he", "halts"}
# What tells that nothing is going on, or that something else is spoken of.
CALM = words("""
calme tranquille rustig ruhig quiet vacances vakantie urlaub holiday reunion vergadering sitzung
meeting bravo lampadaire eclairage lumiere panneau licht
""")
# That nobody and nothing is there.
NOBODY = table("""
faut|faudrait|moeten|mussen|should|must stop*|arret*|ralentir
ze|ils|sie moeten|doivent|mussen stop*
plus personne|aucun|rien
geen ... meer
niemand ... meer
keine|niemand ... mehr
nobody|no one
no more
""")
PHRASES = table("""
a|the|white|black|grey|gray|blue|red|dark|delivery van
he|she|they|it is|are|s|went|just
il|elle est|etait la|ici|chez|passe|parti*|dans|pres|devant|derriere|sur|au|a
ils sont|viennent|etaient
il y a ... quelqu|homme|hommes|type|gars|individu*|jeunes|voiture|camionnette|camion
encore la
est ici
hij|ze is|zijn net|nu|hier|daar|op|in|aan|weg*
er loopt|lopen|staat|staan|rijdt|rijden|zit|zitten
er ist|steht|lauft|rennt|fahrt|sitzt
da steht|ist|lauft
""")
QUESTIONS = table("""
est|a|ont|sont ce|t|on|il|ils
quand|comment|pourquoi|combien|ou|qui|que|quel|quelle|quelles|quels
peut|pouvez|peux|pourriez|puis on|vous|je|tu
hoe|wanneer|wie|wat|waar|waarom|welke|hoeveel
is|zijn|hebben|heeft|kan|kunnen|mag|moet|gaan|komt|worden|wordt \
die|de|het|er|jullie|ik|we|u|hij|ze|dat|deze
wie|wann|wo|was|warum|wer|welche|wieviel
ist|sind|hat|haben|kann|konnen|darf|wurde|wird|gibt der|die|das|es|ich|sie|er|man
what|when|where|who|why|how|which
is|are|did|do|does|can|could|will|would|has|have|was|were|should \
the|they|you|he|she|it|there|i|we|this|that
""")
