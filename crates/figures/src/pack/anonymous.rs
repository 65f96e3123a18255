//! Making people share what can be known from elsewhere: coarser, step by step, and only where fewer than [`K`] share it.
//!
//! Someone who knows a person can know the site, about the age, and the sex. Each row climbs one ladder: ten years of age,
//! twenty, any age, any sex, any site. A row climbs only while its class is too small, so most stay as they were. At the top all
//! are alike; when too few arrive there, the smallest class below is brought along.

use std::collections::BTreeMap;

use super::{K, PackError, Person};

/// What stands where something is left out.
pub(crate) const ANY: &str = "any";

/// How many rows were made coarser, and in what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Coarser {
    /// Age in twenty years.
    pub age_twenty: usize,
    /// No age.
    pub age_any: usize,
    /// No age and no sex.
    pub sex_any: usize,
    /// No age, no sex and no site.
    pub site_any: usize,
}

/// The top of the ladder.
const TOP: usize = 4;

type Class = (String, String, String);

/// Site, age and sex of a row on a step of the ladder.
fn on_step(person: &Person, step: usize) -> Class {
    let any = || ANY.to_owned();
    let age = match step {
        0 => person.age.clone(),
        1 => twenty(&person.age),
        _ => any(),
    };
    let sex = if step <= 2 { person.sex.clone() } else { any() };
    let site = if step < TOP { person.site.clone() } else { any() };
    (site, age, sex)
}

/// `30-39` lies in `20-39`; what is no range stays as it is.
fn twenty(age: &str) -> String {
    let Some(band) = age.split_once('-').and_then(|(from, _)| from.parse::<u8>().ok()) else {
        return if age == "90+" { "80+".to_owned() } else { age.to_owned() };
    };
    let from = band / 20 * 20;
    if from >= 80 { "80+".to_owned() } else { format!("{from}-{}", from + 19) }
}

/// The same people, no combination of site, age and sex shared by fewer than [`K`].
///
/// # Errors
/// When there are fewer than [`K`] people.
pub fn anonymous(mut people: Vec<Person>) -> Result<(Vec<Person>, Coarser), PackError> {
    if people.len() < K {
        return Err(PackError::TooFew { people: people.len() });
    }
    let mut steps = vec![0; people.len()];
    loop {
        let mut classes: BTreeMap<Class, Vec<usize>> = BTreeMap::new();
        for (row, person) in people.iter().enumerate() {
            classes.entry(on_step(person, steps[row])).or_default().push(row);
        }
        let small: Vec<usize> = classes.values().filter(|rows| rows.len() < K).flatten().copied().collect();
        if small.is_empty() {
            break;
        }
        let climbing: Vec<usize> = small.iter().copied().filter(|row| steps[*row] < TOP).collect();
        if climbing.is_empty() {
            // too few at the top: the smallest class below goes there as well
            let below =
                classes.values().filter(|rows| rows.iter().all(|row| steps[*row] < TOP)).min_by_key(|rows| rows.len());
            below.into_iter().flatten().for_each(|row| steps[*row] = TOP);
        } else {
            climbing.into_iter().for_each(|row| steps[row] += 1);
        }
    }
    let mut coarser = Coarser::default();
    for (person, step) in people.iter_mut().zip(&steps) {
        (person.site, person.age, person.sex) = on_step(person, *step);
        match step {
            0 => {}
            1 => coarser.age_twenty += 1,
            2 => coarser.age_any += 1,
            3 => coarser.sex_any += 1,
            _ => coarser.site_any += 1,
        }
    }
    Ok((people, coarser))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::disclosure::anonymity;

    fn person(site: u8, age: u8, sex: u8) -> Person {
        Person {
            pseudonym: String::new(),
            site: format!("site-{site}"),
            age: if age == 9 { "90+".into() } else { format!("{age}0-{age}9") },
            sex: ["female", "male", "unknown"][usize::from(sex)].into(),
            time: 1,
            event: 0,
            spells: vec![],
        }
    }

    #[test]
    fn fewer_than_five_are_no_pack() {
        assert!(matches!(anonymous(vec![person(1, 3, 0); 4]), Err(PackError::TooFew { people: 4 })));
    }

    #[test]
    fn someone_alone_brings_the_smallest_class_along() {
        let people = [vec![person(1, 3, 0); 9], vec![person(2, 3, 0); 6], vec![person(3, 3, 1); 1]].concat();
        let (people, coarser) = anonymous(people).unwrap();
        let sites = |site: &str| people.iter().filter(|person| person.site == site).count();
        assert_eq!((sites("site-1"), sites("site-2"), sites(ANY)), (9, 0, 7));
        assert_eq!(coarser, Coarser { site_any: 7, ..Coarser::default() });
    }

    #[test]
    fn the_age_becomes_coarser_first() {
        let people = [vec![person(1, 2, 0); 3], vec![person(1, 3, 0); 3]].concat();
        let (people, coarser) = anonymous(people).unwrap();
        assert!(people.iter().all(|person| person.age == "20-39" && person.site == "site-1" && person.sex == "female"));
        assert_eq!(coarser, Coarser { age_twenty: 6, ..Coarser::default() });
    }

    /// Whoever draws the cohort against us: everyone alone, everyone alone at their site, one beside a crowd.
    #[test]
    fn a_hostile_small_cohort_keeps_nobody_apart() {
        let alone = (0..9).map(|number| person(number, number, number % 3)).collect::<Vec<_>>();
        let pairs = (0..10).map(|number| person(number / 2, number, number % 3)).collect();
        let crowd = [vec![person(1, 3, 0); 40], vec![person(2, 8, 1); 4]].concat();
        let five = (0..5).map(|number| person(number, 3, 0)).collect();
        for people in [alone, pairs, crowd, five] {
            let (after, _) = anonymous(people).unwrap();
            let known: Vec<_> = after.iter().map(|p| (&p.site, &p.age, &p.sex)).collect();
            assert!(anonymity::measure(&known, &vec![0; known.len()]).k >= K, "{known:?}");
        }
    }

    proptest! {
        /// Nobody is lost, nobody stands among fewer than five, and nothing is claimed that was not so.
        #[test]
        fn every_class_has_five(rows in prop::collection::vec((0_u8..4, 0_u8..10, 0_u8..3), 5..120)) {
            let before: Vec<Person> = rows.iter().map(|(site, age, sex)| person(*site, *age, *sex)).collect();
            let (after, coarser) = anonymous(before.clone()).unwrap();
            prop_assert_eq!(after.len(), before.len());
            let known: Vec<_> = after.iter().map(|p| (p.site.clone(), p.age.clone(), p.sex.clone())).collect();
            prop_assert!(anonymity::measure(&known, &vec![0; known.len()]).k >= K);
            let mut changed = 0;
            for (after, before) in after.iter().zip(&before) {
                prop_assert!(after.site == before.site || after.site == ANY);
                prop_assert!(after.sex == before.sex || after.sex == ANY);
                prop_assert!(after.age == before.age || after.age == ANY || after.age == twenty(&before.age));
                changed += usize::from((&after.site, &after.age, &after.sex) != (&before.site, &before.age, &before.sex));
            }
            // `unknown` and `90+` may climb a step without a change
            let told = coarser.age_twenty + coarser.age_any + coarser.sex_any + coarser.site_any;
            prop_assert!(changed <= told);
        }
    }
}
