//! Words for the codes that a programme names.

use std::sync::Arc;

use domain::{
    codes::Status,
    ids::{Code, OrgId, SiteId},
    programme::{List, Programme},
};

use crate::{
    form::Choice,
    text::{L, Lang},
};

/// The words of a programme in a language. Cheap to clone.
#[derive(Clone)]
pub struct Names {
    programme: Arc<Programme>,
    lang: Lang,
}

impl Names {
    /// Of a programme, in a language.
    pub fn new(programme: Arc<Programme>, lang: Lang) -> Self {
        Self { programme, lang }
    }

    /// The programme.
    pub fn programme(&self) -> &Programme {
        &self.programme
    }

    fn lang(&self) -> domain::programme::Lang {
        match self.lang {
            Lang::Nl => domain::programme::Lang::Nl,
            Lang::En => domain::programme::Lang::En,
        }
    }

    /// The words of a text in two languages.
    pub fn text<'a>(&self, text: &'a domain::programme::Text) -> &'a str {
        text.get(self.lang())
    }

    /// The words for a code; the code itself where the programme has none (any more).
    pub fn of(&self, list: List, code: &str) -> String {
        let entries = self.programme.list(list).0.iter();
        let found = entries.into_iter().find(|entry| entry.code == *code);
        found.map_or_else(|| code.to_owned(), |entry| self.text(&entry.text).to_owned())
    }

    /// The words for a ground: a code may stand in both lists and says something else in each.
    pub fn ground(&self, outcome: Option<Status>, code: &Code) -> String {
        let lists = match outcome {
            Some(Status::Refused) => [List::RefusalGrounds, List::AdmissionGrounds],
            _ => [List::AdmissionGrounds, List::RefusalGrounds],
        };
        let known = lists.into_iter().find(|list| self.programme.list(*list).contains(code.as_str()));
        self.of(known.unwrap_or(lists[0]), code.as_str())
    }

    /// Words for several codes, with commas.
    pub fn all(&self, list: List, codes: &[Code]) -> String {
        codes.iter().map(|code| self.of(list, code.as_str())).collect::<Vec<_>>().join(", ")
    }

    /// The name of an organisation.
    pub fn org(&self, id: &str) -> String {
        let found = self.programme.organisations.iter().find(|org| org.id.as_str() == id);
        found.map_or_else(|| id.to_owned(), |org| org.name.clone())
    }

    /// The name of an organisation, by its id.
    pub fn org_id(&self, id: &OrgId) -> String {
        self.org(id.as_str())
    }

    /// The name of a site.
    pub fn site(&self, id: &str) -> String {
        let found = self.programme.sites.iter().find(|site| site.id.as_str() == id);
        found.map_or_else(|| id.to_owned(), |site| site.name.clone())
    }

    /// A list to choose from.
    pub fn choices(&self, list: List) -> Vec<Choice> {
        let entries = self.programme.list(list).0.iter();
        entries.map(|entry| Choice::new(entry.code.as_str(), self.text(&entry.text))).collect()
    }

    /// Why something paused; that the reason is not told, to who may not know it.
    pub fn pause(&self, l: L, code: Option<&Code>) -> String {
        code.map_or_else(|| l.t("pause-not-told").into_owned(), |code| self.of(List::Pauses, code.as_str()))
    }

    /// Some codes of a list to choose from, in the order given.
    pub fn some(&self, list: List, codes: &[Code]) -> Vec<Choice> {
        codes.iter().map(|code| Choice::new(code.as_str(), self.of(list, code.as_str()))).collect()
    }

    /// The organisations that can have a seat at a sitting, to choose from.
    pub fn seats(&self, sitting: &domain::sitting::Sitting) -> Vec<Choice> {
        let conference = self.programme.conference(sitting.board, &sitting.site);
        let all = conference.map(|one| self.programme.seats_at(one, &sitting.site)).unwrap_or_default();
        all.iter().map(|org| Choice::new(org.as_str(), self.org_id(org))).collect()
    }

    /// The organisations of a site to choose from.
    pub fn partners(&self, site: &SiteId) -> Vec<Choice> {
        let partners = self.programme.site(site).map(|site| site.partners.clone()).unwrap_or_default();
        partners.iter().map(|org| Choice::new(org.as_str(), self.org_id(org))).collect()
    }
}
