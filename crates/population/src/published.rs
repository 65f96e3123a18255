//! The lives of the network of the letter, up to 1 July 2022.

use domain::{
    codes::{Relation, Status},
    ids::{Code, ParticipantId, SiteId, TrajectoryId},
    programme::{Admission, List, Site},
};
use jiff::civil::{Date, date};

use crate::{
    book::Book,
    dice::{Dice, days_between, plus},
    flow::{Family, Presence, families, flow},
    life::{Course, Departure, Fate, Kin, Life, Medical, Part},
    margins::{
        AMSTERDAM_ADMITTED, AMSTERDAM_ALLOWANCE, AMSTERDAM_FIRST_CONFERENCE, EINDHOVEN, EINDHOVEN_MEDICAL, FAMILIES,
        OTHERS, RETURNING, STRETCHES, TABLE_6_1, TODAY,
    },
    name, reasons,
};

/// Days between entering and a first decision, at least: intake, dossier and rest period fit in.
const QUICKEST: i64 = 36;

/// Draws all lives; `None` when the programme lacks one of the sites.
pub(crate) fn lives(book: &Book<'_>, seed: u64) -> Option<Vec<Life>> {
    let mut dice = Dice::new(seed, 0);
    let mut codes: Vec<&str> = STRETCHES.iter().map(|stretch| stretch.site).collect();
    codes.dedup();
    let sites: Vec<&Site> = codes.iter().map(|code| book.site(code)).collect::<Option<_>>()?;
    let mut drawn: Vec<(Vec<Presence>, Vec<Family>)> = Vec::new();
    for site in &sites {
        let own: Vec<_> = STRETCHES.iter().enumerate().filter(|(_, s)| s.site == site.id.as_str()).collect();
        let mut stays = flow(book, &mut dice, site.opens, &own);
        let wanted = FAMILIES.iter().find(|(code, _)| *code == site.id.as_str()).map_or(0, |(_, n)| *n);
        let households = families(&mut dice, &mut stays, wanted, book.today);
        drawn.push((stays, households));
    }
    let why = reasons::assign(book, &mut dice, &drawn);
    let mut out = Vec::new();
    for ((site, (stays, households)), why) in sites.iter().zip(&drawn).zip(why) {
        let parts = parts(book, &mut dice, site, stays, why);
        let kin = kin(&mut dice, households);
        out.extend(parts.into_iter().enumerate().map(|(place, part)| {
            let (participant, kin) = match kin.iter().find(|(at, ..)| *at == place) {
                Some((_, participant, kin)) => (*participant, Some(kin.clone())),
                None => (ParticipantId(dice.uuid()), None),
            };
            let registered = registered(book, &mut dice, site, &part);
            let id = TrajectoryId(dice.uuid());
            let course = Course { id, site: site.id.clone(), registered, fate: Fate::TakesPart(part) };
            Life { participant, lane: 0, kin, courses: vec![course], density: 100 }
        }));
    }
    returning(book, &mut dice, &sites, &mut out);
    others(book, &mut dice, &sites, &mut out);
    out.sort_by_key(|life| life.courses.first().map(|course| course.registered));
    for (lane, life) in (1..).zip(&mut out) {
        life.lane = lane;
    }
    Some(out)
}

/// A few days to some weeks before entering, or before the waiting list.
fn registered(book: &Book<'_>, dice: &mut Dice, site: &Site, part: &Part) -> Date {
    let first = part.queue.unwrap_or(part.entered);
    let day = book.on_or_before(plus(first, -dice.from_to(2, 18)));
    if site.opens <= first { day.max(site.opens) } else { day }
}

/// How each stay at a site went.
fn parts(book: &Book<'_>, dice: &mut Dice, site: &Site, stays: &[Presence], why: Vec<Option<Code>>) -> Vec<Part> {
    let mut out: Vec<Part> = stays.iter().zip(why).map(|(stay, why)| part(book, dice, site, stay, why)).collect();
    match site.id.as_str() {
        "amsterdam" => {
            conferences(book, dice, stays, &mut out);
            allowances(book, dice, stays, &mut out);
            waiting(dice, stays, &mut out);
        }
        "eindhoven" => medical(dice, stays, &mut out),
        _ => {}
    }
    // a household goes through the steps together
    for place in 0..stays.len() {
        let first = stays.iter().position(|other| other.family.is_some() && other.family == stays[place].family);
        if let Some(first) = first.filter(|first| *first != place) {
            let parent = out[first].clone();
            out[place] = Part { left: out[place].left.clone(), medical: out[place].medical, ..parent };
        }
    }
    out
}

fn part(book: &Book<'_>, dice: &mut Dice, site: &Site, stay: &Presence, why: Option<Code>) -> Part {
    let conference = book.method(&site.id, stay.entered).is_some_and(|m| m.admission == Admission::Conference);
    let first = if conference { Status::ShelteredWithoutStatus } else { Status::Admitted };
    let wait = if dice.percent(15) { dice.from_to(120, 240) } else { dice.from_to(QUICKEST + 4, 120) };
    let left = stay.left.zip(why).map(|((on, _), reason)| Departure { on, reason });
    let decision = plus(stay.entered, wait);
    Part { queue: None, entered: stay.entered, first, allowance: None, decision, left, medical: Medical::Free }
}

