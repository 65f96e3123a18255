//! Names in any script, made comparable: transliterated, folded, cut in words, and as they sound.

use domain::participant::{Name, Person};
use rphonetic::{DoubleMetaphone, Encoder};
use unicode_normalization::UnicodeNormalization;

/// The words of a name in lower-case Latin letters, whatever script it was in.
pub fn words(name: &str) -> Vec<String> {
    let composed: String = name.nfkc().collect();
    any_ascii::any_ascii(&composed)
        .to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// How a word sounds.
fn sound(word: &str) -> Option<String> {
    let code = DoubleMetaphone::default().encode(word);
    (code.len() > 1).then_some(code)
}

/// What a person can be found by, in plain text: it leaves this room only as keyed tokens.
pub fn keys_of(person: &Person) -> Vec<String> {
    let Some(identity) = &person.identity else { return vec![] };
    let mut keys: Vec<String> =
        identity.names.iter().chain(&person.earlier).flat_map(|name| keys_of_name(&name.text)).collect();
    keys.extend(identity.v_number.iter().map(|number| format!("v:{}", number.digits())));
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The keys of one name: whole words, first letters, sounds.
pub fn keys_of_name(name: &str) -> Vec<String> {
    let mut keys = Vec::new();
    for word in words(name) {
        keys.extend(sound(&word).map(|sound| format!("s:{sound}")));
        keys.extend(word.get(..4).map(|start| format!("b:{start}")));
        keys.push(format!("w:{word}"));
    }
    keys
}

/// How alike a query and the best of a person's names are, from 0 to 1, and which name that is.
///
/// Each word of the query is held against the word most like it (Jaro-Winkler); a word that merely
/// sounds the same counts for at least 0.85.
pub fn likeness<'n>(query: &str, names: impl IntoIterator<Item = &'n Name>) -> Option<(f64, &'n Name)> {
    let asked = words(query);
    if asked.is_empty() {
        return None;
    }
    names
        .into_iter()
        .map(|name| (likeness_of_words(&asked, &words(&name.text)), name))
        .max_by(|one, other| one.0.total_cmp(&other.0))
}

fn likeness_of_words(asked: &[String], held: &[String]) -> f64 {
    let best = |word: &String| {
        held.iter()
            .map(|other| {
                let letters = strsim::jaro_winkler(word, other);
                let same_sound = sound(word).is_some() && sound(word) == sound(other);
                if same_sound { letters.max(0.85) } else { letters }
            })
            .fold(0.0, f64::max)
    };
    // at most a dozen words: the count is exact as f64
    #[expect(clippy::cast_precision_loss, reason = "a handful of words")]
    let count = asked.len() as f64;
    asked.iter().map(best).sum::<f64>() / count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name { text: text.into(), kind: "official".parse().unwrap() }
    }

    #[test]
    fn a_name_in_another_script_shares_a_key_with_its_latin_form() {
        let shared = |one: &str, other: &str| {
            let keys = keys_of_name(one);
            keys_of_name(other).iter().any(|key| keys.contains(key))
        };
        assert!(shared("Мухаммад Кастанов", "Kastanov"));
        assert!(shared("Yıldız Lampekap", "Yildiz"));
        assert!(shared("Mohamed Tafelpoot", "Muhammad"));
        assert!(!shared("Tafelpoot", "Gordijnrail"));
    }

    #[test]
    fn the_most_alike_name_wins() {
        let names = [name("Zebedeus Kastdeur"), name("Farid Tafelpoot")];
        let (score, best) = likeness("Fareed tafelpoot", &names).unwrap();
        assert_eq!(best.text, "Farid Tafelpoot");
        assert!(score > 0.85, "{score}");
        assert!(likeness("Fareed tafelpoot", &names[..1]).unwrap().0 < 0.7);
    }
}
