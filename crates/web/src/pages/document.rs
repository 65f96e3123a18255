//! Documents: handing one in, and getting one.

use askama::Template;
use axum::{
    extract::{Path, RawQuery, Request},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use desk::{Failure, File, NewDocument, OpenedDocument};
use domain::{
    codes::Category::Dossier,
    document::{Media, file_name},
    fact::Kind,
    ids::{FactId, OrgId, TrajectoryId},
    programme::List,
    refusal::Refusal,
};

use super::file::id;
use crate::{
    form::{
        COMMAND, CSRF, Choice, FieldKind, FieldSpec, FormData, FormView, VERSION,
        upload::{self, Failed, Read, Upload},
    },
    head::Head,
    headers::SANDBOX,
    notice,
    page::{Menu, Shell, render_with},
    problem_page::Trouble,
    session::Signed,
    text::L,
};

#[derive(Template)]
#[template(path = "file/document.html")]
struct Page {
    shell: Shell,
    l: L,
    head: Head,
    form: FormView,
    taken: String,
}

/// The form of one file: who hands in, for whom.
struct Hand {
    signed: Signed,
    id: TrajectoryId,
    file: File,
}

impl Hand {
    async fn new(signed: Signed, text: &str) -> Result<Self, Response> {
        let id = id(&signed, text)?;
        let file = signed.app.desk.file(&signed.who, id).await.map_err(|failure| signed.trouble(failure))?;
        if !file.standing.may_record(Kind::DocumentAdded) {
            return Err(signed.trouble(Failure::Denied));
        }
        Ok(Self { signed, id, file })
    }

    /// The partners that were asked for something: without a request there is nothing to hand in.
    fn partners(&self) -> Vec<&OrgId> {
        let (whole, own) = (self.file.standing.sees(Dossier), &self.signed.who.org);
        let all = self.file.trajectory.deliveries.iter().map(|delivery| &delivery.partner);
        all.filter(|partner| whole || *partner == own).collect()
    }

    fn fields(&self) -> Vec<FieldSpec> {
        let names = &self.signed.names;
        let partners = self.partners().into_iter().map(|org| Choice::new(org.as_str(), names.org_id(org))).collect();
        let endings = Media::ALL.iter().flat_map(|media| media.endings());
        let accept = endings.map(|ending| format!(".{ending}")).collect::<Vec<_>>().join(",");
        let fields = vec![
            FieldSpec::new("valid_from", "field-document-on", FieldKind::Date, Dossier).required(),
            FieldSpec::new("partner", "field-partner", FieldKind::Radios(partners), Dossier).required(),
            FieldSpec::new("item", "field-item", FieldKind::Select(self.items()), Dossier).required(),
            FieldSpec::new("note", "field-note", FieldKind::TextArea, Dossier),
            // the last one: what stands before it is read first
            FieldSpec::new("file", "field-file", FieldKind::File { accept }, Dossier)
                .required()
                .hint("field-file-hint"),
        ];
        crate::form::visible(fields, self.file.standing.any())
    }

    /// Every item; for who brings a part alone, those of that part.
    fn items(&self) -> Vec<Choice> {
        let (names, own) = (&self.signed.names, &self.signed.who.org);
        let method = names.programme().method(&self.file.trajectory.method);
        let agreed = |item: &str| {
            let mut items = method.into_iter().flat_map(|method| method.items_of(own));
            items.any(|agreed| agreed.item.as_str() == item)
        };
        let mut all = names.choices(List::DossierItems);
        all.retain(|choice| self.file.standing.sees(Dossier) || agreed(&choice.value));
        all
    }

    fn fresh(&self, query: Option<&str>) -> FormData {
        let mut data = FormData::empty(&self.fields()).with_date("valid_from", self.signed.today());
        let asked = |name: &str| {
            let mut pairs = query.unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
        };
        let known = |org: &String| self.partners().iter().any(|partner| partner.as_str() == org);
        if let Some(partner) = asked("van").filter(known) {
            data = data.with("partner", partner);
        }
        let list = self.signed.names.programme().list(List::DossierItems);
        if let Some(item) = asked("stuk").filter(|item| list.contains(item)) {
            data = data.with("item", item);
        }
        self.sealed(data)
    }

    fn sealed(&self, data: FormData) -> FormData {
        data.again(CSRF, &self.signed.csrf)
            .again(COMMAND, self.signed.new_command())
            .again(VERSION, self.file.trajectory.version)
    }

    fn page(&self, status: StatusCode, data: &FormData) -> Response {
        let (l, signed) = (self.signed.l, &self.signed);
        let colleague = |user| signed.app.desk.colleague(user).map(|account| account.name);
        let head = Head::new(&self.file, None, l, &signed.names, signed.today(), colleague);
        let shell = signed.shell(format!("{} – {}", l.t("document-new"), head.name)).under(Menu::Worklist);
        let base = head.base.clone();
        let form = FormView::new(l, format!("{base}/documenten/nieuw"), data)
            .submit(l.t("document-hand-in"))
            .cancel(format!("{base}/dossier"));
        let most = self.largest() / (1024 * 1024);
        let kinds = Media::ALL.iter().map(|media| l.code("media", media.code()).into_owned()).collect::<Vec<_>>();
        let taken = l.f("document-taken", &[("kinds", &kinds.join(", ")), ("most", &most)]);
        render_with(status, &Page { shell, l, head, form, taken })
    }

    fn largest(&self) -> u64 {
        self.signed.app.desk.largest_document()
    }

    fn refused(&self, mut data: FormData, refusal: &Refusal) -> Response {
        data.refused(refusal, self.signed.refusal(refusal));
        self.page(StatusCode::UNPROCESSABLE_ENTITY, &data)
    }

    /// What is still coming is not read.
    fn too_large(&self, mut data: FormData) -> Response {
        let refusal = desk::too_large(self.largest());
        data.refused(&refusal, self.signed.refusal(&refusal));
        let mut response = self.page(StatusCode::PAYLOAD_TOO_LARGE, &data);
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    }

    async fn take(&self, request: Request) -> Response {
        let largest = self.largest();
        if upload::says_too_large(request.headers(), largest) {
            return self.too_large(self.fresh(None));
        }
        match upload::read(request, &self.fields(), &self.signed.csrf, largest).await {
            Err(Failed::Bad(bad)) => self.signed.answer(bad.trouble()),
            Err(Failed::Broken) => self.signed.answer(Trouble::bad_request("error-broken-upload")),
            Ok(Read::Elsewhere(data)) => {
                self.page(StatusCode::FORBIDDEN, &self.signed.own_form(data).unwrap_or_else(|data| *data))
            }
            Ok(Read::TooLarge(data)) => self.too_large(data),
            Ok(Read::Whole(data, upload)) => self.hand_in(data, upload).await,
        }
    }

    async fn hand_in(&self, data: FormData, upload: Option<Upload>) -> Response {
        let mut data = match self.signed.own_form(data) {
            Ok(data) => data,
            Err(data) => return self.page(StatusCode::FORBIDDEN, &data),
        };
        let (command, expected) = match (data.command(), data.version()) {
            (Ok(command), Ok(version)) => (command, version),
            (Err(bad), _) | (_, Err(bad)) => return self.signed.answer(bad.trouble()),
        };
        let (on, partner) = (data.date("valid_from"), data.parsed::<OrgId>("partner"));
        let (item, note) = (data.code("item"), data.text("note"));
        let file = match upload {
            None => Err(Refusal::new("file-missing").field("file").into()),
            Some(upload) => checked(upload).await,
        };
        let file = match file {
            Ok(file) => Some(file),
            Err(Failure::Refused(refusal)) => {
                data.refused(&refusal, self.signed.refusal(&refusal));
                None
            }
            Err(failure) => return self.signed.trouble(failure),
        };
        let (true, Some(on), Some(partner), Some(item), Some((name, media, bytes))) =
            (data.is_right(), on, partner, item, file)
        else {
            return self.page(StatusCode::UNPROCESSABLE_ENTITY, &data);
        };
        let trajectory = self.id;
        let new = NewDocument { trajectory, command, expected, on, partner, item, name, media, bytes, note };
        match self.signed.app.desk.add_document(&self.signed.who, new).await {
            Ok(done) => {
                let to = format!("/traject/{trajectory}/dossier");
                Redirect::to(&notice::address(&to, done.version)).into_response()
            }
            Err(Failure::Refused(refusal)) => self.refused(data, &refusal),
            Err(Failure::Conflict { now, .. }) => {
                data.wrong_words("", self.signed.l.t("document-conflict"));
                let data = data.again(VERSION, now).again(COMMAND, self.signed.new_command());
                self.page(StatusCode::CONFLICT, &data)
            }
            Err(Failure::ReusedCommand) => {
                let data = self.signed.sent_before(data);
                self.page(StatusCode::UNPROCESSABLE_ENTITY, &data)
            }
            Err(other) => self.signed.trouble(other),
        }
    }
}

/// Name, kind and content; looked at beside the requests, for unpacking takes a while.
async fn checked(upload: Upload) -> Result<(String, Media, Vec<u8>), Failure> {
    let name = file_name(&upload.name)?;
    desk::aside(move || {
        let media = exchange::document::check(&name, &upload.bytes)?;
        Ok((name, media, upload.bytes))
    })
    .await?
}

/// The form to hand in a document.
pub(crate) async fn show(signed: Signed, Path(text): Path<String>, RawQuery(query): RawQuery) -> Response {
    match Hand::new(signed, &text).await {
        Ok(hand) => hand.page(StatusCode::OK, &hand.fresh(query.as_deref())),
        Err(response) => response,
    }
}

/// Takes a document.
pub(crate) async fn submit(signed: Signed, Path(text): Path<String>, request: Request) -> Response {
    match Hand::new(signed, &text).await {
        Ok(hand) => hand.take(request).await,
        Err(response) => response,
    }
}

/// A document, to keep: never shown within a page.
pub(crate) async fn get(signed: Signed, Path((text, fact)): Path<(String, String)>) -> Response {
    let id = match id(&signed, &text) {
        Ok(id) => id,
        Err(response) => return response,
    };
    let Ok(fact) = fact.parse::<FactId>() else { return signed.trouble(Failure::Hidden) };
    match signed.app.desk.document(&signed.who, id, fact).await {
        Ok(opened) => handed_out(opened),
        Err(failure) => signed.trouble(failure),
    }
}

/// The answer with a document.
pub(crate) fn handed_out(opened: OpenedDocument) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(opened.media.mime())),
        (header::CONTENT_DISPOSITION, disposition(&opened.name, opened.media)),
        (HeaderName::from_static("content-security-policy"), HeaderValue::from_static(SANDBOX)),
    ];
    (StatusCode::OK, headers, opened.bytes).into_response()
}

/// As an attachment: a plain name for old browsers, the real one as RFC 8187 writes it.
fn disposition(name: &str, media: Media) -> HeaderValue {
    let mut coded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            coded.push(char::from(byte));
        } else {
            coded.push_str(&format!("%{byte:02X}"));
        }
    }
    let plain = media.endings().first().copied().unwrap_or("bin");
    let value = format!("attachment; filename=\"document.{plain}\"; filename*=UTF-8''{coded}");
    // letters, digits and percent signs only
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_header() {
        let header = disposition("brief \"x\"; a=b\r\nSet-Cookie: één.pdf", Media::Pdf);
        assert_eq!(
            header.to_str().unwrap(),
            "attachment; filename=\"document.pdf\"; \
             filename*=UTF-8''brief%20%22x%22%3B%20a%3Db%0D%0ASet-Cookie%3A%20%C3%A9%C3%A9n.pdf"
        );
    }
}
