//! The file of a trajectory: overview, plan, dossier, cooperation, partners, and all of it on paper.

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    response::Response,
};
use desk::File;
use domain::{ids::TrajectoryId, trajectory::Recorded};

use super::dossier::DeliveryView;
use crate::{
    event::EventView,
    head::{Head, StepView, Tab, TermCard, steps, terms},
    names::Names,
    notice::notice,
    page::{Menu, Shell, initials, render},
    session::Signed,
    steps::Offers,
    text::L,
};

/// A worker of a partner.
pub(crate) struct WorkerView {
    initials: String,
    name: String,
    org: String,
    task: String,
    since: String,
    release: Option<String>,
}

/// A change by someone else.
pub(crate) struct ChangeView {
    what: String,
    when: String,
    by: String,
}

/// An action or after-care task.
pub(crate) struct ActionView {
    pub(crate) text: String,
    pub(crate) owner: String,
    pub(crate) due: crate::text::DueChip,
    pub(crate) day: String,
    pub(crate) done: Option<String>,
    pub(crate) close: Option<String>,
}

/// A goal with its actions.
pub(crate) struct GoalView {
    pub(crate) text: String,
    pub(crate) owner: String,
    pub(crate) since: String,
    pub(crate) due: Option<String>,
    pub(crate) closed: Option<String>,
    pub(crate) close: Option<String>,
    pub(crate) actions: Vec<ActionView>,
}

/// Everything the pages of a file show; each page takes what it needs.
#[derive(Default)]
pub(crate) struct Sheet {
    pub(crate) head: Head,
    steps: Vec<StepView>,
    terms: Vec<TermCard>,
    latest: Vec<EventView>,
    workers: Vec<WorkerView>,
    since: Option<(String, Vec<ChangeView>)>,
    others: Vec<(String, String, String)>,
    household: Vec<(String, String, Option<String>)>,
    previous: Option<(String, String)>,
    offers: Offers,
    goals: Vec<GoalView>,
    actions: Vec<ActionView>,
    contacts: Vec<EventView>,
    sees_contacts: bool,
    deliveries: Vec<DeliveryView>,
    rest: Option<(String, String)>,
    decisions: Vec<(String, Vec<(String, String)>)>,
    cooperation: super::cooperation::CooperationView,
    holds: Vec<(String, bool, Vec<(String, String)>)>,
    departure: Vec<(String, String, Option<String>)>,
    pauses: Vec<(String, String)>,
    obstacles: Vec<(String, String, Option<String>)>,
    screenings: Vec<(String, Vec<(String, String)>)>,
    stays: Vec<(String, String)>,
    outflow: Option<Vec<(String, String)>>,
    intake: Option<Vec<(String, String)>>,
    site_partners: Vec<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "file/overview.html")]
struct Overview {
    shell: Shell,
    l: L,
    sheet: Sheet,
}

#[derive(Template)]
#[template(path = "file/plan.html")]
struct PlanPage {
    shell: Shell,
    l: L,
    sheet: Sheet,
}

#[derive(Template)]
#[template(path = "file/dossier.html")]
struct DossierPage {
    shell: Shell,
    l: L,
    sheet: Sheet,
}

#[derive(Template)]
#[template(path = "file/cooperation.html")]
struct CooperationPage {
    shell: Shell,
    l: L,
    sheet: Sheet,
}

#[derive(Template)]
#[template(path = "file/partners.html")]
struct PartnersPage {
    shell: Shell,
    l: L,
    sheet: Sheet,
}

#[derive(Template)]
#[template(path = "file/print.html")]
struct PrintPage {
    shell: Shell,
    l: L,
    sheet: Sheet,
    events: Vec<EventView>,
    printed: String,
}

/// An id in an address; what is no id is not found, like what does not exist.
pub(crate) fn id(signed: &Signed, text: &str) -> Result<TrajectoryId, Response> {
    text.parse().map_err(|_| signed.trouble(desk::Failure::Hidden))
}

async fn load(signed: &Signed, text: &str) -> Result<(TrajectoryId, File), Response> {
    let id = id(signed, text)?;
    let file = signed.app.desk.file(&signed.who, id).await.map_err(|failure| signed.trouble(failure))?;
    Ok((id, file))
}

