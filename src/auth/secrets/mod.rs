//! New secrets for accounts, and what that means for their roles: who knows the secret of an account can act as it, so
//! roles that need a second person wait for one again.

mod api;

pub use self::api::routes;

use crate::auth::By;
use crate::auth::grants;
use crate::auth::permission::ManageUsers;
use crate::auth::users::{self, User};
use crate::db::{Id, Tx};
use crate::http::IfMatchVersion;
use crate::refusal::Refusal;

/// Gives an account a new secret, whose hash this is.
///
/// # Errors
/// 404, 412, 409.
pub fn issue(
    tx: &mut Tx<'_>,
    by: &By<ManageUsers>,
    id: Id,
    seen: &IfMatchVersion,
    hash: &str,
) -> Result<User, Refusal> {
    let user = users::issue_secret(tx, by, id, seen, hash)?;
    grants::ask_again(tx, by, id)?;
    Ok(user)
}

/// The same for whoever runs the machine, which confirms what waits: `kehou user`.
///
/// # Errors
/// 404.
pub fn issue_from_console(tx: &mut Tx<'_>, username: &str, hash: &str) -> Result<User, Refusal> {
    let user = users::issue_secret_from_console(tx, username, hash)?;
    grants::confirm_from_console(tx, user.id)?;
    Ok(user)
}
