//! Whether the facts of a file make sense together, before any of them is taken in.

use std::collections::{BTreeMap, HashSet};

use domain::{
    fact::{Body, Fact},
    ids::{FactId, OrgId, ParticipantId, SittingId, Stream, TrajectoryId},
    participant::{self, PersonLinked, PersonUnlinked},
    programme::Programme,
    refusal::Refusal,
    sitting::{Act, Line, Sitting},
    trajectory::{self, Recorded},
};

/// A fact that does not fit.
pub(super) struct Wrong {
    pub(super) fact: FactId,
    pub(super) what: String,
}

/// Every fact belongs to the programme, and every history makes sense by itself.
pub(super) fn makes_sense(programme: &Programme, facts: &[Fact]) -> Result<(), Wrong> {
    let mut streams: BTreeMap<Stream, Vec<usize>> = BTreeMap::new();
    for (at, fact) in facts.iter().enumerate() {
        belongs(programme, fact).map_err(|what| Wrong { fact: fact.header.id, what })?;
        streams.entry(fact.header.stream).or_default().push(at);
    }
    let people: HashSet<ParticipantId> = streams
        .keys()
        .filter_map(|stream| match stream {
            Stream::Participant(id) => Some(*id),
            Stream::Trajectory(_) => None,
        })
        .collect();
    // in the order of the file: what is said is about its first line that is wrong
    let mut streams: Vec<_> = streams.into_iter().collect();
    streams.sort_by_key(|(_, places)| places.first().copied());
    for (stream, places) in &streams {
        // one history at a time: a second copy of everything would not fit everywhere
        let history: Vec<Recorded> =
            (1..).zip(places).map(|(number, at)| Recorded { number, fact: facts[*at].clone() }).collect();
        one_history(programme, *stream, &history, &people)?;
    }
    Ok(())
}

fn belongs(programme: &Programme, fact: &Fact) -> Result<(), String> {
    let header = &fact.header;
    let unknown = |what: &str, code: &str| Err(format!("the programme has no {what} {code}"));
    if programme.method(&header.method).is_none() {
        return unknown("method", header.method.as_str());
    }
    if programme.site(&header.site).is_none() {
        return unknown("site", header.site.as_str());
    }
    if let Some(org) = [&header.org, &header.source].into_iter().find(|org| programme.org(org).is_none()) {
        return unknown("organisation", org.as_str());
    }
    if fact.body.is_none() && fact.why.is_some() {
        return Err("a reason without a body; of a forgotten person neither is left".to_owned());
    }
    if header.recorded_at.subsec_nanosecond() % 1000 != 0 {
        return Err("recorded_at is finer than a microsecond; times are kept to the microsecond".to_owned());
    }
    Ok(())
}

fn one_history(
    programme: &Programme,
    stream: Stream,
    history: &[Recorded],
    people: &HashSet<ParticipantId>,
) -> Result<(), Wrong> {
    let Some(first) = history.first().map(|recorded| &recorded.fact.header) else { return Ok(()) };
    if let Some(other) = history.iter().find(|recorded| recorded.fact.header.subject != first.subject) {
        let what = "this history has facts about two people; each history is about one".to_owned();
        return Err(Wrong { fact: other.fact.header.id, what });
    }
    // every line by the rules for what is recorded here, with what stands before it
    for (at, recorded) in history.iter().enumerate() {
        let h = &recorded.fact.header;
        let wrong = |what: String| Wrong { fact: h.id, what };
        let learnt = desk::clock::date_of(h.recorded_at);
        let Some(method) = programme.method(&h.method) else { continue };
        domain::check::recorded(&recorded.fact, &history[..at], learnt, method, programme).map_err(|refusal| {
            let field = refusal.field.map(|field| format!(" ({field})")).unwrap_or_default();
            wrong(format!("this fact would not be accepted: {}{field}", refusal.problem))
        })?;
        if let Some(Body::PersonLinked(PersonLinked { other, .. }) | Body::PersonUnlinked(PersonUnlinked { other })) =
            &recorded.fact.body
            && !people.contains(other)
        {
            return Err(wrong("it names another person whose history is not in this file".to_owned()));
        }
    }
    let replayed = match stream {
        Stream::Participant(id) if id != first.subject => {
            let what = "the stream names another person than the subject; they are the same".to_owned();
            return Err(Wrong { fact: first.id, what });
        }
        Stream::Participant(id) => participant::replay(id, history).map(|_| ()),
        Stream::Trajectory(_) if !people.contains(&first.subject) => {
            let what = "nothing says who this trajectory is about; the history of the person is missing".to_owned();
            return Err(Wrong { fact: first.id, what });
        }
        Stream::Trajectory(_) => match programme.method(&first.method) {
            Some(method) => trajectory::replay(history, method).map(|_| ()),
            None => Err(Refusal::new("method-unknown")),
        },
    };
    replayed.map_err(|refusal| Wrong {
        fact: refusal.stands_in_way.map_or(first.id, |standing| standing.fact),
        what: format!("this fact does not fit its history: {}", refusal.problem),
    })
}

