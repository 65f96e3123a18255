//! Every text on screen, in Dutch and English, from the Fluent files in `locales/`.
//!
//! Templates hold an [`L`] and write `{{ l.t("menu-today") }}` or `{{ l.f("due-late", [("days", &days)]) }}`
//! (in a template without `&` before the list, which askama adds itself).
//! A test reads templates and sources for such keys: one that is missing in a language is a failing test. A key that is
//! put together at run time (`l.code("phase", phase)`) is covered by the lists in that test.

use std::{borrow::Cow, collections::HashMap, fmt::Display, sync::LazyLock};

use domain::{
    date::{PartialDate, days},
    problem::Problem,
    refusal::Refusal,
};
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use unic_langid::LanguageIdentifier;

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// Dutch.
    #[default]
    Nl,
    /// English.
    En,
}

impl Lang {
    /// Every language, the first is what someone gets who chose none.
    pub const ALL: [Self; 2] = [Self::Nl, Self::En];

    /// The code in `lang` attributes, cookies and forms.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::En => "en",
        }
    }

    /// The language with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.code() == code)
    }

    /// Its own name for itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nl => "Nederlands",
            Self::En => "English",
        }
    }

    fn id(self) -> LanguageIdentifier {
        self.code().parse().unwrap_or_default()
    }
}

macro_rules! locales {
    ($($file:literal),+ $(,)?) => {
        /// The Fluent files: language, name, content. A new file is named here once.
        pub const FILES: &[(Lang, &str, &str)] = &[$(
            (Lang::Nl, $file, include_str!(concat!("../locales/nl/", $file, ".ftl"))),
            (Lang::En, $file, include_str!(concat!("../locales/en/", $file, ".ftl"))),
        )+];
    };
}

locales!(
    "layout",
    "dates",
    "codes",
    "kinds",
    "rules",
    "problems",
    "errors",
    "form",
    "pages",
    "steps",
    "figures",
    "overtaken",
    "exceptions",
    "tools",
    "read_log",
    "process",
    "signin",
    "surface",
    "destruction",
    "rights",
    "cooperation",
    "supervision",
    "conference",
    "evaluation",
    "terms",
    "documents",
);

/// The texts of all languages; read once.
static TEXT: LazyLock<Text> = LazyLock::new(Text::load);

/// All texts.
pub struct Text {
    languages: HashMap<Lang, Language>,
}

struct Language {
    /// Messages without variables, resolved once.
    plain: HashMap<String, String>,
    bundle: FluentBundle<FluentResource>,
}

impl Text {
    /// The texts, loaded at first use.
    pub fn shared() -> &'static Self {
        &TEXT
    }

    fn load() -> Self {
        Self { languages: Lang::ALL.into_iter().map(|lang| (lang, Language::load(lang))).collect() }
    }

    /// A text without variables; `⟦key⟧` when there is none, so that it shows.
    pub fn get(&'static self, lang: Lang, key: &str) -> Cow<'static, str> {
        match self.find(lang, key) {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(self.format(lang, key, &[])),
        }
    }

    /// A text without variables, if there is one.
    pub fn find(&'static self, lang: Lang, key: &str) -> Option<&'static str> {
        self.languages.get(&lang)?.plain.get(key).map(String::as_str)
    }

    /// Whether there is a text with this key.
    pub fn has(&self, lang: Lang, key: &str) -> bool {
        self.languages.get(&lang).is_some_and(|language| language.bundle.has_message(key))
    }

    /// A text with variables. A whole number is passed as a number, so that plurals work.
    pub fn format(&self, lang: Lang, key: &str, values: &[(&str, &dyn Display)]) -> String {
        let Some(language) = self.languages.get(&lang) else { return missing(key) };
        let Some(pattern) = language.bundle.get_message(key).and_then(|message| message.value()) else {
            return missing(key);
        };
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set((*name).to_owned(), argument(value.to_string()));
        }
        let mut errors = Vec::new();
        let text = language.bundle.format_pattern(pattern, Some(&args), &mut errors);
        if !errors.is_empty() {
            // the error names the variable, never a value
            tracing::error!(key, lang = lang.code(), "text with a variable that was not given");
        }
        text.into_owned()
    }
}

