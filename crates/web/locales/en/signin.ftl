# Signing in by steps, one's own account, and who has which rights.

second-title = Second step: show that it is you
second-code = Code
second-hint = The six digits in your app, or one of your recovery codes.
second-wrong = This code is wrong, or was used before. Wait for a new code in your app and try again.
second-ended = The code was wrong too often, or it took too long. Start again with your user name and password.
second-leave = Stop and sign out

again-title = Show once more that it is you
again-text = This is a sensitive act. Type your password again. What you filled in is kept.
again-failed = That did not work
again-wrong = The password or the code is wrong. Check both and try again.
again-submit = Continue
again-text-done = You were recognised again. Press the button to go on with what you wanted to do.
again-go-on = Go on

account-link = My account
account-title = My account
account-login = User name: { $login }
account-ways = Signing in
account-events = What happened to this account
account-failed = Tries to sign in that failed
account-failed-none = No try failed.

notice-name = About your account
notice-failed = { $count ->
    [one] Someone tried once to sign in with your name, and failed.
   *[other] Someone tried { $count } times to sign in with your name, and failed.
  }
notice-changes = { $count ->
    [one] Something changed in how you sign in.
   *[other] Something changed { $count } times in how you sign in.
  }
notice-odd = You sign in with a device or from a place that this account did not use in the last 90 days.
notice-odd-others = { $count ->
    [one] There was also one sign-in with an unknown device or from an unknown place. Look at My account.
   *[other] There were also { $count } sign-ins with an unknown device or from an unknown place. Look at My account.
  }
notice-since = This is about the time since { $at }.
notice-not-you = Was that not you? Then change your password and tell your administrator.
notice-read = I have read this

password-title = Change password
password-first = Someone else knows this password too. Choose one of your own now; then you can go on.
password-explain = Choose at least { $least } and at most { $most } characters. A sentence that only you would think of is good. Capitals and digits are not needed. Known passwords and names of your organisation are refused. You will be signed out on other devices.
password-current = Current password
password-new = New password
password-again = New password, once more
password-submit = Change password
password-failed = The password was not changed
password-not-twice = The two new passwords are not the same. Type the same one twice.
problem-password-too-long = This password is too long. Choose at most { $most } characters.
problem-password-of-this-place = This password is mostly your name, your organisation or words of this program. Choose something that others cannot guess.
problem-password-known = This password is on a list of known passwords, or is too much like one. Choose four words that do not belong together, for example.
problem-password-current-wrong = The current password is wrong.
problem-password-the-same = This is the password you already have. Choose another.
problem-code-wrong = This code is wrong. Check that the clock of your phone is right and type the newest code.
problem-passkey-not-accepted = This passkey was not accepted. Try again, or use a code.
problem-passkey-too-many = You already have { $most } passkeys. Remove one first.
problem-rights-of-oneself = Someone else decides about your own rights. Ask another administrator.
problem-rights-four-eyes = Someone other than who proposed it has to approve this, and never about themselves.
problem-login-letters = Use lower-case letters, digits, full stops, hyphens and @, at most 100 characters.
problem-role-not-there = This role does not belong to an organisation of this kind. Choose another role or organisation.

factor-title = Add a second step
factor-text = A password alone is not enough. Choose how you will show from now on that it is you.
totp-name = App for codes
totp-why = An app on your phone shows a new code every half minute.
totp-add = Add an app for codes
totp-replace = Other app or phone
totp-remove = Remove the app
totp-there = You have an app for codes.
totp-title = Add an app for codes
totp-step-app = Open the app for codes on your phone.
totp-step-scan = Scan this picture, or type the letters.
totp-picture = QR code for the app
totp-secret = Letters to type:
totp-step-code = Type the code that the app shows. Only then does the app count.
totp-code = Code in the app
totp-submit = Add
totp-failed = The app was not added
passkeys-name = Passkeys
passkey-why = The safest: your phone, computer or key shows that it is you, and never works on a false website.
passkey-add = Add a passkey
passkey-title = Add a passkey
passkey-text = Your device asks for your fingerprint, face or PIN. That stays on the device.
passkey-name = Name of the passkey
passkey-make = Make a passkey
passkey-use = Use a passkey
passkey-made = Added on { $at }.
passkey-used = Used on { $at }.
passkey-rename = Keep the name of { $name }
passkey-remove = Remove { $name }
passkey-failed = That did not work. Try again, or use a code.
passkey-failed-title = The passkey was not added
passkey-needs-script = A passkey only works with JavaScript. Switch it on for this website, or use a code.
passkey-not-here = Passkeys cannot be used at this address: that takes a name, not a number.
codes-name = Recovery codes
codes-title = Your recovery codes
codes-text = Each code works once, when you have lost your phone or passkey. Keep them in a safe place. You see them only once; old codes no longer work.
codes-left = { $count ->
    [one] You have one code left.
   *[other] You have { $count } codes left.
  }