/// Amsterdam: who was admitted by the conference before the end of 2019, and who had to wait for it.
fn conferences(book: &Book<'_>, dice: &mut Dice, stays: &[Presence], out: &mut [Part]) {
    let last = date(2019, 12, 20);
    let earliest = |stay: &Presence| plus(stay.entered, QUICKEST).max(AMSTERDAM_FIRST_CONFERENCE);
    // a household counts as its first member does: it is not cut in two
    let mut ready: Vec<usize> = (0..stays.len())
        .filter(|at| stays[*at].family.is_none())
        .filter(|at| earliest(&stays[*at]) < plus(stays[*at].end(TODAY).min(last), -3))
        .collect();
    dice.shuffle(&mut ready);
    ready.truncate(AMSTERDAM_ADMITTED);
    for (at, stay) in stays.iter().enumerate() {
        if ready.contains(&at) {
            let until = plus(stay.end(TODAY).min(last), -1);
            out[at].decision = book.working_day(dice, earliest(stay), until);
        } else if stay.entered < TABLE_6_1 {
            let (low, high) = (date(2020, 1, 8).max(plus(stay.entered, QUICKEST)), date(2020, 9, 1));
            out[at].decision = book.working_day(dice, low, high);
        }
    }
}

/// Amsterdam: those who, in December 2019, had an allowance and no bed.
fn allowances(book: &Book<'_>, dice: &mut Dice, stays: &[Presence], out: &mut [Part]) {
    let (begun, ended) = (date(2019, 11, 20), date(2020, 1, 7));
    let mut ready: Vec<usize> = (0..stays.len())
        .filter(|at| stays[*at].family.is_none() && stays[*at].entered < begun && stays[*at].end(TODAY) > ended)
        .filter(|at| out[*at].decision > ended)
        .collect();
    dice.shuffle(&mut ready);
    for at in ready.into_iter().take(AMSTERDAM_ALLOWANCE) {
        let until = out[at].decision.min(stays[at].end(TODAY));
        let to = (dice.percent(40) && plus(ended, 12) < until).then(|| book.working_day(dice, plus(ended, 1), until));
        if dice.percent(50) {
            out[at].first = Status::LivingAllowanceOnly;
            out[at].allowance = to.map(|to| (stays[at].entered, Some(to)));
        } else {
            let from = book.working_day(dice, plus(stays[at].entered, 5), plus(begun, 8));
            out[at].allowance = Some((from, to));
        }
    }
}

/// Amsterdam: the waiting list, longest at the end of 2019.
fn waiting(dice: &mut Dice, stays: &[Presence], out: &mut [Part]) {
    for (part, stay) in out.iter_mut().zip(stays) {
        let days = match stay.entered {
            day if day < date(2019, 10, 1) => continue,
            day if day < date(2020, 7, 1) => dice.from_to(30, 150),
            _ if dice.percent(25) => dice.from_to(10, 60),
            _ => continue,
        };
        part.queue = Some(plus(stay.entered, -days).max(date(2019, 8, 1)));
    }
}

/// Eindhoven: five people whose departure is postponed on medical grounds on 1 October 2020, and no others.
fn medical(dice: &mut Dice, stays: &[Presence], out: &mut [Part]) {
    let settled = date(2020, 6, 15);
    let mut ready: Vec<usize> =
        (0..stays.len()).filter(|at| stays[*at].entered < settled && stays[*at].end(TODAY) > plus(EINDHOVEN, 14)).collect();
    ready.retain(|at| stays[*at].family.is_none());
    dice.shuffle(&mut ready);
    ready.truncate(EINDHOVEN_MEDICAL);
    for (at, stay) in stays.iter().enumerate().filter(|(_, stay)| stay.entered < EINDHOVEN) {
        out[at].medical = Medical::Never;
        if ready.contains(&at) {
            out[at].medical = Medical::Stays;
            out[at].decision = plus(stay.entered, dice.from_to(QUICKEST + 4, 85));
        }
    }
}

/// Names and links of the households of a site: place, participant, what they have in common.
fn kin(dice: &mut Dice, households: &[Family]) -> Vec<(usize, ParticipantId, Kin)> {
    let mut out = Vec::new();
    for household in households {
        let script = crate::person::script(dice);
        let family = name::family(dice, script);
        let ids: Vec<ParticipantId> = household.members.iter().map(|_| ParticipantId(dice.uuid())).collect();
        let adult = |at: usize| at == 0 || (at == 1 && household.couple);
        for (at, place) in household.members.iter().enumerate() {
            let links = ids.iter().enumerate().filter(|(other, _)| *other != at).filter_map(|(other, id)| {
                let relation = match (adult(at), adult(other)) {
                    (true, true) => Relation::Partner,
                    (true, false) => Relation::Child,
                    (false, true) => Relation::Parent,
                    (false, false) => return None,
                };
                Some((*id, relation))
            });
            let kin = Kin { script, family, child: !adult(at), links: links.collect() };
            out.push((*place, ids[at], kin));
        }
    }
    out
}

