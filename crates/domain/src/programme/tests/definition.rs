//! Mistakes in definitions and tables: two bases in one table, a flow on a day, a breakdown that is not there.

use super::{broken, finds, parse, shipped, sound};
use crate::programme::{Base, Column, Measure, Of};

#[test]
fn a_sound_definition_says_what_it_counts() {
    let programme = parse(&sound()).unwrap();
    let present = programme.definition("present").unwrap();
    assert_eq!((present.base, present.of, present.measure), (Base::Stock, Of::Participation, Measure::Count));
    assert_eq!(present.by, [Column::Site, Column::Phase]);
    let share = programme.definition("gone-share").unwrap();
    assert_eq!((share.version, share.statuses.len(), share.only.len()), (2, 3, 1));
    assert_eq!(programme.tables.len(), 1);
}

#[test]
fn two_bases_in_one_table_are_refused() {
    finds(
        "figures = [\"gone-share\", \"waits\"]",
        "figures = [\"present\", \"waits\"]",
        "[[table]]",
        "puts the stock `present` beside the outflow `waits`",
        "never put in one table",
    );
    finds("\"gone-share\", \"waits\"]", "\"gone-share\", \"wait\"]", "\"wait\"]", "wait", "did you mean `waits`");
    finds("figures = [\"gone-share\", \"waits\"]", "figures = []", "[[table]]", "no figures", "at least one");
    finds(
        "figures = [\"gone-share\", \"waits\"]\nby = \"site\"",
        "figures = [\"gone-share\"]\nby = \"quarter\"",
        "[[table]]",
        "rows by `quarter`",
        "to the `by` of that definition",
    );
}

#[test]
fn a_day_or_period_is_asked_and_never_in_the_definition() {
    finds(
        "statuses = [\"admitted\"]",
        "statuses = [\"admitted\"]\non = 2020-01-01",
        "on = 2020-01-01",
        "A definition has no `on`",
        "leave it out",
    );
    finds("base = \"stock\"", "base = \"stock and flow\"", "stock and flow", "not a value of `base`", "`inflow`");
    finds("base = \"stock\"\n", "", "[[definition]]", "`base` is missing", "base = ");
}

#[test]
fn a_breakdown_that_a_base_has_not_is_refused() {
    finds(
        "by = [\"site\", \"phase\"]",
        "by = [\"site\", \"reason\"]",
        "by = [\"site\", \"reason\"]",
        "The stock of participation (present) has no `reason`",
        "`phase`",
    );
    finds(
        "by = [\"site\", \"phase\"]",
        "by = [\"site\", \"site\"]",
        "by = [\"site\", \"site\"]",
        "stands twice",
        "second",
    );
    finds(
        "column = \"class\", values = [\"none\"]",
        "column = \"class\", values = [\"nobody\"]",
        "nobody",
        "`nobody` is no value of `class`",
        "leave it out",
    );
    finds(
        "values = [\"permit\", \"gone\"]",
        "values = [\"permit\", \"gome\"]",
        "gome",
        "`gome`",
        "did you mean `gone`",
    );
}

#[test]
fn what_does_not_go_together_is_refused() {
    finds("statuses = [\"admitted\"]", "measure = \"share\"", "[[definition]]", "do not go together", "give both");
    finds(
        "statuses = [\"admitted\"]",
        "measure = \"days\"",
        "[[definition]]",
        "how many days participation lasts",
        "phase",
    );
    finds("statuses = [\"admitted\"]", "phases = [\"dossier\"]", "[[definition]]", "counts something else", "leave");
    let [finding] = &broken("phases = [\"dossier\"]\n", "")[..] else { panic!("one finding") };
    assert!(finding.message.contains("waits counts phases and does not say which"), "{finding}");
    finds("statuses = [\"admitted\"]", "exclude = [\"cut-short\"]", "[[definition]]", "cut short", "leave");
    finds(
        "classification= \"letter\"",
        "classification= \"leter\"",
        "classification= \"leter\"",
        "leter",
        "did you mean `letter`",
    );
}

#[test]
fn the_definitions_that_come_with_the_networks_are_whole() {
    for name in ["lvv-2018", "one-city"] {
        let programme = shipped(name);
        assert!(programme.definitions.len() > 10, "{name}");
        for id in ["inflow", "stock", "outflow", "re-entry", "conference-wait", "review-wait", "consequence-share"] {
            assert!(programme.definition(id).is_some(), "{name}: {id}");
        }
        for table in &programme.tables {
            let bases: std::collections::BTreeSet<_> =
                table.figures.iter().map(|id| programme.definition(id.as_str()).unwrap().base).collect();
            assert_eq!(bases.len(), 1, "{}", table.id);
        }
    }
}
