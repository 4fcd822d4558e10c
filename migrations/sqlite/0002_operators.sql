-- One operator on several platforms: found by the e-mail address that a platform vouches for, and what is in their care
-- when two turn out to be one.
CREATE INDEX operator_email ON operator (LOWER(email)) WHERE email IS NOT NULL;
CREATE INDEX conversation_care ON conversation (assignee) WHERE status = 'open' AND assignee IS NOT NULL;
