//! SIGKILL at every failpoint, in the middle of a conversation.
//!
//! What lives here: the list of places, and the conversation that each interrupts. What must not: other ways to end.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;

use tokio::sync::watch;

use super::talk::Talk;
use crate::support::process::Process;
use crate::support::stand::{Stand, everywhere};
use crate::support::team::{End, JONAS, LUCIA, MINA, Nature, SHOP, TOM};
use crate::support::visitor::Visitor;

/// Makes a test of each place and number of passes that are survived before.
macro_rules! killed_at {
    ($($name:ident: $place:literal after $passes:literal;)+) => {
        const PLACES: &[&str] = &[$($place),+];
        $(async fn $name(stand: &Stand) { dies_and_goes_on(stand, $place, $passes).await; })+
        everywhere!($($name),+);
    };
}

killed_at! {
    store_before_commit_first: "store_before_commit" after 0;
    store_before_commit_soon: "store_before_commit" after 3;
    store_before_commit_later: "store_before_commit" after 14;
    store_after_commit_first: "store_after_commit" after 0;
    store_after_commit_soon: "store_after_commit" after 3;
    store_after_commit_later: "store_after_commit" after 14;
    deliver_before_call_first: "deliver_before_call" after 0;
    deliver_before_call_later: "deliver_before_call" after 3;
    deliver_after_call_first: "deliver_after_call" after 0;
    deliver_after_call_later: "deliver_after_call" after 3;
    deliver_before_record_first: "deliver_before_record" after 0;
    deliver_before_record_later: "deliver_before_record" after 3;
    card_before_call_first: "card_before_call" after 0;
    card_before_call_later: "card_before_call" after 1;
    card_after_call_first: "card_after_call" after 0;
    card_after_call_later: "card_after_call" after 1;
    catch_up_before_call_first: "catch_up_before_call" after 0;
    catch_up_before_call_later: "catch_up_before_call" after 1;
    catch_up_after_call_first: "catch_up_after_call" after 0;
    catch_up_after_call_later: "catch_up_after_call" after 1;
    directory_before_call_first: "directory_before_call" after 0;
    directory_before_call_later: "directory_before_call" after 3;
    directory_after_call_first: "directory_after_call" after 0;
    directory_after_call_later: "directory_after_call" after 3;
    respond_before_call_first: "respond_before_call" after 0;
    respond_before_call_later: "respond_before_call" after 1;
    respond_after_call_first: "respond_after_call" after 0;
    respond_after_call_later: "respond_after_call" after 1;
    intake_before_accept_first: "intake_before_accept" after 0;
    intake_before_accept_later: "intake_before_accept" after 4;
    intake_after_accept_first: "intake_after_accept" after 0;
    intake_after_accept_later: "intake_after_accept" after 4;
    intake_before_work_first: "intake_before_work" after 0;
    intake_before_work_later: "intake_before_work" after 4;
    intake_after_work_first: "intake_after_work" after 0;
    intake_after_work_later: "intake_after_work" after 4;
}

#[test]
fn every_failpoint_has_its_test() {
    let mut places = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = std::fs::read_to_string(&path).unwrap();
                let named = source.split("reached(\"").skip(1).filter_map(|rest| rest.split('"').next());
                places.extend(named.map(str::to_owned));
            }
        }
    }
    let tested: BTreeSet<String> = PLACES.iter().map(|place| (*place).to_owned()).collect();
    assert_eq!(places, tested, "the failpoints in src are those that a test kills at");
}

const WRITTEN: [&str; 4] = ["Hello?", "My order is late.", "It is number 4711.", "Are you there?"];
const REPLIED: [&str; 3] = ["Hello!", "I look it up.", "It leaves today."];

async fn dies_and_goes_on(stand: &Stand, place: &str, passes: u32) {
    let team = stand.team_of(Nature::impatient()).await;
    let mut process = Process::prepare(&stand.db, &team);
    process.start("").await;
    let visitor = Visitor::arrive(&process.url, "shop.example").await;
    process.kill().await;

    let action = if passes == 0 { "return".to_owned() } else { format!("{passes}*off->return") };
    process.start(&format!("{place}={action}")).await;
    let (again, restarted) = watch::channel(false);
    let life = async {
        let status = process.death().await;
        assert_eq!(status.signal(), Some(9), "it died at {place}: {status}");
        process.start("").await;
        again.send_replace(true);
    };
    let mut talk = Talk::new(&team, visitor.clone());
    let team_side = async {
        talk.reply(REPLIED[0]).await;
        talk.word(MINA, "!assign").await;
        talk.assigned_to("Mina", 1).await;
        talk.reply(REPLIED[1]).await;
        // Two who may not speak for the team: each is told privately.
        talk.word(TOM, "I know better.").await;
        talk.word(LUCIA, "So do I.").await;
        team.end(End::Cut);
        talk.word(JONAS, "!assign").await;
        talk.reply(REPLIED[2]).await;
    };
    let visitor_side = async {
        for text in WRITTEN {
            send(&visitor, text, &restarted).await;
        }
    };
    tokio::join!(life, team_side, visitor_side);
    talk.assigned_to("Jonas", 2).await;
    // A browser that heard no answer sends again under the same key, however late.
    for text in WRITTEN {
        assert_eq!(visitor.send(text, text).await.unwrap().status(), 200, "it was kept before");
        talk.written.push(text.to_owned());
    }
    talk.noticed("takes care of this conversation now", 2);
    assert!(team.rooms().all(|room| room.all_cards(SHOP).len() == 1), "each room has one card");
    talk.kept().await;
}

/// Sends as a browser does: again under the same key, once the server is back.
async fn send(visitor: &Visitor, text: &str, restarted: &watch::Receiver<bool>) {
    for _ in 0..3 {
        match visitor.send(text, text).await {
            Ok(answer) if answer.status().is_success() => return,
            Ok(answer) => assert!(answer.status().is_server_error(), "{}", answer.status()),
            Err(_) => {}
        }
        restarted.clone().wait_for(|back| *back).await.unwrap();
    }
    panic!("{text:?} was not accepted after the restart");
}
