//! The languages of participants: fixed sentences for pages that are printed for them.

use std::{collections::HashMap, sync::LazyLock};

use fluent_bundle::{FluentResource, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use crate::text::{L, Lang, messages};

macro_rules! spoken {
    ($($variant:ident $code:literal $name:literal $dir:literal,)+) => {
        /// A language that participants read.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Spoken { $(
            #[doc = $name]
            $variant,
        )+ }

        impl Spoken {
            /// Every language.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// The code in `lang` attributes and addresses.
            pub const fn code(self) -> &'static str { match self { $(Self::$variant => $code,)+ } }
            /// Its own name for itself.
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name,)+ } }
            /// The direction of its script.
            pub const fn dir(self) -> &'static str { match self { $(Self::$variant => $dir,)+ } }
            fn source(self) -> &'static str {
                match self { $(Self::$variant => concat!(
                    include_str!(concat!("../locales/spoken/", $code, ".ftl")),
                    "\n",
                    include_str!(concat!("../locales/sees/", $code, ".ftl")),
                ),)+ }
            }
        }
    };
}

spoken! {
    Nl "nl" "Nederlands" "ltr",
    En "en" "English" "ltr",
    Ar "ar" "العربية" "rtl",
    Fa "fa" "فارسی" "rtl",
    Ti "ti" "ትግርኛ" "ltr",
    So "so" "Soomaali" "ltr",
    Fr "fr" "Français" "ltr",
    Es "es" "Español" "ltr",
}

static TEXT: LazyLock<HashMap<Spoken, HashMap<String, String>>> =
    LazyLock::new(|| Spoken::ALL.iter().map(|spoken| (*spoken, load(*spoken))).collect());

#[expect(clippy::panic, reason = "the files are part of the program; a test loads them")]
fn load(spoken: Spoken) -> HashMap<String, String> {
    let resource = match FluentResource::try_new(spoken.source().to_owned()) {
        Ok(resource) => resource,
        Err((_, errors)) => panic!("spoken/{}.ftl: {errors:?}", spoken.code()),
    };
    let id: LanguageIdentifier = spoken.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    if let Err(errors) = bundle.add_resource(resource) {
        panic!("spoken/{}.ftl: {errors:?}", spoken.code());
    }
    let text = |key: String| {
        let pattern = bundle.get_message(&key)?.value()?;
        let text = bundle.format_pattern(pattern, None, &mut vec![]).into_owned();
        Some((key, text))
    };
    messages(spoken.source()).into_iter().filter_map(|(key, _)| text(key)).collect()
}

impl Spoken {
    /// The language with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|spoken| spoken.code() == code)
    }

    /// Words one after another, with the comma of the script.
    pub fn list(self, words: impl Iterator<Item = String>) -> String {
        let comma = if matches!(self, Self::Ar | Self::Fa) { "، " } else { ", " };
        words.collect::<Vec<_>>().join(comma)
    }

    /// A sentence; those of codes (roles, categories, purposes) come from the pages in Dutch and English. `⟦key⟧` when there
    /// is none, so that it shows.
    pub fn say(self, key: &str) -> String {
        if let Some(text) = TEXT.get(&self).and_then(|texts| texts.get(key)) {
            return text.clone();
        }
        match self {
            Self::Nl => L::new(Lang::Nl).t(key).into_owned(),
            Self::En => L::new(Lang::En).t(key).into_owned(),
            _ => format!("⟦{key}⟧"),
        }
    }

    /// The text of a code of the program.
    pub fn code_text(self, family: &str, code: impl std::fmt::Display) -> String {
        self.say(&format!("{family}-{code}"))
    }
}

#[cfg(test)]
mod tests {
    use domain::codes::{Category, Purpose, Role};

    use super::*;

    #[test]
    fn every_language_has_every_sentence() {
        let sentences: Vec<String> = messages(Spoken::Nl.source()).into_iter().map(|(key, _)| key).collect();
        assert!(sentences.len() > 8);
        let codes = Role::ALL.iter().map(|role| format!("role-{role}"));
        let codes = codes.chain(Category::ALL.iter().map(|category| format!("category-{category}")));
        let codes = codes.chain(Purpose::ALL.iter().map(|purpose| format!("purpose-{purpose}")));
        for key in sentences.into_iter().chain(codes) {
            for spoken in Spoken::ALL {
                let text = spoken.say(&key);
                assert!(!text.is_empty() && !text.contains('⟦'), "{} {key}", spoken.code());
            }
        }
    }

    #[test]
    fn arabic_and_persian_run_from_the_right() {
        let right: Vec<&str> =
            Spoken::ALL.iter().filter(|spoken| spoken.dir() == "rtl").map(|one| one.code()).collect();
        assert_eq!(right, ["ar", "fa"]);
    }
}
