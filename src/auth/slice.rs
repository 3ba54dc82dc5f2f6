//! What a slice registers, once: the words that its paths begin with, its routes, its lives.

use super::life::Life;
use crate::http::ServiceConfig;

/// One slice of the API; `app.rs` has the list of all.
#[derive(Debug, Clone, Copy)]
pub struct Slice {
    /// First words of its paths below the base: a request is compared with the patterns of its own word only.
    pub words: &'static [&'static str],
    pub routes: fn(&mut ServiceConfig),
    pub lives: &'static [Life],
}
