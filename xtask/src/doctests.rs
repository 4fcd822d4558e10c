//! Whether the libraries have examples worth compiling: starting rustdoc for none costs a minute.

use std::path::Path;

use anyhow::Result;

/// Folders with the sources of library crates.
const LIBRARIES: [&str; 5] = ["src", "bridges/core/src", "bridges/slack/src", "bridges/sandbox/src", "web/src"];

/// True when a doc comment of a library crate holds Rust code that `cargo test --doc` would run.
pub(crate) fn exist(root: &Path) -> Result<bool> {
    for library in LIBRARIES {
        if in_folder(&root.join(library))? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn in_folder(folder: &Path) -> Result<bool> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(false) };
    for entry in entries {
        let path = entry?.path();
        let found = if path.is_dir() {
            in_folder(&path)?
        } else {
            path.extension().is_some_and(|end| end == "rs") && in_source(&std::fs::read_to_string(&path)?)
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

fn in_source(source: &str) -> bool {
    let docs = source.lines().filter_map(|line| {
        let line = line.trim_start();
        line.strip_prefix("///").or_else(|| line.strip_prefix("//!"))
    });
    let mut inside = false;
    for doc in docs {
        let Some(language) = doc.trim().strip_prefix("```") else { continue };
        inside = !inside;
        let rust = language.split(',').map(str::trim).all(|word| {
            matches!(word, "" | "rust" | "no_run" | "should_panic" | "compile_fail") || word.starts_with("edition")
        });
        if inside && rust {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rust_examples_count() {
        assert!(in_source("/// ```\n/// assert!(true);\n/// ```\n"));
        assert!(in_source("//! ```rust,no_run\n//! main();\n//! ```\n"));
        assert!(!in_source("/// ```text\n/// a picture\n/// ```\nfn a() {}\n"));
        assert!(!in_source("/// ```json\n/// {}\n/// ```\n"));
        assert!(!in_source("let fence = \"```\";\n"));
    }
}
