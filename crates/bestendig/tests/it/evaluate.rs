//! `bestendig evaluate` on files: the reference cases, refusals with line and column, and guards.

use std::{
    path::{Path, PathBuf},
    process::Output,
};

use serde_json::Value;

use crate::run::{Place, text};

pub(crate) fn oracle(case: &str, file: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../evaluation/tests/oracles")).join(case).join(file)
}

pub(crate) fn expected(case: &str) -> Value {
    let whole: Value = serde_json::from_str(&std::fs::read_to_string(oracle(case, "expected.json")).unwrap()).unwrap();
    whole["results"].clone()
}

fn run(args: &str, file: &Path) -> Output {
    let mut words: Vec<&str> = args.split_whitespace().collect();
    let file = text(file);
    words.insert(1, &file);
    words.insert(0, "evaluate");
    Place::new().run("none", &words)
}

pub(crate) fn answer(args: &str, file: &Path) -> Value {
    let out = run(args, file);
    assert!(out.status.success(), "{args}: {}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

pub(crate) fn refusal(args: &str, file: &Path) -> String {
    let out = run(args, file);
    let said = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(1), "{args}: {said}");
    assert!(out.stdout.is_empty() && said.lines().count() == 1 && !said.contains("internal error"), "{args}: {said}");
    said
}

#[track_caller]
pub(crate) fn near(found: &Value, expected: &Value) {
    let (a, b) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
    assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{a} where {b} is expected");
}

#[test]
fn survival_at_times_is_that_of_r() {
    let expected = &expected("01_km_lung")["at_times"];
    let args = "km --time time --event status --group sex --at 100,200,365,500 --conf log";
    let answer = answer(args, &oracle("01_km_lung", "data.csv"));
    assert_eq!((&answer["rows"], &answer["variance"]), (&Value::from(227), &Value::from("greenwood")));
    for index in 0..8 {
        let point = &answer["groups"][index / 4]["at"][index % 4];
        for (own, theirs) in
            [("survival", "surv"), ("se", "std_err"), ("lower", "lower"), ("upper", "upper"), ("people", "n_risk")]
        {
            near(&point[own], &expected[theirs][index]);
        }
    }
    near(&answer["groups"][1]["quantiles"][1]["time"], &Value::from(426.0));
    assert_eq!(answer["warnings"], serde_json::json!([]));
}

#[test]
fn incidence_with_weights_is_that_of_r() {
    let expected = &expected("03_aj_mgus2")["survfit_weighted_by_sex"]["sex=1"];
    let args = "cuminc --time time --event event --group sex --weights w --conf log";
    let answer = answer(args, &oracle("03_aj_mgus2", "data.csv"));
    let curve = &answer["groups"][1]["curve"];
    let last = expected["time"].as_array().unwrap().len() - 1;
    for index in [5, 50, last] {
        near(&curve["time"][index], &expected["time"][index]);
        near(&curve["people"][index], &expected["n_risk"][index]);
        near(&curve["event_free"]["value"][index], &expected["pstate"][index][0]);
        for cause in 0..2 {
            let own = &curve["causes"][cause];
            for (name, theirs) in [("incidence", "pstate"), ("se", "se"), ("lower", "lower"), ("upper", "upper")] {
                near(&own[name][index], &expected[theirs][index][cause + 1]);
            }
        }
    }
    assert_eq!(answer["variance"], "robust");
}

#[test]
fn tests_and_mean_times_are_those_of_r() {
    let (lung, mgus) = (expected("01_km_lung"), expected("03_aj_mgus2"));
    let args = "logrank --time time --event status --group sex --strata ph.ecog";
    let test = answer(args, &oracle("01_km_lung", "data.csv"));
    near(&test["test"]["statistic"], &lung["logrank_strat_ecog"]["chisq"]);
    let args = "gray --time time --event event --group site5 --strata sex --pairs 1";
    let test = answer(args, &oracle("04_gray_mgus2", "data.csv"));
    near(&test["tests"][0]["statistic"], &expected("04_gray_mgus2")["site5_strat_sex"]["stat"][0]);
    assert_eq!(test["pairs"].as_array().unwrap().len(), 10);
    let means = answer("rmtl --time time --event event --group sex --at 60,240", &oracle("03_aj_mgus2", "data.csv"));
    let group = &means["horizons"][1]["groups"][1];
    near(&group["event_free"]["mean"], &mgus["rmts"][2]["sex1"]["rmean"][0]);
    near(&group["causes"][1]["se"], &mgus["rmts"][2]["sex1"]["se_ij"][2]);
    assert!(group["causes"][1]["difference"]["se"].as_f64().unwrap() > 0.0);
}

#[test]
fn a_stock_sample_is_read_from_a_landmark_on() {
    let place = Place::new();
    let file = place.path("stock.csv");
    // of those there at 10: two enter later; one of three leaves at 20, one of two at 30
    std::fs::write(&file, "t,e,n\n5,1,0\n20,1,0\n30,2,12\n40,0,15\n").unwrap();
    let found = answer("cuminc --time t --event e --entry n --since 10 --at 30", &file);
    near(&found["groups"][0]["at"][0]["causes"][0]["value"], &Value::from(1.0 / 3.0));
    near(&found["groups"][0]["at"][0]["causes"][1]["value"], &Value::from(1.0 / 3.0));
    assert!(refusal("km --time t --event e --since 40", &file).contains("nobody is still there at 40"));
}

#[test]
fn a_band_is_wider_than_the_interval() {
    let found =
        answer("km --time t2 --event d3 --group group --band hall-wellner", &oracle("02_bands_bmt", "data.csv"));
    let group = &found["groups"][0];
    let (curve, band) = (&group["curve"], &group["band"]);
    let times: Vec<f64> = curve["time"].as_array().unwrap().iter().map(|time| time.as_f64().unwrap()).collect();
    for (index, time) in band["time"].as_array().unwrap().iter().enumerate() {
        let same = times.iter().position(|own| *own >= time.as_f64().unwrap()).unwrap();
        let width =
            |of: &Value, index: usize| of["upper"][index].as_f64().unwrap() - of["lower"][index].as_f64().unwrap();
        assert!(width(band, index) > width(curve, same), "{time}");
    }
    let args = "km --time t2 --event d3 --band hall-wellner --at 100";
    assert_eq!(run(args, &oracle("02_bands_bmt", "data.csv")).status.code(), Some(2));
}

#[test]
fn a_band_of_an_incidence_is_drawn_alike_every_time() {
    let (args, file) = ("cuminc --time time --event event --band --over 12,240", oracle("03_aj_mgus2", "data.csv"));
    let band = |seed: &str| answer(&format!("{args} {seed}"), &file)["groups"][0]["curve"]["causes"][0]["band"].clone();
    let (one, same, other) = (band(""), band("--seed 2018"), band("--seed 7"));
    assert!(one == same && one != other);
    let critical = |band: &Value| band["critical"].as_f64().unwrap();
    assert!((2.5..3.2).contains(&critical(&one)) && (critical(&one) / critical(&other) - 1.0).abs() < 0.03);
    let times = one["time"].as_array().unwrap();
    assert!(times.iter().all(|time| (12.0..=240.0).contains(&time.as_f64().unwrap())));
    assert!(refusal("cuminc --time time --event event --band --over 900,901", &file).contains("nobody has had cause"));
    assert_eq!(run("cuminc --time time --event event --band --over 9,3", &file).status.code(), Some(2));
}

/// The reference file has the time of each move; here as stretches, once with the state of each and once without.
#[test]
fn transition_matrices_are_those_of_etm() {
    let place = Place::new();
    let moves = std::fs::read_to_string(oracle("09_multistate_sircont", "data.csv")).unwrap();
    let mut stretches = String::from("id;begin;end;phase;next\n");
    let (mut before, mut since) = (String::new(), "0".to_owned());
    for line in moves.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let begin = if before == cells[0] { since } else { "0".to_owned() };
        let state = |code: &str| match code {
            "0" => "breathing",
            "1" => "ventilated",
            "2" => "left",
            _ => "censored",
        };
        stretches += &format!("{};{begin};{};{};{}\n", cells[0], cells[3], state(cells[1]), state(cells[2]));
        (before, since) = (cells[0].to_owned(), cells[3].to_owned());
    }
    let file = place.path("stretches.csv");
    std::fs::write(&file, stretches).unwrap();
    let args = "states --id id --start begin --stop end --from phase --event next --at 5,10,20,30,50,100";
    let found = answer(args, &file);
    assert_eq!(found["states"], serde_json::json!(["breathing", "left", "ventilated"]));
    let expected = expected("09_multistate_sircont");
    let ours = [0, 2, 1];
    for time in 0..6 {
        let one = &found["transitions"][time];
        for (from, to) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)] {
            near(&one["p"][ours[from]][ours[to]], &expected["P"][time][from][to]);
            let se = one["se"][ours[from]][ours[to]].as_f64().unwrap();
            near(&(se * se).into(), &expected["greenwood_var"][format!("{from}->{to}")][time]);
        }
        let sum: f64 = (0..3).map(|state| found["occupancy"][time]["states"][state]["p"].as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-12);
    }
    let spent: f64 = (0..3).map(|state| found["occupancy"][5]["states"][state]["mean_time"].as_f64().unwrap()).sum();
    assert!((spent - 100.0).abs() < 1e-9, "{spent}");
}

