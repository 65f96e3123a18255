phase-registration = Registration
phase-intake = Intake
phase-dossier = Dossier
phase-rest-period = Rest period
phase-decision = Decision
phase-guidance = Guidance
phase-ended = Ended

status-registered = Registered
status-waiting-list = Waiting list
status-sheltered-without-status = Sheltered without LVV status
status-admitted = Admitted
status-living-allowance-only = Living allowance only
status-refused = Not admitted
status-outside-lvv = Sheltered outside the LVV
status-left = Left

category-identity = Identity
category-legal = Legal position
category-dossier = Dossier
category-process = Progress
category-cooperation = Cooperation review
category-guidance-notes = Confidential notes
category-medical = Health
category-ethnic-religious = Origin and religion
category-safety = Safety
category-shelter-address = Shelter address
category-departure = Departure
category-finance = Money
category-figures = Figures

purpose-registration = Registration
purpose-admission = Deciding about admission
purpose-shelter = Giving shelter
purpose-dossier = Gathering and checking the dossier
purpose-conference = Deciding together
purpose-guidance = Guidance
purpose-departure = Organising departure
purpose-accountability = Accounting in figures
purpose-record-keeping = Keeping the record right
purpose-administration = Administration
purpose-question = Answer to a question about one person
purpose-emergency = Emergency
purpose-rights = Questions of a participant about their own data

sex-female = Female
sex-male = Male
sex-unknown = Unknown

org-kind-municipality = Municipality
org-kind-ngo = Non-governmental organisation
org-kind-ind = IND
org-kind-dtv = DT&V
org-kind-police = Police (AVIM)
org-kind-ministry = Ministry
org-kind-research = Researchers

role-coordinator = Coordinator
role-guide = Guide
role-shelter-worker = Shelter worker
role-ind-officer = IND officer
role-case-director = Departure case director
role-police-officer = AVIM officer
role-researcher = Researcher
role-programme-manager = Programme manager
role-administrator = Administrator
role-privacy-officer = Privacy officer

relation-partner = Partner
relation-child = Child
relation-parent = Parent
relation-household = Same household
relation-same-person = Same person

task-case-manager = Guide
task-lead = Lead for the municipality
task-case-director = Departure case director
task-ind-contact = Contact at the IND
