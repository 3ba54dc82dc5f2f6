//! The kinds of writes. A handler names one in its type, `Write<Keyed>`, and among its `params`, so that what is
//! refused and what the contract says come from the same word; `contract::complete` adds the headers.

use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use crate::contract::{Mark, mark};
use crate::db::Mode;
use crate::refusal::{Code, Fault, Refusal};

/// A kind of write.
pub trait Kind: 'static {
    /// Whether `validate_only` may be said of it.
    const REHEARSES: bool = true;

    /// Whether its answer holds what nobody may keep: no cache, and no digest in a header.
    const IS_SECRET: bool = false;

    /// Whether it may come to nothing, and still be answered.
    const MAY_DO_NOTHING: bool = false;

    /// Refuses what does not go with it.
    ///
    /// # Errors
    /// 400.
    fn check(has_key: bool, mode: Mode) -> Result<(), Refusal>;
}

/// Any write: it may have a key, and may be rehearsed.
#[derive(Debug, Clone, Copy)]
pub struct Plain;

/// It moves seats or money, and a repeat must not move them twice: it needs a key, but for a rehearsal, which moves
/// nothing.
#[derive(Debug, Clone, Copy)]
pub struct Keyed;

/// It is many writes in one: it needs a key, since a repeat must not enter two hundred rows again. Where every row was
/// refused nothing is done, and the key stays free.
#[derive(Debug, Clone, Copy)]
pub struct OfMany;

/// It is about a secret, or a pupil's whole numbers: its answer is never stored and cannot be made up.
#[derive(Debug, Clone, Copy)]
pub struct OfSecret;

/// It marks something, such as messages that were read or who was there: a repeat does no harm, where nothing changes
/// nothing is recorded, and what others have marked meanwhile is no conflict.
#[derive(Debug, Clone, Copy)]
pub struct Marking;

/// Its body is a file: too large to compare with a first one, or to send for a trial.
#[derive(Debug, Clone, Copy)]
pub struct OfFile;

impl Kind for Plain {
    fn check(_: bool, _: Mode) -> Result<(), Refusal> {
        Ok(())
    }
}

impl Kind for Marking {
    const MAY_DO_NOTHING: bool = true;

    fn check(_: bool, _: Mode) -> Result<(), Refusal> {
        Ok(())
    }
}

impl Kind for Keyed {
    fn check(has_key: bool, mode: Mode) -> Result<(), Refusal> {
        if has_key || mode == Mode::Rehearse { Ok(()) } else { Err(Refusal::of(Code::KeyRequired)) }
    }
}

impl Kind for OfMany {
    const MAY_DO_NOTHING: bool = true;

    fn check(has_key: bool, mode: Mode) -> Result<(), Refusal> {
        Keyed::check(has_key, mode)
    }
}

/// Neither a key nor a rehearsal.
fn for_real(has_key: bool, mode: Mode) -> Result<(), Refusal> {
    match (has_key, mode) {
        (true, _) => Err(Refusal::of(Code::KeyRefused)),
        (false, Mode::Rehearse) => Err(Refusal::at(Code::ParameterInvalid, "validate_only", Fault::Unknown)),
        (false, Mode::Commit) => Ok(()),
    }
}

impl Kind for OfSecret {
    const REHEARSES: bool = false;
    const IS_SECRET: bool = true;

    fn check(has_key: bool, mode: Mode) -> Result<(), Refusal> {
        for_real(has_key, mode)
    }
}

impl Kind for OfFile {
    const REHEARSES: bool = false;

    fn check(has_key: bool, mode: Mode) -> Result<(), Refusal> {
        for_real(has_key, mode)
    }
}

macro_rules! marks {
    ($($kind:ident),+) => {$(
        impl IntoParams for $kind {
            fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                vec![mark(Mark::$kind)]
            }
        }
    )+};
}

marks!(Keyed, OfMany, OfSecret, OfFile, Marking);