#[test]
fn the_first_state_is_start_when_none_is_named_and_rows_follow_on() {
    let place = Place::new();
    let file = place.path("phases.csv");
    let rows = "case,a,b,next\n1,0,5,out\n2,0,3,care\n2,3,9,out\n3,0,4,0\n4,0,6,care\n4,6,8,start\n4,8,11,out\n";
    std::fs::write(&file, rows).unwrap();
    let found = answer("states --id case --start a --stop b --event next --at 7", &file);
    assert_eq!(found["states"], serde_json::json!(["care", "out", "start"]));
    // of four one goes into care at 3; of two at 5 one leaves; of the last one at 6 all go into care
    near(&found["transitions"][0]["p"][2][0], &Value::from(0.25 + 0.375));
    near(&found["transitions"][0]["p"][2][1], &Value::from(0.375));
}

#[test]
fn bad_input_is_one_line_that_names_line_and_column() {
    let place = Place::new();
    let km = "km --time t --event e";
    let cases: &[(&str, &[u8], &str, &[&str])] = &[
        ("a missing column", b"t,x\n1,1\n", km, &["no column e", "t, x"]),
        ("text in a number", b"t,e\n1,1\nabc,0\n", km, &["line 3", "column t", "`abc` is not a number"]),
        ("a decimal comma", b"t;e\n1,5;1\n", km, &["line 2", "column t", "point"]),
        ("a negative time", b"t,e\n1,1\n-2,0\n", km, &["line 3", "column t", "-2 is negative"]),
        ("not a number", b"t,e\nNaN,1\n1,1\n", km, &["line 2", "column t", "not a number"]),
        ("infinite", b"t,e\n1,1\ninf,1\n", km, &["line 3", "column t", "not a number"]),
        ("an empty cell", b"t,e\n1,1\n,1\n", km, &["line 3", "column t", "is empty"]),
        ("an empty event", b"t,e\n1,1\n2,\n", km, &["line 3", "column e", "is empty"]),
        ("all censored", b"t,e\n1,0\n2,0\n", km, &["column e", "all 2 are censored"]),
        ("a header only", b"t,e\n", km, &["no rows"]),
        ("an empty file", b"", km, &["is empty"]),
        ("a short line", b"t,e\n1,1\n2\n", km, &["line 3", "1 cells where the header has 2"]),
        ("two columns of one name", b"t,e,t\n1,1,2\n", km, &["two columns t"]),
        ("not UTF-8", b"t,e\n1,1\n\xff,1\n", km, &["line 3", "UTF-8"]),
        (
            "an entry after the time",
            b"t,e,n\n5,1,0\n4,1,4\n",
            "km --time t --event e --entry n",
            &["line 3", "column n", "not before"],
        ),
        (
            "a negative weight",
            b"t,e,w\n5,1,1\n4,1,-1\n",
            "cuminc --time t --event e --weights w",
            &["line 3", "column w", "negative"],
        ),
        (
            "a row without a group",
            b"t,e,g\n5,1,a\n4,1,\n",
            "cuminc --time t --event e --group g",
            &["line 3", "column g", "is empty"],
        ),
        (
            "one group only",
            b"t,e,g\n5,1,a\n4,1,a\n",
            "gray --time t --event e --group g",
            &["column g", "one group only"],
        ),
        ("no group", b"t,e\n5,1\n4,1\n", "logrank --time t --event e", &["--group"]),
        (
            "groups that never meet",
            b"t,e,g,s\n5,1,a,1\n4,1,b,2\n",
            "logrank --time t --event e --group g --strata s",
            &["column g"],
        ),
        (
            "delayed entry in Gray's test",
            b"t,e,g,n\n5,1,a,1\n4,1,b,2\n",
            "gray --time t --event e --group g --entry n",
            &["column n", "delayed entry"],
        ),
        (
            "an unknown cause",
            b"t,e\n5,1\n4,1\n",
            "km --time t --event e --cause 2",
            &["no row has the cause 2", "there are 1"],
        ),
        (
            "a horizon too far",
            b"t,e\n5,1\n6,0\n",
            "rmtl --time t --event e --at 7",
            &["column t", "followed to 6 only"],
        ),
        ("a column of something else", many_events().leak(), km, &["column e", "51 different events"]),
        ("a time that cannot be", b"t,e\n5,1\n6,0\n", "km --time t --event e --at -1", &["--at -1"]),
        ("a level that cannot be", b"t,e\n5,1\n6,0\n", "km --time t --event e --level 1", &["level"]),
        (
            "a stretch that ends before it begins",
            b"i,a,b,e\n1,3,3,x\n",
            "states --id i --start a --stop b --event e --at 1",
            &["line 2", "column b", "not after"],
        ),
        (
            "stretches that overlap",
            b"i,a,b,e\n1,0,3,x\n1,2,4,y\n",
            "states --id i --start a --stop b --event e --at 1",
            &["line 3", "column a", "same person"],
        ),
        (
            "a stretch from elsewhere",
            b"i,a,b,f,e\n1,0,3,p,q\n1,3,4,p,q\n",
            "states --id i --start a --stop b --from f --event e --at 1",
            &["line 3", "column f", "another state"],
        ),
        (
            "a move to where one is",
            b"i,a,b,f,e\n1,0,3,p,p\n",
            "states --id i --start a --stop b --from f --event e --at 1",
            &["line 2", "column e"],
        ),
        (
            "nobody moves",
            b"i,a,b,e\n1,0,3,0\n",
            "states --id i --start a --stop b --event e --at 1",
            &["column e", "nobody moves"],
        ),
    ];
    for (name, bytes, args, says) in cases {
        let file = place.path("own.csv");
        std::fs::write(&file, bytes).unwrap();
        let said = refusal(args, &file);
        for part in *says {
            assert!(said.contains(part), "{name}: {said} (without: {part})");
        }
    }
    assert!(refusal(km, &place.path("none.csv")).contains("cannot be read"));
    assert!(refusal(km, place.dir.path()).contains("cannot be read"));
}

