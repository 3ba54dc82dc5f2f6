//! Who regulates, and when: authorities, their terms, and the calendar. Policy profiles are to stand here, too.

pub mod authorities;
pub mod calendar;
pub mod terms;
