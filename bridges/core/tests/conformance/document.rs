//! `docs/BRIDGES.md` says what is so: it lists every check, and its excerpts are the example's own lines.

use bridge_core::testing::CHECKS;

const DOCUMENT: &str = include_str!("../../../../docs/BRIDGES.md");
const EXAMPLE: &[&str] = &[include_str!("../../src/testing/memory/bridge.rs"), include_str!("memory.rs")];

#[test]
fn it_lists_every_check_and_no_other() {
    let (_, checks) = DOCUMENT.split_once("\n## The checks\n").unwrap();
    let listed: Vec<&str> = checks.lines().filter(|line| line.starts_with("| `")).collect();
    let wanted: Vec<String> =
        CHECKS.iter().map(|check| format!("| `{}` | {} | {} |", check.name, check.demands, check.why)).collect();
    assert_eq!(listed, wanted);
}

#[test]
fn its_excerpts_stand_in_the_example() {
    let lines = |text: &'static str| text.lines().map(str::trim).collect::<Vec<_>>();
    let example: Vec<Vec<&str>> = EXAMPLE.iter().map(|file| lines(file)).collect();
    let excerpts: Vec<&str> = DOCUMENT.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(excerpts.len() >= 4, "the excerpts were not found");
    for excerpt in excerpts {
        let wanted = lines(excerpt.trim());
        let found = example.iter().any(|file| file.windows(wanted.len()).any(|window| window == wanted));
        assert!(found, "this is not in the example any more:\n{excerpt}");
    }
}
