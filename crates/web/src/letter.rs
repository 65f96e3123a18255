//! The extract of one person in words, as a letter.

use std::sync::Arc;

use desk::{Extract, ExtractCase, Held};
use domain::{fact::Fact, programme::List};
use letters::{Block, Letter};
use serde_json::Value;

use crate::{
    names::Names,
    text::{L, Lang},
};

/// The letter of an extract, for who keeps the store.
///
/// # Errors
/// When something that is held cannot be read.
pub fn extract_letter(desk: &desk::Desk, extract: &Extract, lang: Lang) -> Result<Letter, desk::Failure> {
    letter(extract, L::new(lang), &Names::new(Arc::clone(desk.programme()), lang))
}

/// The letter.
///
/// # Errors
/// When something that is held cannot be read.
pub(crate) fn letter(extract: &Extract, l: L, names: &Names) -> Result<Letter, desk::Failure> {
    let words = Words { l, names };
    let mut blocks = vec![
        Block::Text(l.t("extract-intro").into_owned()),
        Block::Text(l.t("extract-others").into_owned()),
        Block::Row(l.t("extract-made").into_owned(), l.moment(extract.made)),
        Block::Chapter(l.t("extract-person").into_owned()),
    ];
    words.state(&mut blocks, &extract.person)?;
    words.facts(&mut blocks, &extract.held)?;
    for case in &extract.cases {
        words.case(&mut blocks, case)?;
    }
    blocks.push(Block::Chapter(l.t("extract-recipients").into_owned()));
    if extract.recipients.is_empty() {
        blocks.push(Block::Text(l.t("extract-no-recipients").into_owned()));
    }
    for one in &extract.recipients {
        let mut what = vec![one.case_number.clone()];
        if one.involved {
            what.push(l.t("extract-has-task").into_owned());
        }
        what.extend(one.looked.map(|at| l.f("extract-looked", &[("at", &l.moment(at))])));
        blocks.push(Block::Row(names.org_id(&one.org), what.join("; ")));
    }
    blocks.push(Block::Chapter(l.t("extract-rights").into_owned()));
    blocks.push(Block::Text(l.t("extract-rights-words").into_owned()));
    let title = l.t("extract-title").into_owned();
    let footer = format!("{title} · {}", l.date(extract.today));
    Ok(Letter { title, language: l.lang.code().to_owned(), footer, blocks })
}

struct Words<'a> {
    l: L,
    names: &'a Names,
}

