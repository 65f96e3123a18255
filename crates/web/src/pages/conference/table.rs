//! The table on the day: one screen for the whole room. Agenda left, case in the middle, decision right. It shows nothing that
//! one of those present may not see; what was left out, it names.

use askama::Template;
use axum::{
    extract::{Path, RawQuery, Request},
    http::StatusCode,
    response::Response,
};
use desk::{
    Failure,
    conference::{CaseAtTable, Deal},
};
use domain::{
    codes::{Answered, Board, Category::Process, Discussed},
    escalation::{Advised, Escalated},
    fact::Body,
    ids::{OrgId, SittingId, TrajectoryId, UserId},
    sitting::{Act, Seat, Sitting, Stage},
};

use super::{Top, case::CaseView, fresh, id, sent, to};
use crate::{
    form::{Choice, FieldKind, FieldSpec, FormData, FormView, cell},
    page::{Menu, Shell, render_with},
    session::Signed,
    steps::{self, Ask, escalation},
    text::L,
};

/// A line of the agenda.
struct AgendaLine {
    href: String,
    place: usize,
    number: String,
    name: String,
    minutes: String,
    outcome: Option<String>,
    current: bool,
}

/// A way to end a case.
struct Way {
    href: String,
    words: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "conference/table.html")]
struct Page {
    shell: Shell,
    l: L,
    top: Top,
    agenda: Vec<AgendaLine>,
    /// Who is there, and whether that is enough.
    seats: Vec<String>,
    quorum: (String, &'static str),
    nobody: bool,
    attendance: FormView,
    recusal: Option<FormView>,
    case: Option<CaseView>,
    ways: Vec<Way>,
    form: Option<FormView>,
    close: FormView,
}

/// How a case is ended at this table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Decide,
    Discuss,
    Send,
    Answer,
}

impl What {
    const ALL: [Self; 4] = [Self::Decide, Self::Answer, Self::Discuss, Self::Send];

    const fn path(self) -> &'static str {
        match self {
            Self::Decide => "besluit",
            Self::Discuss => "aanhouden",
            Self::Send => "voorleggen",
            Self::Answer => "antwoord",
        }
    }

    /// Whether this body does that.
    fn of(self, signed: &Signed, sitting: &Sitting) -> bool {
        match self {
            // others advise or decide; what follows from it for the case is for the partners to decide
            Self::Decide => sitting.board == Board::Lso,
            Self::Answer => sitting.board != Board::Lso,
            Self::Discuss => true,
            Self::Send => super::conference(signed, sitting).is_some_and(|conference| conference.next.is_some()),
        }
    }

    fn fields(self, signed: &Signed, sitting: &Sitting, case: &CaseAtTable) -> Vec<FieldSpec> {
        let l = signed.l;
        let note = |name, label| FieldSpec::new(name, label, FieldKind::TextArea, Process);
        match self {
            Self::Decide => {
                let Some(method) = signed.names.programme().method(&case.file.trajectory.method) else { return vec![] };
                let ask = Ask { signed, file: &case.file, method, about: None, corrects: None };
                steps::conference::at_the_table(&ask)
            }
            Self::Discuss => {
                let all = Discussed::ALL.iter().map(|one| Choice::new(one.code(), l.code("discussed", one))).collect();
                vec![
                    FieldSpec::new("outcome", "field-discussed", FieldKind::Radios(all), Process).required(),
                    note("reason", "field-reason").required(),
                    FieldSpec::new("until", "field-comes-back", FieldKind::Date, Process),
                ]
            }
            Self::Send => {
                let next = further(signed, sitting);
                let next = next.into_iter().map(|board| Choice::new(board.code(), l.code("board", board))).collect();
                vec![
                    FieldSpec::new("to", "field-board-to", FieldKind::Select(next), Process).required(),
                    note("question", "field-central-question").required().hint("field-central-question-hint"),
                    escalation::positions(signed.names.partners(&sitting.site)),
                    FieldSpec::new("until", "field-answer-by", FieldKind::Date, Process).hint("field-answer-by-hint"),
                ]
            }
            Self::Answer => {
                let all = Answered::ALL.iter().map(|one| Choice::new(one.code(), l.code("answered", one))).collect();
                vec![
                    FieldSpec::new("answer", "field-answered", FieldKind::Radios(all), Process).required(),
                    note("text", "field-answer-text").required(),
                ]
            }
        }
    }

    fn read(self, signed: &Signed, sitting: &Sitting, case: &CaseAtTable, data: &mut FormData) -> Option<Deal> {
        let programme = signed.names.programme();
        match self {
            Self::Decide => {
                let method = programme.method(&case.file.trajectory.method)?;
                let ask = Ask { signed, file: &case.file, method, about: None, corrects: None };
                match steps::conference::read_at_the_table(&ask, data)? {
                    (Body::Decided(body), codes) => Some(Deal::Decided(Box::new(body), codes)),
                    _ => None,
                }
            }
            Self::Discuss => {
                let outcome = data.choice("outcome", Discussed::from_code);
                let (reason, until) = (data.text("reason"), data.date("until"));
                Some(Deal::Discussed { outcome: outcome?, reason, until })
            }
            Self::Send => {
                let (to, question) = (data.choice("to", Board::from_code), data.text("question"));
                let (positions, until) = (escalation::read_positions(data), data.date("until"));
                let (owner, due) = escalation::step_of(programme, &sitting.site, to?, sitting.on);
                let body = Escalated { sitting: None, from: sitting.board, to: to?, question, positions };
                let codes = domain::fact::Codes { partner: owner, until: until.or(due), ..Default::default() };
                Some(Deal::Escalated(body, codes))
            }
            Self::Answer => {
                let (answer, text) = (data.choice("answer", Answered::from_code), data.text("text"));
                Some(Deal::Advised(Advised { sitting: None, from: sitting.board, answer: answer?, text }))
            }
        }
    }
}

