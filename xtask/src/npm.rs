//! Node packages: installed once for each lock file, then left alone.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{command, succeed};

/// `npm` in `folder`.
pub(crate) fn npm(folder: &Path) -> Result<Command> {
    let mut npm = command("npm")?;
    npm.current_dir(folder).env("npm_config_update_notifier", "false").env("npm_config_fund", "false");
    Ok(npm)
}

/// `npm ci` in `folder`, unless what its lock file asks for is there already.
///
/// # Errors
/// When there is no lock file, or npm fails.
pub(crate) fn install(folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let wanted = std::fs::read(&lock).with_context(|| format!("can't read {}", lock.display()))?;
    // npm's own record of what it installed leaves things out; a copy of the lock file it worked from does not.
    let installed = folder.join("node_modules/.threadline-lock.json");
    if std::fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    succeed(npm(folder)?.args(["ci", "--no-audit", "--loglevel=error"]))?;
    std::fs::create_dir_all(folder.join("node_modules"))?;
    std::fs::write(&installed, wanted).with_context(|| format!("can't write {}", installed.display()))
}
