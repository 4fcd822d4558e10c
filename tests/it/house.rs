//! Holds the house rules that the compiler can't: who may import whom, where a platform's name may stand, and how long a
//! file may be. The rules are the tables at the top; what they mean is told in docs/ARCHITECTURE.md.
//!
//! No behaviour of the program is tested here.
#![expect(clippy::unwrap_used, reason = "a checkout that can't be read fails the test, and the panic says where")]

mod paths;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// One layer of `src/`: `src/NAME.rs` and all of `src/NAME/`.
struct Layer {
    name: &'static str,
    /// The layers that it may name, beside itself and [`EVERYBODY`].
    may: &'static [&'static str],
    /// Those of the [`GUARDED`] crates that it may name.
    crates: &'static [&'static str],
}

/// Time, ids, the wish to end, and places where a test may kill the process are for everybody.
const EVERYBODY: [&str; 4] = ["clock", "failpoint", "ids", "shutdown"];

/// Crates that belong to certain layers; every other crate is free.
const GUARDED: [&str; 13] = [
    "axum",
    "axum_extra",
    "tower_http",
    "threadline_web",
    "sqlx",
    "tokio",
    "reqwest",
    "bridge_core",
    "bridge_slack",
    "bridge_discord",
    "bridge_sandbox",
    "slack_morphism",
    "serenity",
];

/// Who may import whom (`main` may do what a start needs before there is an app). `http`, `store` and `live` name the plain types of what they stand on (`model`, `bridge_core`);
/// only `app` knows every layer. A new file of `src/` gets its line here first.
const LAYERS: [Layer; 18] = [
    Layer { name: "main", may: &["cli", "app", "settings", "telemetry"], crates: &["tokio"] },
    Layer { name: "lib", may: &[], crates: &[] },
    Layer {
        name: "cli",
        may: &["app", "service", "settings", "telemetry", "demo"],
        crates: &["threadline_web", "tokio", "bridge_core"],
    },
    Layer {
        name: "app",
        may: &[
            "cli",
            "demo",
            "http",
            "worker",
            "outside",
            "service",
            "store",
            "live",
            "model",
            "settings",
            "telemetry",
        ],
        crates: &["axum", "tower_http", "threadline_web", "tokio", "bridge_core", "bridge_slack", "bridge_discord"],
    },
    Layer {
        name: "demo",
        may: &["app", "settings", "telemetry"],
        crates: &["axum", "tower_http", "threadline_web", "tokio", "bridge_sandbox"],
    },
    Layer {
        name: "http",
        may: &["service", "live", "model"],
        crates: &["axum", "axum_extra", "tower_http", "threadline_web", "tokio", "bridge_core"],
    },
    Layer { name: "worker", may: &["service", "store", "live", "model"], crates: &["tokio", "bridge_core"] },
    Layer { name: "outside", may: &["service", "model"], crates: &["tokio", "reqwest", "bridge_core"] },
    Layer { name: "service", may: &["store", "live", "model"], crates: &["threadline_web", "tokio", "bridge_core"] },
    Layer { name: "store", may: &["model"], crates: &["sqlx", "tokio", "bridge_core"] },
    Layer { name: "live", may: &["model"], crates: &["tokio", "bridge_core"] },
    Layer { name: "model", may: &[], crates: &["bridge_core"] },
    Layer { name: "settings", may: &["model"], crates: &["threadline_web", "bridge_core"] },
    Layer { name: "telemetry", may: &["settings"], crates: &[] },
    Layer { name: "clock", may: &[], crates: &["tokio", "bridge_core"] },
    Layer { name: "failpoint", may: &[], crates: &[] },
    Layer { name: "shutdown", may: &[], crates: &["tokio"] },
    Layer { name: "ids", may: &[], crates: &["bridge_core"] },
];

/// What `model`, being pure, must not reach for in the standard library.
const IMPURE: [&str; 6] = ["std::env", "std::fs", "std::io", "std::process", "std::thread", "std::time::SystemTime"];

/// What the sources of each crate in `bridges/` must not name. Cargo holds them to most of it; this says it in one place.
const BRIDGES: [(&str, &[&str]); 4] = [
    (
        "core",
        &[
            "axum",
            "sqlx",
            "slack_morphism",
            "serenity",
            "threadline",
            "bridge_slack",
            "bridge_discord",
            "bridge_sandbox",
        ],
    ),
    ("slack", &["axum", "sqlx", "serenity", "threadline", "bridge_discord", "bridge_sandbox"]),
    ("discord", &["axum", "sqlx", "slack_morphism", "threadline", "bridge_slack", "bridge_sandbox"]),
    ("sandbox", &["sqlx", "slack_morphism", "serenity", "threadline", "bridge_slack", "bridge_discord"]),
];

