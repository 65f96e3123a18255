//! The read log: who read what about whom, and why. A line is durable before the answer leaves; without it there is none.
//!
//! It holds ids, no names. The employee stands in the line itself (the audit part); what is exported for *Logboek
//! Dataverwerkingen* leaves them out, and the ids of the trace join the two.

use access::{Hex, Principal, Relation, Source, Standing, Trace};
use domain::{
    codes::{Category, Purpose, Role},
    ids::{OrgId, ParticipantId, UserId},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Desk, Failure, ListItem, load, refused::Attempt};

macro_rules! activities {
    ($($(#[$doc:meta])* $variant:ident = $code:literal,)+) => {
        /// What the program does with personal data: the register of processing activities.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Activity { $($(#[$doc])* #[serde(rename = $code)] $variant,)+ }

        impl Activity {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// The code in the log and in text keys.
            pub const fn code(self) -> &'static str { match self { $(Self::$variant => $code,)+ } }
            /// The name in the register of processing activities of whoever runs the program.
            pub const fn uri(self) -> &'static str {
                match self { $(Self::$variant => concat!("urn:bestendig:processing-activity:", $code),)+ }
            }
        }
    };
}

activities! {
    /// The page *Vandaag*.
    Today = "today",
    /// The worklist.
    Worklist = "worklist",
    /// Searching for a person.
    Search = "search",
    /// Registering a person.
    Registration = "registration",
    /// A file.
    File = "file",
    /// A document of the dossier.
    Document = "document",
    /// The history of a file.
    Timeline = "timeline",
    /// The page of a person.
    Person = "person",
    /// A form that shows what was recorded before.
    Form = "form",
    /// An agenda or minutes of a conference.
    Conference = "conference",
    /// A named question about one person.
    Question = "question",
    /// Access in an emergency.
    BreakGlass = "break-glass",
    /// What a participant gets of their own data.
    Extract = "extract",
    /// Who read the data of a participant.
    WhoRead = "who-read",
    /// A letter or another paper.
    Letter = "letter",
    /// An export of personal data.
    Export = "export",
    /// Releasing figures.
    Figures = "figures",
    /// Running the system.
    Administration = "administration",
    /// Something that was refused: nothing was read.
    Refusal = "refusal",
}

/// What is about to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// By which page or command.
    pub activity: Activity,
    /// Why.
    pub purpose: Purpose,
    /// Which categories of information are in the answer.
    pub categories: Vec<Category>,
    /// Everyone whose data is in it.
    pub subjects: Vec<ParticipantId>,
    /// How the reader stands to them; of several, the weakest.
    pub relation: Relation,
}

/// A line of the log, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadLine {
    /// Microseconds since 1970, by the real clock.
    pub at: i64,
    /// Who.
    pub user: UserId,
    /// In which role.
    pub role: Role,
    /// For which organisation.
    pub org: OrgId,
    /// In which session.
    pub session: Option<Hex<8>>,
    /// By which page or command.
    pub activity: Activity,
    /// Why.
    pub purpose: Purpose,
    /// Which categories.
    pub categories: Vec<Category>,
    /// How the reader stood to them.
    pub relation: Relation,
    /// From what kind of place.
    pub source: Source,
    /// The policy that allowed it: the beginning of its hash.
    pub policy: String,
    /// The trace.
    pub trace: Hex<16>,
    /// The request.
    pub span: Hex<8>,
    /// What caused it, elsewhere.
    pub parent: Option<Hex<8>>,
    /// How it ended: `ok`, written before the answer, or `refused`.
    pub outcome: String,
    /// Everyone whose data was in the answer; nobody in one that was refused.
    pub subjects: Vec<ParticipantId>,
    /// What was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Attempt>,
}

impl ReadLine {
    /// From the text that is kept.
    pub(crate) fn parse(line: &journal::read_log::Line) -> Result<Self, Failure> {
        serde_json::from_str(&line.body)
            .map_err(|_| Failure::Unreadable(format!("line {} of the read log; run `verify`", line.number)))
    }

    /// When.
    pub fn time(&self) -> Timestamp {
        Timestamp::from_microsecond(self.at).unwrap_or_default()
    }
}

