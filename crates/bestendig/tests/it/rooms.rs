//! Who may know whom: imports point downwards only.

use std::process::Command;

/// What each room may import (beside what comes from outside).
const MAY: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("access", &["domain"]),
    ("assets", &[]),
    ("letters", &["assets"]),
    ("evaluation", &[]),
    ("charts", &[]),
    ("journal", &["domain"]),
    ("views", &["domain", "access", "journal"]),
    ("desk", &["domain", "access", "journal", "views"]),
    ("figures", &["domain", "journal", "evaluation"]),
    ("exchange", &["domain", "access", "journal", "views", "desk"]),
    ("population", &["domain"]),
    (
        "web",
        &[
            "domain",
            "access",
            "desk",
            "views",
            "figures",
            "assets",
            "journal",
            "exchange",
            "letters",
            "evaluation",
            "charts",
        ],
    ),
    (
        "bestendig",
        &[
            "domain",
            "access",
            "journal",
            "views",
            "desk",
            "figures",
            "exchange",
            "population",
            "web",
            "letters",
            "evaluation",
        ],
    ),
];

#[test]
fn imports_point_downwards() {
    let out = Command::new(env!("CARGO")).args(["metadata", "--no-deps", "--format-version", "1"]).output().unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let rooms: Vec<&str> =
        metadata["packages"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let may = MAY.iter().find(|(room, _)| *room == name).map(|(_, may)| *may);
        let may = may.unwrap_or_else(|| panic!("the room {name} has no line in this test"));
        for dependency in package["dependencies"].as_array().unwrap() {
            let other = dependency["name"].as_str().unwrap();
            let ours = rooms.contains(&other) && dependency["kind"].is_null();
            assert!(!ours || may.contains(&other), "{name} may not know {other}");
        }
    }
}
