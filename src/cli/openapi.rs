//! `kehou openapi`.

use std::process::ExitCode;

use clap::Args;

use crate::{app, contract};

#[derive(Debug, Args)]
pub(super) struct OpenapiArgs {
    /// One line per operation: id, method, path, permission
    #[arg(long)]
    operations: bool,
}

pub(super) fn run(args: &OpenapiArgs) -> Result<ExitCode, String> {
    let document = app::contract();
    let text = if args.operations { contract::to_operations(&document) } else { contract::to_json(&document)? };
    print!("{text}");
    Ok(ExitCode::SUCCESS)
}
