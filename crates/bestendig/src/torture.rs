//! Commands without end, for the crash test: each is printed only after it was acknowledged.

use std::io::Write as _;

use access::Principal;
use anyhow::{Context as _, Result};
use desk::{Order, Target};
use domain::{
    codes::{OrgKind, Role, Sex},
    fact::Codes,
    ids::CommandId,
    participant::{IdentityRecorded, Name},
    programme::List,
    registration::Registered,
    trajectory::Draft,
};
use journal::{Entropy as _, SystemEntropy};

use crate::{
    args::Place,
    place::{Time, open},
};

/// Registers invented people until it is killed; prints the id of each acknowledged command.
pub(crate) fn run(place: &Place) -> Result<()> {
    let opened = open(place, &Time::Demo(None))?;
    let site = opened.desk.programme().sites.first().context("a site")?.clone();
    let (name, role) = ("Proef Persoon".to_owned(), Role::Coordinator);
    let user = domain::ids::UserId(SystemEntropy.id());
    let who = Principal { user, name, role, org: site.lead.clone(), org_kind: OrgKind::Municipality, sites: vec![site.id.clone()] };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let first = |list| opened.desk.programme().list(list).0.first().map(|entry| entry.code.clone()).context("a code");
    runtime.block_on(async {
        for number in 0_u64.. {
            let command = CommandId(SystemEntropy.id());
            let (desk, who, site) = (opened.desk.clone(), who.clone(), site.id.clone());
            let today = desk.clock().today();
            let name = Name { text: format!("Verzonnen Naam {number}"), kind: first(List::NameKinds)? };
            let missing = Some(first(List::VNumberMissing)?);
            let identity = IdentityRecorded { names: vec![name], birth: None, v_number: None, v_number_missing: missing, nationalities: vec![] };
            let identity = Draft::new(identity, today).codes(Codes { sex: Some(Sex::Unknown), ..Codes::default() });
            let registered = Registered { circumstances: "verzonnen".to_owned(), informed_in: None };
            let target = Target::New { site, known: None, identity: Some(Box::new(identity)) };
            let order = Order { command, expected: None, target, drafts: vec![Draft::new(registered, today)] };
            let done = desk.execute(&who, order).await?;
            println!("{command} {}", done.participant);
            std::io::stdout().flush()?;
        }
        Ok(())
    })
}
