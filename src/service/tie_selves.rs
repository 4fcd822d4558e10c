//! Somebody's selves are known to be one person's before any of them has spoken.
//!
//! What lives here: writing that down once. What must not: asking anybody, or changing what is known already.

use bridge_core::Micros;

use super::decide::Decision;
use super::record_audit::{Actor, record};
use super::{Service, ServiceError};
use crate::clock::new_id;
use crate::model::{Operator, OperatorId};
use crate::store::{Account, Change, Identity, Write};

/// Makes these selves one operator's; the first of them gives name and picture. Where one of them is known, nothing happens.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn tie_selves(service: &Service, name: &str, selves: &[Account]) -> Result<(), ServiceError> {
    service
        .decide(|| async {
            for it in selves {
                if service.store.operator_by_identity(&it.connection, &it.user).await?.is_some() {
                    return Ok(Decision::Nothing(()));
                }
            }
            let now = service.clock.now();
            let operator = Operator::named(new_id::<OperatorId>(), name, now);
            let mut write = Write::new(operator.id.0);
            write.push(Change::NewOperator(operator.clone()));
            for (after, it) in (0_i64..).zip(selves) {
                write.push(Change::NewIdentity(Identity {
                    operator: operator.id,
                    connection: it.connection.clone(),
                    user: it.user.clone(),
                    // The first one is the one that was known first.
                    created_at: Micros(now.0.saturating_add(after)),
                }));
            }
            record(&mut write, now, Actor::System, "selves.tied", operator.id, name);
            Ok(Decision::Quietly(write, ()))
        })
        .await
}
