//! Moving a term 学期调整: its plans are looked at again in the same transaction, so that who moves it knows whom it
//! concerns. Nothing of them is changed: what was judged stays, and what is filed next is judged by the new days.

mod api;

pub use self::api::routes;

use crate::auth::By;
use crate::auth::permission::ManageTerms;
use crate::db::{Id, Tx};
use crate::http::IfMatchVersion;
use crate::plans::plans;
use crate::refusal::Refusal;
use crate::regulation::terms::{self, Term, TermIn};

/// Replaces a term's days. The answer names the plans whose service lies outside of them now, the first
/// [`plans::LEFT_NAMED_MAX`] of them.
///
/// # Errors
/// As [`terms::update`].
pub fn update(
    tx: &mut Tx<'_>,
    by: &By<ManageTerms>,
    id: Id,
    seen: &IfMatchVersion,
    to: &TermIn,
) -> Result<Term, Refusal> {
    let moved = terms::update(tx, by, id, seen, to)?;
    let left = plans::left_by_their_term(tx, &moved)?;
    tx.findings.extend(left);
    Ok(moved)
}
