//! The list of checks, and running one.
//!
//! What lives here: each check's name, what it demands and why, and [`conformance_tests`](crate::conformance_tests), which
//! makes a test of each. What must not: what a check does (`checks`).

use std::pin::Pin;
use std::time::Duration;

use super::bench::Bench;
use super::checks::{changing, ears, hearing, opening, people, posting, reading, trouble, words};
use super::failed::Failed;
use super::stand::Stand;

/// The longest that one check may take; the slowest one known takes a tenth of it.
const WITHIN: Duration = Duration::from_secs(90);

type Running<'a> = Pin<Box<dyn Future<Output = Result<(), Failed>> + Send + 'a>>;

/// One demand on a bridge.
pub struct Check {
    /// Its name; the test made of it has the same.
    pub name: &'static str,
    /// What is demanded.
    pub demands: &'static str,
    /// The promise that breaks without it.
    pub why: &'static str,
    run: for<'a> fn(&'a Bench<'a>) -> Running<'a>,
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Check").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Runs one check on a fresh stand.
///
/// # Errors
/// [`Failed`] with what was seen in place of what is demanded.
pub async fn run(name: &str, stand: &dyn Stand) -> Result<(), Failed> {
    let check = CHECKS.iter().find(|check| check.name == name);
    let check = check.ok_or_else(|| Failed(format!("there is no check named {name}")))?;
    let bench = Bench::new(stand);
    let seen = match tokio::time::timeout(WITHIN, (check.run)(&bench)).await {
        Ok(seen) => seen,
        Err(_) => Err(Failed(format!("it did not end within {WITHIN:?}"))),
    };
    seen.map_err(|seen| {
        Failed(format!("{name}\n  demanded: {}\n  because:  {}\n  seen:     {seen}", check.demands, check.why))
    })
}

macro_rules! checks {
    ($($group:ident::$name:ident: $demands:literal, $why:literal;)*) => {
        /// Every check.
        pub const CHECKS: &[Check] = &[
            $(Check {
                name: stringify!($name),
                demands: $demands,
                why: $why,
                run: |bench| Box::pin($group::$name(bench)),
            },)*
        ];
    };
}

checks! {
    opening::a_thread_is_opened_and_named:
        "`OpenThread` gives the card's id and the thread's; the card shows who writes, and posts land in that thread",
        "everything later hangs on these two ids";
    opening::an_opening_goes_on_after_a_crash:
        "another instance goes on from a step that was written down, and finds the finished opening by its key",
        "a process may die between two calls of one operation";
    opening::a_forgotten_step_opens_no_second_thread:
        "a step that was made and never written down is found or made again under the same key, without a second card",
        "a process may die before it could write anything down";
    opening::a_lost_answer_opens_one_thread:
        "whichever answer is lost, trying again at once ends with one card and one thread",
        "a visitor with two threads is answered in the wrong one";
    opening::a_lost_answer_seen_late_opens_one_thread:
        "the same, long after the platform forgot its own keys",
        "Threadline may have been down in between";
    opening::two_openings_are_two_threads:
        "an opening that never reached the platform is not found in another one's card",
        "two visitors would share a thread, and read each other";

    posting::a_post_shows_its_words_and_its_author:
        "a post shows its words and its author's name, and gives the id under which it stands there",
        "operators must see who says what";
    posting::a_lost_answer_leaves_one_message:
        "a post or a notice whose answer is lost is there once after trying again, under the id that is given",
        "nothing is shown twice";
    posting::a_lost_answer_seen_late_leaves_one_message:
        "the same, long after the platform forgot its own keys",
        "nothing is shown twice, even after a night's outage";
    posting::what_never_was_is_not_found:
        "`find` says `No` in the end for a post that never reached the platform, whatever else says the same",
        "what is wrongly found is never sent: a lost message";
    posting::equal_words_are_two_messages:
        "two posts of equal words are two messages, and `find` never takes one for the other",
        "people say “ok” twice";
    posting::another_instance_knows_what_was_posted:
        "after a restart a post can be found by its key, edited and deleted by its id",
        "ids and keys outlive the process, so nothing may rest in its memory";
    posting::parts_arrive_in_their_order:
        "the parts of a long message stand in the order in which they were posted",
        "a shuffled message says something else";
    posting::a_notice_calls_only_whom_it_names:
        "a notice calls the person in `mention`, and nobody else, whatever its words are",
        "the one who takes care of a conversation must hear of it, and nobody else be woken";
    posting::a_private_answer_is_nobodys_post:
        "a private answer reaches who asked; it is never told or read as a person's words, and never found as a post",
        "an internal remark must not reach the visitor";

    changing::an_edit_replaces_the_words:
        "an edit replaces the words in place, and done twice it leaves what it leaves when done once",
        "an edit whose answer is lost is simply done again";
    changing::deleting_twice_is_harmless:
        "to delete what is gone counts as done",
        "a deletion whose answer is lost is simply done again, and people delete too";
    changing::a_card_is_drawn_again:
        "a card shows how things stand now, drawn once or twice, and stays one message",
        "cards are drawn again and again";
    changing::archiving_is_harmless:
        "archiving twice is harmless; edits, cards and posts get through afterwards, and people can write",
        "late work of a closed conversation, and a visitor who comes back";

    hearing::our_words_come_back_as_ours:
        "the echo of our own message is told as `Ourselves`, in its thread and lane, with its key if with any",
        "an echo that is taken for a reply goes to the visitor, and comes back again";
    hearing::what_a_person_says_arrives:
        "what people say is told with its author, words, thread, lane and a key of its own",
        "it is what the visitor waits for";
    hearing::a_repeated_event_has_one_key:
        "an event that is told twice has one key, and different things about one message have different keys",
        "platforms repeat events; the key is what makes one of them count";
    hearing::edits_and_deletions_arrive:
        "a person's edit and deletion are told in the message's lane",
        "the visitor sees what stands in the thread";
    hearing::only_people_edit:
        "our own edits, previews and reply counts are no `Edited`",
        "each would be shown to the visitor as a correction";
    hearing::a_lane_keeps_its_order:
        "what is said in a thread is told in its order",
        "an answer before its question says something else";
    hearing::a_bot_is_no_person:
        "another program's message is a `Bot`'s",
        "a build robot must not answer visitors";
    hearing::a_press_says_who_where_and_what:
        "a press on a button tells the person, the thread that the button belongs to, and the action with its value",
        "closing the wrong conversation is worse than closing none";
    hearing::a_press_is_answered_privately_or_not_at_all:
        "an answer of nothing shows nothing, words reach who pressed, and `is_private` never promises too much",
        "codes and refusals are for one pair of eyes";
    hearing::a_command_of_ones_own_is_heard_and_answered_privately:
        "a command that concerns its giver tells who gave it and what they want, under one key each time, and its answer with a link reaches them alone",
        "the link signs in whoever opens it";

    ears::a_refused_event_is_not_lost:
        "an event that the sink could not take is told again under its key, or reported as missed and found by reading",
        "the platform may be told that we have it only when we have it";
    ears::a_cut_line_is_reported_and_mended:
        "a cut line is reported, comes back by itself, and what was said meanwhile can be read",
        "a bridge that is connected and deaf looks healthy";
    ears::listening_ends_when_told:
        "`listen` ends with `Ok` when it is told to stop, and can be begun again",
        "a program that doesn't end is killed, in the middle of something";
    ears::a_worthless_token_ends_the_listening:
        "with a revoked token `listen` ends with `Unauthorized`",
        "knocking on a locked door for ever gets one locked out, and hides the reason";

    reading::a_thread_is_read_whole_and_once:
        "`snapshot` gives every message of the thread once, oldest first, over all pages, without the card",
        "what was missed must come in its order";
    reading::a_thread_is_read_from_where_one_was:
        "after a cursor come the newer messages, and before it as many as asked for, as they stand now",
        "edits and deletions that were missed are seen by looking back";
    reading::only_threads_with_news_are_named:
        "`moved` names every thread with news, and leaves out the quiet ones",
        "reading every thread every five minutes is more than platforms allow";
    reading::what_is_read_is_what_was_told:
        "a message that is read equals the one that is told: id, author, words, time, mentions, thread and lane",
        "both arrive, and exactly one counts";
    reading::one_message_is_read_as_it_stands:
        "`DirectoryQuery::Message` gives a message as it stands now, and `None` when it is gone",
        "what could not be understood is read again";

    trouble::a_deleted_thread_is_gone:
        "a deleted thread is `ThreadGone` to posts and to reading, and `moved` names it",
        "the conversation goes on in a new thread at once";
    trouble::a_closed_channel_is_told_with_the_fix:
        "a channel that can't be used is `ChannelBroken` with a fix in words, and `diagnose` names it; given back, it works",
        "nothing is lost while somebody mends it, and somebody must know how";
    trouble::a_worthless_token_is_told:
        "a revoked token is `Unauthorized` with a fix in words, when posting and when reading",
        "the admin must hear of it, and nobody must be locked out by trying on";
    trouble::out_of_reach_is_never_a_refusal:
        "with nobody there, every call is `Transient` or `Ambiguous`",
        "what is refused is given up, what is out of reach is tried again";
    trouble::a_wish_to_wait_says_how_long:
        "a platform that asks to wait is `RateLimited` with a time, and nothing was applied",
        "the same call is made again after that time, without a look";

    words::a_visitor_calls_nobody:
        "nothing that a visitor writes, or is named, calls anybody or leads elsewhere than it shows",
        "one visitor could wake the whole team, or send it to a false page";
    words::a_card_calls_nobody:
        "the same for everything on a card",
        "a card is made of a visitor's words too";
    words::every_word_is_shown_as_it_is:
        "a visitor's words are shown as they were written, whatever the platform's markup",
        "an operator must read what was meant";
    words::the_longest_part_is_taken:
        "a part of `longest_part` characters is taken, whichever characters they are, under the longest of names",
        "a part that the platform refuses is a message that nobody sees";
    words::a_long_message_loses_nothing:
        "a message of several parts shows every word, in order",
        "the rest of a long message is often the question";

    people::only_operators_stand_as_such:
        "`Person` tells who somebody is and who may speak for the team; strangers to the platform are `None`",
        "anybody in the channel could speak for the team";
    people::a_teammate_is_found_by_name:
        "`Teammate` finds one by name, with or without @, in any case, and by the platform's mention; never a wrong one",
        "`!assign @jonas` is typed by people";
    people::who_is_at_their_desk_is_told:
        "`active_operators` names the operators who are at their desk and nobody else, soon after they came or left; or it knows nothing",
        "a visitor who is told that somebody is there waits";
}

/// Makes a test of every check: `conformance_tests!(make)`, where `make` is an async function without arguments that gives
/// a fresh [`Stand`](crate::testing::Stand).
///
/// The names stand here once more, because a macro can't read a constant; a test of this crate compares them.
#[macro_export]
macro_rules! conformance_tests {
    (@names) => {
        $crate::conformance_tests! { @all @list () }
    };
    (@all @$then:ident $($with:tt)*) => {
        $crate::conformance_tests! { @$then $($with)*;
            a_thread_is_opened_and_named an_opening_goes_on_after_a_crash a_forgotten_step_opens_no_second_thread
            a_lost_answer_opens_one_thread a_lost_answer_seen_late_opens_one_thread two_openings_are_two_threads
            a_post_shows_its_words_and_its_author a_lost_answer_leaves_one_message
            a_lost_answer_seen_late_leaves_one_message what_never_was_is_not_found equal_words_are_two_messages
            another_instance_knows_what_was_posted parts_arrive_in_their_order a_notice_calls_only_whom_it_names
            a_private_answer_is_nobodys_post
            an_edit_replaces_the_words deleting_twice_is_harmless a_card_is_drawn_again archiving_is_harmless
            our_words_come_back_as_ours what_a_person_says_arrives a_repeated_event_has_one_key
            edits_and_deletions_arrive only_people_edit a_lane_keeps_its_order a_bot_is_no_person
            a_press_says_who_where_and_what a_press_is_answered_privately_or_not_at_all
            a_command_of_ones_own_is_heard_and_answered_privately
            a_refused_event_is_not_lost a_cut_line_is_reported_and_mended listening_ends_when_told
            a_worthless_token_ends_the_listening
            a_thread_is_read_whole_and_once a_thread_is_read_from_where_one_was only_threads_with_news_are_named
            what_is_read_is_what_was_told one_message_is_read_as_it_stands
            a_deleted_thread_is_gone a_closed_channel_is_told_with_the_fix a_worthless_token_is_told
            out_of_reach_is_never_a_refusal a_wish_to_wait_says_how_long
            a_visitor_calls_nobody a_card_calls_nobody every_word_is_shown_as_it_is the_longest_part_is_taken
            a_long_message_loses_nothing
            only_operators_stand_as_such a_teammate_is_found_by_name who_is_at_their_desk_is_told
        }
    };
    (@list (); $($name:ident)*) => {
        &[$(stringify!($name)),*]
    };
    (@tests $make:path; $($name:ident)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                let stand = $make().await;
                if let Err(failed) = $crate::testing::run(stringify!($name), &stand).await {
                    panic!("{failed}");
                }
            }
        )*
    };
    ($make:path) => {
        $crate::conformance_tests! { @all @tests $make }
    };
}