/// Overview.
pub(crate) async fn overview(signed: Signed, Path(text): Path<String>, RawQuery(query): RawQuery) -> Response {
    let (_, file) = match load(&signed, &text).await {
        Ok(loaded) => loaded,
        Err(response) => return response,
    };
    let mut sheet = Sheet::new(&signed, &file, Some(Tab::Overview));
    sheet.head.notice = notice(&signed, &file, query.as_deref()).await;
    let page = Overview { shell: signed.shell(sheet.head.name.clone()).under(Menu::Worklist), l: signed.l, sheet };
    let response = render(&page);
    // a first look, or one at something new, is remembered; the same page again costs no write
    if file.unseen
        && let Err(failure) = signed.app.desk.mark_looked(&signed.who, &file).await
    {
        tracing::error!(error = %failure, "what someone looked at could not be remembered");
    }
    response
}

macro_rules! tab {
    ($(#[$doc:meta])* $name:ident, $tab:ident, $page:ident) => {
        $(#[$doc])*
        pub(crate) async fn $name(
            signed: Signed,
            Path(text): Path<String>,
            RawQuery(query): RawQuery,
        ) -> Response {
            let file = match load(&signed, &text).await {
                Ok((_, file)) => file,
                Err(response) => return response,
            };
            let mut sheet = Sheet::new(&signed, &file, Some(Tab::$tab));
            sheet.head.notice = notice(&signed, &file, query.as_deref()).await;
            let title = format!("{} – {}", signed.l.t(Tab::$tab.key()), sheet.head.name);
            render(&$page { shell: signed.shell(title).under(Menu::Worklist), l: signed.l, sheet })
        }
    };
}

tab!(
    /// Guidance plan: goals, actions, contacts.
    plan, Plan, PlanPage
);
tab!(
    /// Dossier: what each partner delivered, and the rest period.
    dossier, Dossier, DossierPage
);
tab!(
    /// Cooperation: decisions, reviews, pauses.
    cooperation, Cooperation, CooperationPage
);
tab!(
    /// Partners: who does what, shelter, admission.
    partners, Partners, PartnersPage
);

/// Everything on paper.
pub(crate) async fn print(signed: Signed, Path(text): Path<String>) -> Response {
    let id = match id(&signed, &text) {
        Ok(id) => id,
        Err(response) => return response,
    };
    let (file, items) = match signed.app.desk.file_with_timeline(&signed.who, id).await {
        Ok(found) => found,
        Err(failure) => return signed.trouble(failure),
    };
    let events = items.iter().map(|item| EventView::new(item, &signed, &file, false)).collect();
    let sheet = Sheet::new(&signed, &file, None);
    let at = signed.l.moment(signed.app.desk.clock().business());
    let printed = signed.l.f("print-by", &[("name", &signed.who.name), ("at", &at)]);
    let title = sheet.head.name.clone();
    render(&PrintPage { shell: signed.shell(title), l: signed.l, sheet, events, printed })
}

impl Sheet {
    /// What a tab shows of a file; without a tab all of it, for paper. What a tab does not show is not put into words.
    pub(crate) fn new(signed: &Signed, file: &File, tab: Option<Tab>) -> Self {
        use Tab::{Cooperation, Dossier, Overview, Partners, Plan};
        let (l, names, today) = (signed.l, &signed.names, signed.today());
        let colleague = |user| signed.app.desk.colleague(user).map(|account| account.name);
        let t = &file.trajectory;
        let base = format!("/traject/{}", t.id);
        let parts = Parts { l, names, base: &base, today };
        let on = |wanted: Tab| tab.is_none_or(|tab| tab == wanted);
        // on paper nothing is offered, on the timeline there is no room for it
        let offers = match tab {
            None | Some(Tab::Timeline) => Offers::none(),
            Some(_) => Offers::new(signed, file),
        };
        let mut sheet = Self {
            head: Head::new(file, tab, l, names, today, colleague),
            sees_contacts: file.standing.sees(domain::codes::Category::GuidanceNotes),
            offers,
            ..Self::default()
        };
        if on(Overview) {
            sheet.steps = steps(file, l, today);
            sheet.terms = terms(file, l, names, today);
            sheet.latest = t.latest.iter().map(|recorded| latest(recorded, signed, file)).collect();
            sheet.since = file.since.as_ref().map(|(at, changes)| since(l, *at, changes));
            sheet.others = file.others.iter().map(|other| parts.other(other)).collect();
            sheet.household = file.household.iter().map(|member| parts.member(member)).collect();
            let previous = file.others.iter().find(|other| Some(other.trajectory) == t.previous);
            sheet.previous = previous.map(|other| parts.other(other)).map(|(href, what, _)| (href, what));
            sheet.outflow = t.outflow.as_ref().map(|outflow| parts.outflow(outflow));
            sheet.intake = t.intake.as_ref().and_then(|intake| parts.intake(intake));
            sheet.obstacles = t.obstacles.iter().rev().map(|obstacle| parts.obstacle(obstacle)).collect();
        }
        if on(Overview) || on(Partners) {
            sheet.workers = workers(signed, file);
        }
        if on(Plan) {
            sheet.plan(file, &parts, &colleague);
        }
        if on(Dossier) {
            sheet.deliveries = parts.deliveries(file);
            sheet.rest = t.rest.as_ref().map(|rest| (l.date(rest.start), crate::head::last_day(rest, l)));
        }
        if on(Cooperation) {
            sheet.decisions = t.decisions.iter().rev().map(|decision| parts.decision(decision)).collect();
            let method = names.programme().method(&t.method);
            sheet.cooperation = parts.cooperation(file, method, signed.who.user, &colleague);
            let pauses = t.pauses.iter().rev();
            sheet.pauses =
                pauses.map(|pause| (names.pause(l, pause.code.as_ref()), parts.span(pause.from, pause.to))).collect();
        }
        if on(Partners) {
            sheet.screenings = t.screenings.iter().rev().map(|screening| parts.screening(screening)).collect();
            sheet.holds = parts.holds(file);
            sheet.departure = parts.departure(file);
            sheet.stays = t.stays.iter().rev().filter_map(|stay| parts.stay(stay)).collect();
            sheet.site_partners = site_partners(names, &t.site, l);
        }
        sheet
    }

    /// Goals, actions, contacts.
    fn plan(&mut self, file: &File, parts: &Parts<'_>, colleague: &impl Fn(domain::ids::UserId) -> Option<String>) {
        use domain::fact::Kind::{ActionClosed, GoalClosed};
        let t = &file.trajectory;
        let (goals, actions) = (file.standing.may_record(GoalClosed), file.standing.may_record(ActionClosed));
        self.goals = t.goals.iter().map(|goal| parts.goal(goal, t, goals, actions)).collect();
        let loose = t.actions.iter().filter(|action| action.goal.is_none());
        self.actions = loose.map(|action| parts.action(action, actions)).collect();
        self.contacts = t.contacts.iter().rev().map(|contact| parts.contact(contact, colleague)).collect();
    }
}

fn latest(recorded: &Recorded, signed: &Signed, file: &File) -> EventView {
    let actor = signed.app.desk.colleague(recorded.fact.header.actor).map(|account| account.name).unwrap_or_default();
    EventView::of(&recorded.fact, &actor, signed, file)
}

fn since(l: L, at: jiff::Timestamp, changes: &[desk::Change]) -> (String, Vec<ChangeView>) {
    let mut people: Vec<&str> = changes.iter().map(|change| change.by.as_str()).collect();
    people.sort_unstable();
    people.dedup();
    let words = l.f("changes-since", &[("count", &changes.len()), ("at", &l.moment(at)), ("people", &people.len())]);
    let views = changes.iter().map(|change| ChangeView {
        what: l.code("kind", change.kind).into_owned(),
        when: l.moment(change.recorded_at),
        by: change.by.clone(),
    });
    (words, views.collect())
}

fn workers(signed: &Signed, file: &File) -> Vec<WorkerView> {
    let (l, names) = (signed.l, &signed.names);
    let may = file.standing.may_record(domain::fact::Kind::WorkerReleased);
    let t = &file.trajectory;
    t.workers
        .iter()
        .filter_map(|worker| {
            let detail = worker.detail.as_ref()?;
            let name = match detail.user {
                Some(user) => signed.app.desk.colleague(user)?.name,
                None => detail.function.clone(),
            };
            Some(WorkerView {
                initials: initials(&name),
                name,
                org: names.org_id(&worker.org),
                task: l.code("task", detail.task).into_owned(),
                since: l.date(worker.from),
                release: may.then(|| format!("/traject/{}/doe/medewerker-klaar?bij={}", t.id, worker.fact)),
            })
        })
        .collect()
}

fn site_partners(names: &Names, site: &domain::ids::SiteId, l: L) -> Vec<(String, String, String)> {
    let partners = names.programme().site(site).map(|site| site.partners.clone()).unwrap_or_default();
    let kind =
        |org: &domain::ids::OrgId| names.programme().org(org).map(|org| l.code("org-kind", org.kind).into_owned());
    partners
        .iter()
        .map(|org| (initials(&names.org_id(org)), names.org_id(org), kind(org).unwrap_or_default()))
        .collect()
}

/// What the parts of a sheet need.
pub(crate) struct Parts<'a> {
    pub(crate) l: L,
    pub(crate) names: &'a Names,
    pub(crate) base: &'a str,
    pub(crate) today: jiff::civil::Date,
}
