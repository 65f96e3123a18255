//! The frame around every page: skip link, header, menu, banner of the demonstration, footer.
//!
//! A page is an askama template that begins with `{% extends "layout.html" %}`, fills `{% block content %}` and has the
//! fields `shell: Shell` and `l: L`. Answer with [`render`] or [`render_with`].

use access::{Principal, Reach, Standing};
use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{codes::Role, fact::Kind};
use jiff::civil::Date;

use crate::text::{L, Lang};

/// An item of the main menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Menu {
    /// What has to be done now.
    Today,
    /// All open trajectories.
    Worklist,
    /// Search for a person.
    Participants,
    /// Register someone.
    Register,
    /// Numbers about groups.
    Figures,
    /// What the DT&V watches over.
    Supervision,
    /// Sittings: agenda, table, minutes.
    Conference,
    /// What happened to people, and by which method.
    Evaluation,
    /// Questions of the police.
    Questions,
    /// Access in an emergency.
    Glass,
    /// Its review.
    GlassReview,
    /// Reviewing who read what.
    ReadLog,
    /// What participants asked about their data.
    Rights,
}

impl Menu {
    /// Every item, in order.
    pub const ALL: [Self; 13] = [
        Self::Today,
        Self::Worklist,
        Self::Participants,
        Self::Register,
        Self::Conference,
        Self::Figures,
        Self::Supervision,
        Self::Evaluation,
        Self::Questions,
        Self::Glass,
        Self::GlassReview,
        Self::ReadLog,
        Self::Rights,
    ];

    /// Its address.
    pub const fn href(self) -> &'static str {
        match self {
            Self::Today => "/",
            Self::Worklist => "/werklijst",
            Self::Participants => "/deelnemers",
            Self::Register => "/aanmelden",
            Self::Figures => "/cijfers",
            Self::Supervision => "/toezicht",
            Self::Conference => "/overleg",
            Self::Evaluation => "/evaluatie",
            Self::Questions => "/vragen",
            Self::Glass => "/noodtoegang",
            Self::GlassReview => "/beheer/noodtoegang",
            Self::ReadLog => "/beheer/leeslog",
            Self::Rights => "/rechten",
        }
    }

    /// The key of its text.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Today => "menu-today",
            Self::Worklist => "menu-worklist",
            Self::Participants => "menu-participants",
            Self::Register => "menu-register",
            Self::Figures => "menu-figures",
            Self::Supervision => "menu-supervision",
            Self::Conference => "menu-conference",
            Self::Evaluation => "menu-evaluation",
            Self::Questions => "menu-questions",
            Self::Glass => "menu-glass",
            Self::GlassReview => "menu-glass-review",
            Self::ReadLog => "menu-read-log",
            Self::Rights => "menu-rights",
        }
    }

    /// Its icon in the sprite.
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Today => "home",
            Self::Worklist => "list-check",
            Self::Participants => "users",
            Self::Register => "plus",
            Self::Figures => "chart-histogram",
            Self::Supervision => "door-exit",
            Self::Conference => "users-group",
            Self::Evaluation => "history",
            Self::Questions => "message-circle",
            Self::Glass => "alert-triangle",
            Self::GlassReview => "clipboard-check",
            Self::ReadLog => "clipboard-check",
            Self::Rights => "scale",
        }
    }

    /// Whether this person can do anything there.
    pub fn allowed(self, who: &Principal) -> bool {
        let has = |reach| access::scope(who, reach).is_ok();
        match self {
            Self::Today | Self::Worklist => has(Reach::List),
            Self::Participants => has(Reach::Search),
            // who registers someone first looks whether they are known
            Self::Register => has(Reach::Search) && Standing::of_new_case(who).may_record(Kind::Registered),
            Self::Figures | Self::Evaluation => has(Reach::Figures),
            Self::Supervision => access::may_supervise(who),
            Self::Conference => desk::conference::confers(who),
            Self::Questions => has(Reach::Question),
            Self::Glass => desk::glass::may_break_glass(who),
            Self::GlassReview => desk::glass::reviews_glass(who),
            Self::ReadLog => desk::read_review::may_review(who),
            // who watches over the log answers participants
            Self::Rights => has(Reach::Log),
        }
    }
}

