//! A person whose key is gone.

use domain::codes::Role;

use crate::{
    dump::dump,
    world::{admission, day, on, register, someone, worlds},
};

#[test]
fn a_forgotten_person_does_not_block_a_rebuild_and_still_counts() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for world in worlds() {
        let who = someone(&world, Role::Coordinator, "groningen");
        let (gone, person) = runtime.block_on(register(&world, "Zebedeus Kastdeur", "2022-06-01"));
        let (stays, _) = runtime.block_on(register(&world, "Ottilie Gordijnrail", "2022-06-01"));
        runtime.block_on(world.desk.execute(&who, on(gone, None, admission(&world, day("2022-06-02"))))).unwrap();
        let before = dump(&world);
        world.keys.destroy(&[person]).unwrap();
        world.desk.rebuild(|_, _| {}).unwrap();
        let after = dump(&world);
        for table in ["participant", "trajectory", "spell", "worker", "term"] {
            assert_eq!(before[table], after[table], "{table} on {}", world.test.database);
        }
        assert!(after["search_token"].len() < before["search_token"].len(), "nobody finds them any more");
        assert!(matches!(runtime.block_on(world.desk.file(&who, gone)), Err(desk::Failure::Hidden)));
        runtime.block_on(world.desk.file(&who, stays)).unwrap();
        let lists = runtime.block_on(world.desk.worklist(&who, views::worklist::Filter::default())).unwrap();
        assert_eq!(lists.total, 2);
    }
}

#[test]
fn a_missing_key_is_a_finding_unless_it_was_destroyed_on_purpose() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for world in worlds() {
        let (_, person) = runtime.block_on(register(&world, "Zebedeus Kastdeur", "2022-06-01"));
        assert_eq!(world.desk.verify(|_| {}).unwrap().findings, Vec::<String>::new());
        world.keys.destroy(&[person]).unwrap();
        let report = world.desk.verify(|_| {}).unwrap();
        assert_eq!(report.forgotten, 0);
        assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
        assert!(
            report.findings[0].starts_with("position 1: the key of this person is missing"),
            "{:?}",
            report.findings
        );
        let (keys, destroyed) = (world.keys.clone(), [person].into());
        let verify = move |tx: &mut journal::Tx<'_>| journal::verify::verify(tx, &keys, &destroyed, |_| {});
        let report = world.test.store.read_blocking(verify).unwrap();
        assert_eq!((report.findings, report.forgotten), (vec![], 2));
    }
}
