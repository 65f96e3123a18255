//! What every code of a pack means, in Dutch and English.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    codes::{Phase, Status},
    programme::{Column, Lang, List, Programme, Text},
    spell::Line,
};

use super::{Person, anonymous::ANY, released::Tables};

/// One code: column, code, Dutch, English.
pub(crate) type Word = [String; 4];

fn phase(phase: Phase) -> [&'static str; 2] {
    match phase {
        Phase::Registration => ["Aanmelding", "Registration"],
        Phase::Intake => ["Intake", "Intake"],
        Phase::Dossier => ["Dossier", "Dossier"],
        Phase::RestPeriod => ["Rusttermijn", "Rest period"],
        Phase::Decision => ["Besluit", "Decision"],
        Phase::Guidance => ["Begeleiding", "Guidance"],
        Phase::Ended => ["Beëindigd", "Ended"],
    }
}

fn status(status: Status) -> [&'static str; 2] {
    match status {
        Status::Registered => ["Aangemeld", "Registered"],
        Status::WaitingList => ["Wachtlijst", "Waiting list"],
        Status::ShelteredWithoutStatus => ["Opvang zonder LVV-status", "Sheltered without LVV status"],
        Status::Admitted => ["Toegelaten", "Admitted"],
        Status::LivingAllowanceOnly => ["Alleen leefgeld", "Living allowance only"],
        Status::Refused => ["Niet toegelaten", "Not admitted"],
        Status::OutsideLvv => ["Opvang buiten de LVV", "Sheltered outside the LVV"],
        Status::Left => ["Vertrokken", "Left"],
    }
}

fn line(line: Line) -> [&'static str; 2] {
    match line {
        Line::Phase => ["Fase", "Phase"],
        Line::Status => ["Deelname", "Participation"],
        Line::Shelter => ["Verblijf in de opvang", "Stay in a shelter"],
        Line::Cooperation => ["Medewerking volgens de laatste toets", "Cooperation by the last review"],
        Line::Scenario => ["Begeleidingsscenario", "Scenario"],
        Line::Pause => ["Pauze", "Pause"],
        Line::Obstacle => ["Knelpunt", "Obstacle"],
        Line::Consequence => ["Gevolg van een negatieve toets", "Consequence of a negative review"],
        Line::Departure => ["Laatste stap in het vertrekproces", "Latest step of the departure process"],
    }
}

/// The words of a code of a spell; of what the programme no longer knows, the code itself.
fn of_spell(programme: &Programme, about: Line, code: &str) -> [String; 2] {
    let owned = |words: [&str; 2]| words.map(str::to_owned);
    let listed = |list: List| {
        let entry = programme.lists.get(&list).and_then(|list| list.0.iter().find(|entry| entry.code.as_str() == code));
        entry.map(|entry| [entry.text.get(Lang::Nl).to_owned(), entry.text.get(Lang::En).to_owned()])
    };
    let found = match about {
        Line::Phase => Phase::from_code(code).map(|code| owned(phase(code))),
        Line::Status => Status::from_code(code).map(|code| owned(status(code))),
        Line::Shelter => Some(owned(["Verblijf", "Stay"])),
        Line::Cooperation => Some(owned(if code == "yes" {
            ["Werkt mee", "Cooperates"]
        } else {
            ["Werkt niet mee", "Does not cooperate"]
        })),
        Line::Scenario => listed(List::Scenarios),
        Line::Pause => listed(List::Pauses),
        Line::Obstacle => listed(List::Obstacles),
        Line::Consequence => Some(owned(["Er volgde iets op", "Something followed"])),
        Line::Departure => listed(List::DepartureSteps),
    };
    found.unwrap_or_else(|| [code.to_owned(), code.to_owned()])
}

/// The words of a value of a breakdown of a released table.
fn of_cell(programme: &Programme, column: Column, value: &str) -> [String; 2] {
    let owned = |words: [&str; 2]| words.map(str::to_owned);
    let both = |text: &Text| [text.get(Lang::Nl).to_owned(), text.get(Lang::En).to_owned()];
    let found = match (column, value) {
        (Column::Cooperation, "yes" | "no") => return of_spell(programme, Line::Cooperation, value),
        (_, "yes") => Some(owned(["Ja", "Yes"])),
        (_, "no") => Some(owned(["Nee", "No"])),
        (_, "unknown") => Some(owned(["Onbekend", "Unknown"])),
        (Column::Class, class) => CLASSES.iter().find(|(code, _)| *code == class).map(|(_, words)| owned(*words)),
        (_, "none") => Some(owned(["Geen", "None"])),
        (Column::Site, site) => {
            let found = programme.sites.iter().find(|known| known.id.as_str() == site);
            found.map(|site| [site.name.clone(), site.name.clone()])
        }
        (Column::Method, method) => {
            programme.methods.iter().find(|known| known.id.as_str() == method).map(|method| both(&method.name))
        }
        (Column::Status, status) => return of_spell(programme, Line::Status, status),
        (Column::Phase, phase) => return of_spell(programme, Line::Phase, phase),
        (Column::Scenario, code) => return of_spell(programme, Line::Scenario, code),
        (Column::Pause, code) => return of_spell(programme, Line::Pause, code),
        (Column::Sex, "female") => Some(owned(["Vrouw", "Female"])),
        (Column::Sex, "male") => Some(owned(["Man", "Male"])),
        (Column::AgeBand, "90") => Some(owned(["90 jaar of ouder", "90 years or older"])),
        (Column::AgeBand, band) => band.parse::<u8>().ok().map(|from| {
            let to = from.saturating_add(9);
            [format!("{from}-{to} jaar"), format!("{from}-{to} years")]
        }),
        (Column::Reason, reason) => {
            let known = programme.lists.get(&List::OutflowReasons);
            known
                .and_then(|list| list.0.iter().find(|entry| entry.code.as_str() == reason))
                .map(|entry| both(&entry.text))
        }
        _ => None,
    };
    found.unwrap_or_else(|| [value.to_owned(), value.to_owned()])
}

