//! Real schools' cases, told through HTTP as they happened.

mod all_at_once;
pub mod case_a;
mod case_a_held;
mod case_b;
mod case_c;
mod case_d;
mod case_e;
mod case_f;
mod case_g;
mod provider_kinds;
