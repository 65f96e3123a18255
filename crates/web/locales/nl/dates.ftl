month-1 = januari
month-2 = februari
month-3 = maart
month-4 = april
month-5 = mei
month-6 = juni
month-7 = juli
month-8 = augustus
month-9 = september
month-10 = oktober
month-11 = november
month-12 = december
month-short-1 = jan
month-short-2 = feb
month-short-3 = mrt
month-short-4 = apr
month-short-5 = mei
month-short-6 = jun
month-short-7 = jul
month-short-8 = aug
month-short-9 = sep
month-short-10 = okt
month-short-11 = nov
month-short-12 = dec
due-late = { $days ->
    [one] 1 dag te laat
   *[other] { $days } dagen te laat
 }
due-today = vandaag
due-in = { $days ->
    [one] morgen
   *[other] over { $days } dagen
 }
ago-now = zojuist
ago-minutes = { $minutes ->
    [one] 1 minuut geleden
   *[other] { $minutes } minuten geleden
 }
ago-hours = { $hours } uur geleden
moment = { $date } om { $hour }.{ $minute } uur
