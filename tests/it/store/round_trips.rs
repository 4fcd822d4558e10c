//! What is written is read again, field by field, for every change there is.
#![expect(clippy::unwrap_used, reason = "a row that can't be written or read fails the test")]

use bridge_core::{Block, Body, Inline, Speaker};
use threadline::clock::new_id;
use threadline::model::{Availability, Client, ClosedBy, Disposition, LinkState, Page, Rating, Role};
use threadline::store::{Change, IntakeState, OutboxKind, OutboxState, Session, StoredPicture};

use super::fixtures::{World, at, event, identity, intake, map, message, operator, outbox};
use crate::support::database::{Database, on_both};

on_both!(
    visitors_and_sessions,
    conversations,
    messages,
    events_are_kept,
    links,
    the_thread_before_is_the_last_closed_ones_in_that_channel,
    care_is_what_is_open,
    outbox_rows,
    maps,
    intake_rows,
    operators_and_pictures,
    a_self_moves_to_another_operator,
    channels_and_domains
);

async fn visitors_and_sessions(db: &Database) {
    let world = World::new(db).await;
    let mut visitor = world.visitor();
    let session = Session { id: new_id(), visitor: visitor.id, token_hash: [0xA7; 32], created_at: at(1) };
    world.make([Change::NewSession(session), Change::NewVisitor(visitor.clone())]).await.unwrap();
    assert_eq!(world.store.visitor(visitor.id).await.unwrap().as_ref(), Some(&visitor));
    world.make([Change::VisitorSeen(visitor.id, at(9))]).await.unwrap();
    visitor.last_seen_at = at(9);
    assert_eq!(world.store.visitor_by_token(&[0xA7; 32]).await.unwrap(), Some(visitor));
    assert_eq!(world.store.visitor_by_token(&[0xA8; 32]).await.unwrap(), None);

    let mut unnamed = world.visitor();
    (unnamed.name, unnamed.email, unnamed.email_verified) = (None, None, false);
    (unnamed.external_id, unnamed.language) = (None, None);
    world.make([Change::NewVisitor(unnamed.clone())]).await.unwrap();
    assert_eq!(world.store.visitor(unnamed.id).await.unwrap().as_ref(), Some(&unnamed));

    (unnamed.name, unnamed.email, unnamed.email_verified) = (Some("Ada".into()), Some("a@b.example".into()), true);
    (unnamed.external_id, unnamed.language) = (Some("42".into()), Some("ar".into()));
    world.make([Change::SetVisitor(unnamed.clone())]).await.unwrap();
    assert_eq!(world.store.visitor(unnamed.id).await.unwrap(), Some(unnamed));
}

async fn conversations(db: &Database) {
    let world = World::new(db).await;
    let mut it = world.begin().await;
    assert_eq!(world.store.conversation(it.id).await.unwrap().as_ref(), Some(&it));
    for by in [ClosedBy::Visitor, ClosedBy::System, ClosedBy::Operator(new_id())] {
        it.close(by, at(5)).unwrap();
        it.page = Some(Page { url: "https://shop.example/".into(), title: "T".into(), referrer: None });
        it.assignee = Some(new_id());
        it.client = Some(Client { browser: Some("Firefox".into()), language: None, time_zone: Some("UTC".into()) });
        it.rating = Some(Rating { stars: 4, comment: Some("good".into()), at: at(7) });
        (it.waiting_since, it.first_response_at, it.first_responder) = (Some(at(3)), Some(at(4)), Some(new_id()));
        (it.visitor_seen, it.operators_seen) = (2, 3);
        it.version += 1;
        world.make([Change::SetConversation(it.clone())]).await.unwrap();
        assert_eq!(world.store.conversation(it.id).await.unwrap().as_ref(), Some(&it));
        assert_eq!(world.store.open_conversation(it.visitor).await.unwrap(), None);
        it.reopen(at(6)).unwrap();
        it.next_event += 4;
        it.version += 1;
        world.make([Change::SetConversation(it.clone())]).await.unwrap();
        assert_eq!(world.store.open_conversation(it.visitor).await.unwrap().as_ref(), Some(&it));
    }
    assert_eq!(world.store.next_event(it.visitor).await.unwrap(), 13);
    assert_eq!(world.store.next_event(new_id()).await.unwrap(), 1);
}

