//! What people say is found, wherever they say it, as it stands now.
//!
//! What lives here: widget, thread and page; edits, removals, notes; whose domain it is. What must not: many conversations.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use serde_json::json;
use sha2::{Digest, Sha256};
use threadline::clock::new_id;
use threadline::model::{Operator, Role};
use threadline::store::{Change, OperatorSession, SignIn};

use super::{DAY, NOW, Script, key, make};
use crate::support::stand::{Stand, on_slack};
use crate::support::team::{About, MINA, Nature, SHOP};

on_slack!(what_was_said_anywhere_is_found_as_it_stands);

async fn what_was_said_anywhere_is_found_as_it_stands(stand: &Stand) {
    let team = stand.team_of(Nature::quiet()).await;
    let admin = Operator { role: Some(Role::Admin), ..Operator::named(new_id(), "Grace", NOW) };
    let store = stand.db.open().await;
    key(&store, "tlk_all", None).await;
    key(&store, "tlk_blog", Some(&["blog.example"])).await;
    let session = OperatorSession {
        id: new_id(),
        operator: admin.id,
        token_hash: Sha256::digest(b"grace").into(),
        account: None,
        agent: None,
        created_at: NOW,
        expires_at: bridge_core::Micros(NOW.0 + 3_650 * DAY),
        last_seen_at: NOW,
        ended_at: None,
    };
    make(&store, [Change::NewOperator(admin.clone())]).await;
    make(&store, [Change::SignIn(SignIn::NewSession(session))]).await;
    store.close().await;
    let program = stand.program(&team).await;
    let (script, foreign) = (Script::new(&program.url, "tlk_all"), Script::new(&program.url, "tlk_blog"));

    let visitor = program.visitor("shop.example").await;
    let written = visitor.write("Do you have this Jäckchen in GREEN?").await;
    let id = written["conversation"]["id"].as_str().unwrap().to_owned();
    let found = script.until(1, &[("q", "jackchen gre")]).await;
    assert_eq!(found, [(id.clone(), Some("Do you have this Jäckchen in GREEN?".to_owned()))]);
    assert_eq!(script.all(&[("q", "jackchen gre ")], 9).await, [], "nobody said `gre`");
    assert_eq!(foreign.all(&[("q", "green")], 9).await, [], "it is another domain's");
    assert_eq!(foreign.ask("history", &[("domain", "shop.example")]).await.0, 404);

    let card = team.card(SHOP).await;
    let reply = team.heard(About::Message, || team.say(MINA, SHOP, card.as_str(), "Only in turquoise")).await;
    script.until(1, &[("q", "turquoise green")]).await;
    team.heard(About::Message, || team.say(MINA, SHOP, card.as_str(), ";; he wants a discount")).await;
    script.until(1, &[("q", "discount")]).await;
    team.heard(About::Edit, || team.edit(MINA, SHOP, &reply, "Only in magenta")).await;
    script.until(1, &[("q", "magenta")]).await;
    assert_eq!(script.all(&[("q", "turquoise")], 9).await, [], "that was edited away");
    team.heard(About::Deletion, || team.delete(MINA, SHOP, &reply)).await;
    script.until(0, &[("q", "magenta")]).await;
    script.until(1, &[("q", "discount")]).await;

    let url = format!("{}/v1/inbox/conversations/{id}/messages", program.url);
    let page = reqwest::Client::new().post(url).header("origin", &program.url);
    let page = page.header("cookie", "threadline_session=grace");
    let answer = page.json(&json!({"client_key": "key-1", "body": "It comes back in vermilion"})).send().await.unwrap();
    assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap());
    script.until(1, &[("q", "vermilion"), ("operator", &admin.id.to_string())]).await;

    let url = format!("{}/v1/inbox/conversations/{id}/tags", program.url);
    let tags = reqwest::Client::new().put(url).header("origin", &program.url);
    let tags = tags.header("cookie", "threadline_session=grace").json(&json!({"tags": ["Wants Refund"]}));
    assert_eq!(tags.send().await.unwrap().status(), 200);
    script.until(1, &[("tag", "wants refund"), ("q", "refund vermilion")]).await;
    assert_eq!(script.all(&[("tag", "wants")], 9).await, [], "a tag is taken whole");

    script.until(1, &[("status", "open")]).await;
    assert_eq!(visitor.close().await["conversation"]["status"], "closed");
    script.until(1, &[("status", "closed"), ("q", "green")]).await;
    assert_eq!(script.all(&[("status", "open")], 9).await, []);
    for (name, value) in
        [("status", "lost"), ("rating", "6"), ("limit", "0"), ("limit", "101"), ("from", "soon"), ("before", "x")]
    {
        assert_eq!(script.ask("history", &[(name, value)]).await.0, 422, "{name}={value}");
    }
    assert_eq!(script.ask("history", &[("q", &"x".repeat(201))]).await.0, 422);
    assert_eq!(Script::new(&program.url, "tlk_none").ask("history", &[]).await.0, 401);
    program.stop().await;
}
