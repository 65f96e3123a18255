# Destruction after retention
destruction-title = Destroy
destruction-summary = { $count ->
    [one] The retention of 1 record has ended.
   *[other] The retention of { $count } records has ended; { $shown } are shown.
}
destruction-explain = The longest term counts. With each record you see why it was kept. You propose to destroy it. Another administrator has to approve. After that nobody can read the data. The figures stay the same.
destruction-due = Retention has ended
destruction-choose = Which records do you want to have destroyed?
destruction-ended = ended on
destruction-ground = { $ground }: keep up to { $until }
destruction-propose = Propose destruction
destruction-not-done = This was not done
destruction-held = Stopped
destruction-hold = Stop destruction
destruction-lift = Stop no longer
destruction-case = Case number
destruction-hold-reason = Why may this record not go yet?
destruction-proposals = Proposals and certificates
destruction-no-proposals = There are no proposals yet.
destruction-one = Proposal to destroy
destruction-certificate = Certificate of destruction
destruction-who = Who
destruction-proposed-by = Proposed by
destruction-decided-by = Decided by
destruction-signed = { $name }, { $at }
destruction-cases = Case numbers
destruction-by-another = You proposed this yourself. Another administrator has to approve it.
destruction-approve-explain = Once approved, the data of these records are gone at once. Nobody can undo that.
destruction-approve = Approve and destroy
destruction-withdraw = Withdraw the proposal
destruction-what = What
destruction-people = { $count ->
    [one] Of 1 person the keys, the encrypted data and the search tokens were destroyed.
   *[other] Of { $count } people the keys, the encrypted data and the search tokens were destroyed.
}
destruction-on = Destroyed on
destruction-final-on = Final on
destruction-final-explain = A backup of the keys is kept for 30 days at most. After that day no key exists anywhere.
destruction-json = The certificate as a file (JSON)
destruction-list = What was destroyed
destruction-hashes = { $count } encrypted values, each with its hash (SHA-256). It says nothing about whose it was.
destruction-back = Back to Destroy
destruction-state-proposed = Proposed
destruction-state-withdrawn = Withdrawn
destruction-state-approved = Approved, being carried out
destruction-state-done = Destroyed
hold-appeal = Objection or appeal
hold-complaint = Complaint
hold-incident = Incident
hold-information-request = Request for public access
hold-privacy-request = Request of the participant about their data
hold-research-by-court = Investigation in a court case
problem-destruction-none-chosen = Choose one or more records, at most { $most } at a time.
problem-destruction-not-due = Record { $case } may not be destroyed: its retention has not ended, or there is a proposal already. Choose another one.
problem-destruction-held = Record { $case } is stopped. Lift that first.
problem-destruction-same-person = You proposed this yourself. Ask another administrator to approve it.
problem-destruction-decided = This proposal has been decided on. See it in the list.
problem-destruction-hold-unknown = This reason is not known. Choose one of the list.
problem-destruction-no-case = There is no record with case number { $case } here. Check the number.
