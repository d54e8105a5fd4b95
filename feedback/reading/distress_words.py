"""How people call for help, and how they ask what this is."""

from feedback.reading.phrases import table, words

# Alone, it asks how this works; with an exclamation mark or twice, it is a cry.
HELP = words("help aide info infos information informations hulp hilfe commands commandes menu")
CRIES = words("help aide hulp hilfe")
HELP_PHRASES = table("""
how does this|it work
how do|does this|it|these work
how to use
comment ca|cela marche|fonctionne
comment utiliser
c est quoi ce|ca|cette
qui etes vous
qui est ce|la
qu est ce que c est
c est qui
hoe werkt dit|dat|het|da
hoe gaat dit
wie is dit|dat|da
wie zijt|bent|zijn ge|u|jullie|gij
wat is dit|dat
wat kan|moet|mag ik hier|nu|daarop? antwoorden
wat moet|kan ik doen met dit|deze
que|quoi dois|puis|peut je|on repondre
que faut il repondre
was kann|muss|soll ich ... antworten
what can|should|do i reply|answer
van wie is
wie funktioniert|geht das|es
wer ist das|da|dran
wer sind sie
was ist das|dies
who is this|it
who are you
what is this
whose number
qui m|nous envoie|ecrit|contacte
comment fonctionne|marche ce|le|votre|ca service|systeme?
comment avez vous eu|obtenu|trouve|recu mon|ce numero
wie stuurt|schrijft mij|me|ons dit|dat|deze|die
hoe komt|kom|komen u|jullie|ge|gij|je aan mijn|ons nummer
wer schickt|schreibt mir|uns das|dies|diese
woher haben|habt|hast sie|ihr|du meine|unsere nummer
wie funktioniert|geht dieser|der|dieses|das|ihr dienst|service|system
vous etes qui
pourquoi ... recois|recu ce|ces|cet|cette|vos? message|sms|messages
waarom krijg|kreeg|ontvang ik dit|deze|die|zo
warum bekomme|erhalte|kriege ich diese|das|dies|solche|so
why am i getting|receiving these|this
why did i get|receive this|these
who sends|sent|is sending this|these|me|us|it
how did you get my|our number
van|von wie|wem komt|kommt|is|ist dit|dat|deze|das|diese|die
de qui vient|viennent
who|where does|did|is this|that come|coming from
""")
LISTS: dict[str, str] = {
    "water": "eau|canal|riviere|etang|piscine|meuse|kanaal|water|rivier|vijver|zwembad|maas|schelde"
    "|kanal|wasser|fluss|teich|weiher|river|pond|pool|lake",
    "home": "maison|appartement|appart|cave|garage|grenier|chambre|cuisine|salon|huis|kelder|"
    "garage|zolder|slaapkamer|keuken|living|woning|appartement|haus|keller|wohnung|garage|kuche|"
    "schlafzimmer|house|home|basement|garage|kitchen|flat|apartment|bedroom|cellar|huisje",
    "burglar": "cambrioleur|cambrioleurs|voleur|voleurs|intrus|inbreker|inbrekers|dief|dieven|"
    "indringer|einbrecher|dieb|diebe|eindringling|burglar|burglars|intruder|intruders|thief|"
    "thieves|robber",
    "weapon": "couteau|arme|fusil|pistolet|hache|revolver|machette|mes|pistool|geweer|wapen|bijl|"
    "messer|waffe|pistole|gewehr|knife|gun|weapon|axe|pistol",
    "polite": "svp|aub|bitte|please|stp",
    "my": "ma|mon|mes|ma|mijn|mn|m|onze|ons|mein|meine|meinen|meinem|meiner|unsere|unserem|my|our|"
    "notre|nos",
    "door": "porte|fenetre|volet|vitre|serrure|deur|raam|venster|slot|poort|voordeur|achterdeur|"
    "tur|fenster|turschloss|haustur|door|window|lock|balcon",
    "police": "police|policiers|flics|agents|patrouille|politie|agenten|patrouille|polizei|streife|"
    "cops|officers|ambulance|pompiers|brandweer|ziekenwagen|feuerwehr|krankenwagen|rettungswagen|"
    "secours|notarzt",
}
# Somebody who says one of these is in need, whatever else he says.
HARD = table("""
snel|vlug|rap|schnell|quick|vite <police>
suis|sommes en danger
je saigne
ik bloed
ich blute
i m|am bleeding|hurt
tombe|tombee ... ambulance|secours
ben|zit|zitten|zijn opgesloten
bin|sind eingesperrt
homme|hommes|individu|individus|type|types|mec|mecs arme|armes
gewapende|bewaffnete|bewaffneter|armed man|mann|mannen|manner|men|guy|person
is|zijn|are|ist|sind gewapend|armed|bewaffnet
met messen|wapens
avec des couteaux|armes
fire next|at
ben|zijn|bin|sind|am|are|i|we|m|re in gevaar|gefahr|danger
est|sont entre*|rentre* chez moi|nous
breekt|breken|forceert|forceren|brechen|bricht ... <my> <door>
aan <my> <door> ... forceren|prutsen|openbreken
word|worden gevolgd
being followed|chased|attacked|threatened
einer|wer|mann|typ ... im|in <my>? <home>
trying|tries to get|come|break|climb in
casse*|forc*|brise*|defonce* ... porte|vitre|fenetre|volet|serrure ... chez|ma|mon|moi
quelqu|bruit ... en bas|haut
iemand|gestommel|lawaai ... beneden|boven|binnen
jemand ... unten|oben|drinnen
someone|somebody|noise ... downstairs|upstairs|inside
ingebroken|inbreken|inbraak ... bij mij|ons
bij mij|ons ... ingebroken|inbreken|binnen
bei mir|uns ... eingebrochen|einbrecher|einbruch
breaking|broke in
maison|appartement|cuisine brule|flambe
huis|keuken|dak brandt
haus|wohnung|kuche|dach brennt
reageert|reagiert|repond|respond* niet|nicht|plus|pas
not responding|breathing|moving
<police> <polite>|nodig ... schnell|vlug|snel|vite|sofort|direct|quick*|now
<police> nodig
<police> vite|schnell|snel
me|nous suit|suivent
vite la|une|les? <police>
<police> vite|snel|vlug|schnell|quick|quickly|now
suis|sommes enferme*|coince*
word|wordt aangevallen|bedreigd|achtervolgd|overvallen
werde angegriffen|verfolgt|bedroht
on m|nous agresse|attaque|menace|frappe|suit
au secour|secours|scours
a l|la aide ... <burglar>|<home>|jardin
venez|viens vite|tout|rapidement
vite venez
appele*|envoye*|prevene* ... <police>
besoin de|d <police>
<burglar> dans|chez <my>|la|le|l|moi|nous <home>?
<burglar> ... <home>
<home> ... <burglar>
on|il|ils|elle|quelqu|un essai*|tente*|tentent d|de ... entrer|rentrer|forcer|ouvrir
quelqu un ... dans <my> <home>
quelqu un ... chez moi|nous
quelqu un ... dans la cave|maison
il est|sont dans la|ma|mon <home>
forc*|casse|cassent|defonce* ... <my> <door>
ils|il|on entre|entrent|rentrent|rentre chez moi
devant|a|derriere <my> <door> ... frappe|frappent|crie|tape|menace
il|ils|elle a|ont un|une <weapon>
avec un|une <weapon>
me|nous menace|menacent|frappe|frappent|suit|suivent|attaque|attaquent
agresse|agressee|agresser|blesse|blessee|poignarde|poignardee
ne respire plus|pas
respire plus
est tombe|tombee ... ne|respire|saigne|bouge|inconscient*
y a le? feu|incendie
au feu
incendie
j ai peur
kom|komt snel|vlug|rap|direct|meteen
snel|vlug komen
bel|belt|stuur|stuurt|verwittig|haal de|een? <police>
<police> sturen|bellen|nodig
<burglar> in|bij|op <my>|de|het|t|mij|ons ... <home>?
<burglar> ... <home>
breken|breekt|bezig|proberen|probeert ... in|binnen|breken bij|te mij|ons|breken|komen|geraken
ze|hij breken|breekt in
iemand ... in <my>|t|het <home>
iemand ... binnen
is iemand binnen
zit|zitten|staat iemand ... <home>
aan <my> <door> ... wringen|morrelen|kloppen|rammelen|trekken|bonken
klopt|bonkt|slaat|trapt op|tegen <my>|het|de <door>
hij|ze|zij heeft|hebben een <weapon>
met een <weapon>
bedreigt|bedreigen|volgt|achtervolgt mij|me|ons
ben gewond|aangevallen|gevallen|overvallen
ademt|beweegt niet|nie
bloedt|bloeden|bewusteloos|reanimatie
brand bij|in|aan
er is brand
ben|zijn bang
kommen sie? schnell|sofort|bitte
schnell kommen
rufen|ruft|schicken|schickt|holt sie? die|eine? <police>
<police> schicken|rufen|kommen
<burglar> ... in|im|bei ... <home>|mir|uns
jemand ... in|im <my>? <home>
jemand ... versucht|bricht
versucht ... tur|fenster|einzubrechen|aufzubrechen|einzudringen
brechen|bricht bei|gerade|in ... ein|uns|mir
er|sie hat|haben eine|ein|einen <weapon>
mit einem|einer <weapon>
bedroht|verfolgt|bedrohen mich|uns
bin verletzt|uberfallen|gesturzt
atmet nicht
blutet|bewusstlos
es brennt
feuer im|in|bei
habe|hab angst
send|call|get ... <police> now|please|quick|quickly|he|they|fast
send|call the|a? <police>
need ... <police>
<burglar> in|inside|at <my>|the ... <home>?
<burglar> ... <home>
someone|somebody|man|he|they ... in|inside <my> <home>
someone|somebody ... is? trying|tries|breaking ... in|into|enter|door|window
breaking|broken|break in|into now|right|through|my
he|they is|s|are|re breaking|forcing|kicking|banging
at <my> back|front? <door>
has|have|got|with a|an <weapon>
threatening|following|attacking|chasing me|us
i|he|she m|am|is|s? injured|bleeding|hurt|stabbed|wounded
not|isn t? breathing
there is|s a? fire
house is? on fire
i m|am|im scared|afraid|terrified
im scared|afraid|terrified
on|il|ils me|nous cambriole*|braque*|brutalise*
se fait cambriole*|agress*|braque*|tabasse*
wird|werden|wurde ... uberfallen|angegriffen|verprugelt|zusammengeschlagen|ausgeraubt
mari|il|homme|compagnon|copain|pere la|le|les|l frappe|bat|tape|etrangle|tabasse
he|husband|boyfriend|man is|s? hitting|beating|strangling|choking|punching her|me|him|us|his|my
bin|sind ... eingeschlossen|gefangen
m|am|are|re trapped
stuck in my|the|a|an <home>|car|lift|elevator|water|smoke
suis|sommes bloque* dans <my>|la|le|l|un|une <home>|voiture|ascenseur|cave
zit|zitten vast in <my>|de|het|een <home>|auto|lift
est|sont|suis|sommes bloque*|coince*|piege* au|dans|a|sur la|le|l|ma|mon|un|une? \
rez|cave|etage|toit|grenier|maison|chambre|voiture|ascenseur
water staat|komt ... knie*|heup*|borst*
eau jusqu|arrive ... genou*|taille|ventre|cou
wasser steht|bis ... knie*|hufte|brust|hals
water ... to my|our? knees|waist|chest|neck
stuur|stuurt iemand <polite>|snel|nu|direct
<polite> send someone|somebody
send someone|somebody <polite>|now|quick*|fast
envoye* quelqu un <polite>|vite
schicken|schickt sie? jemand* bitte|schnell|sofort
sitze|sitzen|stecke|stecken ... fest
crise cardiaque|cardio
hartaanval|hartinfarct|beroerte
herzinfarkt|herzanfall|schlaganfall
heart attack
having a stroke
chest pain|pains
pijn op|in de|mijn|zijn|haar borst
schmerzen in der brust
mal|douleur*|douleurs a|dans|au la? poitrine
he|she|neighbour|man|woman|mother|father|husband|wife|mum|dad|somebody|someone has? collapsed
s est effondre*|ecroule*
in elkaar gezakt|gezegen
zusammengebrochen
can|cannot|cant|couldn t? get out
raken|geraken|geraak|raak|kunnen er? niet|nie meer? uit|buiten
komme|kommen|kommt nicht mehr? raus|heraus
hear her|him|them|someone|somebody|woman|people screaming|scream
es brent
etouffe|etouffons
peux|peut|arrive plus|pas a? respirer
krijg|krijgt|krijgen geen lucht|adem
ersticke|ersticken
bekomme|kriege|bekommt|kriegt|bekommen|kriegen keine luft
can|cannot|cant|couldn t? breathe
suffocating
can|cannot|cant t? get up
arrive|sait|peut plus|pas a? se relever|lever
kan|geraakt niet|nie meer? rechtstaan|opstaan|recht|overeind
kann nicht mehr? aufstehen
is|are being attacked|robbed|beaten|mugged
odeur|sens|sent|pue ... gaz
fuite de gaz
ruik|ruikt|geur|lekt ... gas
gaslek|gaslucht|gasgeruch|gasgeur
riecht|rieche|riechen|stinkt ... gas
gas leak
smell|smells|smelling ... gas
tombe*|noie* ... dans l|la|le|un|une <water>
<water> gevallen
gevallen in het|de|een <water>
in den|die|das|einen|ins|s? <water> gefallen|gesturzt
fell|fallen|falling in|into the|a? <water>
verdrinkt|ertrinkt|drowning
fell|fallen down the? stairs|ladder
tombe* ... escalier*|echelle
trap|ladder gevallen
treppe|leiter gefallen|gesturzt
is|are bleeding
kan|kunnen niet|nie meer? ademen
eau|inondation ... bloque*|coince*|piege*
bloque*|coince* ... eau|inond*
eau monte|entre|rentre
water stijgt
water komt ... binnen
zit|zitten vast op|door|in ... water|zolder|dak
vast ... door het water
wasser steigt
wasser kommt|lauft|dringt ... rein|herein|haus|tur
water is|s rising
water is|s? coming|pouring in
probeert|proberen ... <my> <door>
wordt|worden ... overvallen|aangevallen|geslagen|beroofd
is|are hurt|injured|unconscious|stabbed|shot
with|met|mit a|an|een|einem|einer|n <weapon>
man|guy|men|he|they with|has|have|got? gun|guns|knife|knives
hiding|hide in my|the <home>|closet|bathroom
cache|cachee|planque dans <my>|la|le|un|une <home>|placard
verstopt in <my>|de|het|een <home>|kast
verstecke|versteckt ... <home>|schrank
entends|entend ... en bas|haut ... seul|seule
hore|hort jemand*|einen|schritte ... <home>|unten|oben
hoor|horen iemand|stappen|gestommel
hij|ze|man slaat|slaan|schopt|schoppen mijn|een|de|haar|hem|zijn
er|mann schlagt|prugelt|tritt seine|meine|die|eine|auf|ihn|sie
il|mari|homme frappe|tape|bat sa|ma|la|une|son|sur
bedroht|bedreigt|menace|threatens|threatening ... mit|met|avec|with
coups de feu
tire|tirent ... coups
shots fired
schoten gelost|gehoord
wird|wurde ... geschossen
emergency
urgence
noodgeval
notfall
come quick|quickly|fast|now
please hurry
""")
# These may as well ask for help with a form, or to be written to no more.
SOFT = table("""
hilfe|hulp bitte|aub|alstublieft
help <burglar>
a l|la aide
aide* moi|nous
aidez
j ai|jai besoin de|d aide
besoin d|de aide
urgent ... aide
sos
help|helpt me|mij|ons|us
need|needs ... help
please help
heb|hebben|is hulp nodig
hulp nodig
helft|helfen|hilf sie? mir|uns
brauche|brauchen|benotige ... hilfe
""")
# Help with something that can wait: a form, an alarm, an account.
FAVOURS = table("""
aide*|help|helpen|hulp|helfen|hilfe ... remplir|formulaire*|inscri*|installer|alarme*|compte|site
aide*|help|helpen|hulp|helfen|hilfe ... application|app|adresse|autocollant*|camera*|ordinateur
aide*|help|helpen|hulp|helfen|hilfe ... formulier*|invullen|inschrijv*|alarm|sticker*|computer
aide*|help|helpen|hulp|helfen|hilfe ... formular*|ausfullen|anmeldung|konto|aufkleber|einrichten
aide*|help|helpen|hulp|helfen|hilfe ... form|forms|register*|account|setup|website|password
""")
NO_DISTRESS = table("""
pas besoin
plus besoin
geen hulp
niet meer nodig
keine hilfe
no help
not need|don t? need
personne n est blesse*
pas|aucun de? blesse*
niemand is? gewond
niemand ist? verletzt
nobody|noone|no one is|was|s? hurt|injured
don|dont t? want ... <burglar>
exercice
oefening
ubung
drill

""")