/// What the logs of sittings can name.
pub(super) struct Known {
    cases: HashSet<TrajectoryId>,
    facts: HashSet<FactId>,
}

impl Known {
    /// What these facts hold.
    pub(super) fn of(facts: &[Fact]) -> Self {
        let case = |fact: &Fact| match fact.header.stream {
            Stream::Trajectory(id) => Some(id),
            Stream::Participant(_) => None,
        };
        let cases = facts.iter().filter_map(case).collect();
        Self { cases, facts: facts.iter().map(|fact| fact.header.id).collect() }
    }
}

/// The log of a sitting makes sense by itself, and names what is in the file. What is wrong, and at which of its lines, from 0.
pub(super) fn sitting(
    programme: &Programme,
    id: SittingId,
    lines: &[Line],
    known: &Known,
) -> Result<(), (u64, String)> {
    for (at, line) in (0_u64..).zip(lines) {
        names(programme, line, known).map_err(|what| (at, what))?;
        // each line with those before it: what is said is about the first that makes no sense
        let until = usize::try_from(at).unwrap_or(usize::MAX).saturating_add(1);
        Sitting::of(id, &lines[..until.min(lines.len())])
            .map_err(|refusal| (at, format!("this line does not fit the log of the sitting: {}", refusal.problem)))?;
    }
    Ok(())
}

fn names(programme: &Programme, line: &Line, known: &Known) -> Result<(), String> {
    if line.at.subsec_nanosecond() % 1000 != 0 {
        return Err("its time is finer than a microsecond; times are kept to the microsecond".to_owned());
    }
    let orgs: Vec<&OrgId> = match &line.act {
        Act::Planned { board, site, .. } if programme.conference(*board, site).is_none() => {
            return Err(format!("the programme has no {board} at the site {site}"));
        }
        Act::Invited { members } => members.iter().map(|member| &member.org).collect(),
        Act::Attended { seats } => seats.iter().map(|seat| &seat.org).collect(),
        Act::Recused { org, .. } => vec![org],
        _ => vec![],
    };
    if let Some(org) = orgs.into_iter().find(|org| programme.org(org).is_none()) {
        return Err(format!("the programme has no organisation {org}"));
    }
    let cases: Vec<TrajectoryId> = match &line.act {
        Act::Ordered { slots } => slots.iter().map(|slot| slot.case).collect(),
        Act::Recused { case, .. } | Act::Began { case } => vec![*case],
        _ => vec![],
    };
    if cases.iter().any(|case| !known.cases.contains(case)) {
        return Err("it names a case whose history is not in this file".to_owned());
    }
    match &line.act {
        Act::Fixed { facts, .. } if facts.iter().any(|id| !known.facts.contains(id)) => {
            Err("the minutes stand on a fact that is not in this file".to_owned())
        }
        _ => Ok(()),
    }
}
