//! The master key and what is made of it: seals for secrets at rest, keyed hashes for looking up what is sealed.
//!
//! The hash keys never rotate, or nothing could be found again; seals name their key, so that they can. As long as the
//! master key is the first one, all working keys are derived from it. Once it is rotated, they are kept in the
//! database, sealed under the new one, which opens them and nothing else.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use aes_gcm::aead::{Aead, Generate, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::private;

/// Names the key of seals that is derived from the first master key.
const FIRST_SEAL_KEY: u32 = 1;
const NONCE_BYTES: usize = 12;

/// A key of seals, by its number.
#[derive(Clone)]
struct SealKey {
    number: u32,
    bytes: Zeroizing<[u8; 32]>,
    cipher: Aes256Gcm,
}

impl SealKey {
    fn new(number: u32, bytes: Zeroizing<[u8; 32]>) -> Result<Self, String> {
        let cipher = Aes256Gcm::new_from_slice(bytes.as_ref()).map_err(|e| e.to_string())?;
        Ok(Self { number, bytes, cipher })
    }
}

/// A working key as the database keeps it: sealed under the master key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptKey {
    pub name: String,
    pub sealed: String,
}

/// What the name of a kept key of seals begins with; its number follows.
pub const KEPT_SEAL: &str = "seal/";
const KEPT_LOOKUP: &str = "lookup";
const KEPT_JOURNAL: &str = "journal";

/// Seals, opens and hashes under the master key.
#[derive(Clone)]
pub struct Sealing {
    /// Opens the kept keys; made of the master key alone.
    keeper: SealKey,
    /// Oldest first: the last one seals, all open. There is always one.
    seals: Vec<SealKey>,
    hash_key: Zeroizing<[u8; 32]>,
    journal_key: Zeroizing<[u8; 32]>,
}

impl Sealing {
    /// Derives the working keys.
    ///
    /// # Errors
    /// Never for 32 bytes; the derivation says so in its type.
    pub fn new(master: &[u8; 32]) -> Result<Self, String> {
        let derive = |label: &str| -> Result<Zeroizing<[u8; 32]>, String> {
            let mut key = Zeroizing::new([0; 32]);
            Hkdf::<Sha256>::new(None, master).expand(label.as_bytes(), key.as_mut()).map_err(|e| e.to_string())?;
            Ok(key)
        };
        Ok(Self {
            keeper: SealKey::new(0, derive("kehou keeper")?)?,
            seals: vec![SealKey::new(FIRST_SEAL_KEY, derive("kehou seal 1")?)?],
            hash_key: derive("kehou lookup")?,
            journal_key: derive("kehou journal")?,
        })
    }

    /// The working keys that a database keeps; where it keeps none, those that are derived from the master key.
    ///
    /// # Errors
    /// When they are kept under another master key.
    pub fn unlocked(&self, kept: &[KeptKey]) -> Result<Self, String> {
        if kept.is_empty() {
            return Ok(self.clone());
        }
        let wrong = || {
            "the keys of this database are kept under another master key; where `kehou keys rotate` was interrupted, \
             run it again"
                .to_owned()
        };
        let open = |key: &KeptKey| -> Result<Zeroizing<[u8; 32]>, String> {
            let bytes = open_with(&self.keeper, &kept_place(&key.name), &key.sealed).map_err(|_| wrong())?;
            bytes.as_slice().try_into().map(Zeroizing::new).map_err(|_| wrong())
        };
        let named = |name: &str| open(kept.iter().find(|key| key.name == name).ok_or_else(wrong)?);
        let mut seals = Vec::new();
        for key in kept {
            if let Some(number) = key.name.strip_prefix(KEPT_SEAL).and_then(|number| number.parse().ok()) {
                seals.push(SealKey::new(number, open(key)?)?);
            }
        }
        seals.sort_by_key(|key| key.number);
        if seals.is_empty() {
            return Err(wrong());
        }
        let keeper = self.keeper.clone();
        Ok(Self { keeper, seals, hash_key: named(KEPT_LOOKUP)?, journal_key: named(KEPT_JOURNAL)? })
    }

    /// The same working keys under another master key, with a fresh key of seals; and how a database keeps them.
    ///
    /// # Errors
    /// When the machine has no randomness.
    pub fn rotated(&self, next_master: &Self) -> Result<(Self, Vec<KeptKey>), String> {
        let mut fresh = Zeroizing::new([0; 32]);
        getrandom::fill(fresh.as_mut()).map_err(|e| e.to_string())?;
        let mut next = Self { keeper: next_master.keeper.clone(), ..self.clone() };
        next.seals.push(SealKey::new(self.current().number + 1, fresh)?);
        let keep = |name: &str, bytes: &[u8; 32]| -> Result<KeptKey, String> {
            let sealed = seal_with(&next.keeper, &kept_place(name), bytes)?;
            Ok(KeptKey { name: name.to_owned(), sealed })
        };
        let mut kept = vec![keep(KEPT_LOOKUP, &next.hash_key)?, keep(KEPT_JOURNAL, &next.journal_key)?];
        for key in &next.seals {
            kept.push(keep(&format!("{KEPT_SEAL}{}", key.number), &key.bytes)?);
        }
        Ok((next, kept))
    }

