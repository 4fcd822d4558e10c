//! Writes down the words of conversations that changed.
//!
//! What lives here: which words and marks a conversation holds, and the difference to what is written. What must not: when it
//! is done (that is a worker's), or what a word is ([`crate::model::search`]).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bridge_core::Speaker;
use futures_util::future::join_all;

use super::{Service, ServiceError};
use crate::model::search::{self, words};
use crate::model::{
    ClosedBy, Conversation, ConversationId, Disposition, Event, EventKind, Message, OperatorId, Visitor,
};
use crate::store::{AnswerCount, Change, CommitError, Guard, SearchChange, SearchTerm, Unsearched, Write};

/// Most words of a conversation; what is beyond them isn't found. Marks don't count.
pub const MOST_WORDS: usize = 20_000;

/// How many of a visitor's conversations take over a new name.
const RENAMED: i64 = 100;

/// How often each operator answered.
type Replies = BTreeMap<OperatorId, i64>;

/// Takes up to `limit` conversations that changed, and answers how many there were. What somebody changes meanwhile is taken
/// again: whatever is written holds for the conversation as it was read.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn index_conversations(service: &Service, limit: i64) -> Result<usize, ServiceError> {
    let changed = service.store.unsearched(limit).await?;
    let count = changed.len();
    if changed.is_empty() {
        return Ok(0);
    }
    let mut known = Known::read(service, &changed).await?;
    let mut writes = Vec::with_capacity(count);
    let mut renamed = Vec::new();
    for it in changed {
        let plan = known.plan(&it);
        if plan.renamed {
            renamed.push(it.conversation.clone());
        }
        writes.push(known.write(service, &it, plan.whole).await?);
    }
    for it in others_of(service, &renamed).await? {
        known.add(Known::read(service, std::slice::from_ref(&it)).await?);
        writes.push(known.write(service, &it, true).await?);
    }
    // Together, so that they travel in few transactions.
    for made in join_all(writes.into_iter().map(|write| service.store.commit(write))).await {
        match made {
            // It changed meanwhile, so it is taken again.
            Ok(()) | Err(CommitError::Conflict) => {}
            Err(error @ CommitError::Unavailable(_)) => return Err(error.into()),
        }
    }
    Ok(count)
}

/// The other conversations of visitors who go by another name now.
async fn others_of(service: &Service, renamed: &[Conversation]) -> Result<Vec<Unsearched>, ServiceError> {
    let mut taken: HashSet<ConversationId> = renamed.iter().map(|it| it.id).collect();
    let mut others = Vec::new();
    for it in renamed {
        let all = service.store.searched_of_visitor(it.visitor, RENAMED).await?;
        // One that was never taken has its turn anyway.
        others.extend(all.into_iter().filter(|other| other.search_event > 0 && taken.insert(other.conversation.id)));
    }
    Ok(others)
}

/// What must be read again of a conversation.
struct Plan {
    /// Everything that was said in it.
    whole: bool,
    /// Its visitor goes by another name now.
    renamed: bool,
}

/// What is written of some conversations, and what happened in them since.
#[derive(Default)]
struct Known {
    events: HashMap<ConversationId, Vec<Event>>,
    posted: HashMap<ConversationId, Vec<Message>>,
    words: HashMap<ConversationId, BTreeSet<String>>,
    replies: HashMap<ConversationId, Replies>,
    tags: HashMap<ConversationId, Vec<String>>,
    visitors: HashMap<crate::model::VisitorId, Visitor>,
}

impl Known {
    async fn read(service: &Service, changed: &[Unsearched]) -> Result<Self, ServiceError> {
        let ids: Vec<ConversationId> = changed.iter().map(|it| it.conversation.id).collect();
        let mut visitors: Vec<_> = changed.iter().map(|it| it.conversation.visitor).collect();
        visitors.sort_unstable();
        visitors.dedup();
        let mut known = Self::default();
        let mut posted = Vec::new();
        for event in service.store.unsearched_events(&ids).await? {
            if event.kind == EventKind::MessagePosted {
                posted.extend(event.message);
            }
            known.events.entry(event.conversation).or_default().push(event);
        }
        posted.sort_unstable();
        posted.dedup();
        for message in service.store.messages(&posted).await? {
            known.posted.entry(message.conversation).or_default().push(message);
        }
        for (conversation, lines) in service.store.search_words(&ids).await? {
            known.words.insert(conversation, of_lines(&lines));
        }
        for it in service.store.replies(&ids).await? {
            known.replies.entry(it.conversation).or_default().insert(it.operator, it.replies);
        }
        for (conversation, tag) in service.store.searched_tags(&ids).await? {
            known.tags.entry(conversation).or_default().push(tag);
        }
        known.visitors = service.store.searched_visitors(&visitors).await?.into_iter().map(|it| (it.id, it)).collect();
        Ok(known)
    }

    fn add(&mut self, more: Self) {
        self.words.extend(more.words);
        self.replies.extend(more.replies);
        self.tags.extend(more.tags);
        self.visitors.extend(more.visitors);
    }

    fn plan(&self, it: &Unsearched) -> Plan {
        let id = it.conversation.id;
        let happened = |kinds: &[EventKind]| {
            self.events.get(&id).is_some_and(|events| events.iter().any(|event| kinds.contains(&event.kind)))
        };
        let Some(words) = self.words.get(&id).filter(|_| it.search_event > 0) else {
            return Plan { whole: true, renamed: false };
        };
        let visitor = self.visitors.get(&it.conversation.visitor);
        let renamed = happened(&[EventKind::VisitorChanged])
            && visitor.is_some_and(|visitor| !words_of(visitor).is_subset(words));
        let whole = renamed
            || happened(&[EventKind::MessageEdited, EventKind::MessageRemoved])
            || (happened(&[EventKind::ConversationTagged]) && self.lost_a_tag(id, words))
            || (happened(&[EventKind::ConversationRated]) && !words.contains(&search::rating_mark(None)));
        Plan { whole, renamed }
    }