async fn messages(db: &Database) {
    let world = World::new(db).await;
    let conversation = world.begin().await;
    let first = message(&conversation, 1);
    let mut second = message(&conversation, 2);
    second.speaker = Speaker::Operator;
    (second.visitor, second.client_key) = (None, None);
    (second.operator, second.origin) = (Some(new_id()), Some(world.channel.id));
    second.disposition = Disposition::Held;
    second.rich = Some(Body { blocks: vec![Block::Paragraph { children: vec![Inline::Code { text: "x".into() }] }] });
    world.make([Change::NewMessage(second.clone()), Change::NewMessage(first.clone())]).await.unwrap();
    let key = first.client_key.clone().unwrap();
    let found = world.store.message_by_client_key(conversation.visitor, &key).await.unwrap();
    assert_eq!(found, Some(first.clone()));
    assert_eq!(world.store.messages(&[second.id, first.id, new_id()]).await.unwrap(), [first, second.clone()]);

    (second.disposition, second.rich, second.body) = (Disposition::Note, None, String::new());
    (second.edited_at, second.removed_at, second.version) = (Some(at(7)), Some(at(8)), 4);
    world.make([Change::SetMessage(second.clone())]).await.unwrap();
    assert_eq!(world.store.message(second.id).await.unwrap(), Some(second));

    // A NUL is no character that PostgreSQL keeps; the stand-in for the unreadable is.
    let mut odd = message(&conversation, 3);
    (odd.body, odd.client_key) = ("a\0b".into(), Some("k\0".into()));
    world.make([Change::NewMessage(odd.clone())]).await.unwrap();
    let found = world.store.message_by_client_key(conversation.visitor, "k\0").await.unwrap().unwrap();
    assert_eq!((found.id, found.body.as_str()), (odd.id, "a\u{fffd}b"));
}

async fn events_are_kept(db: &Database) {
    use threadline::model::Audience::{All, Operators};
    let world = World::new(db).await;
    let conversation = world.begin().await;
    let mut events =
        vec![event(&conversation, 1, All), event(&conversation, 2, Operators), event(&conversation, 3, All)];
    if let Some(last) = events.last_mut() {
        last.message = Some(new_id());
    }
    world.make(events.iter().cloned().map(Change::NewEvent)).await.unwrap();
    assert_eq!(world.store.events_of_conversation_after(conversation.id, 0, 1_000).await.unwrap(), events);
}

async fn links(db: &Database) {
    let world = World::new(db).await;
    let conversation = world.begin().await;
    let mut it = world.new_link(conversation.id);
    world.make([Change::NewLink(it.clone())]).await.unwrap();
    assert_eq!(world.store.link(it.id).await.unwrap().as_ref(), Some(&it));
    // Every one of these touches other columns, so one write may hold them all.
    world
        .make([
            Change::LinkLane(it.id, 7),
            Change::LinkOpened { id: it.id, remote_thread: "t1".into(), card: "c1".into() },
            Change::LinkCursor(it.id, bridge_core::Cursor("99".into())),
            Change::LinkCardWanted(it.id, 8),
            Change::LinkCardShown(it.id, 5, at(3)),
        ])
        .await
        .unwrap();
    (it.state, it.remote_thread, it.card) = (LinkState::Open, Some("t1".into()), Some("c1".into()));
    (it.next_lane_seq, it.cursor) = (7, bridge_core::Cursor("99".into()));
    (it.card_wanted, it.card_shown, it.card_due_at) = (8, 5, at(3));
    assert_eq!(world.store.link_by_thread(world.channel.id, "t1").await.unwrap().as_ref(), Some(&it));
    assert_eq!(world.store.links(conversation.id).await.unwrap(), [it.clone()]);
    world.make([Change::LinkGone(it.id)]).await.unwrap();
    it.state = LinkState::Gone;
    assert_eq!(world.store.link(it.id).await.unwrap(), Some(it));
    assert_eq!(world.store.links(conversation.id).await.unwrap(), []);
}

async fn the_thread_before_is_the_last_closed_ones_in_that_channel(db: &Database) {
    let mut world = World::new(db).await;
    let visitor = world.visitor();
    let mut now = world.conversation(visitor.id);
    now.opened_at = at(100);
    world.make([Change::NewVisitor(visitor.clone()), Change::NewConversation(now.clone())]).await.unwrap();
    let earlier = async |world: &World| {
        world.store.earlier_link(visitor.id, now.opened_at, world.channel.id).await.unwrap().map(|link| link.id)
    };
    assert_eq!(earlier(&world).await, None);
    let mut links = vec![];
    for n in [30, 10, 20, 200] {
        let mut before = world.conversation(visitor.id);
        before.opened_at = at(n);
        before.close(ClosedBy::Visitor, at(n + 1)).unwrap();
        world.make([Change::NewConversation(before.clone())]).await.unwrap();
        links.push(world.link(before.id).await);
    }
    assert_eq!(earlier(&world).await, Some(links[0].id), "the one that began last before this one");
    world.make([Change::LinkGone(links[0].id)]).await.unwrap();
    assert_eq!(earlier(&world).await, Some(links[2].id), "whose thread is there");
    world.channel = world.store.ensure_channel(&"slack.acme/C2".parse().unwrap(), new_id(), at(0)).await.unwrap();
    assert_eq!(earlier(&world).await, None, "in that channel");
}