    fn current(&self) -> &SealKey {
        self.seals.last().unwrap_or(&self.keeper)
    }

    /// What seals begin with that are made now.
    #[must_use]
    pub fn mark(&self) -> String {
        format!("{}.", self.current().number)
    }

    /// Names of the keys that open seals of before, as a database keeps them.
    #[must_use]
    pub fn older_seals(&self) -> Vec<String> {
        let older = self.seals.iter().filter(|key| key.number != self.current().number);
        older.map(|key| format!("{KEPT_SEAL}{}", key.number)).collect()
    }

    /// Reads a master key as it stands in `KEHOU_KEY`: 32 bytes in base64.
    ///
    /// # Errors
    /// A sentence that does not repeat the key.
    pub fn from_base64(text: &str) -> Result<Self, String> {
        let wrong = || "expected 32 bytes in base64, as `head -c 32 /dev/urandom | base64` prints them".to_owned();
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| wrong())?);
        let master: Zeroizing<[u8; 32]> = Zeroizing::new(bytes.as_slice().try_into().map_err(|_| wrong())?);
        Self::new(&master)
    }

    /// Reads the key file beside an SQLite database. Where neither is there, it makes one, readable by its owner alone:
    /// a database without its key file needs the one that it was made with.
    ///
    /// # Errors
    /// When the file cannot be read or made, or is missing beside a database.
    pub fn beside(database: &Path) -> Result<Self, String> {
        let path = &Self::key_file(database);
        if !path.exists() && std::fs::metadata(database).is_ok_and(|found| found.len() > 0) {
            return Err(format!(
                "{} is missing: {} needs the key that it was made with",
                path.display(),
                database.display()
            ));
        }
        Self::made_in(path)?.map_or_else(|| Self::in_file(path), Ok)
    }

    /// A fresh master key in a file of its own, readable by its owner alone; nothing where there is such a file.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn made_in(path: &Path) -> Result<Option<Self>, String> {
        let failed = |what: &str, e: std::io::Error| format!("cannot {what} {}: {e}", path.display());
        let mut file = match private::create(path) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => return Ok(None),
            Err(e) => return Err(failed("create", e)),
        };
        let mut master = Zeroizing::new([0; 32]);
        getrandom::fill(master.as_mut()).map_err(|e| e.to_string())?;
        let text = Zeroizing::new(STANDARD.encode(master.as_ref()));
        std::io::Write::write_all(&mut file, text.as_bytes()).map_err(|e| failed("write", e))?;
        file.sync_all().map_err(|e| failed("write", e))?;
        Self::new(&master).map(Some)
    }

    /// The master key that a file holds.
    ///
    /// # Errors
    /// When it cannot be read, or holds none.
    pub fn in_file(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}", path.display()));
        Self::from_base64(&Zeroizing::new(text?)).map_err(|e| format!("{}: {e}", path.display()))
    }

    /// Where the key file of a database is.
    #[must_use]
    pub fn key_file(database: &Path) -> PathBuf {
        let mut name = database.as_os_str().to_owned();
        name.push(".key");
        PathBuf::from(name)
    }

    /// Seals `plain` for one place (`context`), so that it opens nowhere else.
    ///
    /// # Errors
    /// When the machine has no randomness.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<String, String> {
        seal_with(self.current(), context, plain)
    }

    /// Opens what was sealed for the same place.
    ///
    /// # Errors
    /// When it was sealed under another key or for another place, or was changed.
    pub fn open(&self, context: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, String> {
        let number: Option<u32> = sealed.split_once('.').and_then(|(number, _)| number.parse().ok());
        let key = self.seals.iter().find(|key| Some(key.number) == number).ok_or_else(another_key)?;
        open_with(key, context, sealed)
    }

    /// A hash that only this service can make, as hex: for looking up what is sealed, and for hashes of personal data.
    #[must_use]
    pub fn keyed_hash(&self, purpose: &str, bytes: &[u8]) -> String {
        mac(&self.hash_key, purpose, bytes)
    }

    /// A keyed hash for the journal's rows, links and head, as hex: under a key of its own.
    #[must_use]
    pub fn journal_hash(&self, purpose: &str, bytes: &[u8]) -> String {
        mac(&self.journal_key, purpose, bytes)
    }
}

