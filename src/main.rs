//! The `kehou` command.

/// Threads of the database give back what they do not use, and small pieces cost little: what a filed plan, a list and
/// its JSON are made of.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    kehou::cli::run()
}
