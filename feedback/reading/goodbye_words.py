"""How people ask to be left alone, and to be written to again, in four languages."""

from feedback.reading.phrases import table, words

# Said alone, or with nothing but the words around it further down, each of these is a goodbye.
STOP = words(
    """
    stop stopp stopall unsubscribe unsubscribed unsub end quit cancel revoke basta optout
    arete aretez areter arret arrets arreter arretez arrete arretes cessez cesser
    desinscrire desinscription
    desinscrivez desabonner desabonnement desabonnez resilier resilie resiliation stopper stoppez
    stoppen stopt stopzetten uitschrijven uitschrijving afmelden afmelding ophouden opzeggen
    afzeggen uitgeschreven einde beeindigen beeindig
    abmelden abmeldung abbestellen beenden aufhoren austragen kundigen kundigung abbestellung
    annuler annuleren annulieren stornieren desactiver desactivez deactiveren
    deaktivieren deaktiviert deactivate
    remove delete supprimer supprimez retirer retirez verwijderen
    schrappen loschen entfernen
    sotp stpo tsop stopo stob ztop
    """
)
# Goodbyes only where nothing at all stands beside them: "fin de la rue", "numéro 3, fin".
ALONE = words("fin ende")
# Not YES, OUI or JA: members confirm an alert with these, and a confirmation re-subscribes
# nobody.
START = words(
    """
    start unstop resubscribe restart subscribe resume unpause
    reprendre reinscrire reinscription reinscrivez recommencer recommencez reabonner reactiver
    reactivez inscrire
    hervatten inschrijven herinschrijven herstarten heropstarten herbeginnen
    starten anmelden wiederanmelden reaktivieren
    """
)

# With one of these, leaving a partnership is meant, not silence on one number.
PARTNERSHIP = {"plp", "bin", "nin", "riq"}
LEAVE = {
    "quitter",
    "quitte",
    "quittons",
    "verlaat",
    "leave",
    "verlaten",
    "uittreden",
    "verlassen",
    "austreten",
}

# What stands around the word without changing what is meant: politeness, what is to stop,
# who asks, and the reasons people give.
AROUND = words(
    """
    please kindly pls
    plz thanks thank thx you very much hi hello dear sir madam kind regards best sorry
    sms texts text texting messages message msg msgs alerts alert notifications these this those
    how do with to me i my it now already again enough of it s to much too annoying want would like
    moved have ve i m for all sending them that can could just from on

    merci beaucoup svp stp s il te vous plait plais bonjour bonsoir madame monsieur messieurs
    mesdames salut cordialement bien a bonne journee soiree nuit d avance
    les des le la l de du d au aux avec ces ce ca cela ceci c est sont et je me moi m mon ma mes en
    bon vos votre tes ton notre alerte alertes messages notification notifications info infos envoi
    envois envoyer trop assez maintenant tout tous toutes toute suite veux voudrais souhaite
    desire demande demenage ai suis j ne n habite plus ici commune quartier village numero
    mauvais faux marre besoin ok okay oke non nee neen nein no jpp dit dis plein
    mauvais faux marre besoin veuillez priere pouvez pourriez bien vouloir sil pub

    aub alstublieft alsjeblieft alstublief asjeblieft asteblieft bedankt dank dankje u je jullie
    wel graag gelieve beste goeiendag goedendag goeiemorgen goeiemiddag goeienavond dag hallo
    goedemorgen mvg groetjes groeten vriendelijke met
    ge gij moogt mag mogen
    de het die dat deze dit den da dees er daar hier nu toch mee ermee daarmee hiermee al van aan
    mij me ik mijn k wil wens zou willen te en sturen zenden smsen smsjes smskes smsjes berichten
    bericht berichtjes meldingen alarmen gedoe genoeg beu teveel veel verhuisd ben heb
    nodig verkeerd kunt kunnen gewoon nummer meer moet direct onmiddellijk

    bitte danke schon sehr vielen guten tag morgen abend hallo sehr geehrte damen herren
    freundliche freundlichen grusse grussen mfg liebe
    das die der den diese diesen dieser dem damit es ich mich mir mein meine jetzt sofort mit
    nachricht nachrichten benachrichtigungen meldungen meldung mochte will wurde gerne gern genug
    zu viel viele umgezogen bin falsche nummer konnen konnten sie einfach
    """
)
# "Pouvez-vous arrêter ?" asks for nothing but that.
REQUESTS = words("pouvez pourriez peux kunt kunnen kan mag konnen konnten can could would")
# A signature may follow these; names are in no list.
BEFORE_A_NAME = {
    "cordialement",
    "mvg",
    "groeten",
    "groetjes",
    "regards",
    "grusse",
    "mfg",
    "grussen",
}

