//! What changed between two reports of one figure: the facts that make the difference, summing to it.

use std::collections::{BTreeMap, HashSet};

use askama::Template;
use axum::{extract::RawQuery, http::StatusCode, response::Response};
use domain::programme::Definition;
use figures::{
    diff::{self, Because, Change, Report},
    guarded::{Guarded, Told},
    question::{self, Asked, Days, Question, Refused},
};
use jiff::civil::Date;

use super::{
    Known,
    ask::{self, Ask, Wrong},
    known, monitor, refused, shown, table, unsafe_numbers, words,
};
use crate::{
    form::Choice,
    page::{Menu, Shell, render},
    problem_page::Trouble,
    row::RowView,
    session::Signed,
    text::L,
};

/// One of the two reports.
struct ReportView {
    title: String,
    when: String,
    known: String,
    number: String,
    small: Option<String>,
}

/// A change in a case that the reader may see.
struct ChangeView {
    number: String,
    href: String,
    name: String,
    because: String,
    facts: Vec<String>,
    delta: String,
}

#[derive(Template)]
#[template(path = "figures_difference.html")]
struct Page {
    shell: Shell,
    l: L,
    ask: Ask,
    against: String,
    then: [String; 3],
    definitions: Vec<(Choice, bool)>,
    sites: Vec<(Choice, bool)>,
    title: String,
    lines: Vec<(String, String)>,
    reports: Vec<ReportView>,
    difference: Option<String>,
    kinds: Vec<(String, String)>,
    changes: Vec<ChangeView>,
    count: String,
    others: Option<String>,
    previous: Option<String>,
    next: Option<String>,
}

/// What this page is asked beside place, day, period and known-at.
const OWN: &[&str] = &["figuur", "tegen", "dan-op", "dan-van", "dan-tot", "bladzijde"];

/// A day of this page's own.
fn day(ask: &Ask, name: &'static str) -> Result<Option<Date>, Wrong> {
    let Some(text) = ask.own(name) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| Wrong { name, said: text.chars().take(20).collect() })
}

/// Both questions, as they were asked.
struct Both<'a> {
    one: Question<'a>,
    other: Question<'a>,
}

fn both<'a>(
    known: &'a Known,
    definition: &'a Definition,
    ask: &Ask,
    then: [Option<Date>; 3],
    first: jiff::Timestamp,
) -> Result<Both<'a>, Refused> {
    let asked = ask.of(definition.base.flows(), vec![], None);
    let [on, from, to] = then;
    let days = match (definition.base.flows(), asked.days) {
        (true, days) => Days { from: from.or(days.from), to: to.or(days.to), ..days },
        (false, days) => Days { on: on.or(days.on), ..days },
    };
    let moved = Asked { days, ..asked.clone() };
    Ok(Both {
        one: Question::new(&known.programme, definition, asked, first)?,
        other: Question::new(&known.programme, definition, moved, known.snapshot.known_at)?,
    })
}

