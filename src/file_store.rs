//! Where uploaded files are kept: a folder, or a bucket that speaks S3. A file is written as a whole under a temporary
//! name and appears under its own in one step; nobody ever reads half of one.

use std::path::PathBuf;
use std::sync::Arc;

use actix_web::web::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutPayload};

use crate::refusal::Refusal;

/// Where files are kept, as the settings say it.
#[derive(Debug, Clone)]
pub enum Place {
    Folder(PathBuf),
    S3(Bucket),
}

/// A bucket, and how to get in.
#[derive(Debug, Clone)]
pub struct Bucket {
    pub name: String,
    /// In front of every name; empty for none.
    pub prefix: String,
    /// Address of the service; that of AWS if unset.
    pub endpoint: Option<String>,
    pub region: String,
    pub access_key_id: String,
    pub secret_access_key: String,
}

/// The files. Clones share them.
#[derive(Debug, Clone)]
pub struct Store {
    files: Arc<dyn ObjectStore>,
    prefix: String,
}

/// The bytes of a file, as they come.
pub type FileStream = BoxStream<'static, Result<Bytes, std::io::Error>>;

impl Store {
    /// Opens it; a folder is made where there is none.
    ///
    /// # Errors
    /// A sentence for the person who set it.
    pub fn open(place: &Place) -> Result<Self, String> {
        let wrong = |error: &dyn std::fmt::Display| format!("KEHOU_STORE: {error}");
        match place {
            Place::Folder(folder) => {
                std::fs::create_dir_all(folder).map_err(|error| wrong(&format!("{}: {error}", folder.display())))?;
                let files = LocalFileSystem::new_with_prefix(folder).map_err(|error| wrong(&error))?;
                Ok(Self { files: Arc::new(files.with_fsync(true)), prefix: String::new() })
            }
            Place::S3(bucket) => {
                let mut builder = AmazonS3Builder::new()
                    .with_bucket_name(&bucket.name)
                    .with_region(&bucket.region)
                    .with_access_key_id(&bucket.access_key_id)
                    .with_secret_access_key(&bucket.secret_access_key);
                if let Some(endpoint) = &bucket.endpoint {
                    builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
                }
                let files = builder.build().map_err(|error| wrong(&error))?;
                Ok(Self { files: Arc::new(files), prefix: bucket.prefix.clone() })
            }
        }
    }

    /// A store that ends with the process, for tests.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { files: Arc::new(InMemory::new()), prefix: String::new() }
    }

    fn path(&self, name: &str) -> Path {
        if self.prefix.is_empty() { Path::from(name) } else { Path::from(format!("{}/{name}", self.prefix)) }
    }

    /// Keeps a whole file under a name.
    ///
    /// # Errors
    /// 503 when the store does not take it; nothing is left of it then.
    pub async fn keep(&self, name: &str, parts: Vec<Bytes>) -> Result<(), Refusal> {
        let whole: PutPayload = parts.into_iter().collect();
        self.files.put(&self.path(name), whole).await.map_err(failed)?;
        Ok(())
    }

    /// Reads a file as it comes.
    ///
    /// # Errors
    /// 503 when the store does not give it.
    pub async fn stream(&self, name: &str) -> Result<FileStream, Refusal> {
        let found = self.files.get(&self.path(name)).await.map_err(failed)?;
        Ok(found.into_stream().map(|part| part.map_err(std::io::Error::other)).boxed())
    }

    /// Reads a whole file.
    ///
    /// # Errors
    /// As [`Store::stream`].
    pub async fn whole(&self, name: &str) -> Result<Bytes, Refusal> {
        self.files.get(&self.path(name)).await.map_err(failed)?.bytes().await.map_err(failed)
    }

    /// Removes a file; one that is not there is removed already.
    ///
    /// # Errors
    /// 503 when the store does not answer.
    pub async fn remove(&self, name: &str) -> Result<(), Refusal> {
        match self.files.delete(&self.path(name)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "mapped over errors")]
fn failed(error: Error) -> Refusal {
    Refusal::unavailable(format!("file store: {error}"))
}
