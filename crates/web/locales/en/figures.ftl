counted-entered = Admitted, sheltered without LVV status, or on a living allowance only.
counted-admitted-only = Only who was admitted.
figures-reasons = Left with: { $reasons }.
figures-scenario = With the scenario: { $scenario }.
figures-classified = Classed by: { $name }.
