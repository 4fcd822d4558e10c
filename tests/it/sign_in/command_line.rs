//! `threadline invite`, beside a program that runs and on a database that nobody opened yet.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use crate::support::binary::{Binary, configure, run};
use crate::support::database::{Database, on_both};
use crate::support::operator::Desk;

on_both!(a_link_is_had_before_and_beside_the_program);

const DOMAINS: &str = "[[domain]]\nname = \"shop.example\"\n[[domain]]\nname = \"blog.example\"\n";

fn words(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

async fn a_link_is_had_before_and_beside_the_program(db: &Database) {
    let db = &Database::empty(db.kind).await;
    let folder = db.folder();
    let port = configure(folder, db.url(), DOMAINS);
    let first = run(folder, &["invite", "Ada", "--role", "admin"]).await;
    assert_eq!(
        words(&first.stderr),
        "Ada is invited as an admin, for all domains.\n\
         server.public_url is not set, so the link leads to the address that the service listens at.\n\
         Whoever opens it first is signed in. It works once, within 15 minutes:\n"
    );
    assert_eq!(first.status.code(), Some(0));
    let first = words(&first.stdout);

    let program = Binary::serve(folder, port).await;
    let ada = Desk::sign_in(&program.url, first.trim()).await;
    assert_eq!(ada.get("/v1/inbox/session").await["role"], "admin");

    let wrong = run(folder, &["invite", "Bob", "--domain", "shp.example"]).await;
    assert_eq!(
        words(&wrong.stderr),
        "threadline: domains: there is no domain `shp.example`; did you mean `shop.example`?\n"
    );
    assert_eq!((wrong.status.code(), words(&wrong.stdout)), (Some(1), String::new()));
    let wrong = run(folder, &["invite", "Bob", "--domain", "news.test"]).await;
    assert!(words(&wrong.stderr).contains("there is no domain `news.test`; there are blog.example, shop.example"));

    let bob = run(folder, &["invite", "Bob", "--domain", "shop.example"]).await;
    let bob = Desk::sign_in(&program.url, words(&bob.stdout).trim()).await;
    let again = run(folder, &["invite", "bob", "--role", "operator"]).await;
    assert!(
        words(&again.stderr)
            .starts_with("Bob was invited before, as an operator for shop.example. Here is a new link.\n")
    );
    let again = run(folder, &["invite", "bob", "--domain", "blog.example"]).await;
    assert!(
        words(&again.stderr).starts_with("Bob was invited before, and is an operator for blog.example from now on.")
    );
    assert_eq!(bob.get("/v1/inbox/session").await["domains"], serde_json::json!(["blog.example"]));

    let last = run(folder, &["invite", "Ada", "--role", "operator"]).await;
    assert_eq!(
        words(&last.stderr),
        "threadline: this is the only admin who can sign in: make somebody else an admin first\n"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_starts_it_is_told_how_to_become_the_first_admin() {
    let db = Database::empty(crate::support::database::Kind::Sqlite).await;
    let port = configure(db.folder(), db.url(), DOMAINS);
    let mut program = Binary::serve(db.folder(), port).await;
    program.until_said("no admin yet: run `threadline invite YOUR_NAME --role admin --config FILE`").await;
}
