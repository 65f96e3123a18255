//! Why people leave: as published where that is known, else so that the national shares come out.

use std::collections::BTreeMap;

use domain::{
    ids::Code,
    programme::{Classification, List, OutcomeClass},
};

use crate::{
    book::Book,
    dice::Dice,
    flow::{Family, Presence},
    margins::{DURABLE, REASON_WEIGHTS, Reasons, SEMI_DURABLE, STRETCHES},
};

/// Gives every leaver of every site a reason; the outer list is per site, the inner one as `sites`.
pub(crate) fn assign(book: &Book<'_>, dice: &mut Dice, sites: &[(Vec<Presence>, Vec<Family>)]) -> Vec<Vec<Option<Code>>> {
    let mut out: Vec<Vec<Option<Code>>> = sites.iter().map(|(stays, _)| vec![None; stays.len()]).collect();
    // leavers who share a list of reasons, in a fixed order of lists
    let mut groups: Vec<(Reasons, Vec<(usize, usize)>)> = Vec::new();
    for (site, (stays, _)) in sites.iter().enumerate() {
        for (place, stay) in stays.iter().enumerate() {
            let Some((_, stretch)) = stay.left else { continue };
            let list = STRETCHES[stretch].reasons;
            match groups.iter_mut().find(|(known, _)| *known == list) {
                Some((_, leavers)) => leavers.push((site, place)),
                None => groups.push((list, vec![(site, place)])),
            }
        }
    }
    let mut given: BTreeMap<Code, usize> = BTreeMap::new();
    // the free ones come last: they make up for the fixed ones
    groups.sort_by_key(|(list, _)| *list == Reasons::Free);
    for (list, leavers) in &groups {
        let mut pool = match list {
            Reasons::Fixed(counts) => fixed(counts),
            Reasons::Free => free(book, &given, leavers.len()),
        };
        dice.shuffle(&mut pool);
        let at = |(site, place): &(usize, usize)| sites[*site].0[*place].left.map_or("", |(_, stretch)| STRETCHES[stretch].site);
        dublin_to_amsterdam(&mut pool, &leavers.iter().map(at).collect::<Vec<_>>());
        for ((site, place), reason) in leavers.iter().zip(pool) {
            *given.entry(reason.clone()).or_default() += 1;
            out[*site][*place] = Some(reason);
        }
    }
    for (reasons, (stays, families)) in out.iter_mut().zip(sites) {
        families.iter().for_each(|family| together(reasons, stays, family));
    }
    out
}

/// Only Amsterdam shelters people for whom another state is responsible (domain study, 2.3).
fn dublin_to_amsterdam(pool: &mut [Code], sites: &[&str]) {
    let dublin = |reason: &Code| reason.as_str().starts_with("dublin");
    let mut places = (0..sites.len()).filter(|at| sites[*at] == "amsterdam");
    for at in 0..pool.len() {
        if dublin(&pool[at]) && sites[at] != "amsterdam" {
            let Some(there) = places.by_ref().find(|there| !dublin(&pool[*there])) else { return };
            pool.swap(at, there);
        }
    }
}

fn fixed(counts: &[(&str, usize)]) -> Vec<Code> {
    let reason = |name: &str| name.parse::<Code>().ok();
    counts.iter().filter_map(|(name, n)| Some(vec![reason(name)?; *n])).flatten().collect()
}

/// What is left of each class, spread over its reasons by weight.
fn free(book: &Book<'_>, given: &BTreeMap<Code, usize>, leavers: usize) -> Vec<Code> {
    let classification = book.programme.classifications.iter().find(|known| known.id == "regioplan-2022");
    let Some(classification) = classification else {
        let all: Vec<&Code> = book.programme.list(List::OutflowReasons).0.iter().map(|entry| &entry.code).collect();
        return spread(&all, leavers);
    };
    let used = |class| given.iter().filter(|(reason, _)| of(classification, reason) == Some(class)).map(|(_, n)| n).sum();
    let durable = DURABLE.saturating_sub(used(OutcomeClass::Durable));
    let semi = SEMI_DURABLE.saturating_sub(used(OutcomeClass::SemiDurable));
    let quotas = [
        (OutcomeClass::Durable, durable),
        (OutcomeClass::SemiDurable, semi),
        (OutcomeClass::None, leavers.saturating_sub(durable + semi)),
    ];
    let reasons = |class| classification.map.keys().filter(move |reason| of(classification, reason) == Some(class));
    quotas.into_iter().flat_map(|(class, n)| spread(&reasons(class).collect::<Vec<_>>(), n)).collect()
}

fn of(classification: &Classification, reason: &Code) -> Option<OutcomeClass> {
    classification.map.get(reason).map(|mapping| mapping.class)
}

/// So many reasons in proportion to their weights; the most frequent takes what rounding leaves.
fn spread(reasons: &[&Code], count: usize) -> Vec<Code> {
    let weight = |reason: &Code| REASON_WEIGHTS.iter().find(|(name, _)| *reason == **name).map_or(2, |(_, w)| *w as usize);
    let total: usize = reasons.iter().map(|reason| weight(reason)).sum();
    let mut out: Vec<Code> = Vec::with_capacity(count);
    for reason in reasons {
        out.extend(std::iter::repeat_n((*reason).clone(), count * weight(reason) / total.max(1)));
    }
    if let Some(most) = reasons.iter().max_by_key(|reason| weight(reason)) {
        out.resize(count, (*most).clone());
    }
    out
}

/// A household leaves for one reason: its members swap with others of the same stretch.
fn together(reasons: &mut [Option<Code>], stays: &[Presence], family: &Family) {
    let Some((parent, others)) = family.members.split_first() else { return };
    for member in others {
        if reasons[*member] == reasons[*parent] {
            continue;
        }
        let stretch = stays[*member].left.map(|(_, stretch)| stretch);
        let partner = (0..stays.len()).find(|at| {
            let same_stretch = stays[*at].left.map(|(_, stretch)| stretch) == stretch;
            stays[*at].family.is_none() && same_stretch && reasons[*at] == reasons[*parent]
        });
        if let Some(partner) = partner {
            reasons.swap(*member, partner);
        }
    }
}
