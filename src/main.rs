//! The `kehou` command.

fn main() -> std::process::ExitCode {
    kehou::cli::run()
}
