//! Starting other programs: where the checkout is, what they inherit, and how their failure reads.
//!
//! Which programs, and where they are installed, is `tools`' business.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The checkout that `cargo xtask` was called in. Not the one that this program was built in: checkouts may share a
/// target folder, and then Cargo takes one's program for the other's.
pub(crate) fn root() -> Result<PathBuf> {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").context("start this as `cargo xtask`")?;
    let here = Path::new(&here);
    Ok(here.parent().context("xtask has no parent folder")?.to_owned())
}

/// A command in the checkout that can't wait on standard input.
pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>) -> Result<Command> {
    let mut command = Command::new(program);
    command.current_dir(root()?).stdin(Stdio::null());
    Ok(command)
}

/// Cargo, as a person would have started it from the checkout.
///
/// `cargo xtask` hands down variables about the xtask package; build scripts that watch those (ring's does) would
/// rebuild half the tree each time somebody switches between `cargo test` and `cargo xtask test`.
pub(crate) fn cargo() -> Result<Command> {
    let mut cargo = command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))?;
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        let about_xtask = name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_MANIFEST_")
            || matches!(&*name, "CARGO_BIN_NAME" | "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE" | "OUT_DIR");
        if about_xtask {
            cargo.env_remove(&*name);
        }
    }
    Ok(cargo)
}

/// Runs `command` to its end; its output goes to the terminal.
///
/// # Errors
/// When it can't be started, or when it ends with anything but success.
pub(crate) fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("could not start `{}`", shown(command)))?;
    if !status.success() {
        bail!("`{}` failed: {status}", shown(command));
    }
    Ok(())
}

/// Runs `command` and answers what it printed; what it complains about goes to the terminal.
///
/// # Errors
/// As [`succeed`], and when the output is not UTF-8.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    command.stderr(Stdio::inherit());
    let output = command.output().with_context(|| format!("could not start `{}`", shown(command)))?;
    if !output.status.success() {
        bail!("`{}` failed: {}", shown(command), output.status);
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("`{}` printed something that is not UTF-8", shown(command)))
}

/// The command as one would type it.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    std::iter::once(program).chain(command.get_args()).map(|part| part.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
