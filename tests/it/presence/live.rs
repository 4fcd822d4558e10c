//! The live line of an operator's page.
//!
//! What lives here: what it tells, who is let in, and how it ends. What must not: presence.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::faults::{Act, CallFault};
use reqwest::Method;
use serde_json::{Value, json};
use threadline::model::Role;

use super::Line;
use crate::support::database::{Database, Kind, on_both};
use crate::support::operator::{COOKIE, Desk};
use crate::support::program::{Program, bare};
use crate::support::stand::{Stand, on_slack};
use crate::support::team::{Call, Nature, SHOP};
use crate::support::visitor::Live;

on_both!(
    two_operators_and_a_visitor_see_each_other,
    a_line_is_for_our_own_pages,
    a_line_ends_with_its_session,
    a_domain_that_is_taken_away_is_gone_at_once
);
on_slack!(what_has_arrived_is_told);

fn of_type(kind: &'static str) -> impl Fn(&Value) -> Option<Value> {
    move |frame| (frame["type"] == kind).then(|| frame.clone())
}

async fn two_operators_and_a_visitor_see_each_other(db: &Database) {
    let program = Program::with(bare(db)).await;
    let (ada, grace) = (Desk::admin(db, &program.url, "Ada").await, Desk::admin(db, &program.url, "Grace").await);
    let ((mut adas, _), (mut graces, _)) = (Line::open(&ada, true).await, Line::open(&grace, true).await);
    let visitor = program.visitor("shop.example").await;
    let mut widget = visitor.live(0).await;
    assert_eq!(widget.frame().await["type"], "ready");
    let written = visitor.write("Do you ship to Norway?").await;
    let id = written["conversation"]["id"].clone();

    let told = adas.until("the new conversation", of_type("conversation")).await;
    assert_eq!((&told["conversation"]["id"], &told["conversation"]["unread"]), (&id, &json!(1)));
    let counts = |frame: &Value| (frame["domain"]["counts"]["waiting"] == 1).then(|| frame["domain"]["counts"].clone());
    assert_eq!(adas.until("the counts", counts).await, json!({"open": 1, "unassigned": 1, "mine": 0, "waiting": 1}));

    adas.send(json!({"type": "watch", "conversation": id, "after": 0})).await;
    let batch = adas.until("the past", of_type("batch")).await;
    assert_eq!((&batch["messages"][0]["body"], &batch["reset"]), (&json!("Do you ship to Norway?"), &json!(false)));
    graces.send(json!({"type": "watch", "conversation": id, "after": batch["after"]})).await;
    let batch = graces.until("where it stands", of_type("batch")).await;
    assert_eq!(batch["events"], json!([]), "nothing is told twice");
    let others = |name: &'static str| {
        move |frame: &Value| (frame["type"] == "viewing" && frame["operators"][0]["name"] == name).then_some(())
    };
    graces.until("Ada to look on", others("Ada")).await;
    adas.until("Grace to look on", others("Grace")).await;

    visitor.request(Method::POST, "/typing").send().await.unwrap();
    let typing = adas.until("the visitor to type", of_type("typing")).await;
    assert_eq!((&typing["conversation"], &typing["author"]["kind"]), (&id, &json!("visitor")));
    graces.until("the visitor to type", of_type("typing")).await;
    adas.send(json!({"type": "typing", "conversation": id})).await;
    let typing = graces.until("Ada to type", of_type("typing")).await;
    assert_eq!((&typing["author"]["kind"], &typing["author"]["name"]), (&json!("operator"), &json!("Ada")));
    while widget.frame().await["type"] != "typing" {}

    let path = format!("/v1/inbox/conversations/{}/messages", id.as_str().unwrap());
    ada.post(&path, &json!({"client_key": "one", "body": "Yes, we do."})).await;
    for line in [&mut adas, &mut graces] {
        let said = |frame: &Value| {
            let messages = frame["messages"].as_array().filter(|_| frame["type"] == "batch")?;
            messages.iter().find(|message| message["body"] == "Yes, we do.").map(|message| message["mine"].clone())
        };
        line.until("the answer", said).await;
    }
    // Words that are no frame are answered, and the line goes on.
    adas.0.send_raw("{\"type\":\"dance\"}").await;
    adas.until("a word about it", of_type("error")).await;
    drop(adas);
    let alone = |frame: &Value| (frame["type"] == "viewing" && frame["operators"] == json!([])).then_some(());
    graces.until("Ada to have left", alone).await;
    program.stop().await;
}