/// The page.
pub(crate) async fn show(signed: Signed, RawQuery(query): RawQuery) -> Response {
    if !Menu::Figures.allowed(&signed.who) {
        return signed.trouble(desk::Failure::Hidden);
    }
    let wrong = |wrong: &Wrong| ask::refused(&signed, wrong);
    let mut ask = match Ask::parse(query.as_deref().unwrap_or_default(), signed.today(), OWN) {
        Ok(ask) => ask,
        Err(found) => return wrong(&found),
    };
    // without another day the first report is that of the start of the month
    ask.known = Some(ask.known.unwrap_or_else(|| signed.today().first_of_month()));
    let days = ["tegen", "dan-op", "dan-van", "dan-tot"].map(|name| day(&ask, name));
    let [against, on, from, to] = match days.into_iter().collect::<Result<Vec<_>, _>>() {
        Ok(days) => [days[0], days[1], days[2], days[3]],
        Err(found) => return wrong(&found),
    };
    let now = signed.app.desk.clock().business();
    let moments = ask.known_at(now).and_then(|first| Ok((first, question::known_at(against, now)?)));
    let (first, second) = match moments {
        Ok(moments) => moments,
        Err(why) => return refused(&signed, &why),
    };
    if second < first {
        let words = signed.l.t("figures-difference-order").into_owned();
        return signed.answer(Trouble::new(StatusCode::BAD_REQUEST).saying(words));
    }
    let before = match known(&signed, first).await {
        Ok(known) => known,
        Err(response) => return response,
    };
    let after = match known(&signed, second).await {
        Ok(known) => known,
        Err(response) => return response,
    };
    let wanted = ask.own("figuur").unwrap_or("stock").to_owned();
    let definition = match question::definition(&after.programme, &wanted) {
        Ok(definition) => definition,
        Err(why) => return refused(&signed, &why),
    };
    let both = match both(&after, definition, &ask, [on, from, to], first) {
        Ok(both) => both,
        Err(why) => return refused(&signed, &why),
    };
    let numbers = match shown(&[(&before, &both.one), (&after, &both.other)]) {
        Ok(numbers) => numbers,
        Err(why) => return unsafe_numbers(&signed, &why),
    };
    let reports = (Report { question: &both.one, known_at: first }, Report { question: &both.other, known_at: second });
    let mut changes = diff::changes(&after.history, &after.programme, reports.0, reports.1);
    let history = std::sync::Arc::clone(&after.history);
    let explained = signed.app.desk.store().read(move |tx| {
        diff::explain(tx, &history, &mut changes)?;
        Ok::<_, journal::Error>(changes)
    });
    let changes = match explained.await {
        Ok(changes) => changes,
        Err(error) => return signed.trouble(desk::Failure::Store(error)),
    };
    page(&signed, &after, &both.other, ask, &numbers, &changes).await
}

async fn page(
    signed: &Signed,
    known: &Known,
    question: &Question<'_>,
    ask: Ask,
    numbers: &[Guarded],
    changes: &[Change],
) -> Response {
    let (l, names, today) = (signed.l, &signed.names, signed.today());
    let (definition, told) = (question.definition, question.tells(&known.programme));
    let (mine, others): (Vec<&Change>, Vec<&Change>) =
        changes.iter().partition(|change| known.sees(change.trip, &told));
    let trips: HashSet<_> = mine.iter().map(|change| change.trip).collect();
    let (mut views, mut previous, mut next) = (vec![], None, None);
    if !trips.is_empty() {
        let page = ask.own("bladzijde").and_then(|text| text.parse().ok()).unwrap_or(1);
        let list = match signed.app.desk.cases(&signed.who, trips, told, page).await {
            Ok(list) => list,
            Err(failure) => return signed.trouble(failure),
        };
        for item in &list.items {
            let row = RowView::new(item, l, names, today);
            let of = mine.iter().filter(|change| change.trip == item.row.trajectory);
            views.extend(of.map(|change| view(signed, &row, change)));
        }
        previous = (list.page > 1).then(|| address(&ask, list.page - 1));
        next = (list.page < list.pages).then(|| address(&ask, list.page + 1));
    }
    let all = &names.programme().definitions;
    let choice = |one: &Definition| (Choice::new(one.id.as_str(), names.text(&one.name)), one.id == definition.id);
    let own = |name: &str| ask.own(name).unwrap_or_default().to_owned();
    let report = |title: &str, figure: &Guarded| {
        let (number, small) = table::number(signed, figure.total);
        ReportView {
            title: l.t(title).into_owned(),
            when: words::when(signed, figure.about.moment),
            known: l.moment(figure.about.known_at),
            number,
            small,
        }
    };
    let (kinds, all_told) = kinds(signed, &mine, &others);
    render(&Page {
        shell: signed.shell(l.t("figures-difference-title")).under(Menu::Figures),
        l,
        against: own("tegen"),
        then: ["dan-op", "dan-van", "dan-tot"].map(own),
        definitions: all.iter().map(choice).collect(),
        sites: monitor::sites(signed, &ask),
        title: names.text(&definition.name).to_owned(),
        lines: words::definition(signed, definition),
        reports: ["figures-difference-first", "figures-difference-second"]
            .iter()
            .zip(numbers)
            .map(|(title, figure)| report(title, figure))
            .collect(),
        difference: match numbers {
            [before, after] => difference(before.total, after.total),
            _ => None,
        },
        kinds,
        count: l.f("figures-difference-count", &[("count", &mine.len())]),
        others: others_words(signed, others.len() as u64, all_told),
        changes: views,
        previous,
        next,
        ask,
    })
}

