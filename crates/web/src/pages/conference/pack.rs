//! The pack of a member: the cases on the agenda, as far as that member may see them; on screen and on paper.

use askama::Template;
use axum::{extract::Path, response::Response};

use super::{Top, case::CaseView, id};
use crate::{
    page::{Menu, Shell, render},
    pages::document::handed_out,
    session::Signed,
    text::L,
};

#[derive(Template)]
#[template(path = "conference/pack.html")]
struct Page {
    shell: Shell,
    l: L,
    top: Top,
    cases: Vec<CaseView>,
}

#[derive(Template)]
#[template(path = "conference/pack_case.html")]
struct CasePage {
    shell: Shell,
    l: L,
    top: Top,
    case: CaseView,
    /// Address of the file, for who has one.
    file: Option<String>,
}

#[derive(Template)]
#[template(path = "conference/pack_print.html")]
struct PrintPage {
    shell: Shell,
    l: L,
    top: Top,
    cases: Vec<CaseView>,
    printed: String,
}

/// The list of cases.
pub(crate) async fn show(signed: Signed, Path(text): Path<String>) -> Response {
    match load(&signed, &text).await {
        Ok((top, cases)) => {
            let shell = signed.shell(format!("{} – {}", signed.l.t("pack-title"), top.title)).under(Menu::Conference);
            render(&Page { shell, l: signed.l, top, cases })
        }
        Err(response) => response,
    }
}

async fn load(signed: &Signed, text: &str) -> Result<(Top, Vec<CaseView>), Response> {
    let id = id(signed, text)?;
    let found = signed.app.desk.pack(&signed.who, id).await;
    let (sitting, cases) = found.map_err(|failure| signed.trouble(failure))?;
    let cases = cases.iter().map(|case| CaseView::new(signed, id, case)).collect();
    Ok((Top::new(signed, &sitting, "pack"), cases))
}

/// One case.
pub(crate) async fn one(signed: Signed, Path((text, case)): Path<(String, String)>) -> Response {
    let id = match id(&signed, &text) {
        Ok(id) => id,
        Err(response) => return response,
    };
    let Ok(case) = case.parse() else { return signed.trouble(desk::Failure::Hidden) };
    let (sitting, found) = match signed.app.desk.pack_case(&signed.who, id, case).await {
        Ok(found) => found,
        Err(failure) => return signed.trouble(failure),
    };
    let view = CaseView::new(&signed, id, &found);
    let file = Menu::Worklist.allowed(&signed.who).then(|| format!("/traject/{case}"));
    let shell = signed.shell(view.name.clone()).under(Menu::Conference);
    let top = Top::new(&signed, &sitting, "pack");
    render(&CasePage { shell, l: signed.l, top, case: view, file })
}

/// A document that was released to this body.
pub(crate) async fn document(signed: Signed, Path((text, case, fact)): Path<(String, String, String)>) -> Response {
    let id = match id(&signed, &text) {
        Ok(id) => id,
        Err(response) => return response,
    };
    let (Ok(case), Ok(fact)) = (case.parse(), fact.parse()) else { return signed.trouble(desk::Failure::Hidden) };
    match signed.app.desk.pack_document(&signed.who, id, case, fact).await {
        Ok(opened) => handed_out(opened),
        Err(failure) => signed.trouble(failure),
    }
}

/// All of it on paper.
pub(crate) async fn print(signed: Signed, Path(text): Path<String>) -> Response {
    match load(&signed, &text).await {
        Ok((top, cases)) => {
            let at = signed.l.moment(signed.app.desk.clock().business());
            let printed = signed.l.f("print-by", &[("name", &signed.who.name), ("at", &at)]);
            let shell = signed.shell(format!("{} – {}", signed.l.t("pack-title"), top.title));
            render(&PrintPage { shell, l: signed.l, top, cases, printed })
        }
        Err(response) => response,
    }
}
