//! Pages for what goes wrong: plain words, what would be right, and for our own faults a number to pass on.

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rand::RngExt as _;

use crate::{
    page::Shell,
    text::{L, Lang},
};

/// Something that went wrong with a request. Turns into a page; [`Trouble::page`] puts it in a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    status: StatusCode,
    /// Key and values of the words, where those of the status are not precise enough.
    detail: Option<(&'static str, Vec<(&'static str, String)>)>,
    /// The words themselves.
    words: Option<String>,
    /// Key of the title, where that of the status does not fit.
    title: Option<&'static str>,
    retry_after: Option<u64>,
    lang: Lang,
}

impl Trouble {
    /// With the words of the status.
    pub fn new(status: StatusCode) -> Self {
        Self { status, detail: None, words: None, title: None, retry_after: None, lang: Lang::default() }
    }

    /// The request is not right: what, and what would be.
    pub fn bad_request(key: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST).says(key)
    }

    /// What was asked for cannot be shown so: nothing was to be saved.
    pub fn unanswerable() -> Self {
        Self { title: Some("error-asked-title"), ..Self::new(StatusCode::UNPROCESSABLE_ENTITY) }
    }

    /// This role may not do this.
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN)
    }

    /// It does not exist, or may not be seen.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND)
    }

    /// Our own fault: logs the cause under a number that the page shows. The cause must hold no personal data.
    pub fn fault(cause: &dyn std::fmt::Display) -> Fault {
        Fault { number: log(cause) }
    }

    /// Too many attempts.
    pub fn too_many(wait_seconds: u64) -> Self {
        Self { retry_after: Some(wait_seconds), ..Self::new(StatusCode::TOO_MANY_REQUESTS) }
    }

    /// Says it in other words.
    #[must_use]
    pub fn says(mut self, key: &'static str) -> Self {
        self.detail = Some((key, Vec::new()));
        self
    }

    /// Says it in these words.
    #[must_use]
    pub fn saying(mut self, words: impl Into<String>) -> Self {
        self.words = Some(words.into());
        self
    }

    /// In this language, where it is answered without a frame.
    #[must_use]
    pub fn lang(mut self, lang: Lang) -> Self {
        self.lang = lang;
        self
    }

    /// Gives a value to those words.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        if let Some((_, values)) = &mut self.detail {
            values.push((name, value.to_string()));
        }
        self
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The page in a frame; the frame says in which language, and who is signed in.
    pub fn page(&self, shell: Shell) -> Response {
        let l = shell.l;
        let (title, general) = words(self.status);
        let title = self.title.unwrap_or(title);
        let text = match &self.detail {
            _ if self.words.is_some() => self.words.clone().unwrap_or_default(),
            Some((key, values)) => {
                let values: Vec<(&str, &dyn std::fmt::Display)> =
                    values.iter().map(|(name, value)| (*name, value as &dyn std::fmt::Display)).collect();
                l.f(key, &values)
            }
            None => l.t(general).into_owned(),
        };
        let more = self.retry_after.map(|seconds| l.f("error-429-wait", &[("seconds", &seconds)]));
        let number = (self.status == StatusCode::INTERNAL_SERVER_ERROR).then(|| log(&"unnamed fault"));
        respond(self.status, shell, l.t(title).into_owned(), text, more, number, self.retry_after)
    }
}

impl IntoResponse for Trouble {
    /// Without a frame of someone signed in.
    fn into_response(self) -> Response {
        self.page(Shell::bare(self.lang, ""))
    }
}

/// A fault of our own, logged under a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    number: String,
}

impl Fault {
    /// The number, as it stands in the log.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The page in a frame.
    pub fn page(&self, shell: Shell) -> Response {
        let (l, status) = (shell.l, StatusCode::INTERNAL_SERVER_ERROR);
        let (title, text) = words(status);
        let number = Some(self.number.clone());
        respond(status, shell, l.t(title).into_owned(), l.t(text).into_owned(), None, number, None)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        self.page(Shell::bare(Lang::default(), ""))
    }
}

fn log(cause: &dyn std::fmt::Display) -> String {
    let number = format!("{:08X}", rand::rng().random::<u32>());
    tracing::error!(number, %cause, "fault");
    number
}

/// The keys of title and text of a status.
fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status.as_u16() {
        403 => ("error-403-title", "error-403-text"),
        404 => ("error-404-title", "error-404-text"),
        409 => ("error-409-title", "error-409-text"),
        405 => ("error-405-title", "error-405-text"),
        411 => ("error-411-title", "error-411-text"),
        413 => ("error-413-title", "error-413-text"),
        415 => ("error-415-title", "error-415-text"),
        422 => ("error-422-title", "error-422-text"),
        429 => ("error-429-title", "error-429-text"),
        408 | 503 | 504 => ("error-503-title", "error-503-text"),
        500.. => ("error-500-title", "error-500-text"),
        _ => ("error-400-title", "error-400-text"),
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    shell: Shell,
    l: L,
    title: String,
    text: String,
    more: Option<String>,
    number: Option<String>,
}

fn respond(
    status: StatusCode,
    shell: Shell,
    title: String,
    text: String,
    more: Option<String>,
    number: Option<String>,
    retry_after: Option<u64>,
) -> Response {
    let (l, shell) = (shell.l, shell.titled(title.clone()));
    let page = ProblemPage { shell, l, title, text, more, number };
    // not `page::render_with`: that comes here when a page cannot be written
    let html = page.render().unwrap_or_else(|error| {
        tracing::error!(%error, "the error page could not be written");
        format!("{}: {}", status.as_u16(), page.title)
    });
    let mut response = (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response.extensions_mut().insert(Said);
    response
}

/// Marks an answer that is an error page already, so that the outer layer does not write it again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;

    #[test]
    fn every_status_has_words_in_both_languages() {
        for code in [400, 403, 404, 405, 409, 411, 413, 415, 422, 429, 500, 503] {
            let (title, text) = words(StatusCode::from_u16(code).unwrap());
            assert!(title.contains(&code.to_string()), "{code} is told as {title}");
            assert!(Lang::ALL.iter().all(|lang| Text::shared().has(*lang, title) && Text::shared().has(*lang, text)));
        }
    }

    #[test]
    fn too_many_attempts_says_when_to_try_again() {
        let response = Trouble::too_many(30).into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()[header::RETRY_AFTER], "30");
    }
}
