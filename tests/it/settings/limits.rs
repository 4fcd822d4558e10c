//! `[limits]`: rates of their own kind.

use insta::assert_snapshot;

use super::{read, told};

#[test]
fn tries_to_sign_in_have_a_limit_of_their_own() {
    let rate = |text: &str| {
        let settings = read(text, &[("THREADLINE__LIMITS__SIGN_INS_PER_ADDRESS__BURST", "4")]);
        let rate = settings.unwrap_or_else(|errors| panic!("{errors}")).limits.sign_ins_per_address;
        (rate.per_minute.get(), rate.burst.get())
    };
    assert_eq!(rate(""), (10, 4));
    assert_eq!(rate("[limits]\nsign_ins_per_address = { per_minute = 2, burst = 3 }"), (2, 4));
    assert_snapshot!(told("[limits]\nsign_ins_per_address = { per_minute = 0 }"), @r#"
    limits.sign_ins_per_address.per_minute (line 2): must be from 1 to 1000000000, and is 0
        fix: write a whole number from 1 to 1000000000
    "#);
}
