//! A channel that breaks and is restored at the same time.
//!
//! What lives here: that what is written down and what the board shows agree in the end. What must not: finding out that a
//! channel is broken.
#![expect(clippy::unwrap_used, reason = "a missing row fails the test")]

use std::collections::HashSet;

use threadline::live::presence::Member;
use threadline::model::Availability;
use threadline::service::break_channel::{break_channel, restore_channel};

use super::stage::Stage;
use crate::support::database::{Database, on_both};

on_both!(whoever_comes_last_is_believed_by_all);

async fn whoever_comes_last_is_believed_by_all(db: &Database) {
    let stage = Stage::new(db).await;
    stage.one.join("U1", "Ada", None);
    let (_, _, [in_one, _]) = stage.talk("hello").await;
    stage.says(&stage.one, "U1", &in_one, "a reply", true).await;
    stage
        .two
        .until("the reply", |world| world.threads.values().flatten().any(|it| it.text == "a reply").then_some(()))
        .await;
    let ada = stage.operator(&stage.one, "U1").await.unwrap();
    let (service, channel) = (&stage.service, stage.one.channel());
    let domain = service.domain_by_name("shop.example").unwrap().id;
    service.presence.add_domain(domain, [(stage.channels[0], channel.connection.clone())]);
    let team = vec![Member { id: ada.id, availability: Availability::Auto, domains: HashSet::from([domain]) }];
    service.presence.set_team(service.presence.read_team(), team);
    service.presence.set_heard(&channel.connection, Some(service.clock.now()));
    service.presence.set_active(stage.channels[0], Some(vec![ada.id]), service.clock.now());
    assert!(service.presence.standing(domain).online);
    for _ in 0..100 {
        // What the platform says was asked just now, so that both count.
        let asked = service.clock.now();
        let (broken, restored) = tokio::join!(
            tokio::spawn({
                let (service, channel) = (service.clone(), channel.clone());
                async move { break_channel(&service, &channel, "not now", asked).await }
            }),
            tokio::spawn({
                let (service, channel) = (service.clone(), channel.clone());
                async move { restore_channel(&service, &channel).await }
            }),
        );
        broken.unwrap().unwrap();
        restored.unwrap().unwrap();
        let broken = service.store.broken_since().await.unwrap();
        assert_eq!(service.presence.standing(domain).online, broken.is_empty());
    }
    stage.end().await;
}
