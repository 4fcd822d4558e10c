//! People: who they are, and whether they may speak for the team.

use super::super::bench::Bench;
use super::super::failed::{Failed, demand};
use super::super::stand::Who;
use crate::bridge::{DirectoryAnswer, DirectoryQuery, Person, Standing};
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