/// Cuts long stays in two: someone leaves and comes back, to another site now and then. Counts of people stay the
/// same, and no one leaves this way before the last period with published reasons has ended.
fn returning(book: &Book<'_>, dice: &mut Dice, sites: &[&Site], lives: &mut [Life]) {
    let (count, moving) = RETURNING;
    let first = date(2020, 11, 2);
    let mut places: Vec<usize> = (0..lives.len()).filter(|at| lives[*at].kin.is_none()).collect();
    dice.shuffle(&mut places);
    let mut done = 0;
    for at in places {
        if done == count {
            break;
        }
        let [Course { site, fate: Fate::TakesPart(part), .. }] = lives[at].courses.as_slice() else { continue };
        let end = part.left.as_ref().map_or(book.today, |left| left.on);
        let from = plus(part.entered, 60).max(first);
        if part.medical != Medical::Free || days_between(from, end) < 260 {
            continue;
        }
        let gone = book.working_day(dice, from, plus(end, -200));
        let moves = done < moving;
        let (reason, away, back) = absence(book, dice, sites, site, gone, moves);
        let Some(method) = book.method(&back, away) else { continue };
        let conference = method.admission == Admission::Conference;
        let again = Part {
            queue: None,
            entered: book.working_day(dice, plus(away, 3), plus(away, 14)),
            first: if conference { Status::ShelteredWithoutStatus } else { Status::Admitted },
            allowance: None,
            decision: plus(away, dice.from_to(QUICKEST + 20, 110)),
            left: part.left.clone(),
            medical: Medical::Free,
        };
        let id = TrajectoryId(dice.uuid());
        let next = Course { id, site: back, registered: away, fate: Fate::TakesPart(again) };
        if let Some(Course { fate: Fate::TakesPart(part), .. }) = lives[at].courses.first_mut() {
            part.left = Some(Departure { on: gone, reason });
        }
        lives[at].courses.push(next);
        done += 1;
    }
}

/// Why someone is away, the day they are registered again, and where.
fn absence(
    book: &Book<'_>,
    dice: &mut Dice,
    sites: &[&Site],
    site: &SiteId,
    gone: Date,
    moves: bool,
) -> (Code, Date, SiteId) {
    if moves {
        let elsewhere: Vec<SiteId> = sites.iter().map(|other| other.id.clone()).filter(|other| other != site).collect();
        let reason = book.the(dice, List::OutflowReasons, "moved-to-other-lvv");
        let back = dice.one(&elsewhere).unwrap_or(site).clone();
        return (reason, book.on_or_after(plus(gone, dice.from_to(1, 5))), back);
    }
    let wanted = [
        ("unknown-destination", 45),
        ("departure-without-supervision", 20),
        ("repeated-asylum-application", 20),
        ("own-accommodation", 10),
        ("detention", 5),
    ];
    let reason = book.code(dice, List::OutflowReasons, &wanted);
    (reason, book.on_or_after(plus(gone, dice.from_to(30, 130))), site.clone())
}

/// People who never took part.
fn others(book: &Book<'_>, dice: &mut Dice, sites: &[&Site], lives: &mut Vec<Life>) {
    for site in sites {
        let counts = OTHERS.iter().find(|(code, _)| *code == site.id.as_str()).map_or([0; 5], |(_, counts)| *counts);
        let [refused, outside, waits, pending, gave_up] = counts;
        let opens = plus(site.opens, 20);
        let today = book.today;
        let mut add = |dice: &mut Dice, registered: Date, fate: Fate| {
            let course = Course { id: TrajectoryId(dice.uuid()), site: site.id.clone(), registered, fate };
            let participant = ParticipantId(dice.uuid());
            lives.push(Life { participant, lane: 0, kin: None, courses: vec![course], density: 100 });
        };
        for at in 0..refused + outside {
            let registered = book.working_day(dice, opens, plus(today, -40));
            let on = book.on_or_after(plus(registered, dice.from_to(3, 30)));
            add(dice, registered, if at < refused { Fate::Refused(on) } else { Fate::Outside(on) });
        }
        for _ in 0..waits {
            let registered = book.working_day(dice, plus(today, -110), plus(today, -15));
            add(dice, registered, Fate::Waits(book.on_or_after(plus(registered, dice.from_to(2, 9)))));
        }
        for _ in 0..pending {
            let registered = book.working_day(dice, plus(today, -32), plus(today, -1));
            add(dice, registered, Fate::Pending);
        }
        for _ in 0..gave_up {
            let registered = book.working_day(dice, plus(EINDHOVEN, 30), plus(today, -160));
            let since = book.on_or_after(plus(registered, dice.from_to(2, 9)));
            let on = plus(since, dice.from_to(15, 120));
            let reason = book.code(dice, List::OutflowReasons, &[("unknown-destination", 3), ("own-accommodation", 2)]);
            add(dice, registered, Fate::GaveUp(since, Departure { on, reason }));
        }
    }
}