LISTS: dict[str, str] = {
    "sms": "sms|smsen|smsjes|smskes|messages|message|msg|msgs|mesages|mesage|messagges|alertes|"
    "alerte|notifications|notification|notif|notifs|textos|texto|infos|berichten|bericht|berichtjes|"
    "berichtekes|meldingen|melding|smsberichten|waarschuwingen|alarmen|mails|nachrichten|"
    "nachricht|meldungen|benachrichtigungen|warnungen|texts|text|alerts|alert|messages|"
    "mitteilungen|mitteilung|communications|trucs|zever|spam|rien|iets",
    "your": "vos|votre|vous|tes|ces|ce|les|des|de|d|la|l|cette|die|de|deze|dit|dat|zulke|jullie|uw|"
    "den|diese|dieser|ihre|eure|solche|weitere|weiteren|these|the|this|your|those|any|en|verdere|"
    "more|other|andere|autres|such",
    "me": "me|m|moi|nous|mij|ons|mir|mich|uns|us",
    "polite": "svp|aub|bitte|please|gelieve|merci|stp",
    "send": "envoyer|envoyez|envoie|ecrire|ecrivez|contacter|contactez|deranger|derangez|"
    "importuner|importunez|harceler|harcelez|embeter|sms|texter",
    "stuur": "sturen|sture|stuur|zenden|zend|versturen|schrijven|contacteren|lastigvallen|bellen"
    "|storen|smsen|stuurt|verwittigen|verwittig|verwittigt|waarschuwen|alarmeren|inlichten",
    "schick": "schicken|schickt|schick|senden|sendet|schreiben|schreibt|kontaktieren|anrufen|"
    "zusenden|zuschicken|belastigen|nerven",
    "sending": "sending|texting|messaging|sms|smsing|contacting|writing|bothering|spamming|calling",
}

