//! Real schools' cases, told through HTTP as they happened.

mod case_a;
mod case_c;
mod small;
