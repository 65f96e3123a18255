//! Every route, in one list.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};

use tower_http::limit::RequestBodyLimitLayer;

use crate::{
    app::App,
    pages::{
        account, again, checkpoints,
        conference::{agenda, list, minutes, pack, plan, queue, table},
        destruction, disclosure, document, evaluation, extract, factors, figures, file, glass, help, language, methods,
        oidc, person, purpose, question, read_log, register, report, rights, search, second, sees, sign_in,
        supervision, supervision_report, terms, timeline, today, users, who_read, worklist,
    },
    problem_page::Trouble,
    security::{self, Guard, Limits},
    steps::page as step,
};

/// Every route: method and path, for the test that calls them all as every role and as nobody.
pub const ROUTES: &[(&str, &str)] = &[
    ("GET", "/"),
    ("GET", "/inloggen"),
    ("POST", "/inloggen"),
    ("GET", "/inloggen/tweede"),
    ("POST", "/inloggen/tweede"),
    ("GET", "/inloggen/oidc/{provider}"),
    ("GET", "/inloggen/oidc/{provider}/terug"),
    ("POST", "/uitloggen"),
    ("GET", "/account"),
    ("POST", "/account/opnieuw"),
    ("POST", "/account/gezien"),
    ("GET", "/account/wachtwoord"),
    ("POST", "/account/wachtwoord"),
    ("GET", "/account/toevoegen"),
    ("GET", "/account/code"),
    ("POST", "/account/code"),
    ("POST", "/account/code/weg"),
    ("POST", "/account/herstelcodes"),
    ("GET", "/account/passkey"),
    ("POST", "/account/passkey"),
    ("GET", "/account/sessies"),
    ("POST", "/account/sessies"),
    ("GET", "/beheer/gebruikers"),
    ("GET", "/beheer/gebruikers/nieuw"),
    ("POST", "/beheer/gebruikers/nieuw"),
    ("GET", "/beheer/gebruikers/{id}"),
    ("POST", "/beheer/gebruikers/{id}"),
    ("POST", "/beheer/gebruikers/{id}/doe"),
    ("POST", "/beheer/voorstel/{id}"),
    ("POST", "/taal"),
    ("GET", "/werklijst"),
    ("GET", "/werklijst/export"),
    ("GET", "/deelnemers"),
    ("POST", "/deelnemers"),
    ("GET", "/aanmelden"),
    ("POST", "/aanmelden"),
    ("GET", "/aanmelden/nieuw"),
    ("POST", "/aanmelden/nieuw"),
    ("GET", "/aanmelden/{id}"),
    ("POST", "/aanmelden/{id}"),
    ("GET", "/aanmelden/{id}/gezin"),
    ("POST", "/aanmelden/{id}/gezin"),
    ("GET", "/deelnemer/{id}"),
    ("GET", "/deelnemer/{id}/wie-las"),
    ("GET", "/deelnemer/{id}/wie-ziet"),
    ("POST", "/deelnemer/{id}/uittreksel"),
    ("GET", "/deelnemer/{id}/{act}"),
    ("POST", "/deelnemer/{id}/{act}"),
    ("GET", "/deelnemer/{id}/feit/{fact}/verbeter"),
    ("POST", "/deelnemer/{id}/feit/{fact}/verbeter"),
    ("GET", "/deelnemer/{id}/feit/{fact}/intrekken"),
    ("POST", "/deelnemer/{id}/feit/{fact}/intrekken"),
    ("GET", "/traject/{id}"),
    ("GET", "/traject/{id}/tijdlijn"),
    ("GET", "/traject/{id}/plan"),
    ("GET", "/traject/{id}/dossier"),
    ("GET", "/traject/{id}/medewerking"),
    ("GET", "/traject/{id}/partners"),
    ("GET", "/traject/{id}/afdruk"),
    ("GET", "/traject/{id}/termijnen"),
    ("GET", "/traject/{id}/documenten/nieuw"),
    ("POST", "/traject/{id}/documenten/nieuw"),
    ("GET", "/traject/{id}/document/{fact}"),
    ("GET", "/traject/{id}/doe/{step}"),
    ("POST", "/traject/{id}/doe/{step}"),
    ("GET", "/traject/{id}/feit/{fact}/verbeter"),
    ("POST", "/traject/{id}/feit/{fact}/verbeter"),
    ("GET", "/traject/{id}/feit/{fact}/intrekken"),
    ("POST", "/traject/{id}/feit/{fact}/intrekken"),
    ("GET", "/overleg"),
    ("GET", "/overleg/nieuw"),
    ("POST", "/overleg/nieuw"),
    ("GET", "/overleg/doorstroom"),
    ("GET", "/overleg/{id}"),
    ("POST", "/overleg/{id}/agenda"),
    ("POST", "/overleg/{id}/nummer"),
    ("POST", "/overleg/{id}/af"),
    ("POST", "/overleg/{id}/orde"),
    ("POST", "/overleg/{id}/doe"),
    ("GET", "/overleg/{id}/uitnodiging.ics"),
    ("GET", "/overleg/{id}/stukken"),
    ("GET", "/overleg/{id}/stukken/{case}"),
    ("GET", "/overleg/{id}/stukken/{case}/document/{fact}"),
    ("GET", "/overleg/{id}/afdruk"),
    ("GET", "/overleg/{id}/tafel"),
    ("POST", "/overleg/{id}/tafel"),
    ("POST", "/overleg/{id}/aanwezig"),
    ("POST", "/overleg/{id}/buiten"),
    ("GET", "/overleg/{id}/notulen"),
    ("POST", "/overleg/{id}/notulen"),
    ("GET", "/cijfers"),
    ("GET", "/cijfers/gevallen"),
    ("GET", "/cijfers/verschil"),
    ("GET", "/cijfers/bestand"),
    ("GET", "/cijfers/gepubliceerd"),
    ("GET", "/cijfers/vrijgaven"),
    ("POST", "/cijfers/vrijgaven"),
    ("GET", "/cijfers/vrijgaven/{id}"),
    ("POST", "/cijfers/vrijgaven/{id}"),
    ("GET", "/openbaar/cijfers"),
    ("GET", "/openbaar/cijfers/{id}"),
    ("GET", "/openbaar/cijfers/{id}/{path}"),
    ("GET", "/evaluatie"),
    ("POST", "/evaluatie"),
    ("GET", "/evaluatie/{id}"),
    ("GET", "/werkwijzen"),
    ("POST", "/werkwijzen"),
    ("GET", "/doel"),
    ("POST", "/doel"),
    ("GET", "/noodtoegang"),
    ("POST", "/noodtoegang"),
    ("GET", "/noodtoegang/{id}"),
    ("GET", "/beheer/noodtoegang"),
    ("GET", "/beheer/noodtoegang/{id}"),
    ("POST", "/beheer/noodtoegang/{id}"),
    ("GET", "/vragen"),
    ("POST", "/vragen"),
    ("GET", "/vragen/{id}"),
    ("POST", "/vragen/{id}"),
    ("GET", "/hulp"),
    ("GET", "/beheer/leeslog"),
    ("POST", "/beheer/leeslog/{id}"),
    ("GET", "/checkpoints"),
    ("POST", "/checkpoints"),
    ("GET", "/checkpoints/{path}"),
    ("GET", "/beheer/vernietigen"),
    ("POST", "/beheer/vernietigen"),
    ("GET", "/beheer/vernietigen/{id}"),
    ("POST", "/beheer/vernietigen/{id}"),
    ("GET", "/beheer/vernietigen/{id}/verklaring"),
    ("POST", "/beheer/tegenhouden"),
    ("GET", "/rechten"),
    ("GET", "/toezicht"),
    ("POST", "/toezicht"),
    ("GET", "/toezicht/verslag"),
    ("GET", "/toezicht/verslag/pdf"),
    ("GET", "/toezicht/advies/{id}"),
    ("POST", "/toezicht/advies/{id}"),
    ("GET", "/gezondheid"),
    ("GET", "/beveiliging"),
    ("GET", "/.well-known/security.txt"),
    ("POST", "/csp-melding"),
    ("GET", "/assets/{path}"),
];

