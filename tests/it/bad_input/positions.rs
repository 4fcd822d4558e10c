//! Positions in the stream of events that were never given out.
//!
//! What lives here: `after` and `limit`, over HTTP. What must not: the live line (see `live`).
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use reqwest::Method;

use super::Stand;
use crate::support::database::{Database, on_both};
use crate::support::refusal::Refusal;

on_both!(a_position_that_is_none_is_refused, a_position_from_the_future_begins_again);

async fn a_position_that_is_none_is_refused(db: &Database) {
    let stand = Stand::start(db).await;
    let visitor = stand.program.visitor("shop.example").await;
    for (query, status, name, detail) in [
        ("after=-1", 422, "validation-failed", "`after`: -1 is not an event: use 0 for all of them."),
        ("after=0&limit=0", 422, "validation-failed", "`limit`: 0 is not a number from 1 to 200."),
        ("after=0&limit=201", 422, "validation-failed", "`limit`: 201 is not a number from 1 to 200."),
        ("after=0&limit=-5", 422, "validation-failed", "`limit`: -5 is not a number from 1 to 200."),
        (
            "after=soon",
            400,
            "malformed-request",
            "Failed to deserialize query string: after: invalid digit found in string.",
        ),
        (
            "after=99999999999999999999",
            400,
            "malformed-request",
            "Failed to deserialize query string: after: number too large to fit in target type.",
        ),
    ] {
        let answer = visitor.request(Method::GET, &format!("/messages?{query}")).send().await.unwrap();
        Refusal::read(answer).await.is(status, name, detail);
    }
    stand.program.stop().await;
}

async fn a_position_from_the_future_begins_again(db: &Database) {
    let stand = Stand::start(db).await;
    let visitor = stand.program.visitor("shop.example").await;
    visitor.write("Hello").await;
    for after in [3, 999_999, i64::MAX] {
        let batch = visitor.events_after(after).await;
        assert_eq!(
            (batch["reset"].as_bool(), batch["more"].as_bool(), batch["after"].as_i64()),
            (Some(true), Some(false), Some(2))
        );
        assert_eq!(
            (batch["events"].as_array().map(Vec::len), batch["messages"][0]["body"].as_str()),
            (Some(0), Some("Hello"))
        );
        assert_eq!(batch["conversation"]["status"], "open");
    }
    let nothing = visitor.events_after(2).await;
    assert_eq!((nothing["reset"].as_bool(), nothing["after"].as_i64()), (Some(false), Some(2)));
    stand.program.stop().await;
}
