//! The statements that make one visitor of two.
//!
//! What lives here: their SQL, over rows of `visitor` (who is no more), `heir` and whatever else. What must not: the
//! conversations; each is changed by itself, with its version.

/// Gives a visitor's events to the heir. Their numbers become those that they will have, but negative: a number that a
/// conversation still uses must not be met on the way.
pub(super) fn move_events(rows: &str) -> String {
    format!(
        "UPDATE conversation_event SET visitor = n.heir, event_seq = -(event_seq + n.ahead)
            FROM ({rows}) AS n WHERE conversation_event.visitor = n.visitor"
    )
}

/// Turns those numbers round.
pub(super) fn settle_events(rows: &str) -> String {
    format!(
        "UPDATE conversation_event SET event_seq = -event_seq
            FROM ({rows}) AS n WHERE conversation_event.visitor = n.visitor AND conversation_event.event_seq < 0"
    )
}

/// Gives a visitor's messages to the heir. A key names one of a visitor's messages; where both have used it, the heir's
/// message keeps it.
pub(super) fn move_messages(rows: &str) -> String {
    format!(
        "UPDATE message SET visitor = n.heir, client_key = CASE WHEN EXISTS (
                SELECT 1 FROM message o WHERE o.visitor = n.heir AND o.client_key = message.client_key
            ) THEN NULL ELSE client_key END
            FROM ({rows}) AS n WHERE message.visitor = n.visitor"
    )
}