/// Dependencies that one manifest alone may have.
const OWNED: [(&str, &str); 3] =
    [("slack-morphism", "bridges/slack"), ("serenity", "bridges/discord"), ("sqlx", "the root package")];

/// Platforms, and the only layers of `src/` where their names may stand, comments included. The rest of the program can't
/// tell them apart.
const PLATFORMS: [&str; 2] = ["slack", "discord"];
const MAY_NAME_PLATFORMS: [&str; 2] = ["app", "settings"];

/// Folders beside `src/` where no platform's name may stand either. A connection needs some name in an example or a test:
/// what stands in quotes or backticks there is free.
const WITHOUT_PLATFORMS: [&str; 3] = ["bridges/core/src", "benches", "migrations"];

const LONGEST_FILE: usize = 450;
const LONGEST_MAIN: usize = 59;

/// What is wrong with one file of `src/`; `file` is its path inside it.
fn wrong_in_src(file: &Path, source: &str) -> Vec<String> {
    let module = module_of(file);
    let name = layer_of(file);
    let Some(layer) = LAYERS.iter().find(|layer| layer.name == name) else {
        return vec![format!("is in no layer: give `{name}` its line in LAYERS")];
    };
    let module: Vec<&str> = module.iter().map(String::as_str).collect();
    let mut wrong = Vec::new();
    for path in paths::of(source, &module) {
        let first = path.first().map_or("", String::as_str);
        let second = path.get(1).map_or("", String::as_str);
        let shown = path.join("::");
        let ours = first == "crate" || first == "threadline";
        if ours && LAYERS.iter().any(|other| other.name == second) {
            if second != name && !layer.may.contains(&second) && !EVERYBODY.contains(&second) {
                wrong.push(format!("names `{shown}`: {name} must not import {second}"));
            }
        } else if GUARDED.contains(&first) && !layer.crates.contains(&first) {
            wrong.push(format!("names `{shown}`: {first} is not for {name}"));
        } else if name == "model"
            && IMPURE.iter().any(|impure| format!("{shown}::").starts_with(&format!("{impure}::")))
        {
            wrong.push(format!("names `{shown}`: model is pure"));
        }
    }
    if !MAY_NAME_PLATFORMS.contains(&name.as_str()) {
        wrong.extend(
            platforms_in(source).into_iter().map(|said| format!("{said}: {name} knows bridges, not platforms")),
        );
    }
    let longest = if name == "main" { LONGEST_MAIN } else { LONGEST_FILE };
    let length = source.lines().count();
    if length > longest {
        wrong.push(format!("has {length} lines, {longest} at most: it has more than one reason to change"));
    }
    wrong
}

/// Every line that names a platform.
fn platforms_in(source: &str) -> Vec<String> {
    let said = (1..).zip(source.lines()).filter_map(|(number, line)| {
        let line = line.to_lowercase();
        let platform = PLATFORMS.iter().find(|platform| line.contains(**platform))?;
        Some(format!("says \"{platform}\" in line {number}"))
    });
    said.collect()
}

/// The same text without what stands in quotes or backticks within one line.
fn without_examples(source: &str) -> String {
    let plain = source.lines().map(|line| {
        let mut closing = None;
        line.chars()
            .filter(|c| match closing {
                Some(mark) if *c == mark => {
                    closing = None;
                    false
                }
                Some(_) => false,
                None if matches!(*c, '"' | '`') => {
                    closing = Some(*c);
                    false
                }
                None => true,
            })
            .collect::<String>()
    });
    plain.collect::<Vec<_>>().join("\n")
}

/// What is wrong with a source of the crate `bridges/NAME`.
fn wrong_in_bridge(name: &str, source: &str) -> Vec<String> {
    let Some((_, never)) = BRIDGES.iter().find(|(known, _)| *known == name) else {
        return vec![format!("is in a bridge without rules: give `{name}` its line in BRIDGES")];
    };
    let named = paths::of(source, &[]);
    let wrong = named.iter().filter(|path| path.first().is_some_and(|first| never.contains(&first.as_str())));
    wrong.map(|path| format!("names `{}`, which is not for bridges/{name}", path.join("::"))).collect()
}

