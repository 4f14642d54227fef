//! The program: answer a shell that asks what could come next; else parse, run, turn an error into an exit status.

use std::process::ExitCode;

use windlass::cli;

fn main() -> ExitCode {
    let before = cli::harden();
    cli::answer();
    let done = cli::parse(std::env::args_os()).and_then(|cli| cli::run(cli, before));
    done.map_or_else(|failure| failure.status().into(), |()| ExitCode::SUCCESS)
}
