//! What takes files in and hands them out: the file store, the limits, and whose turn it is.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::web::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Stored, UploadLimits};
use crate::file_store::Store;
use crate::http::{Answered, Download, KnownTags};
use crate::refusal::Refusal;

/// The file store and the limits.
#[derive(Clone)]
pub struct Desk {
    pub store: Store,
    pub limits: UploadLimits,
    dossiers: Arc<Semaphore>,
}

/// Dossiers that are packed at once.
const DOSSIERS_MAX: usize = 4;

/// How long a dossier waits for its turn.
const TURN: Duration = Duration::from_secs(5);

/// Which file a write has named.
#[derive(Debug, Clone, Default)]
pub struct Named(Arc<Mutex<Option<String>>>);

impl Named {
    /// Says that a row names this file.
    pub fn is(&self, object: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(object.to_owned());
    }

    /// The file that was named last.
    #[must_use]
    pub fn taken(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Desk {
    /// With all turns free.
    #[must_use]
    pub fn new(store: Store, limits: UploadLimits) -> Self {
        Self { store, limits, dossiers: Arc::new(Semaphore::new(DOSSIERS_MAX)) }
    }

    /// A turn to pack a dossier.
    ///
    /// # Errors
    /// 503 where all are taken.
    pub async fn dossier_turn(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        let turn = tokio::time::timeout(TURN, Arc::clone(&self.dossiers).acquire_owned()).await;
        turn.ok().and_then(Result::ok).ok_or_else(|| Refusal::unavailable("too many dossiers at once"))
    }

    /// Keeps a file that was brought, and writes what names it: a row may also name another one that is there already.
    /// What no row names in the end goes again.
    ///
    /// # Errors
    /// 503 when the store does not take it, and what `write` refused.
    pub async fn keeps<F: Future<Output = Answered>>(
        &self,
        brought: &str,
        content: Vec<Bytes>,
        write: impl FnOnce(Named) -> F,
    ) -> Answered {
        self.store.keep(brought, content).await?;
        let named = Named::default();
        let answered = write(named.clone()).await;
        let is_named = named.taken().as_deref() == Some(brought);
        let needed = match &answered {
            Ok(_) => is_named,
            // Nobody knows whether a commit that was interrupted took place: then the file stays.
            Err(refusal) => refusal.code().is_none_or(|code| code.status() >= 500) && is_named,
        };
        if !needed {
            self.remove(brought).await;
        }
        answered
    }

    /// Removes a file that no row names. One that cannot be removed now takes space, and does no other harm.
    pub async fn remove(&self, object: &str) {
        if let Err(refusal) = self.store.remove(object).await {
            log::warn!("a file that nothing needs stays: {refusal}");
        }
    }

    /// Answers with a file, to be saved under a name, or 304.
    ///
    /// # Errors
    /// 503 when the store does not give it.
    pub async fn hands_out(&self, known: &KnownTags, name: String, file: Stored) -> Answered {
        let Stored { object, sha256, bytes, media_type } = file;
        if known.hold(&Download::tag(&sha256)) {
            return Ok(Download::unchanged(&sha256));
        }
        let content = self.store.stream(&object).await?;
        let bytes = u64::try_from(bytes).map_err(Refusal::internal)?;
        Ok(Download { media_type: media_type.as_str(), name, sha256, bytes: Some(bytes), content }.into_response())
    }
}
