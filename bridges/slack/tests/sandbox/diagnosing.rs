//! The diagnosis names every fault with its fix.

use bridge_core::{Bridge, Finding, RemoteChannel, Severity};
use bridge_sandbox::slack::{Seed, SlackOptions};
use bridge_slack::Operators;

use crate::support::*;

fn lines(findings: &[Finding]) -> String {
    let line = |finding: &Finding| format!("{:?} {}: {}", finding.severity, finding.subject, finding.message);
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn channels(ids: &[&str]) -> Vec<RemoteChannel> {
    ids.iter().map(|id| RemoteChannel { connection: connection(), id: (*id).to_owned() }).collect()
}

#[tokio::test]
async fn a_sound_connection_has_nothing_to_complain_about() {
    let setup = Setup::new().await;
    let findings = setup.bridge.diagnose(&channels(&["C0SHOP", "C0BLOG"])).await;
    insta::assert_snapshot!(lines(&findings));
    assert!(findings.iter().all(|finding| finding.severity == Severity::Fine));
}

#[tokio::test]
async fn missing_scopes_channels_groups_and_tokens_are_named() {
    let seed = Seed::demo().archived("C0BLOG").with_app("TLINE", |app| {
        app.scopes.remove("chat:write.customize");
        app.scopes.remove("groups:history");
        app.app_token_revoked = true;
    });
    let operators = Operators::Group("nobody-made-it".to_owned());
    let setup = Setup::with(SlackOptions::seeded(seed), |settings| settings.operators = operators).await;
    let findings = setup.bridge.diagnose(&channels(&["C0SHOP", "C0BLOG", "C0TEAM", "C0NONE"])).await;
    insta::assert_snapshot!(lines(&findings));
}

#[tokio::test]
async fn a_revoked_bot_token_is_all_there_is_to_say() {
    let seed = Seed::demo().with_app("TLINE", |app| app.bot_token_revoked = true);
    let setup = Setup::with(SlackOptions::seeded(seed), |_| {}).await;
    let findings = setup.bridge.diagnose(&channels(&["C0SHOP"])).await;
    insta::assert_snapshot!(lines(&findings));
}
