//! What a drawing says, and that it is well formed.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use charts::{
    Axis, Band, Bars, Chart, Columns, Curve, Error, Fact, Forest, Funnel, Limits, Lines, Mark, Point, Row, Steps,
    Words, Xmr,
};
use roxmltree::{Document, Node};

fn percent(value: f64) -> String {
    format!("{:.0}%", value * 100.0)
}

fn plain(value: f64) -> String {
    format!("{value:.0}")
}

/// The facts as sentences.
fn sentences(facts: &[Fact<'_>]) -> String {
    let one = |fact: &Fact<'_>| match fact {
        Fact::End { label, at, value, interval } => {
            let (from, to) = interval.unwrap_or((*value, *value));
            format!("{label} at {at:.0}: {} ({} to {}).", percent(*value), percent(from), percent(to))
        }
        Fact::Largest { label, value } => format!("Most: {label}, {value:.0}."),
        Fact::Estimate { label, value, .. } => format!("{label} {}.", percent(*value)),
        Fact::Outside { label, above, .. } => format!("{label} {}.", if *above { "above" } else { "below" }),
        Fact::Inside { points } => format!("{points} inside."),
    };
    facts.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn words() -> Words<'static> {
    Words { id: "test-1", title: "Left & \"gone\" <by reason>", describe: &sentences, hidden: "<10" }
}

fn axis<'a>(label: &'a str, format: &'a dyn Fn(f64) -> String) -> Axis<'a> {
    Axis { label, format }
}

fn curve(label: &str, values: &[f64]) -> Curve {
    let x = (0_u32..).take(values.len()).map(f64::from).collect();
    let band = Band {
        from: values.iter().map(|value| value * 0.8).collect(),
        to: values.iter().map(|value| value * 1.2).collect(),
    };
    Curve { label: label.into(), x, y: values.to_vec(), band: Some(band), risk: Some(vec![Some(100), Some(40), None]) }
}

fn steps() -> Steps<'static> {
    Steps {
        words: words(),
        x: axis("months", &plain),
        y: axis("chance", &percent),
        ticks: vec![0.0, 2.0, 4.0],
        curves: vec![curve("return", &[0.0, 0.1, 0.2]), curve("stay & <more>", &[0.0, 0.1, 0.19, 0.3])],
        until: vec![2.0, 4.0],
        risk: "at risk",
    }
}

fn lines() -> Lines<'static> {
    Lines {
        words: words(),
        x: axis("month", &plain),
        y: axis("places", &plain),
        ticks: (0..12).map(f64::from).collect(),
        curves: vec![curve("North", &[10.0, 20.0, 30.0]), curve("South", &[5.0, 5.0, 31.0])],
        marks: vec![Mark { label: "capacity".into(), value: 40.0 }],
    }
}

fn bars(stacked: bool) -> Bars<'static> {
    Bars {
        words: words(),
        axis: axis("people", &plain),
        categories: vec!["Groningen".into(), "Utrecht & region".into()],
        series: vec![
            ("return".into(), vec![Some(30.0), Some(12.0)]),
            ("stay".into(), vec![None, Some(50.0)]),
            ("left".into(), vec![Some(11.0), Some(14.0)]),
        ],
        stacked,
    }
}

fn columns(stacked: bool) -> Columns<'static> {
    let Bars { words, axis, categories, series, .. } = bars(stacked);
    Columns { words, axis, across: "site", categories, series, stacked }
}

fn forest() -> Forest<'static> {
    let row = |label: &str, estimate| Row { label: label.into(), estimate, note: "n = 20".into() };
    Forest {
        words: words(),
        axis: axis("chance", &percent),
        rows: vec![row("Groningen", Some((0.3, 0.2, 0.4))), row("Utrecht", None)],
        reference: Some((0.25, "together 25%".into())),
    }
}