LISTS["home"] = (
    "commune|quartier|rue|avenue|chaussee|village|ville|adresse|region|coin|immeuble|appartement"
    "|maison|zone|straat|laan|wijk|gemeente|dorp|stad|adres|buurt|strasse|gemeinde|dorf|stadt"
    "|viertel|street|road|town|neighbourhood|address|area"
)
LISTS["contact"] = "|".join(
    (LISTS["sms"].removesuffix("|rien|iets"), LISTS["send"], LISTS["stuur"], LISTS["schick"])
) + (
    "|sending|texting|messaging|contacted|contact|envoi|envois|contactee|contacteer|contacteert"
    "|smst|kontaktiert|angeschrieben|diffusion|msg|alarmen|gecontacteerd|menvoyer|menvoyez"
)
LISTS["stop"] = (
    "stop|stopp|stopper|stoppez|stoppen|stopt|arret*|arete*|cess*|ophouden|aufhoren|quit"
)
LISTS["remove"] = (
    "retir*|enlev*|supprim*|effac*|raye*|annul*|bloqu*|otez|verwijder*|schrap*|wis|wissen|haal|haalt|halen"
    "|neem|uitschrijven|entfern*|losch*|streich*|nehmen|nehmt|austragen|remove|removed|delete"
    "|deleted|erase|take|taken|unsubscribe|cancel|desinscri*|desabonn*"
)
LISTS["list"] = (
    "liste|listes|lijst|lijsten|list|lists|groep|groupe|gruppe|group|bestand|fichier|verteiler"
    "|numero|num|nummer|number|inscription|abonnement|subscription|registre|database|gegevens"
    "|inschrijving|lidmaatschap|adhesion|anmeldung|membership|nom|naam|name|namen"
    "|donnees|daten|contacten|contacts"
)
# Each says by itself what is wanted, whatever stands around it, unless that tells of a sighting.
STOP_PHRASES = table("""
unsubscri*|desabonn*|desinscri*|uitschrijv*|abbestell*|optout
lache* moi|nous
retir*|revo* mon|notre consentement|accord
oppose ... traitement
trek ... toestemming in
toestemming in? trekken|intrekken
widerruf* ... einwilligung|zustimmung
withdraw|revoke my consent
plus un|une seul|seule <polite>|<sms>
ne plus lui|leur <send>
<stuur> hem|haar|hen niet|niets|nie|niks meer
hem|haar|hen niet|niets|nie|niks meer <stuur>
<schick> sie? ihm|ihr|ihnen? nicht|nichts mehr
ihm|ihr|ihnen nicht|nichts mehr <schick>
<stop> <sending> him|her|them
not? <contact> him|her anymore|again
je|j me retire
zet|doe|smijt mij|me|ons van|uit|af
blokkeer*|blockier*|block mijn|meine|my nummer|number
niet|nicht langer ... <contact>|ontvangen|krijgen|erhalten|bekommen
wil er vanaf|uit
wil ervanaf|eruit
ik zeg op
ne <me> envoyez|ecrivez|contactez rien
n envoyez rien
sortir|sortez|partir de|du <your> liste|groupe
suis plus dans ... quartier|commune|rue|plp arret*
ras le bol de <your> <sms>
<sms> ne? m|me interessent pas|plus
<sms> interesseren mij|me niet
plus la peine de <me> <send>
desactiv* <your> <sms>
deactiveer|deaktivieren|deaktiviert|deactivate sie? <your> <sms>
deel meer uit te? maken|uitmaken van
nummer|numero|number niet|nicht|pas|plus meer|mehr|a? te? gebruiken|benutzen|utiliser
bespaar mij|me|ons <your> <sms>
kan|kunnen dit|dat|die ... stoppen aub
brauche|benotige|brauchen das|die|sie|diese nicht|keine mehr
melden|meldet ... nummer ab
turn|switch off <your> <sms>
don|dont t? need <your>|them|it anymore
leave|keep me off
blijf van mijn gsm|nummer
how do|can i stop <your>
nehmen|nehmt|nimm sie? <me> bitte? raus|heraus
genug jetzt
not interested anymore
want out
make it|this|them stop
plus besoin de|d <your>? <sms>
plus envie|besoin de|d recevoir|avoir|<sms>
plus envie|besoin de <your> <sms>
resili* ... inscription|abonnement
suppression|effacement ... donnees|numero|coordonnees|inscription
verwijdering ... gegevens|nummer
deletion ... data|number
combien de fois ... <stop>
hoe vaak|dikwijls ... <stop>
how often|many ... <stop>
wie oft ... <stop>
mij|me|ons te? schrappen|verwijderen|wissen
haal|haalt u? mij|me|ons er? af|eraf
verwijder|verwijdert|schrap|schrapt|wis mij|me|ons
doe|doen niet|nie meer mee
kap|kapt ermee|daarmee
kap|kapt er? mee|met
zwijg|zwijgt met <your>? <sms>
niet|nie meer geinteresseerd
mag ik van de|die|jullie lijst af|<polite>
wil|wou van de|die|jullie lijst|groep
schluss|ende mit <your>? <sms>
remove|delete me|us
fin aux|a <your>? <sms>
oubliez|oublie mon numero
me|nous retirer|supprimer|effacer
en veux|voulons|souhaite plus
basta|marre|ras les|le|des|avec <your>? <sms>
geen behoefte|zin|nood ... <sms>
uit te schrijven|schrappen
gaat dat|da|dit stoppen
raus aus ... <list>
please|kindly remove
remove please
<stop> ... <contact>
<remove> ... <list>
<list> ... <remove>
geen|gene|gin|niet|ni|nie|niets|niks|nooit ... meer ... <contact>
<contact> ... geen|gene|gin|niet|ni|nie|niets|niks ... meer
keine|keinen|nicht|nichts|nix|nie ... mehr ... <contact>
<contact> ... keine|nicht|nichts|nix ... mehr
ne|n|jveux|veux|veu|souhaite|desire plus ... <contact>
plus <me> <contact>
ne <me> <contact> plus
plus faire partie
not|dont|never|don ... <contact> ... anymore|again|ever|number
never <contact> <me>
dont|don t? want <your>|it|them
no more <polite>
ik? wil|wens|zou uit de|jullie|deze lijst|groep
hou|houd|houdt es|eens|nou|toch op
hou|houd|houdt|hout er|hier|daar mee op
hou|houd|houdt|hout hiermee|ermee|daarmee|hiermede op
stop|stopt er|hier|daar is|eens|nu|maar? mee
niet langer ... deel uit te? maken|uitmaken
stap|stappen|treed uit de|het|jullie? bin|groep|netwerk|plp
inutile de? continuer a <me>? <send>
doe|doet mij|me|ons maar? weg|af|eraf
rather not get|receive|have any? more? of? these|them|your
kundige|kundigen ich|wir? ... empfang|<sms>|abo|abonnement|mitgliedschaft|teilnahme
nehmen|nehmt|nimm sie? <me> bitte? da|hier|dort raus|heraus
stop|stopt ermee|hiermee|daarmee
horen|hort|hor endlich|doch auf
cesse* l|les|cet|ces envoi*|alerte*
ca|cela suffit avec|les|ces <your>? <sms>
enlevez|retirez|supprimez|effacez|rayez moi|nous
de <me> retirer|supprimer|enlever|rayer|effacer
arret* de? menvoy*|envoy*
plus rien <polite>
ne? suis|sommes plus interess*
geen interesse meer
can|could|may i|we be? removed|deleted|taken
kann|konnte|darf ich bitte? abgemeldet|geloscht|gestrichen|entfernt
puis|pourrais|peut|peux je|on etre retire*|supprime*|raye*|efface*|enleve*
graag|gelieve|liefst <me>? schrappen|verwijderen|wissen
<me> ... schrappen|verwijderen|halen uit|van
niet|ni|nie meer <polite>
schrappen|verwijderen|halen uit|van de|het|uw|jullie lijst|bestand|register
opgehouden|gestopt worden? met sturen
genoeg van|met <your>? <sms>
genoeg <sms>
veux|souhaite|desire|voudrais plus etre averti*|prevenu*|alerte*|contacte*|informe*|notifie*
genug jetzt? von|mit <your>? <your>? <sms>
kein interesse mehr
keine lust mehr
loschung ... nummer|daten
stoppen|stoppt|beenden sie? <your> <your>? <sms>
stoppen sie das|es
can|could|please you? please? remove me
not wish|want to be contacted
cancel my subscription|registration
enough with|of <your> <sms>
ne <me> <send>|envoyez|envoie|ecrivez plus
n envoyez|ecrivez|envoie plus
<me>? envoyez|envoie|ecrivez plus|pu rien|de|des|d|vos|svp
ne plus <me> <send>
ne plus recevoir|avoir|etre
de ne plus <me>? <send>
veux|souhaite|desire|voudrais|aimerais|veut|veu plus|pas|pu <your>? <your>? recevoir|avoir|<sms>
ne veux|souhaite|desire|voudrais plus ... <sms>|contacte|contactee
ne veux|souhaite|desire|voudrais plus rien recevoir
arret*|cess*|stop|stopper|stoppez de|d avec?|<me>? <me>? <send>|envoy*
arret*|cess*|stop|stopper|stoppez avec|a|au|aux|les|vos|ces|tous <your>? <sms>
arret*|cess*|stop|stopper|stoppez de recevoir <your>? <sms>
plus de|d|aucun|un seul? <sms>
plus aucun <sms>
pas de|d <sms> <polite>
desinscri*|desabon*|desincri*|desinscrir* moi|me
me|se desinscri*|desabon*|desincri*
retire*|enleve*|supprime*|efface*|efface*|raye*|otez|oter <me>? <your>? ... \
liste|listes|numero|num|gsm|contacts|fichier|registre
<me> retire*|enleve*|supprime*|raye* de|d <your>? liste|listes|registre|fichier
laisse* moi|nous tranquille*
laisse* moi|nous en paix
foutez|fichez|foutre moi|nous la paix
marre de <your>? <sms>
hou|houd|houdt|houden|hout op|is nu? met|mee|daarmee|ermee|hiermee|aub
hou|houd|houdt|houden op
geen|gene|gin|geene <sms>|sms en? meer|nimeer|nie
geen|gene|gin <sms> ... meer
geen|gene|gin sms en ... meer
geen verdere <sms>
wil|wens|wensen|willen|moet niets|niks|da|dat|dit|deze|die ni|niet|nie|meer ... \
<stuur>|krijgen|ontvangen|hebben
wil|wens|wensen|willen|moet ... niet|nie|ni|niets|niks|geen|gene ... meer|nimeer ... \
krijgen|ontvangen|hebben|gecontacteerd
<stuur> mij|me|ons|mijn? niets|niks|geen|gene|niet meer
<stuur> ... niets|niks|geen|gene ... meer
niet|nie|ni|niets|niks meer <stuur>
te <stuur> niet? meer
geen ... meer te <stuur>
schrijf|schrijft|schryf mij|me|ons maar? uit
mij|me|ons maar? uit te? schrijven
mij|me uitschrijven
uitgeschreven worden
uitschrijven uit|van|voor
meld|meldt mij|me|ons maar? af
mij|me afmelden
haal|haalt|verwijder|verwijdert|schrap|wis|doe|gooi ... nummer|lijst|gsmnummer
van ... lijst gehaald|halen|af|verwijderd|verwijderen|schrappen
nummer|lijst verwijderen|wissen|schrappen
laat mij|me|ons gerust
laat mij|me|ons met rust
stop|stopt|stoppen|stopte met|mee <your>? <your>? <sms>|<stuur>|sms
stop|stopt|stoppen nu? toch? ermee|daarmee|hiermee
beu|moe die|deze|uw|van <sms>
keine|kein|keinen|ka <your>? <sms> mehr
keine|kein <your> <sms>
nichts|nix|keine ... mehr <schick>|bekommen|erhalten|kriegen|haben|empfangen
will|mochte|wunsche|wollen|mochten keine ... <sms> mehr? ... \
bekommen|erhalten|empfangen|haben|kriegen
will|mochte|wollen das|die|sie nicht mehr
<schick> sie? mir|uns nichts|nix|keine mehr?
nicht mehr <schick>
hor|hore|horen|hort|hoert|hoeren sie? bitte? auf|damit
hor|hore|horen|hort|hoert sie? bitte? endlich? auf
melden|meldet|melde sie? <me> bitte? ab
<me> bitte? abmelden|austragen
tragen|tragt|trag sie? <me> bitte? aus
nehmen|nehmt|nimm|streichen|loschen|entfernen|loscht sie? <me>|meine ... liste|nummer|verteiler
nummer ... loschen|entfernen|streichen
<me> ... loschen|entfernen|streichen
loschen|losche|entferne|entfernen ... nummer
lassen|lasst|lass sie? <me> ... in ruhe|frieden
lassen|lasst|lass sie? <me> ... ruhe
abmelden von|aus
stop|quit|cease please? <sending>
stop|quit <sending>? <your>? <your>? <sms>
no|not any? more|further <your>? <sms>
don|dont|do|please t|not? not? send|text|message|contact|sms|write|call <me>? ... \
more|anymore|again|else
don|dont|do t|not? not? send|text|message|contact|sms|write <me> <sms>? anymore|again|please|ever
don|dont|do t|not? not? want ... <sms>|anymore|receive|them|this
don|dont t? want ... anymore
no longer want|wish ... <sms>|receive|contacted
not wish|want to? receive|get
remove|delete|take|erase ... list|number|lists|database
take|remove me off|from
opt|opting out
leave me alone
unsubscri*|unsuscri*|unsubcri*|unsubsri* me|my|us|from|please|now
want|wish|like|need|how ... to|can unsubscri*|unsuscri*|unsubcri*
i|we want|wish|like|need d? to stop <your>? <sms>|this|it|now|please
to|do|can i? unsubscri*|unsuscri*
""")
# They tell of messages that do not come, of others, or ask for the contrary.
NO_GOODBYE = table("""
dois|devons|puis|peux|faut je|on|nous|il ... le|ce|cet|son|leur|les|ces numero|numeros
moet|moeten|mag|kan|zal ik|we|wij het|dat|dit|zijn|haar|hun|die|deze nummer|nummers
soll|sollen|muss|darf|kann ich|wir die|diese|seine|ihre|deren nummer
should|must|can|do|shall i|we ... the|this|that|his|her|their number
licht|strom|wasser mehr
pouvez|pourriez|peut|pourrait|possible|faut|faudrait|envoyer|recevoir|avoir ... plus de|d
meer|mehr|more <sms> sturen|krijgen|senden|schicken|bekommen
plus d|de infos|info|informations|nouvelles
vergadering|reunion|sitzung|meeting|treffen|bijeenkomst|versammlung|feest|fete|fest
ai|a plus recu|eu
the? messages|texts|alerts ... stopped|stop
meer|plus|mehr nieuws|infos|info|informations
recois|recoit|recevons|recu|recevais|arrive|arrivent ... plus|rien|aucun
n ai|avons plus recu|eu|rien
plus de <sms> depuis
krijg|krijgen|ontvang|ontvangen|kreeg|kregen ik|we|wij|al geen|niets|niks|gene
krijg|krijgt|ontvang|ontvangt|kreeg geen|niets|niks|gene|al|nog|ni|niet
waarom
bekomme|bekommen|erhalte|kriege|empfange ich|wir|seit|schon|leider keine|nichts|nix
bekomme|erhalte|kriege|empfange keine|nichts|nix|seit|leider|schon|gar
warum|wieso
why
pourquoi
no longer|don|dont|not t? get|getting|receive|receiving|received
haven|havent|have t|not? not? had|got|gotten|received
not getting|receiving
mon|ma|mes|sa|son|leur voisin|voisine|mari|femme|mere|pere|fils|fille|maman|papa|epoux|epouse
mijn|zijn|haar|ons|mn buur|buurman|buurvrouw|man|vrouw|moeder|vader|zoon|dochter|mama|papa
mein|meine|meiner|meinem nachbar|nachbarin|mann|frau|mutter|vater|sohn|tochter
my neighbour|neighbor|husband|wife|mother|father|son|daughter|mum|mom|dad
""")
# "Plus d'infos" asks for more; with one of these it asks for none.
FIRM = table("""
ne <me>? veux|voulons|souhaite|desire|recevoir|envoyez ... plus ... infos|info|informations
ne plus ... infos|info|informations
n envoyez plus ... infos|info|informations
est|etait|vient decede*|mort|morte|de
is|zijn overleden|gestorven
ist|sind verstorben|gestorben
has|have|is? died|dead|deceased
passed away
""")
# They turn a goodbye into its contrary.
GOODBYES = (
    "|".join(sorted(STOP)) + "|arret*|cess*|desinscri*|desabon*|supprim*|retir*|enlev*|raye*|remove"
    "|delete|unsubscri*|stopping|effac*|wis|annul*|lache*|verwijder*|schrap*|losche*|streiche*|auf"
)
LISTS["goodbye"] = GOODBYES
NEGATED = table("""
n|ne vous|nous|t <goodbye> pas|surtout|jamais
n|ne <me>? <goodbye> pas|surtout|jamais|point
n|ne pas|surtout <me>? <goodbye>
veux|souhaite|voudrais|desire pas <me>? <goodbye>
pas <me>? <goodbye>
soll|moet|mag|dois|puis|should|can ich|ik|je|i die|de|le|la|the|diese|deze|ce|this|that \
nummer|numero|number von|van|du|de|of ... <goodbye>
don|dont|not|never t? take|put|cross|strike me|us off|out
haal|neem|doe|gooi|zet mij|me|ons aub|zeker|toch? niet|nie
nehmen|nehmt|nimm|tragen|tragt|trag|melden|meldet sie? mich|uns bitte? nicht
streichen|streicht|loschen|loscht|entfernen|entfernt sie? bitte? mich|uns bitte? nicht
surtout pas
pas|jamais demande a|de|d etre|me|m <goodbye>
niet|nooit gevraagd om <goodbye>
nicht|nie gebeten ... <goodbye>
not|never ask|asked to be? <goodbye>
moet|moeten|dois|doit|soll|sollen|should|must|shall ik|we|je|on|ich|wir|i <goodbye>
pas|jamais de <goodbye>
niet|nie|nooit <me>? <goodbye>
<goodbye> niet|nie|nooit|nicht
niet|zeker|nie|nooit ... niet|zeker|nie|nooit ... <goodbye>
niet ... laten? <goodbye>
nicht|nie|niemals <me>? <goodbye>
horen|hort|hor ... nicht auf
don|dont|not|never t? ... <goodbye>
""")
# Why he wants no more; it tells of nothing that the police should read.
REASONS = table("""
ben|zijn ... verhuisd naar ...
ai|avons|suis ... demenage a? ...
je|j|on|nous demenage|demenageons ...
ik|wij|we|k verhuis|verhuizen ...
ich|wir ziehe|ziehen ... um ...
i|we m|am|are|re? moving ...
wij|we|ik gaan|ga naar een|het rusthuis|woonzorgcentrum|home|kust
bin|sind ... umgezogen nach? ...
i|we|have|ve ... moved to? ...
this is annoying
n? habite|habitons|vis plus dans? a? la|le|l|cette|ce|cet|votre|vos? <home>
n? habite|habitons|vis plus ... commune|quartier|ici|la|village
woon|wonen er? niet|nie meer in|op? de|die|dit|dat|het|deze|uw|jullie? <home>
wohne|wohnen nicht mehr in|an? der|dieser|diesem|die|ihrer|eurer? <home>
no longer live|living in|on|at? the|this|that|your? <home>
n? habite|habitons|vis plus
ai|suis jamais demande|inscrit|inscrite|rien
jamais demande|inscrit <your>? <sms>
pas interess*
non merci
a la? retraite
suis malade
en peux plus
woon|wonen ... niet|nie meer
woon|wonen niet|nie meer
nooit ... gevraagd|ingeschreven|aangevraagd
niet|nie geinteresseerd
nee|neen bedankt|dank
wohne|wohnen ... nicht mehr
nie ... bestellt|angemeldet|gewollt
nicht interessiert
nein danke
no longer live|here|a|resident
not? live|living here|there anymore
never asked|signed|wanted|subscribed
not interested
wrong|bad number
mauvais|faux numero
verkeerd|fout nummer
falsche nummer
no thanks|thank
""")

