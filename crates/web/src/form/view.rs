//! Writing a form: every field with its label, hint, error and what was typed.

use askama::Template;

use super::{Choice, FieldKind, FieldSpec, FormData, FormErrors, MOST_ROWS, cell};
use crate::text::L;

/// A form as a page shows it: `{{ form|safe }}` (everything in it has been escaped already).
///
/// A page with a layout of its own writes the `<form>` element itself, with `{{ form.top()|safe }}` first and
/// `{{ form.field("name")|safe }}` where a field belongs.
#[derive(Debug, Clone, Template)]
#[template(path = "form.html")]
pub struct FormView {
    /// The language.
    pub l: L,
    /// Where it is sent.
    pub action: String,
    /// The token of the session.
    pub csrf: String,
    /// The id of the command.
    pub command: String,
    /// The version the form was made for.
    pub version: Option<u32>,
    /// The words on the button.
    pub submit: String,
    /// Where "cancel" goes, if it is there.
    pub cancel: Option<String>,
    /// The fields.
    pub fields: Vec<FieldView>,
    /// What is wrong: address of the field (none: the whole form), words.
    pub errors: Vec<(Option<String>, String)>,
}

/// The hidden fields and the summary of errors.
#[derive(Template)]
#[template(path = "form_top.html")]
struct Top<'f> {
    form: &'f FormView,
    l: L,
}

impl FormView {
    /// From the fields, what was filled in and what is wrong with it.
    pub fn new(l: L, action: impl Into<String>, data: &FormData) -> Self {
        let rows_more = |name: &str| usize::from(data.raw(super::MORE) == name);
        let fields: Vec<FieldView> = data
            .fields
            .iter()
            .map(|spec| match &spec.kind {
                FieldKind::Repeat { rows, columns } => {
                    let filled = data.rows(spec.name).last().copied().unwrap_or(0);
                    let rows = (filled.max(*rows) + rows_more(spec.name)).min(MOST_ROWS);
                    FieldView::repeat(l, spec, columns, rows, data)
                }
                _ => FieldView::of(l, spec, spec.name.to_owned(), data),
            })
            .collect();
        let errors = data.errors.all(l).into_iter().map(|(name, words)| (anchor(&fields, &name), words)).collect();
        Self {
            l,
            action: action.into(),
            csrf: data.csrf().to_owned(),
            command: data.raw(super::COMMAND).to_owned(),
            version: data.version().ok().flatten(),
            submit: l.t("form-save").into_owned(),
            cancel: None,
            fields,
            errors,
        }
    }

    /// With the token of the session, a (new) command and the version it is made for.
    #[must_use]
    pub fn sealed(mut self, csrf: &str, command: impl std::fmt::Display, version: Option<u32>) -> Self {
        (self.csrf, self.command, self.version) = (csrf.to_owned(), command.to_string(), version);
        self
    }

    /// With other words on the button.
    #[must_use]
    pub fn submit(mut self, words: impl Into<String>) -> Self {
        self.submit = words.into();
        self
    }

    /// With a way out.
    #[must_use]
    pub fn cancel(mut self, href: impl Into<String>) -> Self {
        self.cancel = Some(href.into());
        self
    }

    /// The hidden fields and the summary of errors, for a page that writes the form element itself.
    pub fn top(&self) -> String {
        Top { form: self, l: self.l }.render().unwrap_or_else(|error| {
            tracing::error!(%error, "the top of a form could not be written");
            String::new()
        })
    }

    /// One field, for a page that lays them out itself.
    pub fn field(&self, name: &str) -> Option<&FieldView> {
        self.fields.iter().find(|field| field.name == name)
    }

    fn in_parts(&self) -> bool {
        self.fields.iter().any(|field| matches!(field.control, Control::File { .. }))
    }

    fn repeats(&self) -> bool {
        self.fields.iter().any(|field| matches!(field.control, Control::Repeat { .. }))
    }

    fn has_version(&self) -> String {
        self.version.map(|version| version.to_string()).unwrap_or_default()
    }
}

/// Where the link of an error goes: the first input of the field.
fn anchor(fields: &[FieldView], name: &str) -> Option<String> {
    fields.iter().find_map(|field| match &field.control {
        Control::Repeat { rows, .. } if field.name != name => rows.iter().find_map(|row| anchor(&row.fields, name)),
        Control::Repeat { rows, .. } => rows.first()?.fields.first().map(FieldView::first_input),
        _ => (field.name == name).then(|| field.first_input()),
    })
}

/// A field as a page shows it: `{{ field|safe }}`.
#[derive(Debug, Clone, Template)]
#[template(path = "field.html")]
pub struct FieldView {
    l: L,
    /// Its name, and the beginning of every id.
    pub name: String,
    label: String,
    hint: Option<String>,
    error: Option<String>,
    required: bool,
    /// Whether it stands in a row that may stay empty as a whole.
    in_row: bool,
    control: Control,
}

