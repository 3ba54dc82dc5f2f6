//! Who regulates: the authorities. Policy profiles, calendar and terms are to stand here, too.

pub mod authorities;
