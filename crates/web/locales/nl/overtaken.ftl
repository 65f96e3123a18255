# Anderen wijzigden dit telkens op hetzelfde moment
error-overtaken = Er is niets opgeslagen: collega's wijzigden dit op hetzelfde moment. Uw invoer staat er nog. Verstuur het formulier opnieuw.
