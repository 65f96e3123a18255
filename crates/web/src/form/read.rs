//! Reading values of a form: each reader notes what is wrong, so that one answer names everything.

use std::{fmt::Display, str::FromStr};

use domain::{
    date::{PartialDate, parse_date, year_in_range},
    ids::{Code, CommandId},
    problem::{Parsed, Problem},
    refusal::Refusal,
    vnumber::VNumber,
};
use jiff::civil::Date;

use super::{BadForm, COMMAND, CSRF, FieldKind, FieldSpec, FormData, LONGEST_TEXT, VERSION, cell};
use crate::text::L;

/// What is wrong with a field, before it is put into words.
#[derive(Debug, Clone, PartialEq)]
enum Wrong {
    Problem(Problem),
    /// A text key, the label of the field, and a value.
    Field {
        key: &'static str,
        label: &'static str,
    },
    TooLong {
        length: usize,
        most: usize,
    },
    Words(String),
}

/// What is wrong with a form: field by field, and (with an empty name) with the whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FormErrors(Vec<(String, Wrong)>);

impl FormErrors {
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names of the fields.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The words for a field.
    pub fn of(&self, name: &str, l: L) -> Option<String> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, wrong)| words(wrong, l))
    }

    /// Every field with its words, in the order they were found.
    pub fn all(&self, l: L) -> Vec<(String, String)> {
        self.0.iter().map(|(name, wrong)| (name.clone(), words(wrong, l))).collect()
    }

    /// One message for each field: the first says enough.
    fn note(&mut self, name: &str, wrong: Wrong) {
        if !self.0.iter().any(|(field, _)| field == name) {
            self.0.push((name.to_owned(), wrong));
        }
    }
}

fn words(wrong: &Wrong, l: L) -> String {
    match wrong {
        Wrong::Problem(problem) => l.problem(problem),
        Wrong::Field { key, label } => l.f(key, &[("label", &l.t(label))]),
        Wrong::TooLong { length, most } => l.f("form-too-long", &[("length", length), ("most", most)]),
        Wrong::Words(words) => words.clone(),
    }
}

impl FormData {
    /// Whether nothing is wrong (so far: only what was read has been checked).
    pub fn is_right(&self) -> bool {
        self.errors.is_empty()
    }

    /// What is wrong.
    pub fn errors(&self) -> &FormErrors {
        &self.errors
    }

    /// Notes a problem with a field.
    pub fn wrong(&mut self, name: &str, problem: Problem) {
        self.errors.note(name, Wrong::Problem(problem));
    }

    /// Notes a problem with a field (or, with an empty name, the whole form), in words.
    pub fn wrong_words(&mut self, name: &str, words: impl Into<String>) {
        self.errors.note(name, Wrong::Words(words.into()));
    }

    /// Notes why a command was not accepted, with the field of that name or else with the whole form. The words come
    /// from who knows the names of the programme.
    pub fn refused(&mut self, refusal: &Refusal, words: String) {
        let known = refusal.field.filter(|field| self.spec(field).is_some());
        self.errors.note(known.unwrap_or_default(), Wrong::Words(words));
    }

    /// What was sent, as it is; empty when nothing was.
    pub fn raw(&self, name: &str) -> &str {
        self.values.get(name).and_then(|values| values.first()).map(String::as_str).unwrap_or_default()
    }

