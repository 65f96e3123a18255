phase-registration = Aanmelding
phase-intake = Intake
phase-dossier = Dossier
phase-rest-period = Rusttermijn
phase-decision = Besluit
phase-guidance = Begeleiding
phase-ended = Beëindigd

status-registered = Aangemeld
status-waiting-list = Wachtlijst
status-sheltered-without-status = Opvang zonder LVV-status
status-admitted = Toegelaten
status-living-allowance-only = Alleen leefgeld
status-refused = Niet toegelaten
status-outside-lvv = Opvang buiten de LVV
status-left = Vertrokken

category-identity = Persoonsgegevens
category-legal = Juridische positie
category-dossier = Dossier
category-process = Verloop
category-cooperation = Toets op medewerking
category-guidance-notes = Vertrouwelijke notities
category-medical = Gezondheid
category-ethnic-religious = Herkomst en geloof
category-safety = Veiligheid
category-shelter-address = Opvangadres
category-departure = Vertrek
category-finance = Geld
category-figures = Cijfers

purpose-registration = Aanmelden
purpose-admission = Besluiten over toelating
purpose-shelter = Opvang geven
purpose-dossier = Dossier verzamelen en controleren
purpose-conference = Samen besluiten
purpose-guidance = Begeleiden
purpose-departure = Vertrek regelen
purpose-accountability = Verantwoorden in cijfers
purpose-record-keeping = Het dossier kloppend houden
purpose-administration = Beheer
purpose-question = Antwoord op een vraag over één persoon
purpose-emergency = Noodgeval
purpose-rights = Vragen van een deelnemer over de eigen gegevens

sex-female = Vrouw
sex-male = Man
sex-unknown = Onbekend

org-kind-municipality = Gemeente
org-kind-ngo = Maatschappelijke organisatie
org-kind-ind = IND
org-kind-dtv = DT&V
org-kind-police = Politie (AVIM)
org-kind-ministry = Ministerie
org-kind-research = Onderzoekers

role-coordinator = Coördinator
role-guide = Begeleider
role-shelter-worker = Opvangmedewerker
role-ind-officer = Medewerker IND
role-case-director = Regievoerder vertrek
role-police-officer = Medewerker AVIM
role-researcher = Onderzoeker
role-programme-manager = Programmamanager
role-administrator = Beheerder
role-privacy-officer = Functionaris gegevensbescherming

relation-partner = Partner
relation-child = Kind
relation-parent = Ouder
relation-household = Hoort bij hetzelfde huishouden
relation-same-person = Dezelfde persoon

task-case-manager = Begeleider
task-lead = Regie namens de gemeente
task-case-director = Regievoerder vertrek
task-ind-contact = Contactpersoon IND
