# Inloggen in stappen, het eigen account, en wie welke rechten heeft.

second-title = Tweede stap: laat zien dat u het bent
second-code = Code
second-hint = De zes cijfers uit uw app, of een van uw herstelcodes.
second-wrong = Deze code klopt niet, of is al gebruikt. Wacht op een nieuwe code in uw app en probeer het opnieuw.
second-ended = De code was te vaak fout of het duurde te lang. Begin opnieuw met uw gebruikersnaam en wachtwoord.
second-leave = Stoppen en uitloggen

again-title = Laat nog eens zien dat u het bent
again-text = Dit is een gevoelige handeling. Vul uw wachtwoord opnieuw in. Wat u had ingevuld, blijft bewaard.
again-failed = Dat is niet gelukt
again-wrong = Het wachtwoord of de code klopt niet. Controleer beide en probeer het opnieuw.
again-submit = Verder
again-text-done = U bent opnieuw herkend. Druk op de knop om door te gaan met wat u wilde doen.
again-go-on = Doorgaan

account-link = Mijn account
account-title = Mijn account
account-login = Gebruikersnaam: { $login }
account-ways = Inloggen
account-events = Wat er met dit account is gebeurd
account-failed = Pogingen om in te loggen die mislukten
account-failed-none = Er mislukte geen poging.

notice-name = Over uw account
notice-failed = { $count ->
    [one] Eén keer is geprobeerd met uw naam in te loggen, en dat mislukte.
   *[other] { $count } keer is geprobeerd met uw naam in te loggen, en dat mislukte.
  }
notice-changes = { $count ->
    [one] Er is iets veranderd aan hoe u inlogt.
   *[other] Er is { $count } keer iets veranderd aan hoe u inlogt.
  }
notice-odd = U logt in met een apparaat of vanaf een plek die dit account de laatste 90 dagen niet gebruikte.
notice-odd-others = { $count ->
    [one] Er is ook één keer ingelogd met een onbekend apparaat of vanaf een onbekende plek. Kijk bij Mijn account.
   *[other] Er is ook { $count } keer ingelogd met een onbekend apparaat of vanaf een onbekende plek. Kijk bij Mijn account.
  }
notice-since = Dit gaat over de tijd sinds { $at }.
notice-not-you = Was u dit niet zelf? Verander dan uw wachtwoord en meld het aan uw beheerder.
notice-read = Ik heb dit gelezen

password-title = Wachtwoord veranderen
password-first = Dit wachtwoord kent iemand anders ook. Kies nu een eigen wachtwoord; daarna kunt u verder.
password-explain = Kies minstens { $least } en hoogstens { $most } tekens. Een zin die alleen u bedenkt is goed. Hoofdletters of cijfers hoeven niet. Bekende wachtwoorden en namen van uw organisatie worden geweigerd. Op andere apparaten wordt u uitgelogd.
password-current = Huidig wachtwoord
password-new = Nieuw wachtwoord
password-again = Nieuw wachtwoord, nog een keer
password-submit = Wachtwoord veranderen
password-failed = Het wachtwoord is niet veranderd
password-not-twice = De twee nieuwe wachtwoorden zijn niet gelijk. Vul twee keer hetzelfde in.
problem-password-too-long = Dit wachtwoord is te lang. Kies hoogstens { $most } tekens.
problem-password-of-this-place = Dit wachtwoord bestaat vooral uit uw naam, uw organisatie of woorden van dit programma. Kies iets dat anderen niet kunnen raden.
problem-password-known = Dit wachtwoord staat op een lijst van bekende wachtwoorden, of lijkt daar te veel op. Kies bijvoorbeeld vier woorden die niet bij elkaar horen.
problem-password-current-wrong = Het huidige wachtwoord klopt niet.
problem-password-the-same = Dit is het wachtwoord dat u al heeft. Kies een ander.
problem-code-wrong = Deze code klopt niet. Kijk of de klok van uw telefoon goed staat en vul de nieuwste code in.
problem-passkey-not-accepted = Deze passkey is niet aangenomen. Probeer het opnieuw, of gebruik een code.
problem-passkey-too-many = U heeft al { $most } passkeys. Verwijder er eerst een.
problem-rights-of-oneself = Over uw eigen rechten beslist iemand anders. Vraag het een andere beheerder.
problem-rights-four-eyes = Een ander dan wie het voorstelde moet dit goedkeuren, en nooit over zichzelf.
problem-login-letters = Gebruik kleine letters, cijfers, punten, streepjes en @, hoogstens 100 tekens.
problem-role-not-there = Deze rol hoort niet bij een organisatie van dit soort. Kies een andere rol of organisatie.

