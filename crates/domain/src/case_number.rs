//! Case numbers: what people say to each other instead of a name.
//!
//! Derived from the random id of the trajectory, so that no counter is needed, numbers say nothing
//! about order or size, and two sites can never give out the same one.

use std::fmt;

use crate::ids::TrajectoryId;

/// Letters and digits that are not mistaken for each other (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A case number such as `GRO-7K3M-Q2XD`: a site's prefix and forty bits of the id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber(String);

impl CaseNumber {
    /// The number of a trajectory at a site with this prefix.
    pub fn of(prefix: &str, trajectory: TrajectoryId) -> Self {
        let bits = trajectory.0.as_u128();
        let letters: Vec<char> =
            (0..8).map(|at| char::from(ALPHABET[usize::try_from((bits >> (35 - 5 * at)) & 31).unwrap_or(0)])).collect();
        let (first, second) = letters.split_at(4);
        Self(format!("{prefix}-{}-{}", String::from_iter(first), String::from_iter(second)))
    }

    /// As typed by a person: spaces, lower case, O for 0 and I or L for 1 do not matter.
    pub fn normalise(text: &str) -> String {
        let upper = text.trim().to_uppercase();
        let (prefix, rest) = upper.split_once(['-', ' ']).unwrap_or((upper.as_str(), ""));
        let digits: String = rest
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| match c {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        match digits.split_at_checked(4) {
            Some((first, second)) => format!("{prefix}-{first}-{second}"),
            None => format!("{prefix}-{digits}"),
        }
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn what_a_person_types_finds_the_number() {
        let number = CaseNumber::of("GRO", TrajectoryId(Uuid::from_u128(0x12_3456_789a)));
        assert_eq!(number.as_str().len(), 13);
        assert_eq!(CaseNumber::normalise(&number.to_string()), number.to_string());
        assert_eq!(CaseNumber::normalise(&number.as_str().to_lowercase().replace('-', " ")), number.to_string());
        assert_eq!(CaseNumber::normalise("gro O1iL"), "GRO-0111-");
    }
}
