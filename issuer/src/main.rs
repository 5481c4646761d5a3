//! The program `assay`.

mod command;
mod demo;
mod start;

use std::process::ExitCode;

fn main() -> ExitCode {
    command::run()
}
