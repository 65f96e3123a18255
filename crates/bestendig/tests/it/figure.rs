//! `figure` and `figure-diff` as people run them, on the small demonstration: every option, both formats, and what is refused.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::run::Place;

const YEAR: [&str; 4] = ["--from", "2021-06-01", "--to", "2022-06-01"];

fn store() -> Place {
    let place = Place::new();
    place.filled("store");
    place
}

fn of_city<'a>(command: &'a str, args: &[&'a str]) -> Vec<&'a str> {
    [&[command][..], args, &["--programme", "one-city"]].concat()
}

fn json(place: &Place, command: &str, args: &[&str]) -> Json {
    serde_json::from_str(&place.fine("store", &of_city(command, args))).unwrap()
}

/// Lines by column.
fn csv(place: &Place, args: &[&str]) -> Vec<BTreeMap<String, String>> {
    let text = place.fine("store", &of_city("figure", &[args, &["--format", "csv"]].concat()));
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let columns = lines.next().unwrap();
    lines
        .map(|cells| {
            assert_eq!(cells.len(), columns.len(), "{text}");
            columns.iter().cloned().zip(cells).collect()
        })
        .collect()
}

fn total(figure: &Json) -> u64 {
    figure["total"]["count"].as_u64().unwrap_or_else(|| panic!("{figure}"))
}

#[test]
fn a_figure_says_what_it_is_in_both_formats() {
    let place = store();
    let stock = ["stock", "--on", "2022-06-01", "--by", "site"];
    let told = json(&place, "figure", &stock);
    assert_eq!((told["base"].as_str(), told["when"]["on"].as_str()), (Some("stock"), Some("2022-06-01")));
    assert_eq!((told["place"].as_str(), told["by"][0].as_str()), (Some("national"), Some("site")));
    assert!(told["definition"]["statuses"].as_array().unwrap().len() == 3 && told["software"].is_string());
    assert!(told["hash"].as_str().unwrap().len() == 64 && told["checkpoint"]["size"].as_u64().unwrap() > 100);
    assert_eq!(told["cells"][0]["key"]["site"], "vrijstad");
    assert!(total(&told) >= 10 && told["cells"][0]["value"]["count"].as_u64() == Some(total(&told)));
    // the same as lines
    let lines = csv(&place, &stock);
    assert_eq!(lines.len(), 2);
    for line in &lines {
        assert_eq!((line["figure"].as_str(), line["from"].as_str()), ("stock", "2022-06-01"));
        assert_eq!(line["count"], total(&told).to_string());
    }
    assert_eq!((lines[0]["row"].as_str(), lines[1]["row"].as_str()), ("cell", "total"));
    // in the only city there is, the city is all
    let here = json(&place, "figure", &["stock", "--on", "2022-06-01", "--site", "vrijstad"]);
    assert_eq!((here["place"].as_str(), total(&here)), (Some("vrijstad"), total(&told)));
    assert_ne!(here["hash"], told["hash"], "another question");
    // and without a name, what there is to ask
    let all = json(&place, "figure", &[]);
    let names: Vec<&str> = all.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert!(names.contains(&"stock") && names.contains(&"outflow") && names.len() > 10, "{names:?}");
}

#[test]
fn periods_classifications_and_two_breakdowns_add_up_and_tell_nothing_small() {
    let place = store();
    let outflow = [&["outflow"][..], &YEAR].concat();
    let whole = total(&json(&place, "figure", &outflow));
    for classification in ["letter-2018", "vrijstad-2022"] {
        let by_class = [&outflow[..], &["--by", "class", "--classification", classification]].concat();
        let told = json(&place, "figure", &by_class);
        assert_eq!(told["classification"]["id"], classification);
        assert_eq!(total(&told), whole, "{classification} counts the same people");
        let cells = told["cells"].as_array().unwrap();
        assert_eq!(cells.len(), 3, "a class of nobody is a zero");
        let shown: Vec<u64> = cells.iter().filter_map(|cell| cell["value"]["count"].as_u64()).collect();
        assert!(shown.iter().all(|count| *count == 0 || *count >= 10), "{cells:?}");
        assert!(shown.len() < 3 || shown.iter().sum::<u64>() == whole, "{cells:?}");
    }
    let crossed = csv(&place, &[&outflow[..], &["--by", "class", "--by", "sex"]].concat());
    assert!(crossed.iter().any(|line| line["row"] == "cell" && !line["class"].is_empty() && !line["sex"].is_empty()));
    for line in &crossed {
        let count = line["count"].parse::<u64>().ok();
        assert!(count.is_none_or(|count| count == 0 || count >= 10), "{line:?}");
        assert_eq!(count.is_none(), !line["hidden"].is_empty(), "what is left out says why: {line:?}");
    }
    // a share has its part and whole, days have quartiles
    let share = csv(&place, &["durable-share", "--from", "2020-01-01", "--to", "2022-06-01"]);
    let number = |name: &str| share[0][name].parse::<f64>().unwrap();
    assert!((number("percent") - 100.0 * number("part") / number("whole")).abs() < 0.06, "{share:?}");
    let wait = json(&place, "figure", &[&["review-wait"][..], &YEAR].concat());
    let at = |name: &str| wait["total"][name].as_f64().unwrap();
    assert!(at("q1") <= at("median") && at("median") <= at("q3"), "{wait}");
}

#[test]
fn a_figure_as_known_then_stays_and_what_changed_is_told() {
    let place = store();
    let (day, moment) = ("2022-03-01", "2022-03-01T22:59:59.999999Z");
    let known = |at: &str| json(&place, "figure", &["stock", "--on", day, "--known-at", at]);
    // a day is known to its end in Amsterdam; asked again it is the same to the last character
    assert_eq!(known(day), known(moment));
    assert_eq!(known(day)["known_at"], moment);
    assert!(known("2022-03-01T09:30:00Z")["checkpoint"]["size"].as_u64() < known(day)["checkpoint"]["size"].as_u64());

    let reports = ["--known-at", day, "--against", "2022-06-20"];
    let late = json(&place, "figure-diff", &[&["stock", "--on", day][..], &reports].concat());
    assert_eq!(late["before"], known(day));
    assert_eq!(late["after"], known("2022-06-20"));
    let changes = |diff: &Json| diff["changes"].as_array().unwrap().clone();
    for change in changes(&late) {
        assert!(change["what"].is_string(), "{change}");
        let count = change["count"].as_u64();
        assert!(
            count.is_none_or(|count| count >= 10) && (count.is_none() == (change["hidden"] == "small")),
            "{change}"
        );
    }
    // another day, and another period
    let moved = json(
        &place,
        "figure-diff",
        &["stock", "--on", day, "--then-on", "2022-06-01", "--known-at", day, "--against", "2022-06-20"],
    );
    assert_eq!(
        (moved["before"]["when"]["on"].as_str(), moved["after"]["when"]["on"].as_str()),
        (Some(day), Some("2022-06-01"))
    );
    assert!(changes(&moved).iter().any(|change| change["what"] == "another day, period or place"), "{moved}");
    let periods =
        ["--from", "2021-09-01", "--to", "2021-12-01", "--then-from", "2021-12-01", "--then-to", "2022-03-01"];
    let next = json(&place, "figure-diff", &[&["outflow"][..], &periods, &reports, &["--by", "class"]].concat());
    assert_eq!(next["after"]["when"]["from"], "2021-12-01");
    assert_eq!(next["before"]["by"][0], "class");
    // nothing was learnt between a moment and itself
    let same = json(&place, "figure-diff", &["stock", "--on", day, "--known-at", day, "--against", day]);
    assert_eq!((&same["before"], changes(&same).len()), (&same["after"], 0));
}

#[test]
fn what_cannot_be_asked_is_refused_with_what_would_be_right() {
    let place = store();
    let on = ["stock", "--on", "2022-06-01"];
    let refused: [(&str, &[&str], &str); 19] = [
        ("figure", &["nothing", "--on", "2022-06-01"], "there is no figure nothing; there are inflow"),
        ("figure", &["stock"], "give the day (--on DATE)"),
        ("figure", &["stock", "--on", "2022-06-01", "--from", "2022-01-01"], "stock and flow would be mixed"),
        ("figure", &["outflow", "--on", "2022-06-01"], "give --from and --to alone"),
        ("figure", &["outflow", "--from", "2022-01-01"], "has no period"),
        ("figure", &["outflow", "--from", "2022-06-01", "--to", "2022-01-01"], "has no days"),
        ("figure", &["stock", "--on", "2032-06-01"], "the day up to which things are known"),
        ("figure", &[&on[..], &["--by", "reason"]].concat(), "has no breakdown by reason; it has site"),
        ("figure", &[&on[..], &["--by", "mood"]].concat(), "there is no breakdown mood; there are site"),
        ("figure", &[&on[..], &["--by", "sex", "--by", "sex"]].concat(), "given twice"),
        ("figure", &[&on[..], &["--by", "sex", "--by", "site", "--by", "phase"]].concat(), "two columns at most"),
        ("figure", &[&on[..], &["--site", "utrecht"]].concat(), "there is no site utrecht; there are vrijstad"),
        ("figure", &[&on[..], &["--site", "UTRECHT!"]].concat(), "lower-case letters, digits and hyphens"),
        ("figure", &[&on[..], &["--known-at", "soon"]].concat(), "write 2022-03-01 or 2022-03-01T09:30:00Z"),
        ("figure", &[&on[..], &["--known-at", "2032-01-01"]].concat(), "nothing is known yet"),
        ("figure", &[&on[..], &["--known-at", "2032-01-01T00:00:00Z"]].concat(), "nothing is known yet"),
        (
            "figure",
            &[&["outflow"][..], &YEAR, &["--classification", "mine", "--by", "class"]].concat(),
            "there are letter-2018",
        ),
        (
            "figure-diff",
            &[&on[..], &["--known-at", "2022-06-20", "--against", "2022-06-10"]].concat(),
            "the other way round",
        ),
        (
            "figure-diff",
            &[
                &on[..],
                &[
                    "--known-at",
                    "2022-06-10",
                    "--against",
                    "2022-06-20",
                    "--then-from",
                    "2022-01-01",
                    "--then-to",
                    "2022-02-01",
                ],
            ]
            .concat(),
            "give --on DATE alone",
        ),
    ];
    for (command, args, words) in refused {
        let said = place.refused("store", &of_city(command, args));
        assert!(said.contains(words), "{command} {args:?}: {said}");
    }
    // what is no command at all: the program says how it is used, on stderr alone
    for args in [
        &["figure", "stock", "--on", "2022-02-30"][..],
        &["figure", "stock", "--on", "2022-06-01", "--format", "xml"],
        &["figure-diff", "stock", "--on", "2022-06-01", "--known-at", "2022-06-10"],
        &["figure-diff", "outflow", "--known-at", "2022-06-10", "--against", "2022-06-20", "--then-from", "2022-01-01"],
    ] {
        let out = place.run("store", args);
        assert!(out.status.code() == Some(2) && out.stdout.is_empty(), "{args:?}");
        assert!(String::from_utf8_lossy(&out.stderr).contains("--"), "{args:?}");
    }
}
