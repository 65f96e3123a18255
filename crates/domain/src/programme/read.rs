//! Reads TOML tables key by key and notes every mistake with its line, instead of stopping at the first.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    str::FromStr,
};

use jiff::civil::Date;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Text,
    log::{File, Log, Place, Target, one_of},
};
use crate::{
    date::{FIRST_YEAR, LAST_YEAR, year_in_range},
    ids::Code,
};

/// A table that knows which of its keys were asked for.
pub(super) struct Table<'a, 't> {
    file: File<'a>,
    log: &'t Log<'a>,
    keys: &'t DeTable<'a>,
    at: Place<'a>,
    what: String,
    asked: BTreeSet<&'static str>,
}

type Value<'a, 't> = &'t Spanned<DeValue<'a>>;

impl<'a, 't> Table<'a, 't> {
    pub(super) fn new(file: File<'a>, log: &'t Log<'a>, table: &'t Spanned<DeTable<'a>>) -> Self {
        let at = file.place(table.span().start);
        Self { file, log, keys: table.get_ref(), at, what: "the file".to_owned(), asked: BTreeSet::new() }
    }

    /// Where the table begins.
    pub(super) fn at(&self) -> Place<'a> {
        self.at
    }

    /// Names the table in messages.
    pub(super) fn called(&mut self, what: impl Display) {
        self.what = what.to_string();
    }

    fn place(&self, value: Value<'a, 't>) -> Place<'a> {
        self.file.place(value.span().start)
    }

    /// The value of a key that may be left out.
    fn maybe(&mut self, key: &'static str) -> Option<Value<'a, 't>> {
        self.asked.insert(key);
        self.keys.get(key)
    }

    /// Where a key stands; the table itself where it is left out.
    pub(super) fn place_of(&self, key: &str) -> Place<'a> {
        self.keys.get(key).map_or(self.at, |value| self.place(value))
    }

    /// Makes a key known without reading it.
    pub(super) fn knows(&mut self, key: &'static str) {
        self.asked.insert(key);
    }

    /// Whether a key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.keys.contains_key(key)
    }

    /// Whether a key is there with a text.
    pub(super) fn is_text(&self, key: &str) -> bool {
        self.keys.get(key).is_some_and(|value| value.get_ref().as_str().is_some_and(|text| !text.trim().is_empty()))
    }

    fn must(&mut self, key: &'static str, example: &str) -> Option<Value<'a, 't>> {
        let found = self.maybe(key);
        if found.is_none() {
            self.log.find(
                self.at,
                format!("In {} the key `{key}` is missing.", self.what),
                format!("add `{key} = {example}`."),
            );
        }
        found
    }

    fn wrong(&self, value: Value<'a, 't>, key: &str, expected: &str, example: &str) {
        let is = value.get_ref().type_str();
        let message = format!("In {} the value of `{key}` is of type {is}, not {expected}.", self.what);
        self.log.find(self.place(value), message, format!("write it as `{key} = {example}`."));
    }

    fn as_string(&self, key: &str, value: Value<'a, 't>) -> Option<String> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong(value, key, "text", "\"…\"");
            return None;
        };
        if text.trim().is_empty() {
            self.log.find(
                self.place(value),
                format!("In {} the text of `{key}` is empty.", self.what),
                "write the text.",
            );
            return None;
        }
        Some(text.to_owned())
    }

    pub(super) fn string(&mut self, key: &'static str) -> Option<String> {
        let value = self.must(key, "\"…\"")?;
        self.as_string(key, value)
    }

    pub(super) fn maybe_string(&mut self, key: &'static str) -> Option<String> {
        let value = self.maybe(key)?;
        self.as_string(key, value)
    }

    fn as_code<T: FromStr>(&self, key: &str, value: Value<'a, 't>) -> Option<T> {
        let text = self.as_string(key, value)?;
        let code = text.parse().ok();
        if code.is_none() {
            self.log.find(
                self.place(value),
                format!("In {} `{text}` is not a code.", self.what),
                "use lower-case letters, digits and hyphens, at most 48.",
            );
        }
        code
    }

    /// The code that this table defines.
    pub(super) fn defines<T: FromStr + Display>(&mut self, key: &'static str, target: Target) -> Option<T> {
        let value = self.must(key, "\"…\"")?;
        let code: T = self.as_code(key, value)?;
        self.log.define(target, &code.to_string(), self.place(value));
        self.called(format!("{target} {code}"));
        Some(code)
    }

    /// A code of something defined elsewhere.
    pub(super) fn refers<T: FromStr + Display>(&mut self, key: &'static str, target: Target) -> Option<T> {
        let value = self.must(key, "\"…\"")?;
        let code: T = self.as_code(key, value)?;
        self.log.use_of(self.place(value), target, &code.to_string());
        Some(code)
    }

    fn items(&mut self, key: &'static str, example: &str) -> Option<&'t [Spanned<DeValue<'a>>]> {
        let value = self.must(key, example)?;
        let items = value.get_ref().as_array();
        if items.is_none() {
            self.wrong(value, key, "a list", example);
        }
        items.map(|items| &items[..])
    }

    /// A code of one's own choice, if it is there.
    pub(super) fn maybe_code(&mut self, key: &'static str) -> Option<Code> {
        let value = self.maybe(key)?;
        self.as_code(key, value)
    }

    /// Codes of things defined elsewhere, each once.
    pub(super) fn all<T: FromStr + Display + PartialEq>(
        &mut self,
        key: &'static str,
        target: Target,
    ) -> Option<Vec<T>> {
        let mut codes: Vec<T> = Vec::new();
        for value in self.items(key, "[\"…\"]")? {
            let Some(code) = self.as_code::<T>(key, value) else { continue };
            if codes.contains(&code) {
                let message = format!("In {} `{code}` stands twice under `{key}`.", self.what);
                self.log.find(self.place(value), message, "leave out the second.");
                continue;
            }
            self.log.use_of(self.place(value), target, &code.to_string());
            codes.push(code);
        }
        Some(codes)
    }

    pub(super) fn strings(&mut self, key: &'static str) -> Vec<String> {
        if !self.has(key) {
            self.asked.insert(key);
            return vec![];
        }
        let items = self.items(key, "[\"…\"]").unwrap_or_default();
        items.iter().filter_map(|value| self.as_string(key, value)).collect()
    }

    /// One of a few words.
    fn as_choice<T: Copy + Display>(&self, key: &str, value: Value<'a, 't>, all: &[T]) -> Option<T> {
        let text = self.as_string(key, value)?;
        let found = all.iter().copied().find(|choice| choice.to_string() == text);
        if found.is_none() {
            let words: Vec<String> = all.iter().map(ToString::to_string).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let remedy = format!("{} nothing else is known here.", one_of(&text, &words));
            self.log.find(self.place(value), format!("In {} `{text}` is not a value of `{key}`.", self.what), remedy);
        }
        found
    }

    pub(super) fn choice<T: Copy + Display>(&mut self, key: &'static str, all: &[T]) -> Option<T> {
        let value = self.must(key, &format!("\"{}\"", all.first()?))?;
        self.as_choice(key, value, all)
    }

    pub(super) fn maybe_choice<T: Copy + Display>(&mut self, key: &'static str, all: &[T]) -> Option<T> {
        let value = self.maybe(key)?;
        self.as_choice(key, value, all)
    }

    /// Some of a few words, each once; none where the key is left out.
    pub(super) fn maybe_choices<T: Copy + Display + PartialEq>(
        &mut self,
        key: &'static str,
        all: &[T],
    ) -> Option<Vec<T>> {
        self.knows(key);
        if !self.has(key) {
            return Some(vec![]);
        }
        let chosen = self.choices(key, all)?;
        for (_, choice) in chosen.iter().enumerate().filter(|(at, choice)| chosen[..*at].contains(choice)) {
            let message = format!("In {} `{choice}` stands twice under `{key}`.", self.what);
            self.log.find(self.place_of(key), message, "leave out the second.");
        }
        Some(chosen)
    }

    /// Codes, of whatever they are; none where the key is left out.
    pub(super) fn codes(&mut self, key: &'static str) -> Option<Vec<Code>> {
        self.knows(key);
        if !self.has(key) {
            return Some(vec![]);
        }
        let items = self.items(key, "[\"…\"]")?;
        let codes: Vec<Code> = items.iter().filter_map(|value| self.as_code(key, value)).collect();
        (codes.len() == items.len()).then_some(codes)
    }

    pub(super) fn choices<T: Copy + Display>(&mut self, key: &'static str, all: &[T]) -> Option<Vec<T>> {
        let items = self.items(key, "[]")?;
        Some(items.iter().filter_map(|value| self.as_choice(key, value, all)).collect())
    }

    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        self.must(key, "true")?;
        self.maybe_flag(key)
    }

    pub(super) fn maybe_flag(&mut self, key: &'static str) -> Option<bool> {
        let value = self.maybe(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong(value, key, "true or false", "true");
        }
        flag
    }

    fn as_date(&self, key: &str, value: Value<'a, 't>) -> Option<Date> {
        let Some(read) = value.get_ref().as_datetime() else {
            self.wrong(value, key, "a date", "2019-04-01");
            return None;
        };
        let (Some(day), None) = (read.date, read.time) else {
            if (read.date, read.time) == (None, None) {
                return None; // not a day of the calendar: told as a mistake of the TOML
            }
            let message = format!("In {} the value of `{key}` has a time.", self.what);
            self.log.find(self.place(value), message, "write the date alone, such as 2019-04-01.");
            return None;
        };
        let year = i16::try_from(day.year).unwrap_or(i16::MAX);
        if year_in_range(year).is_err() {
            self.log.find(
                self.place(value),
                format!("In {} the date of `{key}` lies in the year {year:04}.", self.what),
                format!("write a year from {FIRST_YEAR} to {LAST_YEAR} in full, such as 2019."),
            );
            return None;
        }
        let part = |part: u8| i8::try_from(part).unwrap_or(0);
        Date::new(year, part(day.month), part(day.day)).ok()
    }

    pub(super) fn date(&mut self, key: &'static str) -> Option<Date> {
        let value = self.must(key, "2019-04-01")?;
        self.as_date(key, value)
    }

    pub(super) fn maybe_date(&mut self, key: &'static str) -> Option<Date> {
        let value = self.maybe(key)?;
        self.as_date(key, value)
    }

    /// The days of a list, if it is there; what is no date is told.
    pub(super) fn maybe_dates(&mut self, key: &'static str) -> Option<Vec<Date>> {
        let value = self.maybe(key)?;
        let Some(items) = value.get_ref().as_array() else {
            self.wrong(value, key, "a list of dates", "[2019-04-01, 2020-03-01]");
            return None;
        };
        let days: Vec<Date> = items.iter().filter_map(|item| self.as_date(key, item)).collect();
        (days.len() == items.len()).then_some(days)
    }

    fn as_number<T: TryFrom<i64>>(&self, key: &str, value: Value<'a, 't>, least: i64, most: i64) -> Option<T> {
        let Some(number) = value.get_ref().as_integer() else {
            self.wrong(value, key, "a whole number", &least.max(1).to_string());
            return None;
        };
        let read = i64::from_str_radix(number.as_str(), number.radix()).ok();
        let fits = read.filter(|n| (least..=most).contains(n)).and_then(|n| T::try_from(n).ok());
        if fits.is_none() {
            let message = format!("In {} the value of `{key}` is {number}.", self.what);
            self.log.find(self.place(value), message, format!("write a whole number from {least} to {most}."));
        }
        fits
    }

    pub(super) fn number<T: TryFrom<i64>>(&mut self, key: &'static str, least: i64, most: i64) -> Option<T> {
        let value = self.must(key, &least.max(1).to_string())?;
        self.as_number(key, value, least, most)
    }

    pub(super) fn maybe_number<T: TryFrom<i64>>(&mut self, key: &'static str, least: i64, most: i64) -> Option<T> {
        let value = self.maybe(key)?;
        self.as_number(key, value, least, most)
    }

    /// An amount, whole or with decimals, not below nothing.
    pub(super) fn amount(&mut self, key: &'static str) -> Option<f64> {
        let value = self.must(key, "12.0")?;
        let read: Option<f64> = match value.get_ref() {
            DeValue::Float(number) => number.as_str().parse().ok(),
            DeValue::Integer(number) => number.as_str().parse().ok(),
            _ => {
                self.wrong(value, key, "a number", "12.0");
                return None;
            }
        };
        let amount = read.filter(|amount| amount.is_finite() && *amount >= 0.0);
        if amount.is_none() {
            let message = format!("In {} the amount of `{key}` is below zero or no amount.", self.what);
            self.log.find(self.place(value), message, "write an amount of zero or more, such as 12.0.");
        }
        amount
    }

    fn sub(&self, key: &str, value: Value<'a, 't>, example: &str) -> Option<Self> {
        let Some(keys) = value.get_ref().as_table() else {
            self.wrong(value, key, "a table", example);
            return None;
        };
        let what = format!("`{key}` of {}", self.what);
        Some(Self { file: self.file, log: self.log, keys, at: self.place(value), what, asked: BTreeSet::new() })
    }

    /// A table below a key, if it is there.
    pub(super) fn table(&mut self, key: &'static str) -> Option<Self> {
        let value = self.maybe(key)?;
        self.sub(key, value, "{ … }")
    }

    /// The tables of a list below a key.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<Self> {
        let Some(value) = self.maybe(key) else { return vec![] };
        let Some(items) = value.get_ref().as_array() else {
            self.wrong(value, key, "a list of tables", "[{ … }]");
            return vec![];
        };
        items.iter().filter_map(|item| self.sub(key, item, "[{ … }]")).collect()
    }

    /// The two languages, as keys of this table.
    pub(super) fn words(&mut self) -> Option<Text> {
        let (nl, en) = (self.string("nl"), self.string("en"));
        Some(Text { nl: nl?, en: en? })
    }

    pub(super) fn maybe_text(&mut self, key: &'static str) -> Option<Text> {
        let mut table = self.table(key)?;
        let text = table.words();
        table.done();
        text
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<Text> {
        self.must(key, "{ nl = \"…\", en = \"…\" }")?;
        self.maybe_text(key)
    }

    /// Texts under keys of one's own choice.
    pub(super) fn texts(&mut self, key: &'static str) -> BTreeMap<String, Text> {
        let Some(table) = self.table(key) else { return BTreeMap::new() };
        let entries = table.keys.iter().filter_map(|(name, value)| {
            let name = name.get_ref().to_string();
            let mut entry = table.sub(&name, value, "{ nl = \"…\", en = \"…\" }")?;
            let words = entry.words();
            entry.done();
            Some((name, words?))
        });
        entries.collect()
    }

    /// Plain strings under keys of one's own choice.
    pub(super) fn map(&mut self, key: &'static str) -> BTreeMap<String, String> {
        let Some(table) = self.table(key) else { return BTreeMap::new() };
        let entries = table.keys.iter().filter_map(|(name, value)| {
            let name = name.get_ref().to_string();
            let text = table.as_string(&name, value)?;
            Some((name, text))
        });
        entries.collect()
    }

    /// The keys of a table below a key, each with its name; none when there is no such table.
    fn entries(&mut self, key: &'static str) -> Option<(Self, Vec<(String, Value<'a, 't>)>)> {
        let table = self.table(key)?;
        let entries = table.keys.iter().map(|(name, value)| (name.get_ref().to_string(), value)).collect();
        Some((table, entries))
    }

    /// The choice that a key of this table is.
    fn key_choice<T: Copy + Display>(&self, name: &str, value: Value<'a, 't>, all: &[T]) -> Option<T> {
        let found = all.iter().copied().find(|choice| choice.to_string() == name);
        if found.is_none() {
            let words: Vec<String> = all.iter().map(ToString::to_string).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let remedy = format!("{} nothing else can stand here.", one_of(name, &words));
            self.log.find(self.place(value), format!("In {} `{name}` is not known.", self.what), remedy);
        }
        found
    }

    /// `choice = number`.
    pub(super) fn numbers_by<K: Copy + Display + Ord, T: TryFrom<i64>>(
        &mut self,
        key: &'static str,
        all: &[K],
        least: i64,
        most: i64,
    ) -> BTreeMap<K, T> {
        let Some((table, entries)) = self.entries(key) else { return BTreeMap::new() };
        let read = entries.into_iter().filter_map(|(name, value)| {
            let choice = table.key_choice(&name, value, all)?;
            Some((choice, table.as_number(&name, value, least, most)?))
        });
        read.collect()
    }

    /// `choice = choice`.
    pub(super) fn choices_by<K: Copy + Display + Ord, T: Copy + Display>(
        &mut self,
        key: &'static str,
        keys: &[K],
        all: &[T],
    ) -> BTreeMap<K, T> {
        let Some((table, entries)) = self.entries(key) else { return BTreeMap::new() };
        let read = entries.into_iter().filter_map(|(name, value)| {
            let choice = table.key_choice(&name, value, keys)?;
            Some((choice, table.as_choice(&name, value, all)?))
        });
        read.collect()
    }

    /// `code = [choices]`, the codes defined elsewhere.
    pub(super) fn lists_by<T: Copy + Display>(
        &mut self,
        key: &'static str,
        target: Target,
        all: &[T],
    ) -> BTreeMap<Code, Vec<T>> {
        let Some((table, entries)) = self.entries(key) else { return BTreeMap::new() };
        let mut out = BTreeMap::new();
        for (name, value) in entries {
            table.log.use_of(table.place(value), target, &name);
            let Some(items) = value.get_ref().as_array() else {
                table.wrong(value, &name, "a list", "[\"…\"]");
                continue;
            };
            let read = items.iter().filter_map(|item| table.as_choice(&name, item, all)).collect();
            // what is no code is told as unknown in its list
            if let Ok(code) = name.parse() {
                out.insert(code, read);
            }
        }
        out
    }

    /// A code of one's own, not defined in a list.
    pub(super) fn free_code(&mut self, key: &'static str, all: &[&str]) -> Option<Code> {
        self.choice(key, all).and_then(|code| code.parse().ok())
    }

    /// Finds the keys that nobody asked for.
    pub(super) fn done(self) {
        let asked: Vec<&str> = self.asked.iter().copied().collect();
        for key in self.keys.keys().filter(|key| !self.asked.contains(key.get_ref().as_ref())) {
            let name = key.get_ref();
            let remedy = format!("{} or leave it out.", one_of(name, &asked));
            let at = self.file.place(key.span().start);
            self.log.find(at, format!("In {} the key `{name}` is not known.", self.what), remedy);
        }
    }
}
