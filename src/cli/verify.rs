//! `kehou verify`: the journal's chain and every invariant, over the whole database.

use std::process::ExitCode;

use super::{block_on, logging};
use crate::app::open_existing;
use crate::auth::grants;
use crate::config::Storage;
use crate::enrollments::{agreements, enrollments};
use crate::fees::{charges, ledger};
use crate::filings::filings;
use crate::regulation::policy_profiles;
use crate::staff::staff_contracts;
use crate::{db, journal};

pub(super) fn run(storage: &Storage) -> Result<ExitCode, String> {
    logging::start(storage.log_format);
    let database = open_existing(storage)?;
    let (chain, mut wrong) = block_on(database.read(|tx| {
        let mut wrong = db::check_references(tx.conn)?;
        wrong.extend(grants::verify(tx)?);
        wrong.extend(policy_profiles::verify(tx)?);
        wrong.extend(filings::verify(tx)?);
        wrong.extend(enrollments::verify(tx)?);
        wrong.extend(agreements::verify(tx)?);
        wrong.extend(ledger::verify(tx)?);
        wrong.extend(charges::verify(tx)?);
        wrong.extend(staff_contracts::verify(tx)?);
        Ok((journal::verify(tx)?, wrong))
    }))?;
    wrong.extend(chain.breaks);
    println!("journal: {} rows sealed, {} not sealed yet", chain.sealed, chain.unsealed);
    for sentence in &wrong {
        println!("WRONG: {sentence}");
    }
    if wrong.is_empty() {
        println!("everything holds");
        return Ok(ExitCode::SUCCESS);
    }
    println!("{} found", wrong.len());
    Ok(ExitCode::FAILURE)
}
