//! Documents of the dossier: files under a key of their own, released to a meeting by an explicit act, destroyed alone by
//! two people when they are wrong.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    codes::{Board, OrgKind},
    fact::Header,
    ids::{Code, DocumentId, FactId, OrgId, UserId},
    programme::{Contracted, Method, SeenUntil},
    refusal::Refusal,
    trajectory::Trajectory,
};

/// Most characters in the name of a file.
pub const LONGEST_NAME: usize = 120;

/// A document came as a file; the header names the partner it is of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentAdded {
    /// The file, by a random id.
    pub document: DocumentId,
    /// Which item of the dossier it is of; programme code.
    pub item: Code,
    /// Name of the file.
    pub name: String,
    /// What it is, found in its content.
    pub media: Media,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the content, in hexadecimal.
    pub sha256: String,
    /// Remark.
    pub note: String,
}

/// A document may be seen in a meeting of the partners; the header names the fact that brought the document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentReleased {
    /// Which body.
    pub board: Board,
    /// Remark.
    pub note: String,
}

/// A document is not to be here; the header names the fact that brought it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentCondemned {
    /// Why; programme code.
    pub ground: Code,
    /// Remark.
    pub note: String,
}

/// It was destroyed, by someone else than who condemned it; the header names the fact that brought it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentDestroyed {
    /// Remark.
    pub note: String,
}

/// The kinds of file that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Media {
    /// PDF.
    Pdf,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// Office Open XML text (.docx).
    Docx,
    /// OpenDocument text (.odt).
    Odt,
    /// Plain text, UTF-8.
    Text,
}

impl Media {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Pdf, Self::Png, Self::Jpeg, Self::Docx, Self::Odt, Self::Text];

    /// Code, and the end of a file name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Jpeg => "jpeg",
            Self::Docx => "docx",
            Self::Odt => "odt",
            Self::Text => "text",
        }
    }

    /// The endings of file names that fit.
    pub const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Docx => &["docx"],
            Self::Odt => &["odt"],
            Self::Text => &["txt"],
        }
    }

    /// As a browser is told.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Text => "text/plain; charset=utf-8",
        }
    }
}

/// A document in the state of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The fact that brought it.
    pub fact: FactId,
    /// When.
    pub on: Date,
    /// Of which partner.
    pub partner: OrgId,
    /// Who put it here.
    pub by: UserId,
    /// What it is; gone when forgotten.
    pub detail: Option<DocumentAdded>,
    /// Bodies it was released to: the fact, the day, which body.
    pub released: Vec<(FactId, Date, Board)>,
    /// Who said that it is wrong, when, and why.
    pub condemned: Option<(UserId, Date, Option<Code>)>,
    /// When it was destroyed.
    pub destroyed: Option<Date>,
}

impl Document {
    /// Whether there is something to open.
    pub const fn is_there(&self) -> bool {
        self.condemned.is_none() && self.destroyed.is_none()
    }

    /// Whether it was released to a body.
    pub fn is_released_to(&self, board: Board) -> bool {
        self.released.iter().any(|(_, _, known)| *known == board)
    }

    /// Whether the contract of its item lets people of a kind of organisation see it, as the trajectory stands on a day.
    /// Where nothing was agreed, the access policy alone decides.
    pub fn agreed_for(&self, kind: OrgKind, t: &Trajectory, method: &Method, on: Date) -> bool {
        let Some(detail) = &self.detail else { return false };
        let Some(agreed) = method.contracted(&self.partner, &detail.item) else { return true };
        agreed.shows_to(kind, t, on)
    }
}

impl Contracted {
    /// Whether people of a kind of organisation may see the item, as the trajectory stands on a day.
    pub fn shows_to(&self, kind: OrgKind, t: &Trajectory, on: Date) -> bool {
        let still = match self.seen_until {
            SeenUntil::Decided => t.decisions.first().is_none_or(|decision| on < decision.on),
            SeenUntil::Ended => t.ended().is_none_or(|ended| on < ended),
            SeenUntil::Kept => true,
        };
        still && self.seen_by.contains(&kind)
    }
}