START_PHRASES = table("""
zet|doe me|mij|ons ... terug|weer|opnieuw op|in|bij|erop|erbij
zet|doe me|mij|ons er|terug|weer terug|op|bij
terug|opnieuw|weer ... <sms> krijgen|ontvangen
<polite>? wieder <sms> <schick>|bekommen|erhalten
<polite>? weer|terug|opnieuw <sms> <stuur>|krijgen|ontvangen
veux|voudrais|souhaite|aimerais ... recevoir|avoir a|de nouveau|encore
veux|voudrais|souhaite|aimerais ... a|de nouveau ... recevoir|avoir|<sms>
de|a nouveau recevoir
veux|voudrais|aimerais bien recevoir <your>? <sms>
mag ik er? weer|terug|opnieuw bij|in
opnieuw|terug|weer toe te? voegen|toevoegen
wieder mitmachen|dabei|teilnehmen
setzen|setzt|nehmen|nehmt sie? mich|uns bitte? wieder auf|in
renvoye*|reenvoye*|reenvoyer moi|<me>? ... <sms>
reinscri*|reabonn* moi|me
me reinscri*|reabonn*
remett* moi ... liste
wil|wens|zou|willen ... terug|opnieuw|weer|wel ... krijgen|ontvangen|<sms>|inschrijven|hebben
opnieuw|terug|weer inschrijven|aanmelden|starten|sturen|ontvangen|activeren
schrijf mij|me|ons terug|opnieuw|weer in
stuur ... terug|opnieuw|weer <sms>
mochte|will|wurde ... wieder ... <sms>|bekommen|erhalten|anmelden|kriegen
wieder anmelden|starten|aktivieren|senden|schicken
melden sie? <me> ... wieder an
want|like|wish ... receive|get|have ... again
want|like ... <sms> back|again
send me ... again
subscribe me|again
re subscribe
sign me up again
start|resume sending? <your>? <sms>
put me back
""")
