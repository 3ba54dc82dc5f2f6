//! Signing keys: Ed25519, sealed in the database so that replicas share them; the public halves are published. A key
//! that was followed by another verifies as long as a token may live that it signed, and is then forgotten.

mod master;
mod store;

pub use self::master::{drop_older_seals, rotate_master, unlock};

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{DecodingKey, EncodingKey};
use time::Duration;
use zeroize::Zeroizing;

use self::store::KeyRow;
use crate::db::{Id, Tx};
use crate::journal::{Change, note};
use crate::refusal::{Code, Refusal};
use crate::sealing::sha256_hex;

/// A key that signs.
pub struct Signing {
    pub id: String,
    pub private: EncodingKey,
}

/// A key as JWKS publishes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    pub id: String,
    /// The public key, base64url.
    pub x: String,
}

/// How long an access token holds.
pub const TOKEN_LIFETIME: Duration = Duration::minutes(15);

/// How long a key verifies after the next one was made: a replica may sign with it until it has read the next, and
/// what it signed then lives on. The hour is for replicas that do not reach the database and for clocks that differ.
const VERIFIES_AFTER_NEXT: Duration = Duration::HOUR.saturating_add(TOKEN_LIFETIME);

/// The keys of the service that tokens may live of; the newest signs, all verify.
pub struct KeyRing {
    signing: Signing,
    verifying: HashMap<String, DecodingKey>,
    public: Vec<PublicKey>,
}

impl KeyRing {
    /// The key that signs.
    #[must_use]
    pub fn signing(&self) -> &Signing {
        &self.signing
    }

    /// The key of an id.
    #[must_use]
    pub fn public(&self, id: &str) -> Option<&DecodingKey> {
        self.verifying.get(id)
    }

    /// All public keys.
    #[must_use]
    pub fn published(&self) -> &[PublicKey] {
        &self.public
    }

    fn of(tx: &Tx<'_>, rows: &[KeyRow]) -> Result<Self, Refusal> {
        let (_, rows) = rows.split_at(retired(tx, rows));
        let newest = rows.last().ok_or_else(|| Refusal::internal("no signing key"))?;
        let seed = tx
            .sealing
            .open(&context(&newest.key_id), &newest.sealed_seed)
            .map_err(|cause| Refusal::internal(format!("the master key does not open the signing key: {cause}")))?;
        let seed: Zeroizing<[u8; 32]> = Zeroizing::new(
            seed.as_slice().try_into().map_err(|_| Refusal::internal("a signing key of the wrong size"))?,
        );
        let der = SigningKey::from_bytes(&seed).to_pkcs8_der().map_err(Refusal::internal)?;
        let mut verifying = HashMap::new();
        let mut public = Vec::new();
        for row in rows {
            let key = DecodingKey::from_ed_components(&row.public_key).map_err(Refusal::internal)?;
            verifying.insert(row.key_id.clone(), key);
            public.push(PublicKey { id: row.key_id.clone(), x: row.public_key.clone() });
        }
        let signing = Signing { id: newest.key_id.clone(), private: EncodingKey::from_ed_der(der.as_bytes()) };
        Ok(Self { signing, verifying, public })
    }
}

/// How many of the keys, oldest first, verify no token any more. The newest is never among them.
fn retired(tx: &Tx<'_>, rows: &[KeyRow]) -> usize {
    let ended = tx.now.plus(-VERIFIES_AFTER_NEXT);
    rows.iter().skip(1).take_while(|next| next.created_at < ended).count()
}

fn context(key_id: &str) -> String {
    format!("signing_keys/{key_id}")
}

/// Whether the master key is that of this database: it opens the newest signing key. A database that was never served
/// has none, and takes any.
///
/// # Errors
/// When the master key is another than the one that sealed them, or the database fails.
pub fn check_master(tx: &mut Tx<'_>) -> Result<(), Refusal> {
    let rows = store::all(tx)?;
    if rows.is_empty() { Ok(()) } else { KeyRing::of(tx, &rows).map(|_| ()) }
}

/// Loads the keys; makes the first one on the first start. Of two replicas that start at once, one makes it.
///
/// # Errors
/// When the master key is another than the one that sealed them, or the database fails.
pub fn load_or_create(tx: &mut Tx<'_>) -> Result<KeyRing, Refusal> {
    let mut rows = store::all(tx)?;
    if rows.is_empty() {
        let made = tx.savepoint(|tx| make(tx, 1).map(drop));
        if let Err(refusal) = made
            && refusal.code() != Some(Code::AlreadyExists)
        {
            return Err(refusal);
        }
        rows = store::all(tx)?;
    }
    KeyRing::of(tx, &rows)
}

/// The keys as they stand, in one statement: for replicas that look whether there is another.
///
/// # Errors
/// As [`load_or_create`].
pub fn load(tx: &mut Tx<'_>) -> Result<KeyRing, Refusal> {
    let rows = store::all(tx)?;
    KeyRing::of(tx, &rows)
}

/// Forgets keys that verify no token any more, with what is sealed of them.
///
/// # Errors
/// When the database fails.
pub fn forget_retired(tx: &mut Tx<'_>) -> Result<usize, Refusal> {
    let rows = store::all(tx)?;
    let retired = retired(tx, &rows);
    for row in rows.iter().take(retired) {
        store::delete(tx, row.number)?;
    }
    Ok(retired)
}

/// Makes the key that signs from now on. Those of before verify as long as tokens may live that they signed.
///
/// # Errors
/// When the master key is another than the one that sealed them, somebody else makes one, or the database fails.
pub fn rotate_signing(tx: &mut Tx<'_>) -> Result<String, Refusal> {
    check_master(tx)?;
    let number = store::all(tx)?.last().map_or(1, |newest| newest.number + 1);
    let key_id = make(tx, number)?;
    note(tx, &change_of("signing-key"))?;
    Ok(key_id)
}

/// That a key was rotated: the journal tells when, and of nothing that is secret.
fn change_of(resource: &str) -> Change<'_> {
    Change { action: "rotated", resource, id: Id::fresh(), scope_path: "", before_hash: None, after_hash: None }
}

/// Makes a key; its id.
fn make(tx: &mut Tx<'_>, number: i32) -> Result<String, Refusal> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut()).map_err(Refusal::internal)?;
    let public = SigningKey::from_bytes(&seed).verifying_key();
    let key_id = sha256_hex(public.as_bytes()).chars().take(16).collect::<String>();
    let row = KeyRow {
        number,
        sealed_seed: tx.sealing.seal(&context(&key_id), seed.as_ref()).map_err(Refusal::internal)?,
        public_key: URL_SAFE_NO_PAD.encode(public.as_bytes()),
        created_at: tx.now,
        key_id,
    };
    store::insert(tx, &row)?;
    Ok(row.key_id)
}