    /// Whether a tag was taken off; whether its words stand elsewhere too, only a new reading tells.
    fn lost_a_tag(&self, id: ConversationId, words: &BTreeSet<String>) -> bool {
        let tags = self.tags.get(&id).map_or(&[][..], Vec::as_slice);
        let marks: BTreeSet<String> = tags.iter().map(|tag| search::tag_mark(tag)).collect();
        words.iter().any(|word| search::is_tag_mark(word) && !marks.contains(word))
    }

    /// The difference between what a conversation holds and what is written of it.
    async fn write(&self, service: &Service, it: &Unsearched, whole: bool) -> Result<Write, ServiceError> {
        let conversation = &it.conversation;
        let id = conversation.id;
        let none = (BTreeSet::new(), Replies::new());
        let written = self.words.get(&id);
        let (old_words, old_replies) = (written.unwrap_or(&none.0), self.replies.get(&id).unwrap_or(&none.1));
        let (mut found, replies) = if whole {
            let messages = service.store.all_messages(id).await?;
            spoken(&messages, BTreeSet::new(), Replies::new())
        } else {
            let kept = old_words.iter().filter(|word| !search::is_mark(word)).cloned().collect();
            spoken(self.posted.get(&id).map_or(&[], Vec::as_slice), kept, old_replies.clone())
        };
        found.extend(self.visitors.get(&conversation.visitor).map(words_of).unwrap_or_default());
        let comment = conversation.rating.as_ref().and_then(|rating| rating.comment.as_deref());
        found.extend(comment.map(words).unwrap_or_default());
        let tags = self.tags.get(&id).map_or(&[][..], Vec::as_slice);
        found.extend(tags.iter().flat_map(|tag| words(tag)));
        while found.len() > MOST_WORDS {
            found.pop_last();
        }
        found.extend(marks(conversation, tags, &replies));
        let mut write = Write::new(id);
        write.guard(Guard::Conversation(id, conversation.version));
        push_words(&mut write, conversation, written, &found);
        let gone = old_replies.keys().filter(|operator| !replies.contains_key(operator)).map(|operator| (*operator, 0));
        for (operator, replies) in replies.iter().map(|(operator, count)| (*operator, *count)).chain(gone) {
            if old_replies.get(&operator) != Some(&replies) {
                let (domain, opened_at) = (conversation.domain, conversation.opened_at);
                let count = AnswerCount { conversation: id, operator, replies, domain, opened_at };
                write.push(Change::Search(SearchChange::Replies(count)));
            }
        }
        write.push(Change::Search(SearchChange::UpTo(id, conversation.next_event - 1)));
        Ok(write)
    }
}

fn push_words(
    write: &mut Write,
    conversation: &Conversation,
    written: Option<&BTreeSet<String>>,
    found: &BTreeSet<String>,
) {
    if written == Some(found) {
        return;
    }
    let none = BTreeSet::new();
    let old = written.unwrap_or(&none);
    let term = |word: &String| SearchTerm {
        domain: conversation.domain,
        term: word.clone(),
        opened_at: conversation.opened_at,
        conversation: conversation.id,
    };
    for word in found.difference(old) {
        write.push(Change::Search(SearchChange::Has(term(word))));
    }
    for word in old.difference(found) {
        write.push(Change::Search(SearchChange::HasNot(term(word))));
    }
    let lines = to_lines(found);
    write.push(Change::Search(match written {
        Some(_) => SearchChange::SetWords(conversation.id, lines),
        None => SearchChange::NewWords(conversation.id, lines),
    }));
}

/// Adds what was said, and who answered. A message that waits for its writer's word, and a note, are words but no answers.
fn spoken(messages: &[Message], mut found: BTreeSet<String>, mut replies: Replies) -> (BTreeSet<String>, Replies) {
    for message in messages.iter().filter(|message| message.removed_at.is_none()) {
        found.extend(words(&message.body));
        if let Some(operator) = message.operator
            && message.speaker == Speaker::Operator
            && message.disposition == Disposition::Sent
        {
            *replies.entry(operator).or_default() += 1;
        }
    }
    (found, replies)
}

fn words_of(visitor: &Visitor) -> BTreeSet<String> {
    let texts = [Some(visitor.display_name()), visitor.email.clone(), visitor.external_id.clone()];
    texts.iter().flatten().flat_map(|text| words(text)).collect()
}

fn marks(conversation: &Conversation, tags: &[String], replies: &Replies) -> BTreeSet<String> {
    let closer = match conversation.closed_by {
        Some(ClosedBy::Operator(operator)) => Some(operator),
        _ => None,
    };
    let answered = replies.iter().filter(|(_, count)| **count > 0).map(|(operator, _)| *operator);
    let operators = answered.chain(conversation.assignee).chain(closer).map(search::operator_mark);
    let rating = conversation.rating.as_ref().map(|rating| rating.stars);
    tags.iter()
        .map(|tag| search::tag_mark(tag))
        .chain(operators)
        .chain([
            search::assignee_mark(conversation.assignee),
            search::rating_mark(rating),
            search::status_mark(conversation.is_open()),
        ])
        .collect()
}

fn to_lines(words: &BTreeSet<String>) -> String {
    words.iter().fold(String::from("\n"), |mut lines, word| {
        lines.push_str(word);
        lines.push('\n');
        lines
    })
}

fn of_lines(lines: &str) -> BTreeSet<String> {
    lines.split('\n').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
