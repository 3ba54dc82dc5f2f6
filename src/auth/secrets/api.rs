//! `/users/{id}/issue-secret`.

use actix_web::{post, web};
use secrecy::SecretString;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::password::Hasher;
use crate::auth::permission::ManageUsers;
use crate::auth::{By, OfSecret, Write, secrets};
use crate::db::Id;
use crate::http::{Answer, Answered, FindingOut, PathId, ServiceConfig};
use crate::refusal::Refusal;
use crate::sealing::fresh_secret;

/// A new secret, shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedSecretOut {
    pub user_id: Id,
    /// A temporary password for a person, a client secret for a machine.
    pub secret: String,
    /// The account's version after this.
    pub version: i64,
    /// What the rules said about this write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(issue_user_secret);
}

/// Gives an account a new secret, shown this once; its tokens end, and roles that need it are confirmed again 签发口令
#[utoipa::path(tag = "users", params(("id" = Id, Path, description = "The account"), OfSecret),
    responses((status = 200, description = "The secret, which is kept nowhere", body = IssuedSecretOut), ManageUsers))]
#[post("/users/{id}/issue-secret")]
async fn issue_user_secret(
    by: By<ManageUsers>,
    id: PathId,
    write: Write<OfSecret>,
    hasher: web::Data<Hasher>,
) -> Answered {
    let secret = fresh_secret().map_err(Refusal::internal)?;
    let hash = hasher.hash(SecretString::from(secret.clone())).await?;
    write
        .cutting_off()
        .versioned(by, move |tx, by, seen| {
            let user = secrets::issue(tx, by, id.0, seen, &hash)?;
            let version = user.version;
            let out = IssuedSecretOut { user_id: user.id, secret: secret.clone(), version, findings: None };
            Answer::ok(&out, version)
        })
        .await
}
