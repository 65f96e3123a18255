//! After a step: what was recorded, and the way to undo it.

use desk::File;
use domain::fact::Kind;

use crate::session::Signed;

/// The name in the address: the number of the fact that was just recorded.
const NAME: &str = "vastgelegd";

/// A message on top of a file.
pub(crate) struct Notice {
    /// What was recorded.
    pub(crate) words: String,
    /// Address of the form that undoes it.
    pub(crate) undo: Option<String>,
}

/// The address to go to after a step.
pub(crate) fn address(to: &str, version: u32) -> String {
    let mark = if to.contains('?') { '&' } else { '?' };
    format!("{to}{mark}{NAME}={version}")
}

/// The message that the address asks for, if the one who asks recorded that fact.
pub(crate) async fn notice(signed: &Signed, file: &File, query: Option<&str>) -> Option<Notice> {
    let number = query?.split('&').find_map(|pair| pair.strip_prefix(NAME)?.strip_prefix('=')?.parse::<u32>().ok())?;
    let id = file.trajectory.id;
    let items = match signed.app.desk.timeline(&signed.who, id).await {
        Ok(items) => items,
        Err(error) => {
            tracing::error!(%error, "what was just recorded could not be read");
            return None;
        }
    };
    let item = items.iter().find(|item| item.number == number && item.superseded_by.is_none())?;
    let (l, h) = (signed.l, &item.fact.header);
    if h.actor != signed.who.user {
        return None;
    }
    let words = l.f("done-recorded", &[("what", &l.code("kind", h.kind)), ("date", &l.date(h.valid_from))]);
    // without a registration there is no trajectory; what was withdrawn is recorded again
    let undoable = !matches!(h.kind, Kind::Registered | Kind::Withdrawn) && file.standing.may_record(h.kind);
    let undo = undoable.then(|| format!("/traject/{id}/feit/{}/intrekken?ongedaan=1", h.id));
    Some(Notice { words, undo })
}
