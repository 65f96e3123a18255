//! What can only be seen when all files are read.

use std::fmt::Display;

use jiff::civil::Date;

use super::{
    Column, List, Method, READERS, Site, definition,
    log::{Log, Place, one_of},
    parse::Read,
};
use crate::{
    codes::{Measure, OrgKind},
    ids::OrgId,
};

/// Keys of a method that give a term: each needs a source or is an assumption.
fn terms(method: &Method) -> [(&'static str, bool); 10] {
    [
        ("rest_days", method.rest_days > 0),
        ("screening_days", method.screening_days.is_some()),
        ("intake_days", method.intake_days.is_some()),
        ("dossier_days", method.dossier_days.is_some()),
        ("reminder_days", method.reminder_days.is_some()),
        ("check_days", method.check_days.is_some()),
        ("decision_days", method.decision_days.is_some()),
        ("review_days", method.review_days.is_some()),
        ("undecided_days", method.undecided_days.is_some()),
        ("max_stay_months", method.max_stay_months.is_some()),
    ]
}

/// Other keys of a method that a source or an assumption can be about.
const OTHER_KEYS: &[&str] = &[
    "admission",
    "deliver",
    "may_skip",
    "rest_end",
    "assessors",
    "criteria",
    "ladder",
    "without",
    "grounds",
    "refusal_grounds",
    "exception_by",
    "dossier",
    "rest_starts",
    "ends",
    "pauses",
    "extensions",
    "shelter_hours",
    "characteristics",
    "from",
    "to",
];

pub(super) fn whole<'a>(read: &Read<'a>, log: &Log<'a>, top: Place<'a>) {
    lists(read, log, top);
    for (at, site) in &read.sites {
        partners(read, log, *at, site);
        if !read.partial {
            covered(read, log, *at, site);
        }
    }
    for (at, method) in &read.methods {
        period(read, log, *at, method);
        items(read, log, *at, method);
        evidence(log, *at, method);
        cooperation(log, *at, method);
    }
    overlaps(read, log);
    if !read.partial {
        super::conference::check(read, log);
    }
    classifications(read, log);
    figures(read, log);
    if read.sites.is_empty() && !read.partial {
        log.find(top, "The programme has no site.", "add at least one `[[site]]`.");
    }
}

fn lists<'a>(read: &Read<'a>, log: &Log<'a>, top: Place<'a>) {
    for list in List::ALL {
        if !read.lists.contains_key(list) {
            let remedy = format!("add it under `[lists]`; `{} = []` when there is nothing to choose.", list.name());
            log.find(top, format!("The list {} is missing.", list.name()), remedy);
        }
    }
    if let Some((at, countries)) = read.lists.get(&List::Countries) {
        for code in ["stateless", "unknown"].into_iter().filter(|code| !countries.contains(code)) {
            let remedy = format!("add `{{ code = \"{code}\", nl = \"…\", en = \"…\" }}`.");
            log.find(*at, format!("Nobody could be registered as {code}."), remedy);
        }
    }
}

/// Whoever has a task at a site is a partner there; the lead is a municipality.
fn partners<'a>(read: &Read<'a>, log: &Log<'a>, at: Place<'a>, site: &Site) {
    let tasks =
        [("guides", site.guides.as_slice()), ("shelters", &site.shelters), ("lead", std::slice::from_ref(&site.lead))];
    for (task, orgs) in tasks {
        // an organisation that does not exist is told where it is named
        let exists = |org: &&OrgId| read.organisations.iter().any(|known| known.id == **org);
        for org in orgs.iter().filter(|org| !site.partners.contains(org)).filter(exists) {
            let message = format!("At the site {} `{org}` stands under `{task}` but is not a partner.", site.id);
            log.find(at, message, format!("add `{org}` to `partners`, or take it out of `{task}`."));
        }
    }
    let lead = read.organisations.iter().find(|org| org.id == site.lead);
    if let Some(lead) = lead.filter(|lead| lead.kind != OrgKind::Municipality) {
        let message = format!("The site {} is led by `{}`, which is not a municipality.", site.id, lead.id);
        log.find(at, message, "name the municipality that leads, or give that organisation the kind \"municipality\".");
    }
    let mut seen = Vec::new();
    for places in &site.capacity {
        let key = (places.from, &places.funder);
        if seen.contains(&key) {
            let message = format!("The site {} has two capacities of {} from {}.", site.id, places.funder, places.from);
            log.find(at, message, "add them up, or change the date of one.");
        }
        seen.push(key);
    }
}

