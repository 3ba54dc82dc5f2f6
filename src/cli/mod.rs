//! The commands. Each prints for people; errors go to standard error and end with a status other than 0.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "commands speak to people")]

mod check;
mod demo;
mod health;
mod keys;
mod lives;
mod logging;
mod migrate;
mod openapi;
mod rules;
mod serve;
mod user;
mod verify;
mod warnings;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Serving, Storage};
use crate::private;
use crate::refusal::Refusal;

/// Kehou 课后: the backend of in-school after-school services
#[derive(Debug, Parser)]
#[command(version, about, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::ServeArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API (what happens without a command, too)
    Serve(Box<serve::ServeArgs>),
    /// Apply migrations
    Migrate(Storage),
    /// Check the journal, every row against it, and every invariant of the database
    Verify(verify::VerifyArgs),
    /// Judge a plan document offline: exit 0 without errors, 1 with errors, 2 if it is no plan document
    Check(check::CheckArgs),
    /// Print the catalogue of rules as Markdown
    Rules,
    /// Print the lives of all things as Markdown
    Lives,
    /// Print the OpenAPI document, or the list of operations
    Openapi(openapi::OpenapiArgs),
    /// Ask the service of this machine whether it is ready: exit 0 if it is
    Health(health::HealthArgs),
    /// Give an account a new secret, when nobody can sign in any more, and confirm its roles
    User(user::UserArgs),
    /// Replace the master key or the key that signs tokens
    Keys(keys::KeysArgs),
}

/// Runs the command of this process.
#[must_use]
pub fn run() -> ExitCode {
    private::keep_new_files_private();
    if let Err(error) = dotenvy::dotenv()
        && !error.not_found()
    {
        eprintln!(".env: {error}");
        return ExitCode::FAILURE;
    }
    let cli = Cli::parse();
    let done = match cli.command.unwrap_or(Command::Serve(Box::new(cli.serve))) {
        Command::Serve(args) => serve::run(&args),
        Command::Migrate(storage) => migrate::run(&storage),
        Command::Verify(args) => verify::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Rules => rules::run(),
        Command::Lives => Ok(lives::run()),
        Command::Openapi(args) => openapi::run(&args),
        Command::Health(args) => health::run(&args),
        Command::User(args) => user::run(&args),
        Command::Keys(args) => keys::run(&args),
    };
    match done {
        Ok(code) => code,
        Err(message) => {
            eprintln!("kehou: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Runs async work to its end on this thread.
fn block_on<T>(work: impl Future<Output = Result<T, Refusal>>) -> Result<T, String> {
    actix_web::rt::System::new().block_on(work).map_err(|refusal| sentence(&refusal))
}

/// A refusal for the person at the terminal.
fn sentence(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Refused(refused) => refused.cause.clone().unwrap_or_else(|| refused.code.slug().to_owned()),
        Refusal::Database(error) => format!("database: {error}"),
    }
}
