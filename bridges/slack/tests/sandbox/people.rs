//! Who may speak for the team, and how people are found.

use bridge_core::{Bridge, DirectoryAnswer, DirectoryQuery, Person, Picture, RemoteUser, Standing};
use bridge_sandbox::faults::{Act, CallFault};
use bridge_sandbox::slack::{Seed, SlackOptions, Standing as InSlack};
use bridge_slack::Operators;

use crate::support::*;

async fn person(setup: &Setup, query: DirectoryQuery) -> Option<Person> {
    match setup.bridge.directory(query).await.unwrap() {
        DirectoryAnswer::Person(found) => found,
        other => panic!("{other:?}"),
    }
}

async fn standing(setup: &Setup, id: &str) -> Option<Standing> {
    person(setup, DirectoryQuery::Person(RemoteUser(id.into()))).await.map(|found| found.standing)
}

#[tokio::test]
async fn full_members_stand_as_operators_and_nobody_else_does() {
    let setup = Setup::new().await;
    for (id, expected) in [
        ("U0MINA", Some(Standing::Operator)),
        ("U0PRIYA", Some(Standing::Operator)),
        ("U0TOM", Some(Standing::Guest)),
        ("U0LUCIA", Some(Standing::Stranger)),
        ("U0SAM", Some(Standing::Deactivated)),
        ("UROTABOT", Some(Standing::Bot)),
        ("U0NOBODY", None),
        ("<@U0MINA>", None),
    ] {
        assert_eq!(standing(&setup, id).await, expected, "{id}");
    }
    let mina = person(&setup, DirectoryQuery::Person(RemoteUser("U0MINA".into()))).await.unwrap();
    assert_eq!((mina.name.as_str(), mina.email.as_deref()), ("Mina", Some("mina@kettle-thread.example")));
}

#[tokio::test]
async fn a_group_by_handle_or_id_narrows_the_operators_and_events_renew_it() {
    for group in ["support", "@support", "S0SUPPORT"] {
        let operators = Operators::Group(group.to_owned());
        let setup = Setup::with(SlackOptions::seeded(Seed::demo()), |settings| settings.operators = operators).await;
        assert_eq!(standing(&setup, "U0MINA").await, Some(Standing::Operator), "{group}");
        assert_eq!(standing(&setup, "U0PRIYA").await, Some(Standing::NotInGroup), "{group}");
        assert_eq!(standing(&setup, "U0TOM").await, Some(Standing::Guest), "{group}");
    }
    let operators = Operators::Group("nobody-made-it".to_owned());
    let setup = Setup::with(SlackOptions::seeded(Seed::demo()), |settings| settings.operators = operators).await;
    assert_eq!(standing(&setup, "U0MINA").await, Some(Standing::NotInGroup));
}

