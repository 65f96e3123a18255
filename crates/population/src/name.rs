//! Names that nobody bears: surnames are things in a house, given names are strung from syllables.

use crate::dice::Dice;

/// A script that names are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    /// Latin.
    Latin,
    /// Arabic.
    Arabic,
    /// Ge'ez (Amharic, Tigrinya).
    Geez,
    /// Cyrillic.
    Cyrillic,
    /// Chinese.
    Chinese,
}

/// A name in Latin letters and, unless that is its own script, as it is written at home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invented {
    /// Given name, Latin.
    pub given: String,
    /// Surname, Latin.
    pub family: String,
    /// Whole name in its own script.
    pub own: Option<String>,
}

impl Invented {
    /// Whole name in Latin letters.
    pub(crate) fn latin(&self) -> String { format!("{} {}", self.given, self.family) }
}

/// As written, and in Latin letters.
type Pair = (&'static str, &'static str);

struct Words {
    first: &'static [Pair],
    last: &'static [Pair],
    family: &'static [Pair],
}

const DUTCH: &[&str] = &[
    "Tafelpoot", "Theelepel", "Vensterbank", "Stoelpoot", "Koekenpan", "Broodrooster", "Gordijnrail", "Kapstok",
    "Paraplubak", "Fietsbel", "Deurknop", "Lampenkap", "Soeplepel", "Kussensloop", "Waterkoker", "Schemerlamp",
    "Boekenplank", "Ladekast", "Trapleuning", "Vloerkleed", "Wasknijper", "Theemuts", "Kaasschaaf", "Pannenlap",
    "Sleutelbos", "Brievenbus", "Eierdop", "Melkkan", "Suikerpot", "Dweilstok", "Strijkplank", "Klerenhanger",
    "Bloempot", "Vuilnisbak", "Afwasborstel", "Keukentrap", "Snijplank", "Wekkerradio", "Plakbandrol", "Nietmachine",
    "Regenton", "Tuinslang", "Badeend", "Handdoekrek", "Zeepbakje", "Luciferdoos", "Kaarsenstandaard", "Kurkentrekker",
];

const LATIN: Words = Words {
    first: &[
        ("Zo", "Zo"), ("Bri", "Bri"), ("Qua", "Qua"), ("Fle", "Fle"), ("Mip", "Mip"), ("Wub", "Wub"), ("Nix", "Nix"),
        ("Plo", "Plo"), ("Dru", "Dru"), ("Vla", "Vla"), ("Sko", "Sko"), ("Jup", "Jup"), ("Kwi", "Kwi"), ("Hob", "Hob"),
    ],
    last: &[
        ("nax", "nax"), ("ldopo", "ldopo"), ("miru", "miru"), ("bixo", "bixo"), ("zetto", "zetto"), ("pluk", "pluk"),
        ("fonax", "fonax"), ("doza", "doza"), ("velt", "velt"), ("gruto", "gruto"), ("wizza", "wizza"), ("stip", "stip"),
    ],
    family: &[],
};

const ARABIC: Words = Words {
    first: &[
        ("زب", "Zub"), ("فل", "Fil"), ("كظ", "Kaz"), ("غم", "Ghum"), ("بق", "Biq"), ("طن", "Tun"), ("دغ", "Dugh"),
        ("نز", "Niz"), ("شل", "Shil"), ("جف", "Juf"),
    ],
    last: &[
        ("فوزو", "fuzu"), ("بيلو", "bilu"), ("غوما", "ghuma"), ("زيكو", "ziku"), ("نوفي", "nufi"), ("دوزا", "duza"),
        ("كيبو", "kibu"), ("طوني", "tuni"),
    ],
    family: &[
        ("كرسي", "Kursi"), ("ملعقة", "Malaqa"), ("طاولة", "Tawila"), ("إبريق", "Ibriq"), ("شوكة", "Shawka"),
        ("صحن", "Sahn"), ("نافذة", "Nafidha"), ("سلم", "Sullam"), ("مكنسة", "Miknasa"), ("وسادة", "Wisada"),
        ("بطيخة", "Battikha"), ("جزرة", "Jazara"), ("خيارة", "Khiyara"), ("ستارة", "Sitara"),
    ],
};

const GEEZ: Words = Words {
    first: &[
        ("ዙፖ", "Zupo"), ("ቢኩ", "Biku"), ("ፊዶ", "Fido"), ("ሙጊ", "Mugi"), ("ቶፑ", "Topu"), ("ጁሊ", "Juli"), ("ፖቢ", "Pobi"),
        ("ዲዙ", "Dizu"), ("ኮዙ", "Kozu"), ("ጉቶ", "Guto"),
    ],
    last: &[
        ("ፊ", "fi"), ("ዞም", "zom"), ("ቡክ", "buk"), ("ፖል", "pol"), ("ጊዝ", "giz"), ("ዱን", "dun"), ("ቲፍ", "tif"),
    ],
    family: &[
        ("ወንበር", "Wenber"), ("ጠረጴዛ", "Terepeza"), ("ማንኪያ", "Mankiya"), ("ሹካ", "Shuka"), ("መስኮት", "Meskot"),
        ("ብርጭቆ", "Birchiko"), ("ሰሃን", "Sehan"), ("ትራስ", "Tiras"), ("ጫማ", "Chama"), ("ድስት", "Dist"),
        ("መሰላል", "Meselal"), ("መጥረጊያ", "Metregiya"),
    ],
};

