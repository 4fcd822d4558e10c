//! Which threads a conversation has, and what belongs in them.
//!
//! What lives here: several channels for one domain, a domain that is mapped late, an older conversation that is reopened,
//! and words that come after their time. What must not: faults.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use crate::support::program::{Program, domain};
use crate::support::stand::{Stand, Surface, everywhere, on_mirrors};
use crate::support::team::{
    BLOG, JONAS, MINA, Order, Person, Place, Room, SHOP, Shown, Sort, Team, cards, shows, until, words,
};
use crate::support::visitor::Visitor;

everywhere!(
    a_domain_on_two_channels_mirrors_them,
    what_is_done_in_either_thread_shows_in_both,
    a_long_edit_grows_and_shrinks_in_the_mirror,
    a_reply_that_was_withdrawn_can_be_sent_again,
    notes_and_commands_stay_where_they_are,
    a_domain_that_is_mapped_late_shows_what_was_said,
    a_reopened_older_conversation_is_the_one_that_counts,
    a_remark_in_a_closed_thread_stays_inside_though_it_comes_after_reopening
);
on_mirrors!(an_operator_who_is_linked_on_both_is_one, a_card_deleted_in_one_room_leaves_the_other_alone);

/// One thread of a conversation that has two.
struct Side<'a> {
    room: &'a dyn Room,
    at: Place,
    card: String,
}

impl Side<'_> {
    fn say(&self, who: Person, text: &str) -> String {
        self.room.say(who, self.at, Some(&self.card), text)
    }

    async fn shows(&self, text: &str) -> Shown {
        shows(self.room, self.at, &self.card, text).await
    }

    fn posts(&self) -> Vec<String> {
        words(&self.room.thread(self.at, &self.card))
    }

    /// Waits until these and no others are the words that were brought here.
    async fn holds(&self, posts: &[&str]) {
        let look = |_: &dyn Room| (self.posts() == posts).then_some(());
        until(self.room, &format!("{posts:?}"), look).await;
    }

    async fn card_shows(&self, words: &str) {
        let look = |room: &dyn Room| {
            room.thread(self.at, &self.card).first().filter(|card| card.whole.contains(words)).map(|_| ())
        };
        until(self.room, &format!("the card to show {words:?}"), look).await;
    }
}

/// One domain whose conversations land in two channels: one in each room, or two of the one room.
async fn mirrored(stand: &Stand, team: &Team) -> Program {
    let mut settings = stand.settings(team);
    if stand.surface != Surface::Mirrored {
        let both = [SHOP, BLOG].map(|at| team.room().channel(at));
        settings.domains = vec![domain("shop.example", both)];
    }
    stand.program_with(team, settings).await
}

/// The two threads of the one conversation that there is.
async fn sides<'a>(stand: &Stand, team: &'a Team) -> (Side<'a>, Side<'a>) {
    let side = async |room: &'a dyn Room, at: Place| Side { room, at, card: cards(room, at, 1).await.remove(0) };
    let there = if stand.surface == Surface::Mirrored {
        side(team.mirror(), SHOP).await
    } else {
        side(team.room(), BLOG).await
    };
    (side(team.room(), SHOP).await, there)
}

