//! `docs/privacy.md` names every purpose, category, kind of fact and role of the code, and no others.

use std::collections::BTreeSet;

use domain::{
    codes::{Category, Purpose, Role},
    fact::Kind,
};

use crate::source::read;

/// The section under a heading.
fn section<'p>(page: &'p str, heading: &str) -> &'p str {
    let after = page.split(&format!("\n## {heading}\n")).nth(1).unwrap_or_else(|| panic!("no section {heading}"));
    after.split("\n## ").next().unwrap()
}

/// What stands between backticks in the first cell of each row.
fn first_cells(section: &str) -> BTreeSet<String> {
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| row.split('`').next().unwrap().to_owned()).collect()
}

#[test]
fn every_category_and_every_purpose_is_in_the_register() {
    let page = read("docs/privacy.md");
    let purposes: BTreeSet<String> = Purpose::ALL.iter().map(|purpose| purpose.code().to_owned()).collect();
    assert_eq!(first_cells(section(&page, "Processing activities")), purposes);
    let categories: BTreeSet<String> = Category::ALL.iter().map(|category| category.code().to_owned()).collect();
    assert_eq!(first_cells(section(&page, "Categories of data")), categories);
    for role in Role::ALL {
        assert!(section(&page, "People").contains(&format!("`{}`", role.code())), "{role}");
    }
}

#[test]
fn every_kind_of_fact_stands_under_its_category() {
    let page = read("docs/privacy.md");
    let facts = section(&page, "Facts");
    for kind in Kind::ALL {
        let row = facts.lines().find(|line| line.contains(&format!("`{}`", kind.code())));
        let row = row.unwrap_or_else(|| panic!("docs/privacy.md does not name {}", kind.code()));
        assert!(row.starts_with(&format!("| `{}` |", kind.category().code())), "{}: {row}", kind.code());
    }
}

#[test]
fn the_documents_that_it_leans_on_are_there() {
    for file in ["docs/access-matrix.md", "docs/cryptography.md", "docs/logging.md", "docs/security.md"] {
        assert!(read(file).len() > 1_000, "{file}");
        let name = file.trim_start_matches("docs/");
        assert!(read("docs/privacy.md").contains(&format!("({name})")), "{file} is not linked");
    }
}
