//! A CSV file with a header: the columns that are asked for, and refusals that name line and column.

use std::{
    borrow::Cow,
    collections::HashSet,
    fs::File,
    io::{BufRead as _, BufReader, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, anyhow, bail};
use evaluation::{Groups, Problem};

use crate::progress;

/// The wanted columns of a file, as text.
pub(super) struct Table {
    path: PathBuf,
    columns: Vec<Column>,
    /// Line of each row in the file
    lines: Vec<u64>,
}

/// One column: all its cells in one text.
struct Column {
    heading: String,
    text: String,
    ends: Vec<usize>,
}

impl Column {
    fn cells(&self) -> impl Iterator<Item = &str> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        begins.zip(&self.ends).map(|(begin, end)| &self.text[begin..*end])
    }
}

impl Table {
    /// Reads the columns with these headings. Separated by commas, or by semicolons or tabs when the header has those instead.
    pub(super) fn read(path: &Path, wanted: &[&str]) -> Result<Self> {
        let named = || path.display().to_string();
        let file = File::open(path).with_context(|| format!("{} cannot be read", named()))?;
        let size = file.metadata().map(|about| about.len()).unwrap_or_default();
        let bar = progress::bar("reading");
        let mut input = BufReader::with_capacity(1 << 20, file);
        let start = input.fill_buf().with_context(|| format!("{} cannot be read", named()))?;
        let first = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let has = |separator: u8| first.contains(&separator);
        let separator = [b',', b';', b'\t'].into_iter().find(|byte| has(*byte)).unwrap_or(b',');
        // a mark that spreadsheets put at the start of UTF-8
        if start.starts_with("\u{feff}".as_bytes()) {
            input.read_exact(&mut [0; 3])?;
        }
        let mut reader = csv::ReaderBuilder::new().delimiter(separator).trim(csv::Trim::All).from_reader(input);
        let wrong = |error: csv::Error| anyhow!("{}: {}", named(), of_csv(&error));
        let headings = reader.headers().map_err(wrong)?.clone();
        if headings.is_empty() || headings.iter().all(str::is_empty) {
            bail!("{} is empty; its first line must name the columns", named());
        }
        let wanted: Vec<&str> = {
            let mut seen = HashSet::new();
            wanted.iter().copied().filter(|heading| seen.insert(*heading)).collect()
        };
        let places = wanted.iter().map(|heading| place(path, &headings, heading)).collect::<Result<Vec<_>>>()?;
        let column = |heading: &&str| Column { heading: (*heading).to_owned(), text: String::new(), ends: Vec::new() };
        let mut table = Self { path: path.to_owned(), columns: wanted.iter().map(column).collect(), lines: Vec::new() };
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(wrong)? {
            let position = record.position();
            table.lines.push(position.map_or(0, csv::Position::line));
            for (column, place) in table.columns.iter_mut().zip(&places) {
                column.text.push_str(&record[*place]);
                column.ends.push(column.text.len());
            }
            if table.lines.len().is_multiple_of(65_536) {
                progress::bytes(&bar, position.map_or(0, csv::Position::byte), size);
            }
        }
        bar.finish_and_clear();
        if table.lines.is_empty() {
            bail!("{} has a header and no rows", named());
        }
        Ok(table)
    }

    pub(super) fn rows(&self) -> usize {
        self.lines.len()
    }

    /// A refusal of one cell.
    pub(super) fn wrong(&self, row: usize, heading: &str, what: impl std::fmt::Display) -> anyhow::Error {
        let line = self.lines.get(row).copied().unwrap_or_default();
        anyhow!("{}, line {line}, column {heading}: {what}", self.path.display())
    }

    /// A refusal of a column.
    pub(super) fn wrong_column(&self, heading: &str, what: impl std::fmt::Display) -> anyhow::Error {
        anyhow!("{}, column {heading}: {what}", self.path.display())
    }

    /// A refusal by a kernel, whose arguments (`roles`) came from these columns.
    pub(super) fn refused(&self, problem: &Problem, roles: &[(&str, Option<&str>)]) -> anyhow::Error {
        let heading = problem.column.as_ref().map(|role| {
            let own = roles.iter().find(|(name, _)| name == role).and_then(|(_, heading)| *heading);
            own.map_or_else(|| role.clone(), |heading| Cow::Owned(heading.to_owned()))
        });
        match (problem.row, heading) {
            (Some(row), Some(heading)) => self.wrong(row, &heading, &problem.what),
            (Some(row), None) => self.wrong(row, "", &problem.what),
            (None, Some(heading)) => self.wrong_column(&heading, &problem.what),
            (None, None) => anyhow!("{}: {}", self.path.display(), problem.what),
        }
    }

    fn column(&self, heading: &str) -> Result<&Column> {
        let found = self.columns.iter().find(|column| column.heading == heading);
        found.with_context(|| format!("{}: column {heading} was not read", self.path.display()))
    }

    /// The cells of a column that was asked for.
    pub(super) fn cells(&self, heading: &str) -> Result<Vec<&str>> {
        Ok(self.column(heading)?.cells().collect())
    }

    /// A column of numbers.
    pub(super) fn numbers(&self, heading: &str) -> Result<Vec<f64>> {
        let number = |(row, cell): (usize, &str)| {
            let found = cell.parse::<f64>().ok().filter(|number| number.is_finite());
            found.ok_or_else(|| self.wrong(row, heading, not_a_number(cell)))
        };
        self.column(heading)?.cells().enumerate().map(number).collect()
    }

    /// A column of groups; none of its cells may be empty.
    pub(super) fn groups(&self, heading: &str) -> Result<Groups> {
        let cells = self.cells(heading)?;
        match cells.iter().position(|cell| cell.is_empty()) {
            Some(row) => Err(self.wrong(row, heading, "is empty; give every row its group, or leave the row out")),
            None => Ok(Groups::from_labels(&cells)),
        }
    }
}

fn not_a_number(cell: &str) -> String {
    if cell.is_empty() {
        return "is empty; give a number, or leave the row out".to_owned();
    }
    let hint = if cell.contains(',') { " (write decimals with a point)" } else { "" };
    // a cell may hold anything: keep the line short, and printable
    let shown: String = cell.chars().filter(|letter| !letter.is_control()).take(40).collect();
    format!("`{shown}` is not a number{hint}")
}

fn place(path: &Path, headings: &csv::StringRecord, wanted: &str) -> Result<usize> {
    let mut places = headings.iter().enumerate().filter(|(_, heading)| *heading == wanted).map(|(place, _)| place);
    match (places.next(), places.next()) {
        (Some(place), None) => Ok(place),
        (Some(_), Some(_)) => bail!("{} has two columns {wanted}; give each its own heading", path.display()),
        (None, _) => {
            let there = headings.iter().take(30).collect::<Vec<_>>().join(", ");
            bail!("{} has no column {wanted}; it has {there}", path.display())
        }
    }
}

/// What is wrong with the file itself, with the line.
fn of_csv(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            format!("line {line} has {len} cells where the header has {expected_len}")
        }
        csv::ErrorKind::Utf8 { pos, .. } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            format!("line {line} is not UTF-8; save the file as CSV UTF-8")
        }
        csv::ErrorKind::Io(error) => error.to_string(),
        _ => error.to_string(),
    }
}