/// From its first day on, a site has a way of working.
fn covered<'a>(read: &Read<'a>, log: &Log<'a>, at: Place<'a>, site: &Site) {
    let mut periods: Vec<(Date, Option<Date>)> =
        read.methods.iter().filter(|(_, method)| method.site == site.id).map(|(_, m)| (m.from, m.to)).collect();
    periods.sort_unstable();
    let mut next = Some(site.opens);
    for (from, to) in periods {
        if next.is_some_and(|next| from > next) {
            break;
        }
        next = match (next, to) {
            (Some(next), Some(to)) => Some(next.max(to)),
            _ => None,
        };
    }
    // an end after which nothing comes is the end of the site's programme, not a gap
    let later = |day: Date| read.methods.iter().any(|(_, m)| m.site == site.id && m.from > day);
    if let Some(gap) = next.filter(|gap| *gap == site.opens || later(*gap)) {
        let message = format!("The site {} has no method on {gap}.", site.id);
        log.find(at, message, format!("add a `[[method]]` for it, or let one begin on {gap}."));
    }
}

fn period<'a>(read: &Read<'a>, log: &Log<'a>, at: Place<'a>, method: &Method) {
    if let Some(to) = method.to.filter(|to| *to <= method.from) {
        let message = format!("The method {} ends on {to}, before it has begun.", method.id);
        log.find(at, message, format!("let `to` (the day after the last) come after {}.", method.from));
    }
    let Some((_, site)) = read.sites.iter().find(|(_, site)| site.id == method.site) else { return };
    without(log, at, method, site);
    for org in method.deliver.iter().filter(|org| !site.partners.contains(org)) {
        let message = format!("By the method {} `{org}` delivers, but it is not a partner of {}.", method.id, site.id);
        log.find(at, message, format!("add `{org}` to the partners of the site, or take it out of `deliver`."));
    }
}

/// Who takes no part is a partner (or there is nothing to say), and is not asked for anything.
fn without<'a>(log: &Log<'a>, at: Place<'a>, method: &Method, site: &Site) {
    for org in &method.without {
        if !site.partners.contains(org) {
            let message = format!("The method {} is without `{org}`, which is no partner of {}.", method.id, site.id);
            log.find(at, message, "leave it out of `without`, or add it to the partners of the site.");
        }
        if method.deliver.contains(org) {
            let message = format!("By the method {} `{org}` delivers a dossier and takes no part.", method.id);
            log.find(at, message, format!("take `{org}` out of `deliver`, or out of `without`."));
        }
        if *org == site.lead {
            let message = format!("The method {} is without `{org}`, which leads {}.", method.id, site.id);
            log.find(at, message, "somebody has to lead: take it out of `without`.");
        }
    }
}

/// A ladder goes up: each step once, and shelter ends, if at all, last. Who is to be assessed by a rubric is assessed.
fn cooperation<'a>(log: &Log<'a>, at: Place<'a>, method: &Method) {
    let name = |measure: &Measure| format!("`{measure}`");
    for (place, measure) in method.ladder.iter().enumerate() {
        if method.ladder[..place].contains(measure) {
            let message = format!("In the ladder of the method {} {} stands twice.", method.id, name(measure));
            log.find(at, message, "name each step once, the lightest first.");
        }
        if *measure == Measure::ShelterEnds && place + 1 < method.ladder.len() {
            let message = format!("In the ladder of the method {} something comes after {}.", method.id, name(measure));
            log.find(at, message, "let the end of shelter be the last step, or leave it out.");
        }
    }
    let ends = method.ladder.contains(&Measure::ShelterEnds);
    if ends && !method.ladder.contains(&Measure::Hearing) {
        let message = format!("By the ladder of the method {} shelter ends without a hearing.", method.id);
        log.find(at, message, "put `hearing` before `shelter-ends`: who loses something is heard first (Awb 4:8).");
    }
    if !method.ladder.is_empty() && method.review_days.is_none() {
        let message = format!("The method {} has a ladder but no interval between reviews.", method.id);
        log.find(at, message, "add `review_days`, or leave out `ladder`.");
    }
}

/// Items are agreed with partners of the site, each once; somebody may see them.
fn items<'a>(read: &Read<'a>, log: &Log<'a>, at: Place<'a>, method: &Method) {
    let site = read.sites.iter().find(|(_, site)| site.id == method.site).map(|(_, site)| site);
    for (index, item) in method.dossier.iter().enumerate() {
        let what = format!("the item `{}` of `{}`", item.item, item.from);
        // an organisation that does not exist is told where it is named
        let exists = read.organisations.iter().any(|org| org.id == item.from);
        if exists && site.is_some_and(|site| !site.partners.contains(&item.from)) {
            let message = format!("By the method {} `{}` delivers {what}, but is no partner.", method.id, item.from);
            log.find(at, message, "name a partner of the site under `from`, or add it to its `partners`.");
        }
        if method.dossier[..index].iter().any(|other| (&other.item, &other.from) == (&item.item, &item.from)) {
            let message = format!("The method {} agrees on {what} twice.", method.id);
            log.find(at, message, "keep one of the two.");
        }
        if item.seen_by.is_empty() {
            let message = format!("By the method {} nobody may see {what}.", method.id);
            log.find(at, message, "name kinds of organisation under `seen_by`, such as [\"municipality\"].");
        }
        for kind in item.seen_by.iter().filter(|kind| !READERS.contains(kind)) {
            let message =
                format!("By the method {} a {kind} may see {what}; the access policy never grants that.", method.id);
            let can: Vec<&str> = READERS.iter().map(|kind| kind.code()).collect();
            let remedy =
                format!("take `{kind}` out of `seen_by`; those who can see an item are `{}`.", can.join("`, `"));
            log.find(at, message, remedy);
        }
    }
}

