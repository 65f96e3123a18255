//! The dossier in words: per partner and item where it stands, since when, by when, who may see it; and its documents.

use desk::File;
use domain::{
    codes::Category,
    document::Document,
    dossier::{Delivery, ItemState, Stands},
    fact::Kind,
    ids::{Code, OrgId},
    programme::{List, Method},
    term::{Rule, item_due},
};

use super::file::Parts;
use crate::text::{DueChip, L};

/// A partner's part of the dossier.
pub(crate) struct DeliveryView {
    pub(crate) partner: String,
    pub(crate) state: String,
    pub(crate) class: &'static str,
    pub(crate) rows: Vec<(String, String)>,
    pub(crate) items: Vec<ItemView>,
}

/// An item of the dossier.
pub(crate) struct ItemView {
    pub(crate) name: String,
    /// Whether the part is complete only with it.
    pub(crate) required: bool,
    pub(crate) state: String,
    pub(crate) class: &'static str,
    pub(crate) since: String,
    pub(crate) due: Option<(DueChip, String)>,
    pub(crate) seen_by: String,
    pub(crate) documents: Vec<DocumentView>,
    /// Address of the form to hand in a document.
    pub(crate) add: Option<String>,
}

/// A document.
pub(crate) struct DocumentView {
    pub(crate) name: String,
    /// Where it is got; none when it cannot be opened.
    pub(crate) href: Option<String>,
    /// Kind, size, day.
    pub(crate) meta: String,
    pub(crate) marks: Vec<(&'static str, String)>,
    pub(crate) acts: Vec<(String, String)>,
}

impl Parts<'_> {
    /// Every partner that is asked, in the order of the way of working.
    pub(crate) fn deliveries(&self, file: &File) -> Vec<DeliveryView> {
        let t = &file.trajectory;
        let Some(method) = self.names.programme().method(&t.method) else { return vec![] };
        let sees = file.standing.any().contains(Category::Dossier);
        let view = |partner: &OrgId| {
            let delivery = t.deliveries.iter().find(|delivery| delivery.partner == *partner);
            let (state, class) = self.delivery_state(delivery);
            let items = if sees { self.items(file, method, partner, delivery) } else { vec![] };
            let rows = delivery.map(|delivery| self.delivery_rows(delivery)).unwrap_or_default();
            DeliveryView { partner: self.names.org_id(partner), state, class, rows, items }
        };
        // who only may deliver stands here once they were asked
        let asked = |partner: &&OrgId| {
            method.deliver.contains(*partner) || t.deliveries.iter().any(|delivery| delivery.partner == **partner)
        };
        method.suppliers().into_iter().filter(asked).map(view).collect()
    }

    fn delivery_state(&self, delivery: Option<&Delivery>) -> (String, &'static str) {
        let (l, date) = (self.l, |day| self.l.date(day));
        let Some(delivery) = delivery else { return (l.t("delivery-not-asked").into_owned(), "neutral") };
        match delivery.stands() {
            Stands::Complete(on) => (l.f("delivery-complete", &[("date", &date(on))]), "good"),
            Stands::Lacking(found) => (l.f("delivery-lacking", &[("date", &date(found))]), "bad"),
            Stands::ToCheck(last) => (l.f("delivery-to-check", &[("date", &date(last))]), "warn"),
            Stands::Waiting => (l.t("delivery-waiting").into_owned(), "warn"),
        }
    }

    fn delivery_rows(&self, delivery: &Delivery) -> Vec<(String, String)> {
        let days = |days: &[jiff::civil::Date]| days.iter().map(|day| self.l.date(*day)).collect::<Vec<_>>().join(", ");
        let mut rows = vec![self.row("delivery-asked", self.l.date(delivery.requested))];
        if !delivery.reminded.is_empty() {
            rows.push(self.row("delivery-reminded", days(&delivery.reminded)));
        }
        let delivered = if delivery.delivered.is_empty() { "–".to_owned() } else { days(&delivery.delivered) };
        rows.push(self.row("delivery-delivered", delivered));
        rows
    }

