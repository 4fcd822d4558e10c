//! What goes over a gateway socket: opcodes, close codes, and frames as text or as zlib.
//!
//! What lives here: the numbers of Discord's gateway pages and the encoding of one frame. What must not: who gets what.

use std::io::Write as _;

use axum::extract::ws::{CloseFrame, Message};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::{Value, json};

/// Opcodes that are used here.
pub(crate) mod op {
    pub(crate) const DISPATCH: u64 = 0;
    pub(crate) const HEARTBEAT: u64 = 1;
    pub(crate) const IDENTIFY: u64 = 2;
    pub(crate) const PRESENCE: u64 = 3;
    pub(crate) const VOICE_STATE: u64 = 4;
    pub(crate) const RESUME: u64 = 6;
    pub(crate) const RECONNECT: u64 = 7;
    pub(crate) const REQUEST_MEMBERS: u64 = 8;
    pub(crate) const INVALID_SESSION: u64 = 9;
    pub(crate) const HELLO: u64 = 10;
    pub(crate) const ACK: u64 = 11;
    pub(crate) const REQUEST_SOUNDS: u64 = 31;
}

/// Bytes from which a payload is worth compressing for a client that asked for it; smaller ones go as text.
const WORTH_COMPRESSING: usize = 1024;

/// Bytes that a client may send in one payload.
pub(crate) const LARGEST: usize = 4096;

/// Why the server ends a connection: Discord's close codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    UnknownOpcode,
    Decode,
    NotAuthenticated,
    AuthenticationFailed,
    AlreadyAuthenticated,
    InvalidSeq,
    RateLimited,
    TimedOut,
    InvalidShard,
    InvalidVersion,
    InvalidIntents,
    DisallowedIntents,
    /// Whatever a test asks for.
    Other(u16),
}

impl Ending {
    /// The code of the close frame.
    pub(crate) const fn code(self) -> u16 {
        match self {
            Self::UnknownOpcode => 4001,
            Self::Decode => 4002,
            Self::NotAuthenticated => 4003,
            Self::AuthenticationFailed => 4004,
            Self::AlreadyAuthenticated => 4005,
            Self::InvalidSeq => 4007,
            Self::RateLimited => 4008,
            Self::TimedOut => 4009,
            Self::InvalidShard => 4010,
            Self::InvalidVersion => 4012,
            Self::InvalidIntents => 4013,
            Self::DisallowedIntents => 4014,
            Self::Other(code) => code,
        }
    }

    /// Discord's words for a code.
    const fn reason(self) -> &'static str {
        match self.code() {
            4000 => "Unknown error.",
            4001 => "Unknown opcode.",
            4002 => "Error while decoding payload.",
            4003 => "Not authenticated.",
            4004 => "Authentication failed.",
            4005 => "Already authenticated.",
            4007 => "Invalid seq.",
            4008 => "Rate limited.",
            4009 => "Session timed out.",
            4010 => "Invalid shard.",
            4011 => "Sharding required.",
            4012 => "Invalid API version.",
            4013 => "Invalid intent(s).",
            4014 => "Disallowed intent(s).",
            _ => "",
        }
    }

    /// The session outlives the connection and may be resumed. Discord's table of close codes: after these a client has
    /// to begin anew, or may not come back at all. A clean close (1000, 1001) ends the session too.
    pub(crate) const fn keeps_session(code: u16) -> bool {
        !matches!(code, 1000 | 1001 | 4004 | 4007 | 4009..=4014)
    }

    /// The close frame.
    pub(crate) fn frame(self) -> Message {
        Message::Close(Some(CloseFrame { code: self.code(), reason: self.reason().into() }))
    }
}

/// A payload that is no dispatch.
pub(crate) fn payload(op: u64, data: &Value) -> String {
    json!({"t": null, "s": null, "op": op, "d": data}).to_string()
}

/// A dispatch.
pub(crate) fn dispatch(name: &str, seq: u64, data: &Value) -> String {
    json!({"t": name, "s": seq, "op": op::DISPATCH, "d": data}).to_string()
}

/// A frame as the client asked for it: with payload compression large ones are zlib in a binary frame, each on its own.
pub(crate) fn encode(text: String, compress: bool) -> Message {
    if !compress || text.len() < WORTH_COMPRESSING {
        return Message::text(text);
    }
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    match zlib.write_all(text.as_bytes()).and_then(|()| zlib.finish()) {
        Ok(bytes) => Message::binary(bytes),
        // Writing to memory doesn't fail; were it to, the text is as good.
        Err(_) => Message::text(text),
    }
}