fn missing(key: &str) -> String {
    tracing::error!(key, "no such text");
    format!("⟦{key}⟧")
}

/// A number only where it reads back the same: `007` is a name, not seven.
fn argument(value: String) -> FluentValue<'static> {
    match value.parse::<i64>() {
        Ok(number) if number.to_string() == value => FluentValue::from(number),
        _ => FluentValue::from(value),
    }
}

impl Language {
    #[expect(clippy::panic, reason = "the files are part of the program; a test loads them")]
    fn load(lang: Lang) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![lang.id()]);
        // isolation marks would end up in attributes and letters; names stand in <bdi> instead
        bundle.set_use_isolating(false);
        for (_, name, source) in FILES.iter().filter(|(of, ..)| *of == lang) {
            let resource = match FluentResource::try_new((*source).to_owned()) {
                Ok(resource) => resource,
                Err((_, errors)) => panic!("{}/{name}.ftl: {errors:?}", lang.code()),
            };
            if let Err(errors) = bundle.add_resource(resource) {
                panic!("{}/{name}.ftl: {errors:?}", lang.code());
            }
        }
        let keys = FILES.iter().filter(|(of, ..)| *of == lang).flat_map(|(_, _, source)| messages(source));
        let plain = keys.filter(|(_, variables)| variables.is_empty()).filter_map(|(key, _)| {
            let pattern = bundle.get_message(&key)?.value()?;
            let text = bundle.format_pattern(pattern, None, &mut Vec::new()).into_owned();
            Some((key, text))
        });
        let plain = plain.collect();
        Self { plain, bundle }
    }
}

/// The keys of a Fluent file with the variables of each, sorted.
pub fn messages(source: &str) -> Vec<(String, Vec<String>)> {
    let mut out: Vec<(String, Vec<String>)> = Vec::new();
    for line in source.lines() {
        let starts = line.starts_with(|c: char| c.is_ascii_alphabetic());
        let rest = match line.split_once('=') {
            Some((key, rest)) if starts => {
                out.push((key.trim().to_owned(), Vec::new()));
                rest
            }
            _ => line,
        };
        let Some((_, variables)) = out.last_mut() else { continue };
        for part in rest.split('$').skip(1) {
            let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(part.len());
            variables.push(part[..end].to_owned());
        }
    }
    for (_, variables) in &mut out {
        variables.sort_unstable();
        variables.dedup();
    }
    out
}

/// A language as templates use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct L {
    /// Which language.
    pub lang: Lang,
}

/// A deadline in words, with the class that colours it (`bst-due--…`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueChip {
    /// `overdue`, `today`, `soon` or `later`.
    pub class: &'static str,
    /// "3 dagen te laat".
    pub words: String,
}

/// A value or a reference to one: askama hands fields to methods by reference, loops by more of them.
pub trait Of<T> {
    /// The value.
    fn value(&self) -> T;
}

impl<T, V: Of<T> + ?Sized> Of<T> for &V {
    fn value(&self) -> T {
        (**self).value()
    }
}

macro_rules! of {
    ($($type:ty),+) => {$(
        impl Of<$type> for $type {
            fn value(&self) -> $type { *self }
        }
    )+};
}

of!(Date, Timestamp, PartialDate);

/// Days within which a deadline is called soon.
const SOON: i32 = 7;

impl L {
    /// In this language.
    pub const fn new(lang: Lang) -> Self {
        Self { lang }
    }

