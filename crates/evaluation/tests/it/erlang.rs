//! Places and queues against case 17 (50 digits), every value.

use evaluation::erlang::{blocked, limited, overflow, places_for, pooled, queue, waits};
use serde_json::Value;

use crate::oracle::Case;

const TOLERANCE: f64 = 1e-12;

fn results() -> Value {
    Case::open("17_erlang_queue").expected(&[]).clone()
}

/// Relative to the number itself, however small it is.
fn same_relative(what: &str, found: f64, wanted: &Value, tolerance: f64) {
    let wanted = wanted.as_f64().unwrap();
    let off = ((found - wanted) / wanted).abs();
    assert!(off <= tolerance, "{what}: {found} instead of {wanted} ({off:e})");
}

fn number(row: &Value, key: &str) -> f64 {
    row[key].as_f64().unwrap()
}

fn count(row: &Value, key: &str) -> u32 {
    u32::try_from(row[key].as_u64().unwrap()).unwrap()
}

#[test]
fn blocked_and_waiting_shares_are_those_of_erlang() {
    for row in results()["erlang"].as_array().unwrap() {
        let (load, places) = (number(row, "a"), count(row, "c"));
        let share = blocked(load, places);
        same_relative("erlangB", share, &row["erlangB"], TOLERANCE);
        same_relative("carried", load * (1.0 - share), &row["carried"], TOLERANCE);
        same_relative("occupancy", load * (1.0 - share) / f64::from(places), &row["occupancy"], TOLERANCE);
        let Some(queue) = queue(load, places) else {
            assert!(row.get("erlangC").is_none() && waits(load, places).is_none(), "{load} {places}");
            continue;
        };
        same_relative("erlangC", queue.waits, &row["erlangC"], TOLERANCE);
        same_relative("Lq", queue.length, &row["Lq"], TOLERANCE);
        same_relative("Wq", queue.wait, &row["Wq_in_service_times"], TOLERANCE);
        same_relative("longer", queue.longer_than(0.1), &row["P_wait_gt_0p1"], TOLERANCE);
    }
}

#[test]
fn a_queue_with_limited_room() {
    for row in results()["mmck"].as_array().unwrap() {
        let found = limited(number(row, "a"), count(row, "c"), count(row, "K"));
        same_relative("p0", found.empty, &row["p0"], TOLERANCE * 10.0);
        same_relative("p_block", found.full, &row["p_block"], TOLERANCE);
        same_relative("L", found.present, &row["L"], TOLERANCE);
        same_relative("Lq", found.waiting, &row["Lq"], TOLERANCE);
    }
}

#[test]
fn how_many_places_are_needed_and_what_sharing_them_gains() {
    let results = results();
    for row in results["plan"].as_array().unwrap() {
        let (load, share) = (number(row, "a"), number(row, "target"));
        let places = places_for(load, share);
        assert_eq!(places, count(row, "c"), "{load} {share}");
        same_relative("blocking", blocked(load, places), &row["blocking"], TOLERANCE);
    }
    let pooling = &results["pooling"];
    let sites: Vec<(f64, u32)> = pooling["sites"]
        .as_array()
        .unwrap()
        .iter()
        .map(|site| (site[0].as_f64().unwrap(), u32::try_from(site[1].as_u64().unwrap()).unwrap()))
        .collect();
    let (apart, together) = pooled(&sites);
    same_relative("separate", apart, &pooling["blocked_share_separate"], TOLERANCE);
    same_relative("pooled", together, &pooling["blocked_share_pooled"], TOLERANCE);
}

#[test]
fn two_sites_of_which_one_sends_on() {
    for row in results()["overflow"].as_array().unwrap() {
        let first = (number(row, "l1"), count(row, "c1"));
        let second = (number(row, "l2"), count(row, "c2"));
        let found = overflow(first, second).unwrap();
        same_relative("first", found.first_full, &row["P_site1_full"], TOLERANCE);
        same_relative("second", found.second_full, &row["P_site2_full"], TOLERANCE);
        same_relative("both", found.both_full, &row["P_both_full"], TOLERANCE);
        same_relative("stream 1", found.both_full, &row["blocking_stream1"], TOLERANCE);
        same_relative("stream 2", found.second_full, &row["blocking_stream2"], TOLERANCE);
    }
}
