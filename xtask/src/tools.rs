//! Finding what the tests need on this machine, installing it where that is harmless, and else naming it.
//!
//! Harmless means: crates.io through `cargo install`, and Debian's packages when we are root (a container, CI). On
//! anybody's own machine the sentence says which package to install.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::process::{cargo, command, succeed};

/// The oldest Node that the front end's build takes: 20.19 on the old line, 22.12 on the newer one, any later one.
const NODE: [(u32, u32); 2] = [(20, 19), (22, 12)];

/// Something a package manager can bring.
struct Package {
    what: &'static str,
    debian: &'static [&'static str],
    homebrew: &'static str,
}

const POSTGRES: Package = Package { what: "the PostgreSQL server", debian: &["postgresql"], homebrew: "postgresql" };
const CHROMIUM: Package = Package { what: "Chromium (or Chrome)", debian: &["chromium"], homebrew: "--cask chromium" };
/// Chromium without a window: far less CPU time than the whole browser with `--headless` (a third to four fifths). Ubuntu doesn't have it.
const HEADLESS: &str = "chromium-headless-shell";
const NODE_PACKAGE: Package = Package { what: "Node and npm", debian: &["nodejs", "npm"], homebrew: "node" };

/// The first of `names` that is a program in `PATH` or in one of the `more` folders.
fn find(names: &[&str], more: &[PathBuf]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).chain(more.iter().cloned()).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}

/// Looks, installs when it can, looks again; else says what to install.
fn ensure(package: &Package, look: impl Fn() -> Option<PathBuf>) -> Result<PathBuf> {
    if let Some(found) = look() {
        return Ok(found);
    }
    let debian = package.debian.join(" ");
    if !may_install() {
        bail!(
            "{} is missing. Install it and run this again: `apt-get install {debian}` on Debian or Ubuntu, \
             `brew install {}` on macOS.",
            package.what,
            package.homebrew
        );
    }
    println!("{} is missing: installing Debian's package {debian}", package.what);
    apt(&["update"])?;
    install(package.debian)?;
    look().with_context(|| format!("installed {debian}, and still can't find {}", package.what))
}

fn may_install() -> bool {
    find(&["apt-get"], &[]).is_some() && rustix::process::geteuid().is_root()
}

fn install(packages: &[&str]) -> Result<()> {
    apt(&[&["install", "-y", "--no-install-recommends"], packages].concat())
}

fn apt(arguments: &[&str]) -> Result<()> {
    succeed(
        command("apt-get")?.arg("-qq").args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null()),
    )
}

/// Makes `cargo nextest` work, building it from crates.io when it isn't there.
pub(crate) fn nextest() -> Result<()> {
    // Cargo itself looks beside PATH too, in its own folder of programs.
    let asked = cargo()?.args(["nextest", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if asked.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    println!("cargo-nextest (it runs the tests in parallel and ends those that hang) is missing:");
    println!("building it from crates.io with `cargo install cargo-nextest --locked`, which takes some minutes");
    succeed(cargo()?.args(["install", "cargo-nextest", "--locked"]))
}

/// The folder with `initdb` and `pg_ctl`.
pub(crate) fn postgres_bin() -> Result<PathBuf> {
    let initdb = ensure(&POSTGRES, || find(&["initdb"], &postgres_folders()))?;
    // A link in PATH may stand alone; its neighbours are where it points.
    let initdb = initdb.canonicalize().with_context(|| format!("can't follow {}", initdb.display()))?;
    let folder = initdb.parent().context("initdb has no folder")?;
    if !folder.join("pg_ctl").is_file() {
        bail!("{} has initdb and no pg_ctl: reinstall {}", folder.display(), POSTGRES.what);
    }
    Ok(folder.to_owned())
}

/// Where packagers put the server's programs outside `PATH`, the newest version first.
fn postgres_folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Ok(answer) = Command::new("pg_config").arg("--bindir").stdin(Stdio::null()).output() {
        folders.push(PathBuf::from(String::from_utf8_lossy(&answer.stdout).trim()));
    }
    for (base, prefix) in [
        ("/usr/lib/postgresql", ""),
        ("/opt/homebrew/opt", "postgresql"),
        ("/usr/local/opt", "postgresql"),
        ("/home/linuxbrew/.linuxbrew/opt", "postgresql"),
        ("/usr", "pgsql-"),
    ] {
        folders.extend(newest_first(Path::new(base), prefix).into_iter().map(|folder| folder.join("bin")));
    }
    folders
}

fn newest_first(base: &Path, prefix: &str) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir(base)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let version = name.strip_prefix(prefix)?.trim_start_matches('@').parse().unwrap_or(0);
            Some((version, entry.path()))
        })
        .collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, path)| path).collect()
}

/// The browser for the browser tests; `THREADLINE_CHROMIUM` names another one.
pub(crate) fn chromium() -> Result<PathBuf> {
    if let Some(chosen) = std::env::var_os("THREADLINE_CHROMIUM") {
        return Ok(chosen.into());
    }
    let names = [
        HEADLESS,
        "chromium",
        "chromium-browser",
        "google-chrome-stable",
        "google-chrome",
        "Chromium",
        "Google Chrome",
    ];
    let folders = ["/Applications/Chromium.app/Contents/MacOS", "/Applications/Google Chrome.app/Contents/MacOS"];
    let look = || find(&names, &folders.map(PathBuf::from));
    if look().is_none() && may_install() {
        println!("{} is missing: installing Debian's package {HEADLESS}", CHROMIUM.what);
        if let Err(error) = apt(&["update"]).and_then(|()| install(&[HEADLESS])) {
            println!("{error:#}: the whole browser will do as well");
        }
    }
    ensure(&CHROMIUM, look)
}

/// Makes sure of `npm`, and of a Node that is new enough.
pub(crate) fn node() -> Result<()> {
    let node = ensure(&NODE_PACKAGE, || find(&["npm"], &[]).and(find(&["node"], &[])))?;
    let version = crate::process::output(command(&node)?.arg("--version"))?;
    if !new_enough(&version) {
        bail!("Node {} is too old: the front end needs 20.19, or 22.12, or newer (https://nodejs.org)", version.trim());
    }
    Ok(())
}

fn new_enough(version: &str) -> bool {
    let mut numbers = version.trim().trim_start_matches('v').split('.').map_while(|part| part.parse::<u32>().ok());
    let (Some(major), Some(minor)) = (numbers.next(), numbers.next()) else { return false };
    NODE.iter().any(|(least_major, least_minor)| major == *least_major && minor >= *least_minor) || major > NODE[1].0
}

/// Makes sure of a C compiler: SQLite is compiled from its source.
pub(crate) fn c_compiler() -> Result<()> {
    let found = std::env::var_os("CC").is_some() || find(&["cc", "gcc", "clang"], &[]).is_some();
    if !found {
        bail!("a C compiler is missing (SQLite is built from source): install gcc or clang");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_are_compared_by_line() {
        for old in ["v18.20.4", "v20.18.9", "v21.9.0", "v22.11.0", "nonsense", ""] {
            assert!(!new_enough(old), "{old} must be refused");
        }
        for good in ["v20.19.0", "v20.20.2\n", "v22.12.0", "v23.0.0", "v24.1.0"] {
            assert!(new_enough(good), "{good} must do");
        }
    }

    #[test]
    fn a_program_is_found_only_when_it_is_there() {
        assert!(find(&["no-such-program-anywhere", "sh"], &[]).is_some_and(|sh| sh.ends_with("sh")));
        assert_eq!(find(&["no-such-program-anywhere"], &[]), None);
    }
}
