//! How much there is to do on a domain.
//!
//! What lives here: the counts beside a domain's name. What must not: lists.

use uuid::Uuid;

use crate::model::{DomainId, OperatorId};
use crate::store::sql::{id_list, on_db, sql};
use crate::store::{Store, StoreError};

sql! {
    /// Open conversations by domain, with those in nobody's care, in one operator's, and those whose visitor waits.
    DOMAIN_COUNTS = {
        sqlite: "SELECT domain AS id, COUNT(*) AS open, COUNT(*) FILTER (WHERE assignee IS NULL) AS unassigned,
                COUNT(*) FILTER (WHERE assignee = $2) AS mine,
                COUNT(*) FILTER (WHERE waiting_since IS NOT NULL) AS waiting
            FROM conversation WHERE domain IN (SELECT unhex(value) FROM json_each($1)) AND status = 'open'
            GROUP BY domain",
        postgres: "SELECT domain AS id, COUNT(*) AS open, COUNT(*) FILTER (WHERE assignee IS NULL) AS unassigned,
                COUNT(*) FILTER (WHERE assignee = $2) AS mine,
                COUNT(*) FILTER (WHERE waiting_since IS NOT NULL) AS waiting
            FROM conversation WHERE domain IN (SELECT value::uuid FROM jsonb_array_elements_text($1::jsonb))
                AND status = 'open'
            GROUP BY domain"
    };
}

/// How many conversations of a domain are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DomainCounts {
    /// All of them.
    pub open: i64,
    /// In nobody's care.
    pub unassigned: i64,
    /// In the asking operator's care.
    pub mine: i64,
    /// Whose visitor waits for an answer.
    pub waiting: i64,
}

impl Store {
    /// How much there is to do on each of these domains; one without an open conversation is left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn domain_counts(
        &self,
        domains: &[DomainId],
        operator: Option<OperatorId>,
    ) -> Result<Vec<(DomainId, DomainCounts)>, StoreError> {
        if domains.is_empty() {
            return Ok(Vec::new());
        }
        let domains = id_list(domains.iter().copied());
        let operator = operator.map(|operator| operator.0);
        let rows: Vec<(Uuid, i64, i64, i64, i64)> =
            on_db!(self.0.readers, DOMAIN_COUNTS, [&domains, operator], fetch_all)?;
        let counts = |(id, open, unassigned, mine, waiting): (Uuid, i64, i64, i64, i64)| {
            (id.into(), DomainCounts { open, unassigned, mine, waiting })
        };
        Ok(rows.into_iter().map(counts).collect())
    }
}