const CLASSES: [(&str, [&str; 2]); 3] = [
    ("durable", ["Bestendige oplossing", "Durable solution"]),
    ("semi-durable", ["Semi-bestendige oplossing", "Semi-durable solution"]),
    ("none", ["Geen oplossing", "No solution"]),
];

/// The codes of the released tables and their spells.
fn of_tables(programme: &Programme, tables: &Tables) -> BTreeSet<Word> {
    let word = |column: &str, code: &str, [nl, en]: [&str; 2]| [column, code, nl, en].map(str::to_owned);
    let mut out = BTreeSet::new();
    let by: BTreeMap<&str, &Vec<String>> = tables.all.iter().map(|table| (table.id.as_str(), &table.by)).collect();
    for row in &tables.seen {
        let columns = by.get(row.table.trim_end_matches("-by")).into_iter().flat_map(|by| by.iter());
        for (by, value) in columns.zip(row.cell.split('+').filter(|value| !value.is_empty())) {
            let [nl, en] = Column::from_code(by)
                .map_or_else(|| [value.to_owned(), value.to_owned()], |column| of_cell(programme, column, value));
            out.insert([format!("cell ({by})"), value.to_owned(), nl, en]);
        }
        let about = Line::ALL.iter().find(|line| line.code() == row.line);
        let [nl, en] = match about {
            Some(about) => of_spell(programme, *about, &row.code),
            None => of_cell(programme, Column::Cooperation, &row.code),
        };
        out.insert([format!("code ({})", row.line), row.code.clone(), nl, en]);
        out.insert(word(
            "line",
            &row.line,
            about.map_or(["Toets op medewerking", "Cooperation review"], |about| line(*about)),
        ));
    }
    for (code, words) in [
        ("before", ["Vóór de periode of peildatum", "Before the period or reference date"]),
        ("in", ["In de periode", "In the period"]),
    ] {
        out.insert(word("begins", code, words));
        out.insert(word("ends", code, words));
    }
    out.insert(word(
        "ends",
        "after",
        [
            "Na de periode, op of na de peildatum, of nog niet",
            "After the period, on or after the reference date, or not yet",
        ],
    ));
    out.insert(word("ends", "otherwise", ["Geëindigd zonder vertrek", "Ended without leaving"]));
    for (code, words) in [
        ("yes", ["De rijen in seen.csv geven dezelfde getallen", "The rows of seen.csv give the same numbers"]),
        (
            "counted-otherwise",
            ["Dit programma of deze gegevensbank telt nu anders", "This program or this store counts otherwise now"],
        ),
    ] {
        out.insert(word("again", code, words));
    }
    out
}

/// Every code that stands in the pack, once.
pub(crate) fn codes(programme: &Programme, people: &[Person], tables: &Tables) -> Vec<Word> {
    let word = |column: &str, code: &str, nl: &str, en: &str| [column, code, nl, en].map(str::to_owned);
    let mut out = Vec::new();
    let any = ["Niet vermeld, anders zouden te weinig mensen het delen", "Not told, or too few people would share it"];
    let texts = |of: fn(&Person) -> &str| people.iter().map(of).collect::<BTreeSet<&str>>();
    for site in texts(|p| &p.site) {
        let name = programme.sites.iter().find(|known| known.id.as_str() == site).map_or(site, |known| &known.name);
        let [nl, en] = if site == ANY { any } else { [name, name] };
        out.push(word("site", site, nl, en));
    }
    for age in texts(|p| &p.age) {
        let [nl, en] = match age {
            ANY => any,
            "unknown" => ["Onbekend", "Unknown"],
            _ => ["", ""],
        };
        let both = |own: &str, unit: &str| if own.is_empty() { format!("{age} {unit}") } else { own.to_owned() };
        out.push(word("age", age, &both(nl, "jaar"), &both(en, "years")));
    }
    for sex in texts(|p| &p.sex) {
        let [nl, en] = match sex {
            ANY => any,
            "female" => ["Vrouw", "Female"],
            "male" => ["Man", "Male"],
            _ => ["Onbekend", "Unknown"],
        };
        out.push(word("sex", sex, nl, en));
    }
    for (event, nl, en) in [
        ("0", "Nog gevolgd aan het einde van de waarneming", "Still followed at the end of observation"),
        ("1", "Bestendige oplossing", "Durable solution"),
        ("2", "Semi-bestendige oplossing", "Semi-durable solution"),
        ("3", "Geen oplossing", "No solution"),
    ] {
        out.push(word("event", event, nl, en));
    }
    let spells: BTreeSet<(&str, &str)> =
        people.iter().flat_map(|p| &p.spells).map(|spell| (spell.line.as_str(), spell.code.as_str())).collect();
    for about in Line::ALL {
        if spells.iter().any(|(line, _)| *line == about.code()) {
            let [nl, en] = line(*about);
            out.push(word("line", about.code(), nl, en));
        }
    }
    for (about, code) in spells {
        let Some(about) = Line::ALL.iter().find(|known| known.code() == about) else { continue };
        let [nl, en] = of_spell(programme, *about, code);
        out.push([format!("code ({about})", about = about.code()), code.to_owned(), nl, en]);
    }
    let known: BTreeSet<(String, String)> =
        out.iter().map(|[column, code, ..]| (column.clone(), code.clone())).collect();
    let more = of_tables(programme, tables).into_iter();
    out.extend(more.filter(|[column, code, ..]| !known.contains(&(column.clone(), code.clone()))));
    out
}
