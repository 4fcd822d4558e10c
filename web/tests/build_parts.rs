//! The parts of the build script that decide something, held to what they promise. Building itself is not tried here.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::{fs, path::Path};

#[path = "../build/node.rs"]
mod node;
#[path = "../build/stamp.rs"]
mod stamp;

#[test]
fn node_is_as_new_as_vite_needs() {
    for good in ["v20.19.0", "v20.20.2\n", "v22.12.0", "v23.0.0", "v24.1.0", "v26.0.0-rc.1"] {
        assert!(node::is_new_enough(good), "{good}");
    }
    for bad in ["v18.20.0", "v20.18.9", "v21.7.0", "v22.11.0", "", "node", "v20"] {
        assert!(!node::is_new_enough(bad), "{bad}");
    }
    assert!(node::NEEDED.contains("20.19") && node::NEEDED.contains("22.12"));
}

fn put(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn the_stamp_follows_sources_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(root, "package.json", "{}");
    put(root, "widget/loader.ts", "one");
    let before = stamp::of(root).unwrap();
    assert_eq!(before.len(), 64);

    put(root, "widget/loader.test.ts", "a test");
    put(root, "widget/test/helper.ts", "a helper of tests");
    put(root, "node_modules/x/index.js", "not ours");
    put(root, "src/lib.rs", "Rust");
    assert_eq!(stamp::of(root).unwrap(), before);
    assert_eq!(stamp::files(root).unwrap(), ["package.json", "widget/loader.ts"]);

    put(root, "widget/loader.ts", "two");
    let changed = stamp::of(root).unwrap();
    assert_ne!(changed, before);
    fs::rename(root.join("widget/loader.ts"), root.join("widget/other.ts")).unwrap();
    assert_ne!(stamp::of(root).unwrap(), changed, "a new name is a new content");
}