fn funnel() -> Funnel<'static> {
    let limits = |label: &str, wide: f64| Limits {
        label: label.into(),
        size: vec![10.0, 100.0, 400.0],
        from: vec![0.3 - wide * 3.0, 0.3 - wide, 0.3 - wide / 2.0],
        to: vec![0.3 + wide * 3.0, 0.3 + wide, 0.3 + wide / 2.0],
    };
    let point = |label: &str, size, value| Point { label: label.into(), size, value };
    Funnel {
        words: words(),
        x: axis("people", &plain),
        y: axis("share", &percent),
        points: vec![point("A", 400.0, 0.5), point("B", 100.0, 0.32), point("C", 60.0, 0.15)],
        centre: (0.3, "all 30%".into()),
        limits: vec![limits("95%", 0.05), limits("99.8%", 0.1)],
    }
}

fn xmr() -> Xmr<'static> {
    Xmr {
        words: words(),
        y: axis("days", &plain),
        across: "month",
        moments: (1..=6).map(|month| format!("2022-{month:02}")).collect(),
        values: vec![20.0, 22.0, 19.0, 21.0, 60.0, 20.0],
        signals: vec![false, false, false, false, true, false],
        limits: (27.0, 0.0, 50.0),
        range_limit: 45.0,
        names: ("mean", "limit", "moving range"),
    }
}

fn all() -> Vec<(&'static str, String)> {
    vec![
        ("steps", steps().draw().unwrap()),
        ("lines", lines().draw().unwrap()),
        ("bars", bars(false).draw().unwrap()),
        ("bars stacked", bars(true).draw().unwrap()),
        ("columns", columns(false).draw().unwrap()),
        ("columns stacked", columns(true).draw().unwrap()),
        ("forest", forest().draw().unwrap()),
        ("funnel", funnel().draw().unwrap()),
        ("xmr", xmr().draw().unwrap()),
    ]
}

/// Reads the two drawings, and asks something of each.
fn read(drawn: &str, ask: impl Fn(&Document<'_>)) {
    let both: Vec<&str> = drawn.split_inclusive("</svg>").collect();
    assert_eq!(both.len(), 2, "a wide drawing and a narrow one");
    for one in both {
        ask(&Document::parse(one).unwrap_or_else(|error| panic!("{error}: {one}")));
    }
}

fn texts(document: &Document<'_>) -> Vec<String> {
    let text = |node: &Node<'_, '_>| node.text().unwrap_or_default().to_owned();
    document
        .descendants()
        .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "text")))
        .map(|n| text(&n))
        .collect()
}

fn has_class(node: &Node<'_, '_>, class: &str) -> bool {
    node.attribute("class").is_some_and(|classes| classes.split(' ').any(|one| one == class))
}

#[test]
fn every_drawing_is_xml_with_a_title_a_description_and_nothing_a_strict_policy_refuses() {
    for (name, drawn) in all() {
        read(&drawn, |document| {
            let root = document.root_element();
            assert_eq!(root.attribute("role"), Some("img"), "{name}");
            let named = |what: &str| {
                let id = root.attribute(what).unwrap();
                document.descendants().find(|node| node.attribute("id") == Some(id)).unwrap().text().unwrap().to_owned()
            };
            assert_eq!(named("aria-labelledby"), "Left & \"gone\" <by reason>", "{name}");
            assert!(!named("aria-describedby").is_empty(), "{name}");
            for node in document.descendants() {
                assert!(!node.attributes().any(|a| a.name() == "style" || a.name().starts_with("on")), "{name}");
                assert!(!["script", "style", "a", "image"].contains(&node.tag_name().name()), "{name}");
            }
        });
        for wrong in ["NaN", "inf", "Infinity"] {
            assert!(!drawn.contains(wrong), "{name}: {wrong}");
        }
    }
}

#[test]
fn nothing_is_drawn_outside_its_frame() {
    for (name, drawn) in all() {
        read(&drawn, |document| {
            let frame = document.root_element().attribute("viewBox").unwrap();
            let frame: Vec<f64> = frame.split(' ').map(|part| part.parse().unwrap()).collect();
            for node in document.descendants() {
                for (attribute, most) in [("x", frame[2]), ("cx", frame[2]), ("y", frame[3]), ("cy", frame[3])] {
                    if let Some(place) = node.attribute(attribute).map(|place| place.parse::<f64>().unwrap()) {
                        assert!((-1.0..=most + 1.0).contains(&place), "{name}: {attribute} {place} of {most}");
                    }
                }
            }
        });
    }
}

