# noodtoegang: breken van het glas, en de toets daarna
menu-glass = Noodtoegang
menu-glass-review = Noodtoegang toetsen
menu-questions = Vragen van de politie
glass-title = Noodtoegang
glass-explain = Is iemand in gevaar en hebt u nu gegevens nodig van een dossier dat niet van u is? Dan kunt u vier uur lang het nodigste zien: wie het is, waar iemand slaapt, gezondheid en veiligheid. De functionaris gegevensbescherming krijgt bericht en toetst dit altijd. De deelnemer kan het ook zien.
glass-new = Noodtoegang nemen
glass-number = V-nummer of zaaknummer
glass-number-hint = Het hele nummer. Zoeken op naam kan hier niet.
glass-reason = Waarom is dit nodig?
glass-reason-hint = Schrijf wat er aan de hand is en welk gevaar dreigt. Dit leest de functionaris gegevensbescherming.
glass-submit = Noodtoegang nemen
glass-done = Uw verzoek is vastgelegd. Is er een dossier met dit nummer? Dan kunt u het hieronder vier uur lang openen.
glass-mine = Uw noodtoegang
glass-none = Er is niets.
glass-at = Wanneer
glass-by = Wie
glass-file = Dossier
glass-review = Toets
glass-open = Openen (tot { $until })
glass-nobody = Geen dossier met dit nummer
glass-found = Een dossier met dit nummer bestaat
glass-closed = De tijd is voorbij
glass-waits = Wacht op toets
glass-reviewed = { $verdict }, { $by }, { $at }
glass-explain-file = U ziet dit door noodtoegang. Alleen lezen, vier uur lang. Het is vastgelegd en wordt getoetst.
glass-review-title = Noodtoegang toetsen
glass-review-explain = Elke noodtoegang moet binnen zeven dagen door een ander getoetst zijn.
glass-review-waiting = { $count ->
    [0] Wacht op toets
    [one] Wacht op toets: één
   *[other] Wacht op toets: { $count }
 }
glass-review-none = Alles is getoetst.
glass-review-do = Toetsen
glass-review-done = Getoetst
glass-review-what = Wat er is gebeurd
glass-review-submit = Toets vastleggen
glass-overdue = te laat
glass-own = Uw eigen noodtoegang toetst een ander.
glass-verdict = Wat vindt u?
glass-remark = Toelichting
glass-justified = Terecht
glass-unjustified = Niet terecht
glass-breach = Niet terecht, en een datalek
problem-glass-reason-short = Schrijf in minstens { $least } tekens waarom dit nodig is.
problem-glass-too-often = U hebt vandaag al { $most } keer noodtoegang genomen. Bel de functionaris gegevensbescherming.
problem-glass-own-review = Uw eigen noodtoegang toetst een ander.
problem-glass-remark-missing = Schrijf een toelichting.
problem-glass-reviewed-before = Dit is al getoetst.
problem-number-exact = Schrijf het hele V-nummer (10 cijfers) of het hele zaaknummer, zoals GRO-7K3M-Q2XD.

# een vraag van de politie over één persoon
questions-title = Vragen van de politie
questions-explain-asks = U kunt een vraag stellen over één persoon, met een grond. Twee mensen van de locatie beslissen. Zegt u niets over een wet, dan kan de deelnemer uw vraag zien.
questions-explain-decides = De politie kan een vraag stellen over één persoon. Twee mensen met een verschillende rol beslissen. Bij 'ja' ziet de politie zeven dagen lang wie het is en of iemand meedoet, en niets anders.
questions-new = Een vraag stellen
questions-all = Vragen
questions-none = Er zijn geen vragen.
question-title = Vraag van de politie
question-site = Locatie
question-ground = Grond
question-danger = Iemand is in gevaar
question-missing = Iemand wordt vermist
question-investigation = Onderzoek naar een strafbaar feit
question-order = Bevel van een officier of rechter
question-about = Over wie gaat het?
question-about-hint = Eén persoon: naam en geboortedatum, of het V-nummer.
question-why = Wat wilt u weten, en waarom is dat nodig?
question-law = Welke wet verbiedt dat de deelnemer dit weet?
question-law-hint = Alleen invullen als dat zo is. Anders kan de deelnemer de vraag zien.
question-submit = Vraag stellen
question-at = Gesteld
question-by = Door
question-stage = Stand
question-asked = Wacht op een besluit
question-once = Eén keer ja; een tweede moet beslissen
question-answered = Beantwoord, te lezen tot { $until }
question-over = Beantwoord; de tijd is voorbij
question-refused = Geen antwoord
question-read = Antwoord lezen
question-look = Bekijken
question-secret = De deelnemer mag dit niet weten: { $law }
question-open = De deelnemer kan deze vraag zien.
question-decide = Beslissen
question-agree-explain = Zoek zelf of er een dossier is. Noem dan het zaaknummer. Is er geen dossier of geen goede reden? Kies dan 'Geen antwoord': de politie ziet niet waarom.
question-agree = Ja, antwoord geven
question-refuse = Geen antwoord
question-case = Zaaknummer
question-answer-explain = Antwoord op uw vraag. Alleen lezen. Het is vastgelegd.
problem-question-about-short = Schrijf over wie het gaat.
problem-question-why-short = Schrijf in minstens { $least } tekens wat u wilt weten en waarom.
problem-question-law-missing = Noem de wet en het artikel.
problem-question-too-many = Er wachten al { $most } vragen van u. Wacht eerst op een besluit.
problem-question-second-other = De tweede is iemand anders, met een andere rol.
problem-question-case-wrong = Dit is geen zaaknummer van deze locatie.
problem-question-decided-or-other-case = Er is al besloten, of de eerste noemde een ander zaaknummer.
problem-question-decided = Hierover is al besloten.

# wat te zien is door noodtoegang of een vraag
exception-what = Wat u mag zien
exception-case = Zaaknummer
exception-phase = Fase, sinds
exception-status = Deelname, sinds
exception-stay = Verblijf
exception-obstacle = Knelpunt
exception-pause = Pauze

# waarvoor iemand werkt
purpose-now = Doel: { $purpose }
purpose-title = Waarvoor werkt u nu?
purpose-explain = U ziet alleen wat voor dit doel nodig is. Het doel staat in het leeslog bij alles wat u bekijkt.
purpose-choose = Kiezen
purpose-change = Ander doel