#[test]
fn a_column_that_holds_something_else_is_refused_before_it_costs() {
    let place = Place::new();
    let file = place.path("own.csv");
    let rows: String = (1..=20_000).map(|row| format!("{row},1,{row},0,s{row}\n")).collect();
    std::fs::write(&file, format!("t,e,id,begin,state\n{rows}")).unwrap();
    assert!(refusal("logrank --time t --event e --group id", &file).contains("column id: has 20000 different values"));
    assert!(refusal("gray --time t --event e --group id", &file).contains("column id: has 20000 different values"));
    let states = "states --id id --start begin --stop t --event state --at 1";
    assert!(refusal(states, &file).contains("column state: there are 20001 different states"));
}

fn many_events() -> Vec<u8> {
    let rows = (1..=51).map(|row| format!("{row},{row}\n"));
    std::iter::once("t,e\n".to_owned()).chain(rows).collect::<String>().into_bytes()
}

pub(crate) fn fields(value: &Value, out: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::Object(all) => all.iter().for_each(|(name, value)| {
            out.insert(name.clone());
            fields(value, out);
        }),
        Value::Array(all) => all.iter().for_each(|value| fields(value, out)),
        _ => (),
    }
}

#[test]
fn every_field_of_an_answer_is_documented() {
    let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/evaluate.md")).unwrap();
    let place = Place::new();
    let stretches = place.path("stretches.csv");
    std::fs::write(&stretches, "id,a,b,next\n1,0,5,out\n2,0,3,care\n2,3,9,out\n").unwrap();
    let (lung, mgus) = (oracle("01_km_lung", "data.csv"), oracle("03_aj_mgus2", "data.csv"));
    let mut found = std::collections::BTreeSet::new();
    for (args, file) in [
        ("km --time time --event status --band equal-precision", &lung),
        ("km --time time --event status --at 100", &lung),
        ("cuminc --time time --event event --band", &mgus),
        ("cuminc --time time --event event --at 100", &mgus),
        ("gray --time time --event event --group sex --pairs 1", &mgus),
        ("logrank --time time --event status --group sex", &lung),
        ("rmtl --time time --event event --group sex --at 60", &mgus),
        ("states --id id --start a --stop b --event next --at 4", &stretches),
        ("cox --time time --event status --covariates age,sex --at 100", &lung),
        ("finegray --time time --event event --cause 1 --covariates age,sex --at 60", &mgus),
    ] {
        fields(&answer(args, file), &mut found);
    }
    assert!(found.len() > 40, "{found:?}");
    let told = |name: &str| document.contains(&format!("`{name}`")) || document.contains(&format!("`{name}["));
    let missing: Vec<_> = found.iter().filter(|name| !told(name)).collect();
    assert!(missing.is_empty(), "docs/evaluate.md does not tell of {missing:?}");
}