    /// What was agreed, then what came or was asked besides.
    fn items(&self, file: &File, method: &Method, partner: &OrgId, delivery: Option<&Delivery>) -> Vec<ItemView> {
        let mut codes: Vec<&Code> = method.items_of(partner).map(|item| &item.item).collect();
        let more = delivery.into_iter().flat_map(|delivery| delivery.states.iter().map(|now| &now.code));
        let documents = file.trajectory.documents.iter().filter(|document| document.partner == *partner);
        let more = more.chain(documents.filter_map(|document| document.detail.as_ref().map(|detail| &detail.item)));
        for code in more {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        codes.retain(|code| file.shows_item(partner, code, method, self.today));
        codes.into_iter().map(|code| self.item(file, method, (partner, delivery), code)).collect()
    }

    fn item(
        &self,
        file: &File,
        method: &Method,
        (partner, delivery): (&OrgId, Option<&Delivery>),
        code: &Code,
    ) -> ItemView {
        let (l, names) = (self.l, self.names);
        let agreed = method.contracted(partner, code);
        let now = delivery.and_then(|delivery| delivery.item(code));
        let (state, class) = match now.map(|now| now.state) {
            None => (l.t("item-not-asked"), "neutral"),
            Some(state) => (
                l.code("item", state.code()),
                match state {
                    ItemState::Delivered => "good",
                    ItemState::Unavailable => "neutral",
                    ItemState::Asked => "warn",
                    ItemState::Rejected | ItemState::Missing => "bad",
                },
            ),
        };
        let ground = now.and_then(|now| Some((now.state, now.ground.as_ref()?))).map(|(state, ground)| {
            let unavailable = state == ItemState::Unavailable;
            let list = if unavailable { List::UnavailableGrounds } else { List::RejectionGrounds };
            format!(": {}", names.of(list, ground.as_str()))
        });
        // only while the part is waited for: then the page of the terms has the same day
        let mut running = file.terms.iter().map(|view| &view.term);
        let part = running.find(|term| term.rule == Rule::DossierDelivery && term.waiting_on.as_ref() == Some(partner));
        let due = part
            .filter(|_| now.is_some_and(|now| !now.state.settled()))
            .map(|part| item_due(&file.trajectory, method, part, code))
            .filter(domain::term::Term::has_end)
            .map(|due| (l.due(due.end, self.today), l.date(due.end)));
        let seen_by = agreed.map(|agreed| {
            let kinds: Vec<_> = agreed.seen_by.iter().map(|kind| l.code("org-kind", kind).into_owned()).collect();
            format!("{} · {}", kinds.join(", "), l.code("seen-until", agreed.seen_until))
        });
        let documents = file.trajectory.documents.iter().filter(|document| {
            document.partner == *partner && document.detail.as_ref().is_some_and(|detail| detail.item == *code)
        });
        // who sees a part of the dossier alone hands in that part
        let theirs = file.standing.sees(Category::Dossier) || file.standing.looks_for().0 == partner;
        let add = (delivery.is_some() && theirs && file.standing.may_record(Kind::DocumentAdded))
            .then(|| format!("{}/documenten/nieuw?van={partner}&stuk={code}", self.base));
        ItemView {
            name: names.of(List::DossierItems, code.as_str()),
            required: agreed.is_some_and(|agreed| agreed.required),
            state: format!("{state}{}", ground.unwrap_or_default()),
            class,
            since: now.map(|now| l.f("dossier-since", &[("date", &l.date(now.since))])).unwrap_or_default(),
            due,
            seen_by: seen_by.unwrap_or_else(|| l.t("seen-as-policy").into_owned()),
            documents: documents.map(|document| self.document(document, file)).collect(),
            add,
        }
    }

    fn document(&self, document: &Document, file: &File) -> DocumentView {
        let (l, names) = (self.l, self.names);
        let detail = document.detail.as_ref();
        let open = file.openable.contains(&document.fact);
        let act = |kind: Kind, path: &str, key: &str| {
            let href = format!("{}/doe/{path}?bij={}", self.base, document.fact);
            file.standing.may_record(kind).then(|| (href, l.t(key).into_owned()))
        };
        let mut marks: Vec<(&'static str, String)> = Vec::new();
        for (_, on, board) in &document.released {
            let board = l.code("board", board);
            marks.push(("note", l.f("document-released-to", &[("board", &board), ("date", &l.date(*on))])));
        }
        let mut acts = Vec::new();
        match (&document.condemned, document.destroyed) {
            (_, Some(on)) => marks.push(("neutral", l.f("document-destroyed-on", &[("date", &l.date(on))]))),
            (Some((_, on, ground)), None) => {
                let why = ground.as_ref().map(|code| names.of(List::RejectionGrounds, code.as_str()));
                let values: [(&str, &dyn std::fmt::Display); 2] =
                    [("date", &l.date(*on)), ("why", &why.unwrap_or_default())];
                marks.push(("bad", l.f("document-condemned-on", &values)));
                acts.extend(act(Kind::DocumentDestroyed, "document-vernietigen", "document-destroy"));
            }
            (None, None) => {
                acts.extend(act(Kind::DocumentReleased, "document-vrijgeven", "document-release"));
                acts.extend(act(Kind::DocumentCondemned, "document-hoort-hier-niet", "document-condemn"));
            }
        }
        DocumentView {
            name: detail.map(|detail| detail.name.clone()).unwrap_or_default(),
            href: open.then(|| format!("{}/document/{}", self.base, document.fact)),
            meta: document_meta(l, document),
            marks,
            acts,
        }
    }
}

/// Kind, size and day of a document, in words.
pub(crate) fn document_meta(l: L, document: &Document) -> String {
    let detail = document.detail.as_ref();
    let kind = detail.map(|detail| l.code("media", detail.media.code()).into_owned()).unwrap_or_default();
    // rounded up: nothing is no size
    let size = detail.map_or(0, |detail| detail.size.div_ceil(1024));
    l.f("document-meta", &[("kind", &kind), ("size", &size), ("date", &l.date(document.on))])
}
