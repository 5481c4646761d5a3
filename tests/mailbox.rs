//! What would be mailed, read from the outbox in the store.

use issuer::mail::Mail;

use crate::app::{PUBLIC_URL, TestApp};

/// The messages to an address, the latest last.
pub fn messages(test: &TestApp, to: &str) -> Vec<Mail> {
    let mut found = test.app.store.outbox(1_000).expect("the store");
    found.retain(|mail| mail.to.as_str() == to);
    found.sort_by_key(|mail| mail.queued);
    found
}

/// The path of the link in the one message to an address that brings a way in, which is taken out of the mailbox.
pub fn link_to(test: &TestApp, to: &str) -> String {
    let mut found = messages(test, to);
    // That a badge is ready is no way in for who has one.
    found.retain(|mail| !mail.text.contains(&format!("{PUBLIC_URL}/my/badges/")));
    let [mail] = found.as_slice() else {
        panic!("{} messages to {to}", found.len());
    };
    let path = link_in(&mail.text);
    empty(test);
    path
}

/// The path of the link in a message.
pub fn link_in(text: &str) -> String {
    let line = text.lines().find_map(|line| line.strip_prefix(PUBLIC_URL));
    line.expect("a link in the message").to_owned()
}

/// Lets everything that waits be taken by a mail server that takes everything.
pub fn empty(test: &TestApp) {
    let now = test.now.plus_seconds(60);
    let taken = issuer::mail::send_due(&test.app, now, |_| Ok(()));
    taken.expect("the store");
}
