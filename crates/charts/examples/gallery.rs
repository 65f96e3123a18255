//! Every kind of chart on one page, with invented numbers: `cargo run -p charts --example gallery STYLESHEET > gallery.html`.
#![allow(clippy::print_stdout, reason = "writes a page")]

use charts::{
    Axis, Band, Bars, Chart, Columns, Curve, Error, Fact, Forest, Funnel, Limits, Lines, Mark, Point, Row, Steps,
    Words, Xmr,
};

fn percent(value: f64) -> String {
    format!("{:.0}%", value * 100.0)
}

fn plain(value: f64) -> String {
    format!("{value:.0}")
}

fn month(value: f64) -> String {
    format!("{:02}-2025", value + 1.0)
}

fn described(facts: &[Fact<'_>]) -> String {
    format!("{} things to see.", facts.len())
}

fn words<'a>(id: &'a str, title: &'a str) -> Words<'a> {
    Words { id, title, describe: &described, hidden: "<10" }
}

fn incidence(label: &str, end: f64, pace: f64, until: u32) -> Curve {
    let x: Vec<f64> = (0..=until).map(f64::from).collect();
    let y: Vec<f64> = x.iter().map(|t| end * (1.0 - (-t / pace).exp()) / (1.0 - (-24.0 / pace).exp())).collect();
    let half: Vec<f64> = x.iter().zip(&y).map(|(t, p)| 1.96 * (p * (1.0 - p) / (400.0 - t * 8.0)).sqrt()).collect();
    let band = Band {
        from: y.iter().zip(&half).map(|(y, half)| (y - half).max(0.0)).collect(),
        to: y.iter().zip(&half).map(|(y, half)| y + half).collect(),
    };
    let risk = (0..5).map(|n| if n < 4 { Some(400 - n * 95) } else { None }).collect();
    Curve { label: label.into(), x, y, band: Some(band), risk: Some(risk) }
}

fn steps() -> Result<String, Error> {
    Steps {
        words: words("steps", "Leaving over time"),
        x: Axis { label: "months since entry", format: &plain },
        y: Axis { label: "chance", format: &percent },
        ticks: vec![0.0, 6.0, 12.0, 18.0, 24.0],
        curves: vec![
            incidence("return", 0.31, 14.0, 24),
            incidence("stay", 0.22, 22.0, 24),
            incidence("unknown", 0.165, 6.0, 20),
            incidence("onward migration", 0.07, 12.0, 24),
        ],
        until: vec![24.0, 24.0, 20.0, 24.0],
        risk: "still followed",
    }
    .draw()
}

fn lines() -> Result<String, Error> {
    let line = |label: &str, from: f64, slope: f64| {
        let x: Vec<f64> = (0..12).map(f64::from).collect();
        let y = x.iter().map(|x| from + slope * x + (x * 1.3).sin() * 6.0).collect();
        Curve { label: label.into(), x, y, band: None, risk: None }
    };
    Lines {
        words: words("lines", "Occupied places"),
        x: Axis { label: "month", format: &month },
        y: Axis { label: "places", format: &plain },
        ticks: (0..12).step_by(2).map(f64::from).collect(),
        curves: vec![line("North", 160.0, 6.0), line("South", 150.0, 5.0)],
        marks: vec![Mark { label: "capacity".into(), value: 300.0 }],
    }
    .draw()
}

fn series() -> (Vec<String>, Vec<(String, Vec<Option<f64>>)>) {
    let categories = ["Amsterdam", "Eindhoven", "Groningen", "Rotterdam"].map(ToOwned::to_owned).to_vec();
    let series = vec![
        ("return".to_owned(), vec![Some(120.0), Some(32.0), Some(70.0), Some(51.0)]),
        ("stay".to_owned(), vec![Some(82.0), None, Some(31.0), Some(44.0)]),
        ("unknown".to_owned(), vec![Some(64.0), Some(18.0), Some(52.0), Some(20.0)]),
    ];
    (categories, series)
}

fn bars(id: &str, stacked: bool) -> Result<String, Error> {
    let (categories, series) = series();
    let axis = Axis { label: "people", format: &plain };
    Bars { words: words(id, "Who left, by reason"), axis, categories, series, stacked }.draw()
}

fn columns(id: &str, stacked: bool) -> Result<String, Error> {
    let (categories, series) = series();
    let axis = Axis { label: "people", format: &plain };
    Columns { words: words(id, "Who left, by site"), axis, across: "site", categories, series, stacked }.draw()
}

fn funnel() -> Result<String, Error> {
    let size: Vec<f64> = (1..=42).map(|n| f64::from(n) * 10.0).collect();
    let limits = |label: &str, z: f64| {
        let half = |n: &f64| z * (0.36 * 0.64 / n).sqrt();
        let from = size.iter().map(|n| (0.36 - half(n)).max(0.0)).collect();
        let to = size.iter().map(|n| (0.36 + half(n)).min(1.0)).collect();
        Limits { label: label.into(), size: size.clone(), from, to }
    };
    let points = [("A", 410.0, 0.36), ("B", 310.0, 0.41), ("C", 240.0, 0.33), ("D", 150.0, 0.44), ("E", 120.0, 0.31)];
    let more = [("F", 205.0, 0.21), ("G", 60.0, 0.47), ("H", 36.0, 0.25)];
    Funnel {
        words: words("funnel", "Difference or chance?"),
        x: Axis { label: "participants", format: &plain },
        y: Axis { label: "share durable", format: &percent },
        points: points.into_iter().chain(more).map(|(l, size, value)| Point { label: l.into(), size, value }).collect(),
        centre: (0.36, "together 36%".into()),
        limits: vec![limits("95%", 1.96), limits("99.8%", 3.09)],
    }
    .draw()
}

fn forest() -> Result<String, Error> {
    let row = |label: &str, estimate| Row { label: label.into(), estimate, note: "120 followed".into() };
    Forest {
        words: words("forest", "Chance within two years"),
        axis: Axis { label: "chance", format: &percent },
        rows: vec![
            row("Amsterdam", Some((0.34, 0.29, 0.39))),
            row("Eindhoven", None),
            row("Groningen", Some((0.28, 0.22, 0.35))),
            row("Utrecht", Some((0.41, 0.33, 0.5))),
        ],
        reference: Some((0.35, "together 35%".into())),
    }
    .draw()
}

fn xmr() -> Result<String, Error> {
    let values = vec![21.0, 24.0, 19.0, 22.0, 23.0, 20.0, 25.0, 48.0, 22.0, 21.0, 24.0, 20.0];
    Xmr {
        words: words("xmr", "Days until the dossier"),
        y: Axis { label: "days", format: &plain },
        across: "month",
        moments: (0..12).map(|n| month(f64::from(n))).collect(),
        signals: values.iter().map(|value| *value > 42.0).collect(),
        values,
        limits: (24.0, 6.0, 42.0),
        range_limit: 22.0,
        names: ("mean", "limit", "difference with the month before"),
    }
    .draw()
}

fn main() -> Result<(), Error> {
    let style = std::env::args().nth(1).unwrap_or_default();
    println!(
        r#"<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">"#
    );
    println!(r#"<title>Charts</title><link rel="stylesheet" href="{style}"><main class="bst-grid bst-grid--halves">"#);
    let all = [steps(), lines(), bars("bars", false), bars("stacked", true), columns("columns", false)];
    for drawn in all.into_iter().chain([columns("piled", true), funnel(), forest(), xmr()]) {
        println!(r#"<section class="bst-card"><figure class="bst-figure">{}</figure></section>"#, drawn?);
    }
    println!("</main></html>");
    Ok(())
}
