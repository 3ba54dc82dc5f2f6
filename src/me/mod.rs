//! One's own account: who this token stands for, where, in which other roles one may act, and changing one's secret.

mod api;

pub use self::api::routes;

use crate::auth::By;
use crate::auth::grants::{self, NamedGrant};
use crate::auth::organisations::{self, Organisation};
use crate::auth::permission::OwnAccount;
use crate::auth::users::User;
use crate::db::Tx;
use crate::refusal::Refusal;
use crate::regulation::terms::{self, Term};

/// What an app asks first.
#[derive(Debug, Clone)]
pub struct Me {
    pub user: User,
    /// Where the token acts; none for the platform's own and for guardians.
    pub organisation: Option<Organisation>,
    pub roles: Vec<NamedGrant>,
    /// The term that runs there today.
    pub term: Option<Term>,
}

/// The caller.
///
/// # Errors
/// When the database fails.
pub fn of(tx: &mut Tx<'_>, by: &By<OwnAccount>) -> Result<Me, Refusal> {
    let user: User = by.find(tx, by.user_id)?;
    let organisation = by.organisation_id.map(|id| organisations::find(tx, id)).transpose()?.flatten();
    let today = tx.today;
    let term = terms::on_day(tx, &by.path, today)?;
    Ok(Me { user, organisation, roles: grants::all_of(tx, by.user_id)?, term })
}
