//! `threadline invite`: a link that signs somebody in.
//!
//! What lives here: showing the link. What must not: the inviting (the service does that). The link alone goes to standard
//! output, so that a script can take it.

use std::process::ExitCode;

use clap::ValueEnum;
use secrecy::ExposeSecret;

use super::CliError;
use crate::app;
use crate::service::invite_operator::{Invitation, Invited};
use crate::settings::Settings;

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Role {
    /// Answers visitors, and looks after domains, operators and keys
    Admin,
    /// Answers visitors
    Operator,
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the answer of a command")]
pub(super) async fn invite(
    settings: &Settings,
    name: String,
    role: Option<Role>,
    domains: Vec<String>,
) -> Result<ExitCode, CliError> {
    let domains = (!domains.is_empty()).then_some(domains);
    let invited = app::invite(settings, &Invitation { name, role: role.map(Into::into), domains }).await?;
    eprintln!("{}", said(&invited));
    if settings.server.public_url.is_none() {
        eprintln!("server.public_url is not set, so the link leads to the address that the service listens at.");
    }
    eprintln!("Whoever opens it first is signed in. It works once, within 15 minutes:");
    println!("{}", invited.link.url.expose_secret());
    Ok(ExitCode::SUCCESS)
}

fn said(invited: &Invited) -> String {
    let operator = &invited.operator;
    let role = match operator.role {
        Some(crate::service::invite_operator::Role::Admin) => "an admin",
        _ => "an operator",
    };
    let domains = operator.domains.as_ref().map_or_else(|| "all domains".to_owned(), |domains| domains.join(", "));
    let name = &operator.name;
    match (invited.known, invited.changed) {
        (false, _) => format!("{name} is invited as {role}, for {domains}."),
        (true, true) => {
            format!("{name} was invited before, and is {role} for {domains} from now on. Here is a new link.")
        }
        (true, false) => format!("{name} was invited before, as {role} for {domains}. Here is a new link."),
    }
}

impl From<Role> for crate::service::invite_operator::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Admin => Self::Admin,
            Role::Operator => Self::Operator,
        }
    }
}
