//! The page of a published notice 告知页面: what was published, and beside it what is so today: whether applications are
//! taken, how many seats are left, whom to ask. What was published never changes; what is of the moment says so.

mod api;
mod page;

pub use self::api::routes;

use std::collections::HashMap;
use std::sync::Arc;

use time::Date;

use super::enrollments::{self, Seats};
use crate::auth::organisations;
use crate::db::{Id, Tx};
use crate::filings::filings::{self, Filed};
use crate::notices::notices::{self, Published};
use crate::refusal::Refusal;
use crate::regulation::authorities::{self, Authority};

/// A notice with all that its page says.
pub struct Told {
    pub published: Published,
    pub filed: Arc<Filed>,
    /// Name of the authority where it was filed.
    pub authority: String,
    /// Who takes complaints now.
    pub complaints: Option<Authority>,
    /// The seats of its projects as they stand now.
    pub seats: HashMap<Id, Seats>,
    /// The day on which it is read.
    pub today: Date,
}

/// What the page of a notice says today.
///
/// # Errors
/// 404.
pub fn told(tx: &mut Tx<'_>, id: Id) -> Result<Told, Refusal> {
    let published = notices::shown(tx, id)?;
    let filed = filings::filed(tx, published.filing.id)?;
    let authority = organisations::find(tx, published.filing.authority_id)?;
    let complaints = authorities::takes_complaints_of(tx, &published.notice.path)?;
    let seats = enrollments::seats_of(tx, &published.projects)?;
    let authority = authority.map(|node| node.name).unwrap_or_default();
    Ok(Told { published, filed, authority, complaints, seats, today: tx.today })
}