/// What is filled in.
#[derive(Debug, Clone)]
enum Control {
    Text { value: String, max: usize },
    TextArea { value: String },
    Date { day: String, month: String, year: String, quick: bool },
    Select { options: Vec<OptionView> },
    Choices { options: Vec<OptionView>, several: bool },
    File { accept: String },
    Hidden { value: String },
    Repeat { rows: Vec<RowView>, full: bool },
}

#[derive(Debug, Clone)]
struct OptionView {
    value: String,
    label: String,
    chosen: bool,
}

#[derive(Debug, Clone)]
struct RowView {
    legend: String,
    fields: Vec<FieldView>,
}

impl FieldView {
    fn of(l: L, spec: &FieldSpec, name: String, data: &FormData) -> Self {
        let raw = || data.raw(&name).to_owned();
        let part = |part: &str| data.raw(&format!("{name}-{part}")).to_owned();
        let options = |list: &[Choice]| options(list, data.raws(&name));
        let control = match &spec.kind {
            FieldKind::Text { max } => Control::Text { value: raw(), max: *max },
            FieldKind::TextArea | FieldKind::Repeat { .. } => Control::TextArea { value: raw() },
            FieldKind::Date | FieldKind::PartialDate => {
                Control::Date {
                    day: part("dag"),
                    month: part("maand"),
                    year: part("jaar"),
                    // a birth date is never today
                    quick: spec.kind == FieldKind::Date,
                }
            }
            FieldKind::Select(list) => Control::Select { options: options(list) },
            FieldKind::Radios(list) => Control::Choices { options: options(list), several: false },
            FieldKind::Checkboxes(list) => Control::Choices { options: options(list), several: true },
            FieldKind::File { accept } => Control::File { accept: accept.clone() },
            FieldKind::Hidden | FieldKind::Fixed(_) => Control::Hidden { value: raw() },
        };
        let partial = (spec.kind == FieldKind::PartialDate).then_some("form-partial-hint");
        Self {
            l,
            label: l.t(spec.label).into_owned(),
            hint: spec.hint.or(partial).map(|key| l.t(key).into_owned()),
            error: error_of(&data.errors, &name, l),
            required: spec.required,
            in_row: false,
            control,
            name,
        }
    }

    fn within_row(self) -> Self {
        Self { in_row: true, ..self }
    }

    fn repeat(l: L, spec: &FieldSpec, columns: &[FieldSpec], rows: usize, data: &FormData) -> Self {
        let label = l.t(spec.label).into_owned();
        // what is given beforehand names the row, and there are no others
        let given = columns.iter().find_map(|column| match &column.kind {
            FieldKind::Fixed(list) => Some((column.name, list)),
            _ => None,
        });
        let named = |row: usize| {
            let (column, list) = given?;
            let value = data.raw(&cell(spec.name, row, column));
            list.iter().find(|choice| choice.value == value).map(|choice| choice.label.clone())
        };
        let row = |row: usize| RowView {
            legend: named(row).unwrap_or_else(|| l.f("form-row", &[("label", &label), ("number", &row)])),
            fields: columns
                .iter()
                .map(|column| Self::of(l, column, cell(spec.name, row, column.name), data).within_row())
                .collect(),
        };
        let control =
            Control::Repeat { rows: (1..=rows).map(row).collect(), full: rows >= MOST_ROWS || given.is_some() };
        Self {
            l,
            name: spec.name.to_owned(),
            hint: spec.hint.map(|key| l.t(key).into_owned()),
            error: error_of(&data.errors, spec.name, l),
            required: spec.required,
            in_row: false,
            control,
            label,
        }
    }

    /// The id of what an error links to.
    fn first_input(&self) -> String {
        match &self.control {
            Control::Date { .. } => format!("{}-dag", self.name),
            Control::Choices { .. } => format!("{}-1", self.name),
            _ => self.name.clone(),
        }
    }

    /// The ids of hint and error.
    fn described_by(&self) -> Option<String> {
        let hint = self.hint.is_some().then(|| format!("{}-hint", self.name));
        let error = self.error.is_some().then(|| format!("{}-fout", self.name));
        match (hint, error) {
            (Some(hint), Some(error)) => Some(format!("{hint} {error}")),
            (hint, error) => hint.or(error),
        }
    }
}

fn error_of(errors: &FormErrors, name: &str, l: L) -> Option<String> {
    errors.of(name, l)
}

fn options(list: &[Choice], chosen: &[String]) -> Vec<OptionView> {
    let option = |choice: &Choice| OptionView {
        value: choice.value.clone(),
        label: choice.label.clone(),
        chosen: chosen.contains(&choice.value),
    };
    list.iter().map(option).collect()
}
