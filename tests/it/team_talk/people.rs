//! How operators look to a visitor.
//!
//! What lives here: names and pictures, and following their changes. What must not: who may speak.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use super::Talk;
use crate::support::PATIENCE;
use crate::support::stand::{Stand, everywhere};
use crate::support::team::{About, JONAS, MINA, Person};

everywhere!(name_and_picture_come_from_the_profile);

/// The path of the picture that the widget would show beside this message, if it is another than `old`. No reply waits long
/// for a picture, and one that came too late comes with the next words of the same person.
async fn path(talk: &Talk, who: Person, id: &str, old: Option<&str>) -> String {
    let mut id = id.to_owned();
    loop {
        let author = talk.visitor.message(&id).await["author"].clone();
        if let Some(path) = author["picture"].as_str()
            && Some(path) != old
        {
            return path.to_owned();
        }
        let more = format!("No picture beside {id}");
        talk.say(who, &more).await;
        id = talk.visitor.until_told(&more).await.id;
    }
}

/// The same with the picture's bytes.
async fn picture(talk: &Talk, who: Person, id: &str, old: Option<&str>) -> (String, bytes::Bytes) {
    let path = tokio::time::timeout(PATIENCE, path(talk, who, id, old)).await.unwrap();
    assert!(path.starts_with("/pictures/"), "{path}");
    let answer = talk.visitor.http.get(format!("{}{path}", talk.visitor.url)).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let header =
        |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    assert_eq!(header("content-type"), "image/png");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("cache-control"), "public, max-age=31536000, immutable");
    (path, answer.bytes().await.unwrap())
}

async fn name_and_picture_come_from_the_profile(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    talk.say(MINA, "I am Mina").await;
    let mina = talk.visitor.until_told("I am Mina").await;
    assert_eq!(mina.from, "Mina");
    let (path, bytes) = picture(&talk, MINA, &mina.id, None).await;
    assert!(bytes.starts_with(b"\x89PNG"));
    talk.say(JONAS, "I am Jonas").await;
    let jonas = talk.visitor.until_told("I am Jonas").await;
    assert_eq!(jonas.from, "Jonas");
    assert_ne!(picture(&talk, JONAS, &jonas.id, None).await.0, path);
    assert!(
        !talk.all_text().await.contains(talk.team.room().base_url()),
        "nothing of the platform's is shown or fetched"
    );

    talk.heard(About::Person, || talk.team.room().rename(MINA, "Mina O.")).await;
    talk.say(MINA, "I have a new name").await;
    let renamed = talk.visitor.until_told("I have a new name").await;
    assert_eq!(renamed.from, "Mina O.");
    // A new picture has a new address, since the old one is kept for ever.
    picture(&talk, MINA, &renamed.id, Some(&path)).await;
    talk.end().await;
}
