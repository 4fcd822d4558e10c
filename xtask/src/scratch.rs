//! Where the tests' databases lie: in memory, where there is plenty of it.
//!
//! SQLite waits for the disk at each commit, as it must, and so do a thousand tests. Nothing of theirs has to survive a
//! power cut, and a program that is killed loses nothing of a file in memory either; so the tests stay as they are and
//! only stop waiting. Figures are another matter: benchmarks never come here.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use tempfile::TempDir;

/// The folder in memory that Linux has, writable by everybody.
const IN_MEMORY: &str = "/dev/shm";

/// What a whole run was seen to use is a fifth of this.
const ENOUGH: u64 = 6 << 30;

const PREFIX: &str = "threadline-tests-";

/// The folder in memory, `None` where that is short.
pub(crate) fn memory() -> Option<PathBuf> {
    enough_memory(Path::new(IN_MEMORY)).then(|| IN_MEMORY.into())
}

/// A folder for `TMPDIR`, gone when dropped. What a killed run left behind goes with the next one.
///
/// # Errors
/// When it can't be made.
pub(crate) fn folder() -> Result<TempDir> {
    let base = memory().unwrap_or_else(std::env::temp_dir);
    sweep(&base, |process| Path::new("/proc").join(process).exists());
    let prefix = format!("{PREFIX}{}-", std::process::id());
    Ok(tempfile::Builder::new().prefix(&prefix).tempdir_in(base)?)
}

fn enough_memory(folder: &Path) -> bool {
    let room = rustix::fs::statvfs(folder).is_ok_and(|found| found.f_bavail.saturating_mul(found.f_frsize) >= ENOUGH);
    room && fs::read_to_string("/proc/meminfo").is_ok_and(|told| available(&told).is_some_and(|free| free >= ENOUGH))
}

/// The bytes that `/proc/meminfo` calls available.
fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// Removes the folders of runs that are over, by the number of the process in their name.
fn sweep(base: &Path, runs: impl Fn(&str) -> bool) {
    for entry in fs::read_dir(base).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(PREFIX)).and_then(|rest| rest.split('-').next());
        if owner.is_some_and(|process| !runs(process)) {
            // Somebody else's, on a shared machine, stays.
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_from_what_linux_tells() {
        let told = "MemTotal:       24000000 kB\nMemFree:         1000 kB\nMemAvailable:    8388608 kB\n";
        assert_eq!(available(told), Some(8 << 30));
        assert_eq!(available("MemTotal: 24000000 kB\n"), None);
        assert_eq!(available("MemAvailable: lots\n"), None);
    }

    #[test]
    fn a_folder_without_memory_behind_it_is_not_taken() {
        assert!(!enough_memory(Path::new("/no/such/folder")));
    }

    #[test]
    fn what_a_killed_run_left_is_swept() {
        let base = TempDir::new().unwrap();
        let make = |name: &str| {
            let folder = base.path().join(name);
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("threadline.db"), "x").unwrap();
            folder
        };
        let over = make("threadline-tests-11-abc");
        let alive = make("threadline-tests-12-abc");
        let foreign = make("threadline-pg-11");
        sweep(base.path(), |process| process == "12");
        assert!(!over.exists() && alive.exists() && foreign.exists());
    }
}