async fn care_is_what_is_open(db: &Database) {
    let world = World::new(db).await;
    let ada = operator();
    let mut conversations = vec![];
    for n in 0..3 {
        let mut it = world.begin().await;
        it.assignee = (n > 0).then_some(ada.id);
        if n == 1 {
            it.close(ClosedBy::Visitor, at(1)).unwrap();
        }
        it.version += 1;
        world.make([Change::SetConversation(it.clone())]).await.unwrap();
        conversations.push(it);
    }
    assert_eq!(world.store.conversations_of_assignee(ada.id).await.unwrap(), [conversations.remove(2)]);
    assert_eq!(world.store.conversations_of_assignee(new_id()).await.unwrap(), []);
}

async fn outbox_rows(db: &Database) {
    let world = World::new(db).await;
    let conversation = world.begin().await;
    let link = world.link(conversation.id).await;
    let mut it = outbox(&link, 1);
    (it.kind, it.message, it.part, it.delayed, it.broadcast) = (OutboxKind::Edit, Some(new_id()), 2, true, false);
    world.make([Change::NewOutbox(it.clone())]).await.unwrap();
    assert_eq!(world.store.outbox(it.id).await.unwrap().as_ref(), Some(&it));
    for state in [
        OutboxState::Sending,
        OutboxState::Unknown,
        OutboxState::Undelivered,
        OutboxState::Dropped,
        OutboxState::Done,
        OutboxState::Pending,
    ] {
        it.progress.state = state;
        it.progress.attempts += 1;
        it.progress.due_at = at(it.progress.attempts);
        it.progress.lease_until = Some(at(11));
        it.progress.sent_at = Some(at(12));
        it.progress.step = Some("{\"upload\":1}".into());
        it.progress.error = Some("channel_not_found".into());
        world.make([Change::SetOutbox(it.id, it.progress.clone())]).await.unwrap();
        assert_eq!(world.store.outbox(it.id).await.unwrap().as_ref(), Some(&it));
    }
    let mut next = world.new_link(conversation.id);
    next.generation = 2;
    world.make([Change::NewLink(next.clone()), Change::MoveOutbox(it.id, next.id, 5)]).await.unwrap();
    (it.link, it.lane_seq) = (next.id, 5);
    assert_eq!(world.store.outbox_of_message(it.message.unwrap()).await.unwrap(), [it]);
}

async fn maps(db: &Database) {
    let world = World::new(db).await;
    let conversation = world.begin().await;
    let link = world.link(conversation.id).await;
    let mut it = map(&link, "17.1");
    (it.message, it.local_part) = (Some(new_id()), Some(0));
    let stranger = map(&link, "17.2");
    world.make([Change::NewMap(it.clone()), Change::NewMap(stranger.clone())]).await.unwrap();
    let (version, remote_edited_at, removed_at) = (3, Some(at(4)), Some(at(5)));
    world.make([Change::SetMap { id: it.id, version, remote_edited_at, removed_at }]).await.unwrap();
    (it.version, it.remote_edited_at, it.removed_at) = (version, remote_edited_at, removed_at);
    assert_eq!(world.store.maps_by_remote(link.channel, "17.1").await.unwrap(), [it.clone()]);
    // What was taken away is no longer there, and may be posted again.
    assert_eq!(world.store.maps_of_message(link.id, it.message.unwrap()).await.unwrap(), []);
    let mut again = map(&link, "17.3");
    (again.message, again.local_part) = (it.message, it.local_part);
    world.make([Change::NewMap(again.clone())]).await.unwrap();
    assert_eq!(world.store.maps_of_message(link.id, it.message.unwrap()).await.unwrap(), std::slice::from_ref(&again));
    assert_eq!(world.store.latest_maps_of_link(link.id, 1).await.unwrap(), std::slice::from_ref(&again));
    assert_eq!(world.store.latest_maps_of_link(link.id, 9).await.unwrap(), [again, stranger.clone()]);
    assert_eq!(world.store.maps_by_remote(link.channel, "17.2").await.unwrap(), [stranger]);
}

