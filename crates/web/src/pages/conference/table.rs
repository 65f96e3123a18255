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
    programme::Way,
    sitting::{Act, Quorum, Seat, Sitting, Stage},
};

use super::{Top, case::CaseView, fresh, id, sent, to};
use crate::{
    form::{Choice, FieldKind, FieldSpec, FormData, FormView, cell},
    page::{Menu, Shell, render_with},
    session::{Signed, part},
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

/// A way to end a case, as a tab.
struct Tab {
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
    ways: Vec<Tab>,
    form: Option<FormView>,
    close: FormView,
}

/// What a way is called in the address.
const fn path(way: Way) -> &'static str {
    match way {
        Way::Decide => "besluit",
        Way::Discuss => "aanhouden",
        Way::Send => "voorleggen",
        Way::Answer => "antwoord",
    }
}

/// The ways in which a case can end at this table.
fn ways(signed: &Signed, sitting: &Sitting) -> impl Iterator<Item = Way> {
    let conference = super::conference(signed, sitting);
    Way::ALL.into_iter().filter(move |way| conference.is_some_and(|conference| conference.allows(*way)))
}

fn fields(way: Way, signed: &Signed, sitting: &Sitting, case: &CaseAtTable) -> Vec<FieldSpec> {
    let l = signed.l;
    let note = |name, label| FieldSpec::new(name, label, FieldKind::TextArea, Process);
    match way {
        Way::Decide => {
            let Some(method) = signed.names.programme().method(&case.file.trajectory.method) else { return vec![] };
            let ask = Ask { signed, file: &case.file, method, about: None, corrects: None };
            steps::conference::at_the_table(&ask)
        }
        Way::Discuss => {
            let all = Discussed::ALL.iter().map(|one| Choice::new(one.code(), l.code("discussed", one))).collect();
            vec![
                FieldSpec::new("outcome", "field-discussed", FieldKind::Radios(all), Process).required(),
                note("reason", "field-reason").required(),
                FieldSpec::new("until", "field-comes-back", FieldKind::Date, Process),
            ]
        }
        Way::Send => {
            let next = signed.names.programme().further(sitting.board, &sitting.site);
            let next = next.into_iter().map(|board| Choice::new(board.code(), l.code("board", board))).collect();
            vec![
                FieldSpec::new("to", "field-board-to", FieldKind::Select(next), Process).required(),
                note("question", "field-central-question").required().hint("field-central-question-hint"),
                escalation::positions(signed.names.partners(&sitting.site)),
                FieldSpec::new("until", "field-answer-by", FieldKind::Date, Process).hint("field-answer-by-hint"),
            ]
        }
        Way::Answer => {
            let all = Answered::ALL.iter().map(|one| Choice::new(one.code(), l.code("answered", one))).collect();
            vec![
                FieldSpec::new("answer", "field-answered", FieldKind::Radios(all), Process).required(),
                note("text", "field-answer-text").required(),
            ]
        }
    }
}

fn read(way: Way, signed: &Signed, sitting: &Sitting, case: &CaseAtTable, data: &mut FormData) -> Option<Deal> {
    let programme = signed.names.programme();
    match way {
        Way::Decide => {
            let method = programme.method(&case.file.trajectory.method)?;
            let ask = Ask { signed, file: &case.file, method, about: None, corrects: None };
            match steps::conference::read_at_the_table(&ask, data)? {
                (Body::Decided(body), codes) => Some(Deal::Decided(Box::new(body), codes)),
                _ => None,
            }
        }
        Way::Discuss => {
            let outcome = data.choice("outcome", Discussed::from_code);
            let (reason, until) = (data.text("reason"), data.date("until"));
            Some(Deal::Discussed { outcome: outcome?, reason, until })
        }
        Way::Send => {
            let (to, question) = (data.choice("to", Board::from_code), data.text("question"));
            let (positions, until) = (escalation::read_positions(data), data.date("until"));
            let (owner, due) = programme.step_to(to?, &sitting.site, sitting.on);
            let body = Escalated { sitting: None, from: sitting.board, to: to?, question, positions };
            let codes = domain::fact::Codes { partner: owner, until: until.or(due), ..Default::default() };
            Some(Deal::Escalated(body, codes))
        }
        Way::Answer => {
            let (answer, text) = (data.choice("answer", Answered::from_code), data.text("text"));
            Some(Deal::Advised(Advised { sitting: None, from: sitting.board, answer: answer?, text }))
        }
    }
}

