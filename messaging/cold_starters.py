"""Ready words for the advice that comes back each year; whoever writes changes what he likes.

Short texts are plain ASCII and fit one text message; the mails say what to do in a few sentences.
The urgent always goes to 101; for the rest they give the number of the zone where it has one.
"""

from dataclasses import dataclass

from hub.i18n import Language
from messaging.cold_words import ColdWords
from messaging.models import Topic

_FR, _NL, _DE, _EN = Language.FRENCH, Language.DUTCH, Language.GERMAN, Language.ENGLISH


@dataclass(frozen=True, slots=True)
class Starter:
    """The words of one topic in each language, without their end."""

    topic: Topic
    words: dict[Language, ColdWords]


_ENDS = {
    _FR: (
        "Vous voyez quelque chose de suspect ? Appelez tout de suite le 101. Ne suivez personne.",
        "Une question qui peut attendre ? Appelez votre police locale au {number}.",
        "Une question qui peut attendre ? Appelez votre police locale.",
    ),
    _NL: (
        "Ziet u iets verdachts? Bel meteen 101. Volg niemand.",
        "Een vraag die kan wachten? Bel uw lokale politie op {number}.",
        "Een vraag die kan wachten? Bel uw lokale politie.",
    ),
    _DE: (
        "Sehen Sie etwas Verdächtiges? Rufen Sie sofort 101 an. Folgen Sie niemandem.",
        "Eine Frage, die warten kann? Rufen Sie Ihre lokale Polizei an: {number}.",
        "Eine Frage, die warten kann? Rufen Sie Ihre lokale Polizei an.",
    ),
    _EN: (
        "Do you see something suspicious? Call 101 at once. Do not follow anyone.",
        "A question that can wait? Call your local police on {number}.",
        "A question that can wait? Call your local police.",
    ),
}

# Nobody follows a message: who writes of fraud from afar says when 101 is called all the same.
_IN_DANGER = {
    _FR: "Quelqu'un est à votre porte, ou vous vous sentez en danger ? Appelez le 101.",
    _NL: "Staat er iemand aan uw deur, of voelt u zich in gevaar? Bel 101.",
    _DE: "Steht jemand vor Ihrer Tür, oder fühlen Sie sich in Gefahr? Rufen Sie 101 an.",
    _EN: "Is somebody at your door, or do you feel in danger? Call 101.",
}