fn address(ask: &Ask, page: u32) -> String {
    let own = ask.more.iter().filter(|(name, _)| name != "bladzijde").map(|(name, value)| format!("{name}={value}"));
    format!("/cijfers/verschil?{}&{}&bladzijde={page}", own.collect::<Vec<_>>().join("&"), ask.query())
}

/// The difference of two numbers that are both told.
fn difference(before: Told, after: Told) -> Option<String> {
    let (before, after) = (before.count()?, after.count()?);
    Some(signed_number(i64::try_from(after).ok()? - i64::try_from(before).ok()?))
}

fn signed_number(number: i64) -> String {
    match number {
        0 => "0".to_owned(),
        1.. => format!("+{number}"),
        _ => format!("−{}", -number),
    }
}

/// How many changes there are in cases that the reader may not see; a small number is not told, nor one that with the kinds
/// would tell a small number.
fn others_words(signed: &Signed, count: u64, all_told: bool) -> Option<String> {
    match count {
        0 => None,
        count if !all_told || figures::disclosure::small(count) => {
            Some(signed.l.t("figures-difference-others-few").into_owned())
        }
        count => Some(signed.l.f("figures-difference-others", &[("count", &count)])),
    }
}

fn because(signed: &Signed, change: &Change) -> String {
    let l = signed.l;
    match change.because {
        Because::Learnt(at) => l.f("figures-difference-learnt", &[("at", &l.moment(at))]),
        Because::Moved(on) => l.f("figures-difference-moved", &[("date", &l.date(on))]),
    }
}

/// All changes by kind of fact, and whether every number is told. One is not where few of that kind are in cases that the
/// reader may not see: they can count the others.
fn kinds(signed: &Signed, mine: &[&Change], others: &[&Change]) -> (Vec<(String, String)>, bool) {
    let mut all: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for change in mine {
        all.entry(kind(signed.l, change)).or_default().0 += 1;
    }
    for change in others {
        all.entry(kind(signed.l, change)).or_default().1 += 1;
    }
    let all_told = !all.values().any(|(_, others)| figures::disclosure::small(*others));
    let told = |(mine, others): (u64, u64)| {
        let few = figures::disclosure::small(others);
        if few { signed.l.t("figures-hidden").into_owned() } else { (mine + others).to_string() }
    };
    (all.into_iter().map(|(what, counts)| (what, told(counts))).collect(), all_told)
}

/// What kind of change it is: of facts that were learnt, or of the day that is asked.
fn kind(l: L, change: &Change) -> String {
    let mut kinds: Vec<String> = change
        .facts
        .iter()
        .map(|fact| {
            let kind = l.code("kind", fact.kind);
            if fact.corrects { l.f("figures-difference-corrected", &[("kind", &kind)]) } else { kind.into_owned() }
        })
        .collect();
    kinds.sort();
    kinds.dedup();
    match change.because {
        Because::Moved(_) => l.t("figures-difference-moves").into_owned(),
        Because::Learnt(_) => kinds.join(" + "),
    }
}

fn view(signed: &Signed, row: &RowView, change: &Change) -> ChangeView {
    let l = signed.l;
    let facts = change.facts.iter().map(|fact| {
        let (kind, on) = (l.code("kind", fact.kind), l.date(fact.on));
        let key = if fact.corrects { "figures-difference-fact-corrects" } else { "figures-difference-fact" };
        l.f(key, &[("kind", &kind), ("date", &on)])
    });
    let count: i64 = change.deltas.values().map(|delta| delta.count).sum();
    let part: i64 = change.deltas.values().map(|delta| delta.part).sum();
    let delta = if part == 0 {
        signed_number(count)
    } else {
        l.f("figures-difference-part", &[("part", &signed_number(part)), ("count", &signed_number(count))])
    };
    ChangeView {
        number: row.number.clone(),
        href: row.href.clone(),
        name: row.name.clone(),
        because: because(signed, change),
        facts: facts.collect(),
        delta,
    }
}
