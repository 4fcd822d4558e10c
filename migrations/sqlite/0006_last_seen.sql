-- When somebody was last signed in, also where none of their sessions goes on: the other index holds only those that do.
CREATE INDEX operator_session_seen ON operator_session (operator, last_seen_at);
