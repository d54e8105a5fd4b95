"""How people say that they have read a message, without telling anything else: "1", "vu", "ok".

``SEEN`` says so; ``BESIDE`` may stand around it. Anything more, and it is no mere confirmation:
"je l'ai vu" and "hem gezien" speak of somebody.
"""

from feedback.reading.phrases import words

SEEN = words("""
vu vue lu lue recu recue recus note notee compris comprise ok okay oki okee okk dac accord oui
ouais
gezien gelezen ontvangen genoteerd begrepen akkoord oke ja jawel joa jep kennisgenomen
gesehen gelesen erhalten angekommen notiert verstanden jawohl jo einverstanden
seen read received noted understood got copy copied roger ack acknowledged yes yep yeah
duidelijk orde okido
confirmed confirme bevestigd bestatigt connaissance kennis kenntnis klar orde marche prima
""")
BESIDE = words("""
merci mercis mille beaucoup bien bon c est a j ai nous avons on d en pour vous le la les un une des
ce cet cette du de et l ca alles message messages sms mail alerte alertes avis info infos
information informations pris prise prends tout top parfait super svp bonjour bonsoir
fais fait faisons ferai ferons attention reste restons vigilant vigilants vigilante
fera tiendra tiendrons compte prevenir prevenus avertir averti
bonne journee soiree nuit salut cordialement vos votre votres
dank dankje dankjewel dankuwel bedankt u je wel hartelijk hartelijke goed ik heb hebben we wij het
de een dit die uw bericht berichten melding meldingen alarm in is genomen van voor goeiedag dag
goedendag goedemorgen goeiemorgen groeten groetjes mvg alvast let letten op opletten
extra blijven waakzaam houden oogje zeil goeienavond goedenavond
verwittiging waarschuwing
danke vielen dank sehr schon gut ich habe hab wir haben die der das es ist zur genommen fur
nachricht nachrichten meldung info infos guten tag morgen abend mfg grusse besten passe
passen auf aufpassen wachsam bleiben dankeschon schonen noch werde werden
thanks thank thx ty you very much i have ve we the this it text alert well all good for and
letting us me know cheers will keep an eye out stay vigilant be careful that with
""")
# Drawn instead of written.
SIGNS = "👍👌✅✔🆗🙏"
# Longer ones say something.
MOST_WORDS = 9
