//! The page of a step: show the form, take it, and say what became of it.

use askama::Template;
use axum::{
    extract::{Path, RawQuery, Request},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use desk::{Change, Failure, File, Order, Target};
use domain::{
    fact::{Body, Fact, Kind, Withdrawn},
    ids::{CommandId, FactId, TrajectoryId},
    trajectory::Draft,
};

use super::{Ask, Step, by_kind, by_path, draft, fields, prefilled};
use crate::{
    conflict::Conflict,
    event::EventView,
    form::{COMMAND, CSRF, FieldSpec, FormData, FormView, VERSION},
    head::Head,
    notice,
    page::{Menu, Shell, render_with},
    pages::file::id,
    session::Signed,
    text::L,
};

#[derive(Template)]
#[template(path = "step.html")]
struct Page {
    shell: Shell,
    l: L,
    head: Head,
    title: String,
    explain: Option<String>,
    conflict: Option<Conflict>,
    form: FormView,
}

/// What the form is for.
enum Purpose {
    /// A new fact.
    New(&'static Step),
    /// A fact in the place of another.
    Correct(&'static Step, Box<Fact>),
    /// Another fact was wrong and nothing takes its place.
    Withdraw(FactId, Kind),
}

struct Work {
    signed: Signed,
    id: TrajectoryId,
    file: File,
    purpose: Purpose,
    about: Option<FactId>,
    /// Right after it was recorded: the reason is filled in.
    at_once: bool,
}

/// `?bij=<fact>`: the fact a step builds on.
fn about(query: Option<&str>) -> Option<FactId> {
    query
        .and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("bij=")))
        .and_then(|text| text.parse().ok())
}

impl Work {
    async fn step(signed: Signed, text: &str, path: &str, query: Option<&str>) -> Result<Self, Response> {
        let id = id(&signed, text)?;
        let Some(step) = by_path(path) else { return Err(signed.trouble(Failure::Hidden)) };
        let file = signed.app.desk.file(&signed.who, id).await.map_err(|failure| signed.trouble(failure))?;
        if !file.standing.may_record(step.kind) {
            return Err(signed.trouble(Failure::Denied));
        }
        // a tab that was open while someone corrected the fact still means the same
        let about = about(query).map(|about| file.trajectory.current(about));
        Ok(Self { signed, id, file, purpose: Purpose::New(step), about, at_once: false })
    }

    async fn correction(signed: Signed, text: &str, fact: &str, withdraw: bool) -> Result<Self, Response> {
        let id = id(&signed, text)?;
        let Ok(fact) = fact.parse::<FactId>() else { return Err(signed.trouble(Failure::Hidden)) };
        let desk = &signed.app.desk;
        let found = desk.file_with_fact(&signed.who, id, fact).await;
        let (file, mut item) = found.map_err(|failure| signed.trouble(failure))?;
        let kind = item.fact.header.kind;
        if !file.standing.may_record(kind) {
            return Err(signed.trouble(Failure::Denied));
        }
        let about = item.fact.header.codes.about.map(|about| file.trajectory.current(about));
        item.fact.header.codes.about = about;
        let purpose = match by_kind(kind) {
            _ if withdraw => Purpose::Withdraw(fact, kind),
            Some(step) => Purpose::Correct(step, Box::new(item.fact)),
            // a withdrawal is not corrected: what was withdrawn is recorded again
            None => return Err(signed.trouble(Failure::Hidden)),
        };
        Ok(Self { signed, id, file, purpose, about, at_once: false })
    }

    fn ask(&self) -> Option<Ask<'_>> {
        let method = self.signed.names.programme().method(&self.file.trajectory.method)?;
        let corrects = match &self.purpose {
            Purpose::Correct(_, fact) => Some(&**fact),
            _ => None,
        };
        Some(Ask { signed: &self.signed, file: &self.file, method, about: self.about, corrects })
    }

    fn fields(&self) -> Vec<FieldSpec> {
        let Some(ask) = self.ask() else { return vec![] };
        match &self.purpose {
            Purpose::New(step) => fields(step, &ask, false),
            Purpose::Correct(step, _) => fields(step, &ask, true),
            Purpose::Withdraw(_, kind) => {
                vec![super::note("why", "field-why", kind.category()).required().hint("field-why-hint")]
            }
        }
    }

    fn fresh(&self) -> FormData {
        let (fields, today) = (self.fields(), self.signed.today());
        let data = match &self.purpose {
            Purpose::New(step) => match self.ask() {
                Some(ask) if step.kind == Kind::Decided => {
                    super::conference::with_partners(&ask, prefilled(step, &fields, today, None))
                }
                Some(ask) if step.kind == Kind::CooperationAssessed => {
                    super::cooperation::with_rubric(&ask, prefilled(step, &fields, today, None))
                }
                Some(ask) if step.kind == Kind::CooperationReviewed => {
                    super::cooperation::with_conclusion(&ask, prefilled(step, &fields, today, None))
                }
                _ => prefilled(step, &fields, today, None),
            },
            Purpose::Correct(step, fact) => prefilled(step, &fields, today, Some(fact)),
            Purpose::Withdraw(..) if self.at_once => FormData::empty(&fields).with("why", self.signed.l.t("undo-why")),
            Purpose::Withdraw(..) => FormData::empty(&fields),
        };
        let data = match self.about {
            Some(about) if data.raw("about").is_empty() => data.with("about", about),
            _ => data,
        };
        data.with(CSRF, &self.signed.csrf)
            .with(COMMAND, self.signed.new_command())
            .with(VERSION, self.file.trajectory.version)
    }

    fn address(&self) -> String {
        let base = format!("/traject/{}", self.id);
        let about = self.about.map(|about| format!("?bij={about}")).unwrap_or_default();
        match &self.purpose {
            Purpose::New(step) => format!("{base}/doe/{}{about}", step.path),
            Purpose::Correct(_, fact) => format!("{base}/feit/{}/verbeter", fact.header.id),
            Purpose::Withdraw(fact, _) => format!("{base}/feit/{fact}/intrekken"),
        }
    }

    fn page(&self, status: StatusCode, data: &FormData, conflict: Option<Conflict>) -> Response {
        let (l, signed) = (self.signed.l, &self.signed);
        let colleague = |user| signed.app.desk.colleague(user).map(|account| account.name);
        let head = Head::new(&self.file, None, l, &signed.names, signed.today(), colleague);
        let (title, explain) = match &self.purpose {
            Purpose::New(step) => {
                let key = format!("{}-explain", step.title());
                let explain = crate::text::Text::shared().find(l.lang, &key).map(str::to_owned);
                (l.t(&step.title()).into_owned(), explain)
            }
            Purpose::Correct(step, _) => (
                l.f("step-correct", &[("what", &l.code("kind", step.kind))]),
                Some(l.t("step-correct-explain").into_owned()),
            ),
            Purpose::Withdraw(_, kind) => (
                l.f("step-withdraw", &[("what", &l.code("kind", kind))]),
                Some(l.t("step-withdraw-explain").into_owned()),
            ),
        };
        let shell = signed.shell(format!("{title} – {}", head.name)).under(Menu::Worklist);
        let form = FormView::new(l, self.address(), data).cancel(head.base.clone());
        render_with(status, &Page { shell, l, head, title, explain, conflict, form })
    }

    /// Takes a form that was sent.
    async fn take(&self, request: Request) -> Response {
        let data = match self.signed.form(request, &self.fields()).await {
            Ok(data) => data,
            Err(response) => return response,
        };
        let mut data = match self.signed.own_form(data) {
            Ok(data) => data,
            Err(data) => return self.page(StatusCode::FORBIDDEN, &data, None),
        };
        if data.wants_more() {
            return self.page(StatusCode::OK, &data, None);
        }
        let (command, expected) = match (data.command(), data.version()) {
            (Ok(command), Ok(version)) => (command, version),
            (Err(bad), _) | (_, Err(bad)) => return self.signed.answer(bad.trouble()),
        };
        let Some(draft) = self.draft(&mut data) else {
            return self.page(StatusCode::UNPROCESSABLE_ENTITY, &data, None);
        };
        let (desk, who) = (&self.signed.app.desk, &self.signed.who);
        let done = if let (Purpose::New(_), Body::DocumentDestroyed(body), Some(about)) =
            (&self.purpose, &draft.body, draft.codes.about)
        {
            // the key and the file go too
            desk.destroy_document(who, self.id, about, body.note.clone(), command).await
        } else {
            let order = Order { command, expected, target: Target::Trajectory(self.id), drafts: vec![draft] };
            desk.execute(who, order).await
        };
        match done {
            Ok(done) => {
                let to = format!("/traject/{}{}", self.id, self.back());
                Redirect::to(&notice::address(&to, done.version)).into_response()
            }
            Err(failure) => self.failed(failure, data).await,
        }
    }

    fn draft(&self, data: &mut FormData) -> Option<Draft> {
        let ask = self.ask()?;
        match &self.purpose {
            Purpose::New(step) | Purpose::Correct(step, _) => draft(step, &ask, data),
            Purpose::Withdraw(fact, _) => {
                let why = data.text("why");
                let today = self.signed.today();
                data.is_right().then(|| Draft::new(Body::from(Withdrawn {}), today).correcting(*fact, why))
            }
        }
    }

    /// The tab on which the result shows.
    fn back(&self) -> &'static str {
        let group = match &self.purpose {
            Purpose::New(step) => step.group,
            Purpose::Correct(..) | Purpose::Withdraw(..) => return "/tijdlijn?alles=1",
        };
        match group {
            "dossier" => "/dossier",
            "conference" | "cooperation" => "/medewerking",
            "partners" | "shelter" | "departure" => "/partners",
            "guidance" => "/plan",
            "terms" => "/termijnen",
            _ => "",
        }
    }

    async fn failed(&self, failure: Failure, mut data: FormData) -> Response {
        match failure {
            Failure::Refused(refusal) => {
                data.refused(&refusal, self.signed.refusal(&refusal));
                self.page(StatusCode::UNPROCESSABLE_ENTITY, &data, None)
            }
            Failure::Conflict { yours, now, changes } => {
                let conflict = self.conflict(yours, &changes, &data).await;
                // the form now knows the newer version: sent again, it is a decision with open eyes
                let data = data.again(VERSION, now).again(COMMAND, self.signed.new_command());
                self.page(StatusCode::CONFLICT, &data, Some(conflict))
            }
            Failure::Overtaken => {
                data.wrong_words("", self.signed.l.t("error-overtaken"));
                self.page(StatusCode::CONFLICT, &data, None)
            }
            Failure::ReusedCommand => {
                let data = self.signed.sent_before(data);
                self.page(StatusCode::UNPROCESSABLE_ENTITY, &data, None)
            }
            other => self.signed.trouble(other),
        }
    }

    async fn conflict(&self, yours: u32, changes: &[Change], data: &FormData) -> Conflict {
        let (l, signed) = (self.signed.l, &self.signed);
        let by = changes.first().map(|change| change.by.clone()).unwrap_or_default();
        let items = signed.app.desk.timeline(&signed.who, self.id).await.unwrap_or_else(|error| {
            tracing::error!(%error, "what others changed could not be read");
            vec![]
        });
        let mut theirs: Vec<_> = items.iter().filter(|item| item.number > yours).collect();
        theirs.sort_by_key(|item| std::cmp::Reverse(item.number));
        let changes = theirs.into_iter().map(|item| {
            let h = &item.fact.header;
            let words = l.f(
                "conflict-change",
                &[
                    ("what", &l.code("kind", h.kind)),
                    ("date", &l.date(h.valid_from)),
                    ("by", &item.actor),
                    ("at", &l.moment(h.recorded_at)),
                ],
            );
            (words, EventView::of(&item.fact, &item.actor, signed, &self.file).text)
        });
        let look = (format!("/traject/{}/tijdlijn?alles=1", self.id), l.t("conflict-look").into_owned());
        Conflict { title: l.f("conflict-title", &[("by", &by)]), changes: changes.collect(), yours: data.said(l), look }
    }
}

