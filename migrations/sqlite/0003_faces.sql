-- What people see beside the chats: signing in, the pages for operators and admins, and the whole widget.

-- An operator is known by a self on a platform, by an invitation (then there is a role), or by both.
ALTER TABLE operator ADD COLUMN own_profile BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE operator ADD COLUMN role TEXT;
ALTER TABLE operator ADD COLUMN domains TEXT;
ALTER TABLE operator ADD COLUMN availability TEXT NOT NULL DEFAULT 'auto';
ALTER TABLE operator ADD COLUMN deactivated_at BIGINT;

-- A self whose owner came in by it ends with it: the platform says no longer that they are an operator.
CREATE TABLE login_link (
    id BLOB NOT NULL PRIMARY KEY,
    operator BLOB NOT NULL REFERENCES operator (id),
    token_hash BLOB NOT NULL UNIQUE,
    connection TEXT,
    "user" TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX login_link_operator ON login_link (operator);

CREATE TABLE operator_session (
    id BLOB NOT NULL PRIMARY KEY,
    operator BLOB NOT NULL REFERENCES operator (id),
    token_hash BLOB NOT NULL UNIQUE,
    connection TEXT,
    "user" TEXT,
    agent TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX operator_session_operator ON operator_session (operator) WHERE ended_at IS NULL;

CREATE TABLE api_key (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    domains TEXT,
    created_by BLOB,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    revoked_at BIGINT
);

-- Who did what to whom; never changed, never deleted.
CREATE TABLE audit (
    id BLOB NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor BLOB,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX audit_subject ON audit (subject, action, id);

-- A visitor whom the website vouches for has the website's own name for them.
ALTER TABLE visitor ADD COLUMN external_id TEXT;
ALTER TABLE visitor ADD COLUMN language TEXT;
ALTER TABLE visitor ADD COLUMN client TEXT;
CREATE INDEX visitor_session_visitor ON visitor_session (visitor);
CREATE UNIQUE INDEX visitor_external ON visitor (domain, external_id) WHERE external_id IS NOT NULL;

ALTER TABLE conversation ADD COLUMN kind TEXT NOT NULL DEFAULT 'chat';
ALTER TABLE conversation ADD COLUMN client TEXT;
ALTER TABLE conversation ADD COLUMN waiting_since BIGINT;
ALTER TABLE conversation ADD COLUMN first_response_at BIGINT;
ALTER TABLE conversation ADD COLUMN rating BIGINT;
ALTER TABLE conversation ADD COLUMN rating_comment TEXT;
ALTER TABLE conversation ADD COLUMN rated_at BIGINT;
ALTER TABLE conversation ADD COLUMN visitor_seen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN operators_seen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN search_event BIGINT NOT NULL DEFAULT 0;
CREATE INDEX conversation_activity ON conversation (domain, last_activity_at, id);
CREATE INDEX conversation_status ON conversation (domain, status, last_activity_at, id);
CREATE INDEX conversation_unassigned ON conversation (domain, last_activity_at, id)
    WHERE status = 'open' AND assignee IS NULL;
CREATE INDEX conversation_assignee ON conversation (assignee, domain, last_activity_at, id) WHERE assignee IS NOT NULL;
CREATE INDEX conversation_mine ON conversation (assignee, domain, last_activity_at, id)
    WHERE status = 'open' AND assignee IS NOT NULL;
-- What the monitor counts stands in the index itself: it reads a year of it.
CREATE INDEX conversation_opened ON conversation
    (domain, opened_at, id, first_response_at, closed_at, assignee, rating);
CREATE INDEX conversation_waiting ON conversation (domain, waiting_since) WHERE waiting_since IS NOT NULL;
CREATE INDEX conversation_unsearched ON conversation (id) WHERE next_event > search_event + 1;

-- A message of an operator that was written in a page keeps its key too, so that sending it again makes no second one.
CREATE UNIQUE INDEX message_operator_key ON message (operator, client_key)
    WHERE operator IS NOT NULL AND client_key IS NOT NULL;

CREATE TABLE conversation_tag (
    conversation BLOB NOT NULL REFERENCES conversation (id),
    tag TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (conversation, tag)
);
CREATE INDEX conversation_tag_tag ON conversation_tag (tag, conversation);

-- Every tag that was ever used on a domain, to be offered again.
CREATE TABLE domain_tag (
    domain BLOB NOT NULL REFERENCES domain (id),
    tag TEXT NOT NULL,
    PRIMARY KEY (domain, tag)
);

CREATE INDEX outbox_undelivered ON outbox (conversation) WHERE state = 'undelivered';

-- How far each operator has read.
CREATE TABLE operator_read (
    operator BLOB NOT NULL REFERENCES operator (id),
    conversation BLOB NOT NULL REFERENCES conversation (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (operator, conversation)
);

CREATE TABLE canned_reply (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    domains TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Which conversations hold which words, the newest first. The words are made alike in Rust, so that both databases find the
-- same. Beside words there are marks: tags, ratings, operators, the status. No row is here that can't be made again.
CREATE TABLE search_term (
    domain BLOB NOT NULL,
    term TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    conversation BLOB NOT NULL,
    PRIMARY KEY (domain, term, opened_at, conversation)
) WITHOUT ROWID;

-- All words and marks of a conversation, a line each, with a line's end before the first and after the last.
CREATE TABLE search_words (
    conversation BLOB NOT NULL PRIMARY KEY REFERENCES conversation (id),
    words TEXT NOT NULL
);

-- How often each operator answered in a conversation. Domain and time are the conversation's, for the monitor.
CREATE TABLE conversation_replies (
    conversation BLOB NOT NULL REFERENCES conversation (id),
    operator BLOB NOT NULL,
    replies BIGINT NOT NULL,
    domain BLOB NOT NULL,
    opened_at BIGINT NOT NULL,
    PRIMARY KEY (conversation, operator)
);
CREATE INDEX conversation_replies_opened ON conversation_replies (domain, opened_at, operator, replies);
