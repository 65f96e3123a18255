//! Obstacles: what stands in the way.

use domain::{
    codes::Category::{Medical, Process},
    fact::{Body, Codes, Kind},
    ids::Code,
    obstacle::{ObstacleNoted, ObstacleResolved},
    programme::List,
};

use super::{Step, choices, note, recordable};
use crate::form::{FieldKind, FieldSpec};

pub(super) const NOTE: Step = Step {
    path: "knelpunt",
    kind: Kind::ObstacleNoted,
    group: "guidance",
    // one that is not open yet: the same one twice would be refused
    trial: |ask| {
        let open = |code: &Code| ask.file.trajectory.obstacles.iter().any(|o| o.to.is_none() && o.code == *code);
        let list = || recordable(ask, List::Obstacles).map(|entry| &entry.code);
        Codes { obstacle: list().find(|code| !open(code)).or(list().next()).cloned(), ..Codes::default() }
    },
    fields: |ask| {
        let list = choices(ask, List::Obstacles);
        vec![
            FieldSpec::new("obstacle", "field-obstacle", FieldKind::Select(list), Process).required(),
            // what exactly may be about health
            note("note", "field-note", Medical),
        ]
    },
    read: |_, data| {
        let obstacle = data.code("obstacle");
        let note = data.text("note");
        Some((ObstacleNoted { note }.into(), Codes { obstacle, ..Codes::default() }))
    },
    fill: |fact, mut data| {
        if let Some(code) = &fact.header.codes.obstacle {
            data = data.with("obstacle", code);
        }
        match &fact.body {
            Some(Body::ObstacleNoted(b)) => data.with("note", &b.note),
            _ => data,
        }
    },
};

pub(super) const RESOLVE: Step = Step {
    path: "knelpunt-opgelost",
    kind: Kind::ObstacleResolved,
    group: "guidance",
    trial: |ask| {
        let open = ask.file.trajectory.obstacles.iter().find(|obstacle| obstacle.to.is_none());
        Codes { about: open.map(|obstacle| obstacle.fact), ..Codes::default() }
    },
    fields: |ask| {
        let open = ask.file.trajectory.obstacles.iter().filter(|obstacle| obstacle.to.is_none());
        let names = &ask.signed.names;
        let choice = |o: &domain::obstacle::Obstacle| {
            crate::form::Choice::new(o.fact.to_string(), names.of(List::Obstacles, o.code.as_str()))
        };
        let mut choices: Vec<_> = open.map(choice).collect();
        // a correction keeps the obstacle it was about, resolved as it is
        let resolved = ask.file.trajectory.obstacles.iter().filter(|o| o.to.is_some() && Some(o.fact) == ask.about);
        choices.extend(resolved.map(choice));
        vec![
            FieldSpec::new("about", "field-obstacle", FieldKind::Select(choices), Process).required(),
            note("note", "field-note", Medical),
        ]
    },
    read: |_, data| {
        let about = data.parsed("about");
        let note = data.text("note");
        Some((ObstacleResolved { note }.into(), Codes { about, ..Codes::default() }))
    },
    fill: |fact, mut data| {
        if let Some(about) = fact.header.codes.about {
            data = data.with("about", about);
        }
        match &fact.body {
            Some(Body::ObstacleResolved(b)) => data.with("note", &b.note),
            _ => data,
        }
    },
};