/// The bodies that a case can go to from here: the next one first, and those after it.
fn further(signed: &Signed, sitting: &Sitting) -> Vec<Board> {
    let programme = signed.names.programme();
    let next = |board: Board| programme.conference(board, &sitting.site).and_then(|conference| conference.next);
    std::iter::successors(next(sitting.board), |board| next(*board)).collect()
}

fn part<'q>(query: Option<&'q str>, name: &str) -> Option<&'q str> {
    query?.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// What the screen is about.
struct Loaded {
    sitting: Sitting,
    cases: Vec<CaseAtTable>,
    /// The case on the table, by its place in the list.
    current: Option<usize>,
    what: What,
}

impl Loaded {
    fn case(&self) -> Option<&CaseAtTable> {
        self.current.and_then(|at| self.cases.get(at))
    }
}

async fn load(signed: &Signed, id: SittingId, query: Option<&str>) -> Result<Loaded, Response> {
    let found = signed.app.desk.screen(&signed.who, id).await;
    let (sitting, cases) = found.map_err(|failure| signed.trouble(failure))?;
    let chairs = super::conference(signed, &sitting)
        .is_some_and(|conference| desk::conference::chairs(&signed.who, conference, &sitting.site));
    if !chairs {
        return Err(signed.trouble(Failure::Denied));
    }
    if sitting.stage != Stage::Open {
        return Err(to(&format!("/overleg/{id}")));
    }
    let asked = part(query, "zaak").and_then(|text| text.parse::<TrajectoryId>().ok());
    let at = |case: TrajectoryId| cases.iter().position(|one| one.file.trajectory.id == case);
    // the one asked for, else the first that still waits
    let current = asked.and_then(at).or_else(|| cases.iter().position(|one| one.outcome.is_none()));
    let allowed: Vec<What> = What::ALL.into_iter().filter(|what| what.of(signed, &sitting)).collect();
    let what = part(query, "wat").and_then(|path| allowed.iter().copied().find(|what| what.path() == path));
    let what = what.or_else(|| allowed.first().copied()).unwrap_or(What::Discuss);
    Ok(Loaded { sitting, cases, current, what })
}

