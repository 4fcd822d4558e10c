//! Finding conversations by words and marks, the newest first.
//!
//! What lives here: walking the words' rows in order. What must not: which way is the shortest (the use case measures and
//! chooses), or what a word is.

use crate::model::{Conversation, DomainId};
use crate::store::rows::{Reach, Stretch};
use crate::store::sql::{on_db, sql};
use crate::store::{Store, StoreError};

sql! {
    /// How many conversations hold a word, counted from a place on up to a limit, and how far back these reach.
    REACH_OF_TERM = ["SELECT COUNT(*) AS count, MIN(opened_at) AS back_to FROM (SELECT opened_at FROM search_term
        WHERE domain = $1 AND term = $2 AND (opened_at, conversation) < ($3, $4) AND opened_at >= $5
        ORDER BY opened_at DESC, conversation DESC LIMIT $6) AS t"];
    /// The same for all conversations.
    REACH_OF_ALL = ["SELECT COUNT(*) AS count, MIN(opened_at) AS back_to FROM (SELECT opened_at FROM conversation
        WHERE domain = $1 AND (opened_at, id) < ($2, $3) AND opened_at >= $4
        ORDER BY opened_at DESC, id DESC LIMIT $5) AS t"];
    /// How many rows there are of words that begin alike, counted up to a limit.
    COUNT_PREFIX = ["SELECT COUNT(*) FROM (SELECT 1 FROM search_term
        WHERE domain = $1 AND term >= $2 AND term < $3 LIMIT $4) AS t"];
    /// The conversations that hold a word, a second one, all of the other words, and one that begins like this. A cross join,
    /// so that SQLite walks the words in order; the second word by itself, since most rows end there and a list is dear. What
    /// is looked up stands in selects of one value, so that PostgreSQL asks for it row by row.
    SEARCH_BY_TERM = {
        sqlite: "SELECT c.* FROM search_term s CROSS JOIN conversation c ON c.id = s.conversation
            WHERE s.domain = $1 AND s.term = $2 AND (s.opened_at, s.conversation) < ($3, $4) AND s.opened_at >= $5
                AND ($6 = '' OR EXISTS (SELECT 1 FROM search_term x WHERE x.domain = $1 AND x.term = $6
                    AND x.opened_at = s.opened_at AND x.conversation = s.conversation))
                AND ($7 = '[]' OR NOT EXISTS (SELECT 1 FROM json_each($7) w WHERE NOT EXISTS (SELECT 1 FROM search_term x
                    WHERE x.domain = $1 AND x.term = w.value
                        AND x.opened_at = s.opened_at AND x.conversation = s.conversation)))
                AND ($8 = '' OR EXISTS (SELECT 1 FROM search_words y
                    WHERE y.conversation = s.conversation AND instr(y.words, $8) > 0))
            ORDER BY s.opened_at DESC, s.conversation DESC LIMIT $9",
        postgres: "SELECT c.* FROM (SELECT s.opened_at, s.conversation FROM search_term s
            WHERE s.domain = $1 AND s.term = $2 AND (s.opened_at, s.conversation) < ($3, $4) AND s.opened_at >= $5
                AND ($6 = '' OR (SELECT 1 FROM search_term x WHERE x.domain = $1 AND x.term = $6
                    AND x.opened_at = s.opened_at AND x.conversation = s.conversation) = 1)
                AND ($7 = '[]' OR (SELECT 1 FROM jsonb_array_elements_text($7::jsonb) AS w (value)
                    WHERE (SELECT 1 FROM search_term x WHERE x.domain = $1 AND x.term = w.value
                        AND x.opened_at = s.opened_at AND x.conversation = s.conversation) IS NULL LIMIT 1) IS NULL)
                AND ($8 = '' OR (SELECT strpos(y.words, $8) FROM search_words y
                    WHERE y.conversation = s.conversation) > 0)
            ORDER BY s.opened_at DESC, s.conversation DESC LIMIT $9) AS s
            CROSS JOIN LATERAL (SELECT * FROM conversation WHERE id = s.conversation OFFSET 0) AS c"
    };
    /// The conversations that hold a word that begins like this, and all of the other words. For few of them: they are put
    /// in order.
    SEARCH_BY_PREFIX = {
        sqlite: "SELECT c.* FROM (SELECT DISTINCT s.opened_at, s.conversation FROM search_term s
                WHERE s.domain = $1 AND s.term >= $2 AND s.term < $3 AND (s.opened_at, s.conversation) < ($4, $5)
                    AND s.opened_at >= $6
                    AND ($7 = '[]' OR NOT EXISTS (SELECT 1 FROM json_each($7) w WHERE NOT EXISTS (SELECT 1
                        FROM search_term x WHERE x.domain = $1 AND x.term = w.value
                            AND x.opened_at = s.opened_at AND x.conversation = s.conversation)))
                ORDER BY s.opened_at DESC, s.conversation DESC LIMIT $8) f
            CROSS JOIN conversation c ON c.id = f.conversation",
        postgres: "SELECT c.* FROM (SELECT DISTINCT s.opened_at, s.conversation FROM search_term s
                WHERE s.domain = $1 AND s.term >= $2 AND s.term < $3 AND (s.opened_at, s.conversation) < ($4, $5)
                    AND s.opened_at >= $6
                    AND ($7 = '[]' OR (SELECT 1 FROM jsonb_array_elements_text($7::jsonb) AS w (value)
                        WHERE (SELECT 1 FROM search_term x WHERE x.domain = $1 AND x.term = w.value
                            AND x.opened_at = s.opened_at AND x.conversation = s.conversation) IS NULL LIMIT 1) IS NULL)
                ORDER BY s.opened_at DESC, s.conversation DESC LIMIT $8) AS f
            CROSS JOIN LATERAL (SELECT * FROM conversation WHERE id = f.conversation OFFSET 0) AS c"
    };
    /// A domain's conversations; those that hold a word that begins like this, where one is given.
    HISTORY = {
        sqlite: "SELECT c.* FROM conversation c
            WHERE c.domain = $1 AND (c.opened_at, c.id) < ($2, $3) AND c.opened_at >= $4
                AND ($5 = '' OR EXISTS (SELECT 1 FROM search_words y
                    WHERE y.conversation = c.id AND instr(y.words, $5) > 0))
            ORDER BY c.opened_at DESC, c.id DESC LIMIT $6",
        postgres: "SELECT c.* FROM conversation c
            WHERE c.domain = $1 AND (c.opened_at, c.id) < ($2, $3) AND c.opened_at >= $4
                AND ($5 = '' OR (SELECT strpos(y.words, $5) FROM search_words y WHERE y.conversation = c.id) > 0)
            ORDER BY c.opened_at DESC, c.id DESC LIMIT $6"
    };
}