/// Who is signed in, as the header shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// "Y. de Boer".
    pub name: String,
    /// Text key of the role.
    pub role: String,
    /// Name of the organisation.
    pub org: String,
    /// Two letters beside it.
    pub initials: String,
    /// The menu items that this role reaches.
    pub menu: Vec<Menu>,
    /// Text key of what they work for, for who can choose.
    pub purpose: Option<String>,
    /// Whether they decide about rights of others.
    pub manages: bool,
}

impl User {
    /// From the account, and the name of its organisation.
    pub fn new(who: &Principal, org_name: &str) -> Self {
        Self {
            name: who.name.clone(),
            role: format!("role-{}", who.role),
            org: org_name.to_owned(),
            initials: initials(&who.name),
            menu: Menu::ALL.into_iter().filter(|item| item.allowed(who)).collect(),
            purpose: (access::declarable(who.asker(), who.settings).count() > 1)
                .then(|| format!("purpose-{}", who.purpose)),
            manages: matches!(who.role, Role::Administrator | Role::Coordinator),
        }
    }

    /// Whether the search field is shown.
    pub fn searches(&self) -> bool {
        self.menu.contains(&Menu::Participants)
    }
}

/// First letter of the first and of the last word that begins with a capital: "Y. de Boer" → "YB". In a script without
/// capitals every word counts.
pub fn initials(name: &str) -> String {
    let first: Vec<char> = name.split_whitespace().filter_map(|word| word.chars().next()).collect();
    let capitals: Vec<char> = first.iter().copied().filter(|c| c.is_uppercase()).collect();
    let mut letters = if capitals.is_empty() { first.into_iter() } else { capitals.into_iter() };
    letters.next().into_iter().chain(letters.next_back()).collect()
}

/// What the frame needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shell {
    /// The language of the page.
    pub l: L,
    /// Title of the page, in words.
    pub title: String,
    /// Who is signed in; `None` on the sign-in page and on errors before signing in.
    pub user: Option<User>,
    /// Failed tries and changes of their account that they should know of, in words.
    pub notice: Option<String>,
    /// The token that every form of this session carries.
    pub csrf: String,
    /// The business date.
    pub today: Option<Date>,
    /// Whether this is the demonstration.
    pub demo: bool,
    /// The menu item this page belongs to.
    pub current: Option<Menu>,
    /// Where the language form comes back to: path and query of this page, if it can be shown with GET.
    pub here: String,
}

impl Shell {
    /// A frame without anyone signed in.
    pub fn bare(lang: Lang, title: impl Into<String>) -> Self {
        Self {
            l: L::new(lang),
            title: title.into(),
            user: None,
            notice: None,
            csrf: String::new(),
            today: None,
            demo: false,
            current: None,
            here: "/".to_owned(),
        }
    }

    /// The same frame with another title.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// The same frame, under a menu item.
    #[must_use]
    pub fn under(mut self, item: Menu) -> Self {
        self.current = Some(item);
        self
    }

    /// Whether this menu item is the current one.
    pub fn is_current(&self, item: &Menu) -> bool {
        self.current == Some(*item)
    }

    /// The languages to choose from.
    pub fn languages(&self) -> [Lang; 2] {
        Lang::ALL
    }
}

/// A page as an answer.
pub fn render(page: &impl Template) -> Response {
    render_with(StatusCode::OK, page)
}

/// A page with another status, such as 422 for a form that has to be corrected.
pub fn render_with(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            crate::problem_page::Trouble::new(StatusCode::INTERNAL_SERVER_ERROR).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_those_of_first_and_last_name() {
        assert_eq!(initials("Y. de Boer"), "YB");
        assert_eq!(initials("Amina Osman Farah"), "AF");
        assert_eq!(initials("Wim"), "W");
        assert_eq!(initials(""), "");
    }
}