#[test]
fn guards_warn_on_stderr_and_in_the_answer() {
    let place = Place::new();
    let file = place.path("people.csv");
    let rows: String = (1..=29).map(|day| format!("{day},{}\n", ["home", "away", "censored"][day % 3])).collect();
    std::fs::write(&file, format!("\u{feff}day,outcome\n{rows}")).unwrap();
    for (args, guards) in [
        ("km --time day --event outcome", &["one-minus-km", "few-at-risk"][..]),
        ("km --time day --event outcome --cause home --at 5", &["one-minus-km"]),
        ("cuminc --time day --event outcome --at 5", &[]),
        ("cuminc --time day --event outcome --at 5,25", &["few-at-risk"]),
    ] {
        let out = run(args, &file);
        let (said, answer) =
            (String::from_utf8(out.stderr).unwrap(), serde_json::from_slice::<Value>(&out.stdout).unwrap());
        let found: Vec<&str> =
            answer["warnings"].as_array().unwrap().iter().map(|one| one["guard"].as_str().unwrap()).collect();
        assert_eq!(found, guards, "{args}");
        assert_eq!(said.lines().filter(|line| line.starts_with("warning: ")).count(), guards.len(), "{said}");
    }
    // past the last time nothing is known: no number is made up
    let answer = answer("cuminc --time day --event outcome --at 31", &file);
    assert!(answer["groups"][0]["at"][0]["causes"][0]["value"].is_null(), "{answer}");
}

