# breaking the glass, and the review after it
menu-glass = Emergency access
menu-glass-review = Review emergency access
menu-questions = Questions of the police
glass-title = Emergency access
glass-explain = Is someone in danger and do you need data now of a file that is not yours? Then you can see the most necessary for four hours: who it is, where they sleep, health and safety. The privacy officer is told and always reviews it. The participant can see it too.
glass-new = Take emergency access
glass-number = V-number or case number
glass-number-hint = The whole number. You cannot search by name here.
glass-reason = Why is this needed?
glass-reason-hint = Write what is going on and which danger there is. The privacy officer reads this.
glass-submit = Take emergency access
glass-done = Your request is recorded. Is there a file with this number? Then you can open it below for four hours.
glass-mine = Your emergency access
glass-none = There is nothing.
glass-at = When
glass-by = Who
glass-file = File
glass-review = Review
glass-open = Open (until { $until })
glass-nobody = No file with this number
glass-found = There is a file with this number
glass-closed = The time has passed
glass-waits = Waits for review
glass-reviewed = { $verdict }, { $by }, { $at }
glass-explain-file = You see this through emergency access. To read only, for four hours. It is recorded and will be reviewed.
glass-review-title = Review emergency access
glass-review-explain = Every emergency access must have been reviewed by another person within seven days.
glass-review-waiting = { $count ->
    [0] Waits for review
    [one] Waits for review: one
   *[other] Waits for review: { $count }
 }
glass-review-none = Everything has been reviewed.
glass-review-do = Review
glass-review-done = Reviewed
glass-review-what = What happened
glass-review-submit = Record the review
glass-overdue = late
glass-own = Another person reviews your own emergency access.
glass-verdict = What do you find?
glass-remark = Remark
glass-justified = Justified
glass-unjustified = Not justified
glass-breach = Not justified, and a data breach
problem-glass-reason-short = Write in at least { $least } characters why this is needed.
problem-glass-too-often = You have taken emergency access { $most } times today. Call the privacy officer.
problem-glass-own-review = Another person reviews your own emergency access.
problem-glass-remark-missing = Write a remark.
problem-glass-reviewed-before = This has been reviewed.
problem-number-exact = Write the whole V-number (10 digits) or the whole case number, such as GRO-7K3M-Q2XD.

# a question of the police about one person
questions-title = Questions of the police
questions-explain-asks = You can put a question about one person, with a ground. Two people of the site decide. If you name no law, the participant can see your question.
questions-explain-decides = The police can put a question about one person. Two people with different roles decide. With two times yes the police see for seven days who it is and whether they take part, and nothing else.
questions-new = Put a question
questions-all = Questions
questions-none = There are no questions.
question-title = Question of the police
question-site = Site
question-ground = Ground
question-danger = Someone is in danger
question-missing = Someone is missing
question-investigation = Investigation of an offence
question-order = Order of a prosecutor or judge
question-about = About whom is it?
question-about-hint = One person: name and date of birth, or the V-number.
question-why = What do you want to know, and why is that needed?
question-law = Which law forbids that the participant knows?
question-law-hint = Only fill this in when there is one. Otherwise the participant can see the question.
question-submit = Put the question
question-at = Asked
question-by = By
question-stage = State
question-asked = Waits for a decision
question-once = Once yes; a second has to decide
question-answered = Answered, to be read until { $until }
question-over = Answered; the time has passed
question-refused = No answer
question-read = Read the answer
question-look = Look
question-secret = The participant may not know: { $law }
question-open = The participant can see this question.
question-decide = Decide
question-agree-explain = Look yourself whether there is a file. Then name the case number. Is there no file, or no good reason? Then choose 'No answer': the police do not see why.
question-agree = Yes, give the answer
question-refuse = No answer
question-case = Case number
question-answer-explain = The answer to your question. To read only. It is recorded.
problem-question-about-short = Write about whom it is.
problem-question-why-short = Write in at least { $least } characters what you want to know and why.
problem-question-law-missing = Name the law and the article.
problem-question-too-many = { $most } of your questions are waiting. First wait for a decision.
problem-question-second-other = The second is another person, with another role.
problem-question-case-wrong = This is no case number of this site.
problem-question-decided-or-other-case = It has been decided, or the first named another case number.
problem-question-decided = This has been decided.

# what is seen through emergency access or a question
exception-what = What you may see
exception-case = Case number
exception-phase = Phase, since
exception-status = Participation, since
exception-stay = Stay
exception-obstacle = Obstacle
exception-pause = Pause

# what someone works for
purpose-now = Purpose: { $purpose }
purpose-title = What are you working for now?
purpose-explain = You only see what this purpose needs. The purpose stands in the log of everything you look at.
purpose-choose = Choose
purpose-change = Another purpose
