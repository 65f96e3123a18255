//! A trajectory in a list, as tables show it.

use desk::ListItem;
use domain::{programme::List, term::Rule};
use jiff::civil::Date;

use crate::{
    names::Names,
    text::{DueChip, L},
};

/// A row.
pub(crate) struct RowView {
    /// Address of the file.
    pub href: String,
    /// Name, or the case number where the role sees no names.
    pub name: String,
    /// Case number and nationality.
    pub below: String,
    /// Phase.
    pub phase: String,
    /// Status, and pause if there is one.
    pub status: String,
    /// Why it pauses.
    /// Why it pauses, if it does; empty for who may not know why.
    pub pause: Option<String>,
    /// Case number.
    pub number: String,
    /// Scenario.
    pub scenario: String,
    /// Site.
    pub site: String,
    /// What is next.
    pub action: String,
    /// When.
    pub due: Option<(DueChip, String)>,
    /// The day, as a spreadsheet reads it.
    pub due_day: String,
    /// Who has to act.
    pub waiting_on: String,
    /// Who guides.
    pub guide: String,
    /// For which organisation.
    pub guide_org: String,
}

impl RowView {
    /// Of a list item, with its own next term.
    pub(crate) fn new(item: &ListItem, l: L, names: &Names, today: Date) -> Self {
        let due = item.row.next_due;
        Self::with(item, item.row.next_rule, due, item.row.next_waiting_on.as_deref(), l, names, today)
    }

    /// Of a list item, with a term of its own.
    pub(crate) fn with(
        item: &ListItem,
        rule: Option<Rule>,
        due: Option<Date>,
        waiting_on: Option<&str>,
        l: L,
        names: &Names,
        today: Date,
    ) -> Self {
        let row = &item.row;
        let nationality = item.card.nationality.as_deref().map(|code| names.of(List::Countries, code));
        let same = rule == row.next_rule;
        let action = match (rule, &item.card.action) {
            (Some(Rule::Action | Rule::AfterCare), Some(text)) if same => text.clone(),
            (Some(rule), _) => l.code("rule", rule.code()).into_owned(),
            (None, _) => l.t("row-nothing-next").into_owned(),
        };
        Self {
            href: format!("/traject/{}", row.trajectory),
            name: if item.card.name.is_empty() { row.case_number.clone() } else { item.card.name.clone() },
            below: [Some(row.case_number.clone()), nationality].into_iter().flatten().collect::<Vec<_>>().join(" · "),
            number: row.case_number.clone(),
            scenario: row.scenario.as_deref().map(|code| names.of(List::Scenarios, code)).unwrap_or_default(),
            site: names.site(&row.site),
            due_day: due.map(|due| due.to_string()).unwrap_or_default(),
            phase: l.code("phase", row.phase).into_owned(),
            status: l.code("status", row.status).into_owned(),
            pause: row.paused.then(|| {
                let why: Vec<String> = row.pauses.iter().map(|code| names.of(List::Pauses, code)).collect();
                why.join(", ")
            }),
            action,
            due: due.map(|due| (l.due(due, today), l.short(due))),
            waiting_on: waiting_on.map(|org| names.org(org)).unwrap_or_default(),
            guide: item.guide.clone().unwrap_or_default(),
            guide_org: row.guide_org.as_deref().map(|org| names.org(org)).unwrap_or_default(),
        }
    }
}
