//! The demo's team: the same people on every platform, each of them once.

use serde_json::Value;
use threadline::demo;
use threadline::shutdown::Shutdown;
use tokio::net::TcpListener;

use crate::support::operator::Desk;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_in_the_demos_team_is_one_operator() {
    let folder = tempfile::tempdir().unwrap();
    // The second time the data are there already.
    for _ in 0..2 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (shutdown, data) = (Shutdown::new(), folder.path().to_owned());
        let running =
            tokio::spawn(demo::run(listener, threadline_web::Assets::embedded(), Some(data), None, shutdown.clone()));
        let stays = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let answer = stays.get(format!("{url}/demo/inbox")).send().await.unwrap();
        let robin = Desk::sign_in(&url, answer.headers()["location"].to_str().unwrap()).await;
        let operators = robin.get("/v1/admin/operators").await;
        for name in ["Mina", "Jonas"] {
            let named = |it: &&Value| it["name"] == name;
            let found: Vec<&Value> = operators["operators"].as_array().unwrap().iter().filter(named).collect();
            assert_eq!(found.len(), 1, "{operators}");
            assert_eq!(found[0]["selves"].as_array().unwrap().len(), 2, "{operators}");
        }
        shutdown.soft.cancel();
        running.await.unwrap().unwrap();
    }
}