#[test]
fn ids_differ_between_the_two_drawings() {
    let drawn = steps().draw().unwrap();
    for id in ["test-1-wide-t", "test-1-narrow-t", "test-1-wide-d", "test-1-narrow-d"] {
        assert_eq!(drawn.matches(&format!("id=\"{id}\"")).count(), 1, "{id}");
    }
}

#[test]
fn curves_have_their_names_their_ends_and_the_people_under_them() {
    let drawn = steps().draw().unwrap();
    read(&drawn, |document| {
        let texts = texts(document);
        for text in ["return 20%", "stay & <more> 30%", "at risk", "100", "40", "<10", "months", "chance"] {
            assert!(texts.iter().any(|it| it == text), "{text}: {texts:?}");
        }
        let lines: Vec<_> = document.descendants().filter(|node| has_class(node, "bst-chart__line")).collect();
        let dashes: Vec<_> = lines.iter().take(2).map(|line| line.attribute("stroke-dasharray")).collect();
        assert_ne!(dashes[0], dashes[1], "known without colour");
    });
    assert!(drawn.contains("return at 2: 20% (16% to 24%). stay &amp; &lt;more&gt; at 4: 30% (24% to 36%)."));
}

/// Where the line of a curve goes, from its path.
fn across(document: &Document<'_>, number: usize) -> Vec<f64> {
    let line = document.descendants().filter(|node| has_class(node, "bst-chart__line")).nth(number).unwrap();
    let d = line.attribute("d").unwrap().replace(['M', 'H', 'V', 'L'], " ");
    d.split_whitespace().map(|part| part.parse().unwrap()).collect()
}

#[test]
fn a_curve_that_is_cut_stops_and_steps_stay_level_until_the_next() {
    let drawn = steps().draw().unwrap();
    let wide = drawn.split_inclusive("</svg>").next().unwrap();
    let document = Document::parse(wide).unwrap();
    let (first, second) = (across(&document, 0), across(&document, 1));
    // M x y, then H x V y for each further point: the last H is where it ends
    let end = |line: &[f64]| line[line.len() - 2];
    assert!(end(&first) < end(&second), "{first:?} {second:?}");
    assert!((end(&first) - f64::midpoint(first[0], end(&second))).abs() < 0.2, "cut half way: {first:?}");
}

#[test]
fn bars_say_their_values_and_what_is_hidden() {
    for stacked in [false, true] {
        for drawn in [bars(stacked).draw().unwrap(), columns(stacked).draw().unwrap()] {
            read(&drawn, |document| {
                let texts = texts(document);
                assert!(texts.iter().any(|it| it == "Groningen") && texts.iter().any(|it| it == "stay"));
                if stacked {
                    // the total of the site of which nothing is hidden; of the other none is given
                    assert!(texts.iter().any(|it| it == "76") && !texts.iter().any(|it| it == "41"), "{texts:?}");
                }
            });
            assert!(drawn.contains("Most: Utrecht &amp; region, 76."), "{drawn}");
        }
    }
    read(&bars(false).draw().unwrap(), |document| {
        let texts = texts(document);
        for text in ["30", "12", "<10", "50", "11", "14"] {
            assert!(texts.iter().any(|it| it == text), "{text}: {texts:?}");
        }
    });
}

#[test]
fn longer_bars_are_longer() {
    let drawn = bars(false).draw().unwrap();
    let document = Document::parse(drawn.split_inclusive("</svg>").next().unwrap()).unwrap();
    let pieces = document.descendants().filter(|node| has_class(node, "bst-chart__piece"));
    let width = |node: Node<'_, '_>| node.attribute("width").unwrap().parse::<f64>().unwrap();
    // the legend's three squares, then the bars
    let widths: Vec<f64> = pieces.skip(3).map(width).collect();
    let longest = widths[4];
    let expected = [30.0, 0.0, 11.0, 12.0, 50.0, 14.0].map(|value: f64| value / 50.0);
    assert_eq!(widths.len(), 6);
    for (width, expected) in widths.iter().zip(expected) {
        assert!((width / longest - expected).abs() < 0.01, "{widths:?}");
    }
}