async fn intake_rows(db: &Database) {
    let world = World::new(db).await;
    let mut it = intake("C1/17", "Ev1");
    let again = intake("C1/17", "Ev1");
    world.make([Change::NewIntake(it.clone())]).await.unwrap();
    world.make([Change::NewIntake(again.clone())]).await.unwrap();
    assert_eq!(world.store.intake(it.id).await.unwrap().as_ref(), Some(&it));
    assert_eq!(world.store.intake(again.id).await.unwrap(), None);
    (it.progress.state, it.progress.attempts) = (IntakeState::Failed, 5);
    (it.progress.due_at, it.progress.error, it.progress.done_at) = (at(1), Some("no".into()), Some(at(2)));
    it.payload = None;
    world.make([Change::SetIntake(it.id, it.progress.clone(), None)]).await.unwrap();
    assert_eq!(world.store.intake(it.id).await.unwrap(), Some(it));
}

async fn operators_and_pictures(db: &Database) {
    let world = World::new(db).await;
    let mut it = operator();
    let other = operator();
    let picture =
        StoredPicture { id: new_id(), content_type: "image/png".into(), bytes: vec![0, 1, 0xFF, 0], created_at: at(1) };
    let tie = identity(&it, "U1");
    world
        .make([
            Change::NewIdentity(tie.clone()),
            Change::NewOperator(it.clone()),
            Change::NewOperator(other.clone()),
            Change::NewPicture(picture.clone()),
        ])
        .await
        .unwrap();
    (it.name, it.email, it.picture, it.picture_source) = ("G".into(), None, Some(picture.id), None);
    it.own_profile = true;
    world.make([Change::SetOperator(it.clone())]).await.unwrap();
    (it.role, it.domains) = (Some(Role::Admin), Some(vec!["shop.example".into()]));
    (it.deactivated_at, it.availability) = (Some(at(8)), Availability::Away);
    let access = [Change::OperatorAccess(it.clone()), Change::OperatorAvailability(it.id, it.availability)];
    world.make(access).await.unwrap();
    assert_eq!(world.store.operator(it.id).await.unwrap().as_ref(), Some(&it));
    assert_eq!(world.store.operators(&[other.id, it.id]).await.unwrap(), [it.clone(), other.clone()]);
    let found = world.store.operator_by_identity(&tie.connection, &tie.user).await.unwrap();
    assert_eq!(found.as_ref(), Some(&it));
    assert_eq!(world.store.identity_of(it.id, &tie.connection).await.unwrap(), Some(tie.user));
    assert_eq!(world.store.identity_of(other.id, &tie.connection).await.unwrap(), None);
    assert_eq!(world.store.picture(picture.id).await.unwrap(), Some(picture));
}

async fn a_self_moves_to_another_operator(db: &Database) {
    let world = World::new(db).await;
    let (mut stays, mut goes) = (operator(), operator());
    (stays.email, goes.email) = (Some("Ada@Acme.example".into()), None);
    let first = identity(&stays, "U1");
    let mut second = identity(&goes, "700");
    (second.connection, second.created_at) = ("discord.play".parse().unwrap(), at(5));
    world
        .make([
            Change::NewOperator(stays.clone()),
            Change::NewOperator(goes.clone()),
            Change::NewIdentity(second.clone()),
            Change::NewIdentity(first.clone()),
        ])
        .await
        .unwrap();
    assert_eq!(world.store.identities(goes.id).await.unwrap(), std::slice::from_ref(&second));
    second.operator = stays.id;
    world.make([Change::MoveIdentity(second.clone()), Change::MoveIdentity(first.clone())]).await.unwrap();
    assert_eq!(world.store.identities(goes.id).await.unwrap(), []);
    assert_eq!(world.store.identities(stays.id).await.unwrap(), [first, second.clone()]);
    let found = world.store.operator_by_identity(&second.connection, &second.user).await.unwrap();
    assert_eq!(found.as_ref(), Some(&stays));
    assert_eq!(world.store.operator_by_email("aDA@acme.example").await.unwrap(), Some(stays));
    assert_eq!(world.store.operator_by_email("bob@acme.example").await.unwrap(), None);
}

async fn channels_and_domains(db: &Database) {
    let world = World::new(db).await;
    let domain = world.store.ensure_domain("shop.example", new_id(), at(1)).await.unwrap();
    assert_eq!(domain, world.domain);
    assert_ne!(world.store.ensure_domain("other.example", new_id(), at(1)).await.unwrap(), domain);
    let mut channel = world.store.ensure_channel(&world.channel.remote, new_id(), at(1)).await.unwrap();
    assert_eq!(channel, world.channel);
    world.make([Change::ChannelBroken(channel.id, Some("archived".into()), at(2))]).await.unwrap();
    channel.broken = Some("archived".into());
    assert_eq!(world.store.channels().await.unwrap(), [channel.clone()]);
    world.make([Change::ChannelBroken(channel.id, None, at(3))]).await.unwrap();
    channel.broken = None;
    assert_eq!(world.store.channels().await.unwrap(), [channel]);
    world.store.ping().await.unwrap();
}
