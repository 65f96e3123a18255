form-errors-title = { $count ->
    [one] Correct 1 mistake
   *[other] Correct { $count } mistakes
 }
form-optional = (optional)
form-choose = Make a choice
form-day = Day
form-month = Month
form-year = Year
form-partial-hint = Leave empty what you do not know: first the day, then the month.
form-row = { $label } { $number }
form-save = Save
form-cancel = Cancel
form-missing-text = Fill this in: { $label }.
form-missing-choice = Make a choice for: { $label }.
form-missing-date = Enter a date for: { $label }.
form-too-long = This text has { $length } characters. Use at most { $most }.
form-line-break = This field has one line. Remove the line breaks.
form-not-a-choice = This choice is not in the list. Choose a value from the list.
form-invalid = This value does not fit: { $label }. Fill it in again.
form-more = Add another: { $label }
form-other-session = This form is from an earlier session and has not been saved yet. Check what you entered and send it again.
search-year-wrong = This year of birth is not right. Enter four digits, or leave it empty.
search-not-done = Nothing was searched
