//! What every handler needs.

use std::sync::Arc;

use desk::Desk;
use domain::programme::Published;

use crate::{names::Names, text::Lang};

/// The application: the use cases, and how this installation is set up.
#[derive(Clone)]
pub struct App {
    /// The use cases.
    pub desk: Desk,
    /// Whether this is the demonstration: the sign-in page lists its accounts.
    pub demo: Option<Arc<Demo>>,
    /// Whether a banner says that the business date is not today's: in the demonstration, and when its store is served.
    pub banner: bool,
    /// Published figures of the programme.
    pub published: Arc<Vec<Published>>,
    /// What figures are counted from, read once for each state of the journal.
    pub figures: figures::reader::Reader,
    /// Whether it is reached over HTTPS: the cookie is then bound to it.
    pub secure: bool,
    /// Identity providers to sign in at.
    pub oidc: Option<Arc<desk::oidc::Oidc>>,
    /// Limits tries to sign in.
    pub throttle: Arc<crate::throttle::Throttle>,
    /// Limits how often one may ask at all.
    pub pace: Arc<crate::pace::Pace>,
    /// How browsers reach it.
    pub reached: Arc<crate::reached::Reached>,
}

/// The accounts of the demonstration.
#[derive(Debug, Clone, Default)]
pub struct Demo {
    /// The password that all share.
    pub password: String,
    /// Login, and text key of the role with the organisation's name.
    pub accounts: Vec<(String, String, String)>,
}

impl App {
    /// An application.
    pub fn new(desk: Desk, demo: Option<Demo>, published: Vec<Published>, secure: bool) -> Self {
        let throttle = Arc::new(crate::throttle::Throttle::default());
        let banner = demo.is_some();
        let (demo, published) = (demo.map(Arc::new), Arc::new(published));
        let (pace, reached) = (Arc::default(), Arc::default());
        let figures = figures::reader::Reader::default();
        Self { desk, demo, banner, published, figures, secure, oidc: None, throttle, pace, reached }
    }

    /// With the banner, for a store whose business date was shifted.
    #[must_use]
    pub fn shifted(mut self, shifted: bool) -> Self {
        self.banner |= shifted;
        self
    }

    /// The same, with identity providers to sign in at.
    #[must_use]
    pub fn with_oidc(mut self, oidc: desk::oidc::Oidc) -> Self {
        self.oidc = Some(Arc::new(oidc));
        self
    }

    /// The same, reached in this way.
    #[must_use]
    pub fn reached(mut self, reached: crate::reached::Reached) -> Self {
        self.reached = Arc::new(reached);
        self
    }

    /// The same, answering as often as is asked: for measuring a demonstration.
    #[must_use]
    pub fn unlimited(mut self) -> Self {
        self.pace = Arc::new(crate::pace::Pace::unlimited());
        self
    }

    /// Words for the programme's codes in a language.
    pub fn names(&self, lang: Lang) -> Names {
        Names::new(Arc::clone(self.desk.programme()), lang)
    }

    /// The business date.
    pub fn today(&self) -> jiff::civil::Date {
        self.desk.clock().today()
    }
}
