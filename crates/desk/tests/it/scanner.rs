//! Documents go through a scanner for malware before they are kept, and one person does not fill the place.

use std::time::{Duration, Instant};

use desk::scanner::Scanner;
use journal::testing::scanner::{Mood, StandIn, eicar};

use crate::{
    conference::{partners, ready_case},
    documents::{colleague, paper, places, refused},
};

fn scanner(stand_in: &StandIn) -> Scanner {
    stand_in.address.parse::<Scanner>().unwrap().with_patience(Duration::from_millis(500))
}

#[tokio::test]
async fn what_the_scanner_finds_is_refused_and_leaves_nothing() {
    for (number, place) in places().into_iter().enumerate() {
        let who = partners(&place.world);
        let case = ready_case(&place.world, &who, "Zebedeus Kastdeur").await;
        let stand_in = match number {
            0 => StandIn::start_in(place.world.test.folder.path()),
            _ => StandIn::start(),
        };
        place.world.desk.scan_documents_with(scanner(&stand_in));
        let add =
            |bytes: &[u8]| place.world.desk.add_document(&who.coordinator, paper(case, "ind", "interviews", bytes));
        assert_eq!(refused(add(&eicar()).await), "file-infected");
        assert_eq!(refused(add(&[b"een verslag met ".to_vec(), eicar()].concat()).await), "file-infected");
        assert!(place.documents().is_empty(), "no key, no file");
        add(b"een verzonnen verslag").await.unwrap();
        assert_eq!((place.documents().len(), stand_in.scanned()), (1, 3));
    }
}

#[tokio::test]
async fn a_scanner_that_does_not_answer_lets_nothing_through() {
    for place in places() {
        let who = partners(&place.world);
        let case = ready_case(&place.world, &who, "Zebedeus Kastdeur").await;
        let stand_in = StandIn::start();
        place.world.desk.scan_documents_with(scanner(&stand_in));
        let add = || place.world.desk.add_document(&who.coordinator, paper(case, "ind", "interviews", b"een verslag"));
        for mood in [Mood::Hangs, Mood::Closes, Mood::CutsOff, Mood::TooLarge] {
            stand_in.be(mood);
            let begin = Instant::now();
            assert_eq!(refused(add().await), "file-not-scanned", "{mood:?}");
            assert!(begin.elapsed() < Duration::from_secs(10), "{mood:?}: {:?}", begin.elapsed());
            assert!(place.documents().is_empty(), "{mood:?}");
        }
        stand_in.be(Mood::Well);
        add().await.unwrap();
    }
}

#[tokio::test]
async fn a_scanner_that_is_not_there_lets_nothing_through() {
    for place in places() {
        let who = partners(&place.world);
        let case = ready_case(&place.world, &who, "Zebedeus Kastdeur").await;
        let nowhere = place.world.test.folder.path().join("no.ctl");
        place.world.desk.scan_documents_with(format!("unix:{}", nowhere.display()).parse().unwrap());
        let new = paper(case, "ind", "interviews", b"een verslag");
        assert_eq!(refused(place.world.desk.add_document(&who.coordinator, new).await), "file-not-scanned");
        assert!(place.documents().is_empty());
    }
}

#[tokio::test]
async fn one_person_does_not_fill_the_place_of_the_documents() {
    // a document may have a thousand bytes here, so one person may have 25,000 in a trajectory
    let place = places().swap_remove(0);
    let who = partners(&place.world);
    let case = ready_case(&place.world, &who, "Zebedeus Kastdeur").await;
    let add = |by, number: usize| {
        let mut new = paper(case, "ind", "interviews", &[b'a' + u8::try_from(number).unwrap(); 1000]);
        new.name = format!("verslag {number}.txt");
        place.world.desk.add_document(by, new)
    };
    for number in 0..25 {
        add(&who.coordinator, number).await.unwrap();
    }
    assert_eq!(refused(add(&who.coordinator, 25).await), "documents-too-many");
    assert_eq!(place.documents().len(), 25, "nothing of it stays");
    add(&colleague(&who.coordinator), 25).await.unwrap();
}