impl Words<'_> {
    fn case(&self, blocks: &mut Vec<Block>, case: &ExtractCase) -> Result<(), desk::Failure> {
        let (l, t) = (self.l, &case.trajectory);
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("site", &self.names.site(t.site.as_str())), ("case", &case.case_number)];
        blocks.push(Block::Chapter(l.f("extract-case", &values)));
        blocks.push(Block::Row(
            l.t("row-phase").into_owned(),
            l.code("phase", t.phase_since(jiff::civil::Date::MAX).0).into_owned(),
        ));
        for term in &case.terms {
            let values: [(&str, &dyn std::fmt::Display); 1] = [("date", &l.date(term.end))];
            let rule = l.code("rule", term.rule.code()).into_owned();
            blocks.push(Block::Row(rule, l.f("extract-term", &values)));
        }
        self.state(blocks, t)?;
        self.facts(blocks, &case.held)
    }

    /// What follows from the facts, field by field.
    fn state(&self, blocks: &mut Vec<Block>, state: &impl serde::Serialize) -> Result<(), desk::Failure> {
        blocks.push(Block::Heading(self.l.t("extract-now").into_owned()));
        let value = exchange::extract::plain(state)?;
        self.rows(blocks, "", &value);
        Ok(())
    }

    fn facts(&self, blocks: &mut Vec<Block>, held: &[Held]) -> Result<(), desk::Failure> {
        blocks.push(Block::Heading(self.l.t("extract-facts").into_owned()));
        for held in held {
            blocks.push(Block::Line);
            self.fact(blocks, &held.fact, held.superseded_by.is_some())?;
        }
        Ok(())
    }

    fn fact(&self, blocks: &mut Vec<Block>, fact: &Fact, superseded: bool) -> Result<(), desk::Failure> {
        let (l, h) = (self.l, &fact.header);
        let mut what = l.code("kind", h.kind).into_owned();
        if superseded {
            what = format!("{what} ({})", l.t("event-superseded"));
        }
        blocks.push(Block::Heading(what));
        let mut row = |key: &str, value: String| blocks.push(Block::Row(l.t(key).into_owned(), value));
        row("extract-from", l.date(h.valid_from));
        row("extract-recorded", format!("{}, {}", l.moment(h.recorded_at), self.names.org_id(&h.org)));
        if h.source != h.org {
            row("extract-source", self.names.org_id(&h.source));
        }
        row("extract-category", l.code("category", h.kind.category()).into_owned());
        row("extract-purpose", l.code("purpose", h.purpose).into_owned());
        if let Some(why) = &fact.why {
            row("extract-why", why.clone());
        }
        self.rows(blocks, "", &exchange::extract::plain(&h.codes)?);
        let whole = exchange::extract::plain(fact)?;
        self.rows(blocks, "", whole.get("body").unwrap_or(&Value::Null));
        Ok(())
    }

    /// A value, field by field; ids that say nothing to a reader are left out (the JSON has them).
    fn rows(&self, blocks: &mut Vec<Block>, name: &str, value: &Value) {
        match value {
            Value::Object(map) => {
                for (field, value) in map.iter().filter(|(field, _)| !IDS.contains(&field.as_str())) {
                    let name =
                        if name.is_empty() { self.field(field) } else { format!("{name}: {}", self.field(field)) };
                    self.rows(blocks, &name, value);
                }
            }
            Value::Array(all) if all.iter().all(|one| !one.is_object() && !one.is_array()) => {
                let words: Vec<String> = all.iter().filter_map(|one| self.leaf(one)).collect();
                if !words.is_empty() {
                    blocks.push(Block::Row(name.to_owned(), words.join(", ")));
                }
            }
            Value::Array(all) => all.iter().for_each(|one| self.rows(blocks, name, one)),
            leaf => {
                if let Some(words) = self.leaf(leaf) {
                    blocks.push(Block::Row(name.to_owned(), words));
                }
            }
        }
    }

    /// The name of a field in words, where there are words for it.
    fn field(&self, field: &str) -> String {
        let key = format!("extract-field-{field}");
        if self.l.has(&key) { self.l.t(&key).into_owned() } else { field.replace('_', " ") }
    }

    /// A code in words, a text as it is; nothing for what is empty.
    fn leaf(&self, value: &Value) -> Option<String> {
        match value {
            Value::String(text) if text.is_empty() || text.parse::<uuid::Uuid>().is_ok() => None,
            Value::String(text) => Some(self.code(text)),
            Value::Bool(yes) => Some(self.l.t(if *yes { "extract-yes" } else { "extract-no" }).into_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// The words of a code of the programme or the program, with the code; any other text as it is.
    fn code(&self, text: &str) -> String {
        if let Ok(day) = text.parse::<jiff::civil::Date>()
            && text.len() == 10
        {
            return self.l.date(day);
        }
        for list in List::ALL {
            if self.names.programme().list(*list).contains(text) {
                return self.names.of(*list, text);
            }
        }
        let families = ["phase", "status", "relation", "task", "sex", "right", "outcome", "asked-by", "informed-how"];
        let known = families.iter().map(|family| format!("{family}-{text}")).find(|key| self.l.has(key));
        known.map_or_else(|| text.to_owned(), |key| self.l.t(&key).into_owned())
    }
}

/// Fields of the state that are ids or numbers of the program itself.
const IDS: &[&str] = &["id", "fact", "participant", "version", "about", "trigger", "previous", "latest", "forgotten"];
