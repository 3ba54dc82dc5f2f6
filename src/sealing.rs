//! The master key and what is made of it: seals for secrets at rest, keyed hashes for looking up what is sealed.
//!
//! The hash key must never rotate, or nothing could be found again; seals name their key, so that they can.

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

/// Names the key that a seal was made with.
const SEAL_KEY_ID: &str = "1";
const NONCE_BYTES: usize = 12;

/// Seals, opens and hashes under the master key.
#[derive(Clone)]
pub struct Sealing {
    cipher: Aes256Gcm,
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
        let seal_key = derive("kehou seal 1")?;
        let cipher = Aes256Gcm::new_from_slice(seal_key.as_ref()).map_err(|e| e.to_string())?;
        Ok(Self { cipher, hash_key: derive("kehou lookup")?, journal_key: derive("kehou journal")? })
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
        let failed = |what: &str, e: std::io::Error| format!("cannot {what} {}: {e}", path.display());
        match private::create(path) {
            Ok(mut file) => {
                let mut master = Zeroizing::new([0; 32]);
                getrandom::fill(master.as_mut()).map_err(|e| e.to_string())?;
                let text = Zeroizing::new(STANDARD.encode(master.as_ref()));
                std::io::Write::write_all(&mut file, text.as_bytes()).map_err(|e| failed("write", e))?;
                file.sync_all().map_err(|e| failed("write", e))?;
                Self::new(&master)
            }
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
                let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|e| failed("read", e))?);
                Self::from_base64(&text).map_err(|e| format!("{}: {e}", path.display()))
            }
            Err(e) => Err(failed("create", e)),
        }
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
        let nonce = Nonce::try_generate().map_err(|e| e.to_string())?;
        let sealed = self
            .cipher
            .encrypt(&nonce, Payload { msg: plain, aad: context.as_bytes() })
            .map_err(|_| "cannot seal".to_owned())?;
        let mut bytes = nonce.to_vec();
        bytes.extend_from_slice(&sealed);
        Ok(format!("{SEAL_KEY_ID}.{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Opens what was sealed for the same place.
    ///
    /// # Errors
    /// When it was sealed under another key or for another place, or was changed.
    pub fn open(&self, context: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, String> {
        let wrong = || "sealed under another master key, or damaged".to_owned();
        let (key_id, text) = sealed.split_once('.').ok_or_else(wrong)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
        if key_id != SEAL_KEY_ID || bytes.len() < NONCE_BYTES {
            return Err(wrong());
        }
        let (nonce, sealed) = bytes.split_at(NONCE_BYTES);
        let nonce = Nonce::try_from(nonce).map_err(|_| wrong())?;
        let payload = Payload { msg: sealed, aad: context.as_bytes() };
        self.cipher.decrypt(&nonce, payload).map(Zeroizing::new).map_err(|_| wrong())
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
    fn keyed_hashes_differ_by_purpose_and_key() -> Result<(), String> {
        let (ours, theirs) = (Sealing::new(&[1; 32])?, Sealing::new(&[2; 32])?);
        assert_eq!(ours.keyed_hash("a", b"x"), ours.keyed_hash("a", b"x"));
        assert_ne!(ours.keyed_hash("a", b"x"), ours.keyed_hash("b", b"x"));
        assert_ne!(ours.keyed_hash("a", b"x"), theirs.keyed_hash("a", b"x"));
        Ok(())
    }
}
