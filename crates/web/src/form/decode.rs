//! `application/x-www-form-urlencoded`, strictly: what is broken is refused, not guessed at.

use super::BadForm;

/// Fields that a form can have: more than any of ours, with every row that can be added.
pub(crate) const MOST: usize = 2_000;

/// Names and values, in order.
pub(crate) fn pairs(bytes: &[u8]) -> Result<Vec<(String, String)>, BadForm> {
    let parts = bytes.split(|byte| *byte == b'&').filter(|part| !part.is_empty());
    // before anything is kept of them
    if parts.clone().nth(MOST).is_some() {
        return Err(BadForm::TooMany);
    }
    parts.map(pair).collect()
}

fn pair(part: &[u8]) -> Result<(String, String), BadForm> {
    let at = part.iter().position(|byte| *byte == b'=').unwrap_or(part.len());
    let (name, value) = (&part[..at], part.get(at + 1..).unwrap_or_default());
    let malformed = |name: &[u8]| BadForm::Malformed(String::from_utf8_lossy(name).into_owned());
    let name = decode(name).ok_or_else(|| malformed(name))?;
    let value = decode(value).ok_or_else(|| malformed(name.as_bytes()))?;
    Ok((name, value))
}

/// Text, or `None` when an escape is cut off or the bytes are not UTF-8.
fn decode(bytes: &[u8]) -> Option<String> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => hex(*rest.next()?)? * 16 + hex(*rest.next()?)?,
            other => *other,
        });
    }
    String::from_utf8(out).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
