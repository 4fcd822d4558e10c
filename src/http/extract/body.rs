//! Reading a body up to a limit.
//!
//! What lives here: [`read_body`]. What must not: what the bytes mean.

use axum::body::{Body, Bytes};
use futures_util::StreamExt;

use super::super::error::ApiError;

/// How far past its limit a body is still read, and thrown away. A client that is answered while it writes often finds a
/// broken connection instead of the answer; past this it has only itself to blame.
const DRAINED: usize = 4 << 20;

/// The whole body.
///
/// # Errors
/// `TooLarge` when it is over `limit` bytes, `Malformed` when it breaks off.
pub(in crate::http) async fn read_body(body: Body, limit: usize) -> Result<Bytes, ApiError> {
    let mut stream = body.into_data_stream();
    let mut bytes = Vec::new();
    let mut seen = 0_usize;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| ApiError::Malformed { why: "the body breaks off".to_owned() })?;
        seen = seen.saturating_add(chunk.len());
        if seen <= limit {
            bytes.extend_from_slice(&chunk);
        } else {
            bytes = Vec::new();
        }
        if seen > limit.saturating_add(DRAINED) {
            break;
        }
    }
    if seen > limit { Err(ApiError::TooLarge { limit }) } else { Ok(Bytes::from(bytes)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_may_be_as_big_as_the_limit_and_no_bigger() {
        assert_eq!(read_body(Body::from("1234"), 4).await.unwrap(), "1234");
        assert!(matches!(read_body(Body::from("12345"), 4).await, Err(ApiError::TooLarge { limit: 4 })));
        let endless = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[0; 65_536])));
        assert!(matches!(read_body(Body::from_stream(endless), 4).await, Err(ApiError::TooLarge { limit: 4 })));
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_said_to() {
        let parts = [Ok(Bytes::from_static(b"{")), Err(std::io::Error::other("reset"))];
        let body = Body::from_stream(futures_util::stream::iter(parts));
        assert!(matches!(read_body(body, 9).await, Err(ApiError::Malformed { .. })));
    }
}
