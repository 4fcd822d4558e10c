//! Threadline's pages and the widget, as bytes: built from TypeScript by `build.rs`, embedded here, or read from a
//! folder while developing; and what is said to people ([`texts`]). Only looking up a file by its path lives here; URLs, headers and compression are the HTTP
//! layer's.
//!
//! The paths that other code may rely on: `widget.js` (what a website embeds), everything below `widget/` (the parts that
//! `widget.js` fetches when it needs them: each under a name with its hash, and again under one that stays, for pages that
//! were opened before an upgrade), `demo/index.html` and everything below `demo/assets/`, `pages/NAME/index.html` for each of the
//! operators' pages and everything below `pages/assets/`.
//!
//! A website loads `widget/…` as a module from another origin, so those files must be served with
//! `Access-Control-Allow-Origin: *`.

mod texts;

use std::{
    borrow::Cow,
    fs,
    path::{Component, Path, PathBuf},
};

use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

pub use texts::{Texts, texts};

/// Written by `build.rs` alone in its folder when the pages were left out.
const SKIPPED: &str = "skipped.html";

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/dist"]
struct Embedded;

/// One file of the front end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// The whole content.
    pub bytes: Cow<'static, [u8]>,
    /// The value for `Content-Type`; text has its charset.
    pub content_type: &'static str,
    /// The file's name changes with its content, so it may be cached for ever.
    pub immutable: bool,
    /// The value for `ETag`, in its double quotes; changes with the content.
    pub etag: String,
}

/// Where the front end's files come from.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    /// `None`: from this program itself.
    folder: Option<PathBuf>,
}

impl Assets {
    /// The files built into this program.
    #[must_use]
    pub const fn embedded() -> Self {
        Self { folder: None }
    }

    /// The files of a folder (`--web-dir`), read anew at every call: for developing, with `npm run build` writing
    /// `web/dist`. Reading blocks the caller's thread.
    #[must_use]
    pub const fn from_dir(folder: PathBuf) -> Self {
        Self { folder: Some(folder) }
    }

    /// The file at `path`, for example `widget.js` or `demo/index.html`. A leading `/` is ignored; `None` if there is no
    /// such file, or the path leaves the folder. When the pages were left out of the build, every path answers with one
    /// page that says so.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<Asset> {
        let path = path.strip_prefix('/').unwrap_or(path);
        if !is_plain(path) {
            return None;
        }
        match &self.folder {
            Some(folder) => {
                let bytes = fs::read(folder.join(path)).ok()?;
                let hash = Sha256::digest(&bytes);
                Some(describe(path, Cow::Owned(bytes), &hash))
            }
            None => embedded(path).or_else(|| embedded(SKIPPED)),
        }
    }
}

/// The embedded file at `path`: short for `Assets::embedded().get(path)`.
#[must_use]
pub fn asset(path: &str) -> Option<Asset> {
    Assets::embedded().get(path)
}

fn embedded(path: &str) -> Option<Asset> {
    let file = Embedded::get(path)?;
    let hash = file.metadata.sha256_hash();
    Some(describe(path, file.data, &hash))
}

fn describe(path: &str, bytes: Cow<'static, [u8]>, hash: &[u8]) -> Asset {
    let short = hash.get(..16).unwrap_or(hash);
    Asset {
        bytes,
        content_type: content_type(path),
        immutable: is_hashed_part(path) || path.starts_with("demo/assets/") || path.starts_with("pages/assets/"),
        etag: format!("\"{}\"", hex::encode(short)),
    }
}

/// Whether this is a part of the widget under a name with its hash, `widget/NAME-HASH.END`; the lasting names have none.
fn is_hashed_part(path: &str) -> bool {
    path.strip_prefix("widget/").is_some_and(|name| name.contains('-'))
}

