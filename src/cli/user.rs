//! `kehou user`: the way back in for whoever runs the machine.

use std::process::ExitCode;

use clap::Args;
use secrecy::SecretString;

use super::{block_on, logging};
use crate::app::open_existing;
use crate::auth::keys;
use crate::auth::password::Hasher;
use crate::auth::secrets;
use crate::config::Storage;
use crate::db::{Mode, Origin};
use crate::refusal::Refusal;
use crate::sealing::fresh_secret;

#[derive(Debug, Args)]
pub(super) struct UserArgs {
    /// The account that gets a new secret
    username: String,
    #[command(flatten)]
    storage: Storage,
}

pub(super) fn run(args: &UserArgs) -> Result<ExitCode, String> {
    logging::start(args.storage.log_format);
    let db = open_existing(&args.storage)?;
    let (secret, username) = (fresh_secret()?, args.username.clone());
    let shown = secret.clone();
    block_on(async move {
        keys::unlock(&db).await?;
        let hash = Hasher::new()?.hash(SecretString::from(secret)).await?;
        db.write(Origin::service("kehou user"), Mode::Commit, move |tx| {
            secrets::issue_from_console(tx, &username, &hash)
        })
        .await
        .map_err(|refusal| match refusal.code() {
            Some(crate::refusal::Code::NotFound) => Refusal::internal("no account of this name"),
            _ => refusal,
        })
    })?;
    println!("{}: new secret {shown} (shown once; every sign-in has ended, its roles are confirmed)", args.username);
    Ok(ExitCode::SUCCESS)
}