#[test]
fn regressions_are_those_of_r() {
    let (colon, mgus) = (expected("05_cox_colon"), expected("07_finegray_mgus2"));
    let args = "cox --time time --event status --covariates lev,lev5fu,age,sex,nodes,obstruct --at 365,2555";
    let data = oracle("05_cox_colon", "data.csv");
    let told = answer(args, &data);
    let lines = told["coefficients"].as_array().unwrap();
    assert_eq!(lines.len(), 6);
    for (j, line) in lines.iter().enumerate() {
        let name = line["covariate"].as_str().unwrap();
        near(&line["coefficient"], &colon["efron"]["coef"][name]);
        near(&line["se"], &colon["efron"]["se"][j]);
        near(&told["proportional"][j]["statistic"], &colon["zph_km"]["chisq"][j]);
    }
    near(&told["concordance"]["se"], &colon["efron"]["concordance"][1]);
    near(&told["tests"]["score"]["statistic"], &colon["efron"]["score"]);
    near(&told["baseline"][0]["at"][1]["hazard"], &colon["basehaz_uncentered"]["hazard"][4]);
    let robust = answer(&format!("{args} --id clus"), &data);
    near(&robust["coefficients"][4]["se"], &colon["cluster_robust"]["se"][4]);
    near(&robust["coefficients"][4]["model_se"], &colon["efron"]["se"][4]);
    let strata = answer(&format!("{args} --strata extent --ties efron"), &data);
    near(&strata["loglik"][1], &colon["strata"]["loglik"][1]);
    let exact = "cox --time time --event status --covariates lev,lev5fu,age,sex,nodes,obstruct --ties exact";
    near(&answer(exact, &data)["coefficients"][0]["coefficient"], &colon["exact"]["coef"]["lev"]);

    let args = "finegray --time time --event event --cause 1 --covariates age,sex,hgb,creat,mspike --at 60";
    let told = answer(args, &oracle("07_finegray_mgus2", "data.csv"));
    for (j, line) in told["coefficients"].as_array().unwrap().iter().enumerate() {
        let name = line["covariate"].as_str().unwrap();
        let (own, theirs) = (line["coefficient"].as_f64().unwrap(), mgus["crr_cause1"]["coef"][name].as_f64().unwrap());
        assert!((own - theirs).abs() < 1e-6, "{name}: {own} where {theirs} is expected");
        let own = line["se"].as_f64().unwrap().powi(2);
        let theirs = mgus["crr_cause1"]["var"][j][j].as_f64().unwrap();
        assert!((own / theirs - 1.0).abs() < 1e-5, "{name}: {own} where {theirs} is expected");
    }
}

