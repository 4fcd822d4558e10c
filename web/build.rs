//! Puts the built pages into `OUT_DIR/dist`, where the crate embeds them. In order: a prebuilt `web/dist` whose stamp
//! matches; a one-line page when `THREADLINE_WEB=skip`; else a build with Node in the target folder. Never writes into
//! the source tree.

#![expect(clippy::print_stderr, reason = "Cargo shows a failed build script's standard error")]

use std::{
    env,
    fs::{self, File, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

#[path = "build/node.rs"]
mod node;
#[path = "build/stamp.rs"]
mod stamp;

/// How many built front ends are kept in the target folder, so that switching branches doesn't build again.
const KEPT_BUILDS: usize = 4;

/// The page that stands for every other one when the front end was left out.
const SKIPPED_PAGE: &str = "<!doctype html><title>Threadline</title><p>This build of Threadline was made without its pages (THREADLINE_WEB=skip).</p>\n";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("\n{sentence}\n");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(variable("OUT_DIR")?);
    watch(&root);

    let dist = out.join("dist");
    let choice = env::var("THREADLINE_WEB").unwrap_or_default();
    let wanted = stamp::of(&root).map_err(|error| format!("The front end's sources can't be read: {error}"))?;
    if stamp_in(&root.join("dist")).as_deref() == Some(wanted.as_str()) {
        return put(&root.join("dist"), &dist);
    }
    match choice.as_str() {
        "skip" => {
            empty(&dist)?;
            write(&dist.join("skipped.html"), SKIPPED_PAGE)
        }
        "" => {
            let built = build(&root, &cache(&out), &wanted)?;
            put(&built, &dist)
        }
        other => {
            Err(format!("THREADLINE_WEB is \"{other}\"; it may be unset, or \"skip\" to build without the pages."))
        }
    }
}

/// Only the front end's own files: a change in Rust alone must not build it again.
fn watch(root: &Path) {
    println!("cargo::rerun-if-env-changed=THREADLINE_WEB");
    for part in ["build.rs", "build"].iter().chain(&stamp::SOURCES) {
        println!("cargo::rerun-if-changed={part}");
    }
    // A path that isn't there would count as changed every time.
    if root.join("dist/stamp").exists() {
        println!("cargo::rerun-if-changed=dist/stamp");
    }
}

/// A folder that outlives this build and is shared by all profiles: in Cargo's target folder, which Cargo marks if it
/// made it, else above `PROFILE/build/PACKAGE/out`; or in `out` itself if that looks unlike anything known.
fn cache(out: &Path) -> PathBuf {
    let marked = || out.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists());
    let above = || out.ancestors().find(|folder| folder.ends_with("build"))?.ancestors().nth(2);
    marked().or_else(above).unwrap_or(out).join("threadline-web")
}

/// Builds the front end in `cache` unless that very content is already there; the answer is its `dist`.
fn build(root: &Path, cache: &Path, wanted: &str) -> Result<PathBuf, String> {
    make(cache)?;
    let lock_path = cache.join("lock");
    let lock = File::create(&lock_path).map_err(|error| format!("Can't create {}: {error}", lock_path.display()))?;
    // Two Cargo profiles may build at once; npm and Vite in one folder may not. Let go when `lock` is dropped.
    lock.lock().map_err(|error| format!("Can't lock {}: {error}", lock_path.display()))?;

    let kept = cache.join("built").join(&wanted[..16]);
    if stamp_in(&kept).as_deref() == Some(wanted) {
        return Ok(kept);
    }
    let version = check_node()?;
    let work = cache.join("work");
    copy_sources(root, &work)?;
    install(&work, &version)?;
    say("building the widget and the demo page with Vite");
    run_in(&work, Command::new("node").arg("scripts/build.mjs"), "Building the front end")?;

    let made = work.join("dist");
    if stamp_in(&made).as_deref() != Some(wanted) {
        return Err("The built pages carry another stamp than their sources: web/scripts/stamp.mjs and \
                    web/build/stamp.rs must list the same files and hash them the same way, and no source may change \
                    during the build (if one did, build again)."
            .to_owned());
    }
    put(&made, &kept)?;
    write(&kept.join("stamp"), wanted)?;
    forget_old_builds(&cache.join("built"));
    Ok(kept)
}