_STARTERS = {
    "holiday_watch": Starter(
        Topic.HOLIDAY_WATCH,
        {
            _FR: ColdWords(
                "Partez tranquille : votre maison pendant les vacances",
                "PLP: vous partez? Demandez a la police de passer devant chez vous: c'est gratuit. "
                "Suspect? Appelez le 101.",
                "Vous partez quelques jours ? La police peut passer devant votre maison pendant "
                "votre absence. C'est gratuit : demandez-le à votre police locale ou sur "
                "Police-on-web, à temps avant le départ.\n\n"
                "Avant de partir : fermez portes et fenêtres à clé, demandez à un voisin de vider "
                "la boîte aux lettres et de bouger les volets, mettez une lampe sur minuterie. "
                "Ne dites pas sur les réseaux sociaux que vous êtes absent.",
            ),
            _NL: ColdWords(
                "Gerust op reis: uw huis tijdens de vakantie",
                "BIN: gaat u op reis? Vraag de politie om langs uw huis te rijden: het is gratis. "
                "Iets verdachts? Bel 101.",
                "Bent u enkele dagen weg? De politie kan tijdens uw afwezigheid langs uw huis "
                "gaan. Dat is gratis: vraag het aan uw lokale politie of op Police-on-web, op tijd "
                "voor uw vertrek.\n\n"
                "Voor u vertrekt: doe deuren en ramen op slot, vraag een buur om de brievenbus "
                "leeg te maken en de rolluiken te bewegen, zet een lamp op een tijdschakelaar. Zeg "
                "niet op sociale media dat u weg bent.",
            ),
            _DE: ColdWords(
                "Beruhigt verreisen: Ihr Haus in den Ferien",
                "NIN: Sie verreisen? Bitten Sie die Polizei, an Ihrem Haus vorbeizufahren: "
                "kostenlos. Verdacht? 101 anrufen.",
                "Sie sind einige Tage weg? Die Polizei kann in Ihrer Abwesenheit an Ihrem Haus "
                "vorbeischauen. Das ist kostenlos: Bitten Sie Ihre lokale Polizei darum oder "
                "melden Sie es auf Police-on-web, rechtzeitig vor der Abreise.\n\n"
                "Vor der Abreise: Schließen Sie Türen und Fenster ab, bitten Sie einen Nachbarn, "
                "den Briefkasten zu leeren und die Rollläden zu bewegen, und lassen Sie eine Lampe "
                "über eine Zeitschaltuhr laufen. Sagen Sie in sozialen Medien nicht, dass Sie weg "
                "sind.",
            ),
            _EN: ColdWords(
                "Leave with an easy mind: your house during the holidays",
                "PLP: going away? Ask the police to pass by your house: it is free. Suspicious? "
                "Call 101.",
                "Are you away for a few days? The police can pass by your house meanwhile. It is "
                "free: ask your local police, or use Police-on-web, in good time before you "
                "leave.\n\n"
                "Before you go: lock doors and windows, ask a neighbour to empty the letter box "
                "and move the blinds, put a lamp on a timer. Do not say on social media that you "
                "are away.",
            ),
        },
    ),
    "dark_days": Starter(
        Topic.DARK_DAYS,
        {
            _FR: ColdWords(
                "Jours sombres : de la lumière contre les cambrioleurs",
                "PLP: il fait nuit tot. Laissez une lampe allumee et fermez tout a cle quand vous "
                "sortez. Suspect? Appelez le 101.",
                "En automne et en hiver, une maison sans lumière en fin d'après-midi montre que "
                "personne n'est là. C'est à cette heure que beaucoup de cambrioleurs "
                "viennent.\n\n"
                "Mettez une lampe sur minuterie. Fermez à clé portes, fenêtres, garage et abri de "
                "jardin, même pour un quart d'heure. Rangez échelles et outils. Ne laissez pas de "
                "clé sous le paillasson. Votre police ou votre commune peut vous dire, "
                "gratuitement, comment mieux protéger votre maison.",
            ),
            _NL: ColdWords(
                "Donkere dagen: licht tegen inbrekers",
                "BIN: het is vroeg donker. Laat een lamp aan en doe alles op slot als u weggaat. "
                "Iets verdachts? Bel 101.",
                "In de herfst en de winter toont een huis zonder licht in de late namiddag dat er "
                "niemand is. Op dat uur komen veel inbrekers.\n\n"
                "Zet een lamp op een tijdschakelaar. Doe deuren, ramen, garage en tuinhuis op "
                "slot, ook voor een kwartier. Berg ladders en gereedschap op. Laat geen sleutel "
                "onder de mat liggen. Uw politie of gemeente kan u gratis zeggen hoe u uw huis "
                "beter beveiligt.",
            ),
            _DE: ColdWords(
                "Dunkle Tage: Licht gegen Einbrecher",
                "NIN: Es wird frueh dunkel. Lassen Sie eine Lampe an und schliessen Sie alles ab. "
                "Verdacht? 101 anrufen.",
                "Im Herbst und Winter zeigt ein Haus ohne Licht am späten Nachmittag, dass niemand "
                "da ist. Zu dieser Zeit kommen viele Einbrecher.\n\n"
                "Lassen Sie eine Lampe über eine Zeitschaltuhr laufen. Schließen Sie Türen, "
                "Fenster, Garage und Gartenhaus ab, auch für eine Viertelstunde. Räumen Sie "
                "Leitern und Werkzeug weg. Lassen Sie keinen Schlüssel unter der Matte. Ihre "
                "Polizei oder Gemeinde kann Ihnen kostenlos sagen, wie Sie Ihr Haus besser "
                "schützen.",
            ),
            _EN: ColdWords(
                "Dark days: light keeps burglars away",
                "PLP: it is dark early. Leave a lamp on and lock everything when you go out. "
                "Suspicious? Call 101.",
                "In autumn and winter a house without light in the late afternoon shows that "
                "nobody is in. That is when many burglars come.\n\n"
                "Put a lamp on a timer. Lock doors, windows, garage and shed, even for a quarter "
                "of an hour. Put ladders and tools away. Leave no key under the mat. Your police "
                "or municipality can tell you, free of charge, how to protect your house better.",
            ),
        },
    ),
    "bicycles": Starter(
        Topic.BICYCLES,
        {
            _FR: ColdWords(
                "Protégez votre vélo du vol",
                "PLP: attachez votre velo a un point fixe, roue et cadre. Enregistrez-le "
                "gratuitement: mybike.belgium.be",
                "Attachez toujours votre vélo à un point fixe, par le cadre et une roue, avec un "
                "cadenas solide, même dans votre garage ou pour cinq minutes. Emportez la batterie "
                "d'un vélo électrique.\n\n"
                "Enregistrez-le gratuitement sur mybike.belgium.be : vous recevez un autocollant, "
                "et la police retrouve plus vite à qui il est. Notez le numéro du cadre et gardez "
                "la facture et une photo. Volé ? Portez plainte à la police et signalez-le sur "
                "mybike.",
            ),
            _NL: ColdWords(
                "Bescherm uw fiets tegen diefstal",
                "BIN: maak uw fiets vast aan iets vast, wiel en kader. Registreer hem gratis: "
                "mybike.belgium.be",
                "Maak uw fiets altijd vast aan iets dat niet beweegt, met het kader en een wiel, "
                "met een stevig slot, ook in uw garage of voor vijf minuten. Neem de batterij van "
                "een elektrische fiets mee.\n\n"
                "Registreer hem gratis op mybike.belgium.be: u krijgt een sticker, en de politie "
                "vindt sneller van wie hij is. Noteer het nummer van het kader en bewaar de "
                "factuur en een foto. Gestolen? Doe aangifte bij de politie en meld het op mybike.",
            ),
            _DE: ColdWords(
                "Schützen Sie Ihr Fahrrad vor Diebstahl",
                "NIN: Schliessen Sie Rahmen und Rad an etwas Festes an. Registrieren Sie das "
                "Fahrrad gratis: mybike.belgium.be",
                "Schließen Sie Ihr Fahrrad immer mit Rahmen und einem Rad an etwas Festes an, mit "
                "einem starken Schloss, auch in der Garage oder für fünf Minuten. Nehmen Sie den "
                "Akku eines Elektrorads mit.\n\n"
                "Registrieren Sie es kostenlos auf mybike.belgium.be: Sie erhalten einen "
                "Aufkleber, und die Polizei findet schneller heraus, wem es gehört. Notieren Sie "
                "die Rahmennummer und bewahren Sie Rechnung und Foto auf. Gestohlen? Erstatten Sie "
                "Anzeige bei der Polizei und melden Sie es auf mybike.",
            ),
            _EN: ColdWords(
                "Protect your bicycle from theft",
                "PLP: lock frame and wheel of your bicycle to something fixed. Register it free: "
                "mybike.belgium.be",
                "Always lock your bicycle to something fixed, by the frame and a wheel, with a "
                "strong lock, even in your garage or for five minutes. Take the battery of an "
                "electric bicycle with you.\n\n"
                "Register it free on mybike.belgium.be: you get a sticker, and the police find "
                "sooner whose it is. Write down the number of the frame and keep the invoice and a "
                "photo. Stolen? Report it to the police, and on mybike.",
            ),
        },
    ),
    "phishing": Starter(
        Topic.ONLINE,
        {
            _FR: ColdWords(
                "Faux messages : ne donnez jamais vos codes",
                "PLP: ni banque ni police ne demandent vos codes. Ne cliquez pas. Code donne? Card "
                "Stop 078 170 170.",
                "Un message de votre banque, d'un service de colis ou de l'État vous presse de "
                "cliquer ? Ne cliquez pas. Ni votre banque ni la police ne demandent vos codes par "
                "e-mail, SMS ou téléphone. Raccrochez, et appelez vous-même votre banque au numéro "
                "que vous connaissez.\n\n"
                "Envoyez le message suspect à suspect@safeonweb.be, puis effacez-le. Vous avez "
                "donné un code ? Appelez tout de suite Card Stop au 078 170 170 et votre banque, "
                "puis portez plainte à la police.",
            ),
            _NL: ColdWords(
                "Valse berichten: geef nooit uw codes",
                "BIN: bank noch politie vraagt uw codes. Klik niet. Code gegeven? Card Stop 078 "
                "170 170.",
                "Een bericht van uw bank, een pakjesdienst of de overheid zet u aan om te klikken? "
                "Klik niet. Uw bank noch de politie vraagt uw codes per e-mail, sms of telefoon. "
                "Haak in, en bel zelf uw bank op het nummer dat u kent.\n\n"
                "Stuur het verdachte bericht naar verdacht@safeonweb.be en wis het dan. Hebt u een "
                "code gegeven? Bel meteen Card Stop op 078 170 170 en uw bank, en doe aangifte bij "
                "de politie.",
            ),
            _DE: ColdWords(
                "Falsche Nachrichten: Geben Sie nie Ihre Codes weiter",
                "NIN: Weder Bank noch Polizei fragt nach Codes. Nicht klicken. Code verraten? Card "
                "Stop 078 170 170.",
                "Eine Nachricht Ihrer Bank, eines Paketdienstes oder einer Behörde drängt Sie zum "
                "Klicken? Klicken Sie nicht. Weder Ihre Bank noch die Polizei fragt per E-Mail, "
                "SMS oder Telefon nach Ihren Codes. Legen Sie auf und rufen Sie Ihre Bank selbst "
                "unter der Nummer an, die Sie kennen.\n\n"
                "Leiten Sie die verdächtige Nachricht an suspicious@safeonweb.be weiter und "
                "löschen Sie sie dann. Haben Sie einen Code verraten? Rufen Sie sofort Card Stop "
                "unter 078 170 170 und Ihre Bank an und erstatten Sie Anzeige bei der Polizei.",
            ),
            _EN: ColdWords(
                "False messages: never give your codes",
                "PLP: neither bank nor police ask for your codes. Do not click. Code given? Card "
                "Stop 078 170 170.",
                "A message from your bank, a parcel service or the government urges you to click? "
                "Do not click. Neither your bank nor the police ask for your codes by mail, text "
                "or telephone. Hang up, and call your bank yourself on the number you know.\n\n"
                "Forward the suspicious message to suspicious@safeonweb.be, then delete it. Did "
                "you give a code? Call Card Stop on 078 170 170 and your bank at once, and report "
                "it to the police.",
            ),
        },
    ),
    "doorstep": Starter(
        Topic.FRAUD,
        {
            _FR: ColdWords(
                "Faux policiers et ruses à la porte",
                "PLP: un inconnu a la porte, meme en uniforme? Laissez ferme et verifiez. La "
                "police ne prend ni argent ni carte. Doute? 101.",
                "Des voleurs se font passer pour des policiers, des releveurs de compteurs ou des "
                "ouvriers. Laissez la porte fermée ou mettez la chaîne, et demandez la carte de "
                "service. Un vrai policier comprend que vous vérifiez.\n\n"
                "La police ne vient jamais chercher votre argent, vos bijoux, votre carte de "
                "banque ou vos codes. Un doute ? Laissez la personne dehors et appelez le 101. "
                "Parlez-en à vos voisins âgés.",
            ),
            _NL: ColdWords(
                "Valse agenten en listen aan de deur",
                "BIN: een onbekende aan de deur, ook in uniform? Hou dicht en controleer. Politie "
                "neemt geld noch kaart mee. Twijfel? 101.",
                "Dieven doen zich voor als politie, als meteropnemer of als arbeider. Laat de deur "
                "dicht of doe de ketting erop, en vraag de dienstkaart. Een echte agent begrijpt "
                "dat u dat nagaat.\n\n"
                "De politie komt nooit uw geld, juwelen, bankkaart of codes halen. Twijfelt u? "
                "Laat de persoon buiten en bel 101. Praat erover met uw oudere buren.",
            ),
            _DE: ColdWords(
                "Falsche Polizisten und Tricks an der Tür",
                "NIN: Fremde an der Tuer, auch in Uniform? Zulassen und pruefen. Polizei nimmt "
                "weder Geld noch Karte mit. Zweifel? 101.",
                "Diebe geben sich als Polizisten, Zählerableser oder Handwerker aus. Lassen Sie "
                "die Tür zu oder legen Sie die Kette vor und verlangen Sie den Dienstausweis. Ein "
                "echter Polizist versteht, dass Sie prüfen.\n\n"
                "Die Polizei holt niemals Ihr Geld, Ihren Schmuck, Ihre Bankkarte oder Ihre Codes "
                "ab. Im Zweifel: Lassen Sie die Person draußen und rufen Sie 101 an. Sprechen Sie "
                "mit Ihren älteren Nachbarn darüber.",
            ),
            _EN: ColdWords(
                "False policemen and tricks at the door",
                "PLP: a stranger at the door, even in uniform? Keep it closed and check. Police "
                "take no money or card. In doubt? 101.",
                "Thieves pretend to be policemen, meter readers or workmen. Keep the door closed "
                "or on the chain, and ask for the service card. A real policeman understands that "
                "you check.\n\n"
                "The police never come to fetch your money, jewels, bank card or codes. In doubt? "
                "Leave the person outside and call 101. Tell your older neighbours.",
            ),
        },
    ),
    "vehicles": Starter(
        Topic.VEHICLES,
        {
            _FR: ColdWords(
                "Rien en vue dans la voiture",
                "PLP: ne laissez rien en vue dans la voiture et fermez-la, meme devant chez vous. "
                "Suspect? Appelez le 101.",
                "Un sac, un câble ou une veste sur un siège suffit pour qu'une vitre soit brisée. "
                "Ne laissez rien en vue, fermez les vitres et verrouillez la voiture, même devant "
                "votre porte ou dans l'allée. Videz la camionnette de ses outils le soir.\n\n"
                "Gardez les clés loin de la porte d'entrée ; une clé sans contact reste mieux dans "
                "une boîte en métal. Garez-vous dans un endroit éclairé.",
            ),
            _NL: ColdWords(
                "Niets zichtbaar in de auto",
                "BIN: laat niets zichtbaar in de auto en doe hem op slot, ook voor uw deur. Iets "
                "verdachts? Bel 101.",
                "Een tas, een kabel of een jas op een zetel is genoeg om een ruit stuk te slaan. "
                "Laat niets zichtbaar liggen, sluit de ruiten en doe de auto op slot, ook voor uw "
                "deur of op de oprit. Haal 's avonds het gereedschap uit de bestelwagen.\n\n"
                "Bewaar de sleutels ver van de voordeur; een sleutel zonder contact ligt beter in "
                "een metalen doos. Parkeer op een verlichte plaats.",
            ),
            _DE: ColdWords(
                "Nichts sichtbar im Auto",
                "NIN: Lassen Sie nichts sichtbar im Auto und schliessen Sie es ab, auch vor der "
                "Haustuer. Verdacht? 101 anrufen.",
                "Eine Tasche, ein Kabel oder eine Jacke auf einem Sitz genügt, damit eine Scheibe "
                "eingeschlagen wird. Lassen Sie nichts sichtbar liegen, schließen Sie die Fenster "
                "und das Auto ab, auch vor der Haustür oder in der Einfahrt. Nehmen Sie abends das "
                "Werkzeug aus dem Lieferwagen.\n\n"
                "Bewahren Sie die Schlüssel weit von der Haustür auf; ein kontaktloser Schlüssel "
                "liegt besser in einer Metalldose. Parken Sie an einem beleuchteten Ort.",
            ),
            _EN: ColdWords(
                "Nothing in sight in the car",
                "PLP: leave nothing in sight in your car and lock it, even at your door. "
                "Suspicious? Call 101.",
                "A bag, a cable or a coat on a seat is enough for a broken window. Leave nothing "
                "in sight, close the windows and lock the car, even at your door or in the drive. "
                "Take the tools out of the van in the evening.\n\n"
                "Keep the keys far from the front door; a contactless key is better kept in a "
                "metal box. Park where there is light.",
            ),
        },
    ),
}
CODES = tuple(_STARTERS)


def named(language: Language) -> list[tuple[str, str]]:
    """Every starter with its title in this language."""
    return [(code, one.words[language].subject) for code, one in _STARTERS.items()]


def topic_of(code: str) -> Topic:
    """What it is about."""
    return _STARTERS[code].topic


def words_of(code: str, number: str) -> dict[Language, ColdWords]:
    """Its words in every language. ``number`` is where the zone is called when it is not urgent;
    without one they name the local police."""
    starter = _STARTERS[code]
    return {
        language: ColdWords(
            words.subject,
            words.short,
            f"{words.long}\n\n{_end(starter.topic, language, number)}",
        )
        for language, words in starter.words.items()
    }


def _end(topic: Topic, language: Language, number: str) -> str:
    urgent, at_number, without = _ENDS[language]
    if topic is Topic.ONLINE:
        urgent = _IN_DANGER[language]
    return f"{urgent} {at_number.format(number=number) if number else without}"
