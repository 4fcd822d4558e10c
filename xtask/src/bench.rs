//! `cargo xtask bench [NAME]`: runs the programs of `benches/`, which print their own figures.

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::postgres::{Fsync, Server, URL};
use crate::process::{cargo, root, succeed};

#[derive(Args)]
pub(crate) struct Options {
    /// A file of benches/ without its ending, or a folder: `store`, `inbox`
    name: Option<String>,
    /// Handed to the benchmark
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Runs one benchmark, or all of them one after the other.
///
/// # Errors
/// When there is no such benchmark (the answer lists those there are), or one fails.
pub(crate) fn run(options: &Options) -> Result<()> {
    let known = known()?;
    let chosen = match &options.name {
        Some(name) if known.contains(name) => vec![name.clone()],
        Some(name) => bail!("there is no benchmark `{name}`; there is: {}", known.join(", ")),
        None => known,
    };
    if chosen.is_empty() {
        bail!("benches/ holds no benchmark");
    }
    for name in chosen {
        println!("== bench {name}");
        let server = Server::given_or_started(fsync(&name))?;
        succeed(cargo()?.args(["bench", "--bench", &name, "--"]).args(&options.arguments).env(URL, server.url()))?;
    }
    Ok(())
}

/// Commits wait for the disk, as they do in production: a figure about them without that would flatter us. What the pages ask
/// only reads, and two million messages are written sooner without.
fn fsync(name: &str) -> Fsync {
    if name == "inbox" { Fsync::Off } else { Fsync::On }
}

fn known() -> Result<Vec<String>> {
    let folder = root()?.join("benches");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| format!("can't read {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "rs") || path.join("main.rs").is_file() {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}
