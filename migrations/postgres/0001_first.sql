-- The first schema. Same tables, columns and rules on both databases; only the types' names differ.
-- Ids are UUIDs (version 7), times are microseconds since the Unix epoch, enums are words, JSON is text.

CREATE TABLE domain (
    id UUID NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

-- Keyed by the platform's ids; never deleted, because history points here.
CREATE TABLE channel (
    id UUID NOT NULL PRIMARY KEY,
    connection TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    broken TEXT,
    broken_since BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (connection, remote_id)
);

CREATE TABLE visitor (
    id UUID NOT NULL PRIMARY KEY,
    domain UUID NOT NULL REFERENCES domain (id),
    name TEXT,
    email TEXT,
    email_verified BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);

CREATE TABLE visitor_session (
    id UUID NOT NULL PRIMARY KEY,
    visitor UUID NOT NULL REFERENCES visitor (id),
    token_hash BYTEA NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE picture (
    id UUID NOT NULL PRIMARY KEY,
    content_type TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE operator (
    id UUID NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT,
    picture UUID,
    picture_source TEXT,
    created_at BIGINT NOT NULL
);

CREATE TABLE operator_identity (
    connection TEXT NOT NULL,
    "user" TEXT NOT NULL,
    operator UUID NOT NULL REFERENCES operator (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (connection, "user")
);
CREATE INDEX operator_identity_operator ON operator_identity (operator, connection);

CREATE TABLE conversation (
    id UUID NOT NULL PRIMARY KEY,
    domain UUID NOT NULL REFERENCES domain (id),
    visitor UUID NOT NULL REFERENCES visitor (id),
    status TEXT NOT NULL,
    assignee UUID,
    next_seq BIGINT NOT NULL,
    next_event BIGINT NOT NULL,
    version BIGINT NOT NULL,
    page TEXT,
    opened_at BIGINT NOT NULL,
    last_activity_at BIGINT NOT NULL,
    closed_at BIGINT,
    closed_by TEXT,
    closed_by_operator UUID
);
CREATE UNIQUE INDEX conversation_one_open ON conversation (visitor) WHERE status = 'open';
CREATE INDEX conversation_visitor ON conversation (visitor, opened_at);

CREATE TABLE message (
    id UUID NOT NULL PRIMARY KEY,
    conversation UUID NOT NULL REFERENCES conversation (id),
    seq BIGINT NOT NULL,
    speaker TEXT NOT NULL,
    visitor UUID,
    operator UUID,
    disposition TEXT NOT NULL,
    body TEXT NOT NULL,
    rich TEXT,
    client_key TEXT,
    origin UUID,
    created_at BIGINT NOT NULL,
    edited_at BIGINT,
    removed_at BIGINT,
    version BIGINT NOT NULL,
    UNIQUE (conversation, seq),
    UNIQUE (visitor, client_key)
);

CREATE TABLE conversation_event (
    conversation UUID NOT NULL REFERENCES conversation (id),
    event_seq BIGINT NOT NULL,
    visitor UUID NOT NULL,
    audience TEXT NOT NULL,
    kind TEXT NOT NULL,
    message UUID,
    at BIGINT NOT NULL,
    PRIMARY KEY (conversation, event_seq),
    UNIQUE (visitor, event_seq)
);

CREATE TABLE link (
    id UUID NOT NULL PRIMARY KEY,
    conversation UUID NOT NULL REFERENCES conversation (id),
    channel UUID NOT NULL REFERENCES channel (id),
    generation BIGINT NOT NULL,
    state TEXT NOT NULL,
    remote_thread TEXT,
    card TEXT,
    next_lane_seq BIGINT NOT NULL,
    cursor TEXT NOT NULL,
    card_wanted BIGINT NOT NULL,
    card_shown BIGINT NOT NULL,
    card_due_at BIGINT NOT NULL,
    UNIQUE (conversation, channel, generation),
    UNIQUE (channel, remote_thread)
);
CREATE INDEX link_open ON link (channel, conversation) WHERE state = 'open';
CREATE INDEX link_card ON link (channel, card) WHERE state = 'open';
CREATE INDEX link_card_due ON link (card_due_at) WHERE state = 'open' AND card_shown < card_wanted;

-- Also the barrier that lets each remote message count only once, for ever.
CREATE TABLE message_map (
    id UUID NOT NULL PRIMARY KEY,
    link UUID NOT NULL REFERENCES link (id),
    channel UUID NOT NULL,
    remote_id TEXT COLLATE "C" NOT NULL,
    remote_part BIGINT NOT NULL,
    message UUID,
    local_part BIGINT,
    version BIGINT NOT NULL,
    remote_edited_at BIGINT,
    removed_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (channel, remote_id, remote_part)
);
-- A part that was taken away may be posted again.
CREATE UNIQUE INDEX message_map_part ON message_map (link, message, local_part) WHERE removed_at IS NULL;
CREATE INDEX message_map_kept ON message_map (link, remote_id) WHERE removed_at IS NULL;

CREATE TABLE outbox (
    id UUID NOT NULL PRIMARY KEY,
    link UUID NOT NULL REFERENCES link (id),
    conversation UUID NOT NULL,
    channel UUID NOT NULL,
    lane_seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    message UUID,
    part BIGINT NOT NULL,
    payload TEXT NOT NULL,
    delayed BOOLEAN NOT NULL,
    broadcast BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    lease_until BIGINT,
    sent_at BIGINT,
    step TEXT,
    error TEXT,
    UNIQUE (link, lane_seq)
);
CREATE INDEX outbox_message ON outbox (message);
CREATE INDEX outbox_unfinished_lane ON outbox (link, lane_seq) WHERE state IN ('pending', 'sending', 'unknown');
CREATE INDEX outbox_unfinished_due ON outbox (channel, (kind = 'open_thread'), due_at)
    WHERE state IN ('pending', 'sending', 'unknown');

CREATE TABLE intake (
    id UUID NOT NULL PRIMARY KEY,
    connection TEXT NOT NULL,
    dedupe_key TEXT NOT NULL,
    lane TEXT NOT NULL,
    payload TEXT,
    received_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    error TEXT,
    done_at BIGINT,
    UNIQUE (connection, dedupe_key)
);
CREATE INDEX intake_pending ON intake (id) WHERE state = 'pending';
CREATE INDEX intake_pending_lane ON intake (connection, lane, id) WHERE state = 'pending';
CREATE INDEX intake_finished ON intake (done_at) WHERE state IN ('done', 'failed');
