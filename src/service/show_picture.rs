//! Somebody looks at an operator's picture.
//!
//! What lives here: the look-up. What must not: headers.

use super::{Service, ServiceError};
use crate::model::PictureId;
use crate::store::StoredPicture;

/// The picture with that id.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn show_picture(service: &Service, id: PictureId) -> Result<Option<StoredPicture>, ServiceError> {
    Ok(service.store.picture(id).await?)
}
