//! Published figures of others beside ours, each with its base; what cannot be compared says why.

use askama::Template;
use axum::response::Response;
use domain::programme::{Count, List};
use figures::published::{Line, Population, Told, Verdict, compare};

use crate::{
    page::{Menu, Shell, render},
    session::Signed,
    text::L,
};

struct LineView {
    what: String,
    base: String,
    counted: String,
    place: String,
    period: String,
    theirs: String,
    ours: String,
    verdict: String,
    class: &'static str,
    source: String,
}

#[derive(Template)]
#[template(path = "figures_published.html")]
struct Page {
    shell: Shell,
    l: L,
    comparable: Vec<LineView>,
    incomparable: Vec<LineView>,
    summary: String,
}

/// The page.
pub(crate) async fn show(signed: Signed) -> Response {
    let known = match super::known(&signed, signed.app.desk.clock().business()).await {
        Ok(known) => known,
        Err(response) => return response,
    };
    let lines = compare(&known.snapshot, &known.programme, &signed.app.published);
    let l = signed.l;
    let equal = lines.iter().filter(|line| line.verdict == Verdict::Equal).count();
    let (apart, beside): (Vec<&Line>, Vec<&Line>) =
        lines.iter().partition(|line| matches!(line.verdict, Verdict::Incomparable(_)));
    let view = |lines: Vec<&Line>| lines.into_iter().map(|line| view(&signed, line)).collect::<Vec<_>>();
    let summary = if lines.is_empty() {
        l.t("figures-none").into_owned()
    } else {
        l.f("figures-summary", &[("equal", &equal), ("all", &beside.len()), ("apart", &apart.len())])
    };
    let (comparable, incomparable) = (view(beside), view(apart));
    render(&Page {
        shell: signed.shell(l.t("figures-title")).under(Menu::Figures),
        l,
        comparable,
        incomparable,
        summary,
    })
}

fn view(signed: &Signed, line: &Line) -> LineView {
    let (l, names) = (signed.l, &signed.names);
    let unit = if line.base == Count::Share { " %" } else { "" };
    let part = line.part.as_deref().map(|part| part_words(signed, part));
    let (verdict, class) = match line.verdict {
        Verdict::Equal => (l.t("figures-equal").into_owned(), "good"),
        Verdict::Differs => (l.t("figures-differs").into_owned(), "bad"),
        Verdict::Incomparable(why) => (l.code("incomparable", why).into_owned(), "neutral"),
    };
    LineView {
        what: part.unwrap_or_else(|| l.t("figures-whole").into_owned()),
        base: l.code("base", line.base.code()).into_owned(),
        counted: counted(signed, &line.population),
        place: line.site.as_deref().map_or_else(|| l.t("figures-network").into_owned(), |site| names.site(site)),
        period: match line.period {
            Some((from, to)) if from == to => l.f("figures-on", &[("date", &l.date(from))]),
            Some((from, to)) => l.f("figures-period", &[("from", &l.date(from)), ("to", &l.date(to))]),
            None => l.t("figures-no-period").into_owned(),
        },
        theirs: format!("{}{unit}", line.theirs),
        ours: match line.told() {
            Told::Nothing => "–".to_owned(),
            Told::Published(ours) => format!("{ours}{unit}"),
            Told::About(ours) => l.f("figures-about", &[("number", &format!("{ours}{unit}"))]),
            Told::Few => l.t("figures-hidden-small").into_owned(),
        },
        verdict,
        class,
        source: line.source.clone(),
    }
}

/// Whom a number counts; nothing where nobody of ours is counted.
fn counted(signed: &Signed, population: &Population) -> String {
    let (l, names) = (signed.l, &signed.names);
    let mut words = Vec::new();
    words.extend(population.counted.map(|counted| l.code("counted", counted.code()).into_owned()));
    if !population.reasons.is_empty() {
        let reasons = names.all(List::OutflowReasons, &population.reasons);
        words.push(l.f("figures-reasons", &[("reasons", &reasons)]));
    }
    words.extend(
        population
            .scenario
            .as_ref()
            .map(|code| l.f("figures-scenario", &[("scenario", &names.of(List::Scenarios, code.as_str()))])),
    );
    let by = population.classification.as_ref().and_then(|id| names.programme().classification(id));
    words.extend(by.map(|by| l.f("figures-classified", &[("name", &names.text(&by.name))])));
    words.join(" ")
}

/// The name of a part: a site, an outflow reason, a class, or a word of its own.
fn part_words(signed: &Signed, part: &str) -> String {
    let (l, names) = (signed.l, &signed.names);
    let code = part.replace('_', "-");
    if names.programme().sites.iter().any(|site| site.id.as_str() == code) {
        return names.site(&code);
    }
    if names.programme().list(List::OutflowReasons).contains(&code) {
        return names.of(List::OutflowReasons, &code);
    }
    let key = format!("figures-part-{code}");
    if crate::text::Text::shared().has(l.lang, &key) { l.t(&key).into_owned() } else { part.replace('_', " ") }
}
