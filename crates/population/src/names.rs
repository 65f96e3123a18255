//! Names that cannot be anybody's: syllables without meaning, and a family name that means "example".

use crate::dice::Dice;

/// Someone's name: in its own script, and in Latin letters where that is another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    /// In its own script.
    pub(crate) own: String,
    /// In Latin letters, if its own script is another.
    pub(crate) latin: Option<String>,
}

/// A people's names, nationality and language.
pub(crate) struct Origin {
    script: Script,
    /// Country code.
    pub(crate) country: &'static str,
    /// Language code.
    pub(crate) language: &'static str,
    /// Family names: own script, Latin.
    families: &'static [(&'static str, &'static str)],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Arabic,
    Ethiopic,
    Cyrillic,
    Chinese,
}

/// Latin, Arabic, Ethiopic, Cyrillic, Chinese.
const SYLLABLES: &[[&str; 5]] = &[
    ["ba", "با", "ባ", "ба", "巴"],
    ["ri", "ري", "ሪ", "ри", "里"],
    ["mo", "مو", "ሞ", "мо", "莫"],
    ["sa", "سا", "ሳ", "са", "萨"],
    ["lu", "لو", "ሉ", "лу", "卢"],
    ["ne", "ني", "ኔ", "не", "内"],
    ["ka", "كا", "ካ", "ка", "卡"],
    ["ti", "تي", "ቲ", "ти", "提"],
    ["do", "دو", "ዶ", "до", "多"],
    ["ya", "يا", "ያ", "я", "亚"],
    ["fu", "فو", "ፉ", "фу", "富"],
    ["ze", "زي", "ዜ", "зе", "泽"],
];

const LATIN: &[(&str, &str)] = &[
    ("Voorbeeld", ""),
    ("Verzonnen", ""),
    ("Specimen", ""),
    ("Fictief", ""),
    ("Proefmans", ""),
    ("Nepnaam", ""),
    ("Modelman", ""),
];
const TIGRINYA: &[(&str, &str)] = &[("ምሳሌ", "Misale"), ("ፈተነ", "Fetene"), ("ልቦለድ", "Libweled"), ("ናሙና", "Namuna")];
const ARABIC: &[(&str, &str)] =
    &[("التجريبي", "Al-Tajribi"), ("المثالي", "Al-Mithali"), ("الوهمي", "Al-Wahmi"), ("النموذجي", "Al-Namudhaji")];
const PERSIAN: &[(&str, &str)] =
    &[("نمونه", "Nemuneh"), ("آزمایشی", "Azmayeshi"), ("ساختگی", "Sakhtegi"), ("فرضی", "Farzi")];
const RUSSIAN: &[(&str, &str)] =
    &[("Примеров", "Primerov"), ("Выдумкин", "Vydumkin"), ("Тестов", "Testov"), ("Макетов", "Maketov")];
const CHINESE: &[(&str, &str)] = &[("范例", "Fanli"), ("样本", "Yangben"), ("虚构", "Xugou")];
const SOMALI: &[(&str, &str)] = &[("Tusaale", ""), ("Tijaabo", ""), ("Khayaali", "")];
const ENGLISH: &[(&str, &str)] = &[("Sampleson", ""), ("Madeup", ""), ("Testcase", ""), ("Placeholder", "")];
const FRENCH: &[(&str, &str)] = &[("Exemple", ""), ("Inventé", ""), ("Factice", "")];

const fn of(
    script: Script,
    country: &'static str,
    language: &'static str,
    families: &'static [(&'static str, &'static str)],
) -> Origin {
    Origin { script, country, language, families }
}

/// Where people come from; more often where it stands more often.
pub(crate) const ORIGINS: &[Origin] = &[
    of(Script::Ethiopic, "eritrea", "ti", TIGRINYA),
    of(Script::Ethiopic, "eritrea", "ti", TIGRINYA),
    of(Script::Ethiopic, "ethiopia", "am", TIGRINYA),
    of(Script::Ethiopic, "ethiopia", "am", TIGRINYA),
    of(Script::Arabic, "iraq", "ar", ARABIC),
    of(Script::Arabic, "sudan", "ar", ARABIC),
    of(Script::Arabic, "algeria", "ar", ARABIC),
    of(Script::Arabic, "morocco", "ar", ARABIC),
    of(Script::Arabic, "iran", "fa", PERSIAN),
    of(Script::Arabic, "iran", "fa", PERSIAN),
    of(Script::Arabic, "afghanistan", "fa", PERSIAN),
    of(Script::Arabic, "afghanistan", "fa", PERSIAN),
    of(Script::Latin, "somalia", "so", SOMALI),
    of(Script::Latin, "somalia", "so", SOMALI),
    of(Script::Latin, "ghana", "en", ENGLISH),
    of(Script::Latin, "nigeria", "en", ENGLISH),
    of(Script::Latin, "nigeria", "en", ENGLISH),
    of(Script::Latin, "sierra-leone", "en", ENGLISH),
    of(Script::Latin, "guinea", "fr", FRENCH),
    of(Script::Latin, "congo-democratic-republic", "fr", FRENCH),
    of(Script::Latin, "suriname", "nl", LATIN),
    of(Script::Cyrillic, "russia", "ru", RUSSIAN),
    of(Script::Cyrillic, "armenia", "ru", RUSSIAN),
    of(Script::Chinese, "china", "zh", CHINESE),
];

impl Origin {
    /// A family name, by its place in the list.
    pub(crate) fn family(&self, dice: &mut Dice) -> usize {
        dice.at(self.families.len())
    }

    /// A name with this family name.
    pub(crate) fn name(&self, family: usize, dice: &mut Dice) -> Given {
        let syllables: Vec<&[&str; 5]> = (0..dice.between(2, 3)).map(|_| dice.pick(SYLLABLES)).collect();
        let join = |column: usize| syllables.iter().map(|row| row[column]).collect::<String>();
        let (own, latin) = self.families[family];
        let first = capital(&join(0));
        match self.script {
            Script::Latin => Given { own: format!("{first} {own}"), latin: None },
            Script::Chinese => Given { own: format!("{own}{}", join(4)), latin: Some(format!("{first} {latin}")) },
            other => {
                let column = match other {
                    Script::Arabic => 1,
                    Script::Ethiopic => 2,
                    _ => 3,
                };
                let own = format!("{} {own}", capital(&join(column)));
                Given { own, latin: Some(format!("{first} {latin}")) }
            }
        }
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_another_script_has_one_in_latin_letters_too() {
        let mut dice = Dice::of(3, 3);
        for origin in ORIGINS {
            let name = origin.name(0, &mut dice);
            assert_eq!(name.latin.is_none(), origin.script == Script::Latin);
            assert!(name.latin.unwrap_or(name.own).is_ascii() || origin.families == FRENCH);
        }
    }
}
