//! Work beside the requests.

use crate::Failure;

/// Work that takes long, or waits for a disk or another server, on a thread of its own: other requests go on meanwhile.
///
/// # Errors
/// [`Failure::Store`] when the work broke off.
pub async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|_| journal::Error::Panicked.into())
}
