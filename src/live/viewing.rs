//! Which operators have which conversation open.
//!
//! What lives here: the counting, in memory. What must not: telling the others (the caller does).

use std::collections::HashMap;
use std::sync::Arc;

use dashmap::DashMap;

use crate::model::{ConversationId, OperatorId};

/// Who has what open; an operator may have several pages.
#[derive(Clone, Default)]
pub struct Viewing {
    open: Arc<DashMap<ConversationId, HashMap<OperatorId, usize>>>,
}

impl Viewing {
    /// Notes that an operator's page shows a conversation, until the guard is dropped.
    #[must_use]
    pub fn open(&self, conversation: ConversationId, operator: OperatorId) -> Open {
        *self.open.entry(conversation).or_default().entry(operator).or_default() += 1;
        Open { viewing: self.clone(), conversation, operator }
    }

    /// The operators who have a conversation open, in no order.
    #[must_use]
    pub fn of(&self, conversation: ConversationId) -> Vec<OperatorId> {
        self.open.get(&conversation).map(|who| who.keys().copied().collect()).unwrap_or_default()
    }
}

/// A page that shows a conversation.
pub struct Open {
    viewing: Viewing,
    conversation: ConversationId,
    operator: OperatorId,
}

impl Open {
    /// Which conversation.
    #[must_use]
    pub const fn conversation(&self) -> ConversationId {
        self.conversation
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(mut who) = self.viewing.open.get_mut(&self.conversation)
            && let Some(pages) = who.get_mut(&self.operator)
        {
            *pages -= 1;
            if *pages == 0 {
                who.remove(&self.operator);
            }
        }
        self.viewing.open.remove_if(&self.conversation, |_, who| who.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn an_operator_looks_until_the_last_of_their_pages_has_left() {
        let viewing = Viewing::default();
        let (conversation, ada) = (ConversationId(Uuid::from_u128(1)), OperatorId(Uuid::from_u128(2)));
        let first = viewing.open(conversation, ada);
        let second = viewing.open(conversation, ada);
        drop(first);
        assert_eq!(viewing.of(conversation), [ada]);
        drop(second);
        assert!(viewing.of(conversation).is_empty() && viewing.open.is_empty());
    }
}
