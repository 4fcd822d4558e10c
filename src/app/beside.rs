//! Small things that are done beside the program that serves, or before it ever ran.
//!
//! What lives here: use cases for the command line, over a database that another process may have. What must not: listening,
//! calling a platform, or a worker.

use bridge_core::RemoteUser;
use dashmap::DashMap;
use secrecy::ExposeSecret;
use tokio_util::task::TaskTracker;

use super::{AppError, home};
use crate::clock::{Clock, new_id};
use crate::live::{Hub, PresenceBoard, Wake};
use crate::service::invite_operator::{Invitation, Invited, invite_again};
use crate::service::link_codes::LinkCodes;
use crate::service::record_audit::Actor;
use crate::service::standings::Standings;
use crate::service::tie_selves::tie_selves;
use crate::service::{Book, DomainInfo, Inner, Service};
use crate::settings::Settings;
use crate::store::{Account, Options, Store};

/// Invites somebody, or gives somebody who was invited before a new link.
///
/// # Errors
/// See [`AppError`]: the database can't be used, a domain isn't configured, a name can't be taken.
pub async fn invite(settings: &Settings, invitation: &Invitation) -> Result<Invited, AppError> {
    let store = Store::open_beside(settings.database.url.expose_secret(), Options::default()).await?;
    let service = service(settings, store.clone());
    let invited = invite_again(&service, invitation, Actor::CommandLine).await;
    store.close().await;
    Ok(invited?)
}

/// Writes down which selves are one person's, each person with a name; the selves as `CONNECTION` and the platform's id.
///
/// # Errors
/// See [`AppError`]: the database can't be used, a connection's name can't be read.
pub async fn tie(settings: &Settings, people: &[(&str, Vec<(String, &str)>)]) -> Result<(), AppError> {
    let store = Store::open_beside(settings.database.url.expose_secret(), Options::default()).await?;
    let service = service(settings, store.clone());
    for (name, selves) in people {
        let account = |(connection, user): &(String, &str)| -> Result<Account, AppError> {
            Ok(Account { connection: connection.parse()?, user: RemoteUser((*user).to_owned()) })
        };
        let selves: Vec<Account> = selves.iter().map(account).collect::<Result<_, _>>()?;
        tie_selves(&service, name, &selves).await?;
    }
    store.close().await;
    Ok(())
}

/// The use cases, without anybody who listens or works.
fn service(settings: &Settings, store: Store) -> Service {
    let clock = Clock::system();
    let mut book = Book::default();
    book.set_home(home(settings.server.listen));
    if let Some(url) = &settings.server.public_url {
        book.set_public_url(url.as_str().trim_end_matches('/'));
    }
    for domain in &settings.domains {
        book.add_domain(DomainInfo::named(new_id(), &domain.name));
    }
    let (typing, _) = tokio::sync::mpsc::channel(1);
    let (catch_up, _) = tokio::sync::mpsc::channel(1);
    let hub = Hub::default();
    Service::new(Inner {
        store,
        clock: clock.clone(),
        hub: hub.clone(),
        wake: Wake::default(),
        presence: PresenceBoard::new(clock, hub),
        book,
        restored: DashMap::new(),
        breaking: tokio::sync::Mutex::default(),
        link_codes: LinkCodes::default(),
        standings: Standings::default(),
        typing,
        catch_up,
        tasks: TaskTracker::new(),
    })
}
