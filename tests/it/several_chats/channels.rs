//! A channel that can't be used for a while, and words about it that come late.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use threadline::service::break_channel::{break_channel, restore_channel};

use super::stage::Stage;
use crate::support::database::{Database, on_both};

on_both!(an_answer_from_before_a_channel_was_restored_breaks_nothing);

async fn an_answer_from_before_a_channel_was_restored_breaks_nothing(db: &Database) {
    let stage = Stage::new(db).await;
    let service = &stage.service;
    let channel = service.book.channel(stage.channels[0]).unwrap();
    let broken = || async {
        let all = service.store.channels().await.unwrap();
        all.into_iter().find(|each| each.id == channel.id).unwrap().broken
    };
    let asked = service.clock.now();
    break_channel(service, &channel.remote, "the app is not in it", asked).await.unwrap();
    assert_eq!(broken().await.as_deref(), Some("the app is not in it"));
    restore_channel(service, &channel.remote).await.unwrap();
    assert_eq!(broken().await, None);
    // Another call from back then ends only now.
    break_channel(service, &channel.remote, "the app is not in it", asked).await.unwrap();
    assert_eq!(broken().await, None);
    break_channel(service, &channel.remote, "the channel is archived", service.clock.now()).await.unwrap();
    assert_eq!(broken().await.as_deref(), Some("the channel is archived"));
    stage.end().await;
}