/// What the screen is about.
struct Loaded {
    sitting: Sitting,
    cases: Vec<CaseAtTable>,
    /// The case on the table, by its place in the list.
    current: Option<usize>,
    quorum: Quorum,
    way: Way,
}

impl Loaded {
    fn case(&self) -> Option<&CaseAtTable> {
        self.current.and_then(|at| self.cases.get(at))
    }
}

/// A sitting that is going on, for who is in the chair.
fn at_the_table(signed: &Signed, sitting: &Sitting) -> Result<(), Response> {
    let chairs = super::conference(signed, sitting)
        .is_some_and(|conference| desk::conference::chairs(&signed.who, conference, &sitting.site));
    if !chairs {
        return Err(signed.trouble(Failure::Denied));
    }
    if sitting.stage != Stage::Open {
        return Err(to(&format!("/overleg/{}", sitting.id)));
    }
    Ok(())
}

/// The case and the way to end it that an address asks for.
fn asked(signed: &Signed, sitting: &Sitting, query: Option<&str>) -> (Option<TrajectoryId>, Way) {
    let case = part(query, "zaak").and_then(|text| text.parse::<TrajectoryId>().ok());
    let named = part(query, "wat").and_then(|name| ways(signed, sitting).find(|way| path(*way) == name));
    (case, named.or_else(|| ways(signed, sitting).next()).unwrap_or(Way::Discuss))
}

async fn load(signed: &Signed, id: SittingId, query: Option<&str>) -> Result<Loaded, Response> {
    let desk = &signed.app.desk;
    let (sitting, cases) = desk.screen(&signed.who, id).await.map_err(|failure| signed.trouble(failure))?;
    at_the_table(signed, &sitting)?;
    let (case, way) = asked(signed, &sitting, query);
    let at = |case: TrajectoryId| cases.iter().position(|one| one.file.trajectory.id == case);
    // the one asked for, else the first that still waits
    let current = case.and_then(at).or_else(|| cases.iter().position(|one| one.outcome.is_none()));
    let case = current.and_then(|at| cases.get(at)).map(|case| case.file.trajectory.id);
    let quorum = desk.quorum(&sitting, case).await.map_err(|failure| signed.trouble(failure))?;
    Ok(Loaded { sitting, cases, current, quorum, way })
}

/// The sitting alone: what a form about who is there needs.
async fn held(signed: &Signed, text: &str) -> Result<Sitting, Response> {
    let id = id(signed, text)?;
    let sitting = signed.app.desk.sitting(&signed.who, id).await.map_err(|failure| signed.trouble(failure))?;
    at_the_table(signed, &sitting)?;
    Ok(sitting)
}

