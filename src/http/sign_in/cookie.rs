//! The cookie that holds an operator's session.
//!
//! What lives here: its name, and reading and writing it. What must not: what the token in it is good for.

use axum::http::{HeaderMap, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};

use super::super::State;

/// Its name behind https: a browser takes one of that name from this very host alone, over https, for the whole of it.
const HOST_NAME: &str = "__Host-threadline";
/// Its name otherwise.
const PLAIN_NAME: &str = "threadline_session";
/// How long a browser keeps it, in seconds; whether the session goes on is the server's to say.
const KEPT: u64 = 400 * 24 * 3_600;

fn is_secure(state: &State) -> bool {
    state.service.book.public_url().is_some_and(|url| url.starts_with("https://"))
}

/// The session's token, if the request carries one.
pub(in crate::http) fn read(headers: &HeaderMap, state: &State) -> Option<SecretString> {
    find(headers, if is_secure(state) { HOST_NAME } else { PLAIN_NAME })
}

fn find(headers: &HeaderMap, name: &str) -> Option<SecretString> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, value)| *key == name && !value.is_empty()).map(|(_, value)| SecretString::from(value))
}

/// What a browser is told so that it keeps the token.
pub(in crate::http) fn keep(token: &SecretString, state: &State) -> HeaderValue {
    write(token.expose_secret(), KEPT, is_secure(state))
}

/// What a browser is told so that it forgets it.
pub(in crate::http) fn forget(state: &State) -> HeaderValue {
    write("", 0, is_secure(state))
}

fn write(value: &str, seconds: u64, secure: bool) -> HeaderValue {
    let (name, end) = if secure { (HOST_NAME, "; Secure") } else { (PLAIN_NAME, "") };
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{end}");
    // Our tokens are hexadecimal digits, which every header may hold.
    let mut line = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
    line.set_sensitive(true);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others_and_never_by_half_a_name() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=b; xthreadline_session=no; threadline_session=yes"));
        let found = find(&headers, PLAIN_NAME);
        assert_eq!(found.as_ref().map(ExposeSecret::expose_secret), Some("yes"));
        assert!(find(&headers, HOST_NAME).is_none());
    }

    #[test]
    fn no_script_and_no_other_site_gets_at_it() {
        let line = write("t", KEPT, true);
        assert_eq!(line, "__Host-threadline=t; Path=/; Max-Age=34560000; HttpOnly; SameSite=Strict; Secure");
        assert_eq!(write("", 0, false), "threadline_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    }
}
