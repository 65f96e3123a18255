//! From the texts of the files to a programme: one function per section.

use std::collections::BTreeMap;

use toml::de::DeTable;

use super::{
    Admission, Agreement, Applies, Capacity, Classification, CodeList, Conference, Contracted, Definition, EndRule,
    Entry, FigureTable, Finding, Forgets, Funding, List, Mapping, Method, Organisation, OutcomeClass, Programme,
    Published, RestStart, Retention, SeenUntil, Site, SiteFact, Step, Text, Upkeep, check, conference, definition,
    log::{File, Log, Place, Target},
    published,
    read::Table,
};
use crate::{
    absence::Absence,
    codes::{Category, Measure, Opening, OrgKind},
    date,
    ids::Code,
    term::Rule,
};

/// Hours of shelter that can be compared.
const SHELTER_HOURS: &[&str] = &["all-day", "night-only", "night-then-all-day", "differs", "not-known"];
/// Longest term a method can set, in days.
const LONGEST: i64 = 3650;
/// Longest time a record can be kept, in years.
const LONGEST_KEPT: i64 = 120;

pub(super) struct Head {
    id: Code,
    name: Text,
    source: String,
    today: Option<jiff::civil::Date>,
    opens: Vec<Opening>,
}

/// What was read, each with its place, before it is looked at as a whole.
#[derive(Default)]
pub(super) struct Read<'a> {
    head: Option<Head>,
    heads: Vec<Place<'a>>,
    pub(super) organisations: Vec<Organisation>,
    pub(super) sites: Vec<(Place<'a>, Site)>,
    pub(super) methods: Vec<(Place<'a>, Method)>,
    pub(super) conferences: Vec<(Place<'a>, Conference)>,
    pub(super) lists: BTreeMap<List, (Place<'a>, CodeList)>,
    pub(super) classifications: Vec<(Place<'a>, Classification)>,
    funding: Vec<Funding>,
    published: Vec<Published>,
    pub(super) definitions: Vec<(Place<'a>, Definition)>,
    pub(super) tables: Vec<(Place<'a>, FigureTable)>,
    retention: Vec<Retention>,
    upkeep: Vec<Upkeep>,
    /// A site or method was not read whole: that another thing lacks it is no news.
    pub(super) partial: bool,
}

pub(super) fn programme(files: &[(String, String)]) -> Result<Programme, Vec<Finding>> {
    let log = Log::default();
    let mut read = Read::default();
    let mut syntax = false;
    for (name, text) in files {
        let file = File { name, text };
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            syntax = true;
            let at = file.place(error.span().map_or(0, |span| span.start));
            let message = format!("This is not TOML: {}.", error.message().trim_end_matches('.').replace('\n', ", "));
            log.find(
                at,
                message,
                "mend this line; a date is written 2019-04-01, a text between double quotes, a key once.",
            );
        }
        file_of(&mut read, Table::new(file, &log, &root), &log);
    }
    let top = Place { file: files.first().map_or("programme.toml", |(name, _)| name), line: 1 };
    // what a broken file defines is not known: to look for it elsewhere would only confuse
    if !syntax {
        if read.heads.is_empty() {
            log.find(top, "No file has a section `[programme]`.", "add `[programme]` with `id`, `name` and `source`.");
        }
        log.undefined();
        check::whole(&read, &log, top);
    }
    let findings = log.into_findings();
    let sites: Vec<Site> = read.sites.into_iter().map(|(_, site)| site).collect();
    let mut methods: Vec<Method> = read.methods.into_iter().map(|(_, method)| method).collect();
    absences(&sites, &mut methods);
    match read.head {
        Some(head) if findings.is_empty() => Ok(Programme {
            id: head.id,
            name: head.name,
            source: head.source,
            today: head.today,
            organisations: read.organisations,
            sites,
            methods,
            conferences: read.conferences.into_iter().map(|(_, conference)| conference).collect(),
            lists: read.lists.into_iter().map(|(list, (_, entries))| (list, entries)).collect(),
            classifications: read.classifications.into_iter().map(|(_, classification)| classification).collect(),
            funding: read.funding,
            opens: head.opens,
            published: read.published,
            definitions: read.definitions.into_iter().map(|(_, definition)| definition).collect(),
            tables: read.tables.into_iter().map(|(_, table)| table).collect(),
            retention: read.retention,
            upkeep: read.upkeep,
        }),
        _ => Err(findings),
    }
}

/// Any file may hold any section.
fn file_of<'a>(read: &mut Read<'a>, mut root: Table<'a, '_>, log: &Log<'a>) {
    if let Some(table) = root.table("programme") {
        if let Some(before) = read.heads.last() {
            let message =
                format!("There is a second section `[programme]`; the first is in {}:{}.", before.file, before.line);
            log.find(table.at(), message, "keep one of the two.");
        }
        read.heads.push(table.at());
        read.head = head(table);
    }
    read.organisations.extend(root.tables("organisation").into_iter().filter_map(organisation));
    for table in root.tables("site") {
        let (at, site) = (table.at(), site(table, log));
        read.partial |= site.is_none();
        read.sites.extend(site.map(|site| (at, site)));
    }
    for table in root.tables("method") {
        let (at, method) = (table.at(), method(table));
        read.partial |= method.is_none();
        read.methods.extend(method.map(|method| (at, method)));
    }
    for table in root.tables("conference") {
        let at = table.at();
        read.conferences.extend(conference::read(table).map(|conference| (at, conference)));
    }
    let classifications = root.tables("classification").into_iter();
    read.classifications.extend(classifications.filter_map(|table| Some((table.at(), classification(table, log)?))));
    read.funding.extend(root.tables("funding").into_iter().filter_map(funding));
    for table in root.tables("figure") {
        read.published.extend(published::figure(table, log));
    }
    for table in root.tables("definition") {
        let (at, definition) = (table.at(), definition::definition(table, log));
        read.partial |= definition.is_none();
        read.definitions.extend(definition.map(|definition| (at, definition)));
    }
    for table in root.tables("table") {
        let at = table.at();
        read.tables.extend(definition::table(table).map(|table| (at, table)));
    }
    read.retention.extend(root.tables("retention").into_iter().filter_map(retention));
    read.upkeep.extend(root.tables("upkeep").into_iter().filter_map(|table| upkeep(table, log)));
    if let Some(table) = root.table("lists") {
        lists(read, table, log);
    }
    root.done();
}

fn head(mut t: Table<'_, '_>) -> Option<Head> {
    t.called("[programme]");
    let (id, name, source, today) = (t.string("id"), t.text("name"), t.string("source"), t.maybe_date("today"));
    t.knows("opens");
    let opens = if t.has("opens") { t.choices("opens", Opening::ALL) } else { Some(vec![]) };
    t.done();
    Some(Head { id: id?.parse().ok()?, name: name?, source: source?, today, opens: opens? })
}

fn organisation(mut t: Table<'_, '_>) -> Option<Organisation> {
    let id = t.defines("id", Target::Organisation);
    let (name, kind, online) = (t.string("name"), t.choice("kind", OrgKind::ALL), t.flag("online"));
    t.done();
    Some(Organisation { id: id?, name: name?, kind: kind?, online: online? })
}

fn site<'a>(mut t: Table<'a, '_>, log: &Log<'a>) -> Option<Site> {
    let id = t.defines("id", Target::Site);
    let (name, prefix, opens) = (t.string("name"), t.string("prefix"), t.date("opens"));
    let assumption = t.maybe_text("assumption");
    if let Some(prefix) = &prefix {
        log.define(Target::Prefix, prefix, t.place_of("prefix"));
        if prefix.len() != 3 || !prefix.bytes().all(|byte| byte.is_ascii_uppercase()) {
            let message = format!("The prefix of case numbers is `{prefix}`.");
            log.find(t.place_of("prefix"), message, "write three capitals, such as \"GRO\".");
        }
    }
    let (partners, lead) = (t.all("partners", Target::Organisation), t.refers("lead", Target::Organisation));
    let (guides, shelters) = (t.all("guides", Target::Organisation), t.all("shelters", Target::Organisation));
    let agreements = t.tables("agreements").into_iter().filter_map(agreement).collect();
    let capacity = t.tables("capacity").into_iter().filter_map(capacity).collect();
    let facts = t.tables("facts").into_iter().filter_map(fact).collect();
    let locations = t.strings("locations");
    t.done();
    Some(Site {
        id: id?,
        name: name?,
        prefix: prefix?,
        opens: opens?,
        assumption,
        partners: partners?,
        agreements,
        lead: lead?,
        guides: guides?,
        shelters: shelters?,
        capacity,
        locations,
        facts,
    })
}

fn agreement(mut t: Table<'_, '_>) -> Option<Agreement> {
    let (org, until, source) = (t.refers("org", Target::Organisation), t.date("until"), t.string("source"));
    t.done();
    Some(Agreement { org: org?, until: until?, source: source? })
}

fn capacity(mut t: Table<'_, '_>) -> Option<Capacity> {
    let (from, places) = (t.date("from"), t.number("places", 0, 100_000));
    let (funder, source) = (t.refers("funder", Target::In(List::Funders)), t.string("source"));
    t.done();
    Some(Capacity { from: from?, places: places?, funder: funder?, source: source? })
}

fn fact(mut t: Table<'_, '_>) -> Option<SiteFact> {
    let (name, value, source) = (t.text("name"), t.string("value"), t.string("source"));
    t.done();
    Some(SiteFact { name: name?, value: value?, source: source? })
}

fn contracted(mut t: Table<'_, '_>) -> Option<Contracted> {
    t.called("an item of the dossier");
    let item: Option<Code> = t.refers("item", Target::In(List::DossierItems));
    let from = t.refers("from", Target::Organisation);
    let required = t.flag("required");
    let days = t.maybe_number("days", 1, LONGEST);
    let (seen_by, seen_until) = (t.choices("seen_by", OrgKind::ALL), t.choice("seen_until", SeenUntil::ALL));
    t.done();
    Some(Contracted { item: item?, from: from?, required: required?, days, seen_by: seen_by?, seen_until: seen_until? })
}

/// The rules whose length is a method's choice.
fn paced() -> Vec<Rule> {
    Rule::ALL.iter().copied().filter(|rule| rule.of_the_method()).collect()
}

/// And whose end is not that of the rest period, which has a key of its own.
fn paced_but_rest() -> Vec<Rule> {
    paced().into_iter().filter(|rule| *rule != Rule::RestPeriod).collect()
}

fn method(mut t: Table<'_, '_>) -> Option<Method> {
    let (id, site) = (t.defines("id", Target::Method), t.refers("site", Target::Site));
    let (version, from, to) = (t.number("version", 1, 1000), t.date("from"), t.maybe_date("to"));
    let (name, admission) = (t.text("name"), t.choice("admission", Admission::ALL));
    let (deliver, may_skip) = (t.all("deliver", Target::Organisation), t.choices("may_skip", Step::ALL));
    let dossier = t.tables("dossier").into_iter().filter_map(contracted).collect();
    let rest_starts = t.maybe_choice("rest_starts", RestStart::ALL).unwrap_or(RestStart::AllComplete);
    let (rest_days, rest_end) = (t.number("rest_days", 0, 365), t.choice("rest_end", EndRule::ALL));
    let mut days = |key| t.maybe_number(key, 1, LONGEST);
    let (screening_days, intake_days, dossier_days) =
        (days("screening_days"), days("intake_days"), days("dossier_days"));
    let (reminder_days, check_days) = (days("reminder_days"), days("check_days"));
    let decision_days = days("decision_days");
    let (review_days, undecided_days) = (days("review_days"), days("undecided_days"));
    let (max_stay_months, assessors) = (t.maybe_number("max_stay_months", 1, 240), t.number("assessors", 1, 5));
    t.knows("criteria");
    let criteria = if t.has("criteria") { t.all("criteria", Target::In(List::ReviewCriteria)) } else { Some(vec![]) };
    t.knows("ladder");
    let ladder = if t.has("ladder") { t.choices("ladder", Measure::ALL) } else { Some(vec![]) };
    let grounds = t.all("grounds", Target::In(List::AdmissionGrounds));
    let refusal_grounds = t.all("refusal_grounds", Target::In(List::RefusalGrounds));
    let exception_by = t.all("exception_by", Target::In(List::ExceptionBy));
    t.knows("without");
    let without = if t.has("without") { t.all("without", Target::Organisation) } else { Some(vec![]) };
    let paced = paced();
    let ends = t.choices_by("ends", &paced_but_rest(), EndRule::ALL);
    let pauses = t.lists_by("pauses", Target::In(List::Pauses), &paced);
    let extensions = t.numbers_by("extensions", &paced, 1, LONGEST);
    let shelter_hours = t.free_code("shelter_hours", SHELTER_HOURS);
    let (characteristics, sources) = (t.map("characteristics"), t.map("sources"));
    let assumptions = t.texts("assumptions");
    t.done();
    Some(Method {
        id: id?,
        site: site?,
        version: version?,
        from: from?,
        to,
        name: name?,
        admission: admission?,
        deliver: deliver?,
        dossier,
        rest_starts,
        rest_days: rest_days?,
        rest_end: rest_end?,
        may_skip: may_skip?,
        screening_days,
        intake_days,
        dossier_days,
        reminder_days,
        check_days,
        decision_days,
        review_days,
        undecided_days,
        max_stay_months,
        assessors: assessors?,
        criteria: criteria?,
        ladder: ladder?,
        grounds: grounds?,
        refusal_grounds: refusal_grounds?,
        exception_by: exception_by?,
        ends,
        pauses,
        extensions,
        shelter_hours: shelter_hours?,
        characteristics,
        assumptions,
        sources,
        without: without?,
        absent: vec![],
    })
}

/// Who is dropped by a version of a method is not waited for from its first day, whatever version a trajectory began under.
fn absences(sites: &[Site], methods: &mut [Method]) {
    let dropped: Vec<(crate::ids::SiteId, Absence)> = methods
        .iter()
        .flat_map(|method| {
            let of = |org: &crate::ids::OrgId| Absence { org: org.clone(), from: method.from, to: method.to };
            method.without.iter().map(move |org| (method.site.clone(), of(org)))
        })
        .collect();
    for method in methods {
        let ended = sites.iter().filter(|site| site.id == method.site).flat_map(|site| &site.agreements);
        let ended = ended.map(|agreement| Absence { org: agreement.org.clone(), from: agreement.until, to: None });
        let own = dropped.iter().filter(|(site, _)| *site == method.site).map(|(_, absence)| absence.clone());
        method.absent = own.chain(ended).collect();
    }
}

fn lists<'a>(read: &mut Read<'a>, mut t: Table<'a, '_>, log: &Log<'a>) {
    t.called("[lists]");
    for list in List::ALL.iter().copied().filter(|list| t.has(list.name())).collect::<Vec<_>>() {
        let at = t.place_of(list.name());
        let entries = t.tables(list.name()).into_iter().filter_map(|table| entry(table, list, log)).collect();
        if let Some((before, _)) = read.lists.insert(list, (at, CodeList(entries))) {
            let message = format!("The list {} stands twice; before in {}:{}.", list.name(), before.file, before.line);
            log.find(at, message, "put all its entries in one place.");
        }
    }
    // so that a typing error is told which names there are
    for list in List::ALL {
        t.knows(list.name());
    }
    t.done();
}

/// The lists of which a code may tell more than where a trajectory stands.
const REVEALING: &[List] = &[List::Needs, List::Obstacles, List::Pauses];

/// What it may tell: categories that lie apart for their own sake.
const REVEALED: &[Category] = &[Category::Medical, Category::EthnicReligious, Category::Safety];

fn entry<'a>(mut t: Table<'a, '_>, list: List, log: &Log<'a>) -> Option<Entry> {
    let code = t.defines("code", Target::In(list));
    let (text, note) = (t.words(), t.maybe_text("note"));
    t.knows("reveals");
    let reveals = if t.has("reveals") { Some(t.choice("reveals", REVEALED)?) } else { None };
    if reveals.is_some() && !REVEALING.contains(&list) {
        let lists: Vec<&str> = REVEALING.iter().map(|list| list.name()).collect();
        let message = format!("Codes of {} are seen by everyone who sees the trajectory.", list.name());
        log.find(t.at(), message, format!("leave `reveals` out; it is obeyed in {}.", lists.join(", ")));
    }
    t.done();
    Some(Entry { code: code?, text: text?, note, reveals })
}

fn classification<'a>(mut t: Table<'a, '_>, log: &Log<'a>) -> Option<Classification> {
    let id = t.defines("id", Target::Classification);
    let (name, source) = (t.text("name"), t.string("source"));
    let mut map = BTreeMap::new();
    for mut row in t.tables("map") {
        let reason: Option<Code> = row.refers("reason", Target::In(List::OutflowReasons));
        let (class, assumption) = (row.choice("class", OutcomeClass::ALL), row.maybe_text("assumption"));
        let (source, at) = (row.maybe_string("source"), row.at());
        if source.is_none() && !row.has("assumption") {
            let message = "This mapping says neither who published it nor that it is our assumption.";
            log.find(at, message, "add `source = \"…\"`, or `assumption = { nl = \"…\", en = \"…\" }`.");
        }
        row.done();
        let (Some(reason), Some(class)) = (reason, class) else { continue };
        let twice = format!("The reason `{reason}` is mapped twice.");
        if map.insert(reason, Mapping { class, assumption, source }).is_some() {
            log.find(at, twice, "keep one of the two.");
        }
    }
    t.done();
    Some(Classification { id: id?, name: name?, source: source?, map })
}

