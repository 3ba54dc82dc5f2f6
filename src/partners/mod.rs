//! Public-interest organisations 公益组织 and social institutions 社会机构 (四.2, 四.3): who they are, what their authority
//! says of them, and what schools have agreed with them.

mod facts;
pub mod partner_agreements;
pub mod partner_bans;
pub mod partner_reviews;
#[expect(clippy::module_inception, reason = "the area and its first slice have one name")]
pub mod partners;

pub use self::facts::facts_for;