/// What is not published is an assumption and says so.
fn evidence<'a>(log: &Log<'a>, at: Place<'a>, method: &Method) {
    let terms = terms(method);
    for (key, _) in terms.iter().filter(|(_, set)| *set) {
        if !method.sources.contains_key(*key) && !method.assumptions.contains_key(*key) {
            let message = format!("The method {} does not say where `{key}` comes from.", method.id);
            log.find(at, message, format!("add `{key}` under `[method.sources]` or `[method.assumptions]`."));
        }
    }
    let chosen = [
        ("dossier", method.dossier.is_empty()),
        ("ends", method.ends.is_empty()),
        ("pauses", method.pauses.is_empty()),
        ("extensions", method.extensions.is_empty()),
    ];
    for (key, _) in chosen.iter().filter(|(_, empty)| !empty) {
        if !method.sources.contains_key(*key) && !method.assumptions.contains_key(*key) {
            let message = format!("The method {} does not say where `{key}` comes from.", method.id);
            log.find(at, message, format!("add `{key}` under `[method.sources]` or `[method.assumptions]`."));
        }
    }
    let known: Vec<&str> = terms.iter().map(|(key, _)| *key).chain(OTHER_KEYS.iter().copied()).collect();
    let about = |section: &dyn Display, key: &String| {
        let unset = terms.iter().any(|(term, set)| *term == key.as_str() && !set);
        if unset || !known.contains(&key.as_str()) {
            let message =
                format!("Under `{section}` of the method {} stands `{key}`, which it does not set.", method.id);
            log.find(at, message, format!("{} or leave it out.", one_of(key, &known)));
        }
    };
    method.sources.keys().for_each(|key| about(&"sources", key));
    method.assumptions.keys().for_each(|key| about(&"assumptions", key));
}

fn overlaps<'a>(read: &Read<'a>, log: &Log<'a>) {
    for (index, (at, method)) in read.methods.iter().enumerate() {
        for (before, other) in read.methods[..index].iter().filter(|(_, other)| other.site == method.site) {
            let apart = method.to.is_some_and(|to| to <= other.from) || other.to.is_some_and(|to| to <= method.from);
            if !apart {
                let message = format!(
                    "The periods of the methods {} and {} ({}:{}) overlap.",
                    method.id, other.id, before.file, before.line
                );
                log.find(*at, message, "let the earlier one end (`to`) on the day the later one begins.");
            }
            if method.version == other.version {
                let message =
                    format!("The methods {} and {} are both version {}.", method.id, other.id, method.version);
                log.find(*at, message, "give each method of a site its own version.");
            }
        }
    }
}

/// What our own figures count is there, and no table mixes bases.
fn figures<'a>(read: &Read<'a>, log: &Log<'a>) {
    let definitions: Vec<_> = read.definitions.iter().map(|(_, definition)| definition.clone()).collect();
    definition::tables(&read.tables, &definitions, log);
    for (at, definition) in &read.definitions {
        let classes = definition.by.contains(&Column::Class)
            || definition.only.iter().chain(&definition.share).any(|part| part.column == Column::Class);
        if classes && read.classifications.is_empty() && !read.partial {
            let message = format!("The definition {} needs classes, and there is no classification.", definition.id);
            log.find(*at, message, "add a `[[classification]]`, or leave `class` out.");
        }
    }
}

/// Every reason for leaving has a class in every classification.
fn classifications<'a>(read: &Read<'a>, log: &Log<'a>) {
    let Some((_, reasons)) = read.lists.get(&List::OutflowReasons) else { return };
    for (at, classification) in &read.classifications {
        for reason in reasons.0.iter().filter(|entry| !classification.map.contains_key(&entry.code)) {
            let code = &reason.code;
            let message = format!("The classification {} leaves `{code}` unmapped.", classification.id);
            log.find(*at, message, format!("add `{{ reason = \"{code}\", class = …, source = … }}` to its `map`."));
        }
    }
}