factor-title = Voeg een tweede stap toe
factor-text = Een wachtwoord alleen is niet genoeg. Kies hoe u voortaan laat zien dat u het bent.
totp-name = App voor codes
totp-why = Een app op uw telefoon laat elke halve minuut een nieuwe code zien.
totp-add = App voor codes toevoegen
totp-replace = Andere app of telefoon
totp-remove = App verwijderen
totp-there = U heeft een app voor codes.
totp-title = App voor codes toevoegen
totp-step-app = Open de app voor codes op uw telefoon.
totp-step-scan = Scan deze afbeelding, of typ de letters over.
totp-picture = QR-code voor de app
totp-secret = Letters om over te typen:
totp-step-code = Vul de code in die de app laat zien. Pas daarna telt de app mee.
totp-code = Code uit de app
totp-submit = Toevoegen
totp-failed = De app is niet toegevoegd
passkeys-name = Passkeys
passkey-why = Het veiligst: uw telefoon, computer of sleutel laat zien dat u het bent, en werkt nooit op een valse website.
passkey-add = Passkey toevoegen
passkey-title = Passkey toevoegen
passkey-text = Uw apparaat vraagt om uw vingerafdruk, gezicht of pincode. Die blijft op het apparaat.
passkey-name = Naam van de passkey
passkey-make = Passkey maken
passkey-use = Passkey gebruiken
passkey-made = Toegevoegd op { $at }.
passkey-used = Gebruikt op { $at }.
passkey-rename = Naam van { $name } bewaren
passkey-remove = { $name } verwijderen
passkey-failed = Dat is niet gelukt. Probeer het opnieuw, of gebruik een code.
passkey-failed-title = De passkey is niet toegevoegd
passkey-needs-script = Een passkey werkt alleen met JavaScript. Zet dat aan voor deze website, of gebruik een code.
passkey-not-here = Op dit adres kunnen geen passkeys worden gebruikt: daarvoor is een naam nodig, geen nummer.
codes-name = Herstelcodes
codes-title = Uw herstelcodes
codes-text = Elke code werkt één keer, als u uw telefoon of passkey kwijt bent. Bewaar ze op een veilige plek. U ziet ze maar één keer; oude codes werken niet meer.
codes-left = { $count ->
    [one] U heeft nog één code over.
   *[other] U heeft nog { $count } codes over.
  }
codes-new = Nieuwe herstelcodes maken
codes-print = Afdrukken
codes-kept = Ik heb ze bewaard

sessions-title = Waar u bent ingelogd
sessions-text = U wordt uitgelogd na { $idle } minuten zonder iets te doen, en in elk geval na { $most } uur.
sessions-since = Ingelogd op
sessions-seen = Laatst gebruikt
sessions-where = Waar
sessions-this = Deze sessie
sessions-end-title = Beëindigen
sessions-end = Beëindigen
sessions-end-others = Overal elders uitloggen

