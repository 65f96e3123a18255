//! V-number: ten digits, given out by the Basisvoorziening Vreemdelingen. No public check digit rule.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::problem::{Parsed, Problem};

/// A V-number: exactly ten digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VNumber(String);

impl VNumber {
    /// The ten digits.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for VNumber {
    type Error = Problem;

    /// Dots, spaces and hyphens between the digits are allowed, as people write them.
    fn try_from(text: String) -> Parsed<Self> {
        let digits: String = text.chars().filter(|c| !matches!(c, '.' | ' ' | '-' | '\u{a0}')).collect();
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Problem::new("v-number-not-digits"));
        }
        if digits.len() != 10 {
            return Err(Problem::new("v-number-length").with("length", digits.len()));
        }
        Ok(Self(digits))
    }
}

impl From<VNumber> for String {
    fn from(number: VNumber) -> Self {
        number.0
    }
}

impl fmt::Display for VNumber {
    /// As people read it: `281.555.0142`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", &self.0[..3], &self.0[3..6], &self.0[6..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_digits_are_refused_with_their_number() {
        let problem = VNumber::try_from("281.555.014".to_owned()).unwrap_err();
        assert_eq!(problem, Problem::new("v-number-length").with("length", 9));
    }

    #[test]
    fn ten_digits_are_read_however_they_are_grouped() {
        for text in ["2815550142", "281.555.0142", "281 555 0142"] {
            assert_eq!(VNumber::try_from(text.to_owned()).unwrap().to_string(), "281.555.0142");
        }
        assert!(VNumber::try_from("28155501４2".to_owned()).is_err(), "full-width digits are not ASCII digits");
    }
}