async fn a_line_is_for_our_own_pages(db: &Database) {
    let program = Program::with(bare(db)).await;
    let ada = Desk::admin(db, &program.url, "Ada").await;
    let (url, cookie) = (format!("{}/v1/inbox/live", program.url), ada.cookie());
    let refused = async |headers: &[(&'static str, &str)]| Live::connect(&url, headers).await.err();
    assert_eq!(refused(&[("cookie", &cookie)]).await, Some(403), "no origin");
    assert_eq!(refused(&[("cookie", &cookie), ("origin", "null")]).await, Some(403));
    assert_eq!(refused(&[("cookie", &cookie), ("origin", "https://evil.example")]).await, Some(403));
    assert_eq!(refused(&[("origin", &program.url)]).await, Some(401));
    let forged = format!("{COOKIE}=nobody");
    assert_eq!(refused(&[("cookie", &forged), ("origin", &program.url)]).await, Some(401));
    let mut hasty = Line::dial(&ada).await;
    hasty.send(&json!({"type": "pong"})).await;
    assert_eq!(hasty.frame().await["problem"]["status"], 400);
    assert_eq!(hasty.next().await, Err(Some(4400)));
    program.stop().await;
}

async fn a_line_ends_with_its_session(db: &Database) {
    let program = Program::with(bare(db)).await;
    let ada = Desk::admin(db, &program.url, "Ada").await;
    let (mut line, _) = Line::open(&ada, true).await;
    ada.delete("/v1/inbox/session").await;
    line.until("the end", of_type("signed_out")).await;
    assert_eq!(line.0.next().await, Err(Some(4401)));
    program.stop().await;
}

async fn a_domain_that_is_taken_away_is_gone_at_once(db: &Database) {
    let program = Program::with(bare(db)).await;
    let admin = Desk::admin(db, &program.url, "Grace").await;
    let ada = Desk::invited(db, &program.url, "Ada", Role::Operator, &[]).await;
    let shop = program.visitor("shop.example").await;
    let id = shop.write("For the shop").await["conversation"]["id"].clone();
    let (mut line, domains) = Line::open(&ada, true).await;
    assert_eq!(domains.as_array().unwrap().len(), 2);
    line.send(json!({"type": "watch", "conversation": id, "after": 0})).await;
    line.until("the past", of_type("batch")).await;

    // Pages are told of it a moment later, and she is no longer to hear of it then.
    shop.write("Just before").await;
    admin.patch(&format!("/v1/admin/operators/{}", ada.id), &json!({"domains": ["blog.example"]})).await;
    let ready = line.until("what is left", of_type("ready")).await;
    let left: Vec<_> = ready["domains"].as_array().unwrap().iter().map(|it| it["name"].clone()).collect();
    assert_eq!(left, ["blog.example"]);
    // What happens there goes past her, also in the conversation that she had open.
    shop.write("For the shop alone").await;
    let own = program.visitor("blog.example").await.write("For the blog").await["conversation"]["id"].clone();
    let told = line.until("her own", |frame| {
        assert_ne!(frame["type"], "batch", "{frame}");
        (frame["type"] == "conversation").then(|| frame["conversation"]["id"].clone())
    });
    assert_eq!(told.await, own);
    program.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_too_many_is_refused() {
    let db = Database::new(Kind::Sqlite).await;
    let program = Program::with(bare(&db)).await;
    let (ada, ben) = (Desk::admin(&db, &program.url, "Ada").await, Desk::admin(&db, &program.url, "Ben").await);
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(Line::open(&ada, false).await.0);
    }
    let mut late = Line::dial(&ada).await;
    late.send(&json!({"type": "hello"})).await;
    let problem = late.frame().await["problem"].clone();
    let detail = problem["detail"].as_str().unwrap();
    assert!(problem["status"] == 429 && detail.contains("open pages of this operator"), "{problem}");
    assert_eq!(late.next().await, Err(Some(4429)));
    // They are counted for each operator, and those that are open go on.
    Line::open(&ben, false).await;
    open[19].send(json!({"type": "hello"})).await;
    open[19].until("a word about it", of_type("error")).await;
    program.stop().await;
}

/// Nothing is written in the conversation when a message arrives: whoever looks on is told all the same.
async fn what_has_arrived_is_told(stand: &Stand) {
    let team = stand.team_of(Nature::quiet()).await;
    let program = stand.program(&team).await;
    let ada = Desk::admin(&stand.db, &program.url, "Ada").await;
    let written = program.visitor("shop.example").await.write("Hello").await;
    team.all_show(SHOP, "Hello").await;
    let id = written["conversation"]["id"].as_str().unwrap();
    let (mut line, _) = Line::open(&ada, true).await;
    line.send(json!({"type": "watch", "conversation": id, "after": 0})).await;
    let slow = team.suffer(Call::Write, &CallFault::next("", Act::Hang));
    let reply = json!({"client_key": "1", "body": "We do"});
    ada.post(&format!("/v1/inbox/conversations/{id}/messages"), &reply).await;
    team.suffered(&slow, 1).await;
    let stands = |state: &'static str| {
        move |frame: &Value| {
            let messages = frame["messages"].as_array().filter(|_| frame["type"] == "batch")?;
            let ours = messages.iter().find(|message| message["body"] == "We do")?;
            (ours["deliveries"][0]["state"] == state).then(|| frame["events"].clone())
        }
    };
    line.until("the reply on its way", stands("pending")).await;
    team.release(&slow);
    assert_eq!(line.until("the reply's arrival", stands("delivered")).await, json!([]));
    program.stop().await;
}