async fn a_domain_on_two_channels_mirrors_them(stand: &Stand) {
    let team = stand.team().await;
    let program = mirrored(stand, &team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Is anybody there?").await;
    let (here, there) = sides(stand, &team).await;
    here.shows("Is anybody there?").await;
    there.shows("Is anybody there?").await;

    let reply = here.say(MINA, "Yes, I am.");
    visitor.until_told("Yes, I am.").await;
    let mirror = there.shows("Yes, I am.").await;
    assert_eq!(mirror.author, "Mina", "the mirror names the operator");
    here.room.edit(MINA, here.at, &reply, "Yes, we are.");
    there.shows("Yes, we are.").await;
    here.room.delete(MINA, here.at, &reply);
    there.holds(&["Is anybody there?"]).await;

    there.room.press(JONAS, there.at, &there.card, "close").await;
    here.shows("Jonas closed the conversation.").await;
    there.shows("Jonas closed the conversation.").await;
    assert_eq!(here.posts(), ["Is anybody there?"]);
    program.stop().await;
}

/// Waits until both cards show it.
async fn both_show(here: &Side<'_>, there: &Side<'_>, words: &str) {
    here.card_shows(words).await;
    there.card_shows(words).await;
}

async fn what_is_done_in_either_thread_shows_in_both(stand: &Stand) {
    let team = stand.team().await;
    let program = mirrored(stand, &team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Hello?").await;
    let (here, there) = sides(stand, &team).await;
    there.shows("Hello?").await;
    for (from, to, text) in [(&here, &there, "from here"), (&there, &here, "from there"), (&here, &there, "and back")] {
        from.say(MINA, text);
        assert_eq!(visitor.until_told(text).await.from, "Mina");
        assert_eq!(to.shows(text).await.author, "Mina");
    }
    assert_eq!(visitor.replies().await, ["from here", "from there", "and back"]);
    assert_eq!(here.posts(), ["Hello?", "from there"], "nothing comes back to where it was written");
    assert_eq!(there.posts(), ["Hello?", "from here", "and back"]);

    here.say(MINA, "!assign");
    both_show(&here, &there, "assigned to Mina").await;
    there.room.press(JONAS, there.at, &there.card, "assign").await;
    both_show(&here, &there, "assigned to Jonas").await;
    let notice = there.shows("takes care of this conversation now.").await;
    assert_eq!(notice.sort, Sort::Notice);
    for (by, word, status, shown) in [
        (&there, "!close", "closed", "Closed by Mina"),
        (&here, "!reopen", "open", "Open · assigned to Jonas"),
        (&here, "!close", "closed", "Closed by Mina"),
    ] {
        by.say(MINA, word);
        visitor.until_status(status).await;
        both_show(&here, &there, shown).await;
    }
    program.stop().await;
}

async fn a_long_edit_grows_and_shrinks_in_the_mirror(stand: &Stand) {
    let team = stand.team().await;
    let program = mirrored(stand, &team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Tell me more").await;
    let (here, there) = sides(stand, &team).await;
    let reply = here.say(MINA, "short");
    there.shows("short").await;
    let words = here.room.longest() / 6 - 2;
    let long = |letter: &str| format!("{} end-{letter}", format!("{letter}word ").repeat(words));
    for letter in ["a", "b"] {
        here.room.edit(MINA, here.at, &reply, &long(letter));
        let whole = |_: &dyn Room| {
            let posts = there.posts();
            let joined: String = posts[1..].join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
            (joined == long(letter).split_whitespace().collect::<Vec<_>>().join(" ")).then_some(())
        };
        until(there.room, "the long edit, each part once", whole).await;
        here.room.edit(MINA, here.at, &reply, &format!("short {letter}"));
        there.holds(&["Tell me more", &format!("short {letter}")]).await;
    }
    program.stop().await;
}

async fn a_reply_that_was_withdrawn_can_be_sent_again(stand: &Stand) {
    let team = stand.team().await;
    let program = mirrored(stand, &team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Well?").await;
    let (here, there) = sides(stand, &team).await;
    let reply = here.say(MINA, "I think so");
    there.shows("I think so").await;
    here.room.edit(MINA, here.at, &reply, &format!("I think so, {}?", here.room.call(JONAS)));
    let question = team.told(MINA, "Send to visitor?").await;
    there.holds(&["Well?"]).await;
    team.press(MINA, SHOP, &question.id, "send_held").await;
    visitor.until_told("I think so, @Jonas?").await;
    there.shows("I think so, @Jonas?").await;
    // The lane goes on behind it.
    visitor.write("Thanks").await;
    there.shows("Thanks").await;
    program.stop().await;
}

async fn notes_and_commands_stay_where_they_are(stand: &Stand) {
    let team = stand.team().await;
    let program = mirrored(stand, &team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Hello?").await;
    let (here, there) = sides(stand, &team).await;
    there.shows("Hello?").await;
    here.say(MINA, ";; he is lying");
    here.say(MINA, &format!("{} is he lying?", here.room.call(JONAS)));
    team.told(MINA, "Send to visitor?").await;
    here.say(JONAS, "!assign");
    there.card_shows("assigned to Jonas").await;
    here.say(JONAS, "How can I help?");
    there.shows("How can I help?").await;
    there.holds(&["Hello?", "How can I help?"]).await;
    assert_eq!(visitor.replies().await, ["How can I help?"]);
    program.stop().await;
}

/// Mina's code, as her account in Slack was told it.
async fn code_of_mina(team: &Team, slack: &Side<'_>) -> String {
    slack.say(MINA, "!link");
    let look = |room: &dyn Room| room.told(MINA).into_iter().find(|told| told.text.starts_with("Your code is "));
    let told = until(slack.room, "a code", look).await;
    let (_, code) = told.text.split_once("Your code is ").unwrap();
    assert!(team.slack().ephemerals(JONAS.slack()).is_empty(), "the code is for her alone");
    code.split('.').next().unwrap().to_owned()
}

async fn an_operator_who_is_linked_on_both_is_one(stand: &Stand) {
    let team = stand.team().await;
    let program = mirrored(stand, &team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Hello?").await;
    let (one, other) = sides(stand, &team).await;
    other.shows("Hello?").await;
    let (slack, discord) = if one.room.platform() == "slack" { (one, other) } else { (other, one) };
    slack.say(MINA, "!assign");
    both_show(&slack, &discord, "assigned to Mina").await;
    discord.say(JONAS, "!assign");
    both_show(&slack, &discord, "assigned to Jonas").await;

    let code = code_of_mina(&team, &slack).await;
    let options = [("code", serde_json::json!(code))];
    let thread = Some(discord.card.as_str());
    team.command(MINA, SHOP, thread, "link", &options).await;
    until(discord.room, "an answer to the code", |room| room.told(MINA).pop()).await;
    slack.say(MINA, "!assign");
    both_show(&slack, &discord, "assigned to Mina").await;
    // To the program she is one: in Discord she has it already.
    discord.say(MINA, "!assign");
    let already = |room: &dyn Room| room.told(MINA).into_iter().find(|it| it.text.contains("like that already"));
    until(discord.room, "Mina to have it already", already).await;
    let shown = visitor.until("Mina to take care", async |visitor: &Visitor| {
        let (_, _, conversation) = visitor.everything().await;
        (conversation["assignee"]["name"] == "Mina").then_some(())
    });
    shown.await;
    program.stop().await;
}

async fn a_card_deleted_in_one_room_leaves_the_other_alone(stand: &Stand) {
    let team = stand.team().await;
    let program = mirrored(stand, &team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Hello?").await;
    let (here, there) = sides(stand, &team).await;
    here.shows("Hello?").await;
    there.shows("Hello?").await;
    here.room.delete_thread(SHOP, &here.card);
    visitor.write("Still there?").await;
    there.holds(&["Hello?", "Still there?"]).await;
    let next = team.until_another_card(SHOP, &here.card).await;
    shows(here.room, SHOP, &next, "Still there?").await;
    here.room.say(MINA, SHOP, Some(&next), "Yes.");
    visitor.until_told("Yes.").await;
    there.holds(&["Hello?", "Still there?", "Yes."]).await;
    assert_eq!(there.room.all_cards(SHOP).len(), 1);
    program.stop().await;
}

async fn a_domain_that_is_mapped_late_shows_what_was_said(stand: &Stand) {
    let team = stand.team().await;
    let mut unmapped = stand.settings(&team);
    unmapped.domains.iter_mut().for_each(|domain| domain.channels.clear());
    let program = stand.program_with(&team, unmapped).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("First words").await;
    program.stop().await;

    let program = stand.program(&team).await;
    let visitor = visitor.at(&program.url);
    visitor.write("Second words").await;
    team.all_show(SHOP, "Second words").await;
    for room in team.rooms() {
        assert_eq!(words(&room.everything(SHOP)), ["First words", "Second words"]);
    }
    program.stop().await;
}

async fn a_reopened_older_conversation_is_the_one_that_counts(stand: &Stand) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("first").await;
    let first = team.card(SHOP).await;
    visitor.close().await;
    visitor.write("second").await;
    team.cards(SHOP, 2).await;
    visitor.close().await;
    team.say(MINA, SHOP, first.as_str(), "!reopen");
    let conversation = visitor.until_status("open").await;
    team.say(MINA, SHOP, first.as_str(), "One more thing");
    visitor.until_told("One more thing").await;

    let returning = serde_json::json!({"domain": "shop.example", "visitor_token": visitor.token});
    let answer = visitor.request(reqwest::Method::POST, "/sessions").json(&returning).send().await.unwrap();
    let session: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(session["conversation"]["id"], conversation["id"], "the open one is the one that a session begins with");
    let closed = visitor.close().await;
    assert_eq!(closed["conversation"]["id"], conversation["id"], "and the one that is closed");
    program.stop().await;
}

async fn a_remark_in_a_closed_thread_stays_inside_though_it_comes_after_reopening(stand: &Stand) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let visitor: Visitor = program.visitor("shop.example").await;
    visitor.write("Bye").await;
    let card = team.card(SHOP).await;
    team.press(MINA, SHOP, &card, "close").await;
    team.cards_show(SHOP, "Closed by Mina").await;
    // The platform tells of the remark only after somebody has reopened the conversation.
    team.room().hold_events();
    team.say(MINA, SHOP, card.as_str(), "what a pain");
    team.press(JONAS, SHOP, &card, "reopen").await;
    visitor.until_status("open").await;
    team.room().release_events(Order::AsTheyCame);
    team.told(MINA, "stays inside").await;
    team.say(MINA, SHOP, card.as_str(), "Hello again");
    visitor.until_told("Hello again").await;
    assert_eq!(visitor.replies().await, ["Hello again"]);
    team.all_show(SHOP, "Jonas reopened the conversation.").await;
    program.stop().await;
}
