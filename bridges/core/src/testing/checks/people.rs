//! People: who they are, and whether they may speak for the team.

use std::time::{Duration, Instant};

use super::super::bench::Bench;
use super::super::failed::{Failed, demand};
use super::super::stand::Who;
use crate::bridge::{Active, DirectoryAnswer, DirectoryQuery, Person, Standing};
use crate::ids::RemoteUser;

async fn ask(bench: &Bench<'_>, query: DirectoryQuery) -> Result<Option<Person>, Failed> {
    match bench.bridge.directory(query.clone()).await? {
        DirectoryAnswer::Person(person) => Ok(person),
        other => Err(Failed(format!("{query:?} was answered with {other:?}"))),
    }
}

pub(crate) async fn only_operators_stand_as_such(bench: &Bench<'_>) -> Result<(), Failed> {
    for who in [Who::Operator, Who::Colleague, Who::Bystander] {
        let user = bench.stand.user(who);
        let person = ask(bench, DirectoryQuery::Person(user.clone())).await?;
        let person = person.ok_or_else(|| Failed(format!("{who:?} is {user}, and nobody knows them")))?;
        demand(person.user == user && person.name == bench.stand.name(who), || {
            format!("{who:?} is {user}, called {}; the directory says {person:?}", bench.stand.name(who))
        })?;
        demand((person.standing == Standing::Operator) == (who != Who::Bystander), || {
            format!("{who:?} stands as {:?}", person.standing)
        })?;
    }
    if let Some(bot) = ask(bench, DirectoryQuery::Person(bench.stand.user(Who::Bot))).await? {
        demand(bot.standing != Standing::Operator, || "a bot stands as an operator".to_owned())?;
    }
    for nobody in ["999999999999999999", "U0NOBODY", "", "../users", "<@everyone>", "?"] {
        let found = ask(bench, DirectoryQuery::Person(RemoteUser(nobody.to_owned()))).await?;
        demand(found.is_none(), || format!("{nobody:?} is nobody, and the directory says {found:?}"))?;
    }
    Ok(())
}

pub(crate) async fn a_teammate_is_found_by_name(bench: &Bench<'_>) -> Result<(), Failed> {
    let user = bench.stand.user(Who::Colleague);
    let name = bench.stand.name(Who::Colleague);
    for typed in [name.clone(), format!("@{name}"), name.to_uppercase(), bench.stand.mention(Who::Colleague)] {
        let found = ask(bench, DirectoryQuery::Teammate(typed.clone())).await?;
        demand(found.as_ref().is_some_and(|person| person.user == user), || {
            format!("“{typed}” means {user}; the directory says {found:?}")
        })?;
    }
    for nobody in ["@nobody-by-that-name", "", "@", "@everyone", "<@>", "<!channel>"] {
        let found = ask(bench, DirectoryQuery::Teammate(nobody.to_owned())).await?;
        demand(found.is_none(), || format!("{nobody:?} is nobody, and the directory says {found:?}"))?;
    }
    Ok(())
}

pub(crate) async fn who_is_at_their_desk_is_told(bench: &Bench<'_>) -> Result<(), Failed> {
    let shows = bench.stand.sit(Who::Colleague, false);
    let ears = bench.listen().await?;
    if shows {
        only_one_is_there(bench, Who::Operator, Who::Colleague).await?;
        bench.stand.sit(Who::Operator, false);
        bench.stand.sit(Who::Colleague, true);
        // What a bridge remembers, so as not to ask too often, is old by then.
        bench.stand.pass(Duration::from_secs(90));
        only_one_is_there(bench, Who::Colleague, Who::Operator).await?;
    } else {
        let said = bench.bridge.active_operators(&bench.stand.channel()).await?;
        demand(said == Active::Unknown, || format!("the platform shows nothing, and the bridge says {said:?}"))?;
    }
    ears.stop().await
}

/// Asks until it is so: what people do is told to a bridge with a little delay.
async fn only_one_is_there(bench: &Bench<'_>, there: Who, away: Who) -> Result<(), Failed> {
    let (there, away) = (bench.stand.user(there), bench.stand.user(away));
    let bystander = bench.stand.user(Who::Bystander);
    let begun = Instant::now();
    loop {
        let said = bench.bridge.active_operators(&bench.stand.channel()).await?;
        if let Active::Known(people) = &said {
            let is_there = |user: &RemoteUser| people.iter().any(|person| person.user == *user);
            demand(!is_there(&bystander), || "somebody who is no operator counts as there".to_owned())?;
            if is_there(&there) && !is_there(&away) {
                return Ok(());
            }
        }
        demand(begun.elapsed() < bench.stand.patience(), || {
            format!("{there} is there, {away} is away, and told is {said:?}")
        })?;
        tokio::task::yield_now().await;
    }
}
