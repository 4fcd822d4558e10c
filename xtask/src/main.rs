//! Threadline's chores: `cargo xtask test`, `postgres`, `api` and `bench`.
//!
//! Here is the command line and nothing else; a chore is a module. Nothing of the product lives in this crate, and no
//! chore waits on standard input: it runs the same at a desk and in CI.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool talks on the terminal")]

mod api;
mod bench;
mod doctests;
mod npm;
mod postgres;
mod process;
mod scratch;
mod test;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Threadline's chores", version)]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Run every test: Rust on SQLite and PostgreSQL, doc tests, the front end, the browser
    Test(test::Options),
    /// Run a command with a temporary PostgreSQL, its URL in THREADLINE_TEST_POSTGRES_URL
    Postgres(postgres::Options),
    /// Write web/api/openapi.json and web/api/schema.d.ts from the program's own description
    Api(api::Options),
    /// Run a benchmark of benches/ (all of them when no name is given)
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let done = match Cli::parse().chore {
        Chore::Test(options) => test::run(&options),
        Chore::Postgres(options) => postgres::run(&options),
        Chore::Api(options) => api::run(&options),
        Chore::Bench(options) => bench::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
