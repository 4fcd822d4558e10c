//! Shows that the visitor is typing.
//!
//! What lives here: the one call for it, which Discord shows for ten seconds. What must not: how often it is made.

use bridge_core::{BridgeError, RemoteThread, Signal};
use serenity::http::{LightMethod, Route};

use crate::call::Effect;
use crate::request::bare;
use crate::{DiscordBridge, snowflake};

/// Shows `signal`.
pub(crate) async fn signal(bridge: &DiscordBridge, thread: &RemoteThread, signal: Signal) -> Result<(), BridgeError> {
    match signal {
        Signal::Typing => {
            let channel_id = snowflake::channel(&thread.id)?;
            let request = bare(LightMethod::Post, Route::ChannelTyping { channel_id });
            bridge.caller().call(request, Effect::Repeatable).await.map_err(crate::errors::Failure::in_thread)?;
            Ok(())
        }
    }
}
