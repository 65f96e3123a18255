//! Who may sign in and with which rights: proposed by one, approved by another.

use askama::Template;
use axum::{
    extract::{Path, Request},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use desk::{Account, AccountItem, Administration, ProposalKind, manages_accounts, may_decide};
use domain::{
    codes::{Category, Role},
    ids::{SiteId, UserId},
    refusal::Refusal,
};

use super::account::{EventView, act, back};
use crate::{
    form::{Choice, FieldKind, FieldSpec, FormData, FormView},
    page::{Shell, render, render_with},
    session::Signed,
    text::L,
};

struct Row {
    item: AccountItem,
    role: String,
    org: String,
    sites: String,
    confirmed: String,
}

struct Waiting {
    id: String,
    what: String,
    name: String,
    login: String,
    rights: String,
    by: String,
    at: String,
    mine: bool,
}

#[derive(Template)]
#[template(path = "users.html")]
struct Page {
    shell: Shell,
    l: L,
    manages: bool,
    rows: Vec<Row>,
    waiting: Vec<Waiting>,
    events: Vec<EventView>,
}

fn sites(signed: &Signed, account: &Account) -> String {
    account.sites.iter().map(|site| signed.names.site(site.as_str())).collect::<Vec<_>>().join(", ")
}

/// All accounts, proposals and what happened.
pub(crate) async fn show(signed: Signed) -> Response {
    let found = match signed.app.desk.administration(&signed.who).await {
        Ok(found) => found,
        Err(failure) => return signed.trouble(failure),
    };
    let Administration { accounts, proposals, events } = found;
    let (l, names) = (signed.l, &signed.names);
    let rows = accounts.into_iter().map(|item| Row {
        role: l.t(&format!("role-{}", item.account.role)).into_owned(),
        org: names.org(item.account.org.as_str()),
        sites: sites(&signed, &item.account),
        confirmed: l.moment(item.confirmed_at),
        item,
    });
    let waiting = proposals.into_iter().map(|proposal| Waiting {
        id: proposal.id.to_string(),
        what: l.t(&format!("proposal-{}", proposal.kind.code())).into_owned(),
        rights: format!(
            "{}, {}, {}",
            l.t(&format!("role-{}", proposal.account.role)),
            names.org(proposal.account.org.as_str()),
            sites(&signed, &proposal.account)
        ),
        by: signed.app.desk.colleague(proposal.by).map(|account| account.name).unwrap_or_default(),
        at: l.moment(proposal.at),
        mine: !may_decide(&signed.who, &proposal),
        name: proposal.account.name,
        login: proposal.account.login,
    });
    let (rows, waiting) = (rows.collect(), waiting.collect());
    let events = events.iter().map(|event| EventView::new(&signed, event)).collect();
    let (shell, manages) = (signed.shell(l.t("users-title")), manages_accounts(&signed.who));
    render(&Page { shell, l, manages, rows, waiting, events })
}

fn fields(signed: &Signed, new: bool) -> Vec<FieldSpec> {
    let text = |name, label| FieldSpec::new(name, label, FieldKind::Text { max: 100 }, Category::Process).required();
    let roles = Role::ALL.iter().map(|role| Choice::new(role.code(), signed.l.t(&format!("role-{role}"))));
    let orgs = signed.app.desk.organisations().into_iter().map(|(id, name)| Choice::new(id.to_string(), name));
    let sites =
        signed.app.desk.sites().into_iter().map(|site| Choice::new(site.to_string(), signed.names.site(site.as_str())));
    let mut fields = if new {
        vec![text("login", "users-login").hint("users-login-hint"), text("name", "users-name")]
    } else {
        vec![]
    };
    let choice = |name, label, kind| FieldSpec::new(name, label, kind, Category::Process).required();
    fields.push(choice("role", "users-role", FieldKind::Select(roles.collect())));
    fields.push(choice("org", "users-org", FieldKind::Select(orgs.collect())));
    fields
        .push(FieldSpec { required: false, ..choice("sites", "users-sites", FieldKind::Checkboxes(sites.collect())) });
    fields
}

#[derive(Template)]
#[template(path = "user_form.html")]
struct OnePage {
    shell: Shell,
    l: L,
    title: String,
    explain: String,
    form: String,
    /// The account this is about, for what can be done at once.
    account: Option<Row>,
    command: String,
}

fn form_page(signed: &Signed, data: &FormData, item: Option<AccountItem>, status: StatusCode) -> Response {
    let l = signed.l;
    let (title, action) = match &item {
        None => (l.t("users-new").into_owned(), "/beheer/gebruikers/nieuw".to_owned()),
        Some(item) => (item.account.name.clone(), format!("/beheer/gebruikers/{}", item.account.user)),
    };
    let command = signed.app.desk.new_command().to_string();
    let sent = data.command().map_or_else(|_| command.clone(), |sent| sent.to_string());
    let form = FormView::new(l, action, data).sealed(&signed.csrf, sent, None);
    let form = form.submit(l.t("users-propose")).cancel("/beheer/gebruikers");
    let form = form.render().unwrap_or_default();
    let account = item.map(|item| Row {
        role: l.t(&format!("role-{}", item.account.role)).into_owned(),
        org: signed.names.org(item.account.org.as_str()),
        sites: sites(signed, &item.account),
        confirmed: l.moment(item.confirmed_at),
        item,
    });
    let shell = signed.shell(title.clone());
    let explain = l.t("users-explain").into_owned();
    render_with(status, &OnePage { shell, l, title, explain, form, account, command })
}

/// The form for a new account.
pub(crate) async fn new(signed: Signed) -> Response {
    if !manages_accounts(&signed.who) {
        return signed.trouble(desk::Failure::Denied);
    }
    form_page(&signed, &FormData::empty(&fields(&signed, true)), None, StatusCode::OK)
}

/// The rights that were chosen; what is wrong is noted in the form.
fn chosen(data: &mut FormData, user: UserId, login: String, name: String) -> Option<Account> {
    let role = data.choice("role", Role::from_code);
    let org = data.chosen("org").and_then(|code| code.parse().ok());
    let sites: Vec<SiteId> = data.codes("sites").iter().filter_map(|code| code.as_str().parse().ok()).collect();
    let whole = data.is_right();
    Some(Account { user, login, name, role: role?, org: org?, sites }).filter(|_| whole)
}

/// Where a refusal belongs in the form.
fn refuse(signed: &Signed, data: &mut FormData, refusal: &Refusal) {
    let words = signed.refusal(refusal);
    data.refused(refusal, words);
}

/// Proposes a new account.
pub(crate) async fn propose_new(signed: Signed, request: Request) -> Response {
    let request = match signed.fresh(request).await {
        Ok(request) => request,
        Err(response) => return response,
    };
    let mut data = match signed.form(request, &fields(&signed, true)).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    if !manages_accounts(&signed.who) {
        return signed.trouble(desk::Failure::Denied);
    }
    data = match signed.own_form(data) {
        Ok(data) => data,
        Err(data) => return form_page(&signed, &data, None, StatusCode::FORBIDDEN),
    };
    // a form that was kept comes back to be looked at first
    if data.wants_more() {
        return form_page(&signed, &data, None, StatusCode::OK);
    }
    let command = match data.command() {
        Ok(command) => command,
        Err(bad) => return signed.answer(bad.trouble()),
    };
    let (login, name) = (data.text("login"), data.text("name"));
    // the id of the account follows from the command: sent twice, it is one account
    let user = UserId(command.0);
    let Some(account) = chosen(&mut data, user, login, name) else {
        return form_page(&signed, &data, None, StatusCode::UNPROCESSABLE_ENTITY);
    };
    match signed.app.desk.propose(&signed.who, command, ProposalKind::New, account).await {
        Ok(()) => Redirect::to("/beheer/gebruikers").into_response(),
        Err(desk::Failure::Refused(refusal)) => {
            refuse(&signed, &mut data, &refusal);
            form_page(&signed, &data, None, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(failure) => signed.trouble(failure),
    }
}

/// One account, for who manages accounts.
async fn item(signed: &Signed, id: &str) -> Result<AccountItem, Response> {
    if !manages_accounts(&signed.who) {
        return Err(signed.trouble(desk::Failure::Denied));
    }
    let found = signed.app.desk.administration(&signed.who).await.map_err(|failure| signed.trouble(failure))?;
    let found = found.accounts.into_iter().find(|item| item.account.user.to_string() == id);
    found.ok_or_else(|| signed.trouble(desk::Failure::Hidden))
}

/// Rights and ways to sign in of one account.
pub(crate) async fn one(signed: Signed, Path(id): Path<String>) -> Response {
    let item = match item(&signed, &id).await {
        Ok(item) => item,
        Err(response) => return response,
    };
    let empty = FormData::empty(&fields(&signed, false)).with("role", item.account.role).with("org", &item.account.org);
    let data = item.account.sites.iter().fold(empty, |data, site| data.with("sites", site));
    form_page(&signed, &data, Some(item), StatusCode::OK)
}

/// Proposes other rights.
pub(crate) async fn propose_change(signed: Signed, Path(id): Path<String>, request: Request) -> Response {
    let item = match item(&signed, &id).await {
        Ok(item) => item,
        Err(response) => return response,
    };
    let request = match signed.fresh(request).await {
        Ok(request) => request,
        Err(response) => return response,
    };
    let mut data = match signed.form(request, &fields(&signed, false)).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    data = match signed.own_form(data) {
        Ok(data) => data,
        Err(data) => return form_page(&signed, &data, Some(item), StatusCode::FORBIDDEN),
    };
    if data.wants_more() {
        return form_page(&signed, &data, Some(item), StatusCode::OK);
    }
    let command = match data.command() {
        Ok(command) => command,
        Err(bad) => return signed.answer(bad.trouble()),
    };
    let Account { user, login, name, .. } = item.account.clone();
    let Some(account) = chosen(&mut data, user, login, name) else {
        return form_page(&signed, &data, Some(item), StatusCode::UNPROCESSABLE_ENTITY);
    };
    match signed.app.desk.propose(&signed.who, command, ProposalKind::Change, account).await {
        Ok(()) => Redirect::to("/beheer/gebruikers").into_response(),
        Err(desk::Failure::Refused(refusal)) => {
            refuse(&signed, &mut data, &refusal);
            form_page(&signed, &data, Some(item), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(failure) => signed.trouble(failure),
    }
}

/// What one person can do at once: end sessions, end access, confirm, and propose a new start.
pub(crate) async fn act_on(signed: Signed, Path(id): Path<String>, request: Request) -> Response {
    let item = match item(&signed, &id).await {
        Ok(item) => item,
        Err(response) => return response,
    };
    let request = match signed.fresh(request).await {
        Ok(request) => request,
        Err(response) => return response,
    };
    let data = match act(&signed, request, &["doe"]).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    let (desk, who, user) = (&signed.app.desk, &signed.who, item.account.user);
    let done = match data.raw("doe") {
        "sessies" => desk.end_sessions_of(who, user).await,
        "vertrek" => desk.leave(who, user).await,
        "bevestig" => desk.confirm_rights(who, user).await,
        kind @ ("wachtwoord" | "opnieuw") => match data.command() {
            Ok(command) => {
                let kind = if kind == "opnieuw" { ProposalKind::Reset } else { ProposalKind::Password };
                desk.propose(who, command, kind, item.account).await
            }
            Err(bad) => return signed.answer(bad.trouble()),
        },
        _ => Err(desk::Failure::Hidden),
    };
    back(&signed, done, "/beheer/gebruikers")
}

#[derive(Template)]
#[template(path = "first_password.html")]
struct FirstPassword {
    shell: Shell,
    l: L,
    login: String,
    password: String,
    /// How long it can be used.
    hours: i64,
}

/// Decides on a proposal.
pub(crate) async fn decide(signed: Signed, Path(id): Path<String>, request: Request) -> Response {
    let request = match signed.fresh(request).await {
        Ok(request) => request,
        Err(response) => return response,
    };
    let data = match act(&signed, request, &["besluit"]).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    let (Ok(id), approve) = (id.parse::<uuid::Uuid>(), data.raw("besluit") == "ja") else {
        return signed.trouble(desk::Failure::Hidden);
    };
    if !approve && data.raw("besluit") != "nee" {
        return signed.trouble(desk::Failure::Hidden);
    }
    let found = match signed.app.desk.administration(&signed.who).await {
        Ok(found) => found.proposals.into_iter().find(|proposal| proposal.id == id),
        Err(failure) => return signed.trouble(failure),
    };
    let Some(found) = found else { return signed.trouble(desk::Failure::Hidden) };
    match signed.app.desk.decide_proposal(&signed.who, id, approve).await {
        Ok(None) => Redirect::to("/beheer/gebruikers").into_response(),
        Ok(Some(password)) => {
            let shell = signed.shell(signed.l.t("first-password-title"));
            let lasts = if found.kind == ProposalKind::New { desk::FIRST_PASSWORD } else { desk::NEW_START };
            let (login, hours) = (found.account.login, lasts.as_hours());
            render(&FirstPassword { shell, l: signed.l, login, password, hours })
        }
        Err(failure) => signed.trouble(failure),
    }
}