fn attendance_fields(signed: &Signed, sitting: &Sitting) -> Vec<FieldSpec> {
    let people = || -> Vec<Choice> {
        let label = |user: UserId, org: &OrgId| {
            let name = signed.app.desk.colleague(user).map(|account| account.name).unwrap_or_default();
            format!("{name}, {}", signed.names.org_id(org))
        };
        sitting.invited.iter().map(|one| Choice::new(one.user.to_string(), label(one.user, &one.org))).collect()
    };
    let yes = FieldKind::Select(vec![Choice::new("ja", signed.l.t("seat-mandate-yes"))]);
    let columns = vec![
        FieldSpec::new("org", "field-org", FieldKind::Select(signed.names.partners(&sitting.site)), Process).required(),
        super::line("name", "field-name", 200).required(),
        FieldSpec::new("mandate", "seat-mandate", yes, Process),
    ];
    vec![
        FieldSpec::new("present", "seats-present", FieldKind::Checkboxes(people()), Process),
        FieldSpec::new("mandate", "seats-mandate", FieldKind::Checkboxes(people()), Process).hint("seats-mandate-hint"),
        FieldSpec::new("guests", "seats-guests", FieldKind::Repeat { rows: 1, columns }, Process)
            .hint("seats-guests-hint"),
    ]
}

fn attendance(signed: &Signed, sitting: &Sitting) -> FormData {
    let mut data = fresh(signed, &attendance_fields(signed, sitting), Some(sitting.version));
    if sitting.attendance.is_empty() {
        // whoever is invited is expected, in mandate: to be looked at and saved
        for member in &sitting.invited {
            data = data.with("present", member.user).with("mandate", member.user);
        }
        return data;
    }
    let mut guest = 0;
    for seat in sitting.seats() {
        if let Some(user) = seat.user {
            data = data.with("present", user);
            data = if seat.mandate { data.with("mandate", user) } else { data };
        } else {
            guest += 1;
            data = data.with(cell("guests", guest, "org"), &seat.org).with(cell("guests", guest, "name"), &seat.name);
            data = if seat.mandate { data.with(cell("guests", guest, "mandate"), "ja") } else { data };
        }
    }
    data
}

fn recusal_fields(signed: &Signed, sitting: &Sitting) -> Vec<FieldSpec> {
    vec![
        FieldSpec::new("zaak", "sitting-case", FieldKind::Hidden, Process),
        FieldSpec::new("org", "recused-org", FieldKind::Select(signed.names.partners(&sitting.site)), Process)
            .required()
            .hint("recused-hint"),
        FieldSpec::new(
            "out",
            "recused-out",
            FieldKind::Radios(vec![
                Choice::new("ja", signed.l.t("recused-yes")),
                Choice::new("nee", signed.l.t("recused-no")),
            ]),
            Process,
        )
        .required(),
    ]
}

/// What was filled in and is wrong, and in which form.
enum Wrong {
    Nothing,
    Seats(FormData),
    Deal(FormData),
}

