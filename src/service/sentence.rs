//! Which sentences Threadline says to the team: in threads, and privately to one person.
//!
//! What lives here: their list. What must not: what they say; that stands in `web/texts/LANGUAGE/bot.json`.

bridge_core::sentences! {
    /// A sentence for the team. What bridges say by themselves is in [`bridge_core::Word`].
    pub enum Say {
        ClosedByVisitor = "closed.visitor" [],
        ClosedBySystem = "closed.system" [],
        ClosedByOperator = "closed.operator" [name],
        ClosedForNewer = "closed.newer" [],
        Reopened = "reopened" [name],
        Rated = "rated" [stars],
        RatedWithComment = "rated.comment" [stars comment],
        Assigned = "assigned" [name],
        AssignedCalled = "assigned.called" [],
        Unassigned = "unassigned" [name],
        MessageNotDelivered = "undelivered.message" [why],
        MessageNotShown = "undelivered.message.elsewhere" [place why],
        EditNotDelivered = "undelivered.edit" [why],
        EditNotShown = "undelivered.edit.elsewhere" [place why],
        RemovalNotDelivered = "undelivered.removal" [why],
        RemovalNotShown = "undelivered.removal.elsewhere" [place why],
        TryingAgain = "retry.again" [],
        TriedBefore = "retry.before" [],
        ThreadGone = "retry.gone" [],
        VisitorNumbered = "card.visitor.numbered" [number],
        DomainGone = "card.website.gone" [],
        UnknownOperator = "card.operator.unknown" [],
        SendHeld = "button.send_held" [],
        KeepInside = "button.keep_inside" [],
        Retry = "button.retry" [],
        Teammate = "post.teammate" [],
        HeldUnknownCommand = "held.command_unknown" [],
        HeldSlippedCommand = "held.command_slipped" [],
        HeldMention = "held.mention" [],
        HeldEdited = "held.edited" [],
        HeldSent = "held.sent" [],
        HeldSentBefore = "held.sent.before" [],
        HeldDeleted = "held.deleted" [],
        HeldIsNote = "held.note" [],
        HeldIsClosed = "held.closed" [],
        HeldKept = "held.kept" [],
        HeldKeptTooLate = "held.kept.sent" [],
        InsideGuest = "inside.guest" [],
        InsideStranger = "inside.stranger" [],
        InsideNotInGroup = "inside.not_in_group" [],
        InsideDeactivated = "inside.deactivated" [],
        InsideClosed = "inside.closed" [],
        InsideFile = "inside.file" [],
        InsideFileOfReply = "inside.file.words" [],
        EditWithdrew = "edited.withdrawn" [],
        EditTooLate = "edited.closed" [],
        EditByNoOperator = "edited.no_operator" [],
        NoOperator = "refused.no_operator" [],
        Deactivated = "refused.deactivated" [],
        NoThread = "refused.no_thread" [],
        OtherThread = "refused.other_thread" [],
        TeammateIsNoOperator = "refused.teammate" [],
        UnknownTeammate = "refused.teammate.unknown" [name],
        AlreadySo = "refused.already" [],
        NewerIsOpen = "refused.newer" [],
        NoMessage = "refused.no_message" [],
        NoConversation = "refused.gone" [],
        MessageFailed = "failed.message" [],
        ClickFailed = "failed.click" [],
        Away = "team.away" [],
        Back = "team.back" [],
        Auto = "team.auto" [],
        InboxLink = "team.inbox" [link],
        InboxNotPrivate = "team.inbox.public" [],
        CodeNotPrivate = "link.public" [],
        Code = "link.code" [code],
        CodeIsOwn = "link.own" [],
        CodeUnknown = "link.unknown" [],
        CodesTooMany = "link.too_often" [],
        CodeOfNobody = "link.gone" [],
        OneAlready = "link.before" [],
        OneIsDeactivated = "link.deactivated" [],
        HasRights = "link.rights" [],
        SharePlatform = "link.shared" [place],
        Linked = "link.done" [name],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::{Path, PathBuf};

    use bridge_core::{Sentence, Word};

    use super::Say;
    use crate::model::Language;

    fn blanks_in(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect()
    }

    fn listed() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
        let of_bridges = Word::ALL.iter().map(|it| (it.key(), it.blanks()));
        let all = of_bridges.chain(Say::ALL.iter().map(|it| (it.key(), it.blanks())));
        all.map(|(key, blanks)| (key, blanks.iter().copied().collect())).collect()
    }

    #[test]
    fn every_language_has_each_sentence_with_its_blanks_and_no_other() {
        let listed = listed();
        assert_eq!(listed.len(), Word::ALL.len() + Say::ALL.len(), "two sentences have one key");
        for language in Language::ALL {
            let texts = threadline_web::texts(language.tag(), "bot");
            let written = texts.keys().map(|key| (key, blanks_in(texts.get(key).unwrap_or_default())));
            assert_eq!(written.collect::<BTreeMap<_, _>>(), listed, "{language}");
            for key in texts.keys() {
                assert_eq!(texts.get(key).map(str::trim), texts.get(key), "{language}: {key}");
            }
        }
    }

    #[test]
    fn every_sentence_is_said_somewhere() {
        let mut sources = String::new();
        let inside = |folder: &Path| -> Vec<PathBuf> {
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
        };
        // The contract's own tests name sentences, too.
        let bridges = inside("bridges".as_ref()).into_iter().filter(|bridge| !bridge.ends_with("core"));
        let mut folders: Vec<PathBuf> = bridges.map(|bridge| bridge.join("src")).collect();
        folders.extend(["src/service".into(), "src/worker".into()]);
        while let Some(folder) = folders.pop() {
            for entry in inside(&folder) {
                if entry.is_dir() {
                    folders.push(entry);
                } else {
                    sources.push_str(&std::fs::read_to_string(entry).unwrap());
                }
            }
        }
        let said = |name: &str| {
            let mut places = sources.match_indices(name).map(|(at, _)| sources[at + name.len()..].chars().next());
            places.any(|next| next.is_none_or(|next| !next.is_alphanumeric()))
        };
        let all = Say::ALL.iter().map(|it| format!("Say::{it:?}"));
        let all = all.chain(Word::ALL.iter().map(|it| format!("Word::{it:?}")));
        assert_eq!(all.filter(|name| !said(name)).collect::<Vec<_>>(), Vec::<String>::new());
    }
}
