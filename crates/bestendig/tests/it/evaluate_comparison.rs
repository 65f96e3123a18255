//! `bestendig evaluate funnel|gformula` on files: the reference cases, refusals with line and column, and guards.

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

#[test]
fn risks_of_groups_are_those_of_the_reference() {
    let expected = expected("12_ate_pbc");
    let file = oracle("12_ate_pbc", "data.csv");
    let args = "gformula --time time --event status --cause 2 --group trt --covariates age,logbili,logalb,edema,logpro";
    let close = |found: &Value, expected: &Value, within: f64| {
        let (a, b) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
        assert!((a - b).abs() <= within, "{a} where {b} is expected");
    };
    for (by, key) in [("g", "GFORMULA_cause2"), ("iptw", "IPTW_cause2"), ("aiptw", "AIPTW_cause2")] {
        let told = answer(&format!("{args} --at 365,1095 --by {by}"), &file);
        for time in 0..2 {
            let at = &told["at"][time];
            for group in 0..2 {
                close(&at["risks"][group]["estimate"], &expected[key]["risk"][3 * group + time], 1e-6);
                close(&at["risks"][group]["se"], &expected[key]["se"][3 * group + time], 5e-4);
            }
            close(&at["differences"][0]["difference"]["estimate"], &expected[key]["diff"][time], 1e-6);
        }
        assert_eq!(told["balance"].is_array(), by != "g");
        documented(&told);
    }
    let told = answer(&format!("{args} --at 365 --by iptw"), &file);
    close(&told["balance"][1]["effective"], &expected["balance"]["ess_treated"], 1e-6);
    close(&told["balance"][1]["covariates"][0]["after"], &expected["balance"]["smd_iptw"][0], 1e-8);
    // nobody had a transplant in the first year
    let told = answer(&format!("{} --at 365", args.replace("--cause 2", "--cause 1")), &file);
    assert!(told["warnings"].to_string().contains("no-events"), "{told}");
    assert_eq!(told["at"][0]["differences"][0]["ratio"], Value::Null);
}

#[test]
fn a_question_the_g_formula_cannot_answer_is_one_line() {
    let place = Place::new();
    let file = place.path("people.csv");
    let people = |change: &dyn Fn(usize) -> String| {
        let rows: String = (0..40).map(change).collect();
        std::fs::write(&file, format!("site,days,outcome,age\n{rows}")).unwrap();
    };
    let row = |i: usize| format!("{},{},{},{}\n", ["A", "B"][i % 2], 10 + i, i % 3, 20 + i * 7 % 31);
    let ask = "gformula --time days --event outcome --cause 1 --group site --covariates age";
    people(&row);
    answer(&format!("{ask} --at 30"), &file);
    for (asked, told) in [
        (format!("{ask} --at 300"), "up to the last one seen, 49"),
        (format!("{ask} --at=-1"), "--at -1 is not possible"),
        (format!("{ask} --at 30 --level 2"), "between 0 and 1"),
        (format!("{ask},site --at 30"), "names the group"),
        (format!("{} --at 30", ask.replace("--cause 1", "--cause 7")), "no row has the cause 7"),
        (format!("{} --at 30", ask.replace("age", "weight")), "has no column weight"),
    ] {
        assert!(refusal(&asked, &file).contains(told), "{asked}");
    }
    for (bad, told) in [
        ("A,12,1,old\n", "line 4, column age"),
        ("A,-2,1,30\n", "line 4, column days: -2 is negative"),
        ("A,,1,30\n", "line 4, column days: is empty"),
        (",12,1,30\n", "line 4, column site: is empty"),
    ] {
        people(&|i| if i == 2 { bad.to_owned() } else { row(i) });
        let said = refusal(&format!("{ask} --at 30"), &file);
        assert!(said.contains(told), "{said}");
    }
    people(&|i| row(i).replace(['B'], "A"));
    assert!(refusal(&format!("{ask} --at 30"), &file).contains("column site: there is one group"));
}
