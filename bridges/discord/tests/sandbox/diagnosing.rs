//! The diagnosis names every fault with its fix.

use bridge_core::{Bridge, Finding, RemoteChannel, Severity};
use bridge_discord::Role;
use bridge_sandbox::discord::{Seed, permissions};

use crate::support::*;

fn channels(ids: &[&str]) -> Vec<RemoteChannel> {
    ids.iter().map(|id| RemoteChannel { connection: connection(), id: (*id).to_owned() }).collect()
}

/// The finding about something.
fn about<'a>(findings: &'a [Finding], subject: &str) -> &'a Finding {
    findings
        .iter()
        .find(|finding| finding.subject == subject)
        .unwrap_or_else(|| panic!("nothing about {subject}: {findings:#?}"))
}

#[tokio::test]
async fn a_sound_connection_has_nothing_to_complain_about() {
    let setup = Setup::new().await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    setup
        .sandbox
        .wait_for("the commands", PATIENCE, |view| {
            let put = view.calls_of("bulk_set_guild_application_commands");
            put.iter().any(|call| call.status == 200).then_some(())
        })
        .await
        .unwrap();
    let findings = setup.bridge.diagnose(&channels(&[CHANNEL, BLOG, FORUM])).await;
    assert!(findings.iter().all(|finding| finding.severity == Severity::Fine), "{findings:#?}");
    let subjects: Vec<&str> = findings.iter().map(|finding| finding.subject.as_str()).collect();
    assert_eq!(
        subjects,
        [
            "discord.play",
            "Message Content Intent",
            "Presence Intent",
            "gateway sessions",
            "gateway",
            "role:@Support",
            "slash commands",
            "discord.play/700000000000000101",
            "discord.play/700000000000000102",
            "discord.play/700000000000000104",
        ]
    );
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn missing_permissions_and_wrong_channels_are_named() {
    let setup = Setup::new().await;
    setup.sandbox.forbid(CHANNEL, permissions::MANAGE_THREADS).unwrap();
    setup.sandbox.forbid(CHANNEL, permissions::EMBED_LINKS).unwrap();
    setup.sandbox.forbid(BLOG, permissions::VIEW_CHANNEL).unwrap();
    let thread = setup.sandbox.start_thread(MINA, FORUM, None, "a post").unwrap_or_default();
    let findings = setup.bridge.diagnose(&channels(&[CHANNEL, BLOG, "700000000000009999", "shop", &thread])).await;
    let said = |id: &str| {
        let finding = about(&findings, &format!("discord.play/{id}"));
        assert_eq!(finding.severity, Severity::Broken, "{finding:?}");
        finding.message.clone()
    };
    assert!(said(CHANNEL).contains("the bot misses Embed Links, Manage Threads in #shop"), "{}", said(CHANNEL));
    assert!(said(BLOG).contains("View Channel"), "{}", said(BLOG));
    assert!(said("700000000000009999").contains("there is no such channel"));
    assert!(said("shop").contains("Developer Mode"));
}

#[tokio::test]
async fn a_missing_role_and_missing_commands_are_named() {
    let setup = Setup::with(options(Seed::demo()), |settings| settings.operators = Role::Name("Helpers".into())).await;
    let findings = setup.bridge.diagnose(&channels(&[CHANNEL])).await;
    let role = about(&findings, "role:@Helpers");
    assert_eq!(role.severity, Severity::Broken);
    assert!(role.message.contains("there is no role:@Helpers in Tidewater; make the role"), "{role:?}");

    let setup = Setup::new().await;
    let findings = setup.bridge.diagnose(&[]).await;
    let commands = about(&findings, "slash commands");
    assert_eq!(commands.severity, Severity::Warning);
    assert!(commands.message.contains("applications.commands"), "{commands:?}");
}

#[tokio::test]
async fn a_second_server_and_few_sessions_are_worth_a_word() {
    let seed = Seed::demo().guild("700000000000000002", "Elsewhere");
    let setup = Setup::with(options(seed), |_| {}).await;
    setup.sandbox.join(BOT, "700000000000000002", None).unwrap();
    setup.sandbox.set_identify_budget(100, std::time::Duration::from_secs(60));
    let findings = setup.bridge.diagnose(&[]).await;
    let server = about(&findings, "server");
    assert_eq!(server.severity, Severity::Warning);
    assert!(server.message.contains("Elsewhere"), "{server:?}");
    assert_eq!(about(&findings, "gateway sessions").severity, Severity::Warning);
}
