menu-read-log = Leeslog
review-title = Controle van het leeslog
review-summary = { $open } te controleren, waarvan { $overdue } te laat.
review-open = Te controleren
review-empty = Er is niets te controleren.
review-limits = Wanneer valt een lezing op?
review-limits-change = De beheerder past deze grenzen aan met het commando "bestendig review-threshold".
review-limit-many-readers = { $count } of meer collega's lezen op één dag over dezelfde persoon.
review-limit-many-people = Eén collega leest binnen een uur over { $count } of meer mensen.
review-limit-many-refusals = Eén account wordt op één dag { $count } keer of vaker geweigerd.
review-limit-night = Iemand leest 's nachts: tussen { $from }.00 en { $to }.00 uur.
review-limit-outside = Iemand leest over een zaak waar die niet bij betrokken is, of met noodtoegang.
review-limit-sample = Iedere dag worden daarnaast { $count } lezingen bij toeval gekozen.
review-limit-days = Controleer binnen { $count } dagen. Daarna staat er: te laat.
review-why-break-glass = Noodtoegang
review-why-outside = Buiten de eigen betrokkenheid
review-why-many-readers = Eén persoon door velen gelezen
review-why-many-people = Veel mensen in één uur gelezen
review-why-many-refusals = Vaak geweigerd
review-why-night = 's Nachts gelezen
review-why-sample = Steekproef
review-amount-break-glass = { $count ->
    [one] 1 persoon
   *[other] { $count } mensen
 }
review-amount-outside = { $count ->
    [one] 1 lezing
   *[other] { $count } lezingen
 }
review-amount-many-readers = { $count } collega's
review-amount-many-people = { $count } mensen
review-amount-many-refusals = { $count } keer geweigerd
review-amount-night = { $count ->
    [one] 1 lezing
   *[other] { $count } lezingen
 }
review-amount-sample = { $count ->
    [one] 1 persoon
   *[other] { $count } mensen
 }
review-readers = Wie las
review-count = Aantal
review-what = Wat en waarom
review-refused-hidden = { $page }: bestaat niet of mag niet ({ $count } keer)
review-refused-denied = { $page }: mag niet met deze rol ({ $count } keer)
review-refused-own-work = { $page }: een ander moet dit doen ({ $count } keer)
review-refused-token = { $page }: formulier van een andere sessie ({ $count } keer)
review-refused-form = { $page }: geen formulier van dit systeem ({ $count } keer)
review-cases = Zaaknummers
review-more = { "" } en nog { $count }
review-lines = Regels van het log
review-due = Controleren vóór { $date }
review-overdue = Te laat
review-yours = Dit is uw eigen lezing. Een ander controleert die.
review-remark = Uw opmerking
review-remark-hint = Wat hebt u nagegaan, en wat vond u?
review-sign = Aftekenen
review-not-done = Niet afgetekend
review-done = Afgetekend
review-none-done = Er is nog niets afgetekend.
review-done-by = { $by }, { $at }
review-gone = iemand die hier niet meer werkt
review-alarm = Alarm: { $count } ingeleverde controlepunten passen niet bij de geschiedenis. Vraag de beheerder om "bestendig verify" uit te voeren.
activity-today = Vandaag
activity-worklist = Werklijst
activity-search = Zoeken
activity-registration = Aanmelden
activity-file = Dossier
activity-document = Document openen
activity-timeline = Tijdlijn
activity-person = Persoon
activity-form = Formulier
activity-conference = Overleg
activity-question = Vraag over één persoon
activity-break-glass = Noodtoegang
activity-extract = Uittreksel
activity-who-read = Wie las mijn dossier
activity-letter = Brief
activity-export = Uitvoer
activity-figures = Cijfers
activity-administration = Beheer
activity-refusal = Geweigerd
checkpoints-title = Controlepunten
checkpoints-explain = Een controlepunt legt vast hoe de geschiedenis er op dat moment uitzag. Wie er een bewaart, kan later zien of er iets is veranderd.
checkpoints-newest = Nieuwste controlepunten
checkpoints-keep = Bewaar deze buiten dit systeem, bijvoorbeeld iedere week. Er staan geen persoonsgegevens in.
checkpoints-none = Er is nog geen controlepunt. Binnen een minuut na de eerste wijziging wordt het gemaakt.
checkpoints-size = { $what }: { $size }
checkpoints-of-facts = gegevens
checkpoints-of-reads = regels van het leeslog
checkpoints-download = Bewaar als bestand
checkpoints-key = Publieke sleutel
checkpoints-hand-in-title = Een bewaard controlepunt inleveren
checkpoints-hand-in-explain = Lever een controlepunt in dat uw organisatie bewaarde. U ziet meteen of de geschiedenis er nog mee begint. Dat u dit deed, blijft zichtbaar voor alle partners.
checkpoints-hand-in = Controleer
checkpoints-hand-in-field = Tekst van het controlepunt
checkpoints-hand-in-hint = Plak de hele tekst, van de naam tot en met de handtekening.
checkpoints-witnesses = Getuigen
checkpoints-handed-in = Ingeleverd
checkpoints-never = nog nooit
checkpoints-fit = Past
checkpoints-misfit = Past niet
checkpoints-alarm = Alarm: de geschiedenis is veranderd
checkpoints-fits = De geschiedenis begint nog met deze { $size } { $what }.
checkpoints-behind = Het controlepunt heeft { $size } { $what }, hier zijn er { $now }. Er is iets weggehaald.
checkpoints-rewritten = De eerste { $size } { $what } zijn niet meer wat ze waren. Er is iets veranderd.
problem-checkpoint-unreadable = Dit is geen controlepunt. Het heeft een naam, een getal en een code, dan een lege regel en een handtekening. Plak de hele tekst.
problem-checkpoint-signature = De handtekening klopt niet: dit controlepunt is niet door dit systeem gemaakt, of de tekst is veranderd.
problem-checkpoint-elsewhere = Dit is een controlepunt van een ander systeem: { $origin }.
problem-review-remark = Schrijf op wat u hebt nagegaan.
problem-review-own = Dit is uw eigen lezing. Een ander moet die controleren.
problem-review-done = Een collega heeft dit al afgetekend.
who-read-link = Wie las dit dossier
who-read-languages = Taal van deze pagina
who-read-back = Terug naar de persoon