/// Nothing but named parts: no `..`, no root, no drive letter, no back slash, no NUL.
fn is_plain(path: &str) -> bool {
    !path.is_empty()
        && !path.contains(['\\', ':', '\0'])
        && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

/// Only the kinds of files that our build makes; anything else is to be downloaded, never guessed at.
fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tests below mean nothing in a build that left the pages out.
    fn has_pages() -> bool {
        Embedded::get(SKIPPED).is_none()
    }

    #[test]
    fn the_promised_entries_are_there() {
        if !has_pages() {
            return;
        }
        let loader = asset("widget.js").unwrap();
        assert_eq!(loader.content_type, "text/javascript; charset=utf-8");
        assert!(!loader.immutable, "its name never changes, so it must be asked for again");
        assert_eq!(asset("/widget.js"), Some(loader));

        let demo = asset("demo/index.html").unwrap();
        assert_eq!(demo.content_type, "text/html; charset=utf-8");
        assert!(!demo.immutable);

        for name in ["inbox", "history", "monitor", "admin", "sign-in"] {
            let page = asset(&format!("pages/{name}/index.html")).unwrap();
            assert!(!page.immutable);
            let text = String::from_utf8(page.bytes.into_owned()).unwrap();
            assert!(text.contains("\"/pages/assets/"), "{name} must load its parts from where they are served");
            assert!(!text.contains("<style") && !text.contains(" style="), "{name}'s policy forbids inline styles");
        }
    }

    #[test]
    fn each_part_of_the_widget_names_the_next_one() {
        if !has_pages() {
            return;
        }
        let text = |path: &str| String::from_utf8(asset(path).unwrap().bytes.into_owned()).unwrap();
        let parts: Vec<_> = Embedded::iter().filter(|path| path.starts_with("widget/")).collect();
        let hashed: Vec<_> = parts.iter().filter(|path| is_hashed_part(path)).collect();
        let of = |name: &str| hashed.iter().find(|path| path.starts_with(&format!("widget/{name}-"))).unwrap();
        assert!(text("widget.js").contains(of("launcher").as_ref()));
        for name in ["panel", "en", "de", "fr", "es", "pt", "tr", "ar"] {
            assert!(text(of("launcher").as_ref()).contains(of(name).as_ref()), "the launcher must name its {name}");
        }
        assert_eq!(parts.len(), 2 * hashed.len());
        for path in hashed {
            let (name, end) = (path.split_once('-').unwrap().0, path.rsplit_once('.').unwrap().1);
            let lasting = asset(&format!("{name}.{end}")).unwrap();
            assert!(!lasting.immutable, "an upgrade changes it");
            let part = asset(path).unwrap();
            assert_eq!(lasting.bytes, part.bytes);
            assert!(part.immutable);
            assert!(part.etag.starts_with('"') && part.etag.len() == 34, "{}", part.etag);
        }
    }

    #[test]
    fn what_is_not_there_is_none() {
        if has_pages() {
            for path in ["", "/", "nothing.js", "../Cargo.toml", "/etc/passwd", "widget/../widget.js", "stamp"] {
                assert_eq!(asset(path), None, "{path:?}");
            }
        }
    }

    #[test]
    fn a_folder_is_read_anew_and_never_left() {
        let folder = tempfile::tempdir().unwrap();
        let pages = folder.path().join("dist");
        fs::create_dir(&pages).unwrap();
        fs::write(folder.path().join("secret"), "no").unwrap();
        fs::write(pages.join("widget.js"), "one").unwrap();
        let assets = Assets::from_dir(pages.clone());

        let first = assets.get("widget.js").unwrap();
        assert_eq!(first.bytes.as_ref(), b"one");
        fs::write(pages.join("widget.js"), "two").unwrap();
        let second = assets.get("/widget.js").unwrap();
        assert_eq!(second.bytes.as_ref(), b"two");
        assert_ne!(first.etag, second.etag);

        for path in ["../secret", "/../secret", "a/../../secret", "..\\secret", "//etc/passwd", "", "\0", "C:/x", "."] {
            assert_eq!(assets.get(path), None, "{path:?}");
        }
    }

    #[test]
    fn unknown_kinds_are_never_guessed() {
        assert_eq!(content_type("a/b.css"), "text/css; charset=utf-8");
        assert_eq!(content_type("LICENSE"), "application/octet-stream");
        assert_eq!(content_type("x.exe"), "application/octet-stream");
    }
}
