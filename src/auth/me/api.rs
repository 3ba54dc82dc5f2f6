//! `/me`.

use actix_web::{get, post, web};
use secrecy::SecretString;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::auth::password::{Hasher, is_guessable};
use crate::auth::permission::{OwnAccount, names_of};
use crate::auth::users::{self, User, UserOut};
use crate::auth::{By, OfSecret, Read, Role, Shown, Write, sessions, standing};
use crate::body;
use crate::db::{Db, Id, Instant, Tx};
use crate::http::client::ClientAddress;
use crate::http::{Answer, Answered, Valid};
use crate::refusal::{Fault, Refusal};
use crate::values::text::Line;

/// The caller's own account and the role in which this token acts.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeOut {
    pub user: UserOut,
    pub role: Role,
    pub organisation_id: Option<Id>,
    /// Names of the permissions that the role has.
    pub permissions: Vec<String>,
    /// When this access token ends.
    pub token_expires_at: Instant,
}

body! {
    /// One's own new secret.
    pub struct SecretChangeIn {
        #[schema(inline)]
        current_secret: Line<1, 128>,
        /// At least 12 characters, not the old one, without the account's name, and no repetition of a few characters.
        #[schema(inline)]
        new_secret: Line<12, 128>,
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(get_me).service(change_my_secret);
}

/// The caller's own account 本人账号
#[utoipa::path(tag = "users",
    responses((status = 200, description = "The account and the role of this token", body = MeOut), OwnAccount))]
#[get("/me")]
async fn get_me(by: By<OwnAccount>, read: Read) -> Answered {
    read.one(by, |tx, by| {
        let user: User = by.find(tx, by.user_id)?;
        let me = MeOut {
            user: user.shown_to(by),
            role: by.role,
            organisation_id: by.organisation_id,
            permissions: names_of(by.role),
            token_expires_at: by.expires_at,
        };
        Answer::ok(&me, user.version)
    })
    .await
}

/// Replaces one's own secret; sign in again afterwards 修改本人口令
#[utoipa::path(tag = "users", params(OfSecret), request_body = SecretChangeIn,
    responses((status = 200, description = "The account; its tokens have ended", body = UserOut), OwnAccount))]
#[post("/me/change-secret")]
async fn change_my_secret(
    by: By<OwnAccount>,
    write: Write<OfSecret>,
    from: ClientAddress,
    Valid(body): Valid<SecretChangeIn>,
    hasher: web::Data<Hasher>,
    db: web::Data<Db>,
) -> Answered {
    let own = by.clone();
    let confirmed = move |tx: &mut Tx<'_>| {
        standing::confirm(tx, &own)?;
        own.find::<User>(tx, own.user_id)
    };
    let user = db.read(confirmed).await?;
    check_new_secret(&body, &user.username)?;
    let current = SecretString::from(body.current_secret.as_str());
    let known = sessions::check_secret(&db, &hasher, (&user.username, from.0), current).await?;
    known.ok_or_else(|| Refusal::field("/current_secret", Fault::Mismatch).said("secret"))?;
    let hash = hasher.hash(SecretString::from(body.new_secret.as_str())).await?;
    write
        .cutting_off()
        .transact(by, move |tx, by| {
            let user = users::change_own_secret(tx, by, &hash)?;
            Answer::ok(&user.shown_to(by), user.version)
        })
        .await
}

fn check_new_secret(body: &SecretChangeIn, username: &str) -> Result<(), Refusal> {
    let new = body.new_secret.as_str();
    if new == body.current_secret.as_str() || is_guessable(new, username) {
        return Err(Refusal::field("/new_secret", Fault::Guessable));
    }
    Ok(())
}
