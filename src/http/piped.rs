//! A body that is written while it is read: by a thread that may wait, into a few parts that wait for their reader. A
//! reader that does not take them is let go.

use std::future::Future;
use std::io::{Error, ErrorKind, Result, Write};
use std::time::Duration;

use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt, stream};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::file_store::FileStream;
use crate::refusal::Refusal;

/// Bytes of a part.
const PART: usize = 64 << 10;

/// Parts that wait for their reader.
const PARTS_MAX: usize = 4;

/// How long a part waits.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the thread writes.
#[derive(Clone)]
pub struct Piped {
    part: Vec<u8>,
    reader: Sender<Result<Bytes>>,
    runtime: Handle,
}

/// Starts a thread that writes a body, and gives the body. What ends it with an error cuts the body off.
pub fn piped(write: impl FnOnce(Piped) -> Result<()> + Send + 'static) -> impl Stream<Item = Result<Bytes>> {
    let (reader, parts) = mpsc::channel(PARTS_MAX);
    let runtime = Handle::current();
    let pipe = Piped { part: Vec::with_capacity(PART), reader: reader.clone(), runtime: runtime.clone() };
    tokio::task::spawn_blocking(move || {
        if let Err(error) = write(pipe) {
            log::warn!("a body was not written to its end: {error}");
            let _ = reader.try_send(Err(error)); // a reader that is gone needs no end
        }
    });
    stream::unfold(parts, |mut parts: Receiver<Result<Bytes>>| async { Some((parts.recv().await?, parts)) })
}

impl Piped {
    /// Hands a file of the store on, part by part.
    ///
    /// # Errors
    /// When the store does not give it, or the reader does not take it.
    pub fn copied(
        &self,
        file: impl Future<Output = std::result::Result<FileStream, Refusal>>,
        mut take: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let mut file = self.runtime.block_on(file).map_err(|refusal| Error::other(refusal.to_string()))?;
        while let Some(part) = self.runtime.block_on(file.next()) {
            take(&part?)?;
        }
        Ok(())
    }

    fn send(&mut self) -> Result<()> {
        let part = Bytes::from(std::mem::replace(&mut self.part, Vec::with_capacity(PART)));
        let sent = self.runtime.block_on(tokio::time::timeout(PATIENCE, self.reader.send(Ok(part))));
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Error::new(ErrorKind::BrokenPipe, "its reader has gone")),
            Err(_) => Err(Error::new(ErrorKind::TimedOut, "its reader takes nothing")),
        }
    }
}

impl Write for Piped {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let taken = bytes.len().min(PART - self.part.len());
        self.part.extend(bytes.iter().take(taken));
        if self.part.len() == PART {
            self.send()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> Result<()> {
        if self.part.is_empty() { Ok(()) } else { self.send() }
    }
}
