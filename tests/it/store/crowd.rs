//! Many at once: numbers without a hole or a double.
#![expect(clippy::unwrap_used, reason = "a task that can't write fails the test")]

use threadline::model::{Audience, ConversationId};
use threadline::store::{Change, CommitError, Store, Write};

use super::fixtures::{World, event, message};
use crate::support::database::{Database, on_both};

const TASKS: usize = 200;
const CONVERSATIONS: usize = 5;

on_both!(many_writers_give_out_numbers_without_hole_or_double);

/// Says something in the conversation, again and again until nobody was quicker.
async fn say(store: &Store, id: ConversationId) {
    loop {
        let mut conversation = store.conversation(id).await.unwrap().unwrap();
        let mut write = Write::new(id);
        let (seq, event_seq) = (conversation.take_seq(), conversation.take_event());
        let (said, told) = (message(&conversation, seq), event(&conversation, event_seq, Audience::All));
        write.set_conversation(&conversation);
        write.push(Change::NewMessage(said)).push(Change::NewEvent(told));
        match store.commit(write).await {
            Ok(()) => return,
            Err(CommitError::Conflict) => {}
            Err(error) => panic!("{error}: {error:?}"),
        }
    }
}

async fn many_writers_give_out_numbers_without_hole_or_double(db: &Database) {
    let world = World::new(db).await;
    let mut conversations = vec![];
    for _ in 0..CONVERSATIONS {
        conversations.push(world.begin().await);
    }
    let tasks: Vec<_> = (0..TASKS)
        .map(|n| {
            let (store, id) = (world.store.clone(), conversations[n % CONVERSATIONS].id);
            tokio::spawn(async move { say(&store, id).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let each = i64::try_from(TASKS / CONVERSATIONS).unwrap();
    for conversation in conversations {
        let messages = world.store.latest_messages(conversation.id, Audience::All, 1_000).await.unwrap();
        let events = world.store.events_of_conversation_after(conversation.id, 0, 1_000).await.unwrap();
        let expected: Vec<i64> = (1..=each).collect();
        assert_eq!(messages.iter().map(|message| message.seq).collect::<Vec<_>>(), expected);
        assert_eq!(events.iter().map(|event| event.event_seq).collect::<Vec<_>>(), expected);
        let kept = world.store.conversation(conversation.id).await.unwrap().unwrap();
        assert_eq!((kept.next_seq, kept.next_event, kept.version), (each + 1, each + 1, each + 1));
    }
}
