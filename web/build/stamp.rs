//! Which files make the front end, and one short name for their content. The walk and the hash only; no building.
//!
//! `scripts/stamp.mjs` computes the same name; `build.rs` compares the two after every build, so they can't drift apart.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

/// The folders and files below `web/` that decide what the built pages look like.
pub(crate) const SOURCES: [&str; 10] = [
    ".npmrc",
    "api",
    "demo",
    "package-lock.json",
    "package.json",
    "pages",
    "scripts",
    "texts",
    "tsconfig.json",
    "widget",
];

/// Every source file below `root`, as paths relative to it with `/` between the parts, in byte order. Tests are left
/// out: a changed test changes no page.
///
/// # Errors
/// When a folder can't be read, or a file name isn't UTF-8.
pub(crate) fn files(root: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut waiting: Vec<PathBuf> = SOURCES.iter().map(PathBuf::from).collect();
    while let Some(relative) = waiting.pop() {
        let name = relative.to_str().ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, format!("{} isn't a UTF-8 file name", relative.display()))
        })?;
        let absolute = root.join(&relative);
        if !absolute.exists() {
            continue;
        }
        if absolute.is_dir() {
            if relative.file_name().is_some_and(|last| last == "test") {
                continue;
            }
            for entry in fs::read_dir(&absolute)? {
                waiting.push(relative.join(entry?.file_name()));
            }
        } else if !is_test(name) {
            found.push(name.replace('\\', "/"));
        }
    }
    found.sort();
    Ok(found)
}

fn is_test(name: &str) -> bool {
    name.ends_with(".test.ts") || name.ends_with(".test.tsx") || name.ends_with(".test.mjs")
}

/// The content stamp: SHA-256 over `path NUL length NUL bytes` of every source file, as 64 hex digits.
///
/// # Errors
/// When a source file can't be read.
pub(crate) fn of(root: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    for name in files(root)? {
        let bytes = fs::read(root.join(&name))?;
        hash.update(name.as_bytes());
        hash.update([0]);
        hash.update(bytes.len().to_string().as_bytes());
        hash.update([0]);
        hash.update(&bytes);
    }
    Ok(hex::encode(hash.finalize()))
}
