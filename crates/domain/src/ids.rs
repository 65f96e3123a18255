//! Identifiers: random for things that happen, short codes for things a programme names.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::problem::{Parsed, Problem};

macro_rules! random_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }

        impl FromStr for $name {
            type Err = Problem;
            fn from_str(text: &str) -> Parsed<Self> {
                Uuid::parse_str(text).map(Self).map_err(|_| Problem::new("id-malformed"))
            }
        }
    )*};
}

random_id! {
    /// One recorded fact.
    FactId;
    /// A person; says nothing about who it is.
    ParticipantId;
    /// One stay of one participant in one site's programme.
    TrajectoryId;
    /// A file in a dossier; says nothing about what is in it.
    DocumentId;
    /// Someone who signs in.
    UserId;
    /// One command: the same id twice has one effect.
    CommandId;
    /// One sitting of a conference.
    SittingId;
}

/// A short name given by a programme: lower-case letters, digits and hyphens, at most 48.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(String);

impl Code {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Code {
    type Error = Problem;
    fn try_from(text: String) -> Parsed<Self> {
        let fits = !text.is_empty()
            && text.len() <= 48
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits { Ok(Self(text)) } else { Err(Problem::new("code-malformed")) }
    }
}

impl FromStr for Code {
    type Err = Problem;
    fn from_str(text: &str) -> Parsed<Self> {
        Self::try_from(text.to_owned())
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq<str> for Code {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Code {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

macro_rules! named_code {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Code);

        impl $name {
            /// The code as text.
            pub fn as_str(&self) -> &str { self.0.as_str() }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }

        impl FromStr for $name {
            type Err = Problem;
            fn from_str(text: &str) -> Parsed<Self> { text.parse().map(Self) }
        }
    )*};
}

named_code! {
    /// A local facility network of the programme, such as `groningen`.
    SiteId;
    /// An organisation of the programme, such as `ind`.
    OrgId;
    /// A version of a site's way of working, such as `groningen-2019`.
    MethodId;
}

/// A history of facts: about a person, or about one trajectory of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "id")]
pub enum Stream {
    /// Who someone is: names, dates, links to other people.
    Participant(ParticipantId),
    /// What happened in one trajectory.
    Trajectory(TrajectoryId),
}

impl Stream {
    /// The random id behind the stream.
    pub fn id(self) -> Uuid {
        match self {
            Self::Participant(id) => id.0,
            Self::Trajectory(id) => id.0,
        }
    }

    /// `participant` or `trajectory`.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Participant(_) => "participant",
            Self::Trajectory(_) => "trajectory",
        }
    }
}