#[tokio::test]
async fn what_is_remembered_of_people_is_renewed_by_events() {
    let operators = Operators::Group("support".to_owned());
    let setup = Setup::with(SlackOptions::seeded(Seed::demo()), |settings| settings.operators = operators).await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(2).await;
    assert_eq!(standing(&setup, "U0PRIYA").await, Some(Standing::NotInGroup));
    assert_eq!(standing(&setup, "U0MINA").await, Some(Standing::Operator));
    let calls = |method: &str| setup.sandbox.read(|view| view.calls_of(method).len());
    let asked = calls("users.info");
    assert_eq!(standing(&setup, "U0MINA").await, Some(Standing::Operator));
    assert_eq!(calls("users.info"), asked, "remembered");

    setup.sandbox.set_in_group("S0SUPPORT", "U0PRIYA", true).unwrap();
    acked(&setup, "subteam_updated").await;
    assert_eq!(standing(&setup, "U0PRIYA").await, Some(Standing::Operator));
    setup.sandbox.change_profile("U0MINA", |mina| mina.standing = InSlack::Guest).unwrap();
    acked(&setup, "user_change").await;
    assert_eq!(standing(&setup, "U0MINA").await, Some(Standing::Guest));
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn what_people_became_while_nobody_listened_is_noticed_when_that_is_caught_up_with() {
    let operators = Operators::Group("support".to_owned());
    let setup = Setup::with(SlackOptions::seeded(Seed::demo()), |settings| settings.operators = operators).await;
    let both = async || (standing(&setup, "U0PRIYA").await, standing(&setup, "U0MINA").await);
    let before = (Some(Standing::NotInGroup), Some(Standing::Operator));
    assert_eq!(both().await, before);
    setup.sandbox.set_in_group("S0SUPPORT", "U0PRIYA", true).unwrap();
    setup.sandbox.change_profile("U0MINA", |mina| mina.standing = InSlack::Guest).unwrap();
    assert_eq!(both().await, before, "remembered");
    setup.bridge.moved(&channel(), &[]).await.unwrap();
    assert_eq!(both().await, (Some(Standing::Operator), Some(Standing::Guest)));
}

#[tokio::test]
async fn a_roster_that_is_being_read_makes_nobody_deaf_and_misses_no_change() {
    let setup = Setup::with(SlackOptions::seeded(Seed::demo()), |settings| {
        settings.call_timeout = PATIENCE * 3;
    })
    .await;
    let root = setup.open(1).await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(2).await;
    // The page is made before the change and comes after it.
    let held = setup.sandbox.faults().add(CallFault::next("users.list", Act::Hang).after());
    let bridge = setup.bridge.clone();
    let asked = tokio::spawn(async move { bridge.directory(DirectoryQuery::Teammate("@johnny".into())).await });
    setup.sandbox.faults().wait_fired(held, 1, PATIENCE).await.unwrap();

    setup.sandbox.change_profile("U0JONAS", |jonas| jonas.display_name = "Johnny".into()).unwrap();
    acked(&setup, "user_change").await;
    let said = setup.sandbox.say("U0MINA", CHANNEL, Some(&root), "still with us?").unwrap();
    sink.message(&said).await;

    setup.sandbox.faults().release(held);
    let DirectoryAnswer::Person(Some(found)) = asked.await.unwrap().unwrap() else { panic!("not found") };
    assert_eq!((found.user.0.as_str(), found.name.as_str()), ("U0JONAS", "Johnny"));
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn one_persons_change_makes_nobody_read_the_whole_roster_again() {
    let setup = Setup::new().await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(2).await;
    let named = async |typed: &str| {
        let found = person(&setup, DirectoryQuery::Teammate(typed.into())).await;
        found.map(|found| (found.user.0, found.standing))
    };
    assert_eq!(named("@jonas").await, Some(("U0JONAS".into(), Standing::Operator)));
    let read = setup.sandbox.read(|view| view.calls_of("users.list").len());

    setup
        .sandbox
        .change_profile("U0JONAS", |jonas| {
            jonas.name = "johnny".into();
            jonas.display_name = "Johnny".into();
            jonas.real_name = "Johnny".into();
            jonas.standing = InSlack::Guest;
        })
        .unwrap();
    acked(&setup, "user_change").await;
    assert_eq!(named("@johnny").await, Some(("U0JONAS".into(), Standing::Guest)));
    assert_eq!(named("@jonas").await, None);
    setup.sandbox.deactivate("U0PRIYA").unwrap();
    let gone = setup.sandbox.wait_for("both changes", PATIENCE, |view| {
        let changes = view.deliveries_about("user_change");
        (changes.iter().filter(|it| it.app == APP && it.outcome == "acked").count() >= 2).then_some(())
    });
    gone.await.unwrap();
    assert_eq!(named("@priya").await, None);
    assert_eq!(setup.sandbox.read(|view| view.calls_of("users.list").len()), read);
    listening.stop().await.unwrap();
}

async fn acked(setup: &Setup, about: &str) {
    let acked = setup.sandbox.wait_for(about, PATIENCE, |view| {
        view.deliveries_about(about).iter().any(|it| it.app == APP && it.outcome == "acked").then_some(())
    });
    acked.await.unwrap();
}

#[tokio::test]
async fn a_typed_name_means_one_person_or_nobody() {
    let seed =
        Seed::demo().person("T0SHOP", "U0MINA2", "Mina Other", InSlack::Member).with_person("U0MINA2", |other| {
            other.name = "mina2".into();
        });
    let setup = Setup::with(SlackOptions::seeded(seed), |_| {}).await;
    for typed in ["<@U0PRIYA>", "@U0PRIYA"] {
        let found = person(&setup, DirectoryQuery::Teammate(typed.into())).await;
        assert_eq!(found.map(|found| found.user.0).as_deref(), Some("U0PRIYA"), "{typed}");
    }
    assert_eq!(setup.sandbox.read(|view| view.calls_of("users.list").len()), 0, "an id needs no roster");
    for (typed, expected) in [
        ("@jonas", Some("U0JONAS")),
        ("Jonas Lindqvist", Some("U0JONAS")),
        ("<@U0PRIYA>", Some("U0PRIYA")),
        ("<@U0PRIYA|priya>", Some("U0PRIYA")),
        ("U0PRIYA", Some("U0PRIYA")),
        ("@mina2", Some("U0MINA2")),
        ("@Mina", None),
        ("@sam", None),
        ("@threadline", None),
        ("@", None),
        ("", None),
    ] {
        let found = person(&setup, DirectoryQuery::Teammate(typed.into())).await.map(|found| found.user.0);
        assert_eq!(found.as_deref(), expected, "{typed}");
    }
}

#[tokio::test]
async fn a_picture_comes_as_bytes_of_a_harmless_kind() {
    let setup = Setup::new().await;
    let query = || DirectoryQuery::Picture(RemoteUser("U0MINA".into()));
    let DirectoryAnswer::Picture(Some(Picture { content_type, bytes })) =
        setup.bridge.directory(query()).await.unwrap()
    else {
        panic!("no picture")
    };
    assert_eq!(content_type, "image/png");
    assert!(bytes.starts_with(b"\x89PNG"));
    let nobody = DirectoryQuery::Picture(RemoteUser("U0NOBODY".into()));
    assert_eq!(setup.bridge.directory(nobody).await.unwrap(), DirectoryAnswer::Picture(None));
}