#[test]
fn a_funnel_marks_who_is_outside_by_shape_and_in_words() {
    let drawn = funnel().draw().unwrap();
    assert!(drawn.contains("A above. 2 inside."), "{drawn}");
    read(&drawn, |document| {
        let out: Vec<_> = document.descendants().filter(|node| has_class(node, "bst-chart__dot--out")).collect();
        assert_eq!(out.len(), 1);
        assert!(out[0].has_tag_name(("http://www.w3.org/2000/svg", "path")), "a diamond among circles");
        let texts = texts(document);
        for text in ["A", "B", "C", "95%", "99.8%", "all 30%"] {
            assert!(texts.iter().any(|it| it == text), "{text}: {texts:?}");
        }
    });
}

#[test]
fn estimates_and_process_charts_say_what_they_show() {
    let drawn = forest().draw().unwrap();
    assert!(drawn.contains("30% (20%–40%)") && drawn.contains("together 25%") && drawn.contains("&lt;10"));
    assert!(drawn.contains("Groningen 30%."), "what is hidden is not described");
    let drawn = xmr().draw().unwrap();
    assert!(drawn.contains("2022-05 above. 5 inside.") && drawn.contains("moving range"));
    assert!(lines().draw().unwrap().contains("capacity 40"));
}

#[test]
fn what_cannot_be_drawn_is_refused_with_the_reason() {
    let refused = |chart: &dyn Fn() -> Result<String, Error>| chart().unwrap_err();
    let with = |change: &dyn Fn(&mut Steps<'_>)| {
        let mut chart = steps();
        change(&mut chart);
        refused(&|| chart.draw())
    };
    assert_eq!(with(&|chart| chart.curves.clear()), Error::Empty);
    assert_eq!(with(&|chart| chart.ticks.truncate(1)), Error::Empty);
    assert_eq!(with(&|chart| chart.curves[0].y[1] = f64::NAN), Error::NotFinite("return".into(), 1));
    assert_eq!(with(&|chart| chart.curves[0].x[2] = 0.5), Error::Order("return".into(), 2));
    assert_eq!(with(&|chart| chart.curves[0].y[2] = -0.5), Error::Negative("return".into(), 0));
    assert_eq!(with(&|chart| chart.curves[0].y.truncate(1)), Error::Length("return".into(), 3, 1));
    assert_eq!(with(&|chart| chart.until.truncate(1)), Error::Length("months".into(), 2, 1));
    assert_eq!(with(&|chart| chart.curves[0].risk = Some(vec![Some(1)])), Error::Length("return".into(), 3, 1));
    assert_eq!(with(&|chart| chart.words.id = "a b"), Error::Id("a b".into()));
    let wide = |chart: &mut Steps<'_>| chart.curves[0].band = Some(Band { from: vec![1.0; 3], to: vec![0.5; 3] });
    assert_eq!(with(&wide), Error::Interval("return".into(), 0));
    let mut funnel = funnel();
    funnel.points[1].value = f64::INFINITY;
    assert_eq!(funnel.draw().unwrap_err(), Error::NotFinite("B".into(), 1));
    let mut bars = bars(true);
    bars.series[0].1[1] = Some(-4.0);
    assert_eq!(bars.draw().unwrap_err(), Error::Negative("return".into(), 1));
    let mut forest = forest();
    forest.rows[0].estimate = Some((0.3, 0.4, 0.2));
    assert_eq!(forest.draw().unwrap_err(), Error::Interval("Groningen".into(), 0));
    let mut xmr = xmr();
    xmr.values.clear();
    assert_eq!(xmr.draw().unwrap_err(), Error::Empty);
    for error in [Error::Empty, Error::NotFinite("a".into(), 3), Error::Id("x y".into())] {
        assert!(error.to_string().len() > 20, "{error}");
    }
}

#[test]
fn a_chart_with_one_point_and_all_zero_is_drawn() {
    let mut one = steps();
    one.curves = vec![Curve { label: "none yet".into(), x: vec![0.0], y: vec![0.0], band: None, risk: None }];
    one.until = vec![4.0];
    read(&one.draw().unwrap(), |document| assert!(texts(document).iter().any(|text| text == "none yet 0%")));
}
