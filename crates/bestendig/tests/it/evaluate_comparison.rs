//! `bestendig evaluate funnel` on files: the reference case, refusals with line and column, and guards.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    evaluate::{answer, expected, fields, near, oracle, refusal},
    run::Place,
};

/// Every field of an answer has its word in the document.
fn documented(told: &Value) {
    let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/evaluate.md")).unwrap();
    let mut found = BTreeSet::new();
    fields(told, &mut found);
    let missing: Vec<_> = found.iter().filter(|name| !document.contains(&format!("`{name}`"))).collect();
    assert!(found.len() > 15 && missing.is_empty(), "docs/evaluate.md does not tell of {missing:?}");
}

#[test]
fn a_funnel_is_that_of_the_reference_and_ranks_nobody() {
    let expected = expected("13_funnel_surgical");
    let told = answer("funnel --group site --events r --total n", &oracle("13_funnel_surgical", "data.csv"));
    near(&told["share"], &expected["p0"]);
    near(&told["dispersion"]["phi_winsorised"], &expected["phi_winsor10"]);
    near(&told["dispersion"]["tau2"], &expected["tau2_winsor10"]);
    near(&told["pooled"]["log_odds"], &expected["rma_REML"]["mu"]);
    near(&told["pooled"]["q"], &expected["rma_REML"]["Q"]);
    for site in 0..12 {
        let own = &told["groups"][site];
        near(&own["z"], &expected["z"][site]);
        for end in 0..2 {
            near(&own["wilson"][end], &expected["ci"]["wilson"][site][end]);
            near(&own["exact"][end], &expected["ci"]["clopper_pearson"][site][end]);
            near(&own["limits_each"][end], &expected["limits"]["limits"][site][end + 1]);
        }
        // in the order of the file, and between two places
        assert_eq!(own["group"], json!(String::from(char::from(b'A' + u8::try_from(site).unwrap()))));
        assert!(own["place"][0].as_u64().unwrap() <= own["place"][1].as_u64().unwrap());
        assert_eq!(own["standing"], if site == 7 { "more" } else { "as-others" });
    }
    documented(&told);
}

#[test]
fn people_are_counted_by_site_and_time() {
    let place = Place::new();
    let file = place.path("people.csv");
    let mut people = String::from("site;days;outcome\n");
    for row in 0..60 {
        let site = if row % 3 == 0 { "North" } else { "South" };
        let outcome = ["home", "stay", "0"][row % 4 % 3];
        people.push_str(&format!("{site};{};{outcome}\n", 100 + row));
    }
    std::fs::write(&file, people).unwrap();
    let all = answer("funnel --group site --event outcome --cause home", &file);
    let counts = |told: &Value, field: &str| [told["groups"][0][field].as_f64(), told["groups"][1][field].as_f64()];
    assert_eq!((counts(&all, "events"), counts(&all, "total")), ([Some(10.0), Some(20.0)], [Some(20.0), Some(40.0)]));
    // equal sites: no places, and a warning that says so
    assert_eq!((&all["groups"][0]["place"], &all["warnings"][0]["guard"]), (&Value::Null, &json!("no-places")));
    let early = answer("funnel --group site --event outcome --cause home --time days --at 101.5", &file);
    assert_eq!(counts(&early, "events"), [Some(1.0), Some(0.0)]);
    let said = refusal("funnel --group site --event outcome --cause home --time days --at 150", &file);
    assert!(said.contains("line 4, column days") && said.contains("censored before 150"), "{said}");
    assert!(refusal("funnel --group site --event outcome", &file).contains("--cause (home, stay)"));
    assert!(refusal("funnel --group site --event outcome --cause away", &file).contains("no row has the cause away"));
}

#[test]
fn bad_counts_are_one_line_that_names_line_and_column() {
    let place = Place::new();
    let file = place.path("sites.csv");
    for (rows, told) in [
        ("A,10,3\nB,5,6\n", "line 3, column r: 6 is not possible"),
        ("A,10,3\nB,0,0\n", "line 3, column n: 0 is not possible"),
        ("A,10,3\nB,5,-1\n", "line 3, column r: -1"),
        ("A,10,3\nB,5,1.5\n", "line 3, column r: 1.5"),
        ("A,10,3\nB,5,many\n", "line 3, column r: `many` is not a number"),
        ("A,10,3\nB,5,\n", "line 3, column r: is empty"),
        ("A,10,3\nA,5,1\n", "line 3, column site: stands here a second time"),
        ("A,10,3\n,5,1\n", "line 3, column site: is empty"),
        ("A,10,0\nB,5,0\n", "column r: 0 is not possible; give a share above 0"),
        ("A,10,3\n", "column n: is not enough; give at least two sites"),
        ("A,NaN,3\nB,5,1\n", "line 2, column n: `NaN` is not a number"),
        ("", "has a header and no rows"),
    ] {
        std::fs::write(&file, format!("site,n,r\n{rows}")).unwrap();
        let said = refusal("funnel --group site --events r --total n", &file);
        assert!(said.contains(told), "{rows}: {said}");
    }
    std::fs::write(&file, "site,n,r\nA,10,3\nB,5,1\n").unwrap();
    assert!(refusal("funnel --group site --events r --total m", &file).contains("has no column m"));
    for (option, told) in [("--level 1.5", "between 0 and 1"), ("--winsor 0.7", "0.7 is not possible")] {
        assert!(refusal(&format!("funnel --group site --events r --total n {option}"), &file).contains(told));
    }
    let told = answer("funnel --group site --events r --total n", &file);
    assert!(told["warnings"].to_string().contains("group B: 5 people, fewer than 10"), "{told}");
}