/// The whole screen again, with what was filled in and is wrong.
async fn again(signed: &Signed, id: SittingId, query: Option<&str>, wrong: &Wrong) -> Response {
    match load(signed, id, query).await {
        Ok(loaded) => page(signed, &loaded, wrong),
        Err(response) => response,
    }
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
        FieldSpec::new("org", "field-org", FieldKind::Select(signed.names.seats(sitting)), Process).required(),
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

/// Who can keep out of a case: an organisation, or one person at the table, by the place in the list of those who are there.
fn could_keep_out(signed: &Signed, sitting: &Sitting) -> Vec<Choice> {
    let person = |(at, seat): (usize, &Seat)| {
        Choice::new(format!("plaats-{at}"), format!("{}, {}", seat.name, signed.names.org_id(&seat.org)))
    };
    let orgs = signed.names.seats(sitting).into_iter();
    let whole = |org: Choice| Choice::new(org.value, signed.l.f("recused-whole", &[("org", &org.label)]));
    orgs.map(whole).chain(sitting.seats().iter().enumerate().map(person)).collect()
}

fn recusal_fields(signed: &Signed, sitting: &Sitting) -> Vec<FieldSpec> {
    vec![
        FieldSpec::new("zaak", "sitting-case", FieldKind::Hidden, Process),
        FieldSpec::new("org", "recused-org", FieldKind::Select(could_keep_out(signed, sitting)), Process)
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
        let view = CaseView::new(signed, sitting.id, one);
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
    let ways = ways(signed, sitting).map(|way| Tab {
        href: format!("{base}?zaak={}&wat={}", case_id.map(|id| id.to_string()).unwrap_or_default(), path(way)),
        words: l.code("table-way", path(way)).into_owned(),
        current: way == loaded.way,
    });
    let waits = case.filter(|case| case.outcome.is_none());
    let form = waits.map(|case| {
        let fields = fields(loaded.way, signed, sitting, case);
        let version = case.file.trajectory.version;
        let mut data = fresh(signed, &fields, Some(version));
        if let (Way::Decide, Some(method)) = (loaded.way, signed.names.programme().method(&case.file.trajectory.method))
        {
            let ask = Ask { signed, file: &case.file, method, about: None, corrects: None };
            data = steps::conference::with_partners(&ask, data);
        }
        let data = if let Wrong::Deal(data) = wrong { data } else { &data };
        let action = format!("{base}?zaak={}&wat={}", case.file.trajectory.id, path(loaded.way));
        FormView::new(l, action, data).submit(l.code("table-save", path(loaded.way)))
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
            quorum: quorum(l, &loaded.quorum),
            nobody: sitting.attendance.is_empty(),
            attendance: FormView::new(l, format!("/overleg/{}/aanwezig", sitting.id), seats_form)
                .submit(l.t("seats-save")),
            recusal,
            case: case.map(|case| CaseView::new(signed, sitting.id, case)),
            ways: ways.collect(),
            form,
            close: FormView::new(l, format!("/overleg/{}/doe", sitting.id), &close).submit(l.t("sitting-close")),
        },
    )
}

fn quorum(l: L, quorum: &Quorum) -> (String, &'static str) {
    let missing: Vec<String> = quorum.missing.iter().map(|kind| l.code("org-kind", kind).into_owned()).collect();
    let there = quorum.present.len();
    let counts: [(&str, &dyn std::fmt::Display); 2] = [("there", &there), ("needed", &quorum.needed)];
    let mut words = if quorum.holds() {
        l.f("quorum-holds", &counts)
    } else if missing.is_empty() {
        l.f("quorum-short", &counts)
    } else {
        l.f("quorum-missing", &[counts[0], counts[1], ("kinds", &missing.join(", "))])
    };
    if !quorum.not_fresh.is_empty() {
        words = format!("{words}. {}", l.f("quorum-not-fresh", &[("names", &quorum.not_fresh.join(", "))]));
    }
    (words, if quorum.holds() { "good" } else { "bad" })
}

/// The screen.
pub(crate) async fn show(signed: Signed, Path(text): Path<String>, RawQuery(query): RawQuery) -> Response {
    match id(&signed, &text) {
        Ok(id) => again(&signed, id, query.as_deref(), &Wrong::Nothing).await,
        Err(response) => response,
    }
}

/// Records what came of the case on the table.
pub(crate) async fn deal(
    signed: Signed,
    Path(text): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let query = query.as_deref();
    let sitting = match held(&signed, &text).await {
        Ok(sitting) => sitting,
        Err(response) => return response,
    };
    let (id, (case, way)) = (sitting.id, asked(&signed, &sitting, query));
    let Some(case) = case else { return signed.trouble(Failure::Hidden) };
    let case = match signed.app.desk.screen_case(&signed.who, id, case).await {
        Ok((_, case)) => case,
        Err(failure) => return signed.trouble(failure),
    };
    let (mut data, command, version) = match sent(&signed, request, &fields(way, &signed, &sitting, &case)).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    if data.wants_more() {
        return again(&signed, id, query, &Wrong::Deal(data)).await;
    }
    let deal = read(way, &signed, &sitting, &case, &mut data).filter(|_| data.is_right());
    let Some(deal) = deal else { return again(&signed, id, query, &Wrong::Deal(data)).await };
    let about = (id, case.file.trajectory.id);
    match signed.app.desk.deal(&signed.who, command, about, version, deal).await {
        Ok(_) => to(&format!("/overleg/{id}/tafel")),
        Err(Failure::Refused(refusal)) => {
            data.refused(&refusal, signed.refusal(&refusal));
            again(&signed, id, query, &Wrong::Deal(data)).await
        }
        Err(failure) => signed.trouble(failure),
    }
}

fn read_seats(signed: &Signed, sitting: &Sitting, data: &mut FormData) -> Vec<Seat> {
    let mandate = data.raws("mandate").to_vec();
    let mut seats = Vec::new();
    for member in &sitting.invited {
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
    seats
}

/// Records who is there from now on.
pub(crate) async fn seats(signed: Signed, Path(text): Path<String>, request: Request) -> Response {
    let sitting = match held(&signed, &text).await {
        Ok(sitting) => sitting,
        Err(response) => return response,
    };
    let id = sitting.id;
    let (mut data, command, version) = match sent(&signed, request, &attendance_fields(&signed, &sitting)).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let seats = read_seats(&signed, &sitting, &mut data);
    if data.wants_more() || !data.is_right() {
        return again(&signed, id, None, &Wrong::Seats(data)).await;
    }
    match signed.app.desk.act_on_sitting(&signed.who, command, id, version, Act::Attended { seats }).await {
        Ok(_) => to(&format!("/overleg/{id}/tafel")),
        Err(Failure::Refused(refusal)) => {
            data.refused(&refusal, signed.refusal(&refusal));
            again(&signed, id, None, &Wrong::Seats(data)).await
        }
        Err(failure) => signed.trouble(failure),
    }
}

/// Records that someone keeps out of a case.
pub(crate) async fn recuse(signed: Signed, Path(text): Path<String>, request: Request) -> Response {
    let sitting = match held(&signed, &text).await {
        Ok(sitting) => sitting,
        Err(response) => return response,
    };
    let id = sitting.id;
    let (mut data, command, version) = match sent(&signed, request, &recusal_fields(&signed, &sitting)).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let case = data.raw("zaak").parse::<TrajectoryId>().ok();
    let out = data.chosen("out").as_deref() != Some("nee");
    let chosen = data.chosen("org").unwrap_or_default();
    // the version of the form says that those at the table are still the same
    let place = chosen.strip_prefix("plaats-").and_then(|at| at.parse::<usize>().ok());
    let (org, one) = match place.and_then(|at| sitting.seats().get(at)) {
        Some(seat) => (Some(seat.org.clone()), Some(seat.person())),
        None => (chosen.parse::<OrgId>().ok(), None),
    };
    let (Some(case), Some(org)) = (case, org) else {
        let words = signed.l.t("recused-org-missing").into_owned();
        return signed.answer(crate::problem_page::Trouble::new(StatusCode::UNPROCESSABLE_ENTITY).saying(words));
    };
    match signed.app.desk.act_on_sitting(&signed.who, command, id, version, Act::Recused { case, org, one, out }).await
    {
        Ok(_) => to(&format!("/overleg/{id}/tafel?zaak={case}")),
        Err(failure) => signed.trouble(failure),
    }
}