fn retention(mut t: Table<'_, '_>) -> Option<Retention> {
    let id = t.defines("id", Target::Retention);
    let (name, applies) = (t.text("name"), t.choice("applies", Applies::ALL));
    let years = t.maybe_number("years", 0, LONGEST_KEPT).unwrap_or(0);
    let days = t.maybe_number("days", 0, LONGEST).unwrap_or(0);
    let (source, assumption) = (t.string("source"), t.maybe_text("assumption"));
    t.done();
    Some(Retention { id: id?, name: name?, applies: applies?, years, days, source: source?, assumption })
}

/// Shorter than a year, a log is gone before anyone can ask after it.
fn upkeep<'a>(mut t: Table<'a, '_>, log: &Log<'a>) -> Option<Upkeep> {
    let forgets = t.choice("forgets", Forgets::ALL);
    let years = t.maybe_number("years", 0, LONGEST_KEPT).unwrap_or(0);
    let days = t.maybe_number("days", 0, LONGEST).unwrap_or(0);
    let (source, assumption) = (t.string("source"), t.maybe_text("assumption"));
    if years == 0 && days < 365 {
        log.find(t.at(), "A term of less than a year.".to_owned(), "write `years = 1` or more, or `days = 365`.");
    }
    t.done();
    Some(Upkeep { forgets: forgets?, years, days, source: source?, assumption })
}

fn funding(mut t: Table<'_, '_>) -> Option<Funding> {
    let funder = t.refers("funder", Target::In(List::Funders));
    let year = t.maybe_number("year", i64::from(date::FIRST_YEAR), i64::from(date::LAST_YEAR));
    let (million, source) = (t.amount("million"), t.string("source"));
    t.done();
    Some(Funding { funder: funder?, year, million: million?, source: source? })
}
