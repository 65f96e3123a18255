counted-entered = Toegelaten, zonder LVV-status in de opvang, of alleen leefgeld.
counted-admitted-only = Alleen wie is toegelaten.
figures-reasons = Vertrokken met: { $reasons }.
figures-scenario = Met het scenario: { $scenario }.
figures-classified = Ingedeeld volgens: { $name }.