impl Reading {
    /// Of a list: everyone on it, on one line.
    pub(crate) fn of_list<'i>(
        who: &Principal,
        activity: Activity,
        items: impl IntoIterator<Item = &'i ListItem>,
    ) -> Self {
        let (mut categories, mut subjects, mut relation) = (vec![Category::Process], vec![], Relation::Involved);
        for item in items {
            subjects.push(item.row.participant);
            relation = relation.max(item.row.case.0);
            if !item.card.name.is_empty() && !categories.contains(&Category::Identity) {
                categories.push(Category::Identity);
            }
        }
        Self { activity, purpose: who.purpose, categories, subjects, relation }
    }
}

fn policy() -> String {
    journal::hex(&access::policy_hash()[..8])
}

impl Desk {
    /// A trace for a request that comes with this `traceparent`.
    pub fn trace(&self, header: Option<&str>, source: Source) -> Trace {
        let mut fresh = [0; 24];
        self.inner.entropy.fill(&mut fresh);
        Trace::begin(header, fresh, source)
    }

    /// Writes a reading in the next group commit; durable when this returns. Call it before the answer leaves: when it
    /// fails, nothing may be shown. A page about nobody is not logged.
    ///
    /// # Errors
    /// When the line cannot be kept.
    pub async fn log_read(&self, who: &Principal, what: Reading) -> Result<(), Failure> {
        if what.subjects.is_empty() {
            return Ok(());
        }
        let Reading { activity, purpose, mut categories, mut subjects, relation } = what;
        categories.sort_unstable();
        categories.dedup();
        subjects.sort_unstable();
        subjects.dedup();
        let line = ReadLine { categories, subjects, ..self.line_of(who, activity, purpose, relation) };
        let at = line.time();
        let body = String::from_utf8_lossy(&load::write(&line)?).into_owned();
        self.inner.store.write(move |tx| Ok::<_, Failure>(journal::read_log::append(tx, at, &body)?)).await?;
        Ok(())
    }

    /// A line of someone, now, about nobody.
    pub(crate) fn line_of(
        &self,
        who: &Principal,
        activity: Activity,
        purpose: Purpose,
        relation: Relation,
    ) -> ReadLine {
        let trace = who.trace;
        ReadLine {
            at: self.inner.clock.real().as_microsecond(),
            user: who.user,
            role: who.role,
            org: who.org.clone(),
            session: trace.session,
            activity,
            purpose,
            categories: vec![],
            relation,
            source: trace.source,
            policy: policy(),
            trace: trace.trace,
            span: trace.span,
            parent: trace.parent,
            outcome: "ok".to_owned(),
            subjects: vec![],
            refused: None,
        }
    }

    /// Logs a reading of one person's data, as far as their case may be seen.
    pub(crate) async fn log_standing(
        &self,
        who: &Principal,
        activity: Activity,
        purpose: Purpose,
        standing: &Standing,
        subjects: Vec<ParticipantId>,
    ) -> Result<(), Failure> {
        let (categories, relation) = (standing.any().iter().collect(), standing.relation());
        self.log_read(who, Reading { activity, purpose, categories, subjects, relation }).await
    }

    /// Lines after a number, in order, with their numbers: for exports.
    ///
    /// # Errors
    /// When the store cannot be read, or a line not.
    pub fn reads_after(&self, number: u64, most: u32) -> Result<Vec<(u64, ReadLine)>, Failure> {
        self.inner.store.read_blocking(move |tx| {
            let mut number = number;
            loop {
                let lines = journal::read_log::after(tx, number, most)?;
                let Some(last) = lines.last() else { return Ok(vec![]) };
                number = last.number;
                let readings = lines.iter().filter(|line| line.is_reading());
                let readings = readings.map(|line| Ok((line.number, ReadLine::parse(line)?)));
                let readings = readings.collect::<Result<Vec<_>, Failure>>()?;
                // nothing is left of these: what follows may be
                if !readings.is_empty() {
                    return Ok(readings);
                }
            }
        })
    }

    /// How many lines there are.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn reads_in_all(&self) -> Result<u64, Failure> {
        Ok(self.inner.store.read_blocking(|tx| journal::tree::now(tx, journal::tree::Tree::Reads))?.size())
    }

    /// The id of a person outside this store: the same everywhere in one programme, and not to be turned back without its
    /// key.
    pub fn outside_id(&self, who: ParticipantId) -> String {
        Hex(self.inner.keys.token(&format!("data subject outside: {who}"))).to_string()
    }
}
