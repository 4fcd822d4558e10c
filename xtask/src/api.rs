//! `cargo xtask api`: the committed description of our HTTP API, and its TypeScript types.
//!
//! The program describes itself (`threadline openapi`); the types come from that description. The generator stands in
//! `xtask/openapi`, apart from the front end's packages: it needs TypeScript 5's compiler API.

use std::path::Path;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::process::{command, output, root, succeed};
use crate::{npm, test, tools};

/// The generated files, beside each other in `web/api`.
const FILES: [&str; 2] = ["openapi.json", "schema.d.ts"];

#[derive(Args)]
pub(crate) struct Options {
    /// Write nothing; fail when a file would change
    #[arg(long)]
    check: bool,
}

/// Writes both files, or compares them with what is there.
///
/// # Errors
/// When the program can't be built or has nothing to say, when the generator fails, and with `--check` when a file is
/// not what would be written.
pub(crate) fn run(options: &Options) -> Result<()> {
    let root = root()?;
    let committed = root.join("web/api");
    let fresh = tempfile::tempdir()?;
    generate(&root, fresh.path())?;
    let changed: Vec<&str> = FILES
        .into_iter()
        .filter(|file| std::fs::read(committed.join(file)).ok() != std::fs::read(fresh.path().join(file)).ok())
        .collect();
    if changed.is_empty() {
        println!("web/api is up to date");
        return Ok(());
    }
    if options.check {
        bail!("web/api/{} would change: run `cargo xtask api` and commit the result", changed.join(" and web/api/"));
    }
    std::fs::create_dir_all(&committed)?;
    for file in changed {
        std::fs::copy(fresh.path().join(file), committed.join(file))?;
        println!("wrote web/api/{file}");
    }
    Ok(())
}

fn generate(root: &Path, into: &Path) -> Result<()> {
    tools::node()?;
    let description = output(command(test::threadline()?)?.arg("openapi"))?;
    serde_json::from_str::<serde_json::Value>(&description)
        .context("`threadline openapi` printed something that is not JSON")?;
    let json = into.join(FILES[0]);
    // As printed: parsed and written again, the order of keys would hang on how serde_json happens to be built.
    std::fs::write(&json, description.trim_end().to_owned() + "\n")?;

    let generator = root.join("xtask/openapi");
    npm::install(&generator)?;
    let mut types = npm::npm(&generator)?;
    types.args(["exec", "--offline", "--", "openapi-typescript"]).arg(&json).arg("--output").arg(into.join(FILES[1]));
    succeed(types.stdout(std::process::Stdio::null()))
}