/// The form of a step.
pub(crate) async fn show(
    signed: Signed,
    Path((text, path)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    match Work::step(signed, &text, &path, query.as_deref()).await {
        Ok(work) => work.page(StatusCode::OK, &work.fresh(), None),
        Err(response) => response,
    }
}

/// Takes the form of a step.
pub(crate) async fn submit(
    signed: Signed,
    Path((text, path)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    match Work::step(signed, &text, &path, query.as_deref()).await {
        Ok(work) => work.take(request).await,
        Err(response) => response,
    }
}

/// The form to correct a fact.
pub(crate) async fn show_correction(signed: Signed, Path((text, fact)): Path<(String, String)>) -> Response {
    match Work::correction(signed, &text, &fact, false).await {
        Ok(work) => work.page(StatusCode::OK, &work.fresh(), None),
        Err(response) => response,
    }
}

/// Takes the correction of a fact.
pub(crate) async fn submit_correction(
    signed: Signed,
    Path((text, fact)): Path<(String, String)>,
    request: Request,
) -> Response {
    match Work::correction(signed, &text, &fact, false).await {
        Ok(work) => work.take(request).await,
        Err(response) => response,
    }
}

/// The form to withdraw a fact.
pub(crate) async fn show_withdrawal(
    signed: Signed,
    Path((text, fact)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    match Work::correction(signed, &text, &fact, true).await {
        Ok(work) => {
            let work = Work { at_once: query.as_deref() == Some("ongedaan=1"), ..work };
            work.page(StatusCode::OK, &work.fresh(), None)
        }
        Err(response) => response,
    }
}

/// Withdraws a fact.
pub(crate) async fn submit_withdrawal(
    signed: Signed,
    Path((text, fact)): Path<(String, String)>,
    request: Request,
) -> Response {
    match Work::correction(signed, &text, &fact, true).await {
        Ok(work) => work.take(request).await,
        Err(response) => response,
    }
}

impl Signed {
    /// A new id for a command: the form carries it, so that sending it twice has one effect.
    pub(crate) fn new_command(&self) -> CommandId {
        self.app.desk.new_command()
    }
}