#[test]
fn covariates_that_change_are_rows_of_one_person() {
    let expected = &expected("06_lefttrunc_channing_jasa")["time_dependent_robust"];
    let file = oracle("06_lefttrunc_channing_jasa", "heart_startstop.csv");
    let args = "cox --start start --stop stop --id id --event event --covariates trans,age,year,surgery";
    let told = answer(args, &file);
    near(&told["coefficients"][0]["coefficient"], &expected["coef"]["trans"]);
    near(&told["coefficients"][0]["se"], &expected["se"][0]);
    assert_eq!(told["robust"], true);
}

#[test]
fn what_a_model_cannot_use_is_refused_by_name_and_line() {
    let place = Place::new();
    let file = |name: &str, text: &str| {
        let path = place.path(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let good = "t,e,x,g\n1,1,0.3,a\n2,1,0.1,b\n3,2,0.9,a\n4,0,0.4,b\n5,1,0.2,a\n6,0,0.8,b\n7,1,0.5,a\n8,1,0.7,b\n";
    let good = file("good.csv", good);
    let told = answer("cox --time t --event e --cause 1 --covariates x,g", &good);
    assert_eq!(told["references"], serde_json::json!({ "g": "a" }));
    assert_eq!(told["coefficients"][1]["covariate"], "g=b");
    assert_eq!(told["warnings"][0]["guard"], "few-events");
    let several = refusal("cox --time t --event e --covariates x", &good);
    assert!(several.contains("--cause (1, 2)"), "{several}");
    let unknown = refusal("finegray --time t --event e --cause 3 --covariates x", &good);
    assert!(unknown.contains("no row has the cause 3"), "{unknown}");
    let twice = refusal("cox --time t --event e --cause 1 --covariates x,x", &good);
    assert!(twice.contains("names x twice"), "{twice}");
    let rows = |name: &str, text: &str, args: &str, words: &[&str]| {
        let said = refusal(args, &file(name, text));
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
    };
    let cox = "cox --time t --event e --covariates x";
    rows("text.csv", "t,e,x\n1,1,0.3\n2,1,veel\n3,0,1\n", cox, &["line 3", "column x", "`veel` is not a number"]);
    rows("before.csv", "t,e,x\n1,1,0.3\n-2,1,0.4\n3,0,1\n", cox, &["line 3", "column t", "-2 is negative"]);
    rows("nan.csv", "t,e,x\n1,1,0.3\n2,1,NaN\n3,0,1\n", cox, &["line 3", "column x"]);
    rows("none.csv", "t,e,x\n1,0,0.3\n2,0,0.2\n", cox, &["column e", "censored"]);
    rows("same.csv", "t,e,x\n1,1,2\n2,1,2\n3,0,2\n", cox, &["column x", "one value"]);
    rows("apart.csv", "t,e,x\n1,1,1\n2,1,1\n3,0,0\n4,0,0\n", cox, &["column x", "separates"]);
    let both = "cox --time t --event e --covariates x,y";
    rows("sum.csv", "t,e,x,y\n1,1,0.3,1.3\n2,1,0.1,1.1\n3,0,0.9,1.9\n4,1,0.2,1.2\n", both, &["column y", "follows"]);
    let spans = "cox --start s --stop t --id i --event e --covariates x";
    rows(
        "over.csv",
        "i,s,t,e,x\n1,0,5,0,1\n1,4,9,1,0\n2,0,7,1,0\n",
        spans,
        &["line 3", "column s", "within another row"],
    );
    rows("empty.csv", "i,s,t,e,x\n1,0,5,0,1\n2,7,7,1,0\n", spans, &["line 3", "column s", "not before the time"]);
    let gray = "finegray --time t --event e --cause 1 --covariates x";
    rows("gray.csv", "t,e,x\n1,1,2\n2,2,2\n3,0,2\n", gray, &["column x", "one value"]);
}
