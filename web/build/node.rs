//! Which Node can build the front end. Reads a version; runs nothing.

/// What Vite 8 asks for, in words; `package.json` says the same under `engines`.
pub(crate) const NEEDED: &str = "Node 20.19 or newer, or 22.12 or newer";

/// Whether the answer of `node --version` (`v20.19.1`) is new enough for Vite 8: 20.19 or newer within 20, 22.12 or
/// newer within 22, and everything after. 21 was never supported.
pub(crate) fn is_new_enough(version: &str) -> bool {
    let mut parts = version.trim().trim_start_matches('v').split('.').map(|part| part.parse::<u32>().ok());
    let (Some(Some(major)), Some(Some(minor))) = (parts.next(), parts.next()) else { return false };
    match major {
        20 => minor >= 19,
        22 => minor >= 12,
        _ => major > 22,
    }
}
