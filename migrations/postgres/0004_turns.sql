-- When a conversation was opened, closed and opened again: a few of its many events.
CREATE INDEX conversation_event_turn ON conversation_event (conversation, event_seq)
    WHERE kind IN ('conversation_opened', 'conversation_closed', 'conversation_reopened');
