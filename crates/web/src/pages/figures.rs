//! Figures: the monitor, the cases behind a number, what changed between two reports, and figures of others beside ours.

pub(crate) mod ask;
pub(crate) mod cases;
mod chart;
pub(crate) mod difference;
pub(crate) mod file;
pub(crate) mod monitor;
pub(crate) mod public;
pub(crate) mod published;
pub(crate) mod release;
mod table;
mod words;

use std::{collections::HashMap, sync::Arc};

use access::Categories;

use axum::{http::StatusCode, response::Response};
use domain::{codes::Category, ids::TrajectoryId, programme::Programme};
use figures::{
    count, figure,
    guarded::{self, Guarded},
    history::{History, Snapshot},
    question::{Question, Refused},
};
use jiff::Timestamp;

use ask::Ask;

use crate::{page::Menu, problem_page::Trouble, session::Signed};

/// What every page of figures starts from: what was known at a moment, and whose cases the reader may see.
pub(super) struct Known {
    pub(super) snapshot: Snapshot,
    pub(super) history: Arc<History>,
    pub(super) programme: Arc<Programme>,
    pub(super) visible: HashMap<TrajectoryId, Categories>,
}

impl Known {
    /// Whether every case that is counted may be seen, with what the question tells of it.
    fn sees_all(&self, question: &Question<'_>) -> bool {
        let told = question.tells(&self.programme);
        let counted = count::count(&self.snapshot, question);
        counted.members.iter().all(|member| self.sees(self.snapshot.trips[member.trip].id, &told))
    }

    /// Whether a case of which this is told may be seen by who looks.
    pub(super) fn sees(&self, trip: TrajectoryId, told: &[Category]) -> bool {
        self.visible.get(&trip).is_some_and(|see| told.iter().all(|category| see.contains(*category)))
    }
}

/// Reads what was known. Without the right to figures the page does not exist.
///
/// # Errors
/// The page that says so.
pub(super) async fn known(signed: &Signed, at: Timestamp) -> Result<Known, Response> {
    if !Menu::Figures.allowed(&signed.who) {
        return Err(signed.trouble(desk::Failure::Hidden));
    }
    let visible = signed.app.desk.visible_cases(&signed.who).await.map_err(|failure| signed.trouble(failure))?;
    let (programme, reader) = (signed.app.desk.programme().clone(), signed.app.figures.clone());
    let (now, of) = (signed.app.desk.clock().business(), Arc::clone(&programme));
    let read = signed.app.desk.store().read(move |tx| reader.known(tx, at, now, &of)).await;
    let (snapshot, history) = read.map_err(|error| signed.trouble(desk::Failure::Store(error)))?;
    Ok(Known { snapshot, history, programme, visible })
}

/// What a page of figures starts from: what its address asks, and what was known then.
///
/// # Errors
/// The page that says why not: no right to figures, an address that is not understood, a day to come.
pub(super) async fn asked(signed: &Signed, query: Option<&str>, own: &[&str]) -> Result<(Ask, Known), Response> {
    if !Menu::Figures.allowed(&signed.who) {
        return Err(signed.trouble(desk::Failure::Hidden));
    }
    let ask = Ask::parse(query.unwrap_or_default(), signed.today(), own);
    let ask = ask.map_err(|wrong| ask::refused(signed, &wrong))?;
    let at = ask.known_at(signed.app.desk.clock().business()).map_err(|why| refused(signed, &why))?;
    let known = known(signed, at).await?;
    Ok((ask, known))
}

/// Counting and hiding for a page, beside the requests: seconds in the worst case.
///
/// # Errors
/// The page that says the work was broken off.
pub(super) async fn counted<T: Send + 'static>(
    signed: &Signed,
    work: impl FnOnce(&Signed) -> T + Send + 'static,
) -> Result<T, Response> {
    let own = signed.clone();
    desk::aside(move || work(&own)).await.map_err(|failure| signed.trouble(failure))
}

/// Figures that this reader sees beside each other, each as known at its own moment: the numbers themselves where they may see
/// every case that is counted and what the figure tells of it (they could count them), and otherwise without small groups,
/// nor what would give one away beside the others.
pub(super) fn shown(asked: &[(&Known, &Question<'_>)]) -> Result<Vec<Guarded>, figures::disclosure::Refusal> {
    let Some((first, _)) = asked.first() else { return Ok(vec![]) };
    let (open, guarded): (Vec<usize>, Vec<usize>) =
        (0..asked.len()).partition(|at| asked[*at].0.sees_all(asked[*at].1));
    let of = |at: &usize| (&asked[*at].0.snapshot, asked[*at].1);
    let together = figures::release::together(&first.programme, &guarded.iter().map(of).collect::<Vec<_>>())?;
    let open_ones = open.iter().map(|at| {
        let (known, question) = asked[*at];
        guarded::open(figure::compute(&known.snapshot, &known.programme, question))
    });
    let mut all: Vec<(usize, Guarded)> = guarded.into_iter().zip(together).collect();
    all.extend(open.iter().copied().zip(open_ones));
    all.sort_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, figure)| figure).collect())
}

/// Why a figure is not made, as a page.
pub(super) fn refused(signed: &Signed, refused: &Refused) -> Response {
    let words = words::refused(signed, refused);
    signed.answer(Trouble::new(StatusCode::BAD_REQUEST).saying(words))
}

/// Numbers that cannot be protected are not shown.
pub(super) fn unsafe_numbers(signed: &Signed, refusal: &figures::disclosure::Refusal) -> Response {
    tracing::error!(%refusal, "a figure could not be protected");
    let words = signed.l.t("figures-unsafe").into_owned();
    signed.answer(Trouble::new(StatusCode::BAD_REQUEST).saying(words))
}
