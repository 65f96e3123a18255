//! What every column and every code of a pack means, in Dutch and English.

use std::collections::BTreeSet;

use domain::{
    codes::Phase,
    codes::Status,
    programme::{Lang, List, Programme},
    spell::Line,
};

use super::{Person, anonymous::ANY};

/// Columns: file, name, Dutch, English, kind, unit.
pub(crate) const COLUMNS: &[[&str; 6]] = &[
    [
        "people.csv",
        "pseudonym",
        "Pseudoniem van de persoon; in elk project een ander",
        "Pseudonym of the person; another one in every project",
        "text",
        "",
    ],
    [
        "people.csv",
        "site",
        "LVV waar de persoon voor het eerst meedeed",
        "Site at which the person first took part",
        "code",
        "",
    ],
    ["people.csv", "age", "Leeftijd op de eerste dag, in klassen", "Age on the first day, in bands", "code", "years"],
    ["people.csv", "sex", "Geslacht zoals vastgelegd", "Sex as recorded", "code", ""],
    [
        "people.csv",
        "time",
        "Dagen van de eerste dag tot het vertrek, of tot het einde van de waarneming; minstens 1",
        "Days from the first day to leaving, or to the end of observation; at least 1",
        "integer",
        "days",
    ],
    [
        "people.csv",
        "event",
        "Hoe het afliep, naar de indeling van het protocol",
        "How it ended, by the classification in the protocol",
        "code",
        "",
    ],
    ["spells.csv", "pseudonym", "Pseudoniem van de persoon", "Pseudonym of the person", "text", ""],
    [
        "spells.csv",
        "trajectory",
        "Het hoeveelste traject van deze persoon",
        "Which trajectory of this person: first, second …",
        "integer",
        "",
    ],
    ["spells.csv", "line", "Waarover de periode gaat", "What the spell is about", "code", ""],
    ["spells.csv", "code", "De waarde in die periode", "The value during the spell", "code", ""],
    [
        "spells.csv",
        "from",
        "Eerste dag, geteld vanaf de eerste dag van meedoen; negatief is ervoor",
        "First day, counted from the first day of taking part; negative is before it",
        "integer",
        "days",
    ],
    [
        "spells.csv",
        "to",
        "Dag na de laatste; leeg als de periode nog duurt",
        "Day after the last; empty when the spell goes on",
        "integer",
        "days",
    ],
    ["results.csv", "analysis", "Welke analyse", "Which analysis", "text", ""],
    [
        "results.csv",
        "term",
        "Waarvan: een plaats en een moment, of een coëfficiënt",
        "Of what: a site and a moment, or a coefficient",
        "text",
        "",
    ],
    [
        "results.csv",
        "quantity",
        "Welk getal: schatting, standaardfout, toets",
        "Which number: estimate, standard error, test",
        "text",
        "",
    ],
    [
        "results.csv",
        "value",
        "Het getal; leeg als er te weinig mensen achter staan",
        "The number; empty when too few people stand behind it",
        "number",
        "",
    ],
    [
        "results.csv",
        "tolerance",
        "Verschil dat een ander programma mag hebben, ten opzichte van het getal",
        "Difference that another program may have, relative to the number",
        "number",
        "",
    ],
];

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

/// Every code that stands in the pack, once.
pub(crate) fn codes(programme: &Programme, people: &[Person]) -> Vec<Word> {
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
    out
}
