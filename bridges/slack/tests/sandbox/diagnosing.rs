//! The diagnosis names every fault with its fix.

use bridge_core::{Bridge, Finding, ListenReport, RemoteChannel, Severity};
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

/// Set in the process in which the system's CA certificates are hidden; no process can safely hide them from itself.
const HIDDEN: &str = "THREADLINE_TEST_CERTIFICATES_ARE_HIDDEN";

#[tokio::test]
async fn without_ca_certificates_the_sockets_say_what_to_install() {
    if std::env::var_os(HIDDEN).is_none() {
        let mut again = std::process::Command::new(std::env::current_exe().unwrap());
        again.args(["--exact", "diagnosing::without_ca_certificates_the_sockets_say_what_to_install"]);
        let empty = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sandbox/no_certificates.pem");
        again.env(HIDDEN, "1").env("SSL_CERT_FILE", empty).env_remove("SSL_CERT_DIR");
        let done = again.output().unwrap();
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(done.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&done.stderr));
        return;
    }
    let options = SlackOptions { secure_sockets: true, ..SlackOptions::seeded(Seed::demo()) };
    let setup = Setup::with(options, |_| {}).await;
    let findings = setup.bridge.diagnose(&[]).await;
    let broken: Vec<&Finding> = findings.iter().filter(|finding| finding.severity == Severity::Broken).collect();
    let [broken] = broken.as_slice() else { panic!("{}", lines(&findings)) };
    assert_eq!(broken.subject, "CA certificates");
    assert!(broken.message.contains("install the system's CA certificates, package ca-certificates"), "{broken:?}");
    assert!(!lines(&findings).contains("Socket Mode can be opened"));

    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.wait("the reason", |told| {
        let why = |report: &ListenReport| match report {
            ListenReport::Disconnected { why } => why.contains("package ca-certificates"),
            _ => false,
        };
        told.reports.iter().any(why).then_some(())
    })
    .await;
    listening.stop().await.unwrap();
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
