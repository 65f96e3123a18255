//! Documents: released to a meeting, said to be wrong, destroyed by a second person. Handing one in has a page of its own.

use domain::{
    codes::{Board, Category::Dossier},
    document::{DocumentCondemned, DocumentDestroyed, DocumentReleased},
    fact::{Body, Codes, Kind},
    programme::List,
};

use super::{Step, no_codes, note};
use crate::form::{Choice, FieldKind, FieldSpec, FormData};

pub(super) const RELEASE: Step = Step {
    path: "document-vrijgeven",
    kind: Kind::DocumentReleased,
    group: "dossier",
    trial: no_codes,
    fields: |ask| {
        let l = ask.signed.l;
        let boards = Board::ALL.iter().map(|board| Choice::new(board.code(), l.code("board", board))).collect();
        vec![
            FieldSpec::new("board", "field-board", FieldKind::Radios(boards), Dossier).required(),
            note("note", "field-note", Dossier),
        ]
    },
    read: |_, data| {
        let (board, note) = (data.choice("board", Board::from_code), data.text("note"));
        Some((DocumentReleased { board: board?, note }.into(), Codes::default()))
    },
    fill: |fact, data: FormData| match &fact.body {
        Some(Body::DocumentReleased(b)) => data.with("board", b.board).with("note", &b.note),
        _ => data,
    },
};

pub(super) const CONDEMN: Step = Step {
    path: "document-hoort-hier-niet",
    kind: Kind::DocumentCondemned,
    group: "dossier",
    trial: no_codes,
    fields: |ask| {
        let grounds = ask.signed.names.choices(List::RejectionGrounds);
        vec![
            FieldSpec::new("ground", "field-dossier-ground", FieldKind::Select(grounds), Dossier).required(),
            note("note", "field-note", Dossier),
        ]
    },
    read: |_, data| {
        let (ground, note) = (data.code("ground"), data.text("note"));
        Some((DocumentCondemned { ground: ground?, note }.into(), Codes::default()))
    },
    fill: |fact, data: FormData| match &fact.body {
        Some(Body::DocumentCondemned(b)) => data.with("ground", &b.ground).with("note", &b.note),
        _ => data,
    },
};

/// The key and the file go with it: the page hands it to [`desk::Desk::destroy_document`].
pub(super) const DESTROY: Step = Step {
    path: "document-vernietigen",
    kind: Kind::DocumentDestroyed,
    group: "dossier",
    trial: no_codes,
    fields: |_| vec![note("note", "field-note", Dossier)],
    read: |_, data| Some((DocumentDestroyed { note: data.text("note") }.into(), Codes::default())),
    fill: |fact, data: FormData| match &fact.body {
        Some(Body::DocumentDestroyed(b)) => data.with("note", &b.note),
        _ => data,
    },
};
