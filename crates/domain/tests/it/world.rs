//! A trajectory in Groningen, and the steps that make it.

use domain::{
    codes::{Answer, Purpose, Status},
    conference::{Commitment, Decided, Present},
    cooperation::{CooperationAssessed, CooperationReviewed, Hearing, Judged},
    dossier::{DossierCompleted, DossierDelivered, DossierIncomplete, DossierRequested},
    fact::{Body, Codes, Fact},
    ids::{Code, CommandId, FactId, OrgId, ParticipantId, Stream, TrajectoryId, UserId},
    intake::IntakeHeld,
    outflow::Left,
    programme::{List, Method, Programme},
    refusal::Refusal,
    registration::Registered,
    screening::{Mandate, Screened},
    trajectory::{Context, Draft, Recorded, Trajectory, decide},
};
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

pub(crate) fn programme(folder: &str) -> Programme {
    let dir = format!("{}/../../programmes/{folder}", env!("CARGO_MANIFEST_DIR"));
    let paths = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &std::path::Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let files: Vec<_> = paths.map(|path| (name(&path), std::fs::read_to_string(&path).unwrap())).collect();
    Programme::parse(&files.into_iter().filter(|(name, _)| name != "published.toml").collect::<Vec<_>>()).unwrap()
}

/// A history that grows.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) programme: Programme,
    pub(crate) method: Method,
    pub(crate) history: Vec<Recorded>,
    pub(crate) today: Date,
    /// Who records.
    pub(crate) actor: u128,
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}
pub(crate) fn code(text: &str) -> Code {
    text.parse().unwrap()
}

impl World {
    pub(crate) fn at(folder: &str, site: &str) -> Self {
        let programme = programme(folder);
        let today = day("2022-07-01");
        let method = programme.method_on(&site.parse().unwrap(), today).unwrap().clone();
        Self { programme, method, history: vec![], today, actor: 3 }
    }

    pub(crate) fn groningen() -> Self {
        Self::at("lvv-2018", "groningen")
    }

    fn context(&self, ids: Vec<FactId>) -> Context {
        let id = |n| Uuid::from_u128(n);
        Context {
            stream: Stream::Trajectory(TrajectoryId(id(1))),
            subject: ParticipantId(id(2)),
            site: self.method.site.clone(),
            method: self.method.id.clone(),
            actor: UserId(id(self.actor)),
            org: "ind".parse().unwrap(),
            command: CommandId(id(4)),
            recorded_at: Timestamp::UNIX_EPOCH,
            today: self.today,
            ids,
        }
    }

    /// Tries a step with an id of its own.
    pub(crate) fn try_as(&self, id: u128, draft: Draft) -> Result<(Fact, Trajectory), Refusal> {
        let context = self.context(vec![FactId(Uuid::from_u128(id))]);
        let (facts, state) = decide(&self.history, vec![draft], &context, &self.method, &self.programme)?;
        assert_eq!(facts[0].header.purpose, facts[0].header.kind.purpose());
        assert_ne!(facts[0].header.purpose, Purpose::Administration);
        Ok((facts[0].clone(), state))
    }

    pub(crate) fn attempt(&mut self, draft: Draft) -> Result<Trajectory, Refusal> {
        let (fact, state) = self.try_as(100 + self.history.len() as u128, draft)?;
        self.add(fact);
        Ok(state)
    }

    pub(crate) fn add(&mut self, fact: Fact) {
        let number = u32::try_from(self.history.len() + 1).unwrap();
        self.history.push(Recorded { number, fact });
    }

    pub(crate) fn does(&mut self, draft: Draft) -> Trajectory {
        self.attempt(draft).unwrap()
    }

    pub(crate) fn state(&self) -> Trajectory {
        domain::trajectory::replay(&self.history, &self.method).unwrap()
    }

    pub(crate) fn last(&self) -> FactId {
        self.history.last().unwrap().fact.header.id
    }

    fn first(&self, list: List) -> Code {
        self.programme.list(list).0[0].code.clone()
    }

    pub(crate) fn registered(&self, on: &str) -> Draft {
        Draft::new(Registered { circumstances: "kwam zelf".into(), informed_in: None }, day(on))
    }

    pub(crate) fn mandate(&self, on: &str) -> Mandate {
        Mandate {
            by: "Proef Beslisser".into(),
            on_behalf_of: self.first(List::OnBehalfOf),
            form: self.first(List::Forms),
            form_date: day(on),
        }
    }

    /// A decision of the partners that admits.
    pub(crate) fn admitted(&self, on: &str) -> Draft {
        let mut draft = self.decided(on);
        draft.codes.status = Some(Status::Admitted);
        if let Body::Decided(body) = &mut draft.body {
            body.mandate = Some(self.mandate(on));
        }
        draft
    }

    pub(crate) fn screened(&self, on: &str, status: Status) -> Draft {
        let refused = status == Status::Refused;
        let grounds = if refused { &self.method.refusal_grounds } else { &self.method.grounds };
        let mandate = self.mandate(on);
        let remedy = refused.then(|| code("objection"));
        let body =
            Screened { ground: grounds.first().cloned(), exception_by: None, reason: "grond".into(), mandate, remedy };
        Draft::new(body, day(on)).codes(Codes { status: Some(status), ..Codes::default() })
    }

