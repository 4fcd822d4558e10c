//! What a test stands on: a surface and a database.
//!
//! What lives here: which there are, and the macros that make a test of each. What must not: what happens on them.

use super::database::{Database, Kind};
use super::program::{self, Program};
use super::team::{Nature, Team};
use threadline::settings::Settings;

/// Where a conversation shows beside the widget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    Slack,
    Discord,
    /// Both, each showing what is said in the other.
    Mirrored,
}

/// A surface and an empty database.
pub(crate) struct Stand {
    pub(crate) surface: Surface,
    pub(crate) db: Database,
}

impl Stand {
    pub(crate) async fn new(surface: Surface, kind: Kind) -> Self {
        Self { surface, db: Database::new(kind).await }
    }

    /// The same surface with another empty database.
    pub(crate) async fn afresh(&self) -> Self {
        Self::new(self.surface, self.db.kind).await
    }

    /// A team with the platforms' own figures, but without their limits on rates.
    pub(crate) async fn team(&self) -> Team {
        self.team_of(Nature::default()).await
    }

    /// A team whose platforms differ from that.
    pub(crate) async fn team_of(&self, nature: Nature) -> Team {
        Team::start(self.surface, self.db.kind, nature).await
    }

    /// The usual settings for this team.
    pub(crate) fn settings(&self, team: &Team) -> Settings {
        program::settings(&self.db, team)
    }

    /// The program with the usual settings, heard by every room.
    pub(crate) async fn program(&self, team: &Team) -> Program {
        self.program_with(team, self.settings(team)).await
    }

    /// The same with other settings.
    pub(crate) async fn program_with(&self, team: &Team, settings: Settings) -> Program {
        let program = Program::with(settings).await;
        team.until_heard().await;
        program
    }
}

/// One test of `async fn NAME(stand: &Stand)` on a surface and a database.
macro_rules! test_on {
    ($name:ident: $test:ident on $surface:ident with $kind:ident) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            use $crate::support::database::Kind;
            use $crate::support::stand::{Stand, Surface};
            super::$name(&Stand::new(Surface::$surface, Kind::$kind).await).await;
        }
    };
}

/// Makes a test of each `async fn NAME(stand: &Stand)` for every surface on both databases: `NAME::slack_sqlite`, …
macro_rules! everywhere {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use $crate::support::stand::test_on;
            test_on!($name: slack_sqlite on Slack with Sqlite);
            test_on!($name: slack_postgres on Slack with Postgres);
            test_on!($name: discord_sqlite on Discord with Sqlite);
            test_on!($name: discord_postgres on Discord with Postgres);
            test_on!($name: mirrored_sqlite on Mirrored with Sqlite);
            test_on!($name: mirrored_postgres on Mirrored with Postgres);
        }
    )+};
}

/// The same for what only Slack has.
macro_rules! on_slack {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use $crate::support::stand::test_on;
            test_on!($name: slack_sqlite on Slack with Sqlite);
            test_on!($name: slack_postgres on Slack with Postgres);
        }
    )+};
}

/// The same for what only Discord has.
macro_rules! on_discord {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use $crate::support::stand::test_on;
            test_on!($name: discord_sqlite on Discord with Sqlite);
            test_on!($name: discord_postgres on Discord with Postgres);
        }
    )+};
}

/// The same for what only rooms that mirror each other have.
macro_rules! on_mirrors {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use $crate::support::stand::test_on;
            test_on!($name: mirrored_sqlite on Mirrored with Sqlite);
            test_on!($name: mirrored_postgres on Mirrored with Postgres);
        }
    )+};
}

pub(crate) use {everywhere, on_discord, on_mirrors, on_slack, test_on};
