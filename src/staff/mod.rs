//! Who serves after school (四.1, 四.2, 六.3): members of staff with their qualifications, vettings and contracts, and
//! what an hour is paid. Their ID numbers and telephones are sealed, and masked in every answer.

mod facts;
pub mod performance_pay_totals;
pub mod remuneration_standards;
pub mod staff_contracts;
pub mod staff_members;
pub mod staff_qualifications;
pub mod staff_vettings;

pub use self::facts::{facts_for, leader_faults};
