//! A team whose domain speaks another language than English.
//!
//! What lives here: that the language reaches everything that we say in a team chat. What must not: the sentences of the
//! other languages (a test beside their list holds them), and what visitors read.

use bridge_sandbox::faults::{Act, CallFault};
use threadline::model::Language;

use super::Talk;
use crate::support::room::Room;
use crate::support::stand::Stand;
use crate::support::team::{Call, MINA, SHOP, TOM};

mod a_german_team_is_spoken_to_in_german {
    use crate::support::stand::test_on;
    test_on!(a_german_team_is_spoken_to_in_german: slack_sqlite on Slack with Sqlite);
    test_on!(a_german_team_is_spoken_to_in_german: discord_postgres on Discord with Postgres);
}

/// An error that no second try mends.
fn refused(room: &dyn Room) -> CallFault {
    let code = if room.platform() == "slack" { "msg_too_long" } else { "50006" };
    CallFault::next("", Act::Error { code: code.into() })
}

async fn a_german_team_is_spoken_to_in_german(stand: &Stand) {
    let team = stand.team().await;
    let mut settings = stand.settings(&team);
    settings.domains[0].language = Some(Language::De);
    let program = stand.program_with(&team, settings).await;
    let talk = Talk::between(team, program).await;

    for words in ["Besucher ", "Offen", "Mir zuweisen", "Schließen"] {
        talk.card_shows(words).await;
    }
    let hello = talk.team.shows(SHOP, &talk.card, "Hello").await;
    assert!(format!("{} {}", hello.author, hello.whole).contains(" · Besucher"), "{hello:?}");

    talk.team.press(MINA, SHOP, &talk.card, "assign").await;
    talk.team.shows(SHOP, &talk.card, "kümmert sich jetzt um diese Unterhaltung.").await;
    talk.card_shows("Mina").await;

    talk.say(TOM, "I know that").await;
    talk.team.told(TOM, "Ihre Nachricht bleibt intern").await;
    talk.say(MINA, "!clsoe").await;
    talk.press_private(MINA, "Ich habe Ihre Nachricht intern behalten. Sie beginnt wie ein Befehl", "keep_inside")
        .await;
    talk.team.told(MINA, "Sie bleibt intern.").await;

    talk.team.suffer_each(Call::Write, refused);
    talk.visitor.write("Are you there?").await;
    let notice = talk.team.shows(SHOP, &talk.card, "Nicht zugestellt. Eine Nachricht konnte hier nicht").await;
    assert!(notice.whole.contains("Erneut versuchen"), "{notice:?}");
    talk.team.press(MINA, SHOP, &notice.id, "retry").await;
    talk.team.told(MINA, "Neuer Versuch läuft.").await;
    let late = talk.team.shows(SHOP, &talk.card, "Are you there?").await;
    assert!(late.whole.contains("verspätet gesendet"), "{late:?}");

    talk.say(MINA, "!close").await;
    talk.team.shows(SHOP, &talk.card, "Mina hat die Unterhaltung geschlossen.").await;
    talk.card_shows("Geschlossen von Mina").await;
    talk.card_shows("Wieder öffnen").await;
    talk.end().await;
}