/// What is wrong with the manifest of the package in `folder` (empty: the root package).
fn wrong_in_manifest(folder: &str, manifest: &str) -> Vec<String> {
    let Ok(manifest) = manifest.parse::<toml::Table>() else { return vec!["is not TOML".to_owned()] };
    let place = if folder.is_empty() { "the root package" } else { folder };
    let mut sections = vec![&manifest];
    sections.extend(
        manifest
            .get("target")
            .and_then(toml::Value::as_table)
            .into_iter()
            .flat_map(|targets| targets.values().filter_map(toml::Value::as_table)),
    );
    let mut wrong = Vec::new();
    for section in sections {
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, value) in section.get(kind).and_then(toml::Value::as_table).into_iter().flatten() {
                let package = value.get("package").and_then(toml::Value::as_str).unwrap_or(name);
                if OWNED.iter().any(|(owned, owner)| *owned == package && *owner != place) {
                    wrong.push(format!("depends on {package}, which is not for {place}"));
                }
            }
        }
    }
    wrong
}

fn without_a_beginning(source: &str) -> Option<String> {
    (!source.starts_with("//!")).then(|| "does not begin with `//!`: what lives here, and what must not?".to_owned())
}

/// The first word after `src/`: `store` for `store.rs` and for `store/writer/row.rs`.
fn layer_of(file: &Path) -> String {
    let first = file.iter().next().map(Path::new).and_then(Path::file_stem);
    first.unwrap_or_default().to_string_lossy().into_owned()
}

/// A file's place in the crate: `["store", "writer"]` for `store/writer.rs` and `store/writer/mod.rs`.
fn module_of(file: &Path) -> Vec<String> {
    let whole = file.with_extension("");
    let words = whole.iter().map(|word| word.to_string_lossy().into_owned());
    words.filter(|word| !matches!(word.as_str(), "mod" | "main" | "lib")).collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file under `folder` of the checkout, with its text; none when there is no such folder.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    files(folder, "rs")
}