users-link = Gebruikers
users-title = Gebruikers en rechten
users-explain = Rechten gelden pas als een ander ze goedkeurt: een andere beheerder, of een coördinator van die organisatie. Rechten wegnemen kan iemand alleen.
users-new = Nieuw account voorstellen
users-propose = Voorstellen
users-login = Gebruikersnaam
users-login-hint = Kleine letters, cijfers, punten en streepjes.
users-name = Naam
users-role = Rol
users-org = Organisatie
users-sites = LVV’s
users-confirmed = Rechten bevestigd op
users-state = Stand
users-all = Alle accounts
users-left = Vertrokken
users-overdue = Langer dan een jaar niet bevestigd.
users-first = Eerste wachtwoord nog niet veranderd.
users-factors = Met tweede stap.
users-no-factors = Zonder tweede stap.
users-events = Wat er is gebeurd
users-acts = Direct doen
users-sessions = { $count ->
    [one] Eén keer ingelogd.
   *[other] { $count } keer ingelogd.
  }
users-confirm = Rechten zijn nog nodig
users-end-sessions = Overal uitloggen
users-password = Nieuw wachtwoord voorstellen (alleen wachtwoord kwijt; telefoon en passkey blijven)
users-reset = Nieuw begin voorstellen (telefoon of passkey kwijt)
users-leave = Werkt hier niet meer: toegang nu beëindigen
proposals-title = Wacht op goedkeuring
proposals-none = Er wacht niets.
proposals-what = Voorstel
proposals-by = Door
proposals-decide = Besluit
proposals-yes = Goedkeuren
proposals-no = Afwijzen
proposals-other = Een ander beslist hierover.
proposal-new = Nieuw account
proposal-change = Andere rechten
proposal-password = Nieuw wachtwoord
proposal-reset = Nieuw begin
first-password-title = Eerste wachtwoord
first-password-text = Geef dit wachtwoord persoonlijk aan { $login }. Het werkt { $hours } uur en moet bij de eerste keer worden veranderd. U ziet het maar één keer.

event-at = Wanneer
event-what = Wat
event-by = Door
event-detail = Bijzonderheden
event-added-by-hand = Account gemaakt op de opdrachtregel
event-rights-proposed = Rechten voorgesteld
event-rights-approved = Voorstel goedgekeurd
event-rights-refused = Voorstel afgewezen
event-rights-changed = Rechten veranderd
event-rights-confirmed = Rechten bevestigd
event-left = Toegang beëindigd
event-signed-in = Ingelogd
event-signed-in-odd = Ingelogd vanaf een nieuw apparaat of een nieuwe plek
event-sign-in-failed = Inloggen mislukt
event-shown-again = Opnieuw laten zien wie u bent
way-password = wachtwoord
way-totp = code van de app
way-passkey = passkey
way-recovery = herstelcode
way-code = code
way-oidc = inlogdienst
place-unknown = onbekend
place-device = apparaat: { $device }
place-network = netwerk: { $network }
place-times = { $count } keer
event-sessions-ended = Overal uitgelogd door een beheerder
event-password-changed = Wachtwoord veranderd
event-password-reset = Nieuw eerste wachtwoord
event-totp-added = App voor codes toegevoegd
event-totp-removed = App voor codes verwijderd
event-passkey-added = Passkey toegevoegd
event-passkey-removed = Passkey verwijderd
event-recovery-made = Herstelcodes gemaakt
event-recovery-used = Herstelcode gebruikt
event-identity-linked = Gekoppeld aan een inlogdienst
event-account-forgotten = Gegevens gewist: bewaartermijn voorbij
event-wrong-codes = Te vaak een verkeerde code
event-sign-in-peak = Opvallend veel mislukte pogingen om in te loggen

oidc-link = Inloggen met { $name }
oidc-failed = Inloggen met { $name } is niet gelukt. Probeer het opnieuw. Lukt het dan niet, vraag dan uw beheerder of u een account heeft.
problem-identity-refused = De inlogdienst gaf geen antwoord dat klopt ({ $why }).
problem-required = Vul dit in; het mag niet leeg blijven.
