//! A form with a file, sent in parts (`multipart/form-data`): read piece by piece, no further than the largest file that is
//! taken. The token of the session stands before the file, so that a form from elsewhere is refused before its file is read.

use axum::{
    extract::{FromRequest as _, Multipart, Request, multipart::MultipartError},
    http::{HeaderMap, StatusCode, header},
};
use subtle::ConstantTimeEq as _;

use super::{BadForm, CSRF, FieldKind, FieldSpec, FormData, LONGEST_TEXT};

/// Bytes that the fields beside the file may take, all together.
pub(crate) const BESIDE: u64 = 256 * 1024;
/// Forms with a file that are read at one time: each may hold a whole file in memory.
static READING: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(4);

/// A file as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    /// The name it was sent with.
    pub(crate) name: String,
    /// The content.
    pub(crate) bytes: Vec<u8>,
}

/// What came of reading a form with a file.
pub(crate) enum Read {
    /// The fields, and the file if one was chosen.
    Whole(FormData, Option<Upload>),
    /// The fields before the file; it was larger than is taken, and was not read to its end.
    TooLarge(FormData),
    /// The token of the session was another: the file was not read.
    Elsewhere(FormData),
}

/// Why it cannot be read.
pub(crate) enum Failed {
    /// It is not this form.
    Bad(BadForm),
    /// The line was lost, or the parts are not what they say.
    Broken,
}

/// Whether a request says of itself that it is larger than a file may be: then nothing of it is read.
pub(crate) fn says_too_large(headers: &HeaderMap, largest: u64) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    length.and_then(|text| text.parse::<u64>().ok()).is_some_and(|length| length > largest.saturating_add(BESIDE))
}

/// Reads a form with one file. Memory holds the fields and no more of the file than `largest` bytes.
pub(crate) async fn read(request: Request, fields: &[FieldSpec], csrf: &str, largest: u64) -> Result<Read, Failed> {
    let kind =
        request.headers().get(header::CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let Ok(_turn) = READING.acquire().await else { return Err(Failed::Broken) };
    let Ok(mut parts) = Multipart::from_request(request, &()).await else {
        let essence = kind.map(|kind| kind.split(';').next().unwrap_or_default().trim().to_owned());
        return Err(Failed::Bad(BadForm::NotAForm(essence.filter(|kind| !kind.is_empty()))));
    };
    let is_file = |name: &str| fields.iter().any(|f| f.name == name && matches!(f.kind, FieldKind::File { .. }));
    let (mut pairs, mut beside, mut file) = (Vec::new(), 0, None);
    let form = |pairs: &[(String, String)]| FormData::from_pairs(pairs.to_vec(), fields).map_err(Failed::Bad);
    // a request that is larger than any that is right ends here, however its pieces came
    let over = |error: &MultipartError| error.status() == StatusCode::PAYLOAD_TOO_LARGE;
    loop {
        let mut part = match parts.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => break,
            Err(error) if over(&error) => return form(&pairs).map(Read::TooLarge),
            Err(_) => return Err(Failed::Broken),
        };
        let name = part.name().unwrap_or_default().to_owned();
        if is_file(&name) {
            if file.is_some() {
                return Err(Failed::Bad(BadForm::Repeated(name)));
            }
            let said = pairs.iter().find(|(name, _)| name == CSRF).map(|(_, value): &(String, String)| value.as_str());
            // how long that takes tells nothing of it
            let own = said.is_some_and(|said| said.as_bytes().ct_eq(csrf.as_bytes()).into());
            if !own {
                return form(&pairs).map(Read::Elsewhere);
            }
            let mut upload = Upload { name: part.file_name().unwrap_or_default().to_owned(), bytes: Vec::new() };
            loop {
                let piece = match part.chunk().await {
                    Ok(Some(piece)) => piece,
                    Ok(None) => break,
                    Err(error) if over(&error) => return form(&pairs).map(Read::TooLarge),
                    Err(_) => return Err(Failed::Broken),
                };
                let now = u64::try_from(upload.bytes.len() + piece.len()).unwrap_or(u64::MAX);
                if now > largest {
                    return form(&pairs).map(Read::TooLarge);
                }
                upload.bytes.extend_from_slice(&piece);
            }
            file = Some(upload);
            continue;
        }
        let mut text = Vec::new();
        while let Some(piece) = part.chunk().await.map_err(|_| Failed::Broken)? {
            beside += u64::try_from(piece.len()).unwrap_or(u64::MAX);
            if beside > BESIDE || text.len() + piece.len() > LONGEST_TEXT * 4 {
                return Err(Failed::Bad(BadForm::Malformed(name)));
            }
            text.extend_from_slice(&piece);
        }
        let Ok(text) = String::from_utf8(text) else { return Err(Failed::Bad(BadForm::Malformed(name))) };
        if pairs.len() >= super::decode::MOST {
            return Err(Failed::Bad(BadForm::TooMany));
        }
        pairs.push((name, text));
    }
    // a browser sends an empty part without a name when nothing was chosen
    let file = file.filter(|file| !(file.name.is_empty() && file.bytes.is_empty()));
    form(&pairs).map(|data| Read::Whole(data, file))
}