/// The application as a router, protected.
pub fn router(app: App) -> Router {
    let guard = Guard {
        limits: Limits::default(),
        secure: app.secure,
        reached: (*app.reached).clone(),
        pace: app.pace.clone(),
    };
    let routes = Router::new()
        .route("/", get(today::show))
        .route("/inloggen", get(sign_in::show).post(sign_in::submit))
        .route("/inloggen/tweede", get(second::show).post(second::submit))
        .route("/inloggen/oidc/{provider}", get(oidc::begin))
        .route("/inloggen/oidc/{provider}/terug", get(oidc::end))
        .route("/uitloggen", post(sign_in::leave))
        .route("/account", get(account::show))
        .route("/account/opnieuw", post(again::submit))
        .route("/account/gezien", post(account::read))
        .route("/account/wachtwoord", get(account::password).post(account::change_password))
        .route("/account/toevoegen", get(factors::choose))
        .route("/account/code", get(factors::totp).post(factors::add_totp))
        .route("/account/code/weg", post(factors::remove_totp))
        .route("/account/herstelcodes", post(factors::recovery))
        .route("/account/passkey", get(factors::passkey).post(factors::change_passkey))
        .route("/account/sessies", get(account::sessions).post(account::end_session))
        .route("/beheer/gebruikers", get(users::show))
        .route("/beheer/gebruikers/nieuw", get(users::new).post(users::propose_new))
        .route("/beheer/gebruikers/{id}", get(users::one).post(users::propose_change))
        .route("/beheer/gebruikers/{id}/doe", post(users::act_on))
        .route("/beheer/voorstel/{id}", post(users::decide))
        .route("/taal", post(language::choose))
        .route("/werklijst", get(worklist::show))
        .route("/werklijst/export", get(worklist::export::export))
        .route("/deelnemers", get(search::show).post(search::submit))
        .route("/aanmelden", get(register::start).post(register::searched))
        // a change of language comes back with GET: then the search is first again
        .route("/aanmelden/nieuw", get(register::start).post(register::submit))
        .route("/aanmelden/{id}", get(register::again).post(register::submit_again))
        .route("/aanmelden/{id}/gezin", get(register::household).post(register::submit_household))
        .route("/deelnemer/{id}", get(person::show))
        .route("/deelnemer/{id}/wie-las", get(who_read::show))
        .route("/deelnemer/{id}/wie-ziet", get(sees::show))
        .route("/deelnemer/{id}/uittreksel", post(extract::make))
        .route("/deelnemer/{id}/{act}", get(person::form).post(person::submit))
        .route("/deelnemer/{id}/feit/{fact}/verbeter", get(person::show_correction).post(person::correct))
        .route("/deelnemer/{id}/feit/{fact}/intrekken", get(person::show_withdrawal).post(person::withdraw))
        .route("/traject/{id}", get(file::overview))
        .route("/traject/{id}/tijdlijn", get(timeline::show))
        .route("/traject/{id}/plan", get(file::plan))
        .route("/traject/{id}/dossier", get(file::dossier))
        .route("/traject/{id}/medewerking", get(file::cooperation))
        .route("/traject/{id}/partners", get(file::partners))
        .route("/traject/{id}/afdruk", get(file::print))
        .route("/traject/{id}/termijnen", get(terms::show))
        .route("/traject/{id}/document/{fact}", get(document::get))
        .route("/traject/{id}/doe/{step}", get(step::show).post(step::submit))
        .route("/traject/{id}/feit/{fact}/verbeter", get(step::show_correction).post(step::submit_correction))
        .route("/traject/{id}/feit/{fact}/intrekken", get(step::show_withdrawal).post(step::submit_withdrawal))
        .route("/overleg", get(list::show))
        .route("/overleg/nieuw", get(plan::show).post(plan::submit))
        .route("/overleg/doorstroom", get(queue::show))
        .route("/overleg/{id}", get(agenda::show))
        .route("/overleg/{id}/agenda", post(agenda::place))
        .route("/overleg/{id}/nummer", post(agenda::by_number))
        .route("/overleg/{id}/af", post(agenda::take_off))
        .route("/overleg/{id}/orde", post(agenda::order))
        .route("/overleg/{id}/doe", post(plan::act))
        .route("/overleg/{id}/uitnodiging.ics", get(plan::invitation))
        .route("/overleg/{id}/stukken", get(pack::show))
        .route("/overleg/{id}/stukken/{case}", get(pack::one))
        .route("/overleg/{id}/stukken/{case}/document/{fact}", get(pack::document))
        .route("/overleg/{id}/afdruk", get(pack::print))
        .route("/overleg/{id}/tafel", get(table::show).post(table::deal))
        .route("/overleg/{id}/aanwezig", post(table::seats))
        .route("/overleg/{id}/buiten", post(table::recuse))
        .route("/overleg/{id}/notulen", get(minutes::show).post(minutes::submit))
        .route("/cijfers", get(figures::monitor::show))
        .route("/cijfers/gevallen", get(figures::cases::show))
        .route("/cijfers/verschil", get(figures::difference::show))
        .route("/cijfers/bestand", get(figures::file::table))
        .route("/cijfers/gepubliceerd", get(figures::published::show))
        .route("/cijfers/vrijgaven", get(figures::release::show).post(figures::release::draft))
        .route("/cijfers/vrijgaven/{id}", get(figures::release::one).post(figures::release::decide))
        .route("/openbaar/cijfers", get(figures::public::show))
        .route("/openbaar/cijfers/{id}", get(figures::public::one))
        .route("/openbaar/cijfers/{id}/{path}", get(figures::public::file))
        .route("/evaluatie", get(evaluation::show).post(evaluation::keep))
        .route("/evaluatie/{id}", get(evaluation::one))
        .route("/werkwijzen", get(methods::show).post(methods::submit))
        .route("/doel", get(purpose::show).post(purpose::choose))
        .route("/noodtoegang", get(glass::show).post(glass::submit))
        .route("/noodtoegang/{id}", get(glass::file))
        .route("/beheer/noodtoegang", get(glass::reviews))
        .route("/beheer/noodtoegang/{id}", get(glass::show_review).post(glass::review))
        .route("/vragen", get(question::show).post(question::submit))
        .route("/vragen/{id}", get(question::one).post(question::decide))
        .route("/hulp", get(help::show))
        .route("/beheer/leeslog", get(read_log::show))
        .route("/beheer/leeslog/{id}", post(read_log::submit))
        .route("/checkpoints", get(checkpoints::show).post(checkpoints::submit))
        .route("/checkpoints/{path}", get(checkpoints::file))
        .route("/beheer/vernietigen", get(destruction::show).post(destruction::propose))
        .route("/beheer/vernietigen/{id}", get(destruction::one).post(destruction::decide))
        .route("/beheer/vernietigen/{id}/verklaring", get(destruction::certificate))
        .route("/beheer/tegenhouden", post(destruction::hold))
        .route("/rechten", get(rights::list))
        .route("/toezicht", get(supervision::show).post(supervision::submit))
        .route("/toezicht/verslag", get(supervision_report::show))
        .route("/toezicht/verslag/pdf", get(supervision_report::pdf))
        .route("/toezicht/advies/{id}", get(supervision::one).post(supervision::answer))
        .route("/gezondheid", get(sign_in::health))
        .route("/beveiliging", get(disclosure::page))
        .route("/.well-known/security.txt", get(disclosure::text))
        .route("/csp-melding", post(report::take))
        .route("/assets/{*path}", get(security::asset))
        .fallback(nothing_here)
        .layer(axum::middleware::from_fn_with_state(app.clone(), crate::kept::keep))
        .layer(axum::middleware::from_fn_with_state(app.clone(), crate::refused::keep))
        .layer(axum::middleware::from_fn_with_state(app.clone(), crate::trace::follow))
        .layer(RequestBodyLimitLayer::new(guard.limits.body))
        .with_state(app.clone());
    // the one form with a file in it: it reads no further than the largest file, and has its own words for a larger one
    let largest = app.desk.largest_document().saturating_add(2 * crate::form::upload::BESIDE);
    let with_file = Router::new()
        .route("/traject/{id}/documenten/nieuw", get(document::show).post(document::submit))
        .layer(axum::middleware::from_fn_with_state(app.clone(), crate::kept::keep))
        .layer(axum::middleware::from_fn_with_state(app.clone(), crate::refused::keep))
        .layer(axum::middleware::from_fn_with_state(app.clone(), crate::trace::follow))
        .layer(DefaultBodyLimit::max(usize::try_from(largest).unwrap_or(usize::MAX)))
        .with_state(app);
    security::around(routes.merge(with_file), guard)
}

async fn nothing_here(headers: axum::http::HeaderMap) -> Response {
    Trouble::new(StatusCode::NOT_FOUND).lang(crate::session::language(&headers)).into_response()
}