    pub(crate) fn intake(&self, on: &str) -> Draft {
        let languages = vec![self.first(List::Languages)];
        Draft::new(IntakeHeld { languages, interpreter: None, needs: vec![], summary: String::new() }, day(on))
    }

    pub(crate) fn decided(&self, on: &str) -> Draft {
        let lead = self.programme.site(&self.method.site).unwrap().lead.clone();
        let present = vec![Present { org: lead, name: "Proef".into() }];
        let perspective = self.first(List::Perspectives);
        let nothing = |org: &OrgId| Commitment { org: org.clone(), text: String::new(), due: None, nothing: true };
        let partners = &self.programme.site(&self.method.site).unwrap().partners;
        let commitments = partners.iter().map(nothing).collect();
        let body = Decided {
            perspective,
            reason: "samen besloten".into(),
            present,
            commitments,
            mandate: None,
            sitting: None,
            options: vec![],
            dissent: vec![],
            exception_by: None,
        };
        Draft::new(body, day(on)).codes(Codes { scenario: Some(code("under-investigation")), ..Codes::default() })
    }

    pub(crate) fn left(&self, on: &str) -> Draft {
        let evidence = self.first(List::Evidence);
        Draft::new(Left { destination: None, evidence, note: String::new() }, day(on))
            .codes(Codes { outflow_reason: Some(code("permit")), ..Codes::default() })
    }

    /// Up to an intake on 10 January 2022.
    pub(crate) fn with_intake() -> Self {
        let mut world = Self::groningen();
        let steps = [
            world.registered("2022-01-03"),
            world.screened("2022-01-04", Status::Admitted),
            world.intake("2022-01-10"),
        ];
        steps.into_iter().for_each(|step| drop(world.does(step)));
        world
    }

    /// Guidance since 2 May 2022.
    pub(crate) fn guided() -> Self {
        let mut world = Self::with_deliveries();
        world.does(complete("ind", "2022-04-02"));
        world.does(complete("dtv", "2022-04-02"));
        world.does(world.decided("2022-05-02"));
        world
    }

    /// What one assessor finds by the rubric; a no on the first criterion when not.
    pub(crate) fn assessed(&self, on: &str, cooperates: bool, about: Option<FactId>) -> Draft {
        let criteria = self.method.criteria.iter().enumerate().map(|(place, criterion)| {
            let no = place == 0 && !cooperates;
            let answer = if no { Answer::No } else { Answer::Yes };
            Judged { criterion: criterion.clone(), answer, text: if no { "kwam niet".into() } else { String::new() } }
        });
        let reason = "zo gezien".into();
        let body = CooperationAssessed { criteria: criteria.collect(), cooperates, reason, evidence: vec![] };
        Draft::new(body, day(on)).codes(Codes { about, ..Codes::default() })
    }

    pub(crate) fn hearing(&self, on: &str) -> Hearing {
        Hearing { on: day(on), language: self.first(List::Languages), interpreter: None, said: "was ziek".into() }
    }

    /// The review that concludes a round.
    pub(crate) fn reviewed(&self, on: &str, cooperates: bool) -> Draft {
        let body = CooperationReviewed {
            reason: "besproken".into(),
            assessors: vec![],
            consequence: self.first(List::Consequences),
            heard: Some(self.hearing(on)),
            not_heard: None,
            settled: None,
        };
        Draft::new(body, day(on)).codes(Codes { cooperates: Some(cooperates), ..Codes::default() })
    }

    /// A whole review on one day: two people assess, and the first concludes.
    pub(crate) fn reviews(&mut self, on: &str, cooperates: bool) -> Trajectory {
        self.actor = 3;
        self.does(self.assessed(on, cooperates, None));
        let first = self.last();
        self.actor = 4;
        self.does(self.assessed(on, cooperates, Some(first)));
        self.actor = 3;
        self.does(self.reviewed(on, cooperates))
    }

    /// Up to two deliveries, the last on 1 April 2022.
    pub(crate) fn with_deliveries() -> Self {
        let mut world = Self::with_intake();
        for (partner, on) in [("ind", "2022-03-01"), ("dtv", "2022-04-01")] {
            world.does(asked(partner, "2022-01-11"));
            world.does(delivered(partner, on));
        }
        world
    }
}

fn of(partner: &str, body: impl Into<Body>, on: &str) -> Draft {
    Draft::new(body, day(on)).codes(Codes { partner: partner.parse().ok(), ..Codes::default() })
}

pub(crate) fn asked(partner: &str, on: &str) -> Draft {
    of(partner, DossierRequested { items: vec![], note: String::new() }, on)
}
pub(crate) fn delivered(partner: &str, on: &str) -> Draft {
    of(partner, DossierDelivered { items: vec![], note: String::new() }, on)
}
pub(crate) fn complete(partner: &str, on: &str) -> Draft {
    of(partner, DossierCompleted { note: "alles is er".into() }, on)
}
pub(crate) fn lacking(world: &World, partner: &str, on: &str) -> Draft {
    of(partner, DossierIncomplete { missing: vec![world.first(List::DossierItems)], note: String::new() }, on)
}