const CYRILLIC: Words = Words {
    first: &[
        ("Зу", "Zu"), ("Бру", "Bru"), ("Квы", "Kvy"), ("Пли", "Pli"), ("Джу", "Dzhu"), ("Фло", "Flo"), ("Гры", "Gry"),
        ("Тпу", "Tpu"), ("Вжи", "Vzhi"),
    ],
    last: &[
        ("мпо", "mpo"), ("дзик", "dzik"), ("ксар", "ksar"), ("блюп", "blyup"), ("гуль", "gul"), ("пшик", "pshik"),
        ("трям", "tryam"),
    ],
    family: &[
        ("Табуретка", "Taburetka"), ("Ложка", "Lozhka"), ("Вилка", "Vilka"), ("Подушка", "Podushka"),
        ("Чайник", "Chaynik"), ("Кастрюля", "Kastryulya"), ("Скатерть", "Skatert"), ("Тарелка", "Tarelka"),
        ("Форточка", "Fortochka"), ("Метла", "Metla"), ("Швабра", "Shvabra"), ("Полка", "Polka"),
    ],
};

const CHINESE: Words = Words {
    first: &[("喵", "Miao"), ("叮", "Ding"), ("咚", "Dong"), ("嘟", "Du"), ("咕", "Gu"), ("啪", "Pa"), ("嗡", "Weng")],
    last: &[("喵", "miao"), ("咚", "dong"), ("噜", "lu"), ("咕", "gu"), ("啦", "la"), ("哒", "da"), ("嘀", "di")],
    family: &[
        ("椅子", "Yizi"), ("桌子", "Zhuozi"), ("勺子", "Shaozi"), ("枕头", "Zhentou"), ("窗户", "Chuanghu"),
        ("茶壶", "Chahu"), ("盘子", "Panzi"), ("扫帚", "Saozhou"), ("抽屉", "Chouti"), ("雨伞", "Yusan"),
        ("黄瓜", "Huanggua"),
    ],
};

impl Script {
    fn words(self) -> &'static Words {
        match self {
            Self::Latin => &LATIN,
            Self::Arabic => &ARABIC,
            Self::Geez => &GEEZ,
            Self::Cyrillic => &CYRILLIC,
            Self::Chinese => &CHINESE,
        }
    }
}

/// A surname, as written and in Latin letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Family(Pair);

/// Draws a surname.
pub(crate) fn family(dice: &mut Dice, script: Script) -> Family {
    let pair = dice.one(script.words().family).copied();
    Family(pair.unwrap_or_else(|| {
        let word = dice.word(DUTCH);
        (word, word)
    }))
}

/// Draws a name with this surname.
pub(crate) fn person(dice: &mut Dice, script: Script, family: Family) -> Invented {
    let words = script.words();
    let pick = |dice: &mut Dice, from: &[Pair]| dice.one(from).copied().unwrap_or(("", ""));
    let (first, last) = (pick(dice, words.first), pick(dice, words.last));
    let (family_own, family_latin) = family.0;
    let own_given = format!("{}{}", first.0, last.0);
    let own = match script {
        Script::Latin => None,
        // the surname comes first and nothing stands between
        Script::Chinese => Some(format!("{family_own}{own_given}")),
        _ => Some(format!("{own_given} {family_own}")),
    };
    Invented { given: format!("{}{}", first.1, last.1), family: family_latin.to_owned(), own }
}

/// Draws the name of a colleague.
pub(crate) fn colleague(dice: &mut Dice) -> String {
    let family = family(dice, Script::Latin);
    person(dice, Script::Latin, family).latin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_script_has_its_own_letters_and_a_latin_form() {
        let mut dice = Dice::new(1, 1);
        for (script, letters) in [
            (Script::Arabic, '\u{600}'..='\u{6ff}'),
            (Script::Geez, '\u{1200}'..='\u{139f}'),
            (Script::Cyrillic, '\u{400}'..='\u{4ff}'),
            (Script::Chinese, '\u{4e00}'..='\u{9fff}'),
        ] {
            for _ in 0..200 {
                let family = family(&mut dice, script);
                let name = person(&mut dice, script, family);
                let own = name.own.clone().unwrap();
                assert!(own.chars().all(|c| c == ' ' || letters.contains(&c)), "{own}");
                assert!(name.latin().chars().all(|c| c.is_ascii_alphabetic() || c == ' '), "{}", name.latin());
            }
        }
    }

    #[test]
    fn latin_names_end_in_something_from_a_house() {
        let mut dice = Dice::new(2, 1);
        for _ in 0..200 {
            let name = colleague(&mut dice);
            assert!(DUTCH.iter().any(|word| name.ends_with(word)), "{name}");
        }
    }
}
