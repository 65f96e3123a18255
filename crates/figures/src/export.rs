//! Figures as files: CSV with everything that a number needs on its own line.

use crate::{
    figure::Value,
    guarded::{Guarded, Told},
    question::Moment,
};

/// The columns that follow the breakdowns.
const NUMBERS: [&str; 8] = ["count", "part", "whole", "percent", "q1", "median", "q3", "hidden"];
/// The columns before them.
const ABOUT: [&str; 9] = ["figure", "version", "base", "from", "to", "place", "known_at", "classification", "row"];

/// The head of a table of this figure.
pub fn head(figure: &Guarded) -> Vec<String> {
    let columns = figure.about.by.iter().map(|column| column.code());
    ABOUT.into_iter().chain(columns).chain(NUMBERS).map(str::to_owned).collect()
}

/// Its lines: one for each number, the total last. A line says itself what it counts: base, day or period (a reference date
/// stands in both columns), place and known-at.
pub fn lines(figure: &Guarded) -> Vec<Vec<String>> {
    let rows = figure.cells.iter().map(|(key, told)| line(figure, "cell", key.clone(), *told));
    let nothing = vec![String::new(); figure.about.by.len()];
    rows.chain([line(figure, "total", nothing, figure.total)]).collect()
}

fn line(figure: &Guarded, row: &str, key: Vec<String>, told: Told) -> Vec<String> {
    let about = &figure.about;
    let (from, to) = match about.moment {
        Moment::Stock(on) => (on, on),
        Moment::Inflow(period) | Moment::Outflow(period) => (period.from, period.to),
    };
    let classification = about.classification.as_ref().map(|(id, _)| id.to_string()).unwrap_or_default();
    let mut out = vec![
        about.id.to_string(),
        about.version.to_string(),
        about.moment.base().code().to_owned(),
        from.to_string(),
        to.to_string(),
        about.site.clone().unwrap_or_else(|| "national".to_owned()),
        about.known_at.to_string(),
        classification,
        row.to_owned(),
    ];
    out.extend(key);
    out.extend(numbers(told));
    out
}

fn numbers(told: Told) -> [String; 8] {
    let nothing = String::new;
    let mut out: [String; 8] = std::array::from_fn(|_| nothing());
    match told {
        Told::Value(Value::Count(count)) => out[0] = count.to_string(),
        Told::Value(Value::Share { part, whole }) => {
            out[1] = part.to_string();
            out[2] = whole.to_string();
            out[3] = percent(part, whole).map_or_else(nothing, |percent| format!("{percent:.1}"));
        }
        Told::Value(Value::Days { count, quartiles }) => {
            out[0] = count.to_string();
            for (place, day) in quartiles.into_iter().flatten().enumerate() {
                out[4 + place] = day.to_string();
            }
        }
        Told::Whole(whole) => {
            out[2] = whole.to_string();
            "small".clone_into(&mut out[7]);
        }
        Told::Hidden(why) => why.code().clone_into(&mut out[7]),
    }
    out
}

/// A part in per cent; nothing of nothing.
pub fn percent(part: u64, whole: u64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
    (whole > 0).then(|| part as f64 * 100.0 / whole as f64)
}

/// A cell that a spreadsheet would read as a formula gets a quotation mark before it.
pub fn plain(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula { format!("'{cell}") } else { cell.to_owned() }
}

/// Lines as CSV (RFC 4180, comma, UTF-8). No cell begins as a formula.
///
/// # Errors
/// Never for text; the library can say so.
pub fn csv(lines: &[Vec<String>]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().flexible(true).terminator(csv::Terminator::CRLF).from_writer(vec![]);
    for line in lines {
        writer.write_record(line.iter().map(|cell| plain(cell)))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// Lines as a spreadsheet (XLSX): a sheet with the lines, numbers as numbers. Text is written as text, never as a formula.
///
/// # Errors
/// In words, when the library refuses.
pub fn xlsx(lines: &[Vec<String>]) -> Result<Vec<u8>, String> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let bold = rust_xlsxwriter::Format::new().set_bold();
    for (row, line) in (0_u32..).zip(lines) {
        for (column, cell) in (0_u16..).zip(line) {
            let number = cell.parse::<f64>().ok().filter(|number| number.is_finite() && row > 0);
            let written = match number {
                Some(number) => sheet.write_number(row, column, number).map(drop),
                None if row == 0 => sheet.write_string_with_format(row, column, cell, &bold).map(drop),
                None => sheet.write_string(row, column, cell).map(drop),
            };
            written.map_err(|error| error.to_string())?;
        }
    }
    book.save_to_buffer().map_err(|error| error.to_string())
}

/// The lines of figures, each group of equal columns under its head.
pub fn sheet(figures: &[Guarded]) -> Vec<Vec<String>> {
    let (mut out, mut last) = (Vec::new(), None);
    for figure in figures {
        let head = head(figure);
        if last.as_ref() != Some(&head) {
            out.push(head.clone());
            last = Some(head);
        }
        out.extend(lines(figure));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_cell_is_never_a_formula() {
        for cell in ["=1+1", "+31", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(plain(cell), format!("'{cell}"));
        }
        assert_eq!(plain("Groningen"), "Groningen");
    }
}
