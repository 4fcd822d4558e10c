//! The program as a person starts it: exit codes, and the words on the terminal when it can't start.
#![expect(clippy::unwrap_used, reason = "a program that can't be started at all fails the test")]

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the program to its end in an empty folder, with nothing of ours in the environment.
fn threadline(folder: &Path, arguments: &[&str], env: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_threadline"));
    command.args(arguments).current_dir(folder).env_remove("THREADLINE_CONFIG").env_remove("RUST_LOG");
    command.envs(env.iter().copied()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn shipped() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config/threadline.toml").to_str().unwrap().to_owned()
}

#[test]
fn check_says_that_the_shipped_file_is_fine() {
    let folder = tempfile::tempdir().unwrap();
    let ran = threadline(folder.path(), &["check", "--config", &shipped()], &[]);
    let wanted = format!(
        "{} is fine\n  warning: nobody is mapped: visitors' messages on localhost show in the web inbox alone, and in no channel\n",
        shipped()
    );
    assert_eq!(text(&ran.stdout), wanted);
    assert_eq!(ran.status.code(), Some(0));
    assert_eq!(folder.path().read_dir().unwrap().count(), 0, "check opens nothing");
}

#[test]
fn check_names_every_mistake_and_ends_with_one() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("threadline.toml"), "[server]\nlistn = \"x\"\n[databse]\n").unwrap();
    let ran = threadline(folder.path(), &["check"], &[]);
    insta::assert_snapshot!(text(&ran.stdout), @r"
    threadline.toml: 2 mistakes

      server.listn (line 2): is not a key that exists
        fix: did you mean `listen`?

      databse (line 3): is not a key that exists
        fix: did you mean `database`?
    ");
    assert_eq!(ran.status.code(), Some(1));
}

#[test]
fn serve_tells_the_mistakes_and_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("x.toml"),
        "[slack.acme]\nbot_token = { env = \"NOT_SET\" }\napp_token = \"xapp-1\"",
    )
    .unwrap();
    let ran = threadline(folder.path(), &["serve"], &[("THREADLINE_CONFIG", "x.toml")]);
    insta::assert_snapshot!(text(&ran.stderr), @r"
    threadline: x.toml: 1 mistake

      slack.acme.bot_token (line 2): the environment variable NOT_SET is not set
        fix: set NOT_SET for the process that runs threadline
    ");
    assert_eq!(ran.status.code(), Some(1));
}

#[test]
fn a_missing_file_is_said_clearly() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["check", "serve", "doctor"] {
        let ran = threadline(folder.path(), &[command], &[]);
        let said = text(&ran.stdout) + &text(&ran.stderr);
        assert!(said.contains("there is no file threadline.toml"), "{command}: {said}");
        assert_eq!(ran.status.code(), Some(1));
    }
}

#[test]
fn a_port_in_use_is_said_clearly() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran =
        threadline(folder.path(), &["serve", "--config", &shipped()], &[("THREADLINE__SERVER__LISTEN", &address)]);
    let wanted = format!("threadline: {address} is already in use: stop the other program or change server.listen\n");
    assert!(text(&ran.stderr).ends_with(&wanted), "{}", text(&ran.stderr));
    assert_eq!(ran.status.code(), Some(1));

    let port = taken.local_addr().unwrap().port().to_string();
    let ran = threadline(folder.path(), &["demo", "--port", &port], &[]);
    let wanted =
        format!("threadline: {address} is already in use: stop the other program or choose another --port or --host\n");
    assert_eq!(text(&ran.stderr), wanted);
    assert_eq!(ran.status.code(), Some(1));
}

#[test]
fn doctor_without_a_connection_has_nothing_to_ask() {
    let folder = tempfile::tempdir().unwrap();
    let ran = threadline(folder.path(), &["doctor", "--config", &shipped()], &[]);
    insta::assert_snapshot!(text(&ran.stdout), @r"
    warning  settings: nobody is mapped: visitors' messages on localhost show in the web inbox alone, and in no channel
    warning  connections: none is configured, so there is nothing to ask
    ");
    assert_eq!(ran.status.code(), Some(0));
}

#[test]
fn a_folder_without_pages_is_said_clearly() {
    let folder = tempfile::tempdir().unwrap();
    let ran = threadline(folder.path(), &["serve", "--config", &shipped(), "--web-dir", "no/such"], &[]);
    assert!(text(&ran.stderr).starts_with("threadline: there is no folder no/such: "), "{}", text(&ran.stderr));
    assert_eq!(ran.status.code(), Some(1));
}

#[test]
fn a_wrong_command_line_ends_with_two() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(threadline(folder.path(), &["serv"], &[]).status.code(), Some(2));
    assert_eq!(threadline(folder.path(), &["demo", "--port", "99999"], &[]).status.code(), Some(2));
}
