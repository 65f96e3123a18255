//! Forms, declared as a list of fields: reading what was sent, checking it, and writing the form (again).
//!
//! ```ignore
//! let data = FormData::parse(content_type, &bytes, &fields)?;      // 400 or 415: not this form at all
//! let on = data.date("valid_from");                                // None, and noted as wrong, when it is not a date
//! if !data.is_right() { return render_with(422, page(FormView::new(l, "/…", &data))) }
//! ```
//!
//! Every form also has `csrf` (token of the session), `opdracht` (id of the command: sent twice, done once) and
//! `versie` (what the form was made for), and `erbij` (the button that adds a row).

pub(crate) mod decode;
mod read;
mod said;
pub(crate) mod upload;
mod view;

use std::{collections::BTreeMap, fmt::Display};

use access::Categories;
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header},
    response::Response,
};
use domain::codes::Category;

pub use read::FormErrors;
pub use view::{FieldView, FormView};

use crate::{problem_page::Trouble, text::Lang};

/// The session's token.
pub const CSRF: &str = "csrf";
/// The id of the command.
pub const COMMAND: &str = "opdracht";
/// The version the form was made for.
pub const VERSION: &str = "versie";
/// The button that adds a row; its value is the field.
pub const MORE: &str = "erbij";
/// Rows a repeated field can have.
pub const MOST_ROWS: usize = 40;

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: String,
}

impl Choice {
    /// From both.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// How a field is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// One line, at most this many characters.
    Text {
        /// Most characters.
        max: usize,
    },
    /// Several lines, at most [`LONGEST_TEXT`] characters.
    TextArea,
    /// A whole date, in three inputs: `name-dag`, `name-maand`, `name-jaar`.
    Date,
    /// The same, of which day or month may stay empty.
    PartialDate,
    /// One of a long list.
    Select(Vec<Choice>),
    /// One of a short list.
    Radios(Vec<Choice>),
    /// Any number of a list.
    Checkboxes(Vec<Choice>),
    /// One of a list, given beforehand: it names its row and is not changed.
    Fixed(Vec<Choice>),
    /// A file; the form is then sent in parts. These endings are offered.
    File {
        /// As an input names them: `.pdf,.png`.
        accept: String,
    },
    /// Not shown.
    Hidden,
    /// The same fields several times, named by [`cell`].
    Repeat {
        /// Rows to begin with.
        rows: usize,
        /// What a row has; no repeat within a repeat.
        columns: Vec<FieldSpec>,
    },
}

/// Most characters of several lines.
pub const LONGEST_TEXT: usize = 20_000;

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldSpec {
    /// Its name in the form.
    pub name: &'static str,
    /// Text key of its label.
    pub label: &'static str,
    /// Text key of its hint.
    pub hint: Option<&'static str>,
    /// How it is filled in.
    pub kind: FieldKind,
    /// Whether it may not stay empty.
    pub required: bool,
    /// What kind of information it is: who may not see that, does not get the field.
    pub category: Category,
}

impl FieldSpec {
    /// A field that may stay empty.
    pub const fn new(name: &'static str, label: &'static str, kind: FieldKind, category: Category) -> Self {
        Self { name, label, hint: None, kind, required: false, category }
    }

    /// The same, and it may not stay empty.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same, with a hint.
    #[must_use]
    pub fn hint(mut self, key: &'static str) -> Self {
        self.hint = Some(key);
        self
    }
}

/// The fields that may be seen, and so be filled in.
pub fn visible(fields: Vec<FieldSpec>, see: Categories) -> Vec<FieldSpec> {
    fields.into_iter().filter(|field| see.contains(field.category)).collect()
}

/// The name of a field in a row (from 1) of a repeated field.
pub fn cell(name: &str, row: usize, column: &str) -> String {
    format!("{name}-{row}-{column}")
}

/// What was sent is not this form. Not a mistake of the person who filled it in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadForm {
    /// Another type of content: which.
    #[error("a form was expected, this is {}", .0.as_deref().unwrap_or("without a type"))]
    NotAForm(Option<String>),
    /// Percent-encoding or UTF-8 is broken, in this field.
    #[error("the field {0} cannot be read")]
    Malformed(String),
    /// The form has no such field.
    #[error("the form has no field {0}")]
    Unknown(String),
    /// There once more than the form has it.
    #[error("the field {0} is there more than once")]
    Repeated(String),
    /// More fields than any form has.
    #[error("more than {} fields", decode::MOST)]
    TooMany,
}

impl BadForm {
    /// The answer: 415 or 400, with the field.
    pub fn trouble(&self) -> Trouble {
        match self {
            Self::NotAForm(found) => {
                let trouble = Trouble::new(StatusCode::UNSUPPORTED_MEDIA_TYPE);
                match found {
                    Some(found) => trouble.says("error-not-a-form").with("type", short(found)),
                    None => trouble.says("error-not-a-form-no-type"),
                }
            }
            Self::Malformed(field) => Trouble::bad_request("error-malformed-field").with("field", short(field)),
            Self::Unknown(field) => Trouble::bad_request("error-unknown-field").with("field", short(field)),
            Self::TooMany => Trouble::bad_request("error-too-many-fields").with("most", decode::MOST),
            Self::Repeated(field) => Trouble::bad_request("error-repeated-field").with("field", short(field)),
        }
    }

