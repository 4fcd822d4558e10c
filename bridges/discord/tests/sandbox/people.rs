//! Who people are, and what is looked up.

use bridge_core::{Bridge, DirectoryAnswer, DirectoryQuery, InboundEvent, Person, RemoteMessage, RemoteUser, Standing};
use bridge_discord::Role;
use bridge_sandbox::discord::Seed;

use crate::support::*;

async fn ask(setup: &Setup, query: DirectoryQuery) -> Option<Person> {
    match setup.bridge.directory(query).await.unwrap() {
        DirectoryAnswer::Person(person) => person,
        other => panic!("{other:?}"),
    }
}

async fn person(setup: &Setup, id: &str) -> Option<Person> {
    ask(setup, DirectoryQuery::Person(RemoteUser(id.into()))).await
}

async fn teammate(setup: &Setup, typed: &str) -> Option<String> {
    ask(setup, DirectoryQuery::Teammate(typed.into())).await.map(|person| person.user.0)
}

#[tokio::test]
async fn only_members_with_the_role_are_operators() {
    let setup = Setup::new().await;
    let standing = async |id: &str| person(&setup, id).await.map(|person| (person.name, person.standing));
    assert_eq!(standing(MINA).await, Some(("Mina".into(), Standing::Operator)));
    assert_eq!(
        standing(PRIYA).await,
        Some(("Priya".into(), Standing::NotInGroup)),
        "an administrator without the role"
    );
    assert_eq!(standing(TOM).await, Some(("Tom".into(), Standing::NotInGroup)));
    assert_eq!(standing(BOT).await.map(|(_, standing)| standing), Some(Standing::Bot));
    assert_eq!(standing("799999999999999999").await, None);
    assert_eq!(standing("nobody").await, None);
    let role = person(&setup, &format!("&{SUPPORT}")).await.unwrap();
    assert_eq!((role.name.as_str(), role.standing), ("Support", Standing::NotInGroup));
}

#[tokio::test]
async fn the_role_may_be_named_by_its_id_and_has_to_be_there() {
    let by_id = Setup::with(options(Seed::demo()), |settings| settings.operators = Role::Id(SUPPORT.into())).await;
    assert_eq!(person(&by_id, JONAS).await.unwrap().standing, Standing::Operator);
    let nobody = Setup::with(options(Seed::demo()), |settings| settings.operators = Role::Name("Helpers".into())).await;
    let refused = nobody.bridge.directory(DirectoryQuery::Person(RemoteUser(MINA.into()))).await.unwrap_err();
    assert!(refused.to_string().contains("there is no role:@Helpers in Tidewater"), "{refused}");
}

