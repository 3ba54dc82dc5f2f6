//! Plans: what a school sets out to do in a term.

pub mod checks;
