//! What participants asked about their data and still wait for: the list of who answers them.

use std::sync::Arc;

use access::{Principal, Reach};
use domain::{
    codes::Purpose,
    fact::Kind,
    ids::{ParticipantId, TrajectoryId},
    rights::Request,
    term::Term,
};

use crate::{Desk, Failure};

/// A request that waits for an answer. No name: the list is by case number.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenRequest {
    /// Whose.
    pub participant: ParticipantId,
    /// Their latest case at the asker's sites.
    pub trajectory: TrajectoryId,
    /// Its number.
    pub case_number: String,
    /// Where.
    pub site: String,
    /// The request.
    pub request: Request,
    /// By when it has to be answered.
    pub term: Term,
    /// Whether that day has passed.
    pub overdue: bool,
}

impl Desk {
    /// The requests that wait at the asker's sites, soonest first; each once.
    ///
    /// # Errors
    /// [`Failure::Denied`] for who does not answer participants.
    pub async fn open_requests(&self, who: &Principal) -> Result<Vec<OpenRequest>, Failure> {
        let scope = access::scope_for(who, Reach::Log, Purpose::Rights)?;
        let (inner, today) = (Arc::clone(&self.inner), self.inner.clock.today());
        self.inner
            .store
            .read(move |tx| {
                let mut out: Vec<OpenRequest> = Vec::new();
                for row in views::rights::open(tx, &scope, today)? {
                    if !scope.standing([row.case]).may_record(Kind::RightsAnswered) {
                        continue;
                    }
                    // several cases of one person: the latest comes last
                    out.retain(|one| one.request.fact != row.request);
                    let Some(person) = inner.person(tx, row.participant)? else { continue };
                    let found = person.rights.requests.into_iter().find(|request| request.fact == row.request);
                    let Some(request) = found else { continue };
                    let term = request.term();
                    out.push(OpenRequest {
                        participant: row.participant,
                        trajectory: row.trajectory,
                        case_number: row.case_number,
                        site: row.site,
                        overdue: term.end < today,
                        request,
                        term,
                    });
                }
                Ok(out)
            })
            .await
    }
}