    /// Everything that was sent for a field.
    pub fn raws(&self, name: &str) -> &[String] {
        self.values.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The session's token.
    pub fn csrf(&self) -> &str {
        self.raw(CSRF)
    }

    /// The id of the command.
    ///
    /// # Errors
    /// When it is missing or no id: then this is not a form of ours.
    pub fn command(&self) -> Result<CommandId, BadForm> {
        self.raw(COMMAND).parse().map_err(|_| BadForm::Malformed(COMMAND.to_owned()))
    }

    /// The version the form was made for; `None` for something new.
    ///
    /// # Errors
    /// When it is no number: then this is not a form of ours.
    pub fn version(&self) -> Result<Option<u32>, BadForm> {
        match self.raw(VERSION) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| BadForm::Malformed(VERSION.to_owned())),
        }
    }

    /// A text without space around it; empty when nothing was filled in.
    pub fn text(&mut self, name: &str) -> String {
        let text = self.raw(name).replace("\r\n", "\n").trim().to_owned();
        let Some(spec) = self.spec(name).cloned() else { return text };
        if text.is_empty() {
            self.missing(name, &spec, "form-missing-text");
            return text;
        }
        let (most, lines) = match spec.kind {
            FieldKind::Text { max } => (max, false),
            _ => (LONGEST_TEXT, true),
        };
        let length = text.chars().count();
        if length > most {
            self.errors.note(name, Wrong::TooLong { length, most });
        } else if !lines && text.contains('\n') {
            self.errors.note(name, Wrong::Field { key: "form-line-break", label: spec.label });
        } else if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            self.errors.note(name, Wrong::Field { key: "form-invalid", label: spec.label });
        }
        text
    }

    /// The same; `None` when nothing was filled in.
    pub fn optional_text(&mut self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// A whole date.
    pub fn date(&mut self, name: &str) -> Option<Date> {
        self.parts(name, |[day, month, year]| {
            let malformed = || Problem::new("date-malformed");
            // the year first: 0219 is a typing error, whatever the rest
            let year: i16 = year.parse().map_err(|_| malformed())?;
            year_in_range(year)?;
            let number = |part: &str| part.parse::<u8>().map_err(|_| malformed());
            parse_date(&format!("{year:04}-{:02}-{:02}", number(month)?, number(day)?))
        })
    }

    /// A date of which the day, or day and month, may be unknown.
    pub fn partial_date(&mut self, name: &str) -> Option<PartialDate> {
        self.parts(name, |[day, month, year]| {
            let malformed = || Problem::new("date-malformed");
            let part = |part: &str| match part {
                "" => Ok(None),
                digits => digits.parse::<i8>().map(Some).map_err(|_| malformed()),
            };
            PartialDate::new(year.parse().map_err(|_| malformed())?, part(month)?, part(day)?)
        })
    }

    fn parts<T>(&mut self, name: &str, read: impl Fn([&str; 3]) -> Parsed<T>) -> Option<T> {
        let inputs = ["dag", "maand", "jaar"].map(|part| self.raw(&format!("{name}-{part}")).trim().to_owned());
        if inputs.iter().all(String::is_empty) {
            self.missing_by_name(name, "form-missing-date");
            return None;
        }
        let digits = inputs.iter().all(|part| part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit()));
        let value = match &inputs {
            [day, month, year] if digits => read([day, month, year]),
            _ => Err(Problem::new("date-malformed")),
        };
        self.keep(name, value)
    }

    /// A V-number.
    pub fn v_number(&mut self, name: &str) -> Option<VNumber> {
        let text = self.text(name);
        if text.is_empty() {
            return None;
        }
        self.keep(name, VNumber::try_from(text))
    }

    /// The value of a choice, checked against the choices of the field.
    pub fn chosen(&mut self, name: &str) -> Option<String> {
        let value = self.raw(name).to_owned();
        if value.is_empty() {
            self.missing_by_name(name, "form-missing-choice");
            return None;
        }
        self.among(name, &value).then_some(value)
    }

    /// A chosen code of the programme.
    pub fn code(&mut self, name: &str) -> Option<Code> {
        self.parsed(name)
    }

    /// A chosen id: of an organisation, a site, a fact, a colleague.
    pub fn parsed<T: FromStr<Err = Problem>>(&mut self, name: &str) -> Option<T> {
        let value = self.chosen(name)?;
        self.keep(name, value.parse())
    }

    /// A chosen code of the program itself: `data.choice("status", Status::from_code)`.
    pub fn choice<T>(&mut self, name: &str, from_code: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = self.chosen(name)?;
        let read = from_code(&value);
        if read.is_none() {
            self.not_a_choice(name);
        }
        read
    }

    /// All chosen codes, each once, in the order in which they were sent.
    pub fn codes(&mut self, name: &str) -> Vec<Code> {
        let mut values = self.raws(name).to_vec();
        values.retain(|value| !value.is_empty());
        let mut seen = std::collections::HashSet::new();
        values.retain(|value| seen.insert(value.clone()));
        if values.is_empty() {
            self.missing_by_name(name, "form-missing-choice");
        }
        values.into_iter().filter(|value| self.among(name, value)).filter_map(|value| value.parse().ok()).collect()
    }

    /// All chosen facts, each once.
    pub fn ids<T: FromStr<Err = Problem> + PartialEq>(&mut self, name: &str) -> Vec<T> {
        let values = self.raws(name).to_vec();
        let values: Vec<String> = values.into_iter().filter(|value| !value.is_empty()).collect();
        let mut out: Vec<T> = Vec::new();
        for value in values {
            let read = if self.among(name, &value) { self.keep(name, value.parse()) } else { None };
            let new = read.filter(|id| !out.contains(id));
            out.extend(new);
        }
        out
    }

    /// The rows (from 1) of a repeated field in which something was filled in; read them with [`cell`].
    pub fn rows(&self, name: &str) -> Vec<usize> {
        let filled = |row: &usize| {
            let begin = cell(name, *row, "");
            self.values
                .iter()
                .any(|(key, values)| key.starts_with(&begin) && values.iter().any(|v| !v.trim().is_empty()))
        };
        (1..=super::MOST_ROWS).filter(filled).collect()
    }

    fn among(&mut self, name: &str, value: &str) -> bool {
        let listed = match self.spec(name).map(|spec| &spec.kind) {
            Some(
                FieldKind::Select(list)
                | FieldKind::Radios(list)
                | FieldKind::Checkboxes(list)
                | FieldKind::Fixed(list),
            ) => list.iter().any(|choice| choice.value == value),
            _ => true,
        };
        if !listed {
            self.not_a_choice(name);
        }
        listed
    }

    fn not_a_choice(&mut self, name: &str) {
        let label = self.spec(name).map_or("form-choose", |spec| spec.label);
        self.errors.note(name, Wrong::Field { key: "form-not-a-choice", label });
    }

    fn missing_by_name(&mut self, name: &str, key: &'static str) {
        if let Some(spec) = self.spec(name).cloned() {
            self.missing(name, &spec, key);
        }
    }

    fn missing(&mut self, name: &str, spec: &FieldSpec, key: &'static str) {
        if spec.required {
            self.errors.note(name, Wrong::Field { key, label: spec.label });
        }
    }

    fn keep<T>(&mut self, name: &str, value: Parsed<T>) -> Option<T> {
        value.map_err(|problem| self.wrong(name, problem)).ok()
    }
}

impl Display for FormErrors {
    /// The names of the fields: what may be logged.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.fields().collect::<Vec<_>>().join(", "))
    }
}
