//! What a question may not be: a stock over a period, a flow on a day, no day at all, two bases in one table.

use domain::programme::Column;
use figures::{
    figure::{Table, compute},
    question::{Asked, Days, Question, definition, known_at},
};
use jiff::civil::Date;

use crate::world::{programme, small};

fn day(text: &str) -> Option<Date> {
    Some(text.parse().unwrap())
}

fn on(text: &str) -> Asked {
    Asked { days: Days { on: day(text), ..Days::default() }, ..Asked::default() }
}

fn during(from: &str, to: &str) -> Asked {
    Asked { days: Days { on: None, from: day(from), to: day(to) }, ..Asked::default() }
}

/// What is said of a question that cannot be asked.
fn refused(id: &str, asked: Asked) -> String {
    let programme = programme();
    let now = "2022-07-01T10:00:00Z".parse().unwrap();
    let definition = match definition(&programme, id) {
        Ok(definition) => definition,
        Err(refused) => return refused.to_string(),
    };
    Question::new(&programme, definition, asked, now).expect_err("it is refused").to_string()
}

#[test]
fn a_figure_without_its_day_or_period_is_refused_with_what_would_be_right() {
    for (id, asked, wrong, right) in [
        ("stock", Asked::default(), "no reference date", "--on"),
        ("outflow", Asked::default(), "no period", "--from DATE --to DATE"),
        ("stock", during("2020-01-01", "2021-01-01"), "stock and flow would be mixed", "--on DATE alone"),
        ("inflow", on("2020-01-01"), "flow and stock would be mixed", "--from and --to alone"),
        ("inflow", during("2021-01-01", "2020-01-01"), "has no days", "comes after --from"),
        ("inflow", during("2021-01-01", "2021-01-01"), "has no days", "comes after --from"),
        ("stock", on("2022-07-03"), "2022-07-03 lies after 2022-07-01", "earlier day"),
        ("stok", on("2022-01-01"), "there is no figure stok", "stock"),
        ("stock", Asked { by: vec![Column::Reason], ..on("2022-01-01") }, "no breakdown by reason", "scenario"),
        ("stock", Asked { site: "groninge".parse().ok(), ..on("2022-01-01") }, "no site groninge", "groningen"),
        (
            "outflow",
            Asked { classification: "letter".parse().ok(), ..during("2021-01-01", "2022-01-01") },
            "no classification letter",
            "letter-2018",
        ),
    ] {
        let said = refused(id, asked);
        assert!(said.contains(wrong) && said.contains(right), "{said}");
    }
    let now = "2022-07-01T10:00:00Z".parse().unwrap();
    assert!(known_at(day("2022-07-02"), now).unwrap_err().to_string().contains("2022-07-01"));
    assert_eq!(known_at(day("2022-07-01"), now).unwrap(), now, "today is known as far as it has come");
    assert_eq!(
        known_at(day("2022-06-30"), now).unwrap().to_string(),
        "2022-06-30T21:59:59.999999Z",
        "a day is known at its end"
    );
}

#[test]
fn figures_of_two_bases_or_days_do_not_stand_in_one_table() {
    let world = small();
    let (history, checkpoint) = world.history(world.now());
    let snapshot = history.known(world.now(), checkpoint, &world.programme);
    let figure = |id: &str, asked: Asked| {
        let definition = definition(&world.programme, id).unwrap();
        compute(&snapshot, &world.programme, &Question::new(&world.programme, definition, asked, world.now()).unwrap())
    };
    let (stock, flow) = (figure("stock", on("2021-01-01")), figure("outflow", during("2020-01-01", "2021-01-01")));
    let said = Table::new(vec![stock.clone(), flow]).unwrap_err().to_string();
    assert!(
        said.contains("stock is on the base stock, outflow on the base outflow") && said.contains("never"),
        "{said}"
    );
    let later = figure("stock-admitted", on("2021-01-02"));
    assert!(Table::new(vec![stock.clone(), later]).unwrap_err().to_string().contains("day or period"));
    let elsewhere = figure("stock", Asked { site: "utrecht".parse().ok(), ..on("2021-01-01") });
    assert!(Table::new(vec![stock.clone(), elsewhere]).unwrap_err().to_string().contains("place"));
    Table::new(vec![stock, figure("waiting-list", on("2021-01-01"))]).unwrap();
}
