month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
month-short-1 = Jan
month-short-2 = Feb
month-short-3 = Mar
month-short-4 = Apr
month-short-5 = May
month-short-6 = Jun
month-short-7 = Jul
month-short-8 = Aug
month-short-9 = Sep
month-short-10 = Oct
month-short-11 = Nov
month-short-12 = Dec
due-late = { $days ->
    [one] 1 day late
   *[other] { $days } days late
 }
due-today = today
due-in = { $days ->
    [one] tomorrow
   *[other] in { $days } days
 }
ago-now = just now
ago-minutes = { $minutes ->
    [one] 1 minute ago
   *[other] { $minutes } minutes ago
 }
ago-hours = { $hours ->
    [one] 1 hour ago
   *[other] { $hours } hours ago
 }
moment = { $date } at { $hour }:{ $minute }