/// Behind every word that begins with `prefix`: no word holds this last of all characters.
fn end_of(prefix: &str) -> String {
    format!("{prefix}\u{10FFFF}")
}

/// How a word that begins like this stands among all words of a conversation; nothing, where none is asked for.
fn line_of(prefix: Option<&str>) -> String {
    prefix.map(|prefix| format!("\n{prefix}")).unwrap_or_default()
}

fn as_json(words: &[&str]) -> String {
    serde_json::Value::from(words).to_string()
}

impl Store {
    /// How many conversations of a stretch hold a word, counted up to the stretch's limit, and when the oldest of these began.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reach_of_term(&self, stretch: &Stretch, term: &str) -> Result<Reach, StoreError> {
        let Stretch { domain, before: (time, id), from, limit } = *stretch;
        on_db!(self.0.readers, REACH_OF_TERM, [domain.0, term, time.0, id.0, from.0, limit], fetch_one)
    }

    /// How many conversations there are in a stretch, counted up to its limit, and when the oldest of these began.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reach_of_all(&self, stretch: &Stretch) -> Result<Reach, StoreError> {
        let Stretch { domain, before: (time, id), from, limit } = *stretch;
        on_db!(self.0.readers, REACH_OF_ALL, [domain.0, time.0, id.0, from.0, limit], fetch_one)
    }

    /// How many rows there are in a domain of words that begin with `prefix`; `most`, where it is that many or more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_prefix(&self, domain: DomainId, prefix: &str, most: i64) -> Result<i64, StoreError> {
        let end = end_of(prefix);
        let (count,): (i64,) = on_db!(self.0.readers, COUNT_PREFIX, [domain.0, prefix, &end, most], fetch_one)?;
        Ok(count)
    }

    /// The conversations of a stretch that hold `term` and each of `others`, and where one is given, a word that begins with
    /// `prefix`. Takes as long as there are rows of `term`; the sooner one of `others` is missing, the shorter each.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search_by_term(
        &self,
        stretch: &Stretch,
        term: &str,
        others: &[&str],
        prefix: Option<&str>,
    ) -> Result<Vec<Conversation>, StoreError> {
        let Stretch { domain, before: (time, id), from, limit } = *stretch;
        let (second, rest) = others.split_first().map_or(("", &[][..]), |(second, rest)| (*second, rest));
        let (rest, line) = (as_json(rest), line_of(prefix));
        on_db!(
            self.0.readers,
            SEARCH_BY_TERM,
            [domain.0, term, time.0, id.0, from.0, second, &rest, &line, limit],
            fetch_all
        )
    }

    /// The same without a first word. Puts all that is found in order: only for words that are few.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search_by_prefix(
        &self,
        stretch: &Stretch,
        prefix: &str,
        others: &[&str],
    ) -> Result<Vec<Conversation>, StoreError> {
        let Stretch { domain, before: (time, id), from, limit } = *stretch;
        let (end, words) = (end_of(prefix), as_json(others));
        on_db!(
            self.0.readers,
            SEARCH_BY_PREFIX,
            [domain.0, prefix, &end, time.0, id.0, from.0, &words, limit],
            fetch_all
        )
    }

    /// The conversations of a stretch; where `prefix` is given, those that hold a word that begins so. Takes as long as
    /// there are conversations that don't.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn history(&self, stretch: &Stretch, prefix: Option<&str>) -> Result<Vec<Conversation>, StoreError> {
        let Stretch { domain, before: (time, id), from, limit } = *stretch;
        let line = line_of(prefix);
        on_db!(self.0.readers, HISTORY, [domain.0, time.0, id.0, from.0, &line, limit], fetch_all)
    }
}
