//! Who regulates, and when: authorities and their terms. Policy profiles and the calendar are to stand here, too.

pub mod authorities;
pub mod terms;