impl Trajectory {
    fn document(&mut self, h: &Header) -> Result<&mut Document, Refusal> {
        let found = self.documents.iter_mut().find(|document| Some(document.fact) == h.codes.about);
        let document = found.ok_or_else(|| Refusal::new("document-unknown"))?;
        match document.destroyed {
            Some(on) => Err(Refusal::new("document-gone").with("on", on)),
            None => Ok(document),
        }
    }

    pub(crate) fn document_added(
        &mut self,
        h: &Header,
        body: Option<&DocumentAdded>,
        method: &Method,
    ) -> Result<(), Refusal> {
        let partner = h.codes.partner.clone().ok_or_else(|| Refusal::new("partner-missing").field("partner"))?;
        if !method.suppliers().contains(&&partner) {
            return Err(Refusal::new("partner-delivers-nothing").with("partner", &partner).field("partner"));
        }
        if !self.deliveries.iter().any(|delivery| delivery.partner == partner) {
            return Err(Refusal::new("dossier-not-requested").with("partner", &partner).field("partner"));
        }
        let same = |known: &&Document| {
            known.is_there() && known.detail.as_ref().zip(body).is_some_and(|(known, new)| known.sha256 == new.sha256)
        };
        if let Some(known) = self.documents.iter().find(same) {
            return Err(Refusal::new("document-already-there").with("on", known.on).field("file"));
        }
        self.documents.push(Document {
            fact: h.id,
            on: h.valid_from,
            partner,
            by: h.actor,
            detail: body.cloned(),
            released: vec![],
            condemned: None,
            destroyed: None,
        });
        Ok(())
    }

    pub(crate) fn document_released(&mut self, h: &Header, body: Option<&DocumentReleased>) -> Result<(), Refusal> {
        let (id, on) = (h.id, h.valid_from);
        let document = self.document(h)?;
        if let Some((_, since, _)) = &document.condemned {
            return Err(Refusal::new("document-condemned").with("on", since));
        }
        let Some(body) = body else { return Ok(()) };
        if document.is_released_to(body.board) {
            return Err(Refusal::new("document-already-released").field("board"));
        }
        document.released.push((id, on, body.board));
        Ok(())
    }

    pub(crate) fn document_condemned(&mut self, h: &Header, body: Option<&DocumentCondemned>) -> Result<(), Refusal> {
        let (by, on) = (h.actor, h.valid_from);
        let document = self.document(h)?;
        if let Some((_, since, _)) = &document.condemned {
            return Err(Refusal::new("document-condemned").with("on", since));
        }
        document.condemned = Some((by, on, body.map(|body| body.ground.clone())));
        Ok(())
    }

    /// By a second person: who condemned it does not destroy it.
    pub(crate) fn document_destroyed(&mut self, h: &Header) -> Result<(), Refusal> {
        let (by, on) = (h.actor, h.valid_from);
        let document = self.document(h)?;
        match &document.condemned {
            None => Err(Refusal::new("document-not-condemned")),
            Some((first, ..)) if *first == by => Err(Refusal::new("document-needs-another")),
            Some(_) => {
                document.destroyed = Some(on);
                Ok(())
            }
        }
    }
}

/// The name under which a file is kept, as it was sent.
///
/// # Errors
/// When it holds a folder, a character that cannot be seen or that turns text around, is too long, or has no name before its
/// ending: a name that has to be mended is not taken for another.
pub fn file_name(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    let unsafe_name = |key| Refusal::new(key).field("file");
    if name.is_empty() {
        return Err(unsafe_name("file-missing"));
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(unsafe_name("file-name-too-long").with("most", LONGEST_NAME));
    }
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
    };
    let folder = |c: char| matches!(c, '/' | '\\' | ':' | '\u{2044}' | '\u{2215}' | '\u{ff0f}' | '\u{ff3c}');
    if name.chars().any(|c| hidden(c) || folder(c)) || name.starts_with('.') || name.ends_with('.') {
        return Err(unsafe_name("file-name-unsafe"));
    }
    Ok(name.to_owned())
}
