form-errors-title = { $count ->
    [one] Verbeter 1 fout
   *[other] Verbeter { $count } fouten
 }
form-optional = (hoeft niet)
form-choose = Maak een keuze
form-day = Dag
form-month = Maand
form-year = Jaar
form-partial-hint = Laat leeg wat u niet weet: eerst de dag, dan de maand.
form-row = { $label } { $number }
form-save = Opslaan
form-cancel = Annuleren
form-missing-text = Vul dit in: { $label }.
form-missing-choice = Maak een keuze bij: { $label }.
form-missing-date = Vul een datum in bij: { $label }.
form-too-long = Deze tekst heeft { $length } tekens. Gebruik er hoogstens { $most }.
form-line-break = Dit veld heeft één regel. Haal de regeleinden weg.
form-not-a-choice = Deze keuze staat niet in de lijst. Kies een waarde uit de lijst.
form-invalid = Deze waarde past niet bij: { $label }. Vul het opnieuw in.
form-more = Nog een: { $label }
form-other-session = Dit formulier kwam uit een eerdere sessie en is nog niet opgeslagen. Controleer wat u hebt ingevuld en verstuur het opnieuw.
search-year-wrong = Dit geboortejaar klopt niet. Vul vier cijfers in, of laat het leeg.
search-not-done = Er is niet gezocht
