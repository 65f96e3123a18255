menu-read-log = Read log
review-title = Review of the read log
review-summary = { $open } to review, { $overdue } of them overdue.
review-open = To review
review-empty = There is nothing to review.
review-limits = When does a reading stand out?
review-limits-change = The administrator changes these limits with the command "bestendig review-threshold".
review-limit-many-readers = { $count } or more colleagues read about the same person on one day.
review-limit-many-people = One colleague reads about { $count } or more people within an hour.
review-limit-many-refusals = One account is refused { $count } times or more on one day.
review-limit-night = Someone reads at night: between { $from }.00 and { $to }.00.
review-limit-outside = Someone reads about a case that they are not involved in, or with emergency access.
review-limit-sample = Besides, { $count } readings are chosen at random every day.
review-limit-days = Review within { $count } days. After that it says: overdue.
review-why-break-glass = Emergency access
review-why-outside = Outside their own involvement
review-why-many-readers = One person, read by many
review-why-many-people = Many people read in one hour
review-why-many-refusals = Refused often
review-why-night = Read at night
review-why-sample = Random sample
review-amount-break-glass = { $count ->
    [one] 1 person
   *[other] { $count } people
 }
review-amount-outside = { $count ->
    [one] 1 reading
   *[other] { $count } readings
 }
review-amount-many-readers = { $count } colleagues
review-amount-many-people = { $count } people
review-amount-many-refusals = refused { $count } times
review-amount-night = { $count ->
    [one] 1 reading
   *[other] { $count } readings
 }
review-amount-sample = { $count ->
    [one] 1 person
   *[other] { $count } people
 }
review-readers = Who read
review-count = How many
review-what = What and why
review-refused-hidden = { $page }: does not exist or not allowed ({ $count } times)
review-refused-denied = { $page }: not allowed in this role ({ $count } times)
review-refused-own-work = { $page }: someone else has to do this ({ $count } times)
review-refused-token = { $page }: form of another session ({ $count } times)
review-refused-form = { $page }: no form of this system ({ $count } times)
review-cases = Case numbers
review-more = { "" } and { $count } more
review-lines = Lines of the log
review-due = Review before { $date }
review-overdue = Overdue
review-yours = This is your own reading. Someone else reviews it.
review-remark = Your remark
review-remark-hint = What did you check, and what did you find?
review-sign = Sign off
review-not-done = Not signed off
review-done = Signed off
review-none-done = Nothing has been signed off yet.
review-done-by = { $by }, { $at }
review-gone = someone who no longer works here
review-alarm = Alarm: { $count } checkpoints that were handed in do not fit the history. Ask the administrator to run "bestendig verify".
activity-today = Today
activity-worklist = Worklist
activity-search = Search
activity-registration = Registration
activity-file = File
activity-document = Opening a document
activity-timeline = Timeline
activity-person = Person
activity-form = Form
activity-conference = Conference
activity-question = Question about one person
activity-break-glass = Emergency access
activity-extract = Extract
activity-who-read = Who read my file
activity-letter = Letter
activity-export = Export
activity-figures = Figures
activity-administration = Administration
activity-refusal = Refused
checkpoints-title = Checkpoints
checkpoints-explain = A checkpoint records what the history was at that moment. Who keeps one can see later whether something was changed.
checkpoints-newest = Newest checkpoints
checkpoints-keep = Keep these outside this system, for instance every week. There is no personal data in them.
checkpoints-none = There is no checkpoint yet. It is made within a minute after the first change.
checkpoints-size = { $what }: { $size }
checkpoints-of-facts = facts
checkpoints-of-reads = lines of the read log
checkpoints-download = Save as a file
checkpoints-key = Public key
checkpoints-hand-in-title = Hand in a checkpoint that you kept
checkpoints-hand-in-explain = Hand in a checkpoint that your organisation kept. You see at once whether the history still begins with it. That you did so stays visible for all partners.
checkpoints-hand-in = Check
checkpoints-hand-in-field = Text of the checkpoint
checkpoints-hand-in-hint = Paste the whole text, from the name to the signature.
checkpoints-witnesses = Witnesses
checkpoints-handed-in = Handed in
checkpoints-never = never yet
checkpoints-fit = Fits
checkpoints-misfit = Does not fit
checkpoints-alarm = Alarm: history was changed
checkpoints-fits = The history still begins with these { $size } { $what }.
checkpoints-behind = The checkpoint has { $size } { $what }, here there are { $now }. Something was removed.
checkpoints-rewritten = The first { $size } { $what } are no longer what they were. Something was changed.
problem-checkpoint-unreadable = This is no checkpoint. It has a name, a number and a code, then an empty line and a signature. Paste the whole text.
problem-checkpoint-signature = The signature is wrong: this checkpoint was not made by this system, or its text was changed.
problem-checkpoint-elsewhere = This is a checkpoint of another system: { $origin }.
problem-review-remark = Write down what you checked.
problem-review-own = This is your own reading. Someone else has to review it.
problem-review-done = A colleague signed this off already.
who-read-link = Who read this file
who-read-languages = Language of this page
who-read-back = Back to the person
