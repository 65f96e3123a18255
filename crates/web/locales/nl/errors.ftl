# Foutpagina's: wat er is, en wat u kunt doen
error-400-title = Dit verzoek klopt niet
error-400-text = Het programma begrijpt niet wat er gevraagd wordt. Ga terug, open de pagina opnieuw en probeer het nog een keer.
error-403-title = Dit mag niet
error-403-text = Uw rol mag dit niet bekijken of doen. Vraag de coördinator van uw LVV als u dit nodig hebt voor uw werk.
error-404-title = Niet gevonden
error-404-text = Deze pagina of dit dossier bestaat niet, of u hebt er geen toegang toe. Controleer het adres of zoek de deelnemer op.
error-405-title = Dit kan hier niet
error-405-text = Deze pagina is niet op deze manier te gebruiken. Ga terug en gebruik de knop of de link op de pagina.
error-409-title = Iemand anders heeft dit veranderd
error-409-text = Er is niets opgeslagen: een collega heeft ditzelfde intussen gewijzigd. Open het dossier opnieuw, kijk wat er veranderd is en vul het formulier nog een keer in.
error-413-title = Dit is te groot
error-413-text = Wat u verstuurt is te groot. Een formulier mag hoogstens 1 MB zijn. Maak de tekst korter en verstuur opnieuw.
error-415-title = Dit is geen formulier
error-415-text = Het programma verwacht een ingevuld formulier. Gebruik het formulier op de pagina.
error-422-title = Dit kan niet worden opgeslagen
error-422-text = Er klopt iets niet in wat u hebt ingevuld. Er is niets opgeslagen. Ga terug en verbeter het formulier.
error-asked-title = Dit kan zo niet worden getoond
error-429-title = Te veel pogingen
error-429-text = Er is te vaak geprobeerd in te loggen. Wacht even en probeer het dan opnieuw.
error-429-wait = { $seconds ->
    [one] Over 1 seconde kunt u het opnieuw proberen.
   *[other] Over { $seconds } seconden kunt u het opnieuw proberen.
 }
error-500-title = Er ging iets mis in het programma
error-500-text = Dit ligt niet aan u. Probeer het opnieuw. Gebeurt het weer? Geef dan dit nummer door aan de beheerder.
error-503-title = Dit duurt te lang
error-503-text = Het programma is nu te druk of wordt bijgewerkt. Wacht even en probeer het opnieuw. Kijk eerst of uw wijziging al is opgeslagen.
error-reference = Nummer van deze fout: { $number }
error-home = Naar Vandaag
error-cross-site = Dit formulier kwam van een andere website. Open de pagina in Bestendig zelf en verstuur het formulier daar.
error-csrf = Dit formulier is te oud of kwam niet uit deze sessie. Open de pagina opnieuw en vul het nog een keer in.
error-not-a-form = Er werd een formulier verwacht, maar dit is { $type }. Gebruik het formulier op de pagina.
error-malformed-field = Het veld "{ $field }" is niet te lezen: de tekens zijn beschadigd. Verstuur het formulier opnieuw vanaf de pagina.
error-unknown-field = Het veld "{ $field }" hoort niet bij dit formulier. Open de pagina opnieuw en verstuur het formulier dat daar staat.
error-repeated-field = Het veld "{ $field }" staat er meer dan één keer in. Verstuur het formulier opnieuw vanaf de pagina.
error-not-a-form-no-type = Er werd een formulier verwacht, maar er staat niet bij wat dit is. Gebruik het formulier op de pagina.
