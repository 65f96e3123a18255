//! What someone signed in was refused: noted where it is decided, kept in the read log after the answer is made.

use std::sync::{Arc, Mutex, PoisonError};

use access::Principal;
use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use desk::Refused;

use crate::app::App;

/// The refusal of one request, if there is one; the first counts.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Option<(Principal, Refused)>>>);

impl Told {
    /// Notes it.
    pub(crate) fn note(&self, who: &Principal, what: Refused) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.get_or_insert_with(|| (who.clone(), what));
    }

    fn take(&self) -> Option<(Principal, Refused)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Keeps refusals. What may not be seen and what does not exist take this same way, so the time it costs tells nothing.
pub(crate) async fn keep(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let told = Told::default();
    request.extensions_mut().insert(told.clone());
    let method = request.method().clone();
    // the pattern, never the address: what was typed there is no text of ours
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    if let (Some((who, what)), Some(route)) = (told.take(), route)
        && let Err(error) = app.desk.log_refusal(&who, what, method.as_str(), route.as_str()).await
    {
        tracing::error!(%error, "a refusal could not be kept");
    }
    response
}
