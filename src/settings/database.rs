//! `[database]`: where everything is kept.
//!
//! What lives here: that section. What must not: opening a database, or showing its address (it can hold a password).

use secrecy::{ExposeSecret, SecretString};

use super::mistake::Wrong;
use super::read::Section;
use super::secret::secret;

const FIX: &str = "write \"sqlite:threadline.db\" or \"postgres://user:password@host/database\"";

/// Where everything is kept.
#[derive(Debug, Clone)]
pub struct Database {
    /// `sqlite:FILE`, or `postgres://…` (`postgresql://…`). A secret, as it can hold a password.
    pub url: SecretString,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: SecretString::from("sqlite:threadline.db") }
    }
}

impl Database {
    pub(super) fn read(section: Section<'_>) -> Self {
        let variables = &section.reading.variables;
        let url = section.value("url", Self::default().url, |node| {
            let url = secret(node, variables)?;
            check(url.expose_secret())?;
            Ok(url)
        });
        section.finish();
        Self { url }
    }
}

fn check(url: &str) -> Result<(), Wrong> {
    if let Some(rest) = url.strip_prefix("sqlite:") {
        let file = rest.strip_prefix("//").unwrap_or(rest);
        return match file {
            _ if file.contains('?') => Err(Wrong::new("has a `?`, and nothing may stand behind the file's path", FIX)),
            "" => Err(Wrong::new("names no file", FIX)),
            ":memory:" => Err(Wrong::new("is a database in memory: a restart would lose every conversation", FIX)),
            _ => Ok(()),
        };
    }
    let Some(rest) = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://")) else {
        return Err(Wrong::new("is the address of no database that is known here", FIX));
    };
    if rest.is_empty() || url::Url::parse(url).is_err() {
        let fix =
            "write \"postgres://user:password@host/database\"; signs such as @ and / in a password become %40 and %2F";
        return Err(Wrong::new("is not a whole PostgreSQL address", fix));
    }
    Ok(())
}
