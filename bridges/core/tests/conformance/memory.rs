//! The example of `docs/BRIDGES.md` passes every check.

use bridge_core::testing::CHECKS;
use bridge_core::testing::memory::MemoryStand;

async fn stand() -> MemoryStand {
    MemoryStand::new()
}

bridge_core::conformance_tests!(stand);

#[test]
fn every_check_has_a_test() {
    let tested: &[&str] = bridge_core::conformance_tests!(@names);
    let listed: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
    assert_eq!(tested, listed, "add the new check's name to the macro `conformance_tests`, at the same place");
}

#[test]
fn every_check_says_what_it_demands_and_why() {
    for check in CHECKS {
        assert!(!check.demands.is_empty() && !check.why.is_empty(), "{}", check.name);
    }
}
