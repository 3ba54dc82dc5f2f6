//! The queue between reads and the log. A read waits for no write: it leaves its line here, and a task writes what has
//! come together at least once a second, and the rest when the service stops. A full queue refuses the read with 503: a
//! reader cannot write (on SQLite its connection may not), and what cannot be recorded is not shown.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::model::Line;
use super::store;
use crate::db::{Db, Mode, Origin};
use crate::refusal::Refusal;

/// Lines that may wait.
const LINES_MAX: usize = 10_000;

/// Lines that one transaction writes.
const BATCH_MAX: usize = 500;

/// Pause between two writes.
const PAUSE: Duration = Duration::from_millis(500);

/// The queue. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct AccessLog {
    lines: Arc<Mutex<VecDeque<Line>>>,
}

impl AccessLog {
    fn lines(&self) -> MutexGuard<'_, VecDeque<Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a line.
    ///
    /// # Errors
    /// 503 when the queue is full.
    pub fn leave(&self, line: Line) -> Result<(), Refusal> {
        let mut lines = self.lines();
        if lines.len() >= LINES_MAX {
            return Err(Refusal::unavailable("the access log's queue is full"));
        }
        lines.push_back(line);
        Ok(())
    }

    /// Writes everything that waits.
    ///
    /// # Errors
    /// When the database fails; nothing is lost then.
    pub async fn flush(&self, db: &Db) -> Result<(), Refusal> {
        loop {
            let batch: Vec<Line> = {
                let mut lines = self.lines();
                let count = lines.len().min(BATCH_MAX);
                lines.drain(..count).collect()
            };
            if batch.is_empty() {
                return Ok(());
            }
            let batch = Arc::new(batch);
            let written = Arc::clone(&batch);
            let outcome =
                db.write(Origin::service("access log"), Mode::Commit, move |tx| store::insert(tx, &written)).await;
            if let Err(refusal) = outcome {
                let mut lines = self.lines();
                batch.iter().rev().for_each(|line| lines.push_front(line.clone()));
                return Err(refusal);
            }
        }
    }

    /// Writes again and again until it is told to stop, and then the rest.
    pub async fn write_regularly(self, db: Db, mut stopped: watch::Receiver<bool>) {
        loop {
            let told = tokio::time::timeout(PAUSE, stopped.changed()).await;
            let ends = told.is_ok_and(|changed| changed.is_err() || *stopped.borrow());
            if let Err(refusal) = self.flush(&db).await {
                log::warn!("access log: {refusal}; {} lines wait", self.lines().len());
            }
            if ends {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Role;
    use crate::auth::access_log::model::LineRow;
    use crate::db::{Id, Instant};
    use crate::refusal::Code;

    #[test]
    fn a_full_queue_refuses() {
        let queue = AccessLog::default();
        let line = || Line {
            row: LineRow {
                id: Id::fresh(),
                at: Instant::new(time::OffsetDateTime::UNIX_EPOCH),
                user_id: Id::NIL,
                role: Role::Teacher,
                operation: "get_student".to_owned(),
                purpose: "read".to_owned(),
                request_id: String::new(),
                batch_id: None,
            },
            persons: Vec::new(),
        };
        for _ in 0..LINES_MAX {
            assert!(queue.leave(line()).is_ok());
        }
        assert_eq!(queue.leave(line()).err().and_then(|refusal| refusal.code()), Some(Code::Unavailable));
    }
}