fn another_key() -> String {
    "sealed under another master key, or damaged".to_owned()
}

/// A working key is kept for its own name alone.
fn kept_place(name: &str) -> String {
    format!("kept_keys/{name}")
}

fn seal_with(key: &SealKey, context: &str, plain: &[u8]) -> Result<String, String> {
    let nonce = Nonce::try_generate().map_err(|e| e.to_string())?;
    let payload = Payload { msg: plain, aad: context.as_bytes() };
    let sealed = key.cipher.encrypt(&nonce, payload).map_err(|_| "cannot seal".to_owned())?;
    let mut bytes = nonce.to_vec();
    bytes.extend_from_slice(&sealed);
    Ok(format!("{}.{}", key.number, URL_SAFE_NO_PAD.encode(bytes)))
}

fn open_with(key: &SealKey, context: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, String> {
    let (_, text) = sealed.split_once('.').ok_or_else(another_key)?;
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| another_key())?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES).ok_or_else(another_key)?;
    let nonce = Nonce::try_from(nonce).map_err(|_| another_key())?;
    let payload = Payload { msg: sealed, aad: context.as_bytes() };
    key.cipher.decrypt(&nonce, payload).map(Zeroizing::new).map_err(|_| another_key())
}

impl std::fmt::Debug for Sealing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealing")
    }
}

/// HMAC-SHA-256 over a purpose and bytes, as hex.
fn mac(key: &[u8; 32], purpose: &str, bytes: &[u8]) -> String {
    let Ok(mut mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key) else {
        return String::new(); // it takes keys of any length
    };
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(bytes);
    hex(&mac.finalize().into_bytes())
}

/// Bytes as lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // writing to a String cannot fail
        text
    })
}

/// SHA-256 as hex.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// A new secret of 192 bits that survives a URL, a header and a double click.
///
/// # Errors
/// When the machine has no randomness.
pub fn fresh_secret() -> Result<String, String> {
    let mut bytes = Zeroizing::new([0; 24]);
    getrandom::fill(bytes.as_mut()).map_err(|e| e.to_string())?;
    Ok(URL_SAFE_NO_PAD.encode(bytes.as_ref()).replace(['-', '_'], "x"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_opens_only_under_its_key_and_in_its_place() -> Result<(), String> {
        let (ours, theirs) = (Sealing::new(&[1; 32])?, Sealing::new(&[2; 32])?);
        let sealed = ours.seal("a", b"secret")?;
        assert_eq!(ours.open("a", &sealed)?.as_slice(), b"secret");
        assert!(ours.open("b", &sealed).is_err());
        assert!(theirs.open("a", &sealed).is_err());
        let flipped = sealed.replace(|c: char| c.is_ascii_lowercase(), "A");
        assert!(ours.open("a", &flipped).is_err());
        Ok(())
    }

    #[test]
    fn working_keys_outlive_the_master_key() -> Result<(), String> {
        let (first, second) = (Sealing::new(&[1; 32])?, Sealing::new(&[2; 32])?);
        let before = first.seal("a", b"secret")?;
        let (rotated, kept) = first.rotated(&second)?;
        let names: Vec<&str> = kept.iter().map(|key| key.name.as_str()).collect();
        assert_eq!(names, ["lookup", "journal", "seal/1", "seal/2"]);
        let unlocked = second.unlocked(&kept)?;
        assert_eq!(unlocked.open("a", &before)?.as_slice(), b"secret");
        let after = unlocked.seal("a", b"secret")?;
        assert!(after.starts_with("2.") && rotated.open("a", &after).is_ok() && first.open("a", &after).is_err());
        assert_eq!(unlocked.keyed_hash("a", b"x"), first.keyed_hash("a", b"x"));
        assert_eq!(unlocked.journal_hash("a", b"x"), first.journal_hash("a", b"x"));
        assert!(first.unlocked(&kept).is_err(), "the old master key opens nothing any more");
        let without: Vec<KeptKey> = kept.into_iter().filter(|key| key.name != "seal/1").collect();
        assert!(second.unlocked(&without)?.open("a", &before).is_err(), "nor does anything without its key");
        Ok(())
    }

    #[test]
    fn keyed_hashes_differ_by_purpose_and_key() -> Result<(), String> {
        let (ours, theirs) = (Sealing::new(&[1; 32])?, Sealing::new(&[2; 32])?);
        assert_eq!(ours.keyed_hash("a", b"x"), ours.keyed_hash("a", b"x"));
        assert_ne!(ours.keyed_hash("a", b"x"), ours.keyed_hash("b", b"x"));
        assert_ne!(ours.keyed_hash("a", b"x"), theirs.keyed_hash("a", b"x"));
        Ok(())
    }
}