    /// The page.
    pub fn page(&self, lang: Lang) -> Response {
        use axum::response::IntoResponse as _;
        self.trouble().lang(lang).into_response()
    }
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

/// Type and bytes of what was sent.
///
/// # Errors
/// The page to answer with: too large, or the line was lost.
pub async fn body(request: Request, lang: Lang) -> Result<(Option<String>, Bytes), Response> {
    use axum::response::IntoResponse as _;
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    match Bytes::from_request(request, &()).await {
        Ok(bytes) => Ok((content_type, bytes)),
        Err(rejection) => Err(Trouble::new(rejection.status()).lang(lang).into_response()),
    }
}

/// What was sent (or is filled in beforehand), field by field, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FormData {
    fields: Vec<FieldSpec>,
    values: BTreeMap<String, Vec<String>>,
    errors: FormErrors,
}

impl FormData {
    /// An empty form.
    pub fn empty(fields: &[FieldSpec]) -> Self {
        Self { fields: fields.to_vec(), ..Self::default() }
    }

    /// Reads a form that was sent.
    ///
    /// # Errors
    /// [`BadForm`] when it is not this form: another type, broken, unknown or repeated fields.
    pub fn parse(content_type: Option<&str>, bytes: &[u8], fields: &[FieldSpec]) -> Result<Self, BadForm> {
        let essence = content_type.map(|kind| kind.split(';').next().unwrap_or_default().trim());
        if !essence.is_some_and(|kind| kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")) {
            return Err(BadForm::NotAForm(essence.filter(|kind| !kind.is_empty()).map(str::to_owned)));
        }
        Self::from_pairs(decode::pairs(bytes)?, fields)
    }

    /// Reads the query of an address (filters, pages) by the same rules.
    ///
    /// # Errors
    /// As [`FormData::parse`].
    pub fn from_query(query: Option<&str>, fields: &[FieldSpec]) -> Result<Self, BadForm> {
        Self::from_pairs(decode::pairs(query.unwrap_or_default().as_bytes())?, fields)
    }

    pub(crate) fn from_pairs(pairs: Vec<(String, String)>, fields: &[FieldSpec]) -> Result<Self, BadForm> {
        let mut data = Self::empty(fields);
        for (name, value) in pairs {
            let Some(several) = data.allows(&name) else { return Err(BadForm::Unknown(name)) };
            let values = data.values.entry(name.clone()).or_default();
            if !several && !values.is_empty() {
                return Err(BadForm::Repeated(name));
            }
            values.push(value);
        }
        Ok(data)
    }

    /// Whether the form has an input of this name, and whether it can be sent several times.
    fn allows(&self, name: &str) -> Option<bool> {
        if [CSRF, COMMAND, VERSION, MORE].contains(&name) {
            return Some(false);
        }
        self.fields.iter().find_map(|field| match &field.kind {
            FieldKind::Repeat { columns, .. } => {
                let (row, column) = name.strip_prefix(field.name)?.strip_prefix('-')?.split_once('-')?;
                let row: usize = row.parse().ok().filter(|row| (1..=MOST_ROWS).contains(row))?;
                // `01` would be a second name for the same cell
                columns.iter().find_map(|spec| inputs(spec, column)).filter(|_| name == cell(field.name, row, column))
            }
            _ => inputs(field, name),
        })
    }

    /// The field with this name, also within a row.
    fn spec(&self, name: &str) -> Option<&FieldSpec> {
        self.fields.iter().find_map(|field| match &field.kind {
            _ if field.name == name => Some(field),
            FieldKind::Repeat { columns, .. } => {
                let (_, column) = name.strip_prefix(field.name)?.strip_prefix('-')?.split_once('-')?;
                columns.iter().find(|spec| spec.name == column)
            }
            _ => None,
        })
    }

    /// Whether the form has a field of this name.
    pub fn has_field(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }

    /// Whether the button to add a row was pressed: the form comes back with one row more, and nothing is checked.
    pub fn wants_more(&self) -> bool {
        self.values.contains_key(MORE)
    }

    /// Fills in a value beforehand.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.values.entry(name.into()).or_default().push(value.to_string());
        self
    }

    /// Puts a value in the place of what was there, such as the version after a conflict.
    #[must_use]
    pub fn again(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.values.insert(name.into(), vec![value.to_string()]);
        self
    }

    /// Fills in a date beforehand.
    #[must_use]
    pub fn with_date(self, name: &str, date: jiff::civil::Date) -> Self {
        let (day, month) = (date.day(), date.month());
        self.with(format!("{name}-dag"), day)
            .with(format!("{name}-maand"), month)
            .with(format!("{name}-jaar"), date.year())
    }

    /// Fills in a date beforehand of which parts may be unknown.
    #[must_use]
    pub fn with_partial(self, name: &str, date: domain::date::PartialDate) -> Self {
        let part = |part: Option<i8>| part.map(|part| part.to_string()).unwrap_or_default();
        self.with(format!("{name}-dag"), part(date.day()))
            .with(format!("{name}-maand"), part(date.month()))
            .with(format!("{name}-jaar"), date.year())
    }
}

/// Whether an input of a field has this name, and whether it can be sent several times.
fn inputs(field: &FieldSpec, name: &str) -> Option<bool> {
    match &field.kind {
        FieldKind::Date | FieldKind::PartialDate => {
            let part = name.strip_prefix(field.name)?.strip_prefix('-')?;
            ["dag", "maand", "jaar"].contains(&part).then_some(false)
        }
        FieldKind::Checkboxes(_) => (field.name == name).then_some(true),
        FieldKind::Repeat { .. } => None,
        _ => (field.name == name).then_some(false),
    }
}
