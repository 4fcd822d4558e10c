//! In which language Threadline speaks to a team.
//!
//! What lives here: the choice. What must not: the sentences ([`super::sentence`]); what they say stands in `web/texts`.

use bridge_core::{ConnectionId, Words};

use super::{Service, ServiceError};
use crate::model::{ChannelId, ConversationId, DomainId, Language};

pub use super::sentence::Say;

/// The sentences in a language; English where a domain leaves it to each visitor's browser.
#[must_use]
pub fn words(language: Option<Language>) -> Words {
    Words::new(language.unwrap_or_default().tag(), |language, key| threadline_web::texts(language, "bot").get(key))
}

/// The language that all of them have, where it is one.
#[must_use]
pub fn common(mut languages: impl Iterator<Item = Option<Language>>) -> Option<Language> {
    let first = languages.next()?;
    first.filter(|_| languages.all(|language| language == first))
}

impl Service {
    /// How a domain's team is spoken to. A domain that is no longer configured is spoken to in English.
    #[must_use]
    pub(crate) fn words(&self, domain: DomainId) -> Words {
        words(self.domain(domain).and_then(|domain| domain.language))
    }

    /// How a conversation's team is spoken to.
    pub(crate) async fn words_in(&self, conversation: ConversationId) -> Result<Words, ServiceError> {
        let conversation = self.store.conversation(conversation).await?;
        Ok(conversation.map_or_else(|| words(None), |conversation| self.words(conversation.domain)))
    }

    /// How people are spoken to in a channel outside its conversations: as its domains are, where they agree.
    #[must_use]
    pub(crate) fn words_at(&self, channel: ChannelId) -> Words {
        self.words_where(|it| it == channel)
    }

    /// How people are spoken to where no channel is known: as the domains are that the connection serves.
    #[must_use]
    pub(crate) fn words_over(&self, connection: &ConnectionId) -> Words {
        let served: Vec<ChannelId> = self.book.channels_of(connection).into_iter().map(|channel| channel.id).collect();
        self.words_where(|it| served.contains(&it))
    }

    fn words_where(&self, is_there: impl Fn(ChannelId) -> bool) -> Words {
        let domains = self.book.domains();
        let there = domains.iter().filter(|domain| domain.channels.iter().any(|channel| is_there(*channel)));
        words(common(there.map(|domain| domain.language)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_that_disagree_are_spoken_to_in_english() {
        const DE: Option<Language> = Some(Language::De);
        let said = |languages: &[Option<Language>]| words(common(languages.iter().copied())).text(Say::AlreadySo);
        assert_ne!(said(&[DE]), said(&[]));
        assert_eq!(said(&[DE, DE]), said(&[DE]));
        for english in [&[None][..], &[DE, None], &[None, DE], &[DE, Some(Language::Fr)], &[Some(Language::En)]] {
            assert_eq!(said(english), said(&[]), "{english:?}");
        }
    }
}
