//! What people see in a thread, and where its authors can be answered.

use bridge_core::{Bridge, Cursor, ReplyHandle};
use bridge_sandbox::discord::Message;

use crate::support::*;

impl Setup {
    /// What was said in a thread by anybody but Discord itself.
    pub(crate) fn said(&self, thread: &str) -> Vec<Message> {
        let mut messages = self.sandbox.thread(CHANNEL, thread);
        messages.retain(|message| !message.is_system());
        messages
    }

    /// The handle that a person's message leaves behind.
    pub(crate) async fn handle_of(&self, opened: &str, message: &str) -> ReplyHandle {
        let page = self.bridge.snapshot(&thread(opened), &Cursor::default(), 0).await.unwrap();
        page.items.into_iter().find(|found| found.id == message).unwrap().reply
    }
}