    /// A text without variables.
    pub fn t(self, key: &str) -> Cow<'static, str> {
        Text::shared().get(self.lang, key)
    }

    /// Whether there is such a text.
    pub fn has(self, key: &str) -> bool {
        Text::shared().has(self.lang, key)
    }

    /// A text with variables.
    pub fn f(self, key: &str, values: &[(&str, &dyn Display)]) -> String {
        Text::shared().format(self.lang, key, values)
    }

    /// The text of a code of the program: `l.code("phase", phase)` → "Begeleiding".
    pub fn code(self, family: &str, code: impl Display) -> Cow<'static, str> {
        self.t(&format!("{family}-{code}"))
    }

    /// "1 juli 2022".
    pub fn date(self, date: impl Of<Date>) -> String {
        let date = date.value();
        format!("{} {} {}", date.day(), self.t(&format!("month-{}", date.month())), date.year())
    }

    /// "27 nov".
    pub fn short(self, date: impl Of<Date>) -> String {
        let date = date.value();
        format!("{} {}", date.day(), self.t(&format!("month-short-{}", date.month())))
    }

    /// "juli 2022".
    pub fn month(self, date: impl Of<Date>) -> String {
        let date = date.value();
        format!("{} {}", self.t(&format!("month-{}", date.month())), date.year())
    }

    /// A date of which the day, or day and month, may be unknown: "14 maart 1988", "maart 1988", "1988".
    pub fn partial(self, date: impl Of<PartialDate>) -> String {
        let date = date.value();
        let month = date.month().map(|month| self.t(&format!("month-{month}")));
        match (date.day(), month) {
            (Some(day), Some(month)) => format!("{day} {month} {}", date.year()),
            (None, Some(month)) => format!("{month} {}", date.year()),
            _ => date.year().to_string(),
        }
    }

    /// A deadline seen from today.
    pub fn due(self, date: impl Of<Date>, today: impl Of<Date>) -> DueChip {
        let days = days(today.value(), date.value());
        let late = -days;
        match days {
            ..=-1 => DueChip { class: "overdue", words: self.f("due-late", &[("days", &late)]) },
            0 => DueChip { class: "today", words: self.t("due-today").into_owned() },
            1..=SOON => DueChip { class: "soon", words: self.f("due-in", &[("days", &days)]) },
            _ => DueChip { class: "later", words: self.f("due-in", &[("days", &days)]) },
        }
    }

    /// How long ago: "zojuist", "5 minuten geleden", "3 uur geleden", and from a day on the moment itself.
    pub fn ago(self, at: impl Of<Timestamp>, now: impl Of<Timestamp>) -> String {
        let (at, now) = (at.value(), now.value());
        let seconds = now.duration_since(at).as_secs();
        let (minutes, hours) = (seconds / 60, seconds / 3600);
        match seconds {
            // a clock that ran ahead is not worth a word
            ..60 => self.t("ago-now").into_owned(),
            60..3600 => self.f("ago-minutes", &[("minutes", &minutes)]),
            3600..86400 => self.f("ago-hours", &[("hours", &hours)]),
            _ => self.moment(at),
        }
    }

    /// "1 juli 2022 om 14.02 uur", in Dutch time.
    pub fn moment(self, at: impl Of<Timestamp>) -> String {
        let zoned = at.value().to_zoned_datetime(TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC));
        let (hour, minute) = (format!("{:02}", zoned.hour()), format!("{:02}", zoned.minute()));
        self.f("moment", &[("date", &self.date(zoned.date())), ("hour", &hour), ("minute", &minute)])
    }

    /// A problem with a value, in words.
    pub fn problem(self, problem: &Problem) -> String {
        self.problem_with(problem, |_, _| None)
    }

    /// The same; `names` gives the words for a code (name of the value, code), such as that of an organisation.
    pub fn problem_with(self, problem: &Problem, names: impl Fn(&str, &str) -> Option<String>) -> String {
        let words = |(name, value): &(&'static str, Cow<'static, str>)| {
            let words = names(name, value).unwrap_or_else(|| self.value(name, value));
            (*name, words)
        };
        let values: Vec<(&str, String)> = problem.args.iter().map(words).collect();
        let values: Vec<(&str, &dyn Display)> =
            values.iter().map(|(name, words)| (*name, words as &dyn Display)).collect();
        self.f(&format!("problem-{}", problem.key), &values)
    }

    /// Why a command is not accepted: what is wrong, from when it would be right, what stands in the way.
    pub fn refusal(self, refusal: &Refusal) -> String {
        self.refusal_with(refusal, |_, _| None)
    }

    /// The same, with words for codes as in [`L::problem_with`].
    pub fn refusal_with(self, refusal: &Refusal, names: impl Fn(&str, &str) -> Option<String>) -> String {
        let mut words = self.problem_with(&refusal.problem, names);
        if let Some(from) = refusal.possible_from {
            words.push(' ');
            words.push_str(&self.f("refusal-possible-from", &[("date", &self.date(from))]));
        }
        if let Some(standing) = refusal.stands_in_way {
            let (what, on) = (self.code("kind", standing.kind), self.date(standing.on));
            words.push(' ');
            words.push_str(&self.f("refusal-stands-in-way", &[("what", &what), ("date", &on)]));
        }
        words
    }

    /// Dates and codes inside a problem, as people read them.
    fn value(self, name: &str, value: &str) -> String {
        if let Ok(date) = value.parse::<Date>() {
            return self.date(date);
        }
        let family = match name {
            "kind" | "status" | "measure" => name,
            "month" => "month",
            _ => return value.to_owned(),
        };
        Text::shared().find(self.lang, &format!("{family}-{value}")).unwrap_or(value).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const NL: L = L::new(Lang::Nl);
    const EN: L = L::new(Lang::En);

    #[test]
    fn dates_are_written_out() {
        assert_eq!(NL.date(date(2022, 7, 1)), "1 juli 2022");
        assert_eq!(EN.date(date(2022, 7, 1)), "1 July 2022");
        assert_eq!(NL.short(date(2022, 11, 27)), "27 nov");
        assert_eq!(NL.partial("1988-03".parse::<PartialDate>().unwrap()), "maart 1988");
    }

    #[test]
    fn a_deadline_says_in_words_how_far_off_it_is() {
        let today = date(2022, 7, 1);
        let chip = |day| NL.due(day, today);
        assert_eq!(chip(date(2022, 6, 28)), DueChip { class: "overdue", words: "3 dagen te laat".into() });
        assert_eq!(chip(date(2022, 6, 30)).words, "1 dag te laat");
        assert_eq!(chip(today), DueChip { class: "today", words: "vandaag".into() });
        assert_eq!(chip(date(2022, 7, 2)).words, "morgen");
        assert_eq!(chip(date(2022, 7, 5)), DueChip { class: "soon", words: "over 4 dagen".into() });
        assert_eq!(chip(date(2022, 7, 9)).class, "later");
    }

    #[test]
    fn how_long_ago() {
        let now: Timestamp = "2022-07-01T12:02:00Z".parse().unwrap();
        let ago = |seconds: i64| NL.ago(now - jiff::SignedDuration::from_secs(seconds), now);
        assert_eq!(ago(-5), "zojuist");
        assert_eq!(ago(60), "1 minuut geleden");
        assert_eq!(ago(7200), "2 uur geleden");
        assert_eq!(ago(86_400), "30 juni 2022 om 14.02 uur");
    }

    #[test]
    fn a_refusal_says_what_would_be_right() {
        let refusal = Refusal::new("rest-period-runs").with("end", date(2022, 7, 15)).possible(date(2022, 7, 16));
        let words = NL.refusal(&refusal);
        assert!(words.contains("15 juli 2022") && words.contains("16 juli 2022"), "{words}");
    }

    #[test]
    fn an_unknown_key_shows() {
        assert_eq!(NL.t("no-such-text"), "⟦no-such-text⟧");
    }

    #[test]
    fn only_what_reads_back_the_same_is_a_number() {
        assert_eq!(argument("007".into()), FluentValue::from("007"));
        assert_eq!(argument("7".into()), FluentValue::from(7));
    }
}