#[tokio::test]
async fn a_role_that_was_taken_is_noticed_with_the_next_word() {
    let setup = Setup::new().await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(1).await;
    let thread = setup.open(1).await;
    assert_eq!(person(&setup, MINA).await.unwrap().standing, Standing::Operator);
    setup
        .sandbox
        .change_member(MINA, |member| {
            member.roles.clear();
            member.nick = Some("Mina (left)".into());
        })
        .unwrap();
    let said = setup.sandbox.say(MINA, CHANNEL, Some(&thread), "am I still one?").unwrap();
    sink.message(&said).await;
    let mina = person(&setup, MINA).await.unwrap();
    assert_eq!((mina.standing, mina.name.as_str()), (Standing::NotInGroup, "Mina (left)"));
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn a_role_that_was_taken_is_noticed_with_the_next_edit() {
    let setup = Setup::new().await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(1).await;
    let thread = setup.open(1).await;
    let said = setup.sandbox.say(MINA, CHANNEL, Some(&thread), "as an operator").unwrap();
    sink.message(&said).await;
    assert_eq!(person(&setup, MINA).await.unwrap().standing, Standing::Operator);
    setup.sandbox.change_member(MINA, |member| member.roles.clear()).unwrap();
    setup.sandbox.edit(MINA, &thread, &said, "as somebody else").unwrap();
    sink.event("the edit", |inbound| match &inbound.event {
        InboundEvent::Edited(message) if message.id == said => Some(()),
        _ => None,
    })
    .await;
    assert_eq!(person(&setup, MINA).await.unwrap().standing, Standing::NotInGroup);
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn a_role_that_was_taken_while_nobody_listened_is_noticed_when_that_is_caught_up_with() {
    let setup = Setup::new().await;
    assert_eq!(person(&setup, MINA).await.unwrap().standing, Standing::Operator);
    setup.sandbox.change_member(MINA, |member| member.roles.clear()).unwrap();
    assert_eq!(person(&setup, MINA).await.unwrap().standing, Standing::Operator, "remembered");
    setup.bridge.moved(&channel(), &[]).await.unwrap();
    assert_eq!(person(&setup, MINA).await.unwrap().standing, Standing::NotInGroup);
}

#[tokio::test]
async fn a_role_that_was_taken_is_noticed_with_the_next_press() {
    let setup = Setup::new().await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(1).await;
    let thread = setup.open(1).await;
    assert_eq!(person(&setup, MINA).await.unwrap().standing, Standing::Operator);
    setup.sandbox.change_member(MINA, |member| member.roles.clear()).unwrap();
    assert!(setup.sandbox.click(MINA, CHANNEL, &thread, "threadline.close").await.unwrap().acked);
    sink.event("the press", |inbound| matches!(inbound.event, InboundEvent::Click(_)).then_some(())).await;
    assert_eq!(person(&setup, MINA).await.unwrap().standing, Standing::NotInGroup);
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn a_typed_name_means_one_teammate_or_nobody() {
    let setup = Setup::new().await;
    setup.sandbox.change_member(TOM, |member| member.nick = Some("Tommy T.".into())).unwrap();
    for typed in [format!("<@{JONAS}>"), format!("<@!{JONAS}>"), JONAS.to_owned(), "@Jonas".into(), " jonas ".into()] {
        assert_eq!(teammate(&setup, &typed).await.as_deref(), Some(JONAS), "{typed}");
    }
    assert_eq!(teammate(&setup, "@Tommy T.").await.as_deref(), Some(TOM));
    for nobody in ["", "@", "Jon", "<@1>", "nobody & more", "x?limit=1"] {
        assert_eq!(teammate(&setup, nobody).await, None, "{nobody}");
    }
    setup.sandbox.change_member(TOM, |member| member.nick = Some("Jonas".into())).unwrap();
    let fresh = setup.again();
    assert_eq!(teammate(&fresh, "jonas").await.as_deref(), Some(JONAS), "of namesakes, whoever may answer");
}

#[tokio::test]
async fn a_message_is_read_as_it_stands_now() {
    let setup = Setup::new().await;
    let thread = setup.open(1).await;
    let said = setup.sandbox.say(MINA, CHANNEL, Some(&thread), "helo").unwrap();
    setup.sandbox.edit(MINA, &thread, &said, "hello").unwrap();
    let look = async |id: &str, within: &str| -> Option<Box<RemoteMessage>> {
        let query = DirectoryQuery::Message { channel: channel(), thread: Some(within.to_owned()), id: id.to_owned() };
        match setup.bridge.directory(query).await.unwrap() {
            DirectoryAnswer::Message(found) => found,
            other => panic!("{other:?}"),
        }
    };
    let found = look(&said, &thread).await.unwrap();
    assert_eq!((found.body.to_plain().as_str(), found.thread.as_deref()), ("hello", Some(thread.as_str())));
    assert!(found.edited_at.is_some());
    setup.sandbox.delete(MINA, &thread, &said).unwrap();
    assert!(look(&said, &thread).await.is_none());
    setup.sandbox.delete_thread(PRIYA, &thread).unwrap();
    assert!(look(&said, &thread).await.is_none());
}

#[tokio::test]
async fn pictures_are_the_bytes_of_an_image() {
    let setup = Setup::new().await;
    setup.sandbox.change_user(MINA, |user| user.avatar = Some("a1b2c3".into())).unwrap();
    setup.sandbox.change_user(TOM, |user| user.avatar = None).unwrap();
    let picture =
        async |id: &str| match setup.bridge.directory(DirectoryQuery::Picture(RemoteUser(id.into()))).await.unwrap() {
            DirectoryAnswer::Picture(picture) => picture,
            other => panic!("{other:?}"),
        };
    let mina = picture(MINA).await.unwrap();
    assert_eq!(mina.content_type, "image/png");
    assert!(mina.bytes.starts_with(b"\x89PNG"));
    assert_eq!(picture(TOM).await, None);
    assert_eq!(person(&setup, MINA).await.unwrap().picture.as_deref(), Some("a1b2c3"));
}
