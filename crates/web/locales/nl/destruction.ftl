# Vernietigen na de bewaartermijn
destruction-title = Vernietigen
destruction-summary = { $count ->
    [one] Van 1 dossier is de bewaartermijn voorbij.
   *[other] Van { $count } dossiers is de bewaartermijn voorbij; hier staan er { $shown }.
}
destruction-explain = De langste bewaartermijn geldt. Bij elk dossier staat waarom het zo lang bewaard is. U stelt voor om te vernietigen. Een andere beheerder moet dat goedkeuren. Daarna kan niemand de gegevens nog lezen. De cijfers blijven hetzelfde.
destruction-due = Bewaartermijn voorbij
destruction-choose = Welke dossiers wilt u laten vernietigen?
destruction-ended = geëindigd op
destruction-ground = { $ground }: bewaren tot en met { $until }
destruction-propose = Stel vernietiging voor
destruction-not-done = Dit is niet gelukt
destruction-held = Tegengehouden
destruction-hold = Houd vernietiging tegen
destruction-lift = Niet meer tegenhouden
destruction-case = Zaaknummer
destruction-hold-reason = Waarom mag dit dossier nog niet weg?
destruction-proposals = Voorstellen en verklaringen
destruction-no-proposals = Er zijn nog geen voorstellen.
destruction-one = Voorstel om te vernietigen
destruction-certificate = Verklaring van vernietiging
destruction-who = Wie
destruction-proposed-by = Voorgesteld door
destruction-decided-by = Besloten door
destruction-signed = { $name }, { $at }
destruction-cases = Zaaknummers
destruction-by-another = U hebt dit zelf voorgesteld. Een andere beheerder moet het goedkeuren.
destruction-approve-explain = Na goedkeuring zijn de gegevens van deze dossiers meteen weg. Dat kan niemand terugdraaien.
destruction-approve = Keur goed en vernietig
destruction-withdraw = Trek het voorstel in
destruction-what = Wat
destruction-people = { $count ->
    [one] Van 1 persoon zijn de sleutels, de versleutelde gegevens en de zoekwoorden vernietigd.
   *[other] Van { $count } personen zijn de sleutels, de versleutelde gegevens en de zoekwoorden vernietigd.
}
destruction-on = Vernietigd op
destruction-final-on = Definitief op
destruction-final-explain = Een reservekopie van de sleutels wordt hoogstens 30 dagen bewaard. Na die dag bestaat er nergens meer een sleutel.
destruction-json = De verklaring als bestand (JSON)
destruction-list = Wat is vernietigd
destruction-hashes = { $count } versleutelde gegevens, elk met hun controlegetal (SHA-256). Het zegt niets over wie het ging.
destruction-back = Terug naar Vernietigen
destruction-state-proposed = Voorgesteld
destruction-state-withdrawn = Ingetrokken
destruction-state-approved = Goedgekeurd, wordt uitgevoerd
destruction-state-done = Vernietigd
hold-appeal = Bezwaar of beroep
hold-complaint = Klacht
hold-incident = Incident
hold-information-request = Verzoek om openbaarheid
hold-privacy-request = Verzoek van de deelnemer over eigen gegevens
hold-research-by-court = Onderzoek in een rechtszaak
problem-destruction-none-chosen = Kies een of meer dossiers, hoogstens { $most } tegelijk.
problem-destruction-not-due = Dossier { $case } mag niet vernietigd worden: de bewaartermijn is niet voorbij, of er is al een voorstel. Kies een ander dossier.
problem-destruction-held = Dossier { $case } wordt tegengehouden. Hef dat eerst op.
problem-destruction-same-person = U hebt dit zelf voorgesteld. Vraag een andere beheerder om het goed te keuren.
problem-destruction-decided = Over dit voorstel is al besloten. Bekijk het in de lijst.
problem-destruction-hold-unknown = Deze reden is niet bekend. Kies een reden uit de lijst.
problem-destruction-no-case = Er is hier geen dossier met zaaknummer { $case }. Controleer het nummer.
