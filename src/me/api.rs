//! `/me`.

use actix_web::{get, post, web};
use secrecy::SecretString;
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use super::Me;
use crate::auth::grants::{NamedGrant, RoleGrantState};
use crate::auth::organisations::{Organisation, OrganisationKind};
use crate::auth::password::{Hasher, is_guessable};
use crate::auth::permission::{OwnAccount, names_of};
use crate::auth::users::{self, User, UserOut};
use crate::auth::{By, OfSecret, Read, Role, Write, sessions, shape, standing};
use crate::db::{Db, Id, Instant, Tx};
use crate::http::client::ClientAddress;
use crate::http::{Answer, Answered, ServiceConfig, Valid};
use crate::refusal::{Fault, Refusal};
use crate::regulation::terms::Term;
use crate::rules::document::Season;
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, me};

/// The caller's own account and the role in which this token acts.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeOut {
    pub user: UserOut,
    pub role: Role,
    pub organisation_id: Option<Id>,
    /// Where the token acts; null for the platform's own roles and for guardians.
    pub organisation: Option<MyOrganisationOut>,
    /// Every role that the account was given, the newest first, past ones included. `POST /oauth/token` with a refresh
    /// token and another `role` and `organisation_id` acts in that one from then on.
    pub roles: Vec<MyRoleOut>,
    /// The business date, of Asia/Shanghai.
    #[serde(with = "iso_date")]
    pub today: Date,
    /// The term that runs today where the token acts; null in the holidays, and where there is no organisation.
    pub current_term: Option<CurrentTermOut>,
    /// Names of the permissions that the role has.
    pub permissions: Vec<String>,
    /// When this access token ends.
    pub token_expires_at: Instant,
}

/// The organisation for which the token acts.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyOrganisationOut {
    pub id: Id,
    pub kind: OrganisationKind,
    pub name: String,
}

/// A role of the account.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyRoleOut {
    /// The role grant.
    pub id: Id,
    pub role: Role,
    pub organisation_id: Option<Id>,
    pub organisation_name: Option<String>,
    /// First day.
    #[serde(with = "iso_date")]
    pub starts_on: Date,
    /// Last day; null for no end.
    #[serde(with = "iso_date::option")]
    pub ends_on: Option<Date>,
    pub state: RoleGrantState,
    /// Whether one can act in it today.
    pub holds: bool,
}

/// A term that runs.
#[derive(Debug, Serialize, ToSchema)]
pub struct CurrentTermOut {
    pub school_year: String,
    pub season: Season,
    #[serde(with = "iso_date")]
    pub opens_on: Date,
    #[serde(with = "iso_date")]
    pub ends_on: Date,
}

impl From<Organisation> for MyOrganisationOut {
    fn from(organisation: Organisation) -> Self {
        Self { id: organisation.id, kind: organisation.kind, name: organisation.name }
    }
}

impl From<Term> for CurrentTermOut {
    fn from(term: Term) -> Self {
        let (school_year, season) = (term.row.school_year, term.row.season);
        Self { school_year, season, opens_on: term.row.opens_on, ends_on: term.row.ends_on }
    }
}

impl MyRoleOut {
    fn of(NamedGrant { grant, organisation_name }: NamedGrant, today: Date) -> Self {
        Self {
            id: grant.id,
            role: grant.role,
            organisation_id: grant.organisation_id,
            organisation_name,
            starts_on: grant.starts_on,
            ends_on: grant.ends_on,
            state: grant.state(),
            holds: grant.holds_on(today),
        }
    }
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

/// The caller's own account, where it acts, and what it needs first 本人账号
#[utoipa::path(tag = "users",
    responses((status = 200, description = "The account and the role of this token", body = MeOut), OwnAccount))]
#[get("/me")]
async fn get_me(by: By<OwnAccount>, read: Read) -> Answered {
    read.snapshot(by, |tx, by| {
        let Me { user, organisation, roles, term } = me::of(tx, by)?;
        let me = MeOut {
            user: shape(tx, &user, by)?,
            role: by.role,
            organisation_id: by.organisation_id,
            organisation: organisation.map(MyOrganisationOut::from),
            roles: roles.into_iter().map(|role| MyRoleOut::of(role, tx.today)).collect(),
            today: tx.today,
            current_term: term.map(CurrentTermOut::from),
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
            Answer::ok(&shape(tx, &user, by)?, user.version)
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
