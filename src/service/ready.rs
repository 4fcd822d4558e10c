//! Can work be done?
//!
//! What lives here: the question to the database. What must not: the state of platforms; a deaf bridge must not take the
//! widget down.

use super::{Service, ServiceError};

/// Whether the database answers.
///
/// # Errors
/// [`ServiceError::Unavailable`] when it does not.
pub async fn ready(service: &Service) -> Result<(), ServiceError> {
    Ok(service.store.ping().await?)
}