fn page(signed: &Signed, loaded: &Loaded, wrong: &Wrong) -> Response {
    let (l, sitting) = (signed.l, &loaded.sitting);
    let base = format!("/overleg/{}/tafel", sitting.id);
    let case = loaded.case();
    let case_id = case.map(|case| case.file.trajectory.id);
    let line = |(at, one): (usize, &CaseAtTable)| {
        let view = CaseView::new(signed, one);
        AgendaLine {
            href: format!("{base}?zaak={}", view.id),
            place: view.place,
            name: if view.name == view.number { String::new() } else { view.name },
            number: view.number,
            minutes: view.minutes,
            outcome: view.outcome,
            current: loaded.current == Some(at),
        }
    };
    let seats = sitting.seats().iter().map(|seat| {
        let key = if seat.mandate { "seat-in-mandate" } else { "seat-without" };
        l.f(key, &[("name", &seat.name), ("org", &signed.names.org_id(&seat.org))])
    });
    let ways = What::ALL.into_iter().filter(|what| what.of(signed, sitting)).map(|what| Way {
        href: format!("{base}?zaak={}&wat={}", case_id.map(|id| id.to_string()).unwrap_or_default(), what.path()),
        words: l.code("table-way", what.path()).into_owned(),
        current: what == loaded.what,
    });
    let waits = case.filter(|case| case.outcome.is_none());
    let form = waits.map(|case| {
        let fields = loaded.what.fields(signed, sitting, case);
        let version = case.file.trajectory.version;
        let mut data = fresh(signed, &fields, Some(version));
        if let (What::Decide, Some(method)) =
            (loaded.what, signed.names.programme().method(&case.file.trajectory.method))
        {
            let ask = Ask { signed, file: &case.file, method, about: None, corrects: None };
            data = steps::conference::with_partners(&ask, data);
        }
        let data = if let Wrong::Deal(data) = wrong { data } else { &data };
        let action = format!("{base}?zaak={}&wat={}", case.file.trajectory.id, loaded.what.path());
        FormView::new(l, action, data).submit(l.code("table-save", loaded.what.path()))
    });
    let recusal = waits.map(|case| {
        let data = fresh(signed, &recusal_fields(signed, sitting), Some(sitting.version));
        let data = data.with("zaak", case.file.trajectory.id).with("out", "ja");
        FormView::new(l, format!("/overleg/{}/buiten", sitting.id), &data).submit(l.t("recused-save"))
    });
    let own = attendance(signed, sitting);
    let seats_form = if let Wrong::Seats(data) = wrong { data } else { &own };
    let close = FieldSpec::new("act", "sitting-act", FieldKind::Hidden, Process);
    let close = fresh(signed, &[close], Some(sitting.version)).with("act", "sluiten");
    let status = if matches!(wrong, Wrong::Nothing) { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let top = Top::new(signed, sitting, "table");
    render_with(
        status,
        &Page {
            shell: signed.shell(format!("{} – {}", l.t("table-title"), top.title)).under(Menu::Conference),
            l,
            top,
            agenda: loaded.cases.iter().enumerate().map(line).collect(),
            seats: seats.collect(),
            quorum: quorum(signed, sitting, case_id),
            nobody: sitting.attendance.is_empty(),
            attendance: FormView::new(l, format!("/overleg/{}/aanwezig", sitting.id), seats_form)
                .submit(l.t("seats-save")),
            recusal,
            case: case.map(|case| CaseView::new(signed, case)),
            ways: ways.collect(),
            form,
            close: FormView::new(l, format!("/overleg/{}/doe", sitting.id), &close).submit(l.t("sitting-close")),
        },
    )
}

fn quorum(signed: &Signed, sitting: &Sitting, case: Option<TrajectoryId>) -> (String, &'static str) {
    let l = signed.l;
    let Ok(quorum) = signed.app.desk.quorum(sitting, case) else { return (String::new(), "warn") };
    let missing: Vec<String> = quorum.missing.iter().map(|kind| l.code("org-kind", kind).into_owned()).collect();
    let there = quorum.present.len();
    if quorum.holds() {
        return (l.f("quorum-holds", &[("there", &there), ("needed", &quorum.needed)]), "good");
    }
    let words = if missing.is_empty() {
        l.f("quorum-short", &[("there", &there), ("needed", &quorum.needed)])
    } else {
        l.f("quorum-missing", &[("there", &there), ("needed", &quorum.needed), ("kinds", &missing.join(", "))])
    };
    (words, "bad")
}

macro_rules! open {
    ($signed:expr, $text:expr, $query:expr) => {{
        let id = match id(&$signed, &$text) {
            Ok(id) => id,
            Err(response) => return response,
        };
        match load(&$signed, id, $query).await {
            Ok(loaded) => (id, loaded),
            Err(response) => return response,
        }
    }};
}

/// The screen.
pub(crate) async fn show(signed: Signed, Path(text): Path<String>, RawQuery(query): RawQuery) -> Response {
    let (_, loaded) = open!(signed, text, query.as_deref());
    page(&signed, &loaded, &Wrong::Nothing)
}

/// Records what came of the case on the table.
pub(crate) async fn deal(
    signed: Signed,
    Path(text): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let (id, loaded) = open!(signed, text, query.as_deref());
    let Some(case) = loaded.case() else { return signed.trouble(Failure::Hidden) };
    let fields = loaded.what.fields(&signed, &loaded.sitting, case);
    let (mut data, command, version) = match sent(&signed, request, &fields).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    if data.wants_more() {
        return page(&signed, &loaded, &Wrong::Deal(data));
    }
    let deal = loaded.what.read(&signed, &loaded.sitting, case, &mut data).filter(|_| data.is_right());
    let Some(deal) = deal else { return page(&signed, &loaded, &Wrong::Deal(data)) };
    let about = (id, case.file.trajectory.id);
    match signed.app.desk.deal(&signed.who, command, about, version, deal).await {
        Ok(_) => to(&format!("/overleg/{id}/tafel")),
        Err(Failure::Refused(refusal)) => {
            data.refused(&refusal, signed.refusal(&refusal));
            page(&signed, &loaded, &Wrong::Deal(data))
        }
        Err(failure) => signed.trouble(failure),
    }
}

/// Records who is there from now on.
pub(crate) async fn seats(signed: Signed, Path(text): Path<String>, request: Request) -> Response {
    let (id, loaded) = open!(signed, text, None);
    let fields = attendance_fields(&signed, &loaded.sitting);
    let (mut data, command, version) = match sent(&signed, request, &fields).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    if data.wants_more() {
        return page(&signed, &loaded, &Wrong::Seats(data));
    }
    let mandate = data.raws("mandate").to_vec();
    let mut seats = Vec::new();
    for member in &loaded.sitting.invited {
        let user = member.user.to_string();
        if data.raws("present").contains(&user) {
            let name = signed.app.desk.colleague(member.user).map(|account| account.name).unwrap_or_default();
            let (org, mandate) = (member.org.clone(), mandate.contains(&user));
            seats.push(Seat { org, name, user: Some(member.user), mandate });
        }
    }
    for row in data.rows("guests") {
        let (org, name) = (data.parsed(&cell("guests", row, "org")), data.text(&cell("guests", row, "name")));
        let mandate = data.chosen(&cell("guests", row, "mandate")).is_some();
        seats.extend(org.map(|org| Seat { org, name, user: None, mandate }));
    }
    if !data.is_right() {
        return page(&signed, &loaded, &Wrong::Seats(data));
    }
    match signed.app.desk.act_on_sitting(&signed.who, command, id, version, Act::Attended { seats }).await {
        Ok(_) => to(&format!("/overleg/{id}/tafel")),
        Err(Failure::Refused(refusal)) => {
            data.refused(&refusal, signed.refusal(&refusal));
            page(&signed, &loaded, &Wrong::Seats(data))
        }
        Err(failure) => signed.trouble(failure),
    }
}

/// Records that someone keeps out of a case.
pub(crate) async fn recuse(signed: Signed, Path(text): Path<String>, request: Request) -> Response {
    let (id, loaded) = open!(signed, text, None);
    let fields = recusal_fields(&signed, &loaded.sitting);
    let (mut data, command, version) = match sent(&signed, request, &fields).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let (case, org) = (data.raw("zaak").parse::<TrajectoryId>().ok(), data.parsed::<OrgId>("org"));
    let out = data.chosen("out").as_deref() != Some("nee");
    let (Some(case), Some(org)) = (case, org) else {
        let words = signed.l.t("recused-org-missing").into_owned();
        return signed.answer(crate::problem_page::Trouble::new(StatusCode::UNPROCESSABLE_ENTITY).saying(words));
    };
    match signed.app.desk.act_on_sitting(&signed.who, command, id, version, Act::Recused { case, org, out }).await {
        Ok(_) => to(&format!("/overleg/{id}/tafel?zaak={case}")),
        Err(failure) => signed.trouble(failure),
    }
}