fn check_node() -> Result<String, String> {
    let needed = node::NEEDED;
    let hint = "To build without the pages, set THREADLINE_WEB=skip.";
    let answer = Command::new("node").arg("--version").output().map_err(|error| {
        format!("Threadline's pages are built with Node, which didn't start ({error}). Install {needed}. {hint}")
    })?;
    let version = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    if node::is_new_enough(&version) {
        Ok(version)
    } else {
        Err(format!("Threadline's pages need {needed}; this is Node {version}. {hint}"))
    }
}

fn copy_sources(root: &Path, work: &Path) -> Result<(), String> {
    make(work)?;
    // Files deleted from the sources must not live on here; the installed packages may stay.
    for part in stamp::SOURCES.iter().chain(&["dist"]) {
        remove(&work.join(part))?;
    }
    for name in stamp::files(root).map_err(|error| error.to_string())? {
        copy(&root.join(&name), &work.join(&name))?;
    }
    Ok(())
}

/// `npm ci`, unless the same lock file was installed for the same Node before.
fn install(work: &Path, node_version: &str) -> Result<(), String> {
    let lock_file = fs::read_to_string(work.join("package-lock.json"))
        .map_err(|error| format!("web/package-lock.json can't be read: {error}"))?;
    let mark = work.join("node_modules/.threadline-installed");
    let installed = format!("{node_version}\n{lock_file}");
    if fs::read_to_string(&mark).is_ok_and(|before| before == installed) {
        return Ok(());
    }
    say("installing the front end's packages (npm ci)");
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut command = Command::new(npm);
    // Type checker and test tools aren't needed to build, and no package may run code of its own while installing.
    command.args(["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    run_in(work, &mut command, "Installing the front end's packages with npm ci")?;
    write(&mark, &installed)
}

fn run_in(folder: &Path, command: &mut Command, what: &str) -> Result<(), String> {
    let done = command
        .current_dir(folder)
        .env_remove("NODE_ENV")
        .env_remove("NODE_OPTIONS")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{what} didn't start: {error}. Is npm installed beside Node?"))?;
    if done.status.success() {
        return Ok(());
    }
    let told = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    Err(format!("{what} failed ({}).\n{told}", done.status))
}

/// Cargo swallows what a build script prints, and a first build takes a while: people at a terminal are told.
fn say(what: &str) {
    if let Ok(mut terminal) = OpenOptions::new().write(true).open("/dev/tty") {
        // Nobody is hurt when a progress line is lost.
        let _lost = writeln!(terminal, "   Front end: {what}");
    }
}

/// The newest few stay. What can't be removed only costs disk space.
fn forget_old_builds(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut builds: Vec<_> =
        entries.flatten().filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()))).collect();
    builds.sort();
    let old = builds.len().saturating_sub(KEPT_BUILDS);
    for (_, path) in builds.into_iter().take(old) {
        let _stays = fs::remove_dir_all(path);
    }
}

fn stamp_in(dist: &Path) -> Option<String> {
    fs::read_to_string(dist.join("stamp")).ok().map(|text| text.trim().to_owned())
}

/// Makes `to` a copy of the built pages in `from`, without the stamp, which is no page.
fn put(from: &Path, to: &Path) -> Result<(), String> {
    empty(to)?;
    let mut waiting = vec![PathBuf::new()];
    while let Some(relative) = waiting.pop() {
        let listing = fs::read_dir(from.join(&relative))
            .map_err(|error| format!("{} can't be read: {error}", from.join(&relative).display()))?;
        for entry in listing {
            let name = relative.join(entry.map_err(|error| error.to_string())?.file_name());
            if from.join(&name).is_dir() {
                waiting.push(name);
            } else if name != Path::new("stamp") {
                copy(&from.join(&name), &to.join(&name))?;
            }
        }
    }
    Ok(())
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("{name} isn't set; this runs as a build script under Cargo."))
}

fn empty(folder: &Path) -> Result<(), String> {
    remove(folder)?;
    make(folder)
}

fn remove(path: &Path) -> Result<(), String> {
    let gone = if path.is_dir() {
        fs::remove_dir_all(path)
    } else if path.exists() {
        fs::remove_file(path)
    } else {
        Ok(())
    };
    gone.map_err(|error| format!("{} can't be removed: {error}", path.display()))
}

fn make(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("{} can't be created: {error}", folder.display()))
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    if let Some(parent) = to.parent() {
        make(parent)?;
    }
    fs::copy(from, to).map(drop).map_err(|error| format!("{} can't be copied: {error}", from.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{} can't be written: {error}", path.display()))
}
