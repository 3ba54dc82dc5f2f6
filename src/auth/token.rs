//! Access tokens: EdDSA JWTs of 15 minutes, signed with keys that the replicas share.

use std::sync::{Arc, PoisonError, RwLock};

use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};

use super::actor::Actor;
use super::keys::{self, KeyRing};
use super::role::Role;
use crate::db::{Db, Id, Instant};
use crate::http::Language;
use crate::refusal::{Code, Refusal};

/// Who issues tokens, and for whom.
#[derive(Debug, Clone)]
pub struct TokenSettings {
    pub issuer: String,
    pub audience: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Id,
    exp: i64,
    iat: i64,
    jti: Id,
    role: Role,
    /// Organisation of the role.
    org: Option<Id>,
    org_path: String,
    /// Role grant.
    rgr: Id,
    /// Session.
    sid: Id,
    /// Issued at, in microseconds: a cut-off in the same second must still decide.
    iat_us: i64,
    /// A temporary secret must be replaced first.
    scd: bool,
}

/// Signs and verifies. Clones share the keys.
#[derive(Clone)]
pub struct Issuer {
    settings: Arc<TokenSettings>,
    keys: Arc<RwLock<Arc<KeyRing>>>,
}

impl Issuer {
    /// An issuer with the service's keys.
    #[must_use]
    pub fn new(settings: TokenSettings, keys: KeyRing) -> Self {
        Self { settings: Arc::new(settings), keys: Arc::new(RwLock::new(Arc::new(keys))) }
    }

    /// The keys as they were read last.
    #[must_use]
    pub fn keys(&self) -> Arc<KeyRing> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the keys again: a newer one may sign, or one may verify no more.
    ///
    /// # Errors
    /// When the database fails; what is known stays.
    pub async fn refresh(&self, db: &Db) -> Result<(), Refusal> {
        let keys = Arc::new(db.read_one(keys::load).await?);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    /// Signs a token for `actor`, whose times it takes as they are.
    ///
    /// # Errors
    /// A defect of the key.
    pub fn sign(&self, actor: &Actor) -> Result<String, Refusal> {
        let claims = Claims {
            iss: self.settings.issuer.clone(),
            aud: self.settings.audience.clone(),
            sub: actor.user_id,
            exp: actor.expires_at.unix_seconds(),
            iat: actor.issued_at.unix_seconds(),
            jti: Id::fresh(),
            role: actor.role,
            org: actor.organisation_id,
            org_path: actor.path.clone(),
            rgr: actor.role_grant_id,
            sid: actor.session_id,
            iat_us: actor.issued_at.unix_micros(),
            scd: actor.secret_change_due,
        };
        let keys = self.keys();
        let key = keys.signing();
        let header =
            Header { kid: Some(key.id.clone()), typ: Some("at+jwt".to_owned()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &key.private).map_err(Refusal::internal)
    }

    /// Verifies all but the time, which the caller of this function knows.
    ///
    /// # Errors
    /// 401, with the reason in the log only.
    pub fn verify(&self, token: &str) -> Result<Actor, Refusal> {
        let refused = |cause: String| Refusal::of(Code::Unauthenticated).because(format!("token: {cause}"));
        let header = jsonwebtoken::decode_header(token).map_err(|error| refused(error.to_string()))?;
        let kid = header.kid.unwrap_or_default();
        let keys = self.keys();
        let key = keys.public(&kid).ok_or_else(|| refused("unknown key".to_owned()))?;
        let mut wanted = Validation::new(Algorithm::EdDSA);
        wanted.set_audience(&[&self.settings.audience]);
        wanted.set_issuer(&[&self.settings.issuer]);
        wanted.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        wanted.validate_exp = false; // by the service's own clock, at every use
        let data = jsonwebtoken::decode::<Claims>(token, key, &wanted).map_err(|error| refused(error.to_string()))?;
        let claims = data.claims;
        let at = |nanos: i128| time::OffsetDateTime::from_unix_timestamp_nanos(nanos).map(Instant::new);
        let time = |nanos| at(nanos).map_err(|error| refused(error.to_string()));
        Ok(Actor {
            user_id: claims.sub,
            role_grant_id: claims.rgr,
            session_id: claims.sid,
            role: claims.role,
            organisation_id: claims.org,
            path: claims.org_path,
            issued_at: time(i128::from(claims.iat_us) * 1_000)?,
            expires_at: time(i128::from(claims.exp) * 1_000_000_000)?,
            secret_change_due: claims.scd,
            language: Language::default(),
        })
    }
}