/// The same for files of any ending.
fn files(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == ending) {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

fn bridges() -> Vec<String> {
    let folders = std::fs::read_dir(root().join("bridges")).unwrap();
    folders.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

/// All complaints in one answer, so that one run shows them all.
fn complain(complaints: impl IntoIterator<Item = (PathBuf, Vec<String>)>) {
    let mut all = String::new();
    for (path, wrong) in complaints {
        let path = path.strip_prefix(root()).unwrap_or(&path).to_owned();
        for complaint in wrong {
            writeln!(all, "{} {complaint}", path.display()).unwrap();
        }
    }
    assert!(all.is_empty(), "\n{all}");
}

#[test]
fn src_keeps_the_rules() {
    let files = sources("src");
    assert!(files.len() > 1, "src/ was not found");
    let src = root().join("src");
    complain(files.into_iter().map(|(path, text)| {
        let wrong = wrong_in_src(path.strip_prefix(&src).unwrap(), &text);
        (path, wrong)
    }));
}

#[test]
fn bridges_keep_the_rules() {
    let names = bridges();
    assert!(names.len() > 2, "bridges/ was not found");
    complain(names.iter().flat_map(|name| {
        let files = sources(&format!("bridges/{name}/src")).into_iter();
        files.map(move |(path, text)| (path, wrong_in_bridge(name, &text)))
    }));
}

#[test]
fn platforms_are_named_where_they_belong() {
    let shared = WITHOUT_PLATFORMS.into_iter().flat_map(|folder| [files(folder, "rs"), files(folder, "sql")].concat());
    let shared: Vec<_> = shared.collect();
    assert!(shared.len() > 5, "the folders were not found");
    complain(shared.into_iter().map(|(path, text)| {
        let wrong =
            platforms_in(&without_examples(&text)).into_iter().map(|said| format!("{said}: it is for every platform"));
        (path, wrong.collect())
    }));
}

#[test]
fn a_vendors_kit_has_one_owner() {
    let mut folders = vec![String::new(), "web".to_owned(), "xtask".to_owned()];
    folders.extend(bridges().iter().map(|name| format!("bridges/{name}")));
    complain(folders.into_iter().map(|folder| {
        let path = root().join(&folder).join("Cargo.toml");
        let wrong = wrong_in_manifest(&folder, &std::fs::read_to_string(&path).unwrap());
        (path, wrong)
    }));
}

#[test]
fn every_module_says_what_it_is() {
    let files = ["src", "bridges", "web/src", "xtask/src", "tests", "benches"].into_iter().flat_map(sources);
    complain(files.map(|(path, text)| (path, without_a_beginning(&text).into_iter().collect())));
}

#[test]
fn bad_files_of_src_are_caught() {
    let long = "//! Long.\n".repeat(LONGEST_FILE + 1);
    let main = "//! Long.\n".repeat(LONGEST_MAIN + 1);
    for (file, source, why) in [
        ("http/widget/messages.rs", "use crate::store::Store;", "http must not import store"),
        ("http/widget/messages.rs", "use crate::{service, store as s};", "http must not import store"),
        ("http/widget.rs", "fn a() { super::super::store::open() }", "http must not import store"),
        ("service/close.rs", "use axum::Json;", "axum is not for service"),
        ("service/close.rs", "fn a(_: &crate::http::Error) {}", "service must not import http"),
        ("store/read.rs", "use crate::service;", "store must not import service"),
        ("live.rs", "use crate::store::{Row};", "live must not import store"),
        ("worker/sweep.rs", "use bridge_slack::Slack;", "bridge_slack is not for worker"),
        ("worker/sweep.rs", "sqlx::query(\"x\");", "sqlx is not for worker"),
        ("model/hours.rs", "use tokio::time;", "tokio is not for model"),
        ("model/hours.rs", "use std::{fs};", "model is pure"),
        ("cli.rs", "use crate::store::Store;", "cli must not import store"),
        ("app.rs", "use bridge_sandbox::Sandbox;", "bridge_sandbox is not for app"),
        ("app.rs", "use slack_morphism::prelude::*;", "slack_morphism is not for app"),
        ("main.rs", "use threadline::store;", "main must not import store"),
        ("service/close.rs", "// as Slack does", "says \"slack\" in line 1"),
        ("http/router.rs", "\n\"/hooks/DISCORD\"", "says \"discord\" in line 2"),
        ("cli/doctor.rs", "settings.slack", "says \"slack\" in line 1"),
        ("demo.rs", "bridge_sandbox::discord::X", "says \"discord\" in line 1"),
        ("misc.rs", "", "is in no layer"),
        ("store/read.rs", &long, "at most"),
        ("main.rs", &main, "at most"),
    ] {
        let wrong = wrong_in_src(Path::new(file), source);
        assert!(wrong.iter().any(|wrong| wrong.contains(why)), "{file} with `{source}`: {wrong:?}");
    }
}

#[test]
fn good_files_of_src_pass() {
    for (file, source) in [
        (
            "http/widget/messages.rs",
            "use crate::service::post; use crate::model::Body; use super::super::error; use axum::Json;",
        ),
        ("service/close.rs", "use crate::{clock::Clock, store::Store}; use bridge_core::Op; use std::fs;"),
        ("store/read.rs", "use sqlx::Row; mod tests { use super::*; use super::super::writer; }"),
        ("settings/mod.rs", "// Slack and Discord\nuse crate::model::DomainName;"),
        ("model/hours.rs", "use std::net::IpAddr; use std::time::Duration;"),
        ("app.rs", "use crate::{http, store, worker}; use bridge_slack::Slack;"),
        ("demo/mod.rs", "use bridge_sandbox::Sandbox; use crate::app;"),
        ("main.rs", "use threadline::cli;"),
    ] {
        assert_eq!(wrong_in_src(Path::new(file), source), Vec::<String>::new(), "{file} with `{source}`");
    }
}

#[test]
fn examples_may_name_a_platform_and_words_may_not() {
    let said = |source: &str| platforms_in(&without_examples(source)).len();
    assert_eq!(said("/// As `slack.acme`.\nlet a = \"discord.play/1\";"), 0);
    assert_eq!(said("/// As `slack.acme` in Slack.\nfn discord() {}"), 2);
}

#[test]
fn bad_bridges_and_manifests_are_caught() {
    assert_eq!(wrong_in_bridge("sandbox", "use slack_morphism::prelude::*;").len(), 1);
    assert_eq!(wrong_in_bridge("core", "fn a() -> axum::Router { sqlx::b() }").len(), 2);
    assert_eq!(wrong_in_bridge("discord", "use bridge_slack::Slack; use bridge_core::Op;").len(), 1);
    assert_eq!(wrong_in_bridge("telegram", "").len(), 1);
    assert_eq!(wrong_in_bridge("slack", "use slack_morphism::api; use bridge_core::Op;"), Vec::<String>::new());

    assert_eq!(wrong_in_manifest("web", "[dependencies]\nsqlx.workspace = true").len(), 1);
    assert_eq!(wrong_in_manifest("", "[dev-dependencies]\nslack = { package = \"slack-morphism\" }").len(), 1);
    assert_eq!(wrong_in_manifest("bridges/slack", "[target.'cfg(unix)'.dependencies]\nserenity = \"0.12\"").len(), 1);
    assert_eq!(
        wrong_in_manifest("", "[workspace.dependencies]\nserenity = \"1\"\n[dependencies]\nsqlx = \"1\""),
        Vec::<String>::new()
    );

    assert!(without_a_beginning("use std::fs;\n//! Late.").is_some());
    assert_eq!(without_a_beginning("//! What lives here."), None);
}