codes-new = Make new recovery codes
codes-print = Print
codes-kept = I have kept them

sessions-title = Where you are signed in
sessions-text = You are signed out after { $idle } minutes without doing anything, and after { $most } hours in any case.
sessions-since = Signed in on
sessions-seen = Last used
sessions-where = Where
sessions-this = This session
sessions-end-title = End
sessions-end = End
sessions-end-others = Sign out everywhere else

users-link = Users
users-title = Users and rights
users-explain = Rights hold only when someone else approves them: another administrator, or a coordinator of that organisation. One person alone can take rights away.
users-new = Propose a new account
users-propose = Propose
users-login = User name
users-login-hint = Lower-case letters, digits, full stops and hyphens.
users-name = Name
users-role = Role
users-org = Organisation
users-sites = LVVs
users-confirmed = Rights confirmed on
users-state = State
users-all = All accounts
users-left = Left
users-overdue = Not confirmed for more than a year.
users-first = First password not changed yet.
users-factors = With a second step.
users-no-factors = Without a second step.
users-events = What happened
users-acts = Do at once
users-sessions = { $count ->
    [one] Signed in once.
   *[other] Signed in { $count } times.
  }
users-confirm = The rights are still needed
users-end-sessions = Sign out everywhere
users-password = Propose a new password (only the password is lost; phone and passkey stay)
users-reset = Propose a new start (phone or passkey lost)
users-leave = No longer works here: end access now
proposals-title = Waiting for approval
proposals-none = Nothing is waiting.
proposals-what = Proposal
proposals-by = By
proposals-decide = Decision
proposals-yes = Approve
proposals-no = Refuse
proposals-other = Someone else decides on this.
proposal-new = New account
proposal-change = Other rights
proposal-password = New password
proposal-reset = New start
first-password-title = First password
first-password-text = Give this password to { $login } in person. It works for { $hours } hours and has to be changed the first time. You see it only once.

event-at = When
event-what = What
event-by = By
event-detail = Details
event-added-by-hand = Account made on the command line
event-rights-proposed = Rights proposed
event-rights-approved = Proposal approved
event-rights-refused = Proposal refused
event-rights-changed = Rights changed
event-rights-confirmed = Rights confirmed
event-left = Access ended
event-signed-in = Signed in
event-signed-in-odd = Signed in from a new device or a new place
event-sign-in-failed = Sign-in failed
event-shown-again = Showed again who you are
way-password = password
way-totp = code of the app
way-passkey = passkey
way-recovery = recovery code
way-code = code
way-oidc = sign-in service
place-unknown = unknown
place-device = device: { $device }
place-network = network: { $network }
place-times = { $count } times
event-sessions-ended = Signed out everywhere by an administrator
event-password-changed = Password changed
event-password-reset = New first password
event-totp-added = App for codes added
event-totp-removed = App for codes removed
event-passkey-added = Passkey added
event-passkey-removed = Passkey removed
event-recovery-made = Recovery codes made
event-recovery-used = Recovery code used
event-identity-linked = Linked to a sign-in service
event-account-forgotten = Data erased: the term has ended
event-wrong-codes = Wrong code too often
event-sign-in-peak = Remarkably many failed tries to sign in

oidc-link = Sign in with { $name }
oidc-failed = Signing in with { $name } did not work. Try again. If it still does not work, ask your administrator whether you have an account.
problem-identity-refused = The sign-in service gave no answer that is right ({ $why }).
problem-required = Fill this in; it may not stay empty.
